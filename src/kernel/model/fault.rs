//! What the machine noticed about the record itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the machine noticed about the record itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IntegrityKind {
    /// The wall clock moved against the monotonic one.
    ClockStep,
}

/// What is wrong with a head file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeadFault {
    /// It is not there.
    Missing,
    /// It has no bytes.
    Empty,
    /// It has nothing but zero bytes.
    Zeroed,
    /// It is torn or says something else.
    Damaged,
}

impl std::fmt::Display for HeadFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Missing => "is missing",
            Self::Empty => "is empty",
            Self::Zeroed => "has nothing but zero bytes",
            Self::Damaged => "is damaged",
        })
    }
}

/// Records from one number to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// The first.
    pub first: u64,
    /// The last.
    pub last: u64,
}
