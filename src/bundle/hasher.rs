//! Both digests of a file in one reading.

use super::bag::Payload;
use crate::kernel::canon::digest::{EvidenceDigest, FileDigest};
use sha2::{Digest as _, Sha256};
use std::io::{self, Read};

/// Takes bytes as they pass.
#[derive(Clone, Debug, Default)]
pub struct Hasher {
    sha: Sha256,
    blake: blake3::Hasher,
    size: u64,
}

impl Hasher {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.sha.update(bytes);
        self.blake.update(bytes);
        self.size += bytes.len() as u64;
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

/// Reads to the end and returns what the bytes measure, under a name.
///
/// # Errors
/// What the reader says.
pub fn measured(name: &str, mut bytes: impl Read) -> io::Result<Payload> {
    let (mut hasher, mut block) = (Hasher::default(), vec![0; 1 << 18]);
    loop {
        match bytes.read(&mut block) {
            Ok(0) => return Ok(hasher.payload(name)),
            Ok(count) => hasher.update(&block[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
