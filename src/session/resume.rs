//! Taking a run up again: the journal is folded by the same functions that wrote it.

use super::error::words;
use super::health::{Depth, look};
use super::restore::restore;
use super::{Material, Session, StartError, Station};
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::documents::roster::Roster;
use crate::kernel::model::entry::BySystem;
use crate::kernel::model::name::RunId;
use crate::kernel::records::event::RunRecovered;
use crate::kernel::records::record::SignedRecord;
use crate::kernel::run::Run;
use crate::store::{Journal, Lock, Memory, Occasion, RunPaths, Tail};

impl Session {
    /// Takes a run up again. Nobody is unlocked yet; the first unlock records what happened meanwhile.
    ///
    /// # Errors
    /// No such run, a sealed run, another writer, or a run that is not what was recorded: nothing of it is changed.
    pub fn resume(station: Station, id: &RunId) -> Result<Self, StartError> {
        let paths = station.home.run(id);
        if paths.rescued().is_file() {
            return Err(StartError::Rescued { run: id.clone(), path: paths.rescued() });
        }
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
        let (journal, lines, tail) = Journal::open(&paths, &station.disk, lock, complete)?;
        // What was put back is the one line that the reading did not hold yet.
        for (seq, line) in (1u64..).zip(&lines).skip(reading.records.len()) {
            let damaged = |reason| StartError::Damaged { seq, reason };
            run.after(&check(&run, seq, line).map_err(damaged)?);
        }
        if lines.last().map(|line| LineDigest::of(line)) != Some(run.head()) {
            let reason = "the journal changed while it was taken up".to_owned();
            return Err(StartError::Damaged { seq: run.seq(), reason });
        }
        let mut session = Self::taken_up(station, material, paths, journal, run, tail);
        session.restored = restored;
        session.remember(Occasion::TakenUp);
        // What cannot be dropped today does not stop the work: sealing insists on it.
        let _ = session.drop_redacted();
        Ok(session)
    }

    /// A session over a run that was folded from its journal; nobody is unlocked yet.
    pub(super) fn taken_up(
        station: Station,
        material: Material,
        paths: RunPaths,
        journal: Journal,
        run: Run,
        tail: Tail,
    ) -> Self {
        let torn = match tail {
            Tail::Torn { offset, length, sha256, .. } => {
                Some(RunRecovered { by: BySystem::System, length, offset, sha256 })
            }
            Tail::Clean | Tail::Restored { .. } => None,
        };
        Self { torn, resumed: true, ..Self::over(station, material, paths, journal, run) }
    }
}

/// Checks a stored line as the verifier does: form, link, signature, and that the kernel would have written it.
///
/// # Errors
/// Why it is refused.
pub(super) fn check(run: &Run, seq: u64, line: &[u8]) -> Result<SignedRecord, String> {
    let signed = linked(run.roster(), run.id(), (seq, run.head()), line)?;
    run.admits(&signed).map_err(|e| words(&e))?;
    Ok(signed)
}

/// Checks form, link and signature of a line: everything but what it says.
pub(super) fn linked(
    roster: &Roster,
    id: &RunId,
    (seq, before): (u64, LineDigest),
    line: &[u8],
) -> Result<SignedRecord, String> {
    let signed = SignedRecord::parse(line).map_err(|e| e.to_string())?;
    let record = signed.record();
    if record.seq != seq || record.prev != before || record.run != *id {
        return Err("it does not link to the record before it".into());
    }
    let grant = roster.person(&record.actor).and_then(|p| p.key_at(signed.key(), record.time));
    let valid = roster.standing(&record.actor, signed.key(), record.time).is_valid();
    match grant.is_some_and(|g| valid && signed.is_signed_by(&g.key)) {
        true => Ok(signed),
        false => Err("its signature does not hold under a key of its actor".into()),
    }
}
