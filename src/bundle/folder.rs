//! A bundle as a folder: listed without following links, opened part by part.

use super::shelf::Shelf;
use super::{APPENDED, JOURNAL, is_sealed};
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::Severity;
use rustix::fs::{Mode, OFlags};
use std::fs::{File, FileType};
use std::io;
use std::path::{Path, PathBuf};

/// How deep folders may lie inside `data/` and the appended ones.
const DEPTH: usize = 8;

/// Lists a bundle folder. Sorted, so that the same files give the same findings everywhere.
pub(super) fn list(root: &Path) -> io::Result<Shelf<()>> {
    let mut shelf = Shelf::new();
    // Sealed files first: of two names that differ in case alone the stranger's must be the offender.
    let mut entries = entries(root)?;
    entries.sort_by_key(|(name, _)| (!is_sealed(name) && name != "data", name.clone()));
    for (name, kind) in entries {
        let walked = name == "data" || APPENDED.contains(&name.as_str());
        match kind {
            _ if kind.is_dir() && walked => walk(root, &name, 1, &mut shelf)?,
            // A folder or link that nobody named cannot hurt; one in place of a sealed file can.
            _ if kind.is_dir() && !is_sealed(&name) && shelf.counts(&name) => shelf.unknown(&name),
            _ if kind.is_file() && !walked => take(root, name, &mut shelf)?,
            _ => shelf.not_regular(&name),
        }
    }
    Ok(shelf)
}

/// Lists `data/` alone, for a run that is about to be sealed.
pub(super) fn list_data(root: &Path) -> io::Result<Shelf<()>> {
    let mut shelf = Shelf::new();
    walk(root, "data", 1, &mut shelf)?;
    Ok(shelf)
}

fn walk(root: &Path, folder: &str, depth: usize, shelf: &mut Shelf<()>) -> io::Result<()> {
    for (name, kind) in entries(&root.join(folder))? {
        let name = format!("{folder}/{name}");
        match kind {
            _ if kind.is_dir() && depth < DEPTH => walk(root, &name, depth + 1, shelf)?,
            _ if kind.is_file() => take(root, name, shelf)?,
            _ => shelf.not_regular(&name),
        }
    }
    Ok(())
}

fn take(root: &Path, name: String, shelf: &mut Shelf<()>) -> io::Result<()> {
    // Names that are not UTF-8 were made readable; they are unsafe, so the file itself is never asked for.
    if name.contains(char::REPLACEMENT_CHARACTER) {
        let severity = Shelf::<()>::weight(&name);
        shelf.find(severity, FindingCode::ContainerName, &name, "the name is not ASCII; it was not opened");
        return Ok(());
    }
    let size = std::fs::symlink_metadata(root.join(&name))?.len();
    shelf.take(&name, size, ());
    Ok(())
}

fn entries(folder: &Path) -> io::Result<Vec<(String, FileType)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        found.push((entry.file_name().to_string_lossy().into_owned(), entry.file_type()?));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

/// Lists what lies in the folder of a run and is no part of it: names that the format does not have and `known` does
/// not name, links and devices in place of files, folders in folders. Of a strange folder the folder alone is listed.
///
/// # Errors
/// What the system says.
pub fn strangers(root: &Path, known: &dyn Fn(&str) -> bool) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    strange(root, Path::new(""), known, &mut found)?;
    found.sort();
    Ok(found)
}

fn strange(root: &Path, folder: &Path, known: &dyn Fn(&str) -> bool, found: &mut Vec<PathBuf>) -> io::Result<()> {
    const FOLDERS: [&str; 4] = ["data", "data/evidence", "data/recovered", "data/rosters"];
    for entry in std::fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let (path, kind) = (folder.join(entry.file_name()), entry.file_type()?);
        let name = path.to_string_lossy();
        let fixed = [JOURNAL, "data/package.lep", "data/manifest.json", "data/state.json"].contains(&&*name)
            || (is_sealed(&name) && !name.starts_with("data/"));
        match kind {
            _ if kind.is_dir() && FOLDERS.contains(&&*name) => strange(root, &path, known, found)?,
            _ if kind.is_dir() && APPENDED.contains(&&*name) => {}
            _ if kind.is_file() && (fixed || known(&name)) => {}
            _ => found.push(path),
        }
    }
    Ok(())
}

/// Opens a member of a folder. No part of its path may be a link, and it must be a regular file.
pub(super) fn open(root: &File, name: &str) -> io::Result<File> {
    let mut parts: Vec<&str> = name.split('/').collect();
    let last = parts.pop().unwrap_or_default();
    let mut folder = root.try_clone()?;
    let flags = OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::RDONLY;
    for part in parts {
        folder = rustix::fs::openat(&folder, part, flags | OFlags::DIRECTORY, Mode::empty())?.into();
    }
    let file: File = rustix::fs::openat(&folder, last, flags | OFlags::NONBLOCK, Mode::empty())?.into();
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")),
    }
}

/// Says whether something sealed weighs on this shelf already.
pub(super) fn first_fault(shelf: &Shelf<()>) -> Option<(FindingCode, String)> {
    let fault = shelf.findings.iter().find(|finding| finding.severity == Severity::Fail)?;
    Some((fault.code, fault.place.clone()))
}
