//! The journal: one line a record, only ever longer (FORMAT.md §4, Durability).
//!
//! Order of one append: one `write` of line and LF (O_APPEND) → `fdatasync` → `pwrite` of `head.json`
//! → [`Committed`]. Only then may anything say "recorded".
//!
//! `head.json` is a text of one sector that never gets shorter, so one positioned write over it is its
//! atomic replacement; a renamed temporary file for each record was measured to double the time of an
//! append. It does not wait for the disk: after a power failure it may lag behind the journal, never lead
//! it, so a head that leads means that acknowledged records were cut off. It is not signed: it guards
//! against accidents and restored backups, not against somebody who edits both files.

use super::durable::{Disk, open_regular};
use super::error::{AppendError, JournalError};
use super::layout::RunPaths;
use super::tail::{Lines, Tail, lines, restore, set_aside};
use crate::kernel::canon;
use crate::kernel::canon::digest::LineDigest;
use std::fs::File;
use std::io;

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

/// `head.json`: the last acknowledged record.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    digest: Option<LineDigest>,
    seq: u64,
}

/// The one open writer of a journal. Hold the run's [`super::Lock`] for as long as it lives.
#[derive(Debug)]
pub struct Journal {
    file: File,
    head: File,
    disk: Disk,
    length: u64,
    reserved: u64,
    last: Option<Committed>,
    poisoned: bool,
}

impl Journal {
    /// Begins the journal of a new run, whose folders exist.
    ///
    /// # Errors
    /// A journal that exists, or what the system says.
    pub fn create(paths: &RunPaths, disk: &Disk) -> Result<Self, JournalError> {
        let path = paths.journal();
        // The head comes first: a journal without a head would look like one whose head was taken away.
        write_head(paths, disk, None).map_err(JournalError::at(&paths.head()))?;
        disk.sync_folder(&paths.local).map_err(JournalError::at(&paths.local))?;
        disk.write_new(&path, b"").map_err(JournalError::at(&path))?;
        let file = writer(paths).map_err(JournalError::at(&path))?;
        Self::over(file, paths, disk, &Lines::default())
    }

    /// Opens the journal of a run, heals a torn tail and hands out the lines, which the caller must check.
    ///
    /// `complete` gets the whole lines and the torn rest, and says whether that rest is a complete record
    /// whose link and signature hold.
    ///
    /// # Errors
    /// Acknowledged records missing or rewritten, a line or file beyond the limits, or what the system says.
    /// The journal is changed by nothing but the healing of its tail.
    pub fn open(
        paths: &RunPaths,
        disk: &Disk,
        complete: impl Fn(&[Vec<u8>], &[u8]) -> bool,
    ) -> Result<(Self, Vec<Vec<u8>>, Tail), JournalError> {
        let path = paths.journal();
        let file = writer(paths).map_err(JournalError::at(&path))?;
        let mut lines = lines(&file, &path)?;
        let whole = !lines.rest.is_empty() && complete(&lines.whole, &lines.rest);
        let acknowledged = check_head(paths, &lines, whole)?;
        paths.sweep().map_err(|e| JournalError::at(&path)(io::Error::other(e)))?;
        let tail = match whole {
            true => restore(&file, &mut lines, disk).map_err(JournalError::at(&path))?,
            false => set_aside(&file, &mut lines, paths, disk)?,
        };
        write_again(paths, disk, &lines, acknowledged).map_err(JournalError::at(&path))?;
        disk.sync(&file).map_err(JournalError::at(&path))?;
        write_head(paths, disk, last(&lines)).map_err(JournalError::at(&paths.head()))?;
        Ok((Self::over(file, paths, disk, &lines)?, lines.whole, tail))
    }

    fn over(file: File, paths: &RunPaths, disk: &Disk, lines: &Lines) -> Result<Self, JournalError> {
        let path = paths.head();
        let head = open_regular(File::options().write(true), &path).map_err(JournalError::at(&path))?;
        let (length, last, disk) = (lines.length, last(lines), disk.clone());
        Ok(Self { file, head, disk, length, reserved: length, last, poisoned: false })
    }

    /// The last record known to be on disk.
    #[must_use]
    pub fn last(&self) -> Option<Committed> {
        self.last
    }

    /// Says whether a failed write closed this writer; open the journal again to go on.
    #[must_use]
    pub fn is_poisoned(&self) -> bool {
        self.poisoned
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
        let mut bytes = Vec::with_capacity(line.len() + 1);
        bytes.extend_from_slice(line);
        bytes.push(b'\n');
        self.reserve(bytes.len() as u64)?;
        if let Err(source) = self.disk.write(&self.file, &bytes) {
            return Err(self.undo(source));
        }
        let committed = Committed { seq, digest };
        let synced = self.disk.sync(&self.file);
        if let Err(source) = synced.and_then(|()| self.disk.rewrite(&self.head, &head_text(Some(committed))?, 0)) {
            return Err(self.poison(source));
        }
        self.length += bytes.len() as u64;
        self.last = Some(committed);
        Ok(committed)
    }

    fn check(&mut self, seq: u64, digest: LineDigest, line: &[u8]) -> Result<(), AppendError> {
        let last = self.last_seq();
        if self.poisoned {
            return Err(AppendError::Poisoned { last });
        }
        if seq != last + 1 {
            return Err(AppendError::Order { last, given: seq });
        }
        match line {
            [] => Err(AppendError::NotALine("it is empty")),
            _ if line.len() > MAX_LINE => Err(AppendError::NotALine("it is longer than 1 MiB")),
            _ if line.contains(&b'\n') => Err(AppendError::NotALine("a line feed inside")),
            _ if LineDigest::of(line) != digest => Err(AppendError::NotALine("another digest")),
            _ if self.length + line.len() as u64 >= MAX_JOURNAL => Err(AppendError::NotALine("the journal is full")),
            _ => Ok(()),
        }
    }

    /// Moves "disk full" to before the write. The file's size stays the commit marker.
    fn reserve(&mut self, length: u64) -> Result<(), AppendError> {
        let size = self.file.metadata().map_err(|source| AppendError::DidNotHappen { source })?.len();
        if size != self.length {
            let source = io::Error::other(format!("the journal has {size} bytes instead of {}", self.length));
            return Err(self.poison(source));
        }
        if self.length + length <= self.reserved {
            return Ok(());
        }
        match self.disk.reserve(&self.file, self.length, length + AHEAD) {
            Ok(true) => self.reserved = self.length + length + AHEAD,
            Ok(false) => self.reserved = u64::MAX,
            Err(source) => return Err(AppendError::DidNotHappen { source }),
        }
        Ok(())
    }

    /// Cuts off what a failed write left; unless that is durable too, nobody knows what is there.
    fn undo(&mut self, source: io::Error) -> AppendError {
        let cut = self.disk.truncate(&self.file, self.length).and_then(|()| self.disk.sync(&self.file));
        // Cutting gave the reserved space back.
        self.reserved = self.reserved.min(self.length);
        match cut {
            Ok(()) => AppendError::DidNotHappen { source },
            Err(_) => self.poison(source),
        }
    }

    fn poison(&mut self, source: io::Error) -> AppendError {
        self.poisoned = true;
        AppendError::MayHaveHappened { last: self.last_seq(), source }
    }
}

fn writer(paths: &RunPaths) -> io::Result<File> {
    open_regular(File::options().read(true).append(true), &paths.journal())
}

fn last(lines: &Lines) -> Option<Committed> {
    lines.whole.last().map(|line| Committed { seq: lines.next() - 1, digest: LineDigest::of(line) })
}

fn write_head(paths: &RunPaths, disk: &Disk, last: Option<Committed>) -> io::Result<()> {
    disk.swap(&paths.head(), &head_text(last)?)
}

fn head_text(last: Option<Committed>) -> io::Result<Vec<u8>> {
    let head = Head { digest: last.map(|last| last.digest), seq: last.map_or(0, |last| last.seq) };
    canon::encode(&head).map_err(io::Error::other)
}

/// What the head file says was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// How many records.
    pub records: u64,
    /// The digest of the last of them; none before the first.
    pub head: Option<LineDigest>,
}

/// Reads what was acknowledged of a run, changing nothing. Read it before the lines: a writer may be at work.
///
/// # Errors
/// A head file that is missing or says nothing: then nobody knows.
pub fn acknowledged(paths: &RunPaths) -> Result<Acknowledged, JournalError> {
    let head = read_head(paths, 0)?;
    Ok(Acknowledged { records: head.as_ref().map_or(0, |head| head.seq), head: head.and_then(|head| head.digest) })
}

/// Compares the head with the lines, before anything is repaired; returns the acknowledged number.
fn check_head(paths: &RunPaths, lines: &Lines, rest_is_complete: bool) -> Result<u64, JournalError> {
    let found = lines.next() - 1 + u64::from(rest_is_complete);
    let Some(head) = read_head(paths, found)? else { return Ok(0) };
    let index = match usize::try_from(head.seq) {
        Ok(0) => return Ok(0),
        Ok(seq) if head.seq <= found => seq - 1,
        _ => return Err(JournalError::Rollback { acknowledged: head.seq, found }),
    };
    let digest = LineDigest::of(lines.whole.get(index).unwrap_or(&lines.rest));
    match head.digest {
        Some(acknowledged) if acknowledged == digest => Ok(head.seq),
        Some(acknowledged) => Err(JournalError::Rewritten { seq: head.seq, acknowledged, found: digest }),
        None => Err(JournalError::BadHead("a number without a digest".into())),
    }
}

/// An empty head is what a power failure may leave of a rename; it acknowledges nothing.
fn read_head(paths: &RunPaths, found: u64) -> Result<Option<Head>, JournalError> {
    use std::io::Read as _;
    let path = paths.head();
    let file = match open_regular(File::options().read(true), &path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(JournalError::NoHead { found }),
        other => other.map_err(JournalError::at(&path))?,
    };
    let mut text = Vec::new();
    file.take(4096).read_to_end(&mut text).map_err(JournalError::at(&path))?;
    if text.is_empty() {
        return Ok(None);
    }
    canon::decode(&text).map(Some).map_err(|refused| JournalError::BadHead(refused.to_string()))
}

/// Writes the lines behind the acknowledged one again in place. An earlier process may have died on a
/// failed sync, after which the system shows bytes that are not on disk and counts them as clean; only
/// written again will the next sync carry them.
fn write_again(paths: &RunPaths, disk: &Disk, lines: &Lines, acknowledged: u64) -> io::Result<()> {
    let unsure: Vec<u8> = lines.whole[usize::try_from(acknowledged).unwrap_or(usize::MAX)..].join(&b'\n');
    if unsure.is_empty() {
        return Ok(());
    }
    // Not through the O_APPEND descriptor: Linux appends even positioned writes there.
    let file = open_regular(File::options().write(true), &paths.journal())?;
    disk.rewrite(&file, &unsure, lines.offset(acknowledged + 1))?;
    disk.sync(&file)
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
