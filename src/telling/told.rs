//! A line with what it means for whoever reads it: colour and mark follow from the tone, never from the words.

use crate::kernel::text::escape;
use std::fmt;

/// What a line means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// To be known.
    #[default]
    Plain,
    /// As it should be.
    Good,
    /// Still open.
    Open,
    /// In the way, failed, or not to be taken back.
    Bad,
}

impl Tone {
    /// Returns what stands before the line, so that nobody has to see its colour.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            Self::Good => "[x] ",
            Self::Bad => "[!] ",
            Self::Plain | Self::Open => "",
        }
    }
}

/// A line that is told. Printed, it shows what moves a cursor or turns the direction as codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What it means.
    pub tone: Tone,
    text: String,
}

impl Told {
    /// Tells something in a tone.
    #[must_use]
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into() }
    }
}

impl From<String> for Told {
    fn from(text: String) -> Self {
        Self::new(Tone::Plain, text)
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escape(&self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_moves_no_cursor_and_its_mark_is_no_part_of_the_words() {
        let told = Told::new(Tone::Bad, "tag \u{1b}[31mP-7");
        assert_eq!((told.tone.mark(), told.to_string().as_str()), ("[!] ", "tag <U+001B>[31mP-7"));
        assert_eq!(Told::from("[!] typed".to_owned()).tone, Tone::Plain, "words choose no tone");
    }
}
