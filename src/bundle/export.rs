//! A bundle folder as one `.proof` file: written, synced, read again, only then named (FORMAT.md §6).

use super::error::BundleError;
use super::source::{Member, Source};
use super::ustar::Writer;
use crate::disk::Disk;
use crate::kernel::canon::digest::FileDigest;
use crate::kernel::judgement::verdict::Severity;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, BufWriter, Read};
use std::path::Path;

/// What an export wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Members in the archive.
    pub members: usize,
    /// Size of the archive.
    pub bytes: u64,
}

/// Writes the bundle at `from` into the file `to`, which must not exist. Files that the format does not name
/// stay behind.
///
/// # Errors
/// A damaged container, a copy that differs, a file that is in the way, or what the system says. No file of
/// that name is left behind then.
pub fn export(from: &Path, to: &Path, disk: &Disk) -> Result<Exported, BundleError> {
    let source = Source::open(from)?;
    if let Some(fault) = source.faults().iter().find(|fault| fault.severity == Severity::Fail) {
        return Err(BundleError::Damaged { code: fault.code, place: fault.place.clone() });
    }
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let temporary = disk.temporary(folder).map_err(BundleError::at(folder))?;
    let digests = write(&source, disk, temporary.as_file(), to)?;
    compare(temporary.path(), source.members(), &digests)?;
    let bytes = temporary.as_file().metadata().map_err(BundleError::at(to))?.len();
    disk.set_mode_of(temporary.as_file(), 0o644).map_err(BundleError::at(to))?;
    disk.place_new(temporary, to).map_err(BundleError::at(to))?;
    Ok(Exported { members: digests.len(), bytes })
}

fn write(source: &Source, disk: &Disk, file: &File, to: &Path) -> Result<Vec<FileDigest>, BundleError> {
    let mut writer = Writer::new(BufWriter::with_capacity(1 << 20, disk.through(file)));
    let mut digests = Vec::with_capacity(source.members().len());
    for member in source.members() {
        let mut hashed = Hashed { inner: source.stream(&member.name)?, sha: Sha256::new() };
        writer.copy(&member.name, member.size, &mut hashed).map_err(BundleError::at(to))?;
        digests.push(FileDigest(hashed.sha.finalize().into()));
    }
    writer.finish().map_err(BundleError::at(to))?;
    disk.sync(file).map_err(BundleError::at(to))?;
    Ok(digests)
}

/// Hashes what passes through.
struct Hashed<R> {
    inner: R,
    sha: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.sha.update(&buffer[..count]);
        Ok(count)
    }
}

fn compare(copy: &Path, members: &[Member], digests: &[FileDigest]) -> Result<(), BundleError> {
    let copy = Source::open(copy)?;
    if let Some(fault) = copy.faults().first() {
        return Err(BundleError::Damaged { code: fault.code, place: fault.place.clone() });
    }
    if copy.members() != members {
        return Err(BundleError::CopyDiffers(String::new()));
    }
    members.par_iter().zip(digests).try_for_each(|(member, digest)| {
        let mut hashed = Hashed { inner: copy.stream(&member.name)?, sha: Sha256::new() };
        let read = io::copy(&mut hashed, &mut io::sink());
        read.map_err(BundleError::at(Path::new(&member.name)))?;
        match FileDigest(hashed.sha.finalize().into()) == *digest {
            true => Ok(()),
            false => Err(BundleError::CopyDiffers(member.name.clone())),
        }
    })
}
