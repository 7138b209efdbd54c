//! PNG: signature, then chunks of length, name, data and checksum, up to `IEND`.

use super::{Damage, Walk};

const SIGNATURE: u64 = 8;

/// Where in the file the next byte stands.
enum At {
    /// So many bytes of the signature are left.
    Signature(u64),
    /// Length and name of a chunk.
    Head,
    /// So many bytes of data are left.
    Data(u32),
    /// The checksum.
    Check,
    /// Behind `IEND`.
    End,
    /// Beyond help.
    Wrong(Damage),
}

/// Follows a PNG.
pub(super) struct Png {
    at: At,
    /// Bytes of a head or checksum that is not there in full.
    part: Vec<u8>,
    sum: crc32fast::Hasher,
    last: bool,
    pictured: bool,
}

impl Default for Png {
    fn default() -> Self {
        let sum = crc32fast::Hasher::new();
        Self { at: At::Signature(SIGNATURE), part: Vec::new(), sum, last: false, pictured: false }
    }
}

impl Png {
    /// Takes up to `wanted` bytes in all; returns them when they are there.
    fn gather<const N: usize>(&mut self, bytes: &mut &[u8]) -> Option<[u8; N]> {
        let (first, rest) = bytes.split_at(bytes.len().min(N - self.part.len()));
        self.part.extend_from_slice(first);
        *bytes = rest;
        let whole = self.part.as_slice().try_into().ok()?;
        self.part.clear();
        Some(whole)
    }

    fn head(&mut self, [a, b, c, d, name @ ..]: [u8; 8]) -> At {
        let length = u32::from_be_bytes([a, b, c, d]);
        self.sum = crc32fast::Hasher::new();
        self.sum.update(&name);
        self.last = &name == b"IEND";
        self.pictured |= &name == b"IDAT";
        match length {
            0..=0x7fff_ffff if name.iter().all(u8::is_ascii_alphabetic) => At::Data(length),
            _ => At::Wrong(Damage::Malformed),
        }
    }

    fn checked(&self, sum: [u8; 4]) -> At {
        match self.sum.clone().finalize() == u32::from_be_bytes(sum) {
            false => At::Wrong(Damage::Checksum),
            true if self.last && self.pictured => At::End,
            true if self.last => At::Wrong(Damage::Malformed),
            true => At::Head,
        }
    }
}

impl Walk for Png {
    fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            self.at = match self.at {
                At::Signature(left) => {
                    let taken = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    bytes = &bytes[taken..];
                    let left = left - taken as u64;
                    if left == 0 { At::Head } else { At::Signature(left) }
                }
                At::Head => self.gather(&mut bytes).map_or(At::Head, |head| self.head(head)),
                At::Data(0) => At::Check,
                At::Data(left) => {
                    let (data, rest) = bytes.split_at(bytes.len().min(left as usize));
                    self.sum.update(data);
                    bytes = rest;
                    At::Data(left - u32::try_from(data.len()).unwrap_or(left))
                }
                At::Check => self.gather(&mut bytes).map_or(At::Check, |sum| self.checked(sum)),
                // What some cameras put behind the picture is not part of it.
                At::End | At::Wrong(_) => return,
            };
        }
    }

    fn finish(&self) -> Option<Damage> {
        match self.at {
            At::End => None,
            At::Wrong(damage) => Some(damage),
            At::Signature(_) | At::Head | At::Data(_) | At::Check => Some(Damage::Truncated),
        }
    }
}
