//! Base64 in one spelling: standard alphabet, padded, zero spare bits (FORMAT.md §1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Writes bytes as padded base64.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads padded base64; a missing pad, a set spare bit, a space or another alphabet is refused.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_has_one_spelling() {
        assert_eq!(decode("AA=="), Some(vec![0]));
        assert_eq!(encode(&[0]), "AA==");
        for text in ["AA", "AA=", "AB==", "AA==\n", " AA==", "A-==", "AA==AA=="] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
