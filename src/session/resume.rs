//! Taking a run up again: the journal is folded by the same functions that wrote it.

use super::health::look_again;
use super::recheck::{KEPT, Recheck, checkpoint};
use super::restore::restore;
use super::{Material, Session, StartError, Station};
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::fold::{Line, Unfit};
use crate::kernel::model::entry::BySystem;
use crate::kernel::model::name::RunId;
use crate::kernel::records::event::RunRecovered;
use crate::kernel::records::record::SignedRecord;
use crate::kernel::run::Run;
use crate::store::{Journal, Lines, Lock, Memory, Occasion, RunPaths, Tail};

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
        let reading = look_again(&station, id, &memory);
        let unwell = |health| StartError::Unwell { run: id.clone(), health: Box::new(health) };
        let (Some(mut run), Some(material), Some(lock)) = (reading.run, reading.material, lock) else {
            return Err(unwell(reading.health));
        };
        if !reading.health.is_well() {
            return Err(unwell(reading.health));
        }
        let complete =
            |lines: &Lines| lines.count() == reading.held && reading.complete == Some(LineDigest::of(&lines.rest));
        let (journal, tail) = Journal::open(&paths, &station.disk, lock, complete)?;
        // What was put back is the one line that the reading did not hold yet.
        if let (Tail::Restored { seq }, Some(line)) = (&tail, journal.last_line()) {
            let damaged = |unfit: Unfit| StartError::Damaged { seq: *seq, reason: unfit.to_string() };
            run.after(&check(&run, line).map_err(damaged)?);
        }
        if journal.last().map(|last| last.digest()) != Some(run.head()) {
            let reason = "the journal changed while it was taken up".to_owned();
            return Err(StartError::Damaged { seq: run.seq(), reason });
        }
        let mut session = Self::taken_up(station, material, paths, journal, run, tail);
        session.restored = restored;
        if reading.recalled > 0 {
            session.recheck = Recheck::owing();
        }
        if session.run.seq() >= reading.recalled + KEPT {
            // Everything behind what was known was asked just now; a cache, so that a failing disk is no matter here.
            let bytes = blake3::hash(session.journal.bytes());
            let _ = checkpoint(&session.run, &session.material, &session.station.program(), bytes)
                .keep(&session.paths, &session.station.disk);
        }
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

/// Checks a stored line as the verifier does: form, link, signature, and that the kernel would have written it next.
///
/// # Errors
/// Why it is refused.
pub(super) fn check(run: &Run, line: &[u8]) -> Result<SignedRecord, Unfit> {
    let signed = Line::read(line, Some(run.roster())).linked(run.id(), run.seq() + 1, Some(run.head()))?;
    run.admits(&signed)?;
    Ok(signed)
}
