//! The journal: one line a record, only ever longer (FORMAT.md §4, Durability).
//!
//! Order of one append: one `write` of line and LF (O_APPEND) → `fdatasync` → `pwrite` of `head.json`
//! → [`Committed`]. Only then may anything say "recorded".
//!
//! Before the write and again before the answer it is looked at whether journal, head and lock are still the files that
//! their names lead to (`named`). When not, nothing more is acknowledged, and what was is kept beside the run (`rescue`).

use super::error::{AppendError, JournalError, Rescue};
use super::head::{self, read_head};
use super::layout::RunPaths;
use super::lock::Lock;
use super::named::{Named, Strange};
use super::rescue;
use super::tail::{Lines, Tail, lines, restore, set_aside};
use crate::disk::{Disk, open_regular};
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::model::fault::HeadFault;
use std::fs::File;
use std::io;
use std::sync::Arc;

/// The longest line, without its LF.
pub const MAX_LINE: usize = 1 << 20;
/// The largest journal.
pub const MAX_JOURNAL: u64 = 1 << 30;
/// How much space is reserved ahead.
const AHEAD: u64 = 1 << 20;

/// A record known to be on disk. Born in [`Journal::append`] and [`Journal::open`] alone.
///
/// ```compile_fail,E0451
/// # fn forge(digest: asrun::kernel::canon::digest::LineDigest) {
/// let forged = asrun::store::Committed { seq: 1, digest };
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    seq: u64,
    digest: LineDigest,
}

impl Committed {
    /// Its number, from 1.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The digest of its line: what the next one links to.
    #[must_use]
    pub fn digest(&self) -> LineDigest {
        self.digest
    }
}

/// The one open writer of a journal. It holds the run's lock for as long as it lives.
#[derive(Debug)]
pub struct Journal {
    file: Named,
    head: Named,
    lock: Lock,
    disk: Disk,
    paths: RunPaths,
    /// Every acknowledged line with its LF: what the file must hold, whatever happens to the file.
    acknowledged: Vec<u8>,
    reserved: u64,
    last: Option<Committed>,
    state: State,
}

/// Whether a writer still writes.
#[derive(Debug)]
enum State {
    Open,
    /// A write failed, and nobody knows what of it is on disk.
    Poisoned,
    /// A file was taken away or changed by somebody else, as this tells.
    Displaced(Arc<Strange>, Rescue),
    /// A record that was acknowledged does not stand in the file as it was written.
    Broken(u64, String),
}

/// A journal and what was found at its end.
pub type Opened = (Journal, Tail);

impl Journal {
    /// Begins the journal of a new run, whose folders exist.
    ///
    /// # Errors
    /// A journal that exists, or what the system says.
    pub fn create(paths: &RunPaths, disk: &Disk, lock: Lock) -> Result<Self, JournalError> {
        let path = paths.journal();
        // The head comes first: a journal without a head would look like one whose head was taken away.
        head::write(paths, disk, None).map_err(JournalError::at(&paths.head()))?;
        disk.write_new(&path, b"").map_err(JournalError::at(&path))?;
        let file = writer(paths).map_err(JournalError::at(&path))?;
        Self::over(file, paths, disk, lock, Lines::default())
    }

    /// Opens the journal of a run and heals a torn tail. What its lines say the caller must check.
    ///
    /// `complete` gets the lines with a torn rest, and says whether that rest is a complete record whose link and
    /// signature hold.
    ///
    /// # Errors
    /// Acknowledged records missing or rewritten, a lost head, a line or file beyond the limits, or what the system
    /// says. The journal is changed by nothing but the healing of its tail.
    pub fn open(
        paths: &RunPaths,
        disk: &Disk,
        lock: Lock,
        complete: impl Fn(&Lines) -> bool,
    ) -> Result<Opened, JournalError> {
        Self::open_with(paths, disk, lock, complete, true).map(|(opened, _)| opened)
    }

    /// Opens as [`Journal::open`] does, also where the head is lost: the caller must record at once that somebody
    /// answers for it. Until that record is durable, the head stays lost for everybody else.
    ///
    /// # Errors
    /// As [`Journal::open`], save for a lost head.
    pub fn open_without_head(
        paths: &RunPaths,
        disk: &Disk,
        lock: Lock,
        complete: impl Fn(&Lines) -> bool,
    ) -> Result<(Opened, Option<HeadFault>), JournalError> {
        Self::open_with(paths, disk, lock, complete, false)
    }

    /// Writes the head of a journal to which nothing can be appended any more.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep_head(&self) -> Result<(), JournalError> {
        head::write(&self.paths, &self.disk, self.last).map_err(JournalError::at(&self.paths.head()))
    }

    /// Every line known to be on disk, each with its line feed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.acknowledged
    }

    /// The line of the last record known to be on disk, without its line feed.
    #[must_use]
    pub fn last_line(&self) -> Option<&[u8]> {
        let lines = self.acknowledged.strip_suffix(b"\n")?;
        Some(&lines[memchr::memrchr(b'\n', lines).map_or(0, |before| before + 1)..])
    }

    /// The last record known to be on disk.
    #[must_use]
    pub fn last(&self) -> Option<Committed> {
        self.last
    }

    /// Says whether a failed write or a file that was taken away closed this writer; open the journal again to go on.
    #[must_use]
    pub fn is_poisoned(&self) -> bool {
        !matches!(self.state, State::Open)
    }

    /// Looks whether everything that this writer wrote still stands where it is looked for; a seal asks this.
    ///
    /// # Errors
    /// What is not as it should be; this writer then writes no more.
    pub fn look(&mut self) -> Result<(), AppendError> {
        self.may_write()?;
        self.look_at(self.length()).map_err(|strange| self.displaced(Arc::new(strange), self.length()))
    }

    /// Closes the writer for good because a reader found that an acknowledged record does not stand any more.
    pub fn give_up(&mut self, seq: u64, reason: &str) {
        if matches!(self.state, State::Open) {
            self.state = State::Broken(seq, reason.to_owned());
        }
    }

    fn last_seq(&self) -> u64 {
        self.last.map_or(0, |last| last.seq)
    }

    /// Appends record `seq`, whose line without LF has this digest, and returns when it is on disk.
    ///
    /// # Errors
    /// The variant says whether the record may be on disk all the same.
    pub fn append(&mut self, seq: u64, digest: LineDigest, line: &[u8]) -> Result<Committed, AppendError> {
        self.check(seq, digest, line)?;
        self.look()?;
        let mut bytes = Vec::with_capacity(line.len() + 1);
        bytes.extend_from_slice(line);
        bytes.push(b'\n');
        self.reserve(bytes.len() as u64)?;
        if let Err(source) = self.disk.write(&self.file.file, &bytes) {
            return Err(self.undo(source));
        }
        if let Err(source) = self.disk.sync(&self.file.file) {
            return Err(self.poison(source));
        }
        self.acknowledge(Committed { seq, digest }, &bytes)
    }

    /// The record is synced; it counts once its file is still the named one and the head says so.
    fn acknowledge(&mut self, committed: Committed, bytes: &[u8]) -> Result<Committed, AppendError> {
        let length = self.length() + bytes.len() as u64;
        if let Err(strange) = self.look_at(length) {
            return Err(self.displaced(Arc::new(strange), length));
        }
        if let Err(source) = head::text(Some(committed)).and_then(|text| self.disk.rewrite(&self.head.file, &text, 0)) {
            return Err(self.poison(source));
        }
        self.acknowledged.extend_from_slice(bytes);
        self.last = Some(committed);
        Ok(committed)
    }

    fn length(&self) -> u64 {
        self.acknowledged.len() as u64
    }

    fn look_at(&self, length: u64) -> Result<(), Strange> {
        self.file.look_at(length)?;
        self.head.look()?;
        self.lock.look()
    }

    /// Closes the writer for good. Where the journal is not the named file of this length, what was acknowledged is
    /// kept beside the run.
    fn displaced(&mut self, strange: Arc<Strange>, length: u64) -> AppendError {
        let rescue = match self.file.look_at(length) {
            Ok(()) => Rescue::NotNeeded,
            Err(_) if self.last.is_none() => Rescue::NotNeeded,
            Err(_) => match rescue::keep(&self.paths, &self.disk, &self.acknowledged) {
                Ok(path) => Rescue::Kept(path),
                Err(source) => Rescue::Failed(Arc::new(source)),
            },
        };
        self.state = State::Displaced(strange.clone(), rescue.clone());
        AppendError::Displaced { last: self.last_seq(), strange, rescue, written: length > self.length() }
    }

    fn check(&mut self, seq: u64, digest: LineDigest, line: &[u8]) -> Result<(), AppendError> {
        self.may_write()?;
        let last = self.last_seq();
        if seq != last + 1 {
            return Err(AppendError::Order { last, given: seq });
        }
        match line {
            [] => Err(AppendError::NotALine("it is empty")),
            _ if line.len() > MAX_LINE => Err(AppendError::NotALine("it is longer than 1 MiB")),
            _ if line.contains(&b'\n') => Err(AppendError::NotALine("a line feed inside")),
            _ if LineDigest::of(line) != digest => Err(AppendError::NotALine("another digest")),
            _ if self.length() + line.len() as u64 >= MAX_JOURNAL => Err(AppendError::NotALine("the journal is full")),
            _ => Ok(()),
        }
    }

    fn may_write(&mut self) -> Result<(), AppendError> {
        let last = self.last_seq();
        match &self.state {
            State::Open => Ok(()),
            State::Poisoned => Err(AppendError::Poisoned { last }),
            State::Broken(seq, reason) => Err(AppendError::Broken { last, seq: *seq, reason: reason.clone() }),
            // What could not be rescued is tried again: somebody may have made room.
            State::Displaced(strange, Rescue::Failed(_)) => {
                let (strange, length) = (strange.clone(), self.length());
                Err(self.displaced(strange, length))
            }
            State::Displaced(strange, rescue) => {
                let (strange, rescue) = (strange.clone(), rescue.clone());
                Err(AppendError::Displaced { last, strange, rescue, written: false })
            }
        }
    }

    /// Moves "disk full" to before the write. The file's size stays the commit marker.
    fn reserve(&mut self, length: u64) -> Result<(), AppendError> {
        let end = self.length() + length;
        if end <= self.reserved {
            return Ok(());
        }
        match self.disk.reserve(&self.file.file, self.length(), length + AHEAD) {
            Ok(true) => self.reserved = end + AHEAD,
            Ok(false) => self.reserved = u64::MAX,
            Err(source) => return Err(AppendError::DidNotHappen { source }),
        }
        Ok(())
    }

    /// Cuts off what a failed write left; unless that is durable too, nobody knows what is there.
    fn undo(&mut self, source: io::Error) -> AppendError {
        let cut = self.disk.truncate(&self.file.file, self.length()).and_then(|()| self.disk.sync(&self.file.file));
        // Cutting gave the reserved space back.
        self.reserved = self.reserved.min(self.length());
        match cut {
            Ok(()) => AppendError::DidNotHappen { source },
            Err(_) => self.poison(source),
        }
    }

    fn poison(&mut self, source: io::Error) -> AppendError {
        self.state = State::Poisoned;
        AppendError::MayHaveHappened { last: self.last_seq(), source }
    }

    fn open_with(
        paths: &RunPaths,
        disk: &Disk,
        lock: Lock,
        complete: impl Fn(&Lines) -> bool,
        demands_a_head: bool,
    ) -> Result<(Opened, Option<HeadFault>), JournalError> {
        let path = paths.journal();
        let file = writer(paths).map_err(JournalError::at(&path))?;
        let mut lines = lines(&file, &path)?;
        let whole = !lines.rest.is_empty() && complete(&lines);
        let (acknowledged, fault) = check_head(paths, &lines, whole)?;
        if let Some(fault) = fault.filter(|_| demands_a_head) {
            return Err(JournalError::Head { fault });
        }
        paths.sweep(disk).map_err(|e| JournalError::at(&path)(io::Error::other(e)))?;
        let tail = match whole {
            true => restore(&file, &mut lines, disk).map_err(JournalError::at(&path))?,
            false => set_aside(&file, &mut lines, paths, disk)?,
        };
        write_again(paths, disk, &lines, acknowledged).map_err(JournalError::at(&path))?;
        disk.sync(&file).map_err(JournalError::at(&path))?;
        let kept = match fault {
            None => head::write(paths, disk, last(&lines)),
            Some(_) => head::blank(paths, disk),
        };
        kept.map_err(JournalError::at(&paths.head()))?;
        Ok(((Self::over(file, paths, disk, lock, lines)?, tail), fault))
    }

    fn over(file: File, paths: &RunPaths, disk: &Disk, lock: Lock, lines: Lines) -> Result<Self, JournalError> {
        let path = paths.head();
        let head = open_regular(File::options().write(true), &path).map_err(JournalError::at(&path))?;
        let (disk, paths, last) = (disk.clone(), paths.clone(), last(&lines));
        let acknowledged = lines.into_bytes();
        let reserved = acknowledged.len() as u64;
        let (file, head) = (Named::new(file, paths.journal()), Named::new(head, path));
        Ok(Self { file, head, lock, disk, paths, acknowledged, reserved, last, state: State::Open })
    }
}

fn writer(paths: &RunPaths) -> io::Result<File> {
    open_regular(File::options().read(true).append(true), &paths.journal())
}

fn last(lines: &Lines) -> Option<Committed> {
    lines.last().map(|line| Committed { seq: lines.count(), digest: LineDigest::of(line) })
}

/// Compares the head with the lines, before anything is repaired; returns the acknowledged number, and what is wrong
/// with a head that says nothing.
fn check_head(
    paths: &RunPaths,
    lines: &Lines,
    rest_is_complete: bool,
) -> Result<(u64, Option<HeadFault>), JournalError> {
    let found = lines.count() + u64::from(rest_is_complete);
    let head = match read_head(paths)? {
        Ok(head) => head,
        Err(fault) => return Ok((0, Some(fault))),
    };
    let Some(acknowledged) = head.digest else { return Ok((0, None)) };
    if head.seq > found {
        return Err(JournalError::Rollback { acknowledged: head.seq, found });
    }
    match LineDigest::of(lines.line(head.seq).unwrap_or(&lines.rest)) {
        digest if digest == acknowledged => Ok((head.seq, None)),
        found => Err(JournalError::Rewritten { seq: head.seq, acknowledged, found }),
    }
}

/// Writes the lines behind the acknowledged one again in place. An earlier process may have died on a
/// failed sync, after which the system shows bytes that are not on disk and counts them as clean; only
/// written again will the next sync carry them.
fn write_again(paths: &RunPaths, disk: &Disk, lines: &Lines, acknowledged: u64) -> io::Result<()> {
    let offset = lines.offset(acknowledged + 1);
    let unsure = usize::try_from(offset).ok().and_then(|offset| lines.bytes().get(offset..)).unwrap_or_default();
    if unsure.is_empty() {
        return Ok(());
    }
    // Not through the O_APPEND descriptor: Linux appends even positioned writes there.
    let file = open_regular(File::options().write(true), &paths.journal())?;
    disk.rewrite(&file, unsure, offset)?;
    disk.sync(&file)
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
