//! What is seldom made: a folder in the place of an empty one, a link, a named pipe.

use super::{Disk, READERS, Step, parent};
use rustix::fs::CWD;
use std::fs::File;
use std::io;
use std::path::Path;

impl Disk {
    /// Moves a folder to a name that is free or that of an empty folder, which it takes the place of in one step.
    ///
    /// # Errors
    /// `DirectoryNotEmpty` or `AlreadyExists` where something lies there, or what the system says.
    pub fn move_over_empty(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.named(from, to, |from, to| std::fs::rename(from, to))?;
        self.sync_folder(parent(to))
    }

    /// Flushes everything that lies on the file system of a folder: of thousands of new files that get their name
    /// together, each for itself would take minutes.
    ///
    /// # Errors
    /// What the system says.
    pub fn sync_file_system(&self, folder: &Path) -> io::Result<()> {
        self.perform(Step::Sync, || Ok(rustix::fs::syncfs(File::open(folder)?)?))
    }

    /// Makes a symbolic link; nothing may stand there.
    ///
    /// # Errors
    /// `AlreadyExists`, or what the system says.
    pub fn make_link(&self, target: &Path, path: &Path) -> io::Result<()> {
        self.perform(Step::Create, || std::os::unix::fs::symlink(target, path))
    }

    /// Makes a named pipe; nothing may stand there.
    ///
    /// # Errors
    /// `AlreadyExists`, or what the system says.
    pub fn make_fifo(&self, path: &Path) -> io::Result<()> {
        let mode = rustix::fs::Mode::from_raw_mode(READERS);
        self.perform(Step::Create, || Ok(rustix::fs::mkfifoat(CWD, path, mode)?))
    }
}
