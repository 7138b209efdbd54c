//! ustar with one spelling: each archive has exactly one sequence of bytes (FORMAT.md §6).
//!
//! The reader takes name and size out of a header, writes the header again and compares all 512 bytes, so
//! nothing can hide in a field. It never extracts; it lists where the bytes of each member are.

use super::names;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::Range;

/// Headers and padding come in blocks of this size.
pub const BLOCK: usize = 512;
/// The largest member: eleven octal digits.
pub const MAX_MEMBER: u64 = (8 << 30) - 1;

/// Where bytes deviate from the one spelling.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveFault {
    /// The file ends inside a header, a member or the end mark.
    #[error("it ends too early, at byte {offset}")]
    Truncated {
        /// Where the missing part begins.
        offset: u64,
    },
    /// A header field has other bytes than it must.
    #[error("the {field} of the header at byte {offset} is not as it must be")]
    Header {
        /// Where the header begins.
        offset: u64,
        /// Which field.
        field: &'static str,
    },
    /// The filling after a member is not zero.
    #[error("bytes between two members, at byte {offset}")]
    Padding {
        /// Where the filling begins.
        offset: u64,
    },
    /// The end is not exactly two zero blocks.
    #[error("bytes at or after the end mark, at byte {offset}")]
    End {
        /// Where the end mark begins.
        offset: u64,
    },
    /// More members than the reader takes.
    #[error("more members than allowed, at byte {offset}")]
    TooMany {
        /// Where the first one too many begins.
        offset: u64,
    },
    /// A name that containers do not take, or one that was there before.
    #[error("the name of the member at byte {offset} is unsafe or there twice")]
    Name {
        /// Where the member's bytes begin.
        offset: u64,
    },
}

/// One member: where its bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name as written; not checked here.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Where they begin in the archive.
    pub offset: u64,
}

/// What a pass over an archive found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The members before the first fault, each whole with its filling.
    pub entries: Vec<Entry>,
    /// Where the next member would go.
    pub end: u64,
    /// Why the pass ended before a proper end mark.
    pub fault: Option<ArchiveFault>,
}

/// Bytes that can be read from any place by several threads at once.
pub trait ReadAt {
    /// Fills `buffer` with the bytes from `offset`.
    ///
    /// # Errors
    /// What the system says, or that the bytes end before.
    fn exact(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;
}

impl ReadAt for File {
    fn exact(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, buffer, offset)
    }
}

impl ReadAt for [u8] {
    fn exact(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let bytes = self.get(start..).and_then(|rest| rest.get(..buffer.len()));
        buffer.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

/// The fields of a header that are not the same in all of them.
const FIELDS: [(&str, Range<usize>); 12] = [
    ("name", 0..100),
    ("mode", 100..108),
    ("user id", 108..116),
    ("group id", 116..124),
    ("size", 124..136),
    ("time", 136..148),
    ("checksum", 148..156),
    ("type", 156..157),
    ("link name", 157..257),
    ("magic", 257..265),
    ("owner", 265..345),
    ("prefix", 345..512),
];

/// Writes the one header of a member. The name has at most 100 bytes, the size eleven octal digits.
fn header(name: &[u8], size: u64) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let mut set = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    set(0, name);
    set(100, b"0000644\x000000000\x000000000\0");
    set(124, format!("{size:011o}\0").as_bytes());
    set(136, b"00000000000\0        0");
    set(257, b"ustar\x0000");
    set(329, b"0000000\x000000000\0");
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// Says whether this block carries the mark of a ustar header.
#[must_use]
pub fn has_magic(block: &[u8]) -> bool {
    block.get(257..263) == Some(b"ustar\0")
}

fn parse(block: &[u8; BLOCK], offset: u64) -> Result<(String, u64), ArchiveFault> {
    let fault = |field| ArchiveFault::Header { offset, field };
    let length = block[..100].iter().position(|b| *b == 0).unwrap_or(100);
    let name = std::str::from_utf8(&block[..length]).ok().filter(|name| !name.is_empty()).ok_or(fault("name"))?;
    let size = octal(&block[124..135]).ok_or(fault("size"))?;
    let expected = header(name.as_bytes(), size);
    if *block == expected {
        return Ok((name.to_owned(), size));
    }
    // The checksum differs whenever anything does, so it is blamed last.
    let differs = |range: &Range<usize>| block[range.clone()] != expected[range.clone()];
    let blamed = FIELDS.iter().find(|(field, range)| *field != "checksum" && differs(range));
    Err(fault(blamed.map_or("checksum", |(field, _)| field)))
}

fn octal(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |sum, digit| matches!(digit, b'0'..=b'7').then(|| sum * 8 + u64::from(digit - b'0')))
}

fn padding(size: u64) -> usize {
    (BLOCK - (size % BLOCK as u64) as usize) % BLOCK
}

/// Lists the members of an archive of `size` bytes, up to its end or its first fault.
///
/// # Errors
/// What the system says; faults of the archive are part of the listing.
pub fn list<A: ReadAt + ?Sized>(archive: &A, size: u64, limit: usize) -> io::Result<Listing> {
    let mut listing = Listing { entries: Vec::new(), end: 0, fault: None };
    loop {
        match member(archive, size, listing.end)? {
            Ok(Some(_)) if listing.entries.len() == limit => {
                listing.fault = Some(ArchiveFault::TooMany { offset: listing.end });
            }
            Ok(Some(entry)) => {
                listing.end = entry.offset + entry.size + padding(entry.size) as u64;
                listing.entries.push(entry);
                continue;
            }
            Ok(None) => {}
            Err(fault) => listing.fault = Some(fault),
        }
        return Ok(listing);
    }
}

/// Reads the member at `offset`; `None` at a proper end.
fn member<A: ReadAt + ?Sized>(archive: &A, size: u64, offset: u64) -> io::Result<Result<Option<Entry>, ArchiveFault>> {
    let left = size.saturating_sub(offset);
    if left < BLOCK as u64 {
        return Ok(Err(ArchiveFault::Truncated { offset }));
    }
    let mut block = [0; BLOCK];
    archive.exact(&mut block, offset)?;
    if block == [0; BLOCK] {
        return end(archive, left, offset);
    }
    let (name, length) = match parse(&block, offset) {
        Ok(found) => found,
        Err(fault) => return Ok(Err(fault)),
    };
    let start = offset + BLOCK as u64;
    let filling = padding(length);
    if left - (BLOCK as u64) < length + filling as u64 {
        return Ok(Err(ArchiveFault::Truncated { offset: size }));
    }
    archive.exact(&mut block[..filling], start + length)?;
    if block[..filling].iter().any(|b| *b != 0) {
        return Ok(Err(ArchiveFault::Padding { offset: start + length }));
    }
    Ok(Ok(Some(Entry { name, size: length, offset: start })))
}

fn end<A: ReadAt + ?Sized>(archive: &A, left: u64, offset: u64) -> io::Result<Result<Option<Entry>, ArchiveFault>> {
    let mut block = [0; BLOCK];
    let two = 2 * BLOCK as u64;
    if left >= two {
        archive.exact(&mut block, offset + BLOCK as u64)?;
    }
    let proper = left == two && block == [0; BLOCK];
    Ok(if proper { Ok(None) } else { Err(ArchiveFault::End { offset }) })
}

/// Reads an archive that must be faultless, names included, such as a `.lep`.
///
/// # Errors
/// The first fault.
pub fn read_all(bytes: &[u8], limit: usize) -> Result<Vec<(String, &[u8])>, ArchiveFault> {
    let short = |_| ArchiveFault::Truncated { offset: bytes.len() as u64 };
    let listing = list(bytes, bytes.len() as u64, limit).map_err(short)?;
    if let Some(fault) = listing.fault {
        return Err(fault);
    }
    let mut seen = BTreeSet::new();
    let members = listing.entries.into_iter().map(|entry| {
        let Entry { name, size, offset } = entry;
        if names::check(&name).is_err() || !seen.insert(name.to_ascii_lowercase()) {
            return Err(ArchiveFault::Name { offset });
        }
        // The listing has read beyond these bytes, so they lie inside.
        let range = usize::try_from(offset).ok().zip(usize::try_from(offset + size).ok());
        let part = range.and_then(|(from, to)| bytes.get(from..to)).ok_or(ArchiveFault::Truncated { offset })?;
        Ok((name, part))
    });
    members.collect()
}

/// Writes an archive, member after member.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
}

impl<W: Write> Writer<W> {
    /// Begins an archive.
    pub fn new(out: W) -> Self {
        Self { out }
    }

    /// Adds a member that is at hand.
    ///
    /// # Errors
    /// As [`Writer::copy`].
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.copy(name, bytes.len() as u64, bytes)
    }

    /// Adds a member of exactly `size` bytes.
    ///
    /// # Errors
    /// A name or size that does not fit, a source that ends early, or what the system says.
    pub fn copy(&mut self, name: &str, size: u64, source: impl Read) -> io::Result<()> {
        if let Err(fault) = names::check(name) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, fault));
        }
        if size > MAX_MEMBER {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.out.write_all(&header(name.as_bytes(), size))?;
        if io::copy(&mut source.take(size), &mut self.out)? != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.out.write_all(&[0; BLOCK][..padding(size)])
    }

    /// Writes the end mark and gives the output back.
    ///
    /// # Errors
    /// What the system says.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.write_all(&[0; 2 * BLOCK])?;
        self.out.flush()?;
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        let mut writer = Writer::new(Vec::new());
        writer.add("package.json", b"{}").unwrap();
        writer.add("attachments/a", &[7; 512]).unwrap();
        writer.add("empty", b"").unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn what_was_written_is_read_back() {
        let bytes = sample();
        assert_eq!(bytes.len(), 512 * 7);
        let members = read_all(&bytes, 10).unwrap();
        assert_eq!(members[0], ("package.json".into(), &b"{}"[..]));
        assert_eq!((members[1].1, members[2].1), (&[7; 512][..], &b""[..]));
    }

    #[test]
    fn the_header_is_the_one_that_the_format_page_gives() {
        let block = header(b"a", 9);
        assert_eq!(
            &block[100..156],
            b"0000644\x000000000\x000000000\x0000000000011\x0000000000000\x00007340\0 ".as_slice()
        );
        assert_eq!(&block[156..158], b"0\0");
        assert_eq!(&block[257..265], b"ustar\x0000");
        assert_eq!(&block[329..345], b"0000000\x000000000\0");
    }

    #[test]
    fn every_flipped_bit_outside_the_members_is_a_fault_or_another_name_or_size() {
        let bytes = sample();
        let clean = read_all(&bytes, 10).unwrap();
        for at in (0..bytes.len()).filter(|at| !(512..514).contains(at) && !(1536..2048).contains(at)) {
            for bit in 0..8 {
                let mut bad = bytes.clone();
                bad[at] ^= 1 << bit;
                assert!(read_all(&bad, 10).map_or(true, |members| members != clean), "byte {at} bit {bit}");
            }
        }
    }

    #[test]
    fn every_cut_is_a_fault() {
        let bytes = sample();
        for length in 0..bytes.len() {
            assert!(read_all(&bytes[..length], 10).is_err(), "{length}");
        }
        assert_eq!(read_all(&[&bytes[..], b"x"].concat(), 10), Err(ArchiveFault::End { offset: 512 * 5 }));
    }

    #[test]
    fn unsafe_and_repeated_names_and_too_many_members_are_faults() {
        let mut writer = Writer::new(Vec::new());
        assert!(writer.add("../x", b"").is_err());
        writer.add("a", b"").unwrap();
        writer.add("A", b"").unwrap();
        let bytes = writer.finish().unwrap();
        assert_eq!(read_all(&bytes, 10), Err(ArchiveFault::Name { offset: 1024 }));
        assert_eq!(read_all(&bytes, 1), Err(ArchiveFault::TooMany { offset: 512 }));
        let evil = [&header(b"/etc/x", 0)[..], &[0; 1024]].concat();
        assert_eq!(read_all(&evil, 1), Err(ArchiveFault::Name { offset: 512 }));
    }
}
