//! How something ended, and why it began again.

use crate::kernel::model::limits::EntryVerdict;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Pass or fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckResult {
    /// As it should be.
    Pass,
    /// Not as it should be.
    Fail,
}

/// How performing a step ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    /// Done as written.
    #[default]
    Done,
    /// It cannot be done.
    Cannot,
    /// It was done and failed.
    Failed,
}

/// Whether two saw the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// Yes.
    Match,
    /// No.
    Mismatch,
}

/// Why a new attempt began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttemptReason {
    /// The loop's condition does not hold yet.
    Loop,
    /// A deviation says so.
    Redo,
    /// The program ended in the middle of it, and the package has it begin anew.
    Interruption,
    /// The item was brought back to its requirement; the step that accepts it is done again.
    Rework,
}

/// Why a step is not applicable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotApplicableReason {
    /// Its condition, or its section's, does not hold.
    Branch,
    /// A person marked it, through a deviation.
    Authorised,
}

/// The new result of a calculation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recalculated {
    /// The result.
    pub value: String,
    /// What the limits say.
    pub verdict: EntryVerdict,
    /// The formula with the values filled in.
    pub words: String,
}
