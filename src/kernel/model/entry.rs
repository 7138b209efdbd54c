//! Where an entry came from, and what a remark is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How an entry came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntrySource {
    /// A person typed it.
    #[default]
    Keyed,
    /// A reader took it from a label or an instrument.
    Scanned,
}

/// What a remark is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// What somebody saw.
    #[default]
    Observation,
    /// What somebody makes of it.
    Interpretation,
}

/// Marks what nobody pressed a key for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BySystem {
    /// Derived from what is recorded.
    System,
}
