//! Untrusted text on its way to a terminal, a report or a log (FORMAT.md §1).

use std::borrow::Cow;
use std::fmt::{self, Write as _};

/// Makes control bytes, direction overrides and invisible characters visible as codes such as `<U+202E>`.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match is_hidden(character) {
            // Writing to a string cannot fail.
            true => drop(write!(out, "<U+{:04X}>", u32::from(character))),
            false => out.push(character),
        }
    }
    Cow::Owned(out)
}

/// As [`escape`], for a text that is laid out already: its line feeds and tabs stay.
///
/// In JSON control characters become JSON's own escapes, which mean the same, and everything else stays as it is:
/// programs compare its bytes.
#[must_use]
pub fn harmless(text: &str, is_json: bool) -> Cow<'_, str> {
    let loose = |c: char| !matches!(c, '\n' | '\t') && (c.is_control() || (!is_json && is_hidden(c)));
    if !text.contains(loose) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        let code = u32::from(character);
        // Writing to a string cannot fail.
        match (loose(character), is_json) {
            (true, true) => drop(write!(out, "\\u{code:04x}")),
            (true, false) => drop(write!(out, "<U+{code:04X}>")),
            (false, _) => out.push(character),
        }
    }
    Cow::Owned(out)
}

/// Tells whether a character moves the cursor, turns the direction, joins others or shows nothing.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Counts things in words: `1 record`, `2 records`.
#[must_use]
pub fn counted<N: fmt::Display + From<u8> + PartialEq>(count: N, one: &str, many: &str) -> String {
    let word = if count == N::from(1) { one } else { many };
    format!("{count} {word}")
}

/// Returns a text in Unicode's normal form C: a letter that can be written as one character is one.
#[must_use]
pub fn nfc(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    text.nfc().collect()
}

/// Returns what an error says, then what each of its causes says.
#[must_use]
pub fn causes(error: &dyn std::error::Error) -> Vec<String> {
    let first = vec![error.to_string()];
    std::iter::successors(error.source(), |cause| cause.source()).fold(first, |mut told, cause| {
        told.push(cause.to_string());
        told
    })
}

/// Returns an error with its causes in one line.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    causes(error).join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_a_cursor_is_visible_in_a_page_and_escaped_in_json() {
        assert_eq!(harmless("a\tb\nc", false), "a\tb\nc");
        assert_eq!(harmless("a\u{1b}[2J\r\n", false), "a<U+001B>[2J<U+000D>\n");
        assert_eq!(harmless("a\u{202e}b", false), "a<U+202E>b");
        assert_eq!(harmless("[\"\u{9b}\u{202e}\"]\n", true), "[\"\\u009b\u{202e}\"]\n");
    }

    #[test]
    fn one_thing_is_not_many() {
        let told = [0, 1, 2].map(|count: usize| counted(count, "record", "records"));
        assert_eq!(told, ["0 records", "1 record", "2 records"]);
    }

    #[test]
    fn escapes_overrides_and_invisible_characters_become_visible() {
        assert_eq!(escape("plain ä 漢"), "plain ä 漢");
        assert_eq!(escape("a\u{1b}[31m"), "a<U+001B>[31m");
        assert_eq!(escape("x\u{202e}gpj.exe"), "x<U+202E>gpj.exe");
        assert_eq!(escape("a\u{200b}b\u{feff}\n"), "a<U+200B>b<U+FEFF><U+000A>");
    }
}
