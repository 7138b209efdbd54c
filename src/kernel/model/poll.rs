//! Go or no-go: what one role answers (FORMAT.md §4).

use super::record::Meaning;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The answer of one role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PollAnswer {
    /// Ready.
    Go,
    /// Not ready; one is enough.
    NoGo,
}

impl PollAnswer {
    /// Returns what the signature under the answer means.
    #[must_use]
    pub fn meaning(self) -> Meaning {
        match self {
            Self::Go => Meaning::Approved,
            Self::NoGo => Meaning::Rejected,
        }
    }

    /// Returns the word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::NoGo => "no_go",
        }
    }
}
