//! Adding to a sealed bundle: sign-offs and layers, behind everything sealed (FORMAT.md §6).
//!
//! In an archive the order of writes is: the member's bytes, its filling and a new end mark behind the first
//! zero block → sync → the header over that zero block → sync. Until the header is there a reader stops at a
//! damaged end mark and still has all members; adding again completes it. No earlier byte is ever touched.

use super::error::BundleError;
use super::seal::write_once;
use super::source::Source;
use super::ustar::{self, ArchiveFault, BLOCK, Listing, ReadAt as _, Writer};
use super::{MAX_APPENDED, MAX_SEALED, RECEIPT, is_appended, names};
use crate::disk::Disk;
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::text::counted;
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};

/// The largest file that is added.
pub const MAX_FILE: usize = 1 << 20;
/// How much damage is kept aside at most.
const MAX_CUT: u64 = 64 << 20;

/// What adding did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is there now.
    Added,
    /// It was there before, with the same bytes.
    AlreadyThere,
}

/// Adds `name`, such as `signoffs/<digest>.json`, to a bundle folder or `.proof` file.
///
/// # Errors
/// Not a sealed bundle, a name outside the folders for this, other bytes under that name, damage where it
/// would go, or what the system says.
pub fn append(bundle: &Path, name: &str, bytes: &[u8], disk: &Disk) -> Result<Appended, BundleError> {
    check_name(name)?;
    if bytes.len() > MAX_FILE {
        return Err(BundleError::at(Path::new(name))(std::io::ErrorKind::FileTooLarge.into()));
    }
    let source = Source::open(bundle)?;
    if source.member(RECEIPT).is_none() {
        return Err(BundleError::Damaged { code: FindingCode::ReceiptMissing, place: RECEIPT.to_owned() });
    }
    let added = match bundle.is_dir() {
        true => write_once(bundle, name, bytes, disk)?,
        false => into_archive(bundle, name, bytes, disk)?,
    };
    Ok(if added { Appended::Added } else { Appended::AlreadyThere })
}

fn check_name(name: &str) -> Result<(), BundleError> {
    let fault = match names::check(name) {
        Err(fault) => fault,
        Ok(()) if is_appended(name) => return Ok(()),
        Ok(()) => names::NameFault::Relative,
    };
    Err(BundleError::Name { name: name.to_owned(), fault })
}

/// Damage that was cut off behind the receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// How many bytes.
    pub bytes: u64,
    /// Where they are kept; none when only an end mark was missing.
    pub kept: Option<PathBuf>,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} off behind the receipt",
            counted(self.bytes, "byte of damage was cut", "bytes of damage were cut")
        )?;
        match &self.kept {
            Some(kept) => write!(f, "; they are kept in {}", kept.display()),
            None => Ok(()),
        }
    }
}

/// Cuts damage off that stands behind the receipt of a `.proof` file, so that something can be added again. The
/// bytes are kept in a file beside it first; sealed bytes, and what was appended before the damage, stay as they are.
///
/// # Errors
/// More damage than is kept, or what the system says.
pub fn cut_damage(bundle: &Path, disk: &Disk) -> Result<Option<Cut>, BundleError> {
    let failed = || BundleError::at(bundle);
    if bundle.is_dir() {
        return Ok(None);
    }
    let (file, size) = locked(bundle)?;
    let listing = ustar::list(&file, size, MAX_SEALED + MAX_APPENDED).map_err(failed())?;
    let whole = listing.entries.iter().any(|entry| entry.name == RECEIPT);
    let Some(fault) = listing.fault else { return Ok(None) };
    if !whole || matches!(fault, ArchiveFault::TooMany { .. }) {
        return Ok(None);
    }
    let bytes = size.saturating_sub(listing.end);
    if bytes > MAX_CUT {
        return Err(BundleError::Archive(fault));
    }
    let mut damage = vec![0; usize::try_from(bytes).unwrap_or(0)];
    file.exact(&mut damage, listing.end).map_err(failed())?;
    let kept = (!damage.is_empty()).then(|| beside(bundle));
    if let Some(kept) = &kept {
        disk.write_new(kept, &damage).map_err(BundleError::at(kept))?;
    }
    let end = [0; 2 * BLOCK];
    let cut = disk.rewrite(&file, &end, listing.end);
    let cut = cut.and_then(|()| disk.truncate(&file, listing.end + end.len() as u64));
    cut.and_then(|()| disk.sync(&file)).map_err(failed())?;
    Ok(Some(Cut { bytes, kept }))
}

/// The first free name for damage of this file.
fn beside(bundle: &Path) -> PathBuf {
    let name = bundle.file_name().unwrap_or_default().to_string_lossy();
    let free = |number: u32| Some(bundle.with_file_name(format!("{name}.cut-{number}"))).filter(|path| !path.exists());
    (1..).find_map(free).unwrap_or_else(|| bundle.with_extension("cut"))
}

/// Opens an archive for writing, alone.
fn locked(path: &Path) -> Result<(File, u64), BundleError> {
    let failed = || BundleError::at(path);
    let file = File::options().read(true).write(true).open(path).map_err(failed())?;
    match fs4::FileExt::try_lock(&file) {
        Err(fs4::TryLockError::WouldBlock) => return Err(BundleError::Busy(path.to_owned())),
        Err(fs4::TryLockError::Error(error)) => return Err(failed()(error)),
        Ok(()) => {}
    }
    let size = file.metadata().map_err(failed())?.len();
    Ok((file, size))
}

fn into_archive(path: &Path, name: &str, bytes: &[u8], disk: &Disk) -> Result<bool, BundleError> {
    let failed = || BundleError::at(path);
    let (file, size) = locked(path)?;
    let listing = ustar::list(&file, size, MAX_SEALED + MAX_APPENDED).map_err(failed())?;
    if let Some(entry) = listing.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name)) {
        let same = entry.name == name && entry.size == bytes.len() as u64;
        let mut there = vec![0; if same { bytes.len() } else { 0 }];
        file.exact(&mut there, entry.offset).map_err(failed())?;
        return if same && there == bytes { Ok(false) } else { Err(BundleError::Conflict(name.to_owned())) };
    }
    writable(&file, size, &listing).map_err(failed())?.map_err(BundleError::Archive)?;
    write(disk, &file, listing.end, (name, bytes)).map_err(failed())?;
    Ok(true)
}

/// Only an end mark may be written over, or the rest of an append that was interrupted: a zero block where
/// the header goes.
fn writable(file: &File, size: u64, listing: &Listing) -> std::io::Result<Result<(), ArchiveFault>> {
    let Some(fault) = listing.fault.clone() else { return Ok(Ok(())) };
    let mut block = [1; BLOCK];
    if size >= listing.end + BLOCK as u64 {
        file.exact(&mut block, listing.end)?;
    }
    let interrupted = matches!(fault, ArchiveFault::End { .. }) && block == [0; BLOCK];
    Ok(if interrupted { Ok(()) } else { Err(fault) })
}

fn write(disk: &Disk, file: &File, end: u64, (name, bytes): (&str, &[u8])) -> std::io::Result<()> {
    let mut writer = Writer::new(Vec::with_capacity(bytes.len() + 4 * BLOCK));
    writer.add(name, bytes)?;
    let member = writer.finish()?;
    disk.rewrite(file, &member[BLOCK..], end + BLOCK as u64)?;
    // What an interrupted longer append left would stand behind the new end mark.
    disk.truncate(file, end + member.len() as u64)?;
    disk.sync(file)?;
    disk.rewrite(file, &member[..BLOCK], end)?;
    disk.sync(file)
}

#[cfg(test)]
mod tests {
    use super::super::source::tests::sealed;
    use super::*;

    const NAME: &str = "signoffs/aa.json";

    fn proof(folder: &Path) -> std::path::PathBuf {
        let to = folder.join("x.proof");
        super::super::export(&sealed(folder), &to, &Disk::new()).unwrap();
        to
    }

    #[test]
    fn a_sign_off_is_added_to_folder_and_archive_and_only_once() {
        let folder = tempfile::tempdir().unwrap();
        let archive = proof(folder.path());
        let before = std::fs::read(&archive).unwrap();
        for bundle in [folder.path().join("run"), archive.clone()] {
            assert_eq!(append(&bundle, NAME, b"{}", &Disk::new()).unwrap(), Appended::Added);
            assert_eq!(append(&bundle, NAME, b"{}", &Disk::new()).unwrap(), Appended::AlreadyThere);
            assert!(matches!(append(&bundle, NAME, b"[]", &Disk::new()), Err(BundleError::Conflict(_))));
            append(&bundle, "signoffs/aa.json.sig", b"sig", &Disk::new()).unwrap();
            let source = Source::open(&bundle).unwrap();
            assert_eq!(source.faults(), []);
            assert_eq!(source.read(NAME, 10).unwrap(), b"{}");
        }
        let after = std::fs::read(&archive).unwrap();
        assert_eq!(after[..before.len() - 1024], before[..before.len() - 1024]);
        assert_eq!(after.len(), before.len() + 2048);
    }

    #[test]
    fn nothing_is_added_outside_the_folders_for_it_nor_to_an_unsealed_run() {
        let folder = tempfile::tempdir().unwrap();
        let archive = proof(folder.path());
        for name in ["data/x", "receipt.json", "signoffs", "../signoffs/x", "signoffs/../x", "other/x"] {
            assert!(matches!(append(&archive, name, b"", &Disk::new()), Err(BundleError::Name { .. })), "{name}");
        }
        std::fs::remove_file(folder.path().join("run/receipt.json")).unwrap();
        assert!(append(&folder.path().join("run"), NAME, b"", &Disk::new()).is_err());
    }

    #[test]
    fn an_interrupted_append_loses_nothing_and_can_be_completed() {
        let folder = tempfile::tempdir().unwrap();
        let archive = proof(folder.path());
        let before = std::fs::read(&archive).unwrap();
        let end = before.len() - 1024;
        append(&archive, NAME, b"first", &Disk::new()).unwrap();
        let whole = std::fs::read(&archive).unwrap();
        // The header is written last: cut the write of the rest anywhere.
        for cut in [end + 512, end + 513, end + 1024, end + 1500, whole.len()] {
            let mut torn = whole[..cut.max(before.len())].to_vec();
            torn[end..end + 512].fill(0);
            torn[cut.min(before.len())..before.len()].fill(0);
            std::fs::write(&archive, &torn).unwrap();
            let source = Source::open(&archive).unwrap();
            assert!(source.member(RECEIPT).is_some());
            assert!(source.faults().iter().all(|f| f.code == FindingCode::ContainerTrailing));
            append(&archive, NAME, b"first", &Disk::new()).unwrap();
            assert_eq!(std::fs::read(&archive).unwrap(), whole, "{cut}");
        }
    }

    #[test]
    fn damage_behind_the_receipt_is_cut_off_kept_beside_and_then_a_sign_off_is_added() {
        let folder = tempfile::tempdir().unwrap();
        let archive = proof(folder.path());
        let whole = std::fs::read(&archive).unwrap();
        append(&archive, NAME, b"{}", &Disk::new()).unwrap();
        let with_one = std::fs::read(&archive).unwrap();
        assert_eq!(cut_damage(&archive, &Disk::new()).unwrap(), None);
        let end = whole.len() - 2 * BLOCK;
        // A stranger's tail, a damaged member, an end mark that is missing or longer.
        let mut other = with_one.clone();
        other[end + 3] ^= 1;
        let tails =
            [[&whole[..], &b"junk"[..]].concat(), other, whole[..end].to_vec(), [&whole[..], &[0; 512]].concat()];
        for (number, torn) in (0..).zip(tails) {
            std::fs::write(&archive, &torn).unwrap();
            let cut = cut_damage(&archive, &Disk::new()).unwrap().unwrap();
            assert_eq!(cut.bytes, (torn.len() - end) as u64, "{number}");
            assert_eq!(cut.kept.map(|kept| std::fs::read(kept).unwrap()).unwrap_or_default(), &torn[end..]);
            assert_eq!(std::fs::read(&archive).unwrap(), whole, "{number}");
            append(&archive, NAME, b"{}", &Disk::new()).unwrap();
            assert_eq!(std::fs::read(&archive).unwrap(), with_one, "{number}");
        }
        let sealed = whole[..end - BLOCK].to_vec();
        std::fs::write(&archive, &sealed).unwrap();
        assert_eq!(cut_damage(&archive, &Disk::new()).unwrap(), None);
        assert_eq!(std::fs::read(&archive).unwrap(), sealed);
    }

    #[test]
    fn foreign_bytes_behind_the_receipt_are_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let archive = proof(folder.path());
        let mut bytes = std::fs::read(&archive).unwrap();
        let end = bytes.len() - 1024;
        bytes[end] = b'x';
        std::fs::write(&archive, &bytes).unwrap();
        assert!(matches!(append(&archive, NAME, b"", &Disk::new()), Err(BundleError::Archive(_))));
        assert_eq!(std::fs::read(&archive).unwrap(), bytes);
    }
}
