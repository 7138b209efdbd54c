//! Reading a file whole: whatever a person or another program put there, never more than a bound.

use crate::disk::not_regular;
use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum WholeError {
    /// The system refused, or it is a pipe, a device or a folder.
    #[error("cannot read {what} `{}`", path.display())]
    Io {
        /// What it should be, in words.
        what: &'static str,
        /// Which path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Larger than what it should be may be.
    #[error("{what} `{}` is longer than {limit} bytes", path.display())]
    TooLarge {
        /// What it should be, in words.
        what: &'static str,
        /// Which path.
        path: PathBuf,
        /// What is allowed.
        limit: u64,
    },
    /// A text that is none.
    #[error("{what} `{}` is not UTF-8 text", path.display())]
    NotText {
        /// What it should be, in words.
        what: &'static str,
        /// Which path.
        path: PathBuf,
    },
}

/// Reads a regular file of at most `limit` bytes; a link to one is fine, a FIFO neither hangs nor passes.
///
/// # Errors
/// No such file, no regular one, or a longer one, also when it grew while it was read.
pub fn read_whole(path: &Path, what: &'static str, limit: u64) -> Result<Vec<u8>, WholeError> {
    let failed = |source| WholeError::Io { what, path: path.to_owned(), source };
    let (file, facts) = open_regular_file(path).map_err(failed)?;
    let mut bytes = Vec::new();
    if facts.len() <= limit {
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    }
    match facts.len().max(bytes.len() as u64) > limit {
        true => Err(WholeError::TooLarge { what, path: path.to_owned(), limit }),
        false => Ok(bytes),
    }
}

/// Reads a text as [`read_whole`] reads bytes.
///
/// # Errors
/// As [`read_whole`], or bytes that are no text.
pub fn read_text(path: &Path, what: &'static str, limit: u64) -> Result<String, WholeError> {
    let bytes = read_whole(path, what, limit)?;
    String::from_utf8(bytes).map_err(|_| WholeError::NotText { what, path: path.to_owned() })
}

/// Opens what a person picked. A link to a regular file is fine; a FIFO neither hangs nor passes.
pub(super) fn open_regular_file(path: &Path) -> io::Result<(File, Metadata)> {
    use std::os::unix::fs::OpenOptionsExt as _;
    // Looked at first, because opening a device or a socket may have effects or fail oddly.
    if !std::fs::metadata(path)?.is_file() {
        return Err(not_regular());
    }
    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let file = File::options().read(true).custom_flags(flags).open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() { Ok((file, metadata)) } else { Err(not_regular()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_exactly_the_bound_is_read_and_one_byte_more_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        std::fs::write(&path, "four").unwrap();
        assert_eq!(read_whole(&path, "the file", 4).unwrap(), b"four");
        let refused = read_whole(&path, "the file", 3).unwrap_err().to_string();
        assert_eq!(refused, format!("the file `{}` is longer than 3 bytes", path.display()));
    }

    #[test]
    fn pipes_folders_and_bytes_that_are_no_text_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
        for path in [pipe.as_path(), folder.path()] {
            assert!(matches!(read_whole(path, "it", 4), Err(WholeError::Io { .. })), "{}", path.display());
        }
        let bytes = folder.path().join("b");
        std::fs::write(&bytes, [0xff]).unwrap();
        assert!(matches!(read_text(&bytes, "it", 4), Err(WholeError::NotText { .. })));
    }

    #[test]
    fn what_has_no_length_beforehand_is_bounded_all_the_same() {
        assert!(matches!(read_whole(Path::new("/proc/self/status"), "it", 10), Err(WholeError::TooLarge { .. })));
    }
}
