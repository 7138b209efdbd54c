//! Files that are read from their end: PDF, and the archives that office documents are.

use super::{Damage, Walk};

/// Keeps the last bytes and looks for an end mark in them.
pub(super) struct Tail {
    mark: &'static [u8],
    most: usize,
    last: Vec<u8>,
}

impl Tail {
    /// A PDF ends with `%%EOF`, within its last 1024 bytes.
    pub(super) fn pdf() -> Self {
        Self { mark: b"%%EOF", most: 1024, last: Vec::new() }
    }

    /// An archive ends with its directory's end, behind which stands a comment of at most 65,535 bytes.
    pub(super) fn zip() -> Self {
        Self { mark: b"PK\x05\x06", most: 22 + 65_535, last: Vec::new() }
    }
}

impl Walk for Tail {
    fn push(&mut self, bytes: &[u8]) {
        let bytes = &bytes[bytes.len().saturating_sub(self.most)..];
        let kept = self.last.len().min(self.most - bytes.len());
        self.last.drain(..self.last.len() - kept);
        self.last.extend_from_slice(bytes);
    }

    fn finish(&self) -> Option<Damage> {
        memchr::memmem::find(&self.last, self.mark).is_none().then_some(Damage::Truncated)
    }
}
