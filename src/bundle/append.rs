//! Adding to a sealed bundle: sign-offs and layers, behind everything sealed (FORMAT.md §6).
//!
//! In an archive the order of writes is: the member's bytes, its filling and a new end mark behind the first
//! zero block → sync → the header over that zero block → sync. Until the header is there a reader stops at a
//! damaged end mark and still has all members; adding again completes it. No earlier byte is ever touched.

use super::error::BundleError;
use super::seal::write_once;
use super::source::Source;
use super::ustar::{self, ArchiveFault, BLOCK, Listing, ReadAt as _, Writer};
use super::{MAX_APPENDED, MAX_SEALED, Put, RECEIPT, is_appended, names};
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// The largest file that is added.
pub const MAX_FILE: usize = 1 << 20;

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
pub fn append(bundle: &Path, name: &str, bytes: &[u8], put: Put<'_>) -> Result<Appended, BundleError> {
    check_name(name)?;
    if bytes.len() > MAX_FILE {
        return Err(BundleError::at(Path::new(name))(std::io::ErrorKind::FileTooLarge.into()));
    }
    let source = Source::open(bundle)?;
    if source.member(RECEIPT).is_none() {
        return Err(BundleError::Damaged { code: "receipt.missing", place: RECEIPT.to_owned() });
    }
    let added = match bundle.is_dir() {
        true => write_once(bundle, name, bytes, put)?,
        false => into_archive(bundle, name, bytes)?,
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

fn into_archive(path: &Path, name: &str, bytes: &[u8]) -> Result<bool, BundleError> {
    let failed = || BundleError::at(path);
    let file = File::options().read(true).write(true).open(path).map_err(failed())?;
    match fs4::FileExt::try_lock(&file) {
        Err(fs4::TryLockError::WouldBlock) => return Err(BundleError::Busy(path.to_owned())),
        Err(fs4::TryLockError::Error(error)) => return Err(failed()(error)),
        Ok(()) => {}
    }
    let size = file.metadata().map_err(failed())?.len();
    let listing = ustar::list(&file, size, MAX_SEALED + MAX_APPENDED).map_err(failed())?;
    if let Some(entry) = listing.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name)) {
        let same = entry.name == name && entry.size == bytes.len() as u64;
        let mut there = vec![0; if same { bytes.len() } else { 0 }];
        file.exact(&mut there, entry.offset).map_err(failed())?;
        return if same && there == bytes { Ok(false) } else { Err(BundleError::Conflict(name.to_owned())) };
    }
    writable(&file, size, &listing).map_err(failed())?.map_err(BundleError::Archive)?;
    write(&file, listing.end, name, bytes).map_err(failed())?;
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

fn write(file: &File, end: u64, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let mut writer = Writer::new(Vec::with_capacity(bytes.len() + 4 * BLOCK));
    writer.add(name, bytes)?;
    let member = writer.finish()?;
    file.write_all_at(&member[BLOCK..], end + BLOCK as u64)?;
    // What an interrupted longer append left would stand behind the new end mark.
    file.set_len(end + member.len() as u64)?;
    file.sync_all()?;
    file.write_all_at(&member[..BLOCK], end)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::super::source::tests::{put, sealed};
    use super::*;

    const NAME: &str = "signoffs/aa.json";

    fn proof(folder: &Path) -> std::path::PathBuf {
        let to = folder.join("x.proof");
        super::super::export(&sealed(folder), &to).unwrap();
        to
    }

    #[test]
    fn a_sign_off_is_added_to_folder_and_archive_and_only_once() {
        let folder = tempfile::tempdir().unwrap();
        let archive = proof(folder.path());
        let before = std::fs::read(&archive).unwrap();
        for bundle in [folder.path().join("run"), archive.clone()] {
            assert_eq!(append(&bundle, NAME, b"{}", &put).unwrap(), Appended::Added);
            assert_eq!(append(&bundle, NAME, b"{}", &put).unwrap(), Appended::AlreadyThere);
            assert!(matches!(append(&bundle, NAME, b"[]", &put), Err(BundleError::Conflict(_))));
            append(&bundle, "signoffs/aa.json.sig", b"sig", &put).unwrap();
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
            assert!(matches!(append(&archive, name, b"", &put), Err(BundleError::Name { .. })), "{name}");
        }
        std::fs::remove_file(folder.path().join("run/receipt.json")).unwrap();
        assert!(append(&folder.path().join("run"), NAME, b"", &put).is_err());
    }

    #[test]
    fn an_interrupted_append_loses_nothing_and_can_be_completed() {
        let folder = tempfile::tempdir().unwrap();
        let archive = proof(folder.path());
        let before = std::fs::read(&archive).unwrap();
        let end = before.len() - 1024;
        append(&archive, NAME, b"first", &put).unwrap();
        let whole = std::fs::read(&archive).unwrap();
        // The header is written last: cut the write of the rest anywhere.
        for cut in [end + 512, end + 513, end + 1024, end + 1500, whole.len()] {
            let mut torn = whole[..cut.max(before.len())].to_vec();
            torn[end..end + 512].fill(0);
            torn[cut.min(before.len())..before.len()].fill(0);
            std::fs::write(&archive, &torn).unwrap();
            let source = Source::open(&archive).unwrap();
            assert!(source.member(RECEIPT).is_some());
            assert!(source.faults().iter().all(|f| f.code == "container.trailing_damage"));
            append(&archive, NAME, b"first", &put).unwrap();
            assert_eq!(std::fs::read(&archive).unwrap(), whole, "{cut}");
        }
    }

    #[test]
    fn foreign_bytes_behind_the_receipt_are_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let archive = proof(folder.path());
        let mut bytes = std::fs::read(&archive).unwrap();
        let end = bytes.len() - 1024;
        bytes[end] = b'x';
        std::fs::write(&archive, &bytes).unwrap();
        assert!(matches!(append(&archive, NAME, b"", &put), Err(BundleError::Archive(_))));
        assert_eq!(std::fs::read(&archive).unwrap(), bytes);
    }
}
