//! What can go wrong with the disk, as facts.

use super::lock::Holder;
use super::named::Strange;
use crate::kernel::canon::digest::{EvidenceDigest, LineDigest};
use crate::kernel::model::fault::HeadFault;
use crate::kernel::text::counted;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A folder or file could not be reached.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Neither `--home`, nor `ASRUN_HOME`, nor the system names a home.
    #[error("no home folder is known on this system")]
    NoHome,
    /// The system refused an operation on this path.
    #[error("cannot use `{}`", path.display())]
    Io {
        /// Which path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl StoreError {
    /// Wraps what the system said about `path`.
    pub fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

/// The journal cannot be opened for writing; its bytes are as they were.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The system refused an operation on this path.
    #[error("cannot use `{}`", path.display())]
    Io {
        /// Which path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Acknowledged records are missing: the end of the journal was cut off.
    #[error("the journal ends with record {found}, but record {acknowledged} was acknowledged")]
    Rollback {
        /// The last record that was shown as recorded.
        acknowledged: u64,
        /// The last whole line of the file.
        found: u64,
    },
    /// The acknowledged record has other bytes now.
    #[error("record {seq} has digest {found}, but {acknowledged} was acknowledged")]
    Rewritten {
        /// Which record.
        seq: u64,
        /// The digest that was acknowledged.
        acknowledged: LineDigest,
        /// The digest of the line that stands there.
        found: LineDigest,
    },
    /// `head.json` is lost or says nothing, so nobody can tell whether acknowledged records are missing.
    #[error("the head file {fault}: nobody can tell whether the journal holds all that was acknowledged")]
    Head {
        /// What is wrong with it.
        fault: HeadFault,
    },
    /// A line longer than [`super::journal::MAX_LINE`].
    #[error("record {seq}, at byte {offset}, is longer than 1 MiB")]
    LineTooLong {
        /// Number that the line would have.
        seq: u64,
        /// Where it begins.
        offset: u64,
    },
    /// A journal larger than [`super::journal::MAX_JOURNAL`].
    #[error("the journal has {}, more than 1 GiB", counted(*.0, "byte", "bytes"))]
    TooLarge(u64),
}

impl JournalError {
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

/// A record was not acknowledged. The variant says whether it may be on disk all the same.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Nothing of it is on disk; the journal goes on after the cause is gone.
    #[error("the record was not written")]
    DidNotHappen {
        /// What the system said.
        source: io::Error,
    },
    /// It may or may not be on disk; the writer is closed until the journal was read again.
    #[error("record {} may or may not be on disk; the last one known to be is {last}", last + 1)]
    MayHaveHappened {
        /// The last acknowledged record.
        last: u64,
        /// What the system said.
        source: io::Error,
    },
    /// An earlier write failed; this writer writes no more.
    #[error("the journal is closed after a failed write; the last record known to be on disk is {last}")]
    Poisoned {
        /// The last acknowledged record.
        last: u64,
    },
    /// The journal, its head or its lock is not the named file any more; this writer writes no more.
    #[error("record {} is not recorded: {strange}; {rescue}", last + 1)]
    Displaced {
        /// The last acknowledged record.
        last: u64,
        /// What is not as it should be.
        strange: Arc<Strange>,
        /// Where the acknowledged records are.
        rescue: Rescue,
        /// The record reached the file that was open, which is the named one only if the journal itself still is.
        written: bool,
    },
    /// A record that was acknowledged does not stand in the file as it was written; this writer writes no more.
    #[error("record {seq} of the journal is broken on the disk: {reason}; nothing is recorded behind {last}")]
    Broken {
        /// The last acknowledged record.
        last: u64,
        /// The first broken one.
        seq: u64,
        /// Why.
        reason: String,
    },
    /// Not the next record.
    #[error("record {given} does not follow record {last}")]
    Order {
        /// The last acknowledged record.
        last: u64,
        /// What was to be appended.
        given: u64,
    },
    /// Over 1 MiB, or with a line feed inside, or with another digest than was said.
    #[error("these bytes are not a journal line: {0}")]
    NotALine(&'static str),
}

/// Where acknowledged records are after a file was taken away.
#[derive(Clone, Debug)]
pub enum Rescue {
    /// Where they should be.
    NotNeeded,
    /// In this file, durably.
    Kept(PathBuf),
    /// In this program alone.
    Failed(Arc<io::Error>),
}

impl fmt::Display for Rescue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotNeeded => f.write_str("every acknowledged record stands in the journal"),
            Self::Kept(path) => write!(f, "every acknowledged record is kept in `{}`", path.display()),
            Self::Failed(why) => {
                write!(f, "the acknowledged records are in this program alone and could not be kept: {why}")
            }
        }
    }
}

/// The run cannot be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process writes this run.
    #[error("the run is open elsewhere: {holder}")]
    Held {
        /// Who holds it, as far as the lock file tells.
        holder: Holder,
    },
    /// A link, a FIFO or a device stands in place of the lock file.
    #[error("`{}` is not a regular file", .0.display())]
    NotRegular(PathBuf),
    /// The system refused.
    #[error("cannot lock `{}`", path.display())]
    Io {
        /// Which path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A file was not taken as evidence; nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// A folder, FIFO, socket or device.
    #[error("`{}` is not a regular file", .0.display())]
    NotRegular(PathBuf),
    /// No bytes.
    #[error("`{name}` is empty")]
    Empty {
        /// Display name.
        name: String,
    },
    /// Somebody wrote to it while it was read.
    #[error("`{name}` changed while it was read: {} at first, {after} at last", counted(*.before, "byte", "bytes"))]
    Changed {
        /// Display name.
        name: String,
        /// Size when it was opened.
        before: u64,
        /// Bytes read, or the size at the end.
        after: u64,
    },
    /// It holds a private key or credentials.
    #[error("`{name}` holds {what}; secrets never become evidence")]
    Secret {
        /// Display name.
        name: String,
        /// What was recognised.
        what: &'static str,
    },
    /// The person stopped it.
    #[error("the capture was cancelled")]
    Cancelled,
    /// The stored object of that digest has other bytes.
    #[error("the stored object {0} is damaged")]
    Damaged(EvidenceDigest),
    /// The file could not be read.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        /// Which path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The copy could not be written.
    #[error("cannot store the copy")]
    Store {
        /// What the system said.
        source: io::Error,
    },
}
