//! `head.json`: the last acknowledged record (FORMAT.md §4, Durability).
//!
//! A text of one fixed size within one sector, so that one positioned write over it is its atomic replacement and
//! no power failure can show new bytes at an old size. It does not wait for the disk: after a power failure it may
//! lag behind the journal, never lead it, so a head that leads means that acknowledged records were cut off. It is
//! not signed: it guards against accidents and restored backups, not against somebody who edits both files.

use super::error::JournalError;
use super::journal::Committed;
use super::layout::RunPaths;
use crate::disk::{Disk, open_regular};
use crate::kernel::canon;
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::model::fault::HeadFault;
use std::fs::File;
use std::io;

/// Bytes of the file: the canonical text, filled up with spaces.
const SIZE: usize = 128;

/// What the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Digest of the last acknowledged line; none before the first.
    pub digest: Option<LineDigest>,
    /// Its number; 0 before the first.
    pub seq: u64,
}

/// Returns the bytes of the file.
pub(super) fn text(last: Option<Committed>) -> io::Result<Vec<u8>> {
    let head = Head { digest: last.map(|last| last.digest()), seq: last.map_or(0, |last| last.seq()) };
    let mut text = canon::encode(&head).map_err(io::Error::other)?;
    text.resize(SIZE.max(text.len()), b' ');
    Ok(text)
}

/// Writes the file anew, durably.
pub(super) fn write(paths: &RunPaths, disk: &Disk, last: Option<Committed>) -> io::Result<()> {
    disk.replace(&paths.head(), &text(last)?)
}

/// Leaves a file that acknowledges nothing and says so to the next reader: it becomes a head with the next record.
pub(super) fn blank(paths: &RunPaths, disk: &Disk) -> io::Result<()> {
    disk.create_folder(&paths.local)?;
    disk.replace(&paths.head(), b"")
}

/// What the head file says was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// How many records.
    pub records: u64,
    /// The digest of the last of them; none before the first.
    pub head: Option<LineDigest>,
}

/// Reads what was acknowledged of a run, changing nothing. Read it before the lines: a writer may be at work.
///
/// # Errors
/// A head file that is missing or says nothing: then nobody knows.
pub fn acknowledged(paths: &RunPaths) -> Result<Acknowledged, JournalError> {
    let head = read_head(paths)?.map_err(|fault| JournalError::Head { fault })?;
    Ok(Acknowledged { records: head.seq, head: head.digest })
}

/// Reads the file of a run without changing anything.
///
/// # Errors
/// What the system says; a file that is lost or says nothing is an answer, not an error.
pub fn read_head(paths: &RunPaths) -> Result<Result<Head, HeadFault>, JournalError> {
    use std::io::Read as _;
    let path = paths.head();
    let file = match open_regular(File::options().read(true), &path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Err(HeadFault::Missing)),
        other => other.map_err(JournalError::at(&path))?,
    };
    let mut text = Vec::new();
    file.take(4096).read_to_end(&mut text).map_err(JournalError::at(&path))?;
    Ok(parse(&text))
}

fn parse(text: &[u8]) -> Result<Head, HeadFault> {
    match text.trim_ascii_end() {
        [] => Err(HeadFault::Empty),
        text if text.iter().all(|byte| *byte == 0) => Err(HeadFault::Zeroed),
        text => match canon::decode::<Head>(text) {
            Ok(head) if head.digest.is_some() == (head.seq > 0) => Ok(head),
            Ok(_) | Err(_) => Err(HeadFault::Damaged),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_of_any_record_has_one_size_and_reads_back() {
        let none = text(None).unwrap();
        assert_eq!((none.len(), parse(&none)), (SIZE, Ok(Head { digest: None, seq: 0 })));
        let largest = Head { digest: Some(LineDigest::of(b"x")), seq: (1 << 53) - 1 };
        assert!(canon::encode(&largest).unwrap().len() <= SIZE);
    }

    #[test]
    fn every_way_to_lose_a_head_has_its_name() {
        let whole = text(None).unwrap();
        assert_eq!(parse(b""), Err(HeadFault::Empty));
        assert_eq!(parse(&[0; SIZE]), Err(HeadFault::Zeroed));
        assert_eq!(parse(&whole[..9]), Err(HeadFault::Damaged));
        assert_eq!(parse(br#"{"digest":null,"seq":2}"#), Err(HeadFault::Damaged));
    }
}
