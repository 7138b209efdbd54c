//! Sealing a run folder in place: tag files first, the receipt last (FORMAT.md §6).
//!
//! Each file appears whole or not at all and has only one possible content, so an interrupted seal is
//! completed by sealing again. Evidence is read, never copied.

use super::bag::{BagFacts, Payload, Tags};
use super::error::BundleError;
use super::hasher::measured;
use super::{RECEIPT, TAG_MANIFEST, folder};
use crate::disk::Disk;
use crate::kernel::canon::digest::SealDigest;
use rayon::prelude::*;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Hashes every file under `data/` of a run folder; sorted by path.
///
/// # Errors
/// A name or kind of file that a bundle cannot hold, or what the system says.
pub fn measure(dir: &Path) -> Result<Vec<Payload>, BundleError> {
    let shelf = folder::list_data(dir).map_err(BundleError::at(dir))?;
    if let Some((code, place)) = folder::first_fault(&shelf) {
        return Err(BundleError::Damaged { code, place });
    }
    let root = File::open(dir).map_err(BundleError::at(dir))?;
    let (members, _) = shelf.sorted();
    let hash = |name: &str| folder::open(&root, name).and_then(|file| measured(name, file));
    members.par_iter().map(|(m, ())| hash(&m.name).map_err(BundleError::at(&dir.join(&m.name)))).collect()
}

/// Writes the tag files of a run folder, the tag manifest last, and returns the seal.
///
/// # Errors
/// A tag file with other bytes than these, or what the system says.
pub fn seal_folder(dir: &Path, payload: &[Payload], facts: &BagFacts, disk: &Disk) -> Result<SealDigest, BundleError> {
    let tags = Tags::new(payload, facts);
    for (name, text) in &tags.files {
        write_once(dir, name, text.as_bytes(), disk)?;
    }
    write_once(dir, TAG_MANIFEST, tags.manifest.as_bytes(), disk)?;
    Ok(tags.seal())
}

/// Writes the receipt: from now on the folder is a Proof Bundle.
///
/// # Errors
/// Another receipt is there, or what the system says.
pub fn write_receipt(dir: &Path, receipt: &[u8], disk: &Disk) -> Result<(), BundleError> {
    write_once(dir, RECEIPT, receipt, disk).map(drop)
}

/// Writes a file, or finds it there with the same bytes (`false`).
pub(super) fn write_once(dir: &Path, name: &str, bytes: &[u8], disk: &Disk) -> Result<bool, BundleError> {
    let path = dir.join(name);
    let root = File::open(dir).map_err(BundleError::at(dir))?;
    match folder::open(&root, name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => appear(disk, &path, bytes).map(|()| true),
        Ok(file) if !holds(&file, bytes).map_err(BundleError::at(&path))? => {
            return Err(BundleError::Conflict(name.to_owned()));
        }
        // An earlier attempt may have failed in its last flush.
        Ok(file) => disk.sync(&file).and_then(|()| disk.sync_folder(path.parent().unwrap_or(dir))).map(|()| false),
        Err(error) => Err(error),
    }
    .map_err(BundleError::at(&path))
}

/// Writes a file of a bundle folder, whose own folder may be missing; never over another one.
fn appear(disk: &Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| disk.create_folder(folder))?;
    disk.write_new(path, bytes)
}

fn holds(file: &File, bytes: &[u8]) -> io::Result<bool> {
    let mut there = Vec::new();
    file.take(bytes.len() as u64 + 1).read_to_end(&mut there)?;
    Ok(there == bytes)
}
