//! `archive.json`: why a run that is not what was recorded was put aside, signed by who put it there (FORMAT.md §4,
//! Archive).

use crate::kernel::canon::digest::{FileDigest, LineDigest};
use crate::kernel::model::health::State;
use crate::kernel::model::name::{PersonId, RunId};
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::receipt::JournalHead;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The format line of an archive manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ArchiveFormat {
    /// The only version.
    #[serde(rename = "asrun.archive.v1")]
    V1,
}

/// The manifest of an archived run: canonical, with its signature in `archive.json.sig`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    /// The most that was acknowledged, as far as this station knows; none where nobody knows.
    pub acknowledged: Option<JournalHead>,
    /// When it was archived.
    pub at: Timestamp,
    /// Every file that was moved, sorted by path: `run/…` and `local/…`.
    pub files: Vec<ArchivedFile>,
    /// Always `asrun.archive.v1`.
    pub format: ArchiveFormat,
    /// What the run was found to be.
    pub kind: State,
    /// The digest of the last record that holds; none where none does.
    pub last: Option<LineDigest>,
    /// Who archived it.
    pub person: PersonId,
    /// Why, in that person's words.
    pub reason: String,
    /// The first record that is not to be relied on.
    pub record: Option<u64>,
    /// How many records hold.
    pub records: u64,
    /// The run.
    pub run: RunId,
    /// What was found, in the program's words.
    pub why: String,
}

/// A file of an archived run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArchivedFile {
    /// Path in the archived run.
    pub path: String,
    /// Digest of its bytes; none for what is no regular file or cannot be read.
    pub sha256: Option<FileDigest>,
    /// Length in bytes.
    pub size: u64,
}
