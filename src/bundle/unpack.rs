//! A bundle as a folder of the station: the one place where members are written out under their names.
//!
//! The caller has judged the bundle before, and judges the copy again before it gets its name: what lies there
//! under a run's id is never less than what was judged.

use super::error::{BundleError, OpenError};
use super::names;
use super::source::Source;
use crate::disk::{Disk, TemporaryFolder};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// A bundle that is written out and has no name yet; it is gone when it is dropped.
#[derive(Debug)]
pub struct Unpacked {
    folder: TemporaryFolder,
    to: PathBuf,
    disk: Disk,
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
        // The look above is a courtesy: the move itself takes no name that is taken, whoever was quicker.
        self.disk.move_new(&self.bundle(), &self.to).map_err(BundleError::at(&self.to))?;
        Ok(self.to)
    }
}

/// Writes every member of a bundle out, durably, beside the folder `to` whose name it will get.
///
/// # Errors
/// A name that containers do not take, a member that cannot be read, or what the system says.
pub fn unpack(source: &Source, to: &Path, disk: &Disk) -> Result<Unpacked, BundleError> {
    let beside = to.parent().unwrap_or(Path::new("."));
    let folder = disk.temporary_folder(beside).map_err(BundleError::at(beside))?;
    let unpacked = Unpacked { folder, to: to.to_owned(), disk: disk.clone() };
    let root = unpacked.bundle();
    let mut folders = vec![root.clone()];
    disk.create_folder(&root).map_err(BundleError::at(&root))?;
    for member in source.members() {
        names::check(&member.name).map_err(|fault| BundleError::Name { name: member.name.clone(), fault })?;
        let path = root.join(&member.name);
        let folder = path.parent().unwrap_or(&root);
        if !folders.iter().any(|made| made == folder) {
            disk.create_folder(folder).map_err(BundleError::at(folder))?;
            folders.push(folder.to_owned());
        }
        write(source, &member.name, &path, disk)?;
    }
    folders.iter().try_for_each(|folder| disk.sync_folder(folder).map_err(BundleError::at(folder)))?;
    Ok(unpacked)
}

fn write(source: &Source, name: &str, path: &Path, disk: &Disk) -> Result<(), BundleError> {
    let mut stream = source.stream(name)?;
    let file = disk.create_file(path).map_err(BundleError::at(path))?;
    let mut out = BufWriter::with_capacity(1 << 18, disk.through(&file));
    let copied = io::copy(&mut stream, &mut out).and_then(|_| out.flush());
    copied.and_then(|()| disk.sync(&file)).map_err(BundleError::at(path))
}
