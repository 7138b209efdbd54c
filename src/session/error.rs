//! What can go wrong while recording, as facts.

use super::health::Health;
use crate::bundle::BundleError;
use crate::kernel::canon::NotCanonical;
use crate::kernel::documents::clock::WrongClock;
use crate::kernel::documents::standing::Withheld;
use crate::kernel::model::name::{PersonId, RunId};
use crate::kernel::run::Refusal;
use crate::keys::KeyError;
use crate::library::PackageFault;
use crate::store::{AppendError, CaptureError, JournalError, Left, LockError, StoreError, WholeError};
use crate::verify::Unfit;
use std::path::PathBuf;

/// An act that was not done; [`SubmitError::left`] tells what was recorded all the same.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// A gate is closed; the refusal itself is recorded where the person has an open session.
    #[error("{}", refusal.message())]
    Refused {
        /// What was asked and found.
        refusal: Box<Refusal>,
        /// The record of the refusal, and of what was due beside it.
        left: Left,
    },
    /// Something of the act was recorded or written, and then it failed.
    #[error("only a part was done")]
    Partly {
        /// What was done.
        left: Left,
        /// What failed then.
        source: Box<SubmitError>,
    },
    /// The person's key is not unlocked.
    #[error("the session of {0} is locked")]
    Locked(PersonId),
    /// The profile asks for the passphrase at each signature act.
    #[error("this is a signature act of {0}: the passphrase is needed")]
    PassphraseNeeded(PersonId),
    /// The key cannot be opened.
    #[error("the key of {person} cannot be opened")]
    Key {
        /// Whose.
        person: PersonId,
        /// Why.
        source: KeyError,
    },
    /// A roster does not let the person act; where a session was open, it is locked now.
    #[error("{withheld}")]
    Withheld {
        /// Who, why, and by which roster.
        withheld: Box<Withheld>,
        /// The record that ended the session.
        record: Option<u64>,
    },
    /// Who closed the run may not sign any more, and nobody else can sign its receipt.
    #[error("{withheld}; only the key that closed a run signs its receipt")]
    Unsealable {
        /// Who, why, and by which roster.
        withheld: Box<Withheld>,
    },
    /// The record could not be made durable.
    #[error("the record is not durable")]
    Append(#[from] AppendError),
    /// The file could not be taken in.
    #[error("the file is not taken in")]
    Capture(#[from] CaptureError),
    /// A file of the run, or one that an act writes, failed.
    #[error("a file failed")]
    Store(#[from] StoreError),
    /// A text cannot be written canonically, or the record is too long.
    #[error("the act has no canonical form")]
    Form(#[from] NotCanonical),
    /// A file was not read.
    #[error("the file is not read")]
    File(#[from] WholeError),
    /// There is no such file or value in the act.
    #[error("{0}")]
    Input(String),
}

impl From<Withheld> for SubmitError {
    fn from(withheld: Withheld) -> Self {
        Self::Withheld { withheld: Box::new(withheld), record: None }
    }
}

/// A run that could not be begun or taken up.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No such run in this home.
    #[error("there is no run {0} in this home")]
    NoSuchRun(RunId),
    /// The run is sealed.
    #[error("run {0} is sealed: it is read-only")]
    Sealed(RunId),
    /// The package may not be run.
    #[error("the package is refused")]
    Package(#[from] PackageFault),
    /// The clock of the station says a time at which roster and package were not there.
    #[error(transparent)]
    Clock(#[from] WrongClock),
    /// The roster cannot be used.
    #[error("the roster cannot be used: {0}")]
    Roster(String),
    /// A file was not read.
    #[error("a file is not read")]
    File(#[from] WholeError),
    /// A folder cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another program writes this run.
    #[error("the run is being written")]
    Lock(#[from] LockError),
    /// The journal cannot be opened for writing.
    #[error("the journal is refused for writing")]
    Journal(#[from] JournalError),
    /// The run is not what was recorded; nothing of it is changed.
    #[error("run {run} is not taken up: {health}")]
    Unwell {
        /// Which run.
        run: RunId,
        /// What it is.
        health: Box<Health>,
    },
    /// A record changed while the run was taken up.
    #[error("record {seq} of the journal is refused: {reason}")]
    Damaged {
        /// Which record.
        seq: u64,
        /// Why.
        reason: String,
    },
    /// Acknowledged records were rescued when the journal was taken away, and wait to be put back.
    #[error("the acknowledged records of run {run} wait in `{}`", path.display())]
    Rescued {
        /// Which run.
        run: RunId,
        /// The rescued records.
        path: PathBuf,
    },
    /// Rescued records cannot be put back.
    #[error("the rescued records cannot be put back: record {seq}: {reason}")]
    Rescue {
        /// The first one that does not fit.
        seq: u64,
        /// Why.
        reason: String,
    },
    /// The store failed.
    #[error("the disk failed")]
    Store(#[from] StoreError),
    /// The run was begun on disk, and then something failed.
    #[error("the opening of run {run} did not end")]
    Begun {
        /// Which run.
        run: RunId,
        /// Its folder.
        folder: PathBuf,
        /// What failed.
        source: Box<StartError>,
    },
    /// Opening was refused or could not be recorded.
    #[error("the run could not be opened")]
    Submit(#[from] Box<SubmitError>),
}

/// A run that could not be sealed; everything recorded stays.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The record is not closed.
    #[error("the run is not closed yet")]
    NotClosed,
    /// Only the person who closed the record signs the receipt.
    #[error("the receipt is signed by {0}, who closed the record and whose session is locked")]
    Closer(PersonId),
    /// The verifier would fail the bundle; nothing is closed or sealed before that is put right.
    #[error("the run is not sealed")]
    Unfit(#[from] Box<Unfit>),
    /// Somebody writes the run beside this program.
    #[error("the journal changed while it was verified")]
    Moved,
    /// The journal is not the named file any more, or acknowledged records wait to be put back.
    #[error("the record is not where it should be")]
    Displaced(#[from] AppendError),
    /// Closing was refused.
    #[error("closing was refused")]
    Submit(#[from] Box<SubmitError>),
    /// The store failed.
    #[error("the disk failed")]
    Store(#[from] StoreError),
    /// The bundle could not be written.
    #[error("the bundle could not be written")]
    Bundle(#[from] BundleError),
    /// A text cannot be written canonically.
    #[error("a derived file has no canonical form")]
    Form(#[from] NotCanonical),
}
