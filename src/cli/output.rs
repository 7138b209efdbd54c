//! What a person or a program reads at the end: errors with cause and hint, exit statuses.

use crate::kernel::model::clock::SET_THE_CLOCK;
use crate::kernel::text::escape;
use crate::session::drive::DriveError;
use crate::session::{SealError, StartError, SubmitError};
use crate::store::{JournalError, LockError, StoreError, WholeError};
use std::error::Error;
use std::process::ExitCode;

/// How a command ended (FORMAT.md §10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// What happened, then its causes.
    pub causes: Vec<String>,
    /// What to do.
    pub hint: String,
}

impl CliError {
    /// A command line that cannot be carried out.
    #[must_use]
    pub fn usage(message: &str, hint: &str) -> Self {
        Self { exit: Exit::Usage, causes: vec![message.to_owned()], hint: hint.to_owned() }
    }

    /// Takes an error with all its causes.
    #[must_use]
    pub fn of(exit: Exit, error: &dyn Error, hint: &str) -> Self {
        let mut causes = vec![error.to_string()];
        let mut cause = error.source();
        while let Some(inner) = cause {
            causes.push(inner.to_string());
            cause = inner.source();
        }
        Self { exit, causes, hint: hint.to_owned() }
    }

    /// Prints it to standard error.
    pub fn print(&self) {
        for (depth, cause) in self.causes.iter().enumerate() {
            match depth {
                0 => talk!("error: {}", escape(cause)),
                _ => talk!("{}└─ {}", "  ".repeat(depth), escape(cause)),
            }
        }
        if !self.hint.is_empty() {
            talk!("hint: {}", self.hint);
        }
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        Self::of(Exit::CouldNotLook, &error, "nothing was changed; `asrun doctor` shows where things are")
    }
}

impl From<WholeError> for CliError {
    fn from(error: WholeError) -> Self {
        Self::of(Exit::CouldNotLook, &error, "nothing was changed; check the path")
    }
}

impl From<StartError> for CliError {
    fn from(error: StartError) -> Self {
        let (exit, hint) = match &error {
            StartError::NoSuchRun(_) => (Exit::CouldNotLook, "`asrun runs` lists the runs of this home"),
            StartError::Sealed(_) => (Exit::Fail, "read it with `asrun show`, judge it with `asrun verify`"),
            StartError::Package(_) => (Exit::Fail, "nothing was written; ask the author for the package in force"),
            StartError::Clock(_) => (Exit::Fail, SET_THE_CLOCK),
            StartError::Roster(_) => (Exit::Fail, "install the site's roster: `asrun roster install FILE`"),
            StartError::File(_) | StartError::Read { .. } => (Exit::CouldNotLook, "check the path and its permissions"),
            StartError::Lock(LockError::Held { .. }) => (Exit::Fail, "the run is safe; leave the other program first"),
            StartError::Lock(_) => (Exit::CouldNotLook, "check the folder and its permissions"),
            StartError::Journal(JournalError::Rollback { .. }) => {
                (Exit::Fail, "nothing was changed; bring back the newest copy of the run folder")
            }
            StartError::Journal(_) | StartError::Store(_) => {
                (Exit::CouldNotLook, "nothing was changed; mend the disk first")
            }
            StartError::Unwell { health, .. } => (Exit::Fail, health.state.hint()),
            StartError::Damaged { .. } => (Exit::Fail, "nothing was repaired; look at it again with `asrun doctor`"),
            StartError::Submit(inner) => return Self::from_submit(inner),
        };
        Self::of(exit, &error, hint)
    }
}

impl CliError {
    fn from_submit(error: &SubmitError) -> Self {
        let hint = match error {
            SubmitError::Refused { refusal, .. } => refusal.hint(),
            SubmitError::Withheld { withheld, .. } => withheld.hint(),
            SubmitError::Key { .. } => "nothing was recorded; check the passphrase and `asrun key list`",
            SubmitError::Append(_) => {
                "what was answered as recorded is safe; free space or mend the disk, then take the run up again"
            }
            _ => "nothing was recorded",
        };
        Self::of(Exit::Fail, error, hint)
    }
}

impl From<SubmitError> for CliError {
    fn from(error: SubmitError) -> Self {
        Self::from_submit(&error)
    }
}

impl From<SealError> for CliError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Submit(inner) => Self::from_submit(&inner),
            SealError::Unfit(ref unfit) if !unfit.findings().is_empty() => Self {
                exit: Exit::Fail,
                causes: vec![error.to_string(), "what stands above must be put right first".into()],
                hint: "the run is as it was; `asrun reattach RUN FILE` puts a captured file back, then seal again"
                    .into(),
            },
            other => Self::of(Exit::Fail, &other, "everything recorded is safe; `asrun seal RUN` goes on from here"),
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
