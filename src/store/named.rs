//! Whether an open file is still the one that its name leads to (FORMAT.md §4, Durability).
//!
//! A file manager, a synchronising service or a restored backup may put another file in the place of one that is
//! open. Writing into the open one then succeeds and is lost with it. Two look-ups for each file tell: device and
//! inode of the descriptor against those behind the path, and how many names the file still has.
//!
//! Honest limit: what happens after the last look and before the next one is found by the next one.

use crate::kernel::text::counted;
use std::fmt;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

/// An open file with the path that must lead to it.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) file: File,
    path: PathBuf,
}

/// Why an open file is not the named one any more.
#[derive(Debug)]
pub enum Strange {
    /// Nothing has its name.
    Gone(PathBuf),
    /// Another file has its name.
    Replaced(PathBuf),
    /// Somebody else wrote to it or cut it.
    Length {
        /// Which.
        path: PathBuf,
        /// Bytes that this program wrote.
        wrote: u64,
        /// Bytes that it has.
        has: u64,
    },
    /// The system does not let it be looked at.
    Unseen {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl fmt::Display for Strange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone(path) => write!(f, "`{}` is not there any more", path.display()),
            Self::Replaced(path) => write!(f, "`{}` is another file now", path.display()),
            Self::Length { path, wrote, has } => {
                write!(f, "`{}` has {}, but this program wrote {wrote}", path.display(), counted(*has, "byte", "bytes"))
            }
            Self::Unseen { path, source } => write!(f, "`{}` cannot be looked at: {source}", path.display()),
        }
    }
}

impl Named {
    pub(super) fn new(file: File, path: PathBuf) -> Self {
        Self { file, path }
    }

    /// Looks whether the path still leads to the open file.
    pub(super) fn look(&self) -> Result<Metadata, Strange> {
        let unseen = |source| Strange::Unseen { path: self.path.clone(), source };
        let open = self.file.metadata().map_err(unseen)?;
        let named = match self.path.symlink_metadata() {
            Err(error) if is_absent(&error) => return Err(Strange::Gone(self.path.clone())),
            other => other.map_err(unseen)?,
        };
        match (named.dev(), named.ino()) == (open.dev(), open.ino()) {
            true if open.nlink() == 0 => Err(Strange::Gone(self.path.clone())),
            true => Ok(open),
            false => Err(Strange::Replaced(self.path.clone())),
        }
    }

    /// Looks as [`Named::look`] does, and whether the file has as many bytes as were written.
    pub(super) fn look_at(&self, wrote: u64) -> Result<(), Strange> {
        match self.look()?.len() {
            has if has == wrote => Ok(()),
            has => Err(Strange::Length { path: self.path.clone(), wrote, has }),
        }
    }
}

/// No such file, or a folder above it that is none.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn named(folder: &Path) -> Named {
        let path = folder.join("f");
        std::fs::write(&path, "four").unwrap();
        Named::new(File::open(&path).unwrap(), path)
    }

    #[test]
    fn a_file_that_nobody_touched_is_the_named_one() {
        let folder = tempfile::tempdir().unwrap();
        let named = named(folder.path());
        named.look_at(4).unwrap();
        assert!(matches!(named.look_at(5), Err(Strange::Length { wrote: 5, has: 4, .. })));
    }

    #[test]
    fn a_removed_a_replaced_and_a_hidden_file_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let one = named(folder.path());
        std::fs::copy(&one.path, folder.path().join("g")).unwrap();
        std::fs::rename(folder.path().join("g"), &one.path).unwrap();
        assert!(matches!(one.look(), Err(Strange::Replaced(_))));
        std::fs::remove_file(&one.path).unwrap();
        assert!(matches!(one.look(), Err(Strange::Gone(_))));
        std::os::unix::fs::symlink("elsewhere", &one.path).unwrap();
        assert!(matches!(one.look(), Err(Strange::Replaced(_))));
    }
}
