//! Texts: UTF-8 from the first byte to the last, without what texts do not have.

use super::{Damage, Walk};

/// Control characters that no text has; tab, line feed, form feed, carriage return and escape are none of them.
fn is_clean(bytes: &[u8]) -> bool {
    !bytes.iter().any(|b| matches!(b, 0..=8 | 14..=26 | 28..=31))
}

/// UTF-8 without control characters that texts do not have; a character cut at the end does not count.
#[must_use]
pub fn is_text(head: &[u8], whole: bool) -> bool {
    match std::str::from_utf8(head) {
        Ok(_) => is_clean(head),
        Err(error) => !whole && error.error_len().is_none() && is_clean(&head[..error.valid_up_to()]),
    }
}

/// A text in some older encoding: no control characters, and ASCII for the most part.
pub(super) fn is_old(head: &[u8]) -> bool {
    let ascii = head.iter().filter(|b| b.is_ascii()).count();
    is_clean(head) && ascii * 10 >= head.len() * 7
}

/// Follows a text; at most the three first bytes of a character are kept between two pieces.
#[derive(Default)]
pub(super) struct Utf8 {
    cut: Vec<u8>,
    broken: bool,
}

impl Walk for Utf8 {
    fn push(&mut self, bytes: &[u8]) {
        if self.broken {
            return;
        }
        let joined = [std::mem::take(&mut self.cut).as_slice(), bytes].concat();
        self.broken = !is_clean(&joined);
        if let Err(error) = std::str::from_utf8(&joined) {
            self.broken |= error.error_len().is_some();
            self.cut = joined[error.valid_up_to()..].to_vec();
            self.cut.truncate(4);
        }
    }

    fn finish(&self) -> Option<Damage> {
        (self.broken || !self.cut.is_empty()).then_some(Damage::NotText)
    }
}
