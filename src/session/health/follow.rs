//! The journal of a run, followed to the first line that is refused: the lines of a window are read on all cores, and
//! none is kept that nobody asked for.

use crate::bundle::Windows;
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::fold::{self, Fold, Line, Unfit, Window};
use crate::kernel::records::record::SignedRecord;
use crate::kernel::run::Run;
use crate::store::{JournalError, RunPaths, stream};

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
    /// Reads the journal of a run once.
    ///
    /// # Errors
    /// It cannot be read, or not cut into lines.
    pub(super) fn read(paths: &RunPaths, mut fold: Fold, keeps: bool) -> Result<Self, JournalError> {
        let mut windows = Windows::new(stream(paths)?);
        let (mut all, mut length, roster) = (Self::default(), 0, fold.roster());
        let next = || {
            let unreadable = |source| JournalError::Io { path: paths.journal(), source };
            let window = windows.read().map_err(unreadable)?;
            length += window.as_ref().map_or(0, |window: &Window| window.bytes().len() as u64);
            Ok(window)
        };
        let read = |line: &[u8]| Line::read(line, roster.as_deref());
        let follow = |lines: Vec<Line>| {
            all.lines += lines.len() as u64;
            fold.take(lines, |signed| {
                all.digests.push(signed.digest());
                all.records.extend(keeps.then_some(signed));
            });
            !fold.is_broken()
        };
        fold::pass(next, read, follow)?;
        if !fold.is_broken() {
            if !windows.is_over() {
                return Err(JournalError::LineTooLong { seq: all.lines + 1, offset: length });
            }
            let rest = windows.rest();
            all.complete = fold.next(read(rest)).ok().filter(|_| roster.is_some()).map(|signed| signed.digest());
            all.rest = if all.complete.is_some() { 0 } else { rest.len() };
        }
        (all.run, all.fault) = fold.done();
        Ok(all)
    }
}
