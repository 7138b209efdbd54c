//! How far the journal of an open run was checked: kept beside it, and only ever a cache (FORMAT.md §4, Checkpoint).
//!
//! It names the program that checked and everything that was checked, to the byte, and holds no state of the run. What
//! it is worth is said where it is used: some work is done later, none is left out.

use super::layout::RunPaths;
use crate::disk::{Disk, open_regular};
use crate::kernel::canon;
use crate::kernel::canon::digest::{FileDigest, LineDigest, PackageDigest, PrefixDigest};
use crate::kernel::model::name::RunId;
use crate::kernel::model::opening::Program;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read as _};

/// The most bytes of the file.
const MAX: u64 = 4096;

/// Records that were checked: form, links, signatures, and that the kernel would have recorded each of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Digest of the first bytes of the journal.
    pub bytes: PrefixDigest,
    /// Digest of the last line in them.
    pub head: LineDigest,
    /// How many bytes.
    pub length: u64,
    /// The package under which they were decided again.
    pub package: PackageDigest,
    /// The program that checked.
    pub program: Program,
    /// How many records.
    pub records: u64,
    /// The roster under which their signatures were asked.
    pub roster: FileDigest,
    /// Whose records.
    pub run: RunId,
}

impl Checkpoint {
    /// Reads what is kept of a run; whatever is wrong with it, it is then not there.
    #[must_use]
    pub fn read(paths: &RunPaths) -> Option<Self> {
        let file = open_regular(File::options().read(true), &paths.checked()).ok()?;
        let mut text = Vec::new();
        file.take(MAX).read_to_end(&mut text).ok()?;
        canon::decode(&text).ok()
    }

    /// Keeps it; nobody waits for the disk.
    ///
    /// # Errors
    /// What the system says; nothing depends on it.
    pub fn keep(&self, paths: &RunPaths, disk: &Disk) -> io::Result<()> {
        disk.jot(&paths.checked(), &canon::encode(self).map_err(io::Error::other)?)
    }

    /// Forgets what is kept of a run.
    ///
    /// # Errors
    /// What the system says.
    pub fn forget(paths: &RunPaths, disk: &Disk) -> io::Result<()> {
        match disk.remove(&paths.checked()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }
}
