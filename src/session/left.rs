//! What each error of a session left behind.

use super::archive::ArchiveError;
use super::{SealError, Session, StartError, SubmitError};
use crate::store::{AppendError, Deed, Left, LockError};
use std::ops::RangeInclusive;
use std::path::Path;

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
            | Self::Unsealable { .. }
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
            | Self::Moved
            | Self::Store(_)
            | Self::Bundle(_)
            | Self::Form(_) => Left::default(),
        }
    }
}

impl ArchiveError {
    /// Returns what the attempt left behind; none where the disk failed in the midst of moving.
    fn left(&self) -> Option<Left> {
        match self {
            Self::Store(_) => None,
            Self::NoSuchRun(_)
            | Self::Well { .. }
            | Self::Reason
            | Self::Signer(_)
            | Self::NotInRoster(_)
            | Self::Lock(_)
            | Self::Form(_) => Some(Left::default()),
        }
    }

    /// Returns what to do, after what was moved all the same.
    #[must_use]
    pub fn hint(&self) -> String {
        match self.left() {
            Some(left) => format!("{}; {}", left.after(Deed::Moved), self.way_on()),
            None => self.way_on().to_owned(),
        }
    }

    fn way_on(&self) -> &str {
        match self {
            Self::NoSuchRun(_) => "`asrun runs` lists the runs of this home",
            Self::Well { health, .. } if health.is_well() => "take it up, or seal it",
            Self::Well { health, .. } => health.state.hint(),
            Self::Reason => "the reason stands in the manifest that you sign",
            Self::Signer(error) => match **error {
                SubmitError::Withheld { ref withheld, .. } => withheld.hint(),
                _ => "check the passphrase and `asrun key list`",
            },
            Self::NotInRoster(_) => "sign with a key that the roster has for this person",
            Self::Lock(LockError::Held { .. }) => "leave the other program first",
            Self::Lock(_) => "check the folder and its permissions",
            Self::Form(_) => "retype the reason",
            Self::Store(_) => "fix the disk, then archive it again",
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
    use std::path::PathBuf;

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
