//! What a signature is given on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a signature is given on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// The run as a whole.
    Run,
    /// A deviation.
    Deviation,
    /// A step.
    Step,
}

/// What a signature is given on, with its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The run's, deviation's or step's id.
    pub id: String,
    /// Which of the three.
    pub kind: SubjectKind,
}
