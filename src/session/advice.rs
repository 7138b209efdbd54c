//! What to do about an error, and of which class it is (FORMAT.md §10, Errors): one home for every door.

use super::{SealError, StartError, SubmitError};
use crate::kernel::documents::clock::SET_THE_CLOCK;
use crate::store::{AppendError, CaptureError, JournalError, LockError, WholeError};

/// What an error means for somebody who would try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The answer to this input is no; the same again is refused again.
    CouldNotDerive,
    /// It did not come to a decision and left nothing behind: safe to try again.
    CouldNotDeliver,
    /// The disk failed, or something stays behind: look before trying again.
    CouldNotPersist,
}

impl Class {
    /// The word in answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::CouldNotDerive => "could_not_derive",
            Self::CouldNotDeliver => "could_not_deliver",
            Self::CouldNotPersist => "could_not_persist",
        }
    }

    /// What left something behind is not safe to try again.
    fn given(self, leaves_nothing: bool) -> Self {
        match self {
            Self::CouldNotDeliver if !leaves_nothing => Self::CouldNotPersist,
            other => other,
        }
    }
}

impl SubmitError {
    /// Returns what to do, after what was recorded all the same.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Refused { refusal, .. } => refusal.hint().to_owned(),
            Self::Withheld { withheld, .. } => withheld.hint().to_owned(),
            other => format!("{}; {}", other.left(), other.way_on()),
        }
    }

    fn way_on(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "look at what is asked",
            Self::Withheld { withheld, .. } => withheld.hint(),
            Self::Unsealable { .. } => {
                "the record stays closed, and is read with `asrun show` and `asrun replay`; nobody else can seal it: where \
                 the roster is wrong, install one in which that key is in standing, then seal; else open a fresh run, \
                 which names this one"
            }
            Self::Partly { source, .. } => match **source {
                Self::Store(_) => {
                    "the file is written or removed by asking again, or when the run is taken up or sealed"
                }
                ref other => other.way_on(),
            },
            Self::Locked(_) => "unlock the session first",
            Self::PassphraseNeeded(_) => "give the passphrase with the act",
            Self::Key { .. } => "check the passphrase and `asrun key list`",
            Self::Append(AppendError::Displaced { .. }) => {
                "leave the run; `asrun doctor` shows what to do; what was answered as recorded is safe"
            }
            Self::Append(AppendError::Broken { .. }) => {
                "leave the run and copy its folder as it is; `asrun doctor` shows where it breaks"
            }
            Self::Append(_) => {
                "what was answered as recorded is safe; free space or fix the disk, then take the run up again"
            }
            Self::Capture(_) => "attach another file",
            Self::Store(_) => "check the folder, its permissions and the free space",
            Self::Form(_) => "shorten or retype the text",
            Self::File(_) => "check the path",
            Self::Input(_) => "change what is asked",
        }
    }

    /// Returns of which class the error is.
    #[must_use]
    pub fn class(&self) -> Class {
        let class = match self {
            Self::Refused { .. }
            | Self::Withheld { .. }
            | Self::Unsealable { .. }
            | Self::PassphraseNeeded(_)
            | Self::Key { .. }
            | Self::Form(_)
            | Self::Input(_)
            | Self::Append(AppendError::Order { .. } | AppendError::NotALine(_)) => Class::CouldNotDerive,
            Self::Locked(_) => Class::CouldNotDeliver,
            Self::Partly { source, .. } => source.class(),
            Self::Append(_) | Self::Store(_) => Class::CouldNotPersist,
            Self::Capture(error) => of_capture(error),
            Self::File(error) => of_file(error),
        };
        class.given(self.left().is_nothing())
    }
}

fn of_capture(error: &CaptureError) -> Class {
    match error {
        CaptureError::Changed { .. } | CaptureError::Cancelled | CaptureError::Unreadable { .. } => {
            Class::CouldNotDeliver
        }
        CaptureError::Store { .. } | CaptureError::Damaged(_) => Class::CouldNotPersist,
        CaptureError::NotRegular(_) | CaptureError::Empty { .. } | CaptureError::Secret { .. } => Class::CouldNotDerive,
    }
}

fn of_file(error: &WholeError) -> Class {
    match error {
        WholeError::Io { .. } => Class::CouldNotDeliver,
        WholeError::TooLarge { .. } | WholeError::NotText { .. } => Class::CouldNotDerive,
    }
}

impl StartError {
    /// Returns what to do.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::NoSuchRun(_) => "`asrun runs` lists the runs of this home".into(),
            Self::Sealed(_) => "read it with `asrun show`, verify it with `asrun verify`".into(),
            Self::Package(_) => "ask the author for the package in force".into(),
            Self::Clock(_) => SET_THE_CLOCK.into(),
            Self::Roster(_) => "install the site's roster: `asrun roster install FILE`".into(),
            Self::File(_) | Self::Read { .. } => "check the path and its permissions".into(),
            Self::Lock(LockError::Held { .. }) => "the run is safe; leave the other program first".into(),
            Self::Lock(_) => "check the folder and its permissions".into(),
            Self::Journal(JournalError::Rollback { .. }) => "bring back the newest copy of the run folder".into(),
            Self::Journal(JournalError::Head { .. }) => "compare the last record with what is known of the run, then \
                answer for it: `asrun doctor --fix RUN --as PERSON --reason TEXT`"
                .into(),
            Self::Rescued { .. } => {
                "`asrun doctor --fix RUN --as PERSON --reason TEXT` puts them back, on the record".into()
            }
            Self::Rescue { .. } => "keep both files as they are; nobody may choose between them silently".into(),
            Self::Journal(_) | Self::Store(_) => "fix the disk first; `asrun doctor` looks at it".into(),
            Self::Unwell { health, .. } => health.state.hint().into(),
            Self::Damaged { .. } => "look at it again with `asrun doctor`".into(),
            Self::Begun { run, .. } if !self.left().records.is_empty() => {
                format!("{}; the run is open, take it up: `asrun run {run}`", self.left())
            }
            Self::Begun { .. } => format!("{}; fix the disk, then open a new run", self.left()),
            Self::Submit(inner) => inner.hint(),
        }
    }

    /// Returns of which class the error is.
    #[must_use]
    pub fn class(&self) -> Class {
        let class = match self {
            Self::NoSuchRun(_)
            | Self::Sealed(_)
            | Self::Package(_)
            | Self::Roster(_)
            | Self::Clock(_)
            | Self::Rescued { .. }
            | Self::Rescue { .. }
            | Self::Damaged { .. }
            | Self::Unwell { .. }
            | Self::Lock(LockError::NotRegular(_)) => Class::CouldNotDerive,
            Self::File(error) => of_file(error),
            Self::Read { .. } | Self::Lock(LockError::Held { .. }) => Class::CouldNotDeliver,
            Self::Lock(LockError::Io { .. }) | Self::Journal(JournalError::Io { .. }) | Self::Store(_) => {
                Class::CouldNotPersist
            }
            Self::Journal(_) => Class::CouldNotDerive,
            Self::Begun { source, .. } => source.class(),
            Self::Submit(inner) => inner.class(),
        };
        class.given(self.left().is_nothing())
    }
}

impl SealError {
    /// Returns what to do.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::NotClosed => "close the record first; `asrun seal RUN` does both".into(),
            Self::Unfit(_) => {
                "put right what is named, then seal again; `asrun reattach RUN FILE` puts a captured file back".into()
            }
            Self::Moved => "leave the other program first, then seal again".into(),
            Self::Submit(inner) => inner.hint(),
            Self::Closer(_) => "everything recorded is safe; let that person seal it".into(),
            Self::Displaced(_) => "leave the run; `asrun doctor` shows what to do".into(),
            Self::Store(_) | Self::Bundle(_) | Self::Form(_) => {
                "everything recorded is safe; `asrun seal RUN` goes on from here".into()
            }
        }
    }

    /// Returns of which class the error is.
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::NotClosed | Self::Form(_) | Self::Unfit(_) => Class::CouldNotDerive,
            Self::Closer(_) | Self::Moved => Class::CouldNotDeliver,
            Self::Submit(inner) => inner.class(),
            Self::Displaced(_) | Self::Store(_) | Self::Bundle(_) => Class::CouldNotPersist,
        }
    }
}
