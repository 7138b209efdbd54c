//! What a person or a program reads at the end: errors with cause and hint, exit statuses.

use crate::drive::DriveError;
use crate::kernel::text::escape;
use crate::session::{Class, SealError, StartError, SubmitError};
use crate::store::{JournalError, LockError, StoreError, WholeError};
use crate::telling::trouble::Trouble;
use std::error::Error;
use std::process::ExitCode;

/// How a command ended (FORMAT.md §10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// FINAL, or done.
    Success,
    /// FAIL, or a refused check, lock or drive.
    Fail,
    /// The command line itself is wrong.
    Usage,
    /// PROVISIONAL.
    Provisional,
    /// Could not look.
    CouldNotLook,
}

impl Exit {
    /// Returns the worse of two: FAIL, then could not look, then a wrong command line, then PROVISIONAL.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        let weight = |exit| match exit {
            Self::Success => 0,
            Self::Provisional => 1,
            Self::Usage => 2,
            Self::CouldNotLook => 3,
            Self::Fail => 4,
        };
        if weight(other) > weight(self) { other } else { self }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Success => 0,
            Exit::Fail => 1,
            Exit::Usage => 2,
            Exit::Provisional => 3,
            Exit::CouldNotLook => 4,
        })
    }
}

/// An error as it is shown: what happened, why, what to do.
#[derive(Debug)]
pub struct CliError {
    /// The status to end with.
    pub exit: Exit,
    /// What happened with its causes, and what to do.
    pub told: Trouble,
    /// What it means for somebody who would try again.
    pub class: Class,
}

impl CliError {
    /// A command line that cannot be carried out.
    #[must_use]
    pub fn usage(message: &str, hint: &str) -> Self {
        Self::told(Exit::Usage, vec![message.to_owned()], hint)
    }

    /// Tells an error in words: what happened, then its causes.
    #[must_use]
    pub fn told(exit: Exit, causes: Vec<String>, hint: &str) -> Self {
        Self::new(exit, Trouble { causes, hint: hint.to_owned() })
    }

    fn new(exit: Exit, told: Trouble) -> Self {
        let class = match exit {
            Exit::CouldNotLook => Class::CouldNotDeliver,
            Exit::Success | Exit::Fail | Exit::Usage | Exit::Provisional => Class::CouldNotDerive,
        };
        Self { exit, told, class }
    }

    /// Takes an error with all its causes.
    #[must_use]
    pub fn of(exit: Exit, error: &dyn Error, hint: &str) -> Self {
        Self::new(exit, Trouble::of(error, hint))
    }

    /// Says that the disk failed, so that trying again wants a look first.
    #[must_use]
    pub fn not_persisted(self) -> Self {
        Self { class: Class::CouldNotPersist, ..self }
    }

    /// Prints it as the command answers.
    pub fn tell(&self, in_json: bool) {
        if in_json { self.print_json() } else { self.print() }
    }

    /// Prints it to standard output as one JSON object, for a command whose answers are JSON.
    pub fn print_json(&self) {
        let error =
            serde_json::json!({ "causes": self.told.causes, "class": self.class.word(), "hint": self.told.hint });
        say!("{}", serde_json::json!({ "error": error }));
    }

    /// Prints it to standard error.
    pub fn print(&self) {
        for (depth, cause) in self.told.causes.iter().enumerate() {
            match depth {
                0 => talk!("error: {}", escape(cause)),
                _ => talk!("{}└─ {}", "  ".repeat(depth), escape(cause)),
            }
        }
        if !self.told.hint.is_empty() {
            talk!("hint: {}", self.told.hint);
        }
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        Self::of(Exit::CouldNotLook, &error, "`asrun doctor` checks the installation").not_persisted()
    }
}

impl From<WholeError> for CliError {
    fn from(error: WholeError) -> Self {
        Self::of(Exit::CouldNotLook, &error, "check the path")
    }
}

impl From<StartError> for CliError {
    fn from(error: StartError) -> Self {
        let (hint, class) = (error.hint(), error.class());
        if let StartError::Submit(inner) = &error {
            return Self::of_submit(inner);
        }
        Self { class, ..Self::of(start_exit(&error), &error, &hint) }
    }
}

/// A run that is refused ends 1, one that could not be reached ends 4.
fn start_exit(error: &StartError) -> Exit {
    match error {
        StartError::Sealed(_)
        | StartError::Package(_)
        | StartError::Roster(_)
        | StartError::Clock(_)
        | StartError::Damaged { .. }
        | StartError::Unwell { .. }
        | StartError::Rescued { .. }
        | StartError::Rescue { .. }
        | StartError::Submit(_)
        | StartError::Lock(LockError::Held { .. })
        | StartError::Journal(JournalError::Rollback { .. } | JournalError::Head { .. }) => Exit::Fail,
        StartError::NoSuchRun(_)
        | StartError::File(_)
        | StartError::Read { .. }
        | StartError::Lock(_)
        | StartError::Journal(_)
        | StartError::Store(_) => Exit::CouldNotLook,
        StartError::Begun { source, .. } => start_exit(source),
    }
}

impl CliError {
    fn of_submit(error: &SubmitError) -> Self {
        Self { class: error.class(), ..Self::of(Exit::Fail, error, &error.hint()) }
    }
}

impl From<SubmitError> for CliError {
    fn from(error: SubmitError) -> Self {
        Self::of_submit(&error)
    }
}

impl From<SealError> for CliError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Submit(inner) => Self::of_submit(&inner),
            SealError::Unfit(ref unfit) if !unfit.findings().is_empty() => {
                let causes = vec![error.to_string(), "what stands above must be put right first".into()];
                Self::told(Exit::Fail, causes, &error.hint())
            }
            other => Self { class: other.class(), ..Self::of(Exit::Fail, &other, &other.hint()) },
        }
    }
}

impl From<DriveError> for CliError {
    fn from(error: DriveError) -> Self {
        match error {
            DriveError::Start(inner) => inner.into(),
            other => Self::of(Exit::CouldNotLook, &other, "what was answered ok is recorded; take the run up again"),
        }
    }
}
