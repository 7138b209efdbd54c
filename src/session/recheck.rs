//! The open journal, read again every 100 records beside the work: links and signatures, from a descriptor of its own.
//!
//! A disk that loses a byte is then told of within 100 records, not on the day of the seal. What was proved before is
//! not proved again: one digest over those bytes tells that they are the same, so that the signatures cost as much as
//! the records, whatever the length of the run.

use super::resume::linked;
use crate::kernel::canon::digest::{FileDigest, LineDigest};
use crate::kernel::documents::roster::Roster;
use crate::kernel::model::name::RunId;
use crate::kernel::run::Run;
use crate::kernel::text::chain;
use crate::store::{RunPaths, read_lines};
use sha2::{Digest as _, Sha256};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many records are written between two looks.
const EVERY: u64 = 100;

/// How far the journal was read again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Every record up to this one stands on the disk, linked and signed; 0 before the first look.
    pub upto: u64,
    /// The first record that does not.
    pub broken: Option<Broken>,
}

/// The first record that does not stand as it was acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub seq: u64,
    /// Why.
    pub reason: String,
}

/// Starts the looks and keeps their result.
#[derive(Default)]
pub(super) struct Recheck {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    running: AtomicBool,
    known: Mutex<Known>,
}

/// What the last look proved.
#[derive(Clone, Default)]
struct Known {
    checked: Checked,
    /// Digest of all bytes up to there.
    bytes: Option<FileDigest>,
    /// Digest of the last line.
    head: Option<LineDigest>,
}

/// What a look needs: nothing of it changes while it works.
struct Look {
    paths: RunPaths,
    roster: Arc<Roster>,
    id: RunId,
    package: LineDigest,
    upto: u64,
    head: LineDigest,
}

impl Recheck {
    pub(super) fn checked(&self) -> Checked {
        self.shared.known().checked.clone()
    }

    /// Starts a look when enough was written since the last one and none is at work.
    pub(super) fn consider(&self, run: &Run, paths: &RunPaths) {
        let known = self.shared.known().checked.clone();
        let due = run.seq() >= known.upto + EVERY && known.broken.is_none();
        if !due || self.shared.running.swap(true, Ordering::AcqRel) {
            return;
        }
        let look = Look {
            paths: paths.clone(),
            roster: run.roster().clone(),
            id: run.id().clone(),
            package: LineDigest(run.plan().digest.0),
            upto: run.seq(),
            head: run.head(),
        };
        let shared = self.shared.clone();
        std::thread::spawn(move || shared.look(&look));
    }
}

impl Shared {
    fn known(&self) -> MutexGuard<'_, Known> {
        // A look that panicked told nothing; what was known before still holds.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self, look: &Look) {
        let known = self.known().clone();
        let found = look.look(&known);
        let mut kept = self.known();
        match found {
            Ok(found) => *kept = found,
            Err(broken) => kept.checked.broken = Some(broken),
        }
        drop(kept);
        self.running.store(false, Ordering::Release);
    }
}

impl Look {
    fn look(&self, known: &Known) -> Result<Known, Broken> {
        let at = |seq, reason: String| Broken { seq, reason };
        let lines = read_lines(&self.paths).map_err(|e| at(known.checked.upto + 1, chain(&e)))?.whole;
        let upto = usize::try_from(self.upto).unwrap_or(usize::MAX);
        if lines.len() < upto {
            return Err(at(lines.len() as u64 + 1, "it is not in the file any more".into()));
        }
        let before = usize::try_from(known.checked.upto).unwrap_or(usize::MAX);
        let unchanged = known.bytes.is_some_and(|bytes| bytes == digest(&lines[..before]));
        let (from, mut head) = match known.head {
            Some(head) if unchanged => (before, head),
            _ => (0, self.package),
        };
        for (index, line) in lines[..upto].iter().enumerate().skip(from) {
            let seq = index as u64 + 1;
            head = linked(&self.roster, &self.id, (seq, head), line).map_err(|reason| at(seq, reason))?.digest();
        }
        if head != self.head {
            return Err(at(self.upto, "it is another record than the acknowledged one".into()));
        }
        let checked = Checked { upto: self.upto, broken: None };
        Ok(Known { checked, bytes: Some(digest(&lines[..upto])), head: Some(head) })
    }
}

fn digest(lines: &[Vec<u8>]) -> FileDigest {
    let mut sha = Sha256::new();
    for line in lines {
        sha.update(line);
        sha.update(b"\n");
    }
    FileDigest(sha.finalize().into())
}
