//! Taking a run up again: the journal is folded by the same functions that wrote it.

use super::error::words;
use super::{Material, Session, StartError, Station};
use crate::kernel::canon;
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::model::event::{BySystem, RunRecovered};
use crate::kernel::model::name::RunId;
use crate::kernel::model::record::SignedRecord;
use crate::kernel::model::time::Timestamp;
use crate::kernel::run::Run;
use crate::store::{Disk, Home, Journal, Lock, RunPaths, StoreError, Tail};
use std::collections::BTreeMap;
use std::path::PathBuf;

impl Session {
    /// Takes a run up again. Nobody is unlocked yet; the first unlock records what happened meanwhile.
    ///
    /// # Errors
    /// No such run, a sealed run, another writer, or a journal that is damaged: then the run is archived
    /// with a note of what was found, and nothing of it is changed.
    pub fn resume(station: Station, id: &RunId) -> Result<Self, StartError> {
        let paths = station.home.run(id);
        if !paths.journal().is_file() {
            return Err(StartError::NoSuchRun(id.clone()));
        }
        if paths.receipt().is_file() {
            return Err(StartError::Sealed(id.clone()));
        }
        let now = station.clock.now();
        let lock = Lock::take(&paths, &station.disk, "asrun", now.time)?;
        let material = Material::of_run(&paths)?;
        let draft = Run::draft(material.plan.clone(), material.roster.clone(), id.clone());
        let complete = |lines: &[Vec<u8>], rest: &[u8]| is_next(&draft, lines, rest);
        let (journal, lines, tail) = Journal::open(&paths, &station.disk, complete)?;
        let run = match fold(draft.clone(), &lines) {
            Ok(run) => run,
            Err((seq, reason)) => {
                let archive = archive(&station.home, &station.disk, &paths, id, &lines, (seq, &reason, now.time))?;
                return Err(StartError::Damaged { seq, reason, archive });
            }
        };
        let torn = match tail {
            Tail::Torn { offset, length, sha256, .. } => {
                Some(RunRecovered { by: BySystem::System, length, offset, sha256 })
            }
            Tail::Clean | Tail::Restored { .. } => None,
        };
        let signers = BTreeMap::new();
        Ok(Self { run, station, material, paths, journal, signers, torn, resumed: true, last_act: now, _lock: lock })
    }
}

/// Folds stored lines, checking each as the verifier does: form, link, signature, and that the kernel would have written it.
///
/// # Errors
/// The first line that is refused, with the reason.
pub(crate) fn fold(mut run: Run, lines: &[Vec<u8>]) -> Result<Run, (u64, String)> {
    for (seq, line) in (1u64..).zip(lines) {
        let signed = check(&run, seq, line).map_err(|reason| (seq, reason))?;
        run.after(&signed);
    }
    Ok(run)
}

fn check(run: &Run, seq: u64, line: &[u8]) -> Result<SignedRecord, String> {
    let signed = SignedRecord::parse(line).map_err(|e| e.to_string())?;
    let record = signed.record();
    if record.seq != seq || record.prev != run.head() || record.run != *run.id() {
        return Err("it does not link to the record before it".into());
    }
    let grant = run.roster().person(&record.actor).and_then(|p| p.key_at(signed.key(), record.time));
    if !grant.is_some_and(|g| signed.is_signed_by(&g.key)) {
        return Err("its signature does not hold under a key of its actor".into());
    }
    run.admits(&signed).map_err(|e| words(&e))?;
    Ok(signed)
}

/// Tells whether a torn rest is in truth a complete record that only lacks its line feed.
fn is_next(draft: &Run, lines: &[Vec<u8>], rest: &[u8]) -> bool {
    match fold(draft.clone(), lines) {
        Ok(run) => check(&run, lines.len() as u64 + 1, rest).is_ok(),
        Err(_) => false,
    }
}

#[derive(serde::Serialize)]
struct ArchiveNote {
    archived: Timestamp,
    last: Option<LineDigest>,
    reason: String,
    records: u64,
    refused: u64,
    run: RunId,
}

/// Moves a damaged run out of the way, byte for byte, with a note; a fresh run may link to it (FORMAT.md §4).
fn archive(
    home: &Home,
    disk: &Disk,
    paths: &RunPaths,
    id: &RunId,
    lines: &[Vec<u8>],
    (refused, reason, at): (u64, &str, Timestamp),
) -> Result<PathBuf, StoreError> {
    let target = home.archive().join(id.as_str());
    disk.create_folder(&target).map_err(StoreError::at(&target))?;
    let note = ArchiveNote {
        archived: at,
        last: lines.last().map(|l| LineDigest::of(l)),
        reason: reason.to_owned(),
        records: lines.len() as u64,
        refused,
        run: id.clone(),
    };
    let bytes = canon::encode(&note).map_err(|e| StoreError::at(&target)(std::io::Error::other(e)))?;
    let file = target.join("archive.json");
    disk.replace(&file, &bytes).map_err(StoreError::at(&file))?;
    for (from, name) in [(&paths.dir, "run"), (&paths.local, "local")] {
        std::fs::rename(from, target.join(name)).map_err(StoreError::at(from))?;
    }
    disk.sync_folder(&target).and_then(|()| disk.sync_folder(&home.runs())).map_err(StoreError::at(&target))?;
    Ok(target)
}
