//! Making the derived files of a Proof Bundle: recorder and verifier call the same functions.

use crate::kernel::canon::digest::{EvidenceDigest, FileDigest, SealDigest};
use crate::kernel::canon::{self, NotCanonical, base64};
use crate::kernel::judgement::closure;
use crate::kernel::records::receipt::{
    Artifact, Envelope, EnvelopeSignature, EvidenceCount, Inventory, InventoryFormat, JournalHead, Predicate,
    Statement, StatementDigestMap, StatementSubject,
};
use crate::kernel::run::Run;
use crate::kernel::signature::{KeyId, RECEIPT_TYPE, RawSignature};
use std::collections::BTreeMap;

/// The statement type of in-toto.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// The predicate type of a run.
pub const PREDICATE_TYPE: &str = "urn:asrun:run:v1";
/// The file whose digest is the seal.
pub const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";

/// A file of the bundle that is not evidence: the package or a roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Path in the bundle.
    pub path: String,
    /// What the bytes look like.
    pub media_type: String,
    /// Its BLAKE3.
    pub blake3: EvidenceDigest,
    /// Its SHA-256.
    pub sha256: FileDigest,
    /// Length in bytes.
    pub size: u64,
}

/// Returns `data/manifest.json`: carried files and evidence, each file once, sorted by path.
///
/// Redacted files are listed too: their digests stay.
#[must_use]
pub fn inventory(run: &Run, carried: &[Carried]) -> Inventory {
    let files = carried.iter().map(|c| Artifact {
        blake3: c.blake3,
        media_type: c.media_type.clone(),
        name: c.path.rsplit('/').next().unwrap_or_default().to_owned(),
        path: c.path.clone(),
        record: None,
        requirement: None,
        sha256: c.sha256,
        size: c.size,
        step: None,
    });
    let mut by_path: BTreeMap<String, Artifact> = files.map(|a| (a.path.clone(), a)).collect();
    for artifact in run.evidence().iter().map(Artifact::of) {
        by_path.entry(artifact.path.clone()).or_insert(artifact);
    }
    Inventory { artifacts: by_path.into_values().collect(), format: InventoryFormat::V1 }
}

/// Returns what the receipt claims of a closed run; none before it is closed.
#[must_use]
pub fn predicate(run: &Run, state: FileDigest) -> Option<Predicate> {
    let (opened, at) = run.opened()?;
    let closed = run.closed()?;
    let files: BTreeMap<_, _> =
        run.evidence().iter().filter(|e| e.redacted.is_none()).map(|e| (e.file.blake3, e.file.size)).collect();
    Some(Predicate {
        clock: opened.clock,
        closed: closed.at,
        closed_by: closed.by.clone(),
        evidence: EvidenceCount { bytes: files.values().sum(), count: files.len() as u64 },
        journal: JournalHead { head: run.head(), records: run.seq() },
        mode: opened.mode,
        opened: at,
        pack: opened.pack,
        package: opened.package,
        policy: opened.policy,
        previous_run: opened.previous_run.clone(),
        requires: closure::requires(run),
        rosters: vec![opened.roster],
        run: run.id().clone(),
        state,
    })
}

/// Returns the statement over a seal.
#[must_use]
pub fn statement(predicate: Predicate, seal: SealDigest) -> Statement {
    Statement {
        statement_type: STATEMENT_TYPE.into(),
        predicate,
        predicate_type: PREDICATE_TYPE.into(),
        subject: vec![StatementSubject {
            digest: StatementDigestMap { sha256: seal.hex() },
            name: TAG_MANIFEST.into(),
        }],
    }
}

/// Returns the bytes of `receipt.json`.
///
/// # Errors
/// When a text in it holds a NUL.
pub fn envelope(payload: &[u8], keyid: KeyId, sig: RawSignature) -> Result<Vec<u8>, NotCanonical> {
    canon::encode(&Envelope {
        payload: base64::encode(payload),
        payload_type: RECEIPT_TYPE.into(),
        signatures: vec![EnvelopeSignature { keyid, sig }],
    })
}
