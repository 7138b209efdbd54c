//! Reading a source once: both digests, the secret scan and the copy come from the same buffers, so
//! whatever happens to the source meanwhile, the stored bytes are the hashed ones (FORMAT.md §5).

use super::error::CaptureError;
use super::evidence::Progress;
use super::whole::open_regular_file;
use crate::disk::Disk;
use crate::kernel::canon::digest::{EvidenceDigest, FileDigest};
use crate::kernel::media::{Inspector, Look};
use crate::store::screening::secrets::Scanner;
use crate::store::screening::sniff::display_name;
use sha2::{Digest as _, Sha256};
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Size of one read.
const BLOCK: usize = 1 << 20;
/// From this size on SHA-256, the slowest part, gets a thread of its own.
const LARGE: u64 = 4 << 20;
/// Blocks under way between the two threads.
const BLOCKS: usize = 4;
/// After so many blocks the disk begins to take them, so that the last sync waits for little.
const AHEAD: u64 = 32;

/// What one read of a source yields.
pub(super) struct Intake {
    pub(super) blake3: EvidenceDigest,
    pub(super) sha256: FileDigest,
    pub(super) size: u64,
    pub(super) look: Look,
}

/// Opens what a person picked; a FIFO neither hangs nor passes.
pub(super) fn open_source(path: &Path) -> Result<(File, Metadata), CaptureError> {
    let unreadable = |source| CaptureError::Unreadable { path: path.to_owned(), source };
    match std::fs::metadata(path).map_err(unreadable)?.is_file() {
        true => open_regular_file(path).map_err(unreadable),
        false => Err(CaptureError::NotRegular(path.to_owned())),
    }
}

/// Where the bytes come from and what is known of them beforehand.
pub(super) struct Origin<'a, R> {
    pub(super) reader: R,
    pub(super) size: u64,
    pub(super) path: &'a Path,
}

/// Copies `origin` into `copy`.
pub(super) fn take_in<R: Read>(
    origin: Origin<'_, R>,
    copy: &File,
    disk: &Disk,
    progress: &Progress,
) -> Result<Intake, CaptureError> {
    progress.begin(origin.size);
    if origin.size < LARGE {
        let mut sha = Sha256::new();
        let mut block = vec![0; BLOCK.min(usize::try_from(origin.size + 1).unwrap_or(BLOCK))];
        let mut pass = Pass::new(origin, copy, disk, progress);
        while let Some(length) = pass.step(&mut block)? {
            sha.update(&block[..length]);
        }
        return pass.finish(FileDigest(sha.finalize().into()));
    }
    std::thread::scope(|scope| {
        let (full, to_hash) = sync_channel::<(Vec<u8>, usize)>(BLOCKS);
        let (hashed, free) = sync_channel::<Vec<u8>>(BLOCKS);
        let (written, to_sync) = sync_channel::<()>(1);
        let hasher = scope.spawn(move || hash_blocks(&to_hash, &hashed));
        let syncer = scope.spawn(move || to_sync.into_iter().try_for_each(|()| disk.sync(copy)));
        let mut pass = Pass::new(origin, copy, disk, progress);
        let read = feed(&mut pass, &full, &free, &written);
        drop((full, free, written));
        // What a sync could not put on the disk no later sync would tell of.
        let synced = syncer.join().unwrap_or_else(|_| Err(io::Error::other("the writer stopped")));
        synced.map_err(|source| CaptureError::Store { source })?;
        // The hasher only hashes; it ends when its channel does.
        let sha = hasher.join().map_err(|_| CaptureError::Store { source: io::Error::other("the hasher stopped") })?;
        read?;
        pass.finish(sha)
    })
}

/// Reads block after block; a few blocks go round between the two threads.
fn feed<R: Read>(
    pass: &mut Pass<'_, R>,
    full: &SyncSender<(Vec<u8>, usize)>,
    free: &Receiver<Vec<u8>>,
    written: &SyncSender<()>,
) -> Result<(), CaptureError> {
    let stopped = || CaptureError::Store { source: io::Error::other("the hasher stopped") };
    let mut fresh = BLOCKS;
    for number in 1_u64.. {
        if number.is_multiple_of(AHEAD) {
            // Where the disk is still at the last ones, it takes these with the next.
            let _ = written.try_send(());
        }
        let mut block = match fresh {
            0 => free.recv().map_err(|_| stopped())?,
            _ => vec![0; BLOCK],
        };
        fresh = fresh.saturating_sub(1);
        let Some(length) = pass.step(&mut block)? else { return Ok(()) };
        full.send((block, length)).map_err(|_| stopped())?;
    }
    Ok(())
}

fn hash_blocks(to_hash: &Receiver<(Vec<u8>, usize)>, hashed: &SyncSender<Vec<u8>>) -> FileDigest {
    let mut sha = Sha256::new();
    for (block, length) in to_hash {
        sha.update(&block[..length]);
        // Nobody waits for the last blocks.
        let _ = hashed.try_send(block);
    }
    FileDigest(sha.finalize().into())
}

/// One pass over the source: everything but SHA-256.
struct Pass<'a, R> {
    origin: Origin<'a, R>,
    copy: &'a File,
    disk: &'a Disk,
    progress: &'a Progress,
    blake3: blake3::Hasher,
    scanner: Scanner,
    inspector: Inspector,
    size: u64,
}

impl<'a, R: Read> Pass<'a, R> {
    fn new(origin: Origin<'a, R>, copy: &'a File, disk: &'a Disk, progress: &'a Progress) -> Self {
        let (blake3, scanner, inspector) = (blake3::Hasher::new(), Scanner::default(), Inspector::default());
        Self { origin, copy, disk, progress, blake3, scanner, inspector, size: 0 }
    }

    /// Fills the block, looks, hashes, writes. `None` at the end.
    fn step(&mut self, block: &mut [u8]) -> Result<Option<usize>, CaptureError> {
        if self.progress.is_cancelled() {
            return Err(CaptureError::Cancelled);
        }
        let length = self.fill(block)?;
        let bytes = &block[..length];
        if length == 0 {
            return Ok(None);
        }
        self.size += length as u64;
        // A file that grows for ever ends here, not when the disk is full.
        if self.size > self.origin.size {
            return Err(self.changed());
        }
        if let Some(what) = self.scanner.push(bytes) {
            return Err(self.secret(what));
        }
        self.inspector.push(bytes);
        self.blake3.update(bytes);
        self.disk.write(self.copy, bytes).map_err(|source| CaptureError::Store { source })?;
        self.progress.advance(length as u64);
        Ok(Some(length))
    }

    fn fill(&mut self, block: &mut [u8]) -> Result<usize, CaptureError> {
        let mut length = 0;
        while length < block.len() {
            match self.origin.reader.read(&mut block[length..]) {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => return Err(CaptureError::Unreadable { path: self.origin.path.to_owned(), source }),
            }
        }
        Ok(length)
    }

    fn finish(self, sha256: FileDigest) -> Result<Intake, CaptureError> {
        if self.size == 0 && self.origin.size == 0 {
            return Err(CaptureError::Empty { name: display_name(self.origin.path) });
        }
        if self.size != self.origin.size {
            return Err(self.changed());
        }
        if let Some(what) = self.scanner.finish() {
            return Err(self.secret(what));
        }
        let (blake3, look) = (EvidenceDigest(*self.blake3.finalize().as_bytes()), self.inspector.finish());
        Ok(Intake { blake3, sha256, size: self.size, look })
    }

    fn changed(&self) -> CaptureError {
        let name = display_name(self.origin.path);
        CaptureError::Changed { name, before: self.origin.size, after: self.size }
    }

    fn secret(&self, what: &'static str) -> CaptureError {
        CaptureError::Secret { name: display_name(self.origin.path), what }
    }
}
