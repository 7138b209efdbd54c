//! What stands around the values of a YAML document: tags, and words that became a comment.

use granit_parser::{Event, Parser, Placement, ScalarStyle, Span};

/// A place in a document, and what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Line, from 1.
    pub line: u64,
    /// Column, from 1.
    pub column: u64,
    /// What stands there.
    pub text: String,
}

/// Tags and lost words of one document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notation {
    /// Where tags are written.
    pub tags: Vec<Mark>,
    /// What follows ` #` in an unquoted value, and so is a comment.
    pub lost: Vec<Mark>,
}

impl Notation {
    /// Reads a document that is known to be well formed, for its notation alone.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut found = Self::default();
        // The last word of an unquoted value, as long as nothing but blanks came after it.
        let mut last: Option<String> = None;
        for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
            match &event {
                Event::Scalar(_, _, _, Some(tag))
                | Event::SequenceStart(_, _, Some(tag))
                | Event::MappingStart(_, _, Some(tag)) => found.tags.push(mark(span, tag.to_string())),
                Event::Comment(words, Placement::Right) => {
                    let before = before(text, span);
                    let value = last.take().is_some_and(|word| before.trim_end().ends_with(&word));
                    // What is set off by two blanks before and one behind is meant as a comment.
                    let aside = before.ends_with("  ") && (words.is_empty() || words.starts_with([' ', '#']));
                    if value && !aside {
                        found.lost.push(mark(span, format!("#{words}")));
                    }
                }
                _ => {}
            }
            last = match &event {
                Event::Scalar(value, ScalarStyle::Plain, ..) => value.split_whitespace().last().map(str::to_owned),
                _ => None,
            };
        }
        found
    }
}

/// What stands on the line of a comment before it.
fn before(text: &str, span: Span) -> String {
    let line = text.lines().nth(span.start.line().saturating_sub(1)).unwrap_or_default();
    line.chars().take(span.start.col()).collect()
}

fn mark(span: Span, text: String) -> Mark {
    Mark { line: span.start.line() as u64, column: span.start.col() as u64 + 1, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(text: &str) -> Vec<(u64, u64, String)> {
        Notation::read(text).lost.into_iter().map(|m| (m.line, m.column, m.text)).collect()
    }

    #[test]
    fn words_behind_an_unquoted_hash_are_lost_and_told() {
        assert_eq!(lost("a: b\ntitle: Close valve #3 now\n"), [(2, 20, "#3 now".into())]);
        assert_eq!(lost("- {id: x, text: Valve #3}\n").len(), 0, "a flow mapping that is not closed is no document");
        assert_eq!(lost("text: Druck prüfen # 3 bar\n"), [(1, 20, "# 3 bar".into())]);
    }

    #[test]
    fn a_comment_that_is_set_off_and_a_quoted_hash_lose_nothing() {
        let text = "a: b   # said aside\n# alone\nc:  # none\n  - d\ne: \"x #3\"\nf: 'x #3'\ng: |\n  x #3\nh: x#3\ni: [j] # k\n";
        assert_eq!(lost(text), []);
    }

    #[test]
    fn every_tag_is_found() {
        let tags = |text: &str| Notation::read(text).tags.iter().map(|m| (m.line, m.column)).collect::<Vec<_>>();
        for text in ["a: !!str b\n", "a: !mine b\n", "a: ! b\n", "a: !!seq [b]\n", "!!map\na: b\n"] {
            assert_eq!(tags(text).len(), 1, "{text}");
        }
        assert_eq!(tags("a: \"!b\"\nc: d!\n"), []);
    }
}
