//! The receipt and the two derived files of a Proof Bundle (FORMAT.md §6).

use crate::kernel::canon::digest::{EvidenceDigest, FileDigest, LineDigest, PackageDigest};
use crate::kernel::model::evidence::EvidenceItem;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{PersonId, RequirementId, Role, RunId, StepId};
use crate::kernel::model::opening::{ClockTrust, Mode};
use crate::kernel::model::previous_run::PreviousRun;
use crate::kernel::model::time::Timestamp;
use crate::kernel::signature::{KeyId, RawSignature};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `receipt.json`: a DSSE envelope with exactly one signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// The statement, in base64.
    pub payload: String,
    /// Always `application/vnd.in-toto+json`.
    #[serde(rename = "payloadType")]
    pub payload_type: String,
    /// Exactly one.
    pub signatures: Vec<EnvelopeSignature>,
}

/// The signature of an envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeSignature {
    /// The key.
    pub keyid: KeyId,
    /// The signature over the envelope's PAE.
    pub sig: RawSignature,
}

/// The in-toto statement inside the envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Always `https://in-toto.io/Statement/v1`.
    #[serde(rename = "_type")]
    pub statement_type: String,
    /// What is claimed of the run.
    pub predicate: Predicate,
    /// Always `urn:asrun:run:v1`.
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// The tag manifest.
    pub subject: Vec<StatementSubject>,
}

/// What a statement is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementSubject {
    /// Its digest.
    pub digest: StatementDigestMap,
    /// Always `tagmanifest-sha256.txt`.
    pub name: String,
}

/// in-toto's digest map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementDigestMap {
    /// Bare hex.
    pub sha256: String,
}

/// What the receipt claims; every field is recomputed from the data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Predicate {
    /// How far the clock is trusted.
    pub clock: ClockTrust,
    /// When it was closed.
    pub closed: Timestamp,
    /// By whom.
    pub closed_by: PersonId,
    /// The files.
    pub evidence: EvidenceCount,
    /// The journal.
    pub journal: JournalHead,
    /// Live or training.
    pub mode: Mode,
    /// When it was opened.
    pub opened: Timestamp,
    /// The domain pack.
    pub pack: FileDigest,
    /// The package.
    pub package: PackageDigest,
    /// The policy profile.
    pub policy: FileDigest,
    /// The run before it on the same station.
    pub previous_run: Option<PreviousRun>,
    /// What was still open at closing.
    pub requires: Vec<Requirement>,
    /// The rosters in force.
    pub rosters: Vec<FileDigest>,
    /// The run.
    pub run: RunId,
    /// Digest of `data/state.json`.
    pub state: FileDigest,
}

/// How many files and bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceCount {
    /// Bytes.
    pub bytes: u64,
    /// Distinct files.
    pub count: u64,
}

/// Length and last line of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JournalHead {
    /// Digest of the last line.
    pub head: LineDigest,
    /// How many lines.
    pub records: u64,
}

/// What was still open at closing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Requirement {
    /// An external trust anchor.
    Anchor {
        /// Always `T1`.
        id: String,
    },
    /// A closing signature.
    Signoff {
        /// How many persons are missing.
        count: u32,
        /// The policy's closure id.
        id: String,
        /// What the signature means.
        meaning: Meaning,
        /// Roles whose members do not count.
        not: Vec<Role>,
        /// Who signs.
        role: Role,
    },
    /// Acceptance of a deviation.
    Review {
        /// Any of these roles.
        by: Vec<Role>,
        /// How many persons are missing.
        count: u32,
        /// The deviation.
        id: String,
    },
    /// Acceptance of redacted or reused evidence of a step.
    Evidence {
        /// Any of these roles.
        by: Vec<Role>,
        /// The step.
        id: String,
    },
}

/// `data/manifest.json`: every artifact of the bundle, sorted by path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inventory {
    /// The artifacts.
    pub artifacts: Vec<Artifact>,
    /// Always `asrun.manifest.v1`.
    pub format: InventoryFormat,
}

/// The format line of the inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum InventoryFormat {
    /// The only version.
    #[serde(rename = "asrun.manifest.v1")]
    V1,
}

/// One artifact: package, roster or evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Artifact {
    /// Its BLAKE3.
    pub blake3: EvidenceDigest,
    /// What the bytes look like.
    pub media_type: String,
    /// What it was called.
    pub name: String,
    /// Path in the bundle.
    pub path: String,
    /// The record that captured it.
    pub record: Option<u64>,
    /// For which requirement.
    pub requirement: Option<RequirementId>,
    /// Its SHA-256.
    pub sha256: FileDigest,
    /// Length in bytes.
    pub size: u64,
    /// At which step.
    pub step: Option<StepId>,
}

impl Artifact {
    /// Returns the artifact of an evidence item.
    #[must_use]
    pub fn of(item: &EvidenceItem) -> Self {
        Self {
            blake3: item.file.blake3,
            media_type: item.file.media_type.clone(),
            name: item.file.name.clone(),
            path: format!("data/evidence/{}", item.file.blake3.hex()),
            record: Some(item.record),
            requirement: item.requirement.clone(),
            sha256: item.file.sha256,
            size: item.file.size,
            step: Some(item.step.clone()),
        }
    }
}
