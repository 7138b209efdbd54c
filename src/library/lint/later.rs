//! What belongs to the language but not yet to this version.

/// Words of the language that this version does not support; they are refused by name, never ignored.
pub const LATER: &[&str] = &["gate"];

/// Tells which word of the language an error message of the YAML door is about, when it is one of a later version.
#[must_use]
pub fn later_word(message: &str) -> Option<&'static str> {
    let quoted = message.split('`').nth(1)?;
    LATER.iter().find(|word| **word == quoted).copied()
}
