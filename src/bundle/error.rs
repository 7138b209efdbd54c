//! What can go wrong with a container, as facts. What is *seen* in one is a finding instead.

use super::names::NameFault;
use super::ustar::ArchiveFault;
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::text::counted;
use std::io;
use std::path::{Path, PathBuf};

/// Why nobody could look at a bundle; no verdict follows from it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No such file or folder.
    #[error("`{}` does not exist", .0.display())]
    Missing(PathBuf),
    /// A run that was never sealed.
    #[error("`{}` is a run that is not sealed yet", .0.display())]
    Unsealed(PathBuf),
    /// Neither a bundle folder nor a `.proof` file.
    #[error("`{}` is neither a bundle folder nor a .proof file", .0.display())]
    NotABundle(PathBuf),
    /// The system refused.
    #[error("cannot read `{}`", path.display())]
    Io {
        /// Which path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl OpenError {
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

/// Why a member could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The bundle has no member of this name.
    #[error("the bundle has no `{0}`")]
    Missing(String),
    /// Larger than the reader allows.
    #[error("`{name}` has {}, more than {limit}", counted(*.size, "byte", "bytes"))]
    TooLarge {
        /// Which member.
        name: String,
        /// Its size.
        size: u64,
        /// What is allowed.
        limit: u64,
    },
    /// The system refused.
    #[error("cannot read `{name}`")]
    Io {
        /// Which member.
        name: String,
        /// What the system said.
        source: io::Error,
    },
}

/// Why a bundle could not be sealed, exported or appended to. Sealed bytes are as they were.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// It cannot be opened.
    #[error("cannot open the bundle")]
    Open(#[from] OpenError),
    /// A member cannot be read.
    #[error("cannot read the bundle")]
    Read(#[from] ReadError),
    /// A name that containers do not take.
    #[error("`{name}` cannot stand in a bundle: {fault}")]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        fault: NameFault,
    },
    /// The container has a fault; the first one is named.
    #[error("the bundle is damaged: {code} at `{place}`")]
    Damaged {
        /// Finding code.
        code: FindingCode,
        /// Where.
        place: String,
    },
    /// The archive has a fault where something was to be added.
    #[error("the archive is damaged: {0}")]
    Archive(ArchiveFault),
    /// Another file of that name is there already.
    #[error("`{0}` is there already, with other bytes")]
    Conflict(String),
    /// Somebody else is adding to the same archive.
    #[error("somebody else is adding to `{}`", .0.display())]
    Busy(PathBuf),
    /// The copy does not hold what the original holds.
    #[error("the copy differs from the bundle at `{0}`")]
    CopyDiffers(String),
    /// The system refused.
    #[error("cannot use `{}`", path.display())]
    Io {
        /// Which path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl BundleError {
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}
