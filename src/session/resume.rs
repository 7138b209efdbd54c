//! Taking a run up again: the journal is folded by the same functions that wrote it.

use super::error::words;
use super::health::{Depth, look};
use super::restore::restore;
use super::standing::Installed;
use super::{Session, StartError, Station};
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::model::event::{BySystem, RunRecovered};
use crate::kernel::model::name::RunId;
use crate::kernel::model::record::SignedRecord;
use crate::kernel::run::Run;
use crate::store::{Journal, Lock, Memory, Occasion, Tail};
use std::collections::BTreeMap;

impl Session {
    /// Takes a run up again. Nobody is unlocked yet; the first unlock records what happened meanwhile.
    ///
    /// # Errors
    /// No such run, a sealed run, another writer, or a run that is not what was recorded: nothing of it is changed.
    pub fn resume(station: Station, id: &RunId) -> Result<Self, StartError> {
        let paths = station.home.run(id);
        let memory = Memory::read(&station.home);
        if !paths.dir.is_dir() && !paths.local.is_dir() && memory.here().all(|run| run != id) {
            return Err(StartError::NoSuchRun(id.clone()));
        }
        if paths.receipt().is_file() {
            return Err(StartError::Sealed(id.clone()));
        }
        // A run whose folder is gone has nothing to lock: looking at it must not make one.
        let now = station.clock.now();
        let lock = match paths.dir.is_dir() {
            true => Some(Lock::take(&paths, &station.disk, "asrun", now.time)?),
            false => None,
        };
        let restored = match &lock {
            Some(_) => restore(&station.home, &station.disk, &paths)?,
            None => Vec::new(),
        };
        // What evidence is amiss is told and can be put back; it keeps nobody from going on.
        let reading = look(&station.home, id, &memory, Depth::Records);
        let unwell = |health| StartError::Unwell { run: id.clone(), health: Box::new(health) };
        let (Some(mut run), Some(material), Some(lock)) = (reading.run, reading.material, lock) else {
            return Err(unwell(reading.health));
        };
        if !reading.health.is_well() {
            return Err(unwell(reading.health));
        }
        let complete = |lines: &[Vec<u8>], rest: &[u8]| {
            lines.len() == reading.records.len() && reading.complete == Some(LineDigest::of(rest))
        };
        let (journal, lines, tail) = Journal::open(&paths, &station.disk, complete)?;
        // What was put back is the one line that the reading did not hold yet.
        for (seq, line) in (1u64..).zip(&lines).skip(reading.records.len()) {
            let damaged = |reason| StartError::Damaged { seq, reason };
            run.after(&check(&run, seq, line).map_err(damaged)?);
        }
        if lines.last().map(|line| LineDigest::of(line)) != Some(run.head()) {
            let reason = "the journal changed while it was taken up".to_owned();
            return Err(StartError::Damaged { seq: run.seq(), reason });
        }
        let torn = match tail {
            Tail::Torn { offset, length, sha256, .. } => {
                Some(RunRecovered { by: BySystem::System, length, offset, sha256 })
            }
            Tail::Clean | Tail::Restored { .. } => None,
        };
        let signers = BTreeMap::new();
        let mut session = Self {
            run,
            station,
            material,
            paths,
            journal,
            signers,
            torn,
            restored,
            resumed: true,
            last_act: now,
            forgotten: None,
            installed: Installed::default(),
            _lock: lock,
        };
        session.remember(Occasion::TakenUp);
        Ok(session)
    }
}

/// Checks a stored line as the verifier does: form, link, signature, and that the kernel would have written it.
///
/// # Errors
/// Why it is refused.
pub(super) fn check(run: &Run, seq: u64, line: &[u8]) -> Result<SignedRecord, String> {
    let signed = SignedRecord::parse(line).map_err(|e| e.to_string())?;
    let record = signed.record();
    if record.seq != seq || record.prev != run.head() || record.run != *run.id() {
        return Err("it does not link to the record before it".into());
    }
    let roster = run.roster();
    let grant = roster.person(&record.actor).and_then(|p| p.key_at(signed.key(), record.time));
    let valid = roster.standing(&record.actor, signed.key(), record.time).is_valid();
    if !grant.is_some_and(|g| valid && signed.is_signed_by(&g.key)) {
        return Err("its signature does not hold under a key of its actor".into());
    }
    run.admits(&signed).map_err(|e| words(&e))?;
    Ok(signed)
}
