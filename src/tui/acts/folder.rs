//! Listing folders: packages by their titles, and files with the facts that stand in for a picture.

use crate::kernel::documents::roster::Roster;
use crate::kernel::model::time::Timestamp;
use crate::kernel::text::counted;
use crate::session::{Shelf, Shelved, installed_roster};
use crate::store::Home;
use crate::tui::ground::effect::{FolderLine, PackageLine};
use crate::tui::words::chain;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Returns the packages of a home by name: title, who approved it, and why it opens no run where it opens none.
pub(in crate::tui) fn packages(home: &Home, at: Timestamp) -> Vec<PackageLine> {
    let entries = std::fs::read_dir(home.packages()).into_iter().flatten().flatten().map(|e| e.path());
    let mut paths: Vec<PathBuf> = entries.filter(|p| p.extension().is_some_and(|e| e == "lep")).collect();
    paths.sort();
    let roster = installed_roster(home).ok().map(|(roster, ..)| roster);
    let shelf = Shelf(paths.iter().cloned().filter_map(Shelved::read).collect());
    paths.iter().map(|path| line(path, &shelf, roster.as_ref(), at)).collect()
}

fn line(path: &Path, shelf: &Shelf, roster: Option<&Roster>, at: Timestamp) -> PackageLine {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let Some(found) = shelf.0.iter().find(|s| s.path == path) else {
        return PackageLine { path: path.to_owned(), title: format!("{name:<28} cannot be opened"), facts: Vec::new() };
    };
    let package = &found.package;
    let mut facts: Vec<String> = Vec::new();
    if let Some(roster) = roster {
        facts.extend(package.check_in_force(roster, at).err().map(|fault| fault.to_string()));
        facts.extend(shelf.admits(&package.plan, roster).err().map(|fault| fault.to_string()));
        let successor = shelf.successor(&package.plan, roster, at);
        facts.extend(successor.map(|by| format!("superseded by revision {}", by.revision)));
        // What keeps it from being run comes first: there is room for a few lines.
        facts.extend(package.approvers(roster, at).iter().map(|approver| format!("approved by {approver}")));
    }
    PackageLine { path: path.to_owned(), title: format!("{name:<28} {}", package.plan.procedure.title), facts }
}

/// Returns the lines of a folder: folders first, then files, newest first.
pub(in crate::tui) fn lines(folder: &Path, hidden: bool) -> Vec<FolderLine> {
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
            let mut lines = vec![format!("{}  {}", facts.media_type, counted(facts.size, "byte", "bytes"))];
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
