//! Files made of parts that say how long they are: HEIF and AVIF (boxes), WebP (RIFF).

use super::{Damage, Walk};

/// Follows the outer boxes of a HEIF or AVIF file.
#[derive(Default)]
pub(super) struct Boxes {
    /// Head of a box that is not there in full.
    head: Vec<u8>,
    /// Bytes left of the box; none where it reaches to the end of the file.
    left: Option<u64>,
    open: bool,
    described: bool,
    pictured: bool,
    wrong: bool,
}

impl Boxes {
    /// Reads the head of a box, once it is there.
    fn begin(&mut self) {
        let [a, b, c, d, name @ ..] = &self.head[..8] else { return };
        let short = u64::from(u32::from_be_bytes([*a, *b, *c, *d]));
        let size = match (short, self.head.len()) {
            (1, 16) => self.head[8..].try_into().map_or(0, u64::from_be_bytes),
            (1, _) => return,
            (short, _) => short,
        };
        self.described |= name == b"meta";
        self.pictured |= name == b"mdat";
        let head = self.head.len() as u64;
        self.wrong |= size != 0 && size < head;
        self.left = (size != 0).then(|| size.saturating_sub(head));
        self.open = true;
        self.head.clear();
    }
}

impl Walk for Boxes {
    fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && !self.wrong {
            match (self.open, self.left) {
                (true, Some(0)) => self.open = false,
                (true, left) => {
                    let taken = left.map_or(bytes.len(), |l| bytes.len().min(usize::try_from(l).unwrap_or(usize::MAX)));
                    self.left = left.map(|l| l - taken as u64);
                    bytes = &bytes[taken..];
                }
                (false, _) => {
                    self.head.push(bytes[0]);
                    bytes = &bytes[1..];
                    if self.head.len() >= 8 {
                        self.begin();
                    }
                }
            }
        }
    }

    fn finish(&self) -> Option<Damage> {
        let ended = if self.open { matches!(self.left, None | Some(0)) } else { self.head.is_empty() };
        match (self.wrong, ended && self.pictured) {
            (true, _) => Some(Damage::Malformed),
            (false, false) => Some(Damage::Truncated),
            (false, true) => (!self.described).then_some(Damage::Malformed),
        }
    }
}

/// Counts a RIFF file against the size that it states.
#[derive(Default)]
pub(super) struct Riff {
    head: Vec<u8>,
    size: u64,
}

impl Walk for Riff {
    fn push(&mut self, bytes: &[u8]) {
        let wanted = 8 - self.head.len();
        self.head.extend(bytes.iter().take(wanted));
        self.size += bytes.len() as u64;
    }

    fn finish(&self) -> Option<Damage> {
        let stated = self.head.get(4..8).and_then(|size| size.try_into().ok()).map(u32::from_le_bytes);
        let whole = stated.is_some_and(|stated| self.size >= u64::from(stated) + 8);
        (!whole).then_some(Damage::Truncated)
    }
}
