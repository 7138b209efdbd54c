//! Text from a bundle, made safe to print: what would move, hide or reorder becomes a visible code.

use std::fmt::Write as _;

/// Returns the text with control bytes, bidi overrides and invisible characters as `\u{…}`.
#[must_use]
pub fn visible(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match hidden(c) {
            true => drop(write!(out, "\\u{{{:x}}}", u32::from(c))),
            false => out.push(c),
        }
        out
    })
}

fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0xad | 0x34f | 0x61c | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f
            | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xfffb
            | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_could_deceive_a_reader_becomes_a_code() {
        assert_eq!(visible("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(visible("fdp\u{202e}exe"), "fdp\\u{202e}exe");
        assert_eq!(visible("zero\u{200b}width\n"), "zero\\u{200b}width\\u{a}");
        assert_eq!(visible("Grüße, 101A-V-01"), "Grüße, 101A-V-01");
    }
}
