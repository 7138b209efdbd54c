//! JPEG: segments with lengths, scans of coded data between them, up to the end mark.

use super::{Damage, Walk};

const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;

/// Where in the file the next byte stands.
#[derive(Clone, Copy)]
enum At {
    /// Before the `FF` of a mark.
    Mark,
    /// Behind it.
    Name,
    /// The first byte of a length.
    High(u8),
    /// The second one.
    Low(u8, u8),
    /// So many bytes of a segment are left.
    Segment(u8, u32),
    /// Coded data.
    Coded,
    /// An `FF` in coded data.
    CodedMark,
    /// Behind the end mark.
    End,
    /// Beyond help.
    Wrong,
}

/// Follows a JPEG.
pub(super) struct Jpeg {
    at: At,
    pictured: bool,
}

impl Default for Jpeg {
    fn default() -> Self {
        Self { at: At::Mark, pictured: false }
    }
}

impl Jpeg {
    /// What follows a mark.
    fn named(&mut self, name: u8) -> At {
        match name {
            0xff => At::Name,
            // Start, restarts and the oldest private mark have no length.
            START | 0x01 | 0xd0..=0xd7 => At::Mark,
            END if self.pictured => At::End,
            0x00 | END => At::Wrong,
            _ => At::High(name),
        }
    }

    fn byte(&mut self, at: At, byte: u8) -> At {
        match at {
            At::Mark if byte == 0xff => At::Name,
            At::Mark => At::Wrong,
            At::Name => self.named(byte),
            At::High(name) => At::Low(name, byte),
            At::Low(name, high) => match u32::from(u16::from_be_bytes([high, byte])) {
                length @ 2.. => At::Segment(name, length - 2),
                _ => At::Wrong,
            },
            // Zero stands for an `FF` of the data, restarts go on with it.
            At::CodedMark if matches!(byte, 0x00 | 0xd0..=0xd7) => At::Coded,
            At::CodedMark => self.named(byte),
            At::Segment(..) | At::Coded | At::End | At::Wrong => at,
        }
    }
}

impl Walk for Jpeg {
    fn push(&mut self, mut bytes: &[u8]) {
        while let [first, rest @ ..] = bytes {
            self.at = match self.at {
                At::Segment(SCAN, 0) => {
                    self.pictured = true;
                    At::Coded
                }
                At::Segment(_, 0) => At::Mark,
                At::Segment(name, left) => {
                    let taken = bytes.len().min(left as usize);
                    bytes = &bytes[taken..];
                    At::Segment(name, left - u32::try_from(taken).unwrap_or(left))
                }
                At::Coded => {
                    let mark = memchr::memchr(0xff, bytes);
                    bytes = mark.map_or(&[], |at| &bytes[at + 1..]);
                    if mark.is_some() { At::CodedMark } else { At::Coded }
                }
                // What some cameras put behind the picture is not part of it.
                At::End | At::Wrong => return,
                at => {
                    bytes = rest;
                    self.byte(at, *first)
                }
            };
        }
    }

    fn finish(&self) -> Option<Damage> {
        match self.at {
            At::End => None,
            At::Wrong => Some(Damage::Malformed),
            _ => Some(Damage::Truncated),
        }
    }
}
