//! What is done to the disk, one system call after the other: how a drill makes it fail, what a watcher is told.

use std::fs::File;
use std::io;
use std::path::Path;

/// The kinds of write points, each of which can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Making a folder or a temporary file.
    Create,
    /// Reserving space ahead.
    Reserve,
    /// Writing bytes.
    Write,
    /// Cutting a file back.
    Truncate,
    /// Saying who may read or write a file.
    Mode,
    /// Flushing a file.
    Sync,
    /// Giving a file its name.
    Rename,
    /// Taking a name away.
    Remove,
    /// Flushing a folder.
    SyncFolder,
}

/// How a write point fails when told to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It reports failure and did nothing.
    NotPersisted,
    /// It reports failure, yet all of it reached the disk.
    Persisted,
    /// The system refuses with this error number and nothing is done.
    Refused(i32),
    /// A write takes half of the bytes and says so; any other step is done as usual.
    Short,
    /// As `Short`, but what fits into one sector is taken whole, as systems and drives do.
    Torn,
}

impl Fault {
    /// Lets one attempt go wrong in this way.
    pub(super) fn strike<T>(self, step: Step, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let drilled = || io::Error::other(format!("drilled failure of {step:?}"));
        match self {
            Self::NotPersisted => Err(drilled()),
            Self::Persisted => act().and(Err(drilled())),
            Self::Refused(number) => Err(io::Error::from_raw_os_error(number)),
            Self::Short | Self::Torn => act(),
        }
    }
}

/// One thing that was done, as a watcher is told of it afterwards.
#[derive(Clone, Copy, Debug)]
pub enum Effect<'a> {
    /// A folder was made.
    Folder(&'a Path),
    /// A new, empty file was made.
    File(&'a Path, &'a File),
    /// Bytes were written.
    Written {
        /// Into which file.
        file: &'a File,
        /// Where they begin.
        at: u64,
        /// Which.
        bytes: &'a [u8],
    },
    /// A file was cut to a length.
    Cut(&'a File, u64),
    /// A file was flushed.
    Synced(&'a File),
    /// A file or folder got another name.
    Renamed {
        /// The name before.
        from: &'a Path,
        /// The name now.
        to: &'a Path,
    },
    /// A name is gone, and with a folder whatever was in it.
    Removed(&'a Path),
    /// A folder was flushed.
    SyncedFolder(&'a Path),
}
