//! Listing a folder for the evidence picker, with the facts that stand in for a picture.

use super::effect::FolderLine;
use super::performer::chain;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Returns the lines of a folder: folders first, then files, newest first.
pub(super) fn lines(folder: &Path, hidden: bool) -> Vec<FolderLine> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut lines: Vec<(u128, FolderLine)> =
        entries.filter_map(|e| folder_line(&e.path(), hidden)).take(2000).collect();
    lines.sort_by(|(a, x), (b, y)| (!x.is_folder, b, &x.name).cmp(&(!y.is_folder, a, &y.name)));
    lines.into_iter().map(|(_, line)| line).collect()
}

fn folder_line(path: &Path, hidden: bool) -> Option<(u128, FolderLine)> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    if name.starts_with('.') && !hidden {
        return None;
    }
    let facts = std::fs::metadata(path).ok()?;
    let changed = facts.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok()).map_or(0, |d| d.as_millis());
    let is_folder = facts.is_dir();
    let shown = if facts.is_file() { preview(path) } else { Vec::new() };
    Some((changed, FolderLine { path: path.to_owned(), name, is_folder, size: facts.len(), facts: shown }))
}

/// Facts of a file, which are also what stands in for a picture.
fn preview(path: &Path) -> Vec<String> {
    match crate::store::facts(path) {
        Ok(facts) => {
            let mut lines = vec![format!("{}  {} bytes", facts.media_type, facts.size)];
            lines.extend(facts.pixels.map(|(w, h)| format!("{w} x {h} pixels")));
            lines.extend(facts.mtime.map(|t| format!("changed {t}")));
            lines.push(String::new());
            lines.extend(facts.secret.map(|s| format!("REFUSED at capture: {s}")));
            lines.extend(facts.preview);
            lines
        }
        Err(error) => vec![chain(&error)],
    }
}
