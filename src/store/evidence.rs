//! Evidence files: addressed by content, written once, on disk before any record names them.
//!
//! Order of one capture: temporary file in `.local/drafts` → one read of the source with both digests
//! while copying → sync → rename to `data/evidence/<blake3 hex>` unless that exists → folder sync
//! (FORMAT.md §5). A crash leaves at worst an object that no record names; sealing moves those away.
//! Bytes are copied: a hard link would stay changeable under its other name.

use super::error::{CaptureError, StoreError};
use super::intake::{Intake, Origin, open_source, take_in};
use super::layout::RunPaths;
use super::taken::TakenIn;
use crate::disk::{Disk, Identity, open_regular};
use crate::kernel::canon::digest::{EvidenceDigest, FileDigest};
use crate::kernel::media::Look;
use crate::kernel::model::time::Timestamp;
use crate::store::screening::sniff::display_name;
use std::collections::BTreeSet;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How far a capture is, seen from another thread; also the way to stop it.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    inner: Arc<Counters>,
}

#[derive(Debug, Default)]
struct Counters {
    done: AtomicU64,
    total: AtomicU64,
    cancelled: AtomicBool,
}

impl Progress {
    /// Bytes copied so far.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.inner.done.load(Ordering::Relaxed)
    }

    /// Bytes to copy; zero before the source was opened.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.inner.total.load(Ordering::Relaxed)
    }

    /// Stops the capture at its next block; nothing of it is kept.
    pub fn cancel(&self) {
        self.inner.cancelled.store(true, Ordering::Relaxed);
    }

    pub(super) fn begin(&self, total: u64) {
        self.inner.done.store(0, Ordering::Relaxed);
        self.inner.total.store(total, Ordering::Relaxed);
    }

    pub(super) fn advance(&self, bytes: u64) {
        self.inner.done.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.inner.cancelled.load(Ordering::Relaxed)
    }
}

/// An evidence file that is on disk: what its record says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its name in the store.
    pub blake3: EvidenceDigest,
    /// The same bytes under SHA-256.
    pub sha256: FileDigest,
    /// Bytes.
    pub size: u64,
    /// What its bytes are, and whether they are whole.
    pub look: Look,
    /// Display name, at most 255 characters.
    pub name: String,
    /// When the source was last changed, as its file system says.
    pub mtime: Option<Timestamp>,
    /// The same bytes were in the store before.
    pub already_there: bool,
}

/// The evidence of one run.
#[derive(Clone, Debug)]
pub struct EvidenceStore {
    folder: PathBuf,
    drafts: PathBuf,
    orphans: PathBuf,
    taken: PathBuf,
    disk: Disk,
}

impl EvidenceStore {
    /// The store of a run whose folders exist.
    #[must_use]
    pub fn new(paths: &RunPaths, disk: &Disk) -> Self {
        let (folder, drafts, orphans, taken) = (paths.evidence(), paths.drafts(), paths.orphans(), paths.taken());
        Self { folder, drafts, orphans, taken, disk: disk.clone() }
    }

    /// Where an object lies.
    #[must_use]
    pub fn path(&self, digest: &EvidenceDigest) -> PathBuf {
        self.folder.join(digest.hex())
    }

    /// Takes a file; returns when its bytes are on disk.
    ///
    /// # Errors
    /// Not a regular file, empty, changed while it was read, a secret, cancelled, or the system's refusal.
    pub fn put(&self, source: &Path, progress: &Progress) -> Result<Stored, CaptureError> {
        let (file, before) = open_source(source)?;
        let origin = Origin { reader: &file, size: before.len(), path: source };
        self.store(origin, modified(&before), progress, || still_the_same(&file, &before, source))
    }

    /// Takes typed text or a command's output.
    ///
    /// # Errors
    /// As [`EvidenceStore::put`].
    pub fn put_bytes(&self, name: &str, bytes: &[u8]) -> Result<Stored, CaptureError> {
        let origin = Origin { reader: bytes, size: bytes.len() as u64, path: Path::new(name) };
        self.store(origin, None, &Progress::default(), || Ok(()))
    }

    fn store<R: Read>(
        &self,
        origin: Origin<'_, R>,
        mtime: Option<Timestamp>,
        progress: &Progress,
        unchanged: impl FnOnce() -> Result<(), CaptureError>,
    ) -> Result<Stored, CaptureError> {
        let failed = |source| CaptureError::Store { source };
        let name = display_name(origin.path);
        let temporary = self.disk.temporary(&self.drafts).map_err(failed)?;
        let intake = take_in(origin, temporary.as_file(), &self.disk, progress)?;
        unchanged()?;
        self.disk.set_mode_of(temporary.as_file(), 0o444).map_err(failed)?;
        self.disk.sync(temporary.as_file()).map_err(failed)?;
        let target = self.path(&intake.blake3);
        // The descriptor that wrote the bytes: whatever comes to lie under the name later is another file.
        let written = temporary.as_file().try_clone().map_err(failed)?;
        let already_there = match self.disk.place_new(temporary, &target) {
            Ok(()) => {
                // A cache: that it could not be kept costs a reading of the file at the seal.
                let _ = self.note(&written, &intake);
                false
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.confirm(&target, &intake)?,
            Err(source) => return Err(failed(source)),
        };
        let Intake { blake3, sha256, size, look } = intake;
        Ok(Stored { blake3, sha256, size, look, name, mtime, already_there })
    }

    fn note(&self, written: &File, intake: &Intake) -> io::Result<()> {
        let Intake { blake3, sha256, size, look: Look { media_type, damage } } = intake;
        let identity = Identity::of(&written.metadata()?);
        let (blake3, damage, media_type, sha256, size) = (*blake3, *damage, media_type.clone(), *sha256, *size);
        TakenIn { blake3, damage, identity, media_type, sha256, size }.note(&self.taken, &self.disk)
    }

    /// Reads an object that stood there before. It may come from a capture whose last sync failed, so
    /// file and folder are flushed again before anybody relies on it.
    fn confirm(&self, target: &Path, intake: &Intake) -> Result<bool, CaptureError> {
        let failed = |source| CaptureError::Store { source };
        let file = open_regular(File::options().read(true), target).map_err(failed)?;
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(&file).map_err(failed)?;
        if EvidenceDigest(*hasher.finalize().as_bytes()) != intake.blake3 {
            return Err(CaptureError::Damaged(intake.blake3));
        }
        self.disk.sync(&file).map_err(failed)?;
        self.disk.sync_folder(&self.folder).map_err(failed)?;
        Ok(true)
    }

    /// Opens a stored object for reading.
    ///
    /// # Errors
    /// It is not there, or not a regular file.
    pub fn open(&self, digest: &EvidenceDigest) -> Result<File, StoreError> {
        let path = self.path(digest);
        open_regular(File::options().read(true), &path).map_err(StoreError::at(&path))
    }

    /// The objects in the store; anything else in the folder is left out.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn list(&self) -> Result<BTreeSet<EvidenceDigest>, StoreError> {
        let mut found = BTreeSet::new();
        for entry in std::fs::read_dir(&self.folder).map_err(StoreError::at(&self.folder))? {
            let entry = entry.map_err(StoreError::at(&self.folder))?;
            let regular = entry.file_type().is_ok_and(|kind| kind.is_file());
            let digest = entry.file_name().to_str().and_then(EvidenceDigest::from_hex);
            found.extend(digest.filter(|_| regular));
        }
        Ok(found)
    }

    /// The objects that no record names.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn orphans(&self, named: &BTreeSet<EvidenceDigest>) -> Result<BTreeSet<EvidenceDigest>, StoreError> {
        Ok(self.list()?.difference(named).copied().collect())
    }

    /// Moves the objects that no record names to `.local/orphans/`, never deleting one, and returns them.
    ///
    /// # Errors
    /// The first object that cannot be moved; those before it were.
    pub fn move_orphans(&self, named: &BTreeSet<EvidenceDigest>) -> Result<BTreeSet<EvidenceDigest>, StoreError> {
        let orphans = self.orphans(named)?;
        if !orphans.is_empty() {
            self.disk.create_folder(&self.orphans).map_err(StoreError::at(&self.orphans))?;
        }
        for digest in &orphans {
            self.move_orphan(digest)?;
        }
        Ok(orphans)
    }

    fn move_orphan(&self, digest: &EvidenceDigest) -> Result<(), StoreError> {
        let (from, to) = (self.path(digest), self.orphans.join(digest.hex()));
        match self.disk.move_new(&from, &to) {
            // The same content was an orphan before; one copy of it is enough.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.disk.remove(&from).and_then(|()| self.disk.sync_folder(&self.folder))
            }
            other => other,
        }
        .map_err(StoreError::at(&from))
    }
}

/// When a file was last changed.
pub(super) fn modified(metadata: &Metadata) -> Option<Timestamp> {
    let since = metadata.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Timestamp::from_millis)
}

fn still_the_same(file: &File, before: &Metadata, path: &Path) -> Result<(), CaptureError> {
    let unreadable = |source| CaptureError::Unreadable { path: path.to_owned(), source };
    let after = file.metadata().map_err(unreadable)?;
    let same = after.len() == before.len() && after.modified().ok() == before.modified().ok();
    let (before, after) = (before.len(), after.len());
    if same { Ok(()) } else { Err(CaptureError::Changed { name: display_name(path), before, after }) }
}

#[cfg(test)]
#[path = "evidence_tests.rs"]
mod tests;
