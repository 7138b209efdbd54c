//! The journal of a run, followed to the first line that is refused: the lines of a window are read on all cores, and
//! none is kept that nobody asked for.

use crate::bundle::Windows;
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::fold::{self, Fold, Line, Unfit, Window};
use crate::kernel::records::record::SignedRecord;
use crate::kernel::run::Run;
use crate::store::{Checkpoint, JournalError, RunPaths, stream};
use std::fs::File;
use std::io::Take;

/// What the lines of a journal are.
#[derive(Debug, Default)]
pub(super) struct Followed {
    /// The run after the last record that holds, where it was asked for.
    pub(super) run: Option<Run>,
    /// The digests of the records that hold.
    pub(super) digests: Vec<LineDigest>,
    /// These records, where they are kept.
    pub(super) records: Vec<SignedRecord>,
    /// Whole lines; none behind a refused one is counted.
    pub(super) lines: u64,
    /// The first line that is refused.
    pub(super) fault: Option<(u64, Unfit)>,
    /// How many bytes follow the last line feed.
    pub(super) rest: usize,
    /// Their digest, where they are a complete record but for its line feed.
    pub(super) complete: Option<LineDigest>,
}

impl Followed {
    /// Reads the journal of a run once. Of the first bytes, where they are `known`, neither signatures nor decisions are
    /// asked again.
    ///
    /// # Errors
    /// It cannot be read, or not cut into lines.
    pub(super) fn read(
        paths: &RunPaths,
        fold: Fold,
        keeps: bool,
        known: Option<&Checkpoint>,
    ) -> Result<Self, JournalError> {
        let mut reader = Reader { paths, file: stream(paths)?, fold, keeps, length: 0, all: Self::default() };
        if let Some(known) = known {
            let (draft, rest) = (reader.fold.clone(), reader.file.limit() - known.length.min(reader.file.limit()));
            reader.fold = reader.fold.knowing(known.records);
            reader.file.set_limit(known.length);
            let left = reader.pass(Line::recall)?;
            // Those very bytes were whole lines, and the last of them was this one.
            if reader.fold.head() != (known.records, Some(known.head)) || left != Some(Vec::new()) {
                return Self::read(paths, draft, keeps, None);
            }
            reader.file.set_limit(rest);
        }
        let roster = reader.fold.roster();
        let read = |line: &[u8]| Line::read(line, roster.as_deref());
        let rest = reader.pass(read)?;
        let Reader { fold, mut all, length, .. } = reader;
        if !fold.is_broken() {
            let Some(rest) = rest else {
                return Err(JournalError::LineTooLong { seq: all.lines + 1, offset: length });
            };
            all.complete = fold.next(read(&rest)).ok().filter(|_| roster.is_some()).map(|signed| signed.digest());
            all.rest = if all.complete.is_some() { 0 } else { rest.len() };
        }
        (all.run, all.fault) = fold.done();
        Ok(all)
    }
}

/// A journal that is being followed.
struct Reader<'a> {
    paths: &'a RunPaths,
    file: Take<File>,
    fold: Fold,
    keeps: bool,
    /// Bytes of the lines so far.
    length: u64,
    all: Followed,
}

impl Reader<'_> {
    /// Follows every line up to the limit of the file, and returns what is behind the last of them; none where that is
    /// longer than a line.
    fn pass(&mut self, read: impl Fn(&[u8]) -> Line + Sync) -> Result<Option<Vec<u8>>, JournalError> {
        let Self { paths, file, fold, keeps, length, all } = self;
        let mut windows = Windows::new(file);
        let next = || {
            let unreadable = |source| JournalError::Io { path: paths.journal(), source };
            let window = windows.read().map_err(unreadable)?;
            *length += window.as_ref().map_or(0, |window: &Window| window.bytes().len() as u64);
            Ok(window)
        };
        let follow = |lines: Vec<Line>| {
            all.lines += lines.len() as u64;
            fold.take(lines, |signed| {
                all.digests.push(signed.digest());
                all.records.extend(keeps.then_some(signed));
            });
            !fold.is_broken()
        };
        fold::pass(next, read, follow)?;
        Ok(windows.is_over().then(|| windows.rest().to_vec()))
    }
}
