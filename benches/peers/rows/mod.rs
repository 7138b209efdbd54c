//! The rows of the table, chapter by chapter.

mod append;
mod big;
mod files;
pub(crate) mod growth;
mod records;
mod runs;
mod start;

use crate::scale::Scale;
use std::path::Path;

/// A chapter: its name on the command line, and what prints its rows.
pub(crate) type Chapter = (&'static str, fn(&Scale, &Path));

pub(crate) const CHAPTERS: &[Chapter] = &[
    ("start", start::rows),
    ("append", append::rows),
    ("files", files::rows),
    ("big", big::rows),
    ("records", records::rows),
    ("runs", runs::rows),
    ("growth", growth::rows),
];
