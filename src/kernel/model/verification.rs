//! Verification: who looks again, and how (FORMAT.md §2).

use super::name::{Role, Variable};
use super::number::Number;
use super::timing::Lapse;
use crate::kernel::model::meaning::Meaning;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The grades of verification; they are not interchangeable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerificationMode {
    /// The performer stops, looks again and signs.
    #[serde(rename = "self")]
    Own,
    /// A second person looks.
    Peer,
    /// Both identify the component before the act.
    Concurrent,
    /// Another person, afterwards, with an own reading.
    Independent,
}

impl VerificationMode {
    /// Returns what the verifier's signature means.
    #[must_use]
    pub fn meaning(self) -> Meaning {
        match self {
            Self::Own => Meaning::Performed,
            Self::Peer => Meaning::PeerChecked,
            Self::Concurrent => Meaning::ConcurrentlyVerified,
            Self::Independent => Meaning::IndependentlyVerified,
        }
    }
}

/// Who verifies a step and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// Which grade.
    pub mode: VerificationMode,
    /// Which role.
    pub by: Role,
    /// Whether the performer's observations are hidden from the verifier; independent ones always are.
    #[serde(default)]
    pub blind: bool,
    /// Inputs that the verifier reads for himself.
    #[serde(default)]
    pub observe: Vec<Variable>,
    /// By how much two readings of a number may differ.
    #[serde(default)]
    pub tolerance: BTreeMap<Variable, Number>,
    /// The least time between performing and verifying.
    #[serde(default)]
    pub min_separation: Option<Lapse>,
}
