//! The one door for YAML (FORMAT.md §1).

use super::lint::{Code, later_word};
use super::notation::Notation;
use crate::kernel::documents::roster::Roster;
use crate::kernel::documents::step_signature::NO_STEP_SIGNATURE;
use serde::de::DeserializeOwned;
use serde_yaml::{Budget, Options};

/// The largest document that is read, in bytes.
pub const MAX_DOCUMENT: usize = 1024 * 1024;

/// What is wrong with a document, and where.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct Diagnostic {
    /// Stable code.
    pub code: &'static str,
    /// File as the caller named it.
    pub file: String,
    /// Line, from 1; 0 where the whole file is meant.
    pub line: u64,
    /// Column, from 1; 0 where the whole line is meant.
    pub column: u64,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

fn options() -> Options {
    let mut budget = Budget::default();
    budget.max_anchors = 0;
    budget.max_aliases = 0;
    budget.max_merge_keys = 0;
    budget.max_documents = 1;
    budget.max_depth = 32;
    serde_yaml::options! {
        budget: Some(budget),
        duplicate_keys: serde_yaml::DuplicateKeyPolicy::Error,
        merge_keys: serde_yaml::MergeKeyPolicy::Error,
        strict_booleans: true,
        // A text that looks like a number must be quoted: limits are decimals, never floats.
        no_schema: true,
        reject_unsupported_tags: true,
        with_snippet: false,
    }
}

/// Reads one document.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn read_document<T: DeserializeOwned>(file: &str, bytes: &[u8]) -> Result<T, Diagnostic> {
    let at = |code: Code, line, column, message: String| Diagnostic {
        code: code.name(),
        file: file.to_owned(),
        line,
        column,
        message,
        hint: code.hint().to_owned(),
    };
    if bytes.len() > MAX_DOCUMENT {
        return Err(at(Code::YamlSize, 0, 0, format!("larger than {MAX_DOCUMENT} bytes")));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| at(Code::YamlEncoding, 0, 0, "not UTF-8".into()))?;
    let document = serde_yaml::from_str_with_options(text, options()).map_err(|error| {
        let (line, column) = error.location().map_or((0, 0), |l| (l.line(), l.column()));
        let message = error.without_snippet().to_string();
        match later_word(&message) {
            Some(word) => {
                let message = format!("`{word}` belongs to the language, but this version does not support it");
                at(Code::YamlNotSupported, line, column, message)
            }
            None if message.contains(NO_STEP_SIGNATURE) => at(Code::YamlSignoffMeaning, line, column, message),
            None => at(Code::YamlForm, line, column, message),
        }
    })?;
    match Notation::read(text).tags.into_iter().next() {
        None => Ok(document),
        Some(tag) => Err(at(Code::YamlTag, tag.line, tag.column, format!("the tag `{}` is not taken", tag.text))),
    }
}

/// Reads a roster and checks that it does not contradict itself.
///
/// # Errors
/// As [`read_document`].
pub fn read_roster(file: &str, bytes: &[u8]) -> Result<Roster, Diagnostic> {
    let roster: Roster = read_document(file, bytes)?;
    roster.consistent().map_err(|fault| Diagnostic {
        code: Code::RosterContradiction.name(),
        file: file.to_owned(),
        line: 0,
        column: 0,
        message: fault.to_string(),
        hint: Code::RosterContradiction.hint().to_owned(),
    })
}
