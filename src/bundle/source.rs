//! Opening a bundle to look at it: folder or `.proof`, bounded and strict (FORMAT.md §6).
//!
//! What is wrong with the container itself comes out as findings; the sealed part fails, anything else is
//! noted and ignored, so that a stranger can neither lift nor sink a bundle. A missing sealed file is for
//! the verifier to find.

use super::error::{OpenError, ReadError};
use super::known::{Known, Taken};
use super::shelf::Shelf;
use super::ustar::{self, Entry, ReadAt as _};
use super::{JOURNAL, MAX_APPENDED, MAX_SEALED, RECEIPT, TAG_FILES, TAG_MANIFEST, folder, is_appended, is_sealed};
use crate::disk::Identity;
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::{Finding, Severity};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

/// A file in a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name, `/` between parts; it has passed [`super::names::check`].
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// The two shapes of a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A BagIt folder.
    Folder,
    /// A `.proof` file.
    Archive,
}

/// An opened bundle; can be read by several threads at once.
#[derive(Debug)]
pub struct Source {
    file: Arc<File>,
    form: Form,
    members: Vec<Member>,
    offsets: Vec<u64>,
    places: BTreeMap<String, usize>,
    findings: Vec<Finding>,
    /// Files that whoever seals has measured before.
    taken: Taken,
}

impl Source {
    /// Opens a folder or a `.proof` file.
    ///
    /// # Errors
    /// Nobody could look: nothing there, unreadable, never sealed, or no bundle at all.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let metadata = std::fs::metadata(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => OpenError::Missing(path.to_owned()),
            _ => OpenError::at(path)(source),
        })?;
        match metadata {
            _ if metadata.is_dir() => Self::folder(path),
            _ if metadata.is_file() => Self::archive(path, metadata.len()),
            _ => Err(OpenError::NotABundle(path.to_owned())),
        }
    }

    /// Opens the folder of a run that is not sealed yet, so that it can be judged before.
    ///
    /// # Errors
    /// What the system says.
    pub fn unsealed(path: &Path) -> Result<Self, OpenError> {
        let root = File::open(path).map_err(OpenError::at(path))?;
        let (members, findings) = folder::list(path).map_err(OpenError::at(path))?.sorted();
        Ok(Self::new(root, Form::Folder, members.into_iter().map(|(member, ())| (member, 0)), findings))
    }

    fn folder(path: &Path) -> Result<Self, OpenError> {
        let root = File::open(path).map_err(OpenError::at(path))?;
        let there = |name: &str| path.join(name).symlink_metadata().is_ok();
        match (there(RECEIPT) || there(TAG_MANIFEST), there(JOURNAL)) {
            (false, true) => return Err(OpenError::Unsealed(path.to_owned())),
            (false, false) => return Err(OpenError::NotABundle(path.to_owned())),
            _ => {}
        }
        let shelf = folder::list(path).map_err(OpenError::at(path))?;
        let (members, findings) = shelf.sorted();
        Ok(Self::new(root, Form::Folder, members.into_iter().map(|(member, ())| (member, 0)), findings))
    }

    fn archive(path: &Path, size: u64) -> Result<Self, OpenError> {
        let file = File::open(path).map_err(OpenError::at(path))?;
        let mut head = [0; ustar::BLOCK];
        let length = head.len().min(usize::try_from(size).unwrap_or(usize::MAX));
        file.exact(&mut head[..length], 0).map_err(OpenError::at(path))?;
        // Either mark is enough, so that no single damaged byte turns a forgery into "not a bundle".
        if !ustar::has_magic(&head) && !head.starts_with(TAG_FILES[0].as_bytes()) {
            return Err(OpenError::NotABundle(path.to_owned()));
        }
        let listing = ustar::list(&file, size, MAX_SEALED + 2 * MAX_APPENDED).map_err(OpenError::at(path))?;
        let (members, findings) = shelve(listing);
        Ok(Self::new(file, Form::Archive, members, findings))
    }

    fn new(file: File, form: Form, found: impl IntoIterator<Item = (Member, u64)>, findings: Vec<Finding>) -> Self {
        let (members, offsets): (Vec<Member>, Vec<u64>) = found.into_iter().unzip();
        let places = members.iter().enumerate().map(|(index, member)| (member.name.clone(), index)).collect();
        Self { file: Arc::new(file), form, members, offsets, places, findings, taken: Taken::new() }
    }

    /// Gives the source of a seal what was taken in, so that files which nobody touched are not read again.
    #[must_use]
    pub fn knowing(self, taken: Taken) -> Self {
        Self { taken, ..self }
    }

    /// Returns what a member measured when it was taken in, where it is that very file and nobody touched it since.
    #[must_use]
    pub fn known(&self, name: &str) -> Option<&Known> {
        let known = self.taken.get(name).filter(|_| self.form == Form::Folder)?;
        let facts = folder::open(&self.file, name).and_then(|file| file.metadata()).ok()?;
        (Identity::of(&facts) == known.identity).then_some(known)
    }

    /// Folder or archive.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// Sealed members in bytewise order, the receipt last of them, then the appended ones. Files that the
    /// format does not name are not among them.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The member of this name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.get(*self.places.get(name)?)
    }

    /// What is wrong or odd about the container itself.
    #[must_use]
    pub fn faults(&self) -> &[Finding] {
        &self.findings
    }

    /// Reads a member that may have at most `limit` bytes.
    ///
    /// # Errors
    /// No such member, too large, or what the system says.
    pub fn read(&self, name: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        let (_, size) = self.place(name)?;
        if size > limit {
            return Err(ReadError::TooLarge { name: name.to_owned(), size, limit });
        }
        let mut bytes = Vec::new();
        let read = self.stream(name)?.read_to_end(&mut bytes);
        read.map_err(|source| ReadError::Io { name: name.to_owned(), source })?;
        Ok(bytes)
    }

    /// Begins reading a member; at most the size that [`Source::members`] tells comes out.
    ///
    /// # Errors
    /// No such member, or what the system says.
    pub fn stream(&self, name: &str) -> Result<Stream, ReadError> {
        let (offset, left) = self.place(name)?;
        let failed = |source| ReadError::Io { name: name.to_owned(), source };
        let file = match self.form {
            Form::Folder => Arc::new(folder::open(&self.file, name).map_err(failed)?),
            Form::Archive => Arc::clone(&self.file),
        };
        Ok(Stream { file, offset, left })
    }

    fn place(&self, name: &str) -> Result<(u64, u64), ReadError> {
        let missing = || ReadError::Missing(name.to_owned());
        let index = *self.places.get(name).ok_or_else(missing)?;
        let offset = self.offsets.get(index).ok_or_else(missing)?;
        Ok((*offset, self.members.get(index).ok_or_else(missing)?.size))
    }
}

/// The bytes of one member, one after the other. Holds no lock and moves no shared position.
#[derive(Debug)]
pub struct Stream {
    file: Arc<File>,
    offset: u64,
    left: u64,
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        use std::os::unix::fs::FileExt as _;
        let wanted = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let count = self.file.read_at(&mut buffer[..wanted], self.offset)?;
        self.offset += count as u64;
        self.left -= count as u64;
        Ok(count)
    }
}

/// Sorts the members of an archive and checks their order: sealed ones rising, the receipt, then the rest.
fn shelve(listing: ustar::Listing) -> (Vec<(Member, u64)>, Vec<Finding>) {
    let mut shelf = Shelf::new();
    let receipt = listing.entries.iter().position(|entry| entry.name == RECEIPT);
    for (index, entry) in listing.entries.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| listing.entries.get(before));
        let place = receipt.map(|receipt| index.cmp(&receipt));
        match misplaced(entry, before, place).filter(|_| !shelf.has(&entry.name)) {
            Some(message) => shelf.find(Severity::Fail, FindingCode::ContainerOrder, &entry.name, message),
            None => shelf.take(&entry.name, entry.size, entry.offset),
        }
    }
    if let Some(fault) = listing.fault {
        // A receipt that was listed is whole, and so is all before it.
        let (severity, code) = match receipt {
            Some(_) => (Severity::Note, FindingCode::ContainerTrailing),
            None => (Severity::Fail, FindingCode::ContainerArchive),
        };
        shelf.find(severity, code, "", fault);
    }
    shelf.sorted()
}

/// Why a member stands in the wrong place, seen from the receipt. Without a receipt nobody can tell where the
/// sealed part ends, and that it is missing fails the bundle anyway.
fn misplaced(entry: &Entry, before: Option<&Entry>, place: Option<Ordering>) -> Option<&'static str> {
    let falls = before.is_some_and(|before| is_sealed(&before.name) && before.name > entry.name);
    match (place, is_sealed(&entry.name)) {
        (Some(Ordering::Greater), true) => Some("a sealed file behind the receipt"),
        (Some(Ordering::Less) | None, true) if falls => Some("the sealed files are not in order"),
        (Some(Ordering::Less), false) => Some("not a sealed file, yet before the receipt"),
        (None, false) if !is_appended(&entry.name) => Some("not named by the format, in a bundle without a receipt"),
        _ => None,
    }
}

#[cfg(test)]
#[path = "source_tests.rs"]
pub(super) mod tests;
