//! Which document a file is: asked here and nowhere else.

use super::read_document;
use serde::Deserialize;

/// What an author writes, by the line `format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum DocumentKind {
    /// A procedure.
    #[serde(rename = "asrun.procedure.v1")]
    Procedure,
    /// A domain pack.
    #[serde(rename = "asrun.pack.v1")]
    Pack,
    /// A policy profile.
    #[serde(rename = "asrun.policy.v1")]
    Policy,
    /// A roster.
    #[serde(rename = "asrun.roster.v1")]
    Roster,
}

/// The one member that is asked for.
#[derive(Deserialize)]
struct Head {
    format: DocumentKind,
}

/// Tells which document this is; none where no line says so, or says something else.
///
/// The line is found before the document is read, so that one with a fault further on is still what it says it is.
#[must_use]
pub fn kind_of(bytes: &[u8]) -> Option<DocumentKind> {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().find(|line| line.starts_with("format:"));
    let head = line.unwrap_or(&text).as_bytes();
    read_document::<Head>("", head).ok().map(|head| head.format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_what_its_format_line_says_however_it_is_spelled() {
        for line in [
            "format: asrun.pack.v1",
            "format:   \"asrun.pack.v1\"",
            "format: 'asrun.pack.v1'",
            "format: asrun.pack.v1  # the words of the field",
            "{format: asrun.pack.v1, id: x}",
        ] {
            assert_eq!(kind_of(line.as_bytes()), Some(DocumentKind::Pack), "{line}");
        }
        let faulty = b"id: x\nformat: asrun.policy.v1\nclosure: [: :\n";
        assert_eq!(kind_of(faulty), Some(DocumentKind::Policy), "a fault further on changes nothing");
    }

    #[test]
    fn what_names_no_format_of_ours_is_none_of_ours() {
        for text in ["", "title: x", "format: asrun.pack.v9", "  format: asrun.pack.v1\n  id: x\nother: y", "\u{0}"] {
            assert_eq!(kind_of(text.as_bytes()), None, "{text:?}");
        }
    }
}
