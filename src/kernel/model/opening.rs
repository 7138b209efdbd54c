//! What the first record says of a run: live or training, who is bound, which program and clock.

use super::name::{PersonId, Role};
use crate::kernel::canon::digest::FileDigest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Live work or training; a training run is never FINAL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Real work.
    Live,
    /// Practice.
    Training,
}

/// A person bound to a role in this run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// Who.
    pub person: PersonId,
    /// As what.
    pub role: Role,
}

/// The program that writes the record, by its own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// Digest of its own file, where it could be read.
    pub digest: Option<FileDigest>,
    /// Its version.
    pub version: String,
}

/// The newest roster that is installed at the station, which the run may be older than.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StationRoster {
    /// Its digest.
    pub digest: FileDigest,
    /// Its serial.
    pub serial: u32,
}

/// How far the wall clock of the station is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockTrust {
    /// The station's own word.
    #[serde(rename = "self")]
    Own,
}

impl ClockTrust {
    /// Returns the word of the format.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Own => "self",
        }
    }
}

/// Why a session was locked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LockReason {
    /// By the person.
    #[default]
    Locked,
    /// No key was pressed for too long.
    Idle,
    /// The program was left.
    Ended,
    /// A newer roster of the station does not let the person act any more; the last record under this key.
    Withdrawn,
}
