//! Reading key files: bounded, never through a link or a pipe, never readable by others.

use super::KeyError;
use rustix::fs::{Mode, OFlags};
use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use zeroize::Zeroizing;

/// The most that is read of a key file.
pub(super) const MAX_BYTES: u64 = 64 * 1024;

/// A key file's bytes, wiped when dropped, and whether its file system keeps no modes.
pub(super) struct Guarded {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) modeless: bool,
}

/// Reads a private key file, whose mode must be 0600 or narrower.
pub(super) fn read_private(path: &Path) -> Result<Guarded, KeyError> {
    let (file, found) = open_regular(path)?;
    let mode = found.permissions().mode() & 0o7777;
    let wide = mode & 0o7177 != 0;
    if wide && !without_modes(&file) {
        return Err(KeyError::Mode { path: path.into(), mode });
    }
    Ok(Guarded { bytes: read_bounded(file, path)?, modeless: wide })
}

/// Reads a public key file, of any mode.
pub(super) fn read_public(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let (file, _) = open_regular(path)?;
    read_bounded(file, path)
}

/// Looks before opening, because opening a FIFO or a device can hang or act, and looks again at
/// what was opened, because the name may have changed hands in between.
fn open_regular(path: &Path) -> Result<(File, Metadata), KeyError> {
    let not_regular = || KeyError::NotRegular { path: path.into() };
    let found = path.symlink_metadata().map_err(|source| fault(path, source))?;
    if !found.is_file() {
        return Err(not_regular());
    }
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NOCTTY;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty()).map_err(|e| fault(path, e.into()))?);
    let found = file.metadata().map_err(|source| fault(path, source))?;
    match found.is_file() {
        true => Ok((file, found)),
        false => Err(not_regular()),
    }
}

/// The buffer has its full size from the start: growing would leave copies of the key behind.
fn read_bounded(file: File, path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let too_large = || KeyError::TooLarge { path: path.into(), limit: MAX_BYTES };
    let length = file.metadata().map_err(|source| fault(path, source))?.len();
    if length > MAX_BYTES {
        return Err(too_large());
    }
    let capacity = usize::try_from(length).map_err(|_| too_large())? + 64;
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity));
    let read = file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|source| fault(path, source))?;
    match read as u64 > MAX_BYTES {
        true => Err(too_large()),
        false => Ok(bytes),
    }
}

pub(super) fn fault(path: &Path, source: std::io::Error) -> KeyError {
    let path = path.to_owned();
    match source.kind() {
        ErrorKind::NotFound => KeyError::Missing { path },
        ErrorKind::AlreadyExists => KeyError::Exists { path },
        _ => KeyError::Io { path, source },
    }
}

/// Tells whether the file lies where modes are made up, such as on a USB stick.
///
/// Only kinds that never keep modes count. FUSE and network mounts may or may not: there a wide
/// mode stays refused.
#[cfg(target_os = "linux")]
fn without_modes(file: &File) -> bool {
    rustix::fs::fstatfs(file).is_ok_and(|system| modeless(system.f_type as u64 & 0xffff_ffff))
}

#[cfg(not(target_os = "linux"))]
fn without_modes(_: &File) -> bool {
    false
}

/// FAT, exFAT and NTFS by the numbers in Linux's `statfs`.
#[cfg(target_os = "linux")]
fn modeless(kind: u64) -> bool {
    matches!(kind, 0x4d44 | 0x2011_bab0 | 0x5346_544e | 0x7366_746e)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn only_file_systems_that_never_keep_modes_are_excused() {
        assert!(super::modeless(0x4d44), "FAT");
        for (kind, name) in [(0xef53, "ext4"), (0x0102_1994, "tmpfs"), (0x6573_5546, "FUSE"), (0x6969, "NFS")] {
            assert!(!super::modeless(kind), "{name}");
        }
    }
}
