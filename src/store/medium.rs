//! What a disk and its file system can promise about records (FORMAT.md §10, `asrun doctor`).
//!
//! Honest limit: the system tells the kind of a file system, not whether the drive below it keeps its word about
//! flushes. Nothing short of pulling the plug shows that.

use std::io;
use std::path::Path;

/// A file system kind, by what it means for a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A journalling file system on a local disk.
    Local(&'static str),
    /// Layers, as in a container: what is below decides.
    Layered(&'static str),
    /// Memory: nothing survives the end of the machine or the container.
    Volatile(&'static str),
    /// Another machine: flushes and locks are what its server makes of them.
    Remote(&'static str),
    /// No journal, no modes, no atomic change of names.
    Simple(&'static str),
    /// One that this program does not know, with its number.
    Unknown(u64),
}

/// Kinds by the number that `statfs` gives (linux/magic.h).
const KINDS: &[(u64, Kind)] = &[
    (0xEF53, Kind::Local("ext4")),
    (0x5846_5342, Kind::Local("xfs")),
    (0x9123_683E, Kind::Local("btrfs")),
    (0xF2F5_2010, Kind::Local("f2fs")),
    (0x2FC1_2FC1, Kind::Local("zfs")),
    (0xCA45_1A4E, Kind::Local("bcachefs")),
    (0x3153_464A, Kind::Local("jfs")),
    (0x7366_746E, Kind::Local("ntfs3")),
    (0x794C_7630, Kind::Layered("overlayfs")),
    (0x6175_6673, Kind::Layered("aufs")),
    (0xF15F, Kind::Layered("ecryptfs")),
    (0x0102_1994, Kind::Volatile("tmpfs")),
    (0x8584_58F6, Kind::Volatile("ramfs")),
    (0x6969, Kind::Remote("nfs")),
    (0x517B, Kind::Remote("smb")),
    (0xFF53_4D42, Kind::Remote("cifs")),
    (0xFE53_4D42, Kind::Remote("smb2")),
    (0x0102_1997, Kind::Remote("9p")),
    (0x6573_5546, Kind::Remote("fuse")),
    (0x00C3_6400, Kind::Remote("ceph")),
    (0x6A65_6A63, Kind::Remote("virtiofs")),
    (0x4D44, Kind::Simple("fat")),
    (0x2011_BAB0, Kind::Simple("exfat")),
    (0x482B, Kind::Simple("hfsplus")),
];

impl Kind {
    /// Finds the kind by its number.
    #[must_use]
    pub fn of(number: u64) -> Self {
        KINDS.iter().find(|(known, _)| *known == number).map_or(Self::Unknown(number), |(_, kind)| *kind)
    }

    /// Its name; a number for one that is not known.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Local(name)
            | Self::Layered(name)
            | Self::Volatile(name)
            | Self::Remote(name)
            | Self::Simple(name) => name.to_owned(),
            Self::Unknown(number) => format!("file system {number:#x}"),
        }
    }

    /// What a record on it survives.
    #[must_use]
    pub fn promise(self) -> &'static str {
        match self {
            Self::Local(_) => "a synced record survives a power failure, unless the drive lies about flushes",
            Self::Layered(_) => "layers, as in a container: records live as long as the layer below keeps them",
            Self::Volatile(_) => "memory: every record is lost when the machine or container ends",
            Self::Remote(_) => {
                "another machine keeps it: flushes and the one-writer lock hold only as far as its server honours them"
            }
            Self::Simple(_) => "no journal and no modes: after a power failure the folder itself may be damaged",
            Self::Unknown(_) => {
                "not known to this program: whether a synced record survives a power failure is not known either"
            }
        }
    }
}

/// The disk that a path lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Medium {
    /// The kind of its file system.
    pub kind: Kind,
    /// Nothing can be written there.
    pub read_only: bool,
    /// Bytes that this user may still write.
    pub free: u64,
}

/// Asks the system about the disk below a path that exists.
///
/// # Errors
/// What the system says.
pub fn medium(path: &Path) -> io::Result<Medium> {
    let (facts, room) = (rustix::fs::statfs(path)?, rustix::fs::statvfs(path)?);
    // The width and sign of the field differ between machines; the numbers are 32 bits wide.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::unnecessary_cast)]
    let number = u64::from(facts.f_type as u32);
    let read_only = room.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY);
    Ok(Medium { kind: Kind::of(number), read_only, free: room.f_bavail.saturating_mul(room.f_frsize) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_listed_once_and_says_what_it_promises() {
        let numbers: std::collections::BTreeSet<u64> = KINDS.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers.len(), KINDS.len());
        assert!(Kind::of(0x0102_1994).promise().contains("lost"));
        assert_eq!(Kind::of(7).name(), "file system 0x7");
    }

    #[test]
    fn the_disk_of_a_test_has_room_and_takes_writes() {
        let folder = tempfile::tempdir().unwrap();
        let medium = medium(folder.path()).unwrap();
        assert!(medium.free > 0 && !medium.read_only, "{medium:?}");
        assert!(super::medium(&folder.path().join("nowhere")).is_err());
    }
}
