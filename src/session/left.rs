//! What an act that failed left behind, as a counted fact. Nobody else says "nothing was recorded".

use super::{SealError, Session, StartError, SubmitError};
use crate::store::AppendError;
use std::fmt;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Records and files that stay although the act failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Numbers of the records that are durable, in order.
    pub records: Vec<u64>,
    /// Number of one more record that may or may not be durable: only taking the run up again tells.
    pub unsure: Option<u64>,
    /// Files and folders that were written.
    pub files: Vec<PathBuf>,
}

impl Left {
    /// Tells whether no record, file or signature was made.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.records.is_empty() && self.unsure.is_none() && self.files.is_empty()
    }

    fn and(mut self, other: Self) -> Self {
        self.records.extend(other.records);
        self.records.sort_unstable();
        self.records.dedup();
        self.unsure = self.unsure.or(other.unsure);
        self.files.extend(other.files);
        self
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.records.as_slice(), self.unsure) {
            ([], None) if self.files.is_empty() => f.write_str("nothing was recorded"),
            ([], None) => f.write_str("no record was made"),
            ([], Some(unsure)) => write!(f, "record {unsure} may or may not be recorded"),
            ([one], None) => write!(f, "record {one} is recorded"),
            ([first, .., last], None) => write!(f, "records {first} to {last} are recorded"),
            ([one], Some(unsure)) => write!(f, "record {one} is recorded, {unsure} may or may not be"),
            ([first, .., last], Some(unsure)) => {
                write!(f, "records {first} to {last} are recorded, {unsure} may or may not be")
            }
        }?;
        let files: Vec<String> = self.files.iter().map(|file| format!("`{}`", file.display())).collect();
        match files.is_empty() {
            true => Ok(()),
            false => write!(f, "; written: {}", files.join(", ")),
        }
    }
}

impl SubmitError {
    /// Returns what the failed act left behind.
    #[must_use]
    pub fn left(&self) -> Left {
        match self {
            Self::Refused { left, .. } => left.clone(),
            Self::Partly { left, source } => left.clone().and(source.left()),
            Self::Withheld { record, .. } => Left { records: record.iter().copied().collect(), ..Left::default() },
            Self::Append(error) => Left { unsure: unsure(error), ..Left::default() },
            // Each of these ends an act before its record; what was made before it is told by `Partly`.
            Self::Locked(_)
            | Self::PassphraseNeeded(_)
            | Self::Key { .. }
            | Self::Capture(_)
            | Self::Store(_)
            | Self::Form(_)
            | Self::File(_)
            | Self::Input(_) => Left::default(),
        }
    }

    /// Adds the records that were made before the act failed.
    #[must_use]
    pub(super) fn after(self, records: RangeInclusive<u64>) -> Self {
        self.and(Left { records: records.collect(), ..Left::default() })
    }

    /// Adds a file that was written before the act failed.
    #[must_use]
    pub(super) fn with_file(self, file: &Path) -> Self {
        self.and(Left { files: vec![file.to_owned()], ..Left::default() })
    }

    fn and(self, more: Left) -> Self {
        match self {
            error if more.is_nothing() => error,
            // The end of the session is all that was recorded, and it is told already.
            error @ Self::Withheld { .. } if error.left() == more => error,
            Self::Refused { refusal, left } => Self::Refused { refusal, left: left.and(more) },
            Self::Partly { left, source } => Self::Partly { left: left.and(more), source },
            other => Self::Partly { left: more, source: Box::new(other) },
        }
    }
}

/// A record that was written, but not answered for.
fn unsure(error: &AppendError) -> Option<u64> {
    match error {
        AppendError::MayHaveHappened { last, .. } | AppendError::Displaced { last, written: true, .. } => {
            Some(last + 1)
        }
        AppendError::DidNotHappen { .. }
        | AppendError::Displaced { written: false, .. }
        | AppendError::Poisoned { .. }
        | AppendError::Broken { .. }
        | AppendError::Order { .. }
        | AppendError::NotALine(_) => None,
    }
}

impl StartError {
    /// Returns what the attempt left behind.
    #[must_use]
    pub fn left(&self) -> Left {
        match self {
            Self::Submit(error) => error.left(),
            Self::Begun { folder, source, .. } => {
                Left { files: vec![folder.clone()], ..Left::default() }.and(source.left())
            }
            Self::NoSuchRun(_)
            | Self::Sealed(_)
            | Self::Package(_)
            | Self::Roster(_)
            | Self::Clock(_)
            | Self::File(_)
            | Self::Read { .. }
            | Self::Lock(_)
            | Self::Journal(_)
            | Self::Damaged { .. }
            | Self::Unwell { .. }
            | Self::Rescued { .. }
            | Self::Rescue { .. }
            | Self::Store(_) => Left::default(),
        }
    }
}

impl SealError {
    /// Returns the records that the attempt left behind. Files of a seal that did not end are completed by the next.
    #[must_use]
    pub fn left(&self) -> Left {
        match self {
            Self::Submit(error) => error.left(),
            Self::NotClosed
            | Self::Closer(_)
            | Self::Displaced(_)
            | Self::Unfit(_)
            | Self::Withheld(_)
            | Self::Moved
            | Self::Store(_)
            | Self::Bundle(_)
            | Self::Form(_) => Left::default(),
        }
    }
}

impl Session {
    /// Does an act and, where it fails, adds to the error which records were made before.
    pub(super) fn counted<T>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<T, SubmitError>,
    ) -> Result<T, SubmitError> {
        let before = self.run.seq();
        act(self).map_err(|error| error.after(before + 1..=self.run.seq()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_only_of_nothing() {
        let file = PathBuf::from("x.json");
        let left = |records: &[u64], unsure, files: &[PathBuf]| {
            Left { records: records.to_vec(), unsure, files: files.to_vec() }.to_string()
        };
        assert_eq!(left(&[], None, &[]), "nothing was recorded");
        assert_eq!(left(&[], None, &[file]), "no record was made; written: `x.json`");
        assert_eq!(left(&[7], None, &[]), "record 7 is recorded");
        assert_eq!(left(&[7, 8, 9], None, &[]), "records 7 to 9 are recorded");
        assert_eq!(left(&[], Some(7), &[]), "record 7 may or may not be recorded");
        assert_eq!(left(&[7], Some(8), &[]), "record 7 is recorded, 8 may or may not be");
    }

    #[test]
    fn what_was_made_before_is_added_once_whatever_fails_after_it() {
        let error = SubmitError::Input("no".into()).after(3..=4).after(2..=4).with_file(Path::new("f"));
        assert_eq!(error.left().records, [2, 3, 4]);
        assert_eq!(error.left().files, [PathBuf::from("f")]);
        let source = std::io::Error::other("full");
        let error = SubmitError::Append(AppendError::MayHaveHappened { last: 4, source }).after(4..=4);
        assert_eq!((error.left().records, error.left().unsure), (vec![4], Some(5)));
        #[allow(clippy::reversed_empty_ranges)]
        let nothing = SubmitError::Input("no".into()).after(5..=4);
        assert!(nothing.left().is_nothing() && matches!(nothing, SubmitError::Input(_)));
    }
}
