//! Telling others: notices and three-way communication (FORMAT.md §2).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How something is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommunicationKind {
    /// Said, and that is all.
    Notify,
    /// Said, repeated back, and the repetition confirmed.
    ThreeWay,
}

/// What a `communicate` step says, and to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Communicate {
    /// How.
    pub kind: CommunicationKind,
    /// To whom: a post, not a person.
    pub to: String,
    /// The words that are said.
    pub message: String,
}
