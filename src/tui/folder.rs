//! Listing folders: packages by their titles, and files with the facts that stand in for a picture.

use super::effect::FolderLine;
use super::words::chain;
use crate::session::{MAX_PACKAGE, open_package};
use crate::store::read_whole;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Returns the packages of a folder with their titles, by name.
pub(super) fn packages(folder: &Path) -> Vec<(PathBuf, String)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path());
    let locked = entries.filter(|p| p.extension().is_some_and(|e| e == "lep"));
    let mut packages: Vec<_> = locked.map(|p| (p.clone(), title(&p))).collect();
    packages.sort();
    packages
}

fn title(path: &Path) -> String {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = read_whole(path, "the package", MAX_PACKAGE).ok();
    let opened = bytes.and_then(|bytes| open_package(&bytes).ok());
    match opened {
        Some(package) => format!("{name:<28} {}", package.plan.procedure.title),
        None => format!("{name:<28} cannot be opened"),
    }
}

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
