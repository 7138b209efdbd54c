//! A bundle as a folder of the station: the one place where members are written out under their names.
//!
//! The caller has judged the bundle before, and judges the copy again before it gets its name: what lies there
//! under a run's id is never less than what was judged.

use super::error::{BundleError, OpenError};
use super::names;
use super::source::Source;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A bundle that is written out and has no name yet; it is gone when it is dropped.
#[derive(Debug)]
pub struct Unpacked {
    folder: TempDir,
    to: PathBuf,
}

impl Unpacked {
    /// Opens the copy, to be judged.
    ///
    /// # Errors
    /// What the system says.
    pub fn source(&self) -> Result<Source, OpenError> {
        Source::open(&self.bundle())
    }

    fn bundle(&self) -> PathBuf {
        self.folder.path().join("bundle")
    }

    /// Gives the copy its name, unless something lies there.
    ///
    /// # Errors
    /// Something lies there already, or what the system says.
    pub fn keep(self) -> Result<PathBuf, BundleError> {
        if self.to.symlink_metadata().is_ok() {
            return Err(BundleError::Conflict(self.to.display().to_string()));
        }
        // A folder never takes the place of one that holds something, whoever was quicker.
        fs::rename(self.bundle(), &self.to).map_err(BundleError::at(&self.to))?;
        let beside = self.to.parent().unwrap_or(Path::new("."));
        sync(beside).map_err(BundleError::at(beside))?;
        Ok(self.to)
    }
}

/// Writes every member of a bundle out, durably, beside the folder `to` whose name it will get.
///
/// # Errors
/// A name that containers do not take, a member that cannot be read, or what the system says.
pub fn unpack(source: &Source, to: &Path) -> Result<Unpacked, BundleError> {
    let beside = to.parent().unwrap_or(Path::new("."));
    let folder = tempfile::Builder::new().prefix(".asrun-").suffix(".tmp").tempdir_in(beside);
    let unpacked = Unpacked { folder: folder.map_err(BundleError::at(beside))?, to: to.to_owned() };
    let root = unpacked.bundle();
    let mut folders = vec![root.clone()];
    fs::create_dir(&root).map_err(BundleError::at(&root))?;
    for member in source.members() {
        names::check(&member.name).map_err(|fault| BundleError::Name { name: member.name.clone(), fault })?;
        let path = root.join(&member.name);
        let folder = path.parent().unwrap_or(&root);
        if !folders.iter().any(|made| made == folder) {
            fs::create_dir_all(folder).map_err(BundleError::at(folder))?;
            folders.push(folder.to_owned());
        }
        write(source, &member.name, &path)?;
    }
    folders.iter().try_for_each(|folder| sync(folder).map_err(BundleError::at(folder)))?;
    Ok(unpacked)
}

fn write(source: &Source, name: &str, path: &Path) -> Result<(), BundleError> {
    let mut stream = source.stream(name)?;
    let mut file = File::create_new(path).map_err(BundleError::at(path))?;
    let copied = io::copy(&mut stream, &mut file).and_then(|_| file.sync_all());
    copied.map_err(BundleError::at(path))
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
