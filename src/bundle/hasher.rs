//! Both digests of a file in one reading.

use super::bag::Payload;
use crate::kernel::canon::digest::{EvidenceDigest, FileDigest};
use sha2::{Digest as _, Sha256};
use std::io::{self, Read};

/// How much is read at a time.
const BLOCK: usize = 1 << 18;
/// From how many bytes on the two digests are worth two threads.
const LARGE: usize = 1 << 16;

/// Takes bytes as they pass.
#[derive(Clone, Debug, Default)]
pub struct Hasher {
    sha: Sha256,
    blake: blake3::Hasher,
    size: u64,
}

impl Hasher {
    /// Takes the next bytes; many of them on two threads.
    pub fn update(&mut self, bytes: &[u8]) {
        let Self { sha, blake, size } = self;
        *size += bytes.len() as u64;
        match bytes.len() < LARGE {
            true => {
                sha.update(bytes);
                blake.update(bytes);
            }
            false => {
                rayon::join(|| sha.update(bytes), || blake.update(bytes).count());
            }
        }
    }

    /// Returns what the bytes so far measure, under a name.
    #[must_use]
    pub fn payload(&self, name: &str) -> Payload {
        Payload {
            path: name.to_owned(),
            sha256: FileDigest(self.sha.clone().finalize().into()),
            blake3: EvidenceDigest(*self.blake.finalize().as_bytes()),
            size: self.size,
        }
    }
}

/// Reads to the end and returns what the bytes measure, under a name. Of a large file one block is read while the one
/// before it is hashed.
///
/// # Errors
/// What the reader says.
pub fn measured(name: &str, mut bytes: impl Read + Send) -> io::Result<Payload> {
    let (mut hasher, mut block, mut next) = (Hasher::default(), vec![0; BLOCK], Vec::new());
    let mut length = fill(&mut bytes, &mut block)?;
    while length == BLOCK {
        next.resize(BLOCK, 0);
        let ((), read) = rayon::join(|| hasher.update(&block), || fill(&mut bytes, &mut next));
        length = read?;
        std::mem::swap(&mut block, &mut next);
    }
    hasher.update(&block[..length]);
    Ok(hasher.payload(name))
}

/// Fills a block; less comes out at the end alone.
fn fill(bytes: &mut impl Read, block: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < block.len() {
        match bytes.read(&mut block[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives little at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(70_001);
            self.0.read(&mut buffer[..most])
        }
    }

    #[test]
    fn a_file_of_any_length_measures_what_its_bytes_do() {
        for length in [0, 1, LARGE - 1, LARGE, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK + 7] {
            let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let found = measured("data/x", Slow(&bytes)).unwrap();
            let (sha256, blake3) = (FileDigest::of(&bytes), EvidenceDigest::of(&bytes));
            assert_eq!(found, Payload { path: "data/x".into(), sha256, blake3, size: length as u64 });
        }
    }
}
