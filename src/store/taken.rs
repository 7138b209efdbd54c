//! What was taken in: digests, kind and the facts of each stored file, a line each in `<run>.local/taken.jsonl`, and only
//! ever a cache (FORMAT.md §6). A line that is damaged or missing costs a reading of its file.

use super::layout::RunPaths;
use crate::disk::{Disk, Identity, open_regular};
use crate::kernel::canon;
use crate::kernel::canon::digest::{EvidenceDigest, FileDigest};
use crate::kernel::media::Damage;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::Path;

/// The most bytes that are read: a quarter of a million files.
const MAX: u64 = 128 << 20;

/// A file that was taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TakenIn {
    /// Its name in the store.
    pub blake3: EvidenceDigest,
    /// What is wrong with its bytes.
    pub damage: Option<Damage>,
    /// What the system said of it when it had its name and its bytes were on the disk.
    pub identity: Identity,
    /// What kind of file.
    pub media_type: String,
    /// The same bytes under SHA-256.
    pub sha256: FileDigest,
    /// Bytes.
    pub size: u64,
}

impl TakenIn {
    /// Notes it; nobody waits for the disk.
    pub(super) fn note(&self, file: &Path, disk: &Disk) -> io::Result<()> {
        let mut line = canon::encode(self).map_err(io::Error::other)?;
        line.push(b'\n');
        disk.write(&disk.open_or_create(file, File::options().append(true))?, &line)
    }

    /// Returns what was noted of a run; of a file that was taken in more than once, the last.
    #[must_use]
    pub fn of(paths: &RunPaths) -> BTreeMap<EvidenceDigest, Self> {
        let file = open_regular(File::options().read(true), &paths.taken());
        let lines = file.into_iter().flat_map(|file| BufReader::new(file.take(MAX)).split(b'\n').map_while(Result::ok));
        let read = |line: Vec<u8>| canon::decode::<Self>(&line).ok().map(|taken| (taken.blake3, taken));
        lines.filter_map(read).collect()
    }
}
