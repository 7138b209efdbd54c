//! The one file that knows temporary file, sync, rename and folder sync (FORMAT.md §4, Durability).
//!
//! Order of system calls of [`Disk::write_new`] and [`Disk::replace`]:
//! `openat(O_EXCL)` of a temporary file beside the target → `write` → `fsync` →
//! `renameat2(RENAME_NOREPLACE)` or `rename` → `open(folder)` → `fsync(folder)`.
//! Of one journal line: `fallocate(KEEP_SIZE)` now and then → one `write` → `fdatasync`.
//!
//! Honest limits: a drive that lies about flushes defeats all of this; after a failed sync Linux
//! marks the pages clean, so nothing here ever tries the same sync again; a folder sync is a
//! courtesy on file systems that do not know it (its refusal with EINVAL is taken as done).
//!
//! Every write goes through `Disk::perform`, where tests and accident drills let it fail.

use rustix::fs::{CWD, FallocateFlags, OFlags, RenameFlags};
use rustix::io::Errno;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::NamedTempFile;

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
    /// Flushing a file.
    Sync,
    /// Giving a file its name.
    Rename,
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
}

type Drill = dyn Fn(Step) -> Option<Fault> + Send + Sync;

/// The way to the disk; carries the drill in tests and nothing otherwise.
#[derive(Clone, Default)]
pub struct Disk {
    drill: Option<Arc<Drill>>,
}

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Disk")
    }
}

/// A file that is begun and has no name yet; it goes away with this value unless it is ended.
#[derive(Debug)]
pub struct Begun {
    temporary: NamedTempFile,
    path: PathBuf,
}

const PREFIX: &str = ".asrun-";
const SUFFIX: &str = ".tmp";

impl Disk {
    /// The disk as it is.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A disk on which `drill` says which write point fails, and how.
    pub fn failing(drill: impl Fn(Step) -> Option<Fault> + Send + Sync + 'static) -> Self {
        Self { drill: Some(Arc::new(drill)) }
    }

    /// Asks the drill; none outside tests.
    pub(super) fn would_fail(&self, step: Step) -> Option<Fault> {
        self.drill.as_ref().and_then(|drill| drill(step))
    }

    fn perform<T>(&self, step: Step, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        match self.would_fail(step) {
            None => act(),
            Some(Fault::NotPersisted) => Err(drilled(step)),
            Some(Fault::Persisted) => act().and(Err(drilled(step))),
        }
    }

    /// Makes a folder with its parents and flushes each parent of a new one.
    ///
    /// # Errors
    /// What the system says.
    pub fn create_folder(&self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        let parent = parent(folder);
        self.create_folder(parent)?;
        match self.perform(Step::Create, || std::fs::create_dir(folder)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => self.sync_folder(parent),
        }
    }

    /// Writes a file that must not exist yet; it appears whole or not at all.
    ///
    /// # Errors
    /// `AlreadyExists`, or what the system says; after an error the file may exist whole, never in part.
    pub fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let temporary = self.written(parent(path), bytes)?;
        self.place_new(temporary, path)
    }

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
        self.fill(&begun.temporary, bytes)?;
        self.place_new(begun.temporary, &begun.path)
    }

    /// Writes a file over whatever stood there; readers see the old bytes or the new ones.
    ///
    /// # Errors
    /// What the system says; the target then holds the old bytes or the new ones.
    pub fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let temporary = self.written(parent(path), bytes)?;
        self.rename(temporary, path)?;
        self.sync_folder(parent(path))
    }

    /// Copies a file, durably; the target must not exist, and appears whole or not at all.
    ///
    /// # Errors
    /// `AlreadyExists`, or what the system says.
    pub fn copy_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        let temporary = self.temporary(parent(to))?;
        let mut source = open_regular(File::options().read(true), from)?;
        self.perform(Step::Write, || io::copy(&mut source, &mut temporary.as_file()).map(drop))?;
        temporary.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
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
        })
    }

    /// A temporary file that goes away with its value unless it is placed.
    pub(super) fn temporary(&self, folder: &Path) -> io::Result<NamedTempFile> {
        self.perform(Step::Create, || tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder))
    }

    fn written(&self, folder: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
        let temporary = self.temporary(folder)?;
        self.fill(&temporary, bytes)?;
        Ok(temporary)
    }

    fn fill(&self, temporary: &NamedTempFile, bytes: &[u8]) -> io::Result<()> {
        self.write(temporary.as_file(), bytes)?;
        temporary.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
        self.sync(temporary.as_file())
    }

    /// Gives a written and synced temporary file its name, which must be free, and flushes the folder.
    pub(super) fn place_new(&self, temporary: NamedTempFile, path: &Path) -> io::Result<()> {
        self.perform(Step::Rename, || rename_new(temporary.path(), path))?;
        self.sync_folder(parent(path))
    }

    fn rename(&self, temporary: NamedTempFile, path: &Path) -> io::Result<()> {
        self.perform(Step::Rename, || temporary.persist(path).map(drop).map_err(|e| e.error))
    }

    /// Moves a file or a folder; the target must be free.
    ///
    /// # Errors
    /// `AlreadyExists`, or what the system says.
    pub fn move_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.perform(Step::Rename, || rename_new(from, to))?;
        self.sync_folder(parent(to))?;
        self.sync_folder(parent(from))
    }

    /// Writes all bytes; one system call unless the system takes fewer at once.
    pub(super) fn write(&self, mut file: &File, bytes: &[u8]) -> io::Result<()> {
        self.perform(Step::Write, || file.write_all(bytes))
    }

    /// Writes bytes again where they already stand.
    pub(super) fn rewrite(&self, file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
        use std::os::unix::fs::FileExt as _;
        self.perform(Step::Write, || file.write_all_at(bytes, at))
    }

    /// Flushes the bytes and the size of a file. A failure is final for this descriptor.
    pub(super) fn sync(&self, file: &File) -> io::Result<()> {
        self.perform(Step::Sync, || file.sync_data())
    }

    /// Cuts a file back to `length`.
    pub(super) fn truncate(&self, file: &File, length: u64) -> io::Result<()> {
        self.perform(Step::Truncate, || file.set_len(length))
    }

    /// Reserves space behind the end without changing the size. `Ok(false)`: this file system cannot.
    pub(super) fn reserve(&self, file: &File, at: u64, length: u64) -> io::Result<bool> {
        self.perform(Step::Reserve, || match rustix::fs::fallocate(file, FallocateFlags::KEEP_SIZE, at, length) {
            Ok(()) => Ok(true),
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => Ok(false),
            Err(error) => Err(error.into()),
        })
    }
}

fn drilled(step: Step) -> io::Error {
    io::Error::other(format!("drilled failure of {step:?}"))
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
pub(super) fn open_regular(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = options.custom_flags(flags.bits().cast_signed()).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(not_regular()) }
}

/// The error of [`open_regular`] for a FIFO, a device or a folder.
pub(super) fn not_regular() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")
}

/// Tells whether a file or folder has the name of one that was to become something else.
pub(super) fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

/// Removes temporary files of [`Disk`] that a crash left in this folder; a missing folder is clean.
pub(super) fn sweep(folder: &Path) -> io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    for entry in entries {
        let entry = entry?;
        if is_temporary(&entry.path()) && entry.file_type()?.is_file() {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Fails the `nth` write point (from 0) in the given way.
    fn nth(nth: usize, fault: Fault) -> Disk {
        let count = AtomicUsize::new(0);
        Disk::failing(move |_| (count.fetch_add(1, Ordering::SeqCst) == nth).then_some(fault))
    }

    #[test]
    fn a_new_file_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        Disk::new().write_new(&path, b"one").unwrap();
        let error = Disk::new().write_new(&path, b"two").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
    }

    #[test]
    fn a_replaced_file_holds_the_old_bytes_or_the_new_ones_whatever_fails() {
        for fault in [Fault::NotPersisted, Fault::Persisted] {
            for step in 0..5 {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("a");
                std::fs::write(&path, b"old").unwrap();
                nth(step, fault).replace(&path, b"new").unwrap_err();
                let now = std::fs::read(&path).unwrap();
                assert!(now == b"old" || now == b"new", "{step}");
                assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "leftovers at {step}");
            }
        }
    }

    #[test]
    fn a_fifo_and_a_link_are_not_regular_files() {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        rustix::fs::mknodat(CWD, &fifo, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("link")).unwrap();
        assert!(open_regular(File::options().read(true), &fifo).is_err());
        assert!(open_regular(File::options().read(true), &folder.path().join("link")).is_err());
    }

    #[test]
    fn leftovers_are_swept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".asrun-x.tmp"), b"").unwrap();
        std::fs::write(folder.path().join("kept"), b"").unwrap();
        sweep(folder.path()).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
