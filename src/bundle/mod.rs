//! The container: a Proof Bundle as a folder or as one `.proof` file (FORMAT.md §6).
//!
//! Imports the kernel and the disk. It knows names, bytes and order; what the bytes mean is judged elsewhere.
//! Everything read here is hostile: bounded, strict, links never followed; extracted by `unpack` alone, which
//! takes what was judged. Deliberately absent: signatures.

pub mod append;
pub mod bag;
mod error;
pub mod export;
mod folder;
mod hasher;
mod known;
#[doc = include_str!("FORMAT.md")]
pub mod format {}
pub mod names;
pub mod seal;
mod shelf;
pub mod source;
mod unpack;
pub mod ustar;
mod window;

pub use append::{Appended, Cut, MAX_FILE, append, cut_damage};
pub use error::{BundleError, OpenError, ReadError};
pub use export::{Exported, export};
pub use folder::strangers;
pub use hasher::{Hasher, measured};
pub use known::{Known, Taken};
pub use seal::{measure, seal_folder, write_receipt};
pub use source::{Form, Member, Source, Stream};
pub use unpack::{Unpacked, unpack};
pub use window::Windows;

/// The journal inside a bundle.
pub const JOURNAL: &str = "data/journal.jsonl";
/// The list whose SHA-256 is the seal.
pub const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
/// The signed receipt.
pub const RECEIPT: &str = "receipt.json";
/// The files that the tag manifest covers, in bytewise order.
pub const TAG_FILES: [&str; 4] = ["b3sums.txt", "bag-info.txt", "bagit.txt", "manifest-sha256.txt"];
/// Folders for what comes after sealing.
pub const APPENDED: [&str; 5] = ["forks", "proofs", "signoffs", "timestamps", "witness"];
/// How many appended files are looked at; the rest is ignored, with a note.
pub const MAX_APPENDED: usize = 10_000;
/// How many sealed files a bundle may have.
pub const MAX_SEALED: usize = 1_000_000;

/// Says whether this name belongs to the sealed part, receipt included.
#[must_use]
pub fn is_sealed(name: &str) -> bool {
    name.starts_with("data/") || TAG_FILES.contains(&name) || name == TAG_MANIFEST || name == RECEIPT
}

/// Says whether this name lies in one of the folders for what comes after sealing.
#[must_use]
pub fn is_appended(name: &str) -> bool {
    name.split_once('/').is_some_and(|(folder, rest)| APPENDED.contains(&folder) && !rest.is_empty())
}
