//! Where drafts lie between two programs: beside the run, never in the bundle, and never evidence.

use crate::store::{Disk, RunPaths};
use crate::tui::run::drafts::Drafts;
use std::io::{self, Read as _};
use std::path::PathBuf;

fn place(paths: &RunPaths) -> PathBuf {
    paths.drafts().join("forms.json")
}

/// Writes drafts down in place of those before; where none are left the file goes.
///
/// # Errors
/// A disk that refuses; nothing else stops for that.
pub(in crate::tui) fn keep(disk: &Disk, paths: &RunPaths, drafts: &Drafts) -> io::Result<()> {
    let file = place(paths);
    match drafts.is_empty() {
        true if file.exists() => disk.remove(&file),
        true => Ok(()),
        false => disk.replace(&file, &drafts.bytes()),
    }
}

/// Reads them back; a file that is absent, unreadable or larger than any draft holds none.
pub(in crate::tui) fn read(paths: &RunPaths) -> Drafts {
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(place(paths));
    let whole = opened.and_then(|file| file.take(Drafts::MOST_BYTES as u64 + 1).read_to_end(&mut bytes));
    whole.map(|_| Drafts::parse(&bytes)).unwrap_or_default()
}
