//! One writer on one host: an advisory lock, taken before the head is read (FORMAT.md §4).
//!
//! A second writer is refused at once and learns who holds it; nobody queues. The lock dies with
//! its process, so a crash never leaves a run locked; the text in the file is for people alone.

use super::error::LockError;
use super::layout::RunPaths;
use super::named::{Named, Strange};
use crate::disk::{Disk, not_regular};
use crate::kernel::canon;
use crate::kernel::model::time::Timestamp;
use fs4::TryLockError;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Who holds a run, as the lock file says.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// Process number.
    pub pid: u32,
    /// Since when; nobody knows when the file cannot be read.
    pub since: Option<Timestamp>,
    /// Person and program, as text.
    pub who: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.since {
            Some(since) => write!(f, "{}, process {}, since {since}", self.who, self.pid),
            None => f.write_str("by a process that left no name"),
        }
    }
}

/// The right to write one run; given back when dropped.
#[derive(Debug)]
pub struct Lock {
    file: Named,
    disk: Disk,
}

impl Lock {
    /// Takes the lock of a run or says who has it. `who` names person and program.
    ///
    /// # Errors
    /// Held by another process, not a regular file, or refused by the system.
    pub fn take(paths: &RunPaths, disk: &Disk, who: &str, now: Timestamp) -> Result<Self, LockError> {
        let path = paths.lock();
        disk.create_folder(&paths.local).map_err(failed(&path))?;
        let file = open(&path, disk)?;
        match fs4::FileExt::try_lock(&file) {
            Err(TryLockError::WouldBlock) => return Err(LockError::Held { holder: holder(&file) }),
            Err(TryLockError::Error(source)) => return Err(LockError::Io { path, source }),
            Ok(()) => {}
        }
        let holder = Holder { pid: std::process::id(), since: Some(now), who: who.chars().take(200).collect() };
        let text = canon::encode(&holder).map_err(|e| failed(&path)(io::Error::other(e)))?;
        disk.truncate(&file, 0).and_then(|()| disk.rewrite(&file, &text, 0)).map_err(failed(&path))?;
        Ok(Self { file: Named::new(file, path), disk: disk.clone() })
    }

    /// Looks whether the lock file is still the one that others would try to lock.
    pub(super) fn look(&self) -> Result<(), Strange> {
        self.file.look().map(drop)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The name of a former holder would only confuse; the lock itself goes with the descriptor.
        let _ = self.disk.truncate(&self.file.file, 0);
    }
}

fn open(path: &Path, disk: &Disk) -> Result<File, LockError> {
    disk.open_or_create(path, File::options().read(true).write(true)).map_err(|error| {
        let odd = error.kind() == not_regular().kind() || path.symlink_metadata().is_ok_and(|m| !m.is_file());
        if odd { LockError::NotRegular(path.to_owned()) } else { failed(path)(error) }
    })
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> LockError {
    let path = path.to_owned();
    move |source| LockError::Io { path, source }
}

fn holder(mut file: &File) -> Holder {
    let mut text = Vec::new();
    let read = Read::by_ref(&mut file).take(4096).read_to_end(&mut text);
    read.ok().and_then(|_| canon::decode(&text).ok()).unwrap_or_else(|| Holder {
        pid: 0,
        since: None,
        who: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(folder: &Path) -> RunPaths {
        RunPaths { dir: folder.join("r"), local: folder.join("r.local") }
    }

    fn now() -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000)
    }

    #[test]
    fn a_second_writer_is_refused_with_the_holders_name() {
        let folder = tempfile::tempdir().unwrap();
        let paths = paths(folder.path());
        let first = Lock::take(&paths, &Disk::new(), "a.ortiz in asrun run", now()).unwrap();
        let LockError::Held { holder } = Lock::take(&paths, &Disk::new(), "l.chen", now()).unwrap_err() else {
            panic!("not held");
        };
        assert_eq!((holder.who.as_str(), holder.pid), ("a.ortiz in asrun run", std::process::id()));
        drop(first);
        Lock::take(&paths, &Disk::new(), "l.chen", now()).unwrap();
    }

    #[test]
    fn a_fifo_or_link_in_place_of_the_lock_is_refused_without_hanging() {
        let folder = tempfile::tempdir().unwrap();
        let paths = paths(folder.path());
        std::fs::create_dir(&paths.local).unwrap();
        std::os::unix::fs::symlink("elsewhere", paths.lock()).unwrap();
        assert!(matches!(Lock::take(&paths, &Disk::new(), "x", now()), Err(LockError::NotRegular(_))));
        std::fs::remove_file(paths.lock()).unwrap();
        let kind = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, paths.lock(), kind, rustix::fs::Mode::RWXU, 0).unwrap();
        assert!(matches!(Lock::take(&paths, &Disk::new(), "x", now()), Err(LockError::NotRegular(_))));
        assert!(!folder.path().join("r.local/elsewhere").exists());
    }
}
