//! Reading a journal file as lines, and what to do with a torn last one (FORMAT.md §4, Torn tail).

use super::error::JournalError;
use super::journal::{MAX_JOURNAL, MAX_LINE};
use super::layout::RunPaths;
use crate::disk::{Disk, open_regular};
use crate::kernel::canon::digest::FileDigest;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::Path;

/// A journal file, cut at its line feeds; nothing about the lines is believed yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// Each line that ends with a line feed, without it.
    pub whole: Vec<Vec<u8>>,
    /// What follows the last line feed; empty after a clean stop.
    pub rest: Vec<u8>,
    /// Bytes before `rest`.
    pub length: u64,
}

impl Lines {
    /// The number that the next record would have.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.whole.len() as u64 + 1
    }

    /// Every whole line with its line feed, as they stand in the file.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.length).unwrap_or(0));
        for line in &self.whole {
            bytes.extend_from_slice(line);
            bytes.push(b'\n');
        }
        bytes
    }

    /// Where line `seq` begins.
    pub(super) fn offset(&self, seq: u64) -> u64 {
        let before = self.whole.iter().take(usize::try_from(seq.saturating_sub(1)).unwrap_or(usize::MAX));
        before.map(|line| line.len() as u64 + 1).sum()
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

pub(super) fn lines(file: &File, path: &Path) -> Result<Lines, JournalError> {
    let size = file.metadata().map_err(JournalError::at(path))?.len();
    if size > MAX_JOURNAL {
        return Err(JournalError::TooLarge(size));
    }
    // The size is a promise of the moment; `take` keeps it while somebody appends.
    let mut reader = BufReader::with_capacity(1 << 16, file.take(size));
    let mut lines = Lines::default();
    loop {
        let mut line = Vec::new();
        let taken = (&mut reader).take(MAX_LINE as u64 + 1).read_until(b'\n', &mut line);
        if taken.map_err(JournalError::at(path))? == 0 {
            return Ok(lines);
        }
        if line.last() == Some(&b'\n') {
            lines.length += line.len() as u64;
            line.pop();
            lines.whole.push(line);
        } else if line.len() > MAX_LINE {
            return Err(JournalError::LineTooLong { seq: lines.next(), offset: lines.length });
        } else {
            lines.rest = line;
        }
    }
}

/// Puts a missing line feed back.
pub(super) fn restore(file: &File, lines: &mut Lines, disk: &Disk) -> io::Result<Tail> {
    let seq = lines.next();
    disk.write(file, b"\n")?;
    disk.sync(file)?;
    let line = std::mem::take(&mut lines.rest);
    lines.length += line.len() as u64 + 1;
    lines.whole.push(line);
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
        let cut = disk.truncate(file, lines.length).and_then(|()| disk.sync(file));
        cut.map_err(JournalError::at(&paths.journal()))?;
        lines.rest.clear();
    }
    if kept.is_empty() {
        return Ok(Tail::Clean);
    }
    Ok(Tail::Torn { seq, offset: lines.length, length: kept.len() as u64, sha256: FileDigest::of(&kept) })
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
