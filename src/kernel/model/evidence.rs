//! Evidence: files named by their content (FORMAT.md §5).

use super::name::{RequirementId, StepId};
use super::time::Timestamp;
use crate::kernel::canon::digest::{EvidenceDigest, FileDigest};
use crate::kernel::media::Damage;
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
    /// What the bytes are.
    pub media_type: String,
    /// What is wrong with them, as far as the structure of their type tells.
    pub damage: Option<Damage>,
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

/// What a file shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// JPEG, PNG, WebP, HEIC, AVIF or TIFF.
    Photo,
    /// A document: PDF, text, certificate, office document, or a picture of one.
    Document,
    /// What a command or an instrument printed: a text.
    Output,
    /// Any file.
    Any,
}

impl EvidenceKind {
    /// Returns its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Document => "document",
            Self::Output => "output",
            Self::Any => "any",
        }
    }

    /// Tells whether a file of this media type is of this kind.
    #[must_use]
    pub fn takes(self, media_type: &str) -> bool {
        let photo = ["image/jpeg", "image/png", "image/webp", "image/heif", "image/avif", "image/tiff"];
        let text = media_type.starts_with("text/")
            || ["application/json", "application/xml", "application/x-pem-file"].contains(&media_type);
        let office = ["officedocument", "opendocument", "msword", "ms-excel", "ms-powerpoint"];
        match self {
            Self::Photo => photo.contains(&media_type),
            Self::Output => text,
            Self::Document => {
                text || media_type == "application/pdf"
                    || media_type == "application/rtf"
                    || office.iter().any(|part| media_type.contains(part))
                    || Self::Photo.takes(media_type)
            }
            Self::Any => true,
        }
    }
}

/// Why a file may not be what a requirement asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Its type is not of the kind that is asked for.
    Kind,
    /// It is damaged or ends before its end.
    Damaged,
    /// It was last written before the run was opened.
    OlderThanRun,
    /// It was last written before the step was begun.
    BeforeStep,
}

impl Doubt {
    /// The closed list.
    pub const ALL: [Self; 4] = [Self::Kind, Self::Damaged, Self::OlderThanRun, Self::BeforeStep];

    /// Returns what to say of it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Kind => "is not of the kind that is asked for",
            Self::Damaged => "is not whole",
            Self::OlderThanRun => "was last written before the run was opened",
            Self::BeforeStep => "was last written before its step was begun",
        }
    }
}

/// The two moments that the time of a file is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moments {
    /// When the run was opened.
    pub run: Option<Timestamp>,
    /// When the attempt was begun at which the file was captured.
    pub step: Option<Timestamp>,
}

impl Captured {
    /// Tells whether a doubt applies to this file, for a requirement of this kind.
    #[must_use]
    pub fn raises(&self, doubt: Doubt, kind: EvidenceKind, moments: Moments) -> bool {
        let before = |moment: Option<Timestamp>| self.mtime.zip(moment).is_some_and(|(mtime, moment)| mtime < moment);
        match doubt {
            Doubt::Kind => !kind.takes(&self.media_type),
            Doubt::Damaged => self.damage.is_some(),
            Doubt::OlderThanRun => before(moments.run),
            Doubt::BeforeStep => before(moments.step),
        }
    }
}
