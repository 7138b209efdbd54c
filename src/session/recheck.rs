//! The open journal, read again every 100 records beside the work: links and signatures, from a descriptor of its own.
//!
//! A disk that loses a byte is then told of within 100 records, not on the day of the seal. What was proved before is
//! not proved again: one digest over those bytes tells that they are the same, so that the signatures cost as much as
//! the records, whatever the length of the run. From 10,000 records on the looks come after every hundredth part of
//! them, so that the reading too costs as much as the records and not as their square.
//!
//! What a look proved is kept as a checkpoint for whoever takes the run up next. Where the run was taken up by one, the
//! first look asks everything that was not asked then, decisions included.

use super::{Material, Station};
use crate::bundle::Windows;
use crate::kernel::canon::digest::{FileDigest, LineDigest, PackageDigest, PrefixDigest};
use crate::kernel::documents::roster::Roster;
use crate::kernel::fold::{self, Fold, Line};
use crate::kernel::model::name::RunId;
use crate::kernel::model::opening::Program;
use crate::kernel::run::Run;
use crate::kernel::text::chain;
use crate::store::{Checkpoint, Disk, RunPaths, stream};
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many records are written between two looks, at least, and which part of those that were written before.
const EVERY: u64 = 100;
const PART: u64 = 100;
/// From how many records on a checkpoint is worth a file.
pub(super) const KEPT: u64 = 1_000;

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

/// What is kept of a run whose records were all checked, with the digest of their bytes.
pub(super) fn checkpoint(run: &Run, material: &Material, program: &Program, bytes: blake3::Hash) -> Checkpoint {
    Checkpoint {
        bytes: PrefixDigest(*bytes.as_bytes()),
        head: run.head(),
        length: run.length(),
        package: run.plan().digest,
        program: program.clone(),
        records: run.seq(),
        roster: FileDigest::of(&material.roster_bytes),
        run: run.id().clone(),
    }
}

/// Starts the looks and keeps their result.
#[derive(Default)]
pub(super) struct Recheck {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    running: AtomicBool,
    /// Whether records are taken on the word of a checkpoint until the first look.
    owing: AtomicBool,
    known: Mutex<Known>,
}

/// What the last look proved.
#[derive(Clone, Default)]
struct Known {
    checked: Checked,
    /// How many bytes there are up to there, and their digest.
    length: u64,
    bytes: Option<blake3::Hash>,
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
    length: u64,
    head: LineDigest,
    /// The run before its first record, where its records are decided again too.
    draft: Option<Run>,
    disk: Disk,
    program: Program,
    roster_file: FileDigest,
}

impl Recheck {
    /// The looks of a run that was taken up by a checkpoint.
    pub(super) fn owing() -> Self {
        let shared = Shared { owing: AtomicBool::new(true), ..Shared::default() };
        Self { shared: Arc::new(shared) }
    }

    pub(super) fn checked(&self) -> Checked {
        self.shared.known().checked.clone()
    }

    /// Starts a look when enough was written since the last one and none is at work.
    pub(super) fn consider(&self, run: &Run, paths: &RunPaths, station: &Station, material: &Material) {
        let known = self.shared.known().checked.clone();
        let due = run.seq() >= known.upto + EVERY.max(known.upto / PART) && known.broken.is_none();
        if !due || self.shared.running.swap(true, Ordering::AcqRel) {
            return;
        }
        let owing = self.shared.owing.load(Ordering::Acquire);
        let look = Look {
            paths: paths.clone(),
            roster: run.roster().clone(),
            id: run.id().clone(),
            package: LineDigest(run.plan().digest.0),
            upto: run.seq(),
            length: run.length(),
            head: run.head(),
            draft: owing.then(|| Run::draft(run.plan().clone(), run.roster().clone(), run.id().clone())),
            disk: station.disk.clone(),
            program: station.program(),
            roster_file: FileDigest::of(&material.roster_bytes),
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
            Ok(found) => {
                // A cache: that it could not be kept costs the next start some time, and nobody's work.
                let _ = look.keep(&found);
                self.owing.store(false, Ordering::Release);
                *kept = found;
            }
            Err(broken) => {
                kept.checked.broken = Some(broken);
                let _ = Checkpoint::forget(&look.paths, &look.disk);
            }
        }
        drop(kept);
        self.running.store(false, Ordering::Release);
    }
}

impl Look {
    fn keep(&self, found: &Known) -> io::Result<()> {
        let (Some(bytes), Some(head), true) = (found.bytes, found.head, found.checked.upto >= KEPT) else {
            return Ok(());
        };
        let checkpoint = Checkpoint {
            bytes: PrefixDigest(*bytes.as_bytes()),
            head,
            length: found.length,
            package: PackageDigest(self.package.0),
            program: self.program.clone(),
            records: found.checked.upto,
            roster: self.roster_file,
            run: self.id.clone(),
        };
        checkpoint.keep(&self.paths, &self.disk)
    }

    fn look(&self, known: &Known) -> Result<Known, Broken> {
        let at = |seq, reason: String| Broken { seq, reason };
        let unreadable = |error: &dyn std::error::Error| at(known.checked.upto + 1, chain(error));
        let (mut hash, mut file) = (blake3::Hasher::new(), stream(&self.paths).map_err(|e| unreadable(&e))?);
        let before = io::copy(&mut (&mut file).take(known.length), &mut hash).map_err(|e| unreadable(&e))?;
        let unchanged = before == known.length && known.bytes == Some(hash.finalize());
        let (from, head) = match known.head.filter(|_| unchanged) {
            Some(head) => (known.checked.upto, head),
            None => {
                (hash, file) = (blake3::Hasher::new(), stream(&self.paths).map_err(|e| unreadable(&e))?);
                (0, self.package)
            }
        };
        let left = self.length - if from > 0 { known.length } else { 0 };
        let mut windows = Windows::new(file.take(left));
        let mut fold = match self.draft.clone().filter(|_| from == 0) {
            Some(draft) => Fold::over(draft),
            None => Fold::links(self.id.clone(), from, Some(head)),
        };
        let next = || {
            let window = windows.read().map_err(|e| unreadable(&e))?;
            window.as_ref().map(|window| hash.update(window.bytes()));
            Ok(window)
        };
        let follow = |lines| {
            fold.take(lines, drop);
            !fold.is_broken()
        };
        fold::pass(next, |line| Line::read(line, Some(&self.roster)), follow)?;
        let (seq, head) = fold.head();
        match fold.done() {
            (_, Some((seq, unfit))) => Err(at(seq, unfit.to_string())),
            _ if seq < self.upto => Err(at(seq + 1, "it is not in the file any more".into())),
            _ if head != Some(self.head) => Err(at(self.upto, "it is another record than the acknowledged one".into())),
            _ => {
                let checked = Checked { upto: self.upto, broken: None };
                Ok(Known { checked, length: self.length, bytes: Some(hash.finalize()), head })
            }
        }
    }
}
