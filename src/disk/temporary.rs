//! Files and folders that are to become something else, and go away again when they do not.

use super::{Disk, READERS, Step, parent};
use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

const PREFIX: &str = ".asrun-";
const SUFFIX: &str = ".tmp";

fn names<'a>() -> tempfile::Builder<'a, 'a> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    builder
}

/// Tells whether a file or folder has the name of one that was to become something else.
#[must_use]
pub fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

/// A temporary file, readable by its owner alone; gone when it is dropped before it got its name.
#[derive(Debug)]
pub struct Temporary {
    disk: Disk,
    path: PathBuf,
    file: File,
    placed: bool,
}

impl Temporary {
    pub(super) fn new(disk: &Disk, folder: &Path) -> io::Result<Self> {
        let open = |path: &Path| File::options().read(true).write(true).create_new(true).mode(0o600).open(path);
        let made = names().make_in(folder, |path| disk.make_file(path, || open(path)))?;
        let (file, path) = made.into_parts();
        let path = path.keep().map_err(|error| error.error)?;
        Ok(Self { disk: disk.clone(), path, file, placed: false })
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The open file.
    #[must_use]
    pub fn as_file(&self) -> &File {
        &self.file
    }

    pub(super) fn placed(mut self) {
        self.placed = true;
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.placed {
            // Whatever stays is swept when the folder is opened for writing again.
            let _ = self.disk.remove(&self.path);
        }
    }
}

/// A temporary folder; gone with everything in it when it is dropped.
#[derive(Debug)]
pub struct TemporaryFolder {
    disk: Disk,
    path: PathBuf,
}

impl TemporaryFolder {
    pub(super) fn new(disk: &Disk, beside: &Path) -> io::Result<Self> {
        let path = disk.perform(Step::Create, || names().tempdir_in(beside))?.keep();
        Ok(Self { disk: disk.clone(), path })
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = self.disk.remove_folder(&self.path);
    }
}

/// A file that is begun and has no name yet; it goes away with this value unless it is ended.
#[derive(Debug)]
pub struct Begun {
    temporary: Temporary,
    path: PathBuf,
}

impl Disk {
    /// Begins a file that must not exist yet, under a passing name in the same folder: whether the folder is there and
    /// takes files is known before anything is done that cannot be taken back.
    ///
    /// # Errors
    /// `AlreadyExists`, or what the system says; nothing is left behind.
    pub fn begin_new(&self, path: &Path) -> io::Result<Begun> {
        match path.symlink_metadata() {
            Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
            Err(_) => Ok(Begun { temporary: self.temporary(parent(path))?, path: path.to_owned() }),
        }
    }

    /// Writes a begun file and gives it its name; it appears whole or not at all.
    ///
    /// # Errors
    /// As [`Disk::write_new`].
    pub fn end_new(&self, begun: Begun, bytes: &[u8]) -> io::Result<()> {
        self.fill(&begun.temporary, bytes, READERS)?;
        self.place_new(begun.temporary, &begun.path)
    }
}
