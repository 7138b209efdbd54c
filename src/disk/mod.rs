//! EDGE: the one way to the disk. Temporary file, sync, rename and folder sync (FORMAT.md §4, Durability).
//!
//! Order of system calls of [`Disk::write_new`] and [`Disk::replace`]:
//! `openat(O_EXCL)` of a temporary file beside the target → `write` → `fchmod` → `fdatasync` →
//! `renameat2(RENAME_NOREPLACE)` or `rename` → `open(folder)` → `fsync(folder)`.
//! Of one journal line: `fallocate(KEEP_SIZE)` now and then → one `write` → `fdatasync`.
//!
//! Honest limits: a drive that lies about flushes defeats all of this; after a failed sync Linux
//! marks the pages clean, so nothing here ever tries the same sync again; a folder sync is a
//! courtesy on file systems that do not know it (its refusal with EINVAL is taken as done).
//!
//! Nothing else in the program changes a file (`tests/architecture.rs` holds that true): every system call that
//! writes goes through `Disk::perform`, where accident drills let it fail and watchers are told of it.
//! A call that a signal interrupted is made again there. Imports nothing of ours.

mod identity;
mod special;
mod step;
mod temporary;
mod write;

pub use identity::Identity;
pub use step::{Effect, Fault, Step};
pub use temporary::{Begun, Temporary, TemporaryFolder, is_temporary};
pub use write::Through;

use rustix::fs::{CWD, FallocateFlags, OFlags, RenameFlags};
use rustix::io::Errno;
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;

type Drill = dyn Fn(Step) -> Option<Fault> + Send + Sync;
type Watch = dyn Fn(Effect<'_>) + Send + Sync;

/// The way to the disk; carries a drill and a watcher in tests and nothing otherwise.
#[derive(Clone, Default)]
pub struct Disk {
    drill: Option<Arc<Drill>>,
    watch: Option<Arc<Watch>>,
}

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Disk")
    }
}

/// Who may read what is written for everybody.
const READERS: u32 = 0o644;

impl Disk {
    /// The disk as it is.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A disk on which `drill` says which write point fails, and how.
    pub fn failing(drill: impl Fn(Step) -> Option<Fault> + Send + Sync + 'static) -> Self {
        Self { drill: Some(Arc::new(drill)), watch: None }
    }

    /// A disk that tells `watch` of everything that was done to it.
    pub fn watched(watch: impl Fn(Effect<'_>) + Send + Sync + 'static) -> Self {
        Self { drill: None, watch: Some(Arc::new(watch)) }
    }

    /// Asks the drill; none outside tests.
    pub(crate) fn would_fail(&self, step: Step) -> Option<Fault> {
        self.drill.as_ref().and_then(|drill| drill(step))
    }

    /// One system call that changes the disk. One that a signal interrupted is made again.
    fn perform<T>(&self, step: Step, mut act: impl FnMut() -> io::Result<T>) -> io::Result<T> {
        loop {
            let done = match self.would_fail(step) {
                None => act(),
                Some(fault) => fault.strike(step, &mut act),
            };
            match done {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }

    fn tell(&self, effect: Effect<'_>) {
        if let Some(watch) = &self.watch {
            watch(effect);
        }
    }

    fn make_file(&self, path: &Path, mut open: impl FnMut() -> io::Result<File>) -> io::Result<File> {
        self.perform(Step::Create, || open().inspect(|file| self.tell(Effect::File(path, file))))
    }

    /// Makes a folder with its parents and flushes each parent of a new one.
    ///
    /// # Errors
    /// What the system says.
    pub fn create_folder(&self, folder: &Path) -> io::Result<()> {
        self.create_folder_with(folder, 0o777)
    }

    /// As [`Disk::create_folder`]; the folder itself is its owner's alone from its first moment.
    ///
    /// # Errors
    /// What the system says.
    pub fn create_private_folder(&self, folder: &Path) -> io::Result<()> {
        self.create_folder_with(folder, 0o700)
    }

    fn create_folder_with(&self, folder: &Path, mode: u32) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        let parent = parent(folder);
        self.create_folder(parent)?;
        let made = || DirBuilder::new().mode(mode).create(folder).inspect(|()| self.tell(Effect::Folder(folder)));
        match self.perform(Step::Create, made) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => self.sync_folder(parent),
        }
    }

    /// Says who may use a file or folder; file systems without owners are left as they are by their drivers.
    ///
    /// # Errors
    /// What the system says.
    pub fn set_mode(&self, path: &Path, mode: u32) -> io::Result<()> {
        self.perform(Step::Mode, || std::fs::set_permissions(path, Permissions::from_mode(mode)))
    }

    /// As [`Disk::set_mode`], for an open file.
    ///
    /// # Errors
    /// What the system says.
    pub fn set_mode_of(&self, file: &File, mode: u32) -> io::Result<()> {
        self.perform(Step::Mode, || file.set_permissions(Permissions::from_mode(mode)))
    }

    /// Writes a file that must not exist yet; it appears whole or not at all.
    ///
    /// # Errors
    /// `AlreadyExists`, or what the system says; after an error the file may exist whole, never in part.
    pub fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.place_new(self.written(parent(path), bytes, READERS)?, path)
    }

    /// As [`Disk::write_new`], for reading alone.
    ///
    /// # Errors
    /// As [`Disk::write_new`].
    pub fn write_copy(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.place_new(self.written(parent(path), bytes, 0o444)?, path)
    }

    /// As [`Disk::write_new`], for its owner's eyes alone.
    ///
    /// # Errors
    /// As [`Disk::write_new`].
    pub fn write_private(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.place_new(self.written(parent(path), bytes, 0o600)?, path)
    }

    /// Writes a file over whatever stood there; readers see the old bytes or the new ones.
    ///
    /// # Errors
    /// What the system says; the target then holds the old bytes or the new ones.
    pub fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let temporary = self.written(parent(path), bytes, READERS)?;
        self.rename(temporary, path)?;
        self.sync_folder(parent(path))
    }

    /// As [`Disk::replace`], for what may be lost at any moment: nobody waits for the disk, and after a power failure
    /// the file may be another one, or hold anything.
    ///
    /// # Errors
    /// What the system says.
    pub fn jot(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let temporary = self.temporary(parent(path))?;
        self.write(temporary.as_file(), bytes)?;
        self.set_mode_of(temporary.as_file(), READERS)?;
        self.rename(temporary, path)
    }

    /// Copies a file, durably; the target must not exist, and appears whole or not at all.
    ///
    /// # Errors
    /// `AlreadyExists`, or what the system says.
    pub fn copy_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        let temporary = self.temporary(parent(to))?;
        let mut source = open_regular(File::options().read(true), from)?;
        let mut copy = BufWriter::with_capacity(1 << 18, self.through(temporary.as_file()));
        io::copy(&mut source, &mut copy)?;
        copy.flush()?;
        drop(copy);
        self.set_mode_of(temporary.as_file(), READERS)?;
        self.sync(temporary.as_file())?;
        self.place_new(temporary, to)
    }

    /// Flushes a folder, so that new names in it survive a power failure.
    ///
    /// # Errors
    /// What the system says.
    pub fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.perform(Step::SyncFolder, || match File::open(folder)?.sync_all() {
            Err(error) if error.raw_os_error() == Some(Errno::INVAL.raw_os_error()) => Ok(()),
            other => other,
        })?;
        self.tell(Effect::SyncedFolder(folder));
        Ok(())
    }

    /// A temporary file that goes away with its value unless it is placed.
    ///
    /// # Errors
    /// What the system says.
    pub fn temporary(&self, folder: &Path) -> io::Result<Temporary> {
        Temporary::new(self, folder)
    }

    /// A temporary folder that goes away with its value; what is kept of it is moved out before.
    ///
    /// # Errors
    /// What the system says.
    pub fn temporary_folder(&self, beside: &Path) -> io::Result<TemporaryFolder> {
        let folder = TemporaryFolder::new(self, beside)?;
        self.tell(Effect::Folder(folder.path()));
        Ok(folder)
    }

    fn written(&self, folder: &Path, bytes: &[u8], mode: u32) -> io::Result<Temporary> {
        let temporary = self.temporary(folder)?;
        self.fill(&temporary, bytes, mode)?;
        Ok(temporary)
    }

    fn fill(&self, temporary: &Temporary, bytes: &[u8], mode: u32) -> io::Result<()> {
        self.write(temporary.as_file(), bytes)?;
        self.set_mode_of(temporary.as_file(), mode)?;
        self.sync(temporary.as_file())
    }

    /// Gives a written and synced temporary file its name, which must be free, and flushes the folder.
    ///
    /// # Errors
    /// `AlreadyExists`, or what the system says.
    pub fn place_new(&self, temporary: Temporary, path: &Path) -> io::Result<()> {
        self.named(temporary.path(), path, rename_new)?;
        temporary.placed();
        self.sync_folder(parent(path))
    }

    fn rename(&self, temporary: Temporary, path: &Path) -> io::Result<()> {
        self.named(temporary.path(), path, |from, to| std::fs::rename(from, to))?;
        temporary.placed();
        Ok(())
    }

    /// Moves a file or folder; the target must be free. Both folders are flushed.
    ///
    /// # Errors
    /// `AlreadyExists`, or what the system says.
    pub fn move_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.named(from, to, rename_new)?;
        self.sync_folder(parent(to))?;
        self.sync_folder(parent(from))
    }

    fn named(&self, from: &Path, to: &Path, rename: fn(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
        self.perform(Step::Rename, || rename(from, to).inspect(|()| self.tell(Effect::Renamed { from, to })))
    }

    /// Makes a file that must not exist yet, to be written [`Disk::through`] and synced by the caller.
    ///
    /// # Errors
    /// `AlreadyExists`, or what the system says.
    pub fn create_file(&self, path: &Path) -> io::Result<File> {
        self.make_file(path, || File::create_new(path))
    }

    /// Opens a regular file in the way that is wanted; one that is not there is made, empty.
    ///
    /// # Errors
    /// Not a regular file, or what the system says.
    pub fn open_or_create(&self, path: &Path, options: &OpenOptions) -> io::Result<File> {
        let there = path.symlink_metadata().is_ok();
        let mut options = options.clone();
        let mut open = || open_regular(options.create(true), path);
        if there { open() } else { self.make_file(path, open) }
    }

    /// Removes a file.
    ///
    /// # Errors
    /// What the system says.
    pub fn remove(&self, path: &Path) -> io::Result<()> {
        self.perform(Step::Remove, || std::fs::remove_file(path).inspect(|()| self.tell(Effect::Removed(path))))
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.perform(Step::Remove, || std::fs::remove_dir_all(path).inspect(|()| self.tell(Effect::Removed(path))))
    }

    /// Flushes the bytes and the size of a file. A failure is final for this descriptor.
    ///
    /// # Errors
    /// What the system says.
    pub fn sync(&self, file: &File) -> io::Result<()> {
        self.perform(Step::Sync, || file.sync_data().inspect(|()| self.tell(Effect::Synced(file))))
    }

    /// Cuts a file back to `length`.
    ///
    /// # Errors
    /// What the system says.
    pub fn truncate(&self, file: &File, length: u64) -> io::Result<()> {
        self.perform(Step::Truncate, || file.set_len(length).inspect(|()| self.tell(Effect::Cut(file, length))))
    }

    /// Reserves space behind the end without changing the size. `Ok(false)`: this file system cannot.
    ///
    /// # Errors
    /// What the system says.
    pub fn reserve(&self, file: &File, at: u64, length: u64) -> io::Result<bool> {
        self.perform(Step::Reserve, || match rustix::fs::fallocate(file, FallocateFlags::KEEP_SIZE, at, length) {
            Ok(()) => Ok(true),
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => Ok(false),
            Err(error) => Err(error.into()),
        })
    }

    /// Removes temporary files that a crash left in this folder; a missing folder is clean.
    ///
    /// # Errors
    /// What the system says.
    pub fn sweep(&self, folder: &Path) -> io::Result<()> {
        let entries = match std::fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other?,
        };
        for entry in entries {
            let entry = entry?;
            if is_temporary(&entry.path()) && entry.file_type()?.is_file() {
                self.remove(&entry.path())?;
            }
        }
        Ok(())
    }
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Renames unless the target exists. Where the system cannot promise that in one call, a hard link does;
/// where there are no hard links either (FAT), a look beforehand must do: one writer holds the lock.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => link_new(from, to),
        other => other.map_err(Into::into),
    }
}

fn link_new(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::hard_link(from, to) {
        Ok(()) => std::fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) if to.symlink_metadata().is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => std::fs::rename(from, to),
    }
}

/// Opens an existing or new regular file; links are not followed, and a FIFO neither hangs nor passes.
///
/// # Errors
/// Not a regular file, or what the system says.
pub fn open_regular(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = options.custom_flags(flags.bits().cast_signed()).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(not_regular()) }
}

/// The error of [`open_regular`] for a FIFO, a device or a folder.
#[must_use]
pub fn not_regular() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")
}

#[cfg(test)]
mod tests;
