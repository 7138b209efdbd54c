//! Acknowledged records, kept beside a run whose journal was taken away under the writer (FORMAT.md §4, Rescue).
//!
//! One file, `runs/<id>.rescued.jsonl`: every acknowledged line from the first on, byte for byte. It lies beside the
//! run and not in it, because the folders of the run may be what was taken away.

use super::error::{JournalError, StoreError};
use super::layout::RunPaths;
use super::tail::{Lines, lines};
use crate::disk::{Disk, open_regular};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// How the journal was put right with the rescued lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutBack {
    /// Every rescued line stood there.
    Nothing,
    /// The lines that were missing at its end were appended.
    Completed,
    /// There was no journal, or one of other bytes, which was set aside.
    Written,
}

/// Writes the rescued lines, durably.
pub(super) fn keep(paths: &RunPaths, disk: &Disk, acknowledged: &[u8]) -> io::Result<PathBuf> {
    let path = paths.rescued();
    disk.create_folder(path.parent().unwrap_or(Path::new(".")))?;
    disk.replace(&path, acknowledged)?;
    Ok(path)
}

/// Reads the rescued lines of a run; none where nothing had to be rescued.
///
/// # Errors
/// A file that cannot be read or is no journal.
pub fn read_rescued(paths: &RunPaths) -> Result<Option<Lines>, JournalError> {
    let path = paths.rescued();
    match open_regular(File::options().read(true), &path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        file => lines(&file.map_err(JournalError::at(&path))?, &path).map(Some),
    }
}

/// Makes the journal hold every rescued line again; the lines were checked by the caller. Hold the run's lock.
///
/// # Errors
/// What the system says; asking again goes on from there.
pub fn put_back(paths: &RunPaths, disk: &Disk, rescued: &Lines) -> Result<PutBack, StoreError> {
    let path = paths.journal();
    let wanted = rescued.bytes();
    let found = match path.symlink_metadata() {
        Err(_) => None,
        Ok(facts) if facts.is_file() => {
            let read = super::read_whole(&path, "the journal", super::journal::MAX_JOURNAL);
            Some(read.map_err(|error| StoreError::at(&path)(io::Error::other(error)))?)
        }
        // A folder, link or device in its place is set aside like any other strange thing.
        Ok(_) => Some(b"\0".to_vec()),
    };
    put(paths, disk, wanted, found).map_err(StoreError::at(&path))
}

fn put(paths: &RunPaths, disk: &Disk, wanted: &[u8], found: Option<Vec<u8>>) -> io::Result<PutBack> {
    let path = paths.journal();
    if let Some(found) = &found {
        // What stands there may have come by a copy that nobody flushed.
        if found.starts_with(wanted) {
            return disk
                .sync(&File::open(&path)?)
                .and_then(|()| disk.sync_folder(&paths.data()))
                .map(|()| PutBack::Nothing);
        }
        if wanted.starts_with(found) {
            let file = open_regular(File::options().append(true), &path)?;
            disk.write(&file, &wanted[found.len()..]).and_then(|()| disk.sync(&file))?;
            return disk.sync_folder(&paths.data()).map(|()| PutBack::Completed);
        }
        set_aside(&path, &paths.local, disk)?;
    }
    disk.write_new(&path, wanted).map(|()| PutBack::Written)
}

/// Ends a rescue: the file goes to what stays on this station.
///
/// # Errors
/// What the system says.
pub fn end_rescue(paths: &RunPaths, disk: &Disk) -> Result<(), StoreError> {
    set_aside(&paths.rescued(), &paths.local, disk).map_err(StoreError::at(&paths.rescued()))
}

/// Moves a file into a folder under the first free name, deleting nothing.
fn set_aside(path: &Path, folder: &Path, disk: &Disk) -> io::Result<()> {
    disk.create_folder(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for number in 1..1000 {
        match disk.move_new(path, &folder.join(format!("{name}.{number}"))) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => return other,
        }
    }
    Err(io::Error::other("a thousand files were set aside here already"))
}
