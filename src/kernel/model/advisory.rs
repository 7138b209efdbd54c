//! Warnings, cautions and notes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How grave an advisory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdvisoryLevel {
    /// Injury or death.
    Warning,
    /// Damage.
    Caution,
    /// Information.
    Note,
}

/// What must be known before a step; never contains an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Advisory {
    /// How grave.
    pub level: AdvisoryLevel,
    /// The words.
    pub text: String,
    /// Whether it is acknowledged; a warning is unless it says otherwise, the others only when they say so.
    #[serde(default)]
    pub acknowledge: Option<bool>,
}

impl Advisory {
    /// Tells whether the step waits for an acknowledgement.
    #[must_use]
    pub fn must_acknowledge(&self) -> bool {
        match self.level {
            AdvisoryLevel::Warning => self.acknowledge.unwrap_or(true),
            AdvisoryLevel::Caution | AdvisoryLevel::Note => self.acknowledge.unwrap_or(false),
        }
    }
}
