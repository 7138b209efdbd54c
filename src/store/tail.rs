//! Reading a journal file as lines, and what to do with a torn last one (FORMAT.md §4, Torn tail).

use super::error::JournalError;
use super::journal::{MAX_JOURNAL, MAX_LINE};
use super::layout::RunPaths;
use crate::disk::{Disk, open_regular};
use crate::kernel::canon::digest::FileDigest;
use std::fs::File;
use std::io::{self, Read as _, Take};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// How much is read at a time.
const BLOCK: usize = 1 << 18;
/// How much of the end is read first where only the last line is wanted.
const TAIL: usize = 8 << 10;

/// A journal file, cut at its line feeds; nothing about the lines is believed yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// Every whole line with its line feed, as they stand in the file.
    bytes: Vec<u8>,
    /// Where each of them ends, its line feed included.
    ends: Vec<usize>,
    /// What follows the last line feed; empty after a clean stop.
    pub rest: Vec<u8>,
}

impl Lines {
    /// How many lines are whole.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.ends.len() as u64
    }

    /// The number that the next record would have.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.count() + 1
    }

    /// Line `seq`, from 1, without its line feed.
    #[must_use]
    pub fn line(&self, seq: u64) -> Option<&[u8]> {
        let index = usize::try_from(seq.checked_sub(1)?).ok()?;
        let start = index.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.bytes.get(start..self.ends.get(index)? - 1)
    }

    /// The last whole line.
    #[must_use]
    pub fn last(&self) -> Option<&[u8]> {
        self.line(self.count())
    }

    /// Each whole line, without its line feed.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        (1..=self.count()).filter_map(|seq| self.line(seq))
    }

    /// Every whole line with its line feed, as they stand in the file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// As [`Lines::bytes`], without a copy.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Bytes before the rest.
    pub(super) fn length(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Where line `seq` begins.
    pub(super) fn offset(&self, seq: u64) -> u64 {
        let before = usize::try_from(seq.saturating_sub(2)).unwrap_or(usize::MAX);
        let end = self.ends.get(before).copied().unwrap_or(self.bytes.len());
        if seq < 2 { 0 } else { end as u64 }
    }

    /// Takes what was read and cuts it at its line feeds.
    ///
    /// # Errors
    /// A line beyond the limit.
    fn take(&mut self, mut block: &[u8]) -> Result<(), JournalError> {
        while let Some(end) = memchr::memchr(b'\n', block) {
            let (line, after) = block.split_at(end + 1);
            self.may_hold(end)?;
            self.bytes.append(&mut self.rest);
            self.bytes.extend_from_slice(line);
            self.ends.push(self.bytes.len());
            block = after;
        }
        self.may_hold(block.len())?;
        self.rest.extend_from_slice(block);
        Ok(())
    }

    fn may_hold(&self, more: usize) -> Result<(), JournalError> {
        match self.rest.len() + more > MAX_LINE {
            true => Err(JournalError::LineTooLong { seq: self.next(), offset: self.length() }),
            false => Ok(()),
        }
    }

    /// The rest has got its line feed.
    fn complete(&mut self) {
        self.bytes.append(&mut self.rest);
        self.bytes.push(b'\n');
        self.ends.push(self.bytes.len());
    }
}

/// How the journal ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tail {
    /// With a line feed.
    Clean,
    /// The last line was complete but for its line feed, which was put back.
    Restored {
        /// Which record.
        seq: u64,
    },
    /// A part of a line was moved to `data/recovered/<seq>.bin`. The next record, with this number, must be
    /// `run.recovered` with these facts; until it is written every opening reports them again.
    Torn {
        /// Number of the record that would have been there.
        seq: u64,
        /// Where in the journal it stood.
        offset: u64,
        /// Bytes in the recovered file.
        length: u64,
        /// Digest of the recovered file.
        sha256: FileDigest,
    },
}

/// Reads the lines of a run's journal without changing or locking anything.
///
/// # Errors
/// Unreadable, over 1 GiB, or a line over 1 MiB; never more than those are held in memory.
pub fn read_lines(paths: &RunPaths) -> Result<Lines, JournalError> {
    let path = paths.journal();
    let file = open_regular(File::options().read(true), &path).map_err(JournalError::at(&path))?;
    lines(&file, &path)
}

/// Opens a run's journal as it is now, for reading it once in windows: what a writer appends meanwhile is not read.
///
/// # Errors
/// Unreadable, or over 1 GiB.
pub fn stream(paths: &RunPaths) -> Result<Take<File>, JournalError> {
    let path = paths.journal();
    let file = open_regular(File::options().read(true), &path).map_err(JournalError::at(&path))?;
    let size = file.metadata().map_err(JournalError::at(&path))?.len();
    if size > MAX_JOURNAL { Err(JournalError::TooLarge(size)) } else { Ok(file.take(size)) }
}

/// Returns the last whole line of a run's journal, read from its end; none where there is none, or a longer one than a
/// journal holds.
#[must_use]
pub fn last_line(paths: &RunPaths) -> Option<Vec<u8>> {
    let file = open_regular(File::options().read(true), &paths.journal()).ok()?;
    let size = file.metadata().ok()?.len();
    let (mut length, all) = (TAIL, usize::try_from(size).ok()?);
    loop {
        let mut tail = vec![0; length.min(all)];
        let from = size - tail.len() as u64;
        file.read_exact_at(&mut tail, from).ok()?;
        let whole = tail.iter().rposition(|byte| *byte == b'\n').map_or(&[][..], |end| &tail[..end]);
        match whole.iter().rposition(|byte| *byte == b'\n') {
            Some(before) => return Some(whole[before + 1..].to_vec()),
            None if tail.len() == all => return (!whole.is_empty()).then(|| whole.to_vec()),
            // A rest and a line before it fit into twice the longest line.
            None if length > 2 * MAX_LINE + 2 => return None,
            None => length *= 8,
        }
    }
}

pub(super) fn lines(file: &File, path: &Path) -> Result<Lines, JournalError> {
    let size = file.metadata().map_err(JournalError::at(path))?.len();
    if size > MAX_JOURNAL {
        return Err(JournalError::TooLarge(size));
    }
    let mut lines = Lines { bytes: Vec::with_capacity(usize::try_from(size).unwrap_or(0)), ..Lines::default() };
    let mut block = vec![0; BLOCK];
    // The size is a promise of the moment; `take` keeps it while somebody appends.
    let mut file = file.take(size);
    loop {
        match file.read(&mut block) {
            Ok(0) => return Ok(lines),
            Ok(count) => lines.take(&block[..count])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(JournalError::at(path)(error)),
        }
    }
}

/// Puts a missing line feed back.
pub(super) fn restore(file: &File, lines: &mut Lines, disk: &Disk) -> io::Result<Tail> {
    let seq = lines.next();
    disk.write(file, b"\n")?;
    disk.sync(file)?;
    lines.complete();
    Ok(Tail::Restored { seq })
}

/// Moves the rest aside, if there is one, and reports whatever lies in the recovered file of this number.
///
/// Order: recovered file durable, then the journal cut, then the cut durable. A crash between any two is
/// found again here: bytes that were already moved are not moved twice, and a second tear before
/// `run.recovered` was written is put behind the first one.
pub(super) fn set_aside(file: &File, lines: &mut Lines, paths: &RunPaths, disk: &Disk) -> Result<Tail, JournalError> {
    let seq = lines.next();
    let path = paths.recovered().join(format!("{seq}.bin"));
    let mut kept = earlier(&path).map_err(JournalError::at(&path))?;
    if !lines.rest.is_empty() {
        if !kept.ends_with(&lines.rest) {
            kept.append(&mut lines.rest.clone());
            disk.create_folder(&paths.recovered()).map_err(JournalError::at(&path))?;
            disk.replace(&path, &kept).map_err(JournalError::at(&path))?;
        }
        let cut = disk.truncate(file, lines.length()).and_then(|()| disk.sync(file));
        cut.map_err(JournalError::at(&paths.journal()))?;
        lines.rest.clear();
    }
    if kept.is_empty() {
        return Ok(Tail::Clean);
    }
    Ok(Tail::Torn { seq, offset: lines.length(), length: kept.len() as u64, sha256: FileDigest::of(&kept) })
}

fn earlier(path: &Path) -> io::Result<Vec<u8>> {
    let file = match open_regular(File::options().read(true), path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut kept = Vec::new();
    // Many tears at one number are possible, a hundred are not.
    file.take(100 * MAX_LINE as u64).read_to_end(&mut kept)?;
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run folder whose journal has these bytes.
    fn journal(folder: &Path, bytes: &[u8]) -> RunPaths {
        let paths = RunPaths { dir: folder.join("r"), local: folder.join("r.local") };
        paths.create(&Disk::new()).unwrap();
        std::fs::write(paths.journal(), bytes).unwrap();
        paths
    }

    #[test]
    fn the_last_line_read_from_the_end_is_the_last_of_all_lines() {
        let long = vec![b'x'; MAX_LINE];
        let cases: [&[&[u8]]; 7] = [
            &[b""],
            &[b"torn"],
            &[b"one\n"],
            &[b"one\n", b"two\ntorn"],
            &[&long, b"\n", &long],
            &[b"one\n", &long, b"\n", &long],
            &[b"one\n", &long[1..], b"\ntorn"],
        ];
        for parts in cases {
            let folder = tempfile::tempdir().unwrap();
            let paths = journal(folder.path(), &parts.concat());
            let all = read_lines(&paths).unwrap();
            assert_eq!(last_line(&paths).as_deref(), all.last(), "{} bytes", parts.concat().len());
        }
    }

    #[test]
    fn lines_are_found_by_their_number_and_their_place() {
        let folder = tempfile::tempdir().unwrap();
        let lines = read_lines(&journal(folder.path(), b"a\nbc\n\nrest")).unwrap();
        assert_eq!(lines.iter().collect::<Vec<_>>(), [&b"a"[..], b"bc", b""]);
        assert_eq!((lines.line(0), lines.line(2), lines.line(4)), (None, Some(&b"bc"[..]), None));
        assert_eq!([1, 2, 3, 4].map(|seq| lines.offset(seq)), [0, 2, 5, 6]);
        assert_eq!((lines.length(), lines.next(), lines.rest.as_slice()), (6, 4, &b"rest"[..]));
    }
}
