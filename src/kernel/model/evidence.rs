//! Evidence: files named by their content (FORMAT.md §5).

use super::name::{RequirementId, StepId};
use super::time::Timestamp;
use crate::kernel::canon::digest::{EvidenceDigest, FileDigest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the bytes came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A file that a person picked.
    File,
    /// Text that a person typed.
    Text,
}

/// Who should see it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Nothing special.
    #[default]
    Normal,
    /// Holds personal or confidential matter.
    Restricted,
}

/// A file that is durably in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Captured {
    /// Names it in the store.
    pub blake3: EvidenceDigest,
    /// For tools that know no BLAKE3.
    pub sha256: FileDigest,
    /// Length in bytes.
    pub size: u64,
    /// What the bytes look like.
    pub media_type: String,
    /// What it was called; for display alone.
    pub name: String,
    /// Where it came from.
    pub origin: Origin,
    /// When the source was last written, by its file system.
    pub mtime: Option<Timestamp>,
}

/// A file in the record of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceItem {
    /// The file.
    pub file: Captured,
    /// At which step.
    pub step: StepId,
    /// At which attempt.
    pub attempt: u32,
    /// For which requirement; none for an extra file.
    pub requirement: Option<RequirementId>,
    /// What it shows.
    pub caption: Option<String>,
    /// Who should see it.
    pub sensitivity: Sensitivity,
    /// The sequence number of the record that captured it.
    pub record: u64,
    /// Why its bytes were dropped; the digests stay.
    pub redacted: Option<String>,
}
