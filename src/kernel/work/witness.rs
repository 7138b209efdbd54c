//! Witness points: somebody gets notice and the opportunity to be there (FORMAT.md §2).

use crate::kernel::model::name::Role;
use crate::kernel::model::timing::Lapse;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who is to be told, and how long before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WitnessPoint {
    /// The role that may attend.
    pub by: Role,
    /// How long before the work goes on without the witness.
    pub notice: Lapse,
}

/// What came of a witness point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Attendance {
    /// The witness was there.
    Attended,
    /// The witness said that he does not come.
    Declined,
    /// Nobody came.
    NotAttended,
}

impl Attendance {
    /// Returns the word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Attended => "attended",
            Self::Declined => "declined",
            Self::NotAttended => "not_attended",
        }
    }
}
