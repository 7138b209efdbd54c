//! Requests: what a run asks of somebody at another machine (FORMAT.md §4).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AskedKind {
    /// The release of a hold.
    Hold,
    /// The review of a deviation.
    Review,
    /// A verification.
    Verification,
    /// The answer of a witness.
    Witness,
    /// Go or no-go.
    Poll,
}

impl AskedKind {
    /// Returns the word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Review => "review",
            Self::Verification => "verification",
            Self::Witness => "witness",
            Self::Poll => "poll",
        }
    }
}

/// What is asked for, and at which step or on which deviation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The step's or deviation's id.
    pub id: String,
    /// What is asked for.
    pub kind: AskedKind,
}
