//! Package and roster of a run, put back from the home: only what has the digest that the first record names.

use super::fit::Tidied;
use super::material::open_package;
use crate::kernel::canon::digest::FileDigest;
use crate::kernel::records::event::{Event, RunOpened};
use crate::kernel::records::record::{MAX_LINE, SignedRecord};
use crate::kernel::signature::{Namespace, SshSignature};
use crate::library::{MAX_DOCUMENT, MAX_PACKAGE};
use crate::store::{Disk, Home, RunPaths, StoreError, read_whole};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

/// The longest signature of a roster.
const MAX_SIGNATURE: u64 = 64 << 10;

/// Puts back what is missing or another one. Where the home has no such bytes either, nothing happens: whoever reads the
/// run next says what is missing.
///
/// # Errors
/// A failing disk.
pub(super) fn restore(home: &Home, disk: &Disk, paths: &RunPaths) -> Result<Vec<Tidied>, StoreError> {
    let Some(opened) = opened(&paths.journal()) else { return Ok(Vec::new()) };
    let mut restored = Vec::new();
    let mut put = |path: &Path, bytes: &[u8]| {
        let folder = path.parent().unwrap_or(path);
        disk.create_folder(folder).and_then(|()| disk.replace(path, bytes)).map_err(StoreError::at(path))?;
        let name = path.strip_prefix(&paths.dir).unwrap_or(path).display().to_string();
        restored.push(Tidied::Restored { name });
        Ok(())
    };
    let package = |path: &PathBuf| read_whole(path, "the package", MAX_PACKAGE).ok().filter(|b| is_package(b, &opened));
    if package(&paths.package()).is_none()
        && let Some(bytes) = files(&home.packages()).iter().find_map(package)
    {
        put(&paths.package(), &bytes)?;
    }
    let roster = |path: &PathBuf| signed_roster(path, &opened);
    if files(&paths.rosters()).iter().find_map(roster).is_none()
        && let Some((name, bytes, signature)) = files(&home.rosters()).iter().find_map(roster)
    {
        put(&paths.rosters().join(format!("{name}.sig")), &signature)?;
        put(&paths.rosters().join(name), &bytes)?;
    }
    Ok(restored)
}

/// The roster in the run folder that the first record names: its name, bytes and signature.
pub(super) fn named_roster(paths: &RunPaths) -> Option<(String, Vec<u8>, Vec<u8>)> {
    let opened = opened(&paths.journal())?;
    files(&paths.rosters()).iter().find_map(|path| signed_roster(path, &opened))
}

/// What the first record of a journal says the run was opened with.
fn opened(journal: &Path) -> Option<RunOpened> {
    match &first(journal)?.record().event {
        Event::RunOpened(opened) => Some(opened.clone()),
        _ => None,
    }
}

/// The first record of a journal, whoever signed it; none where the first whole line is no record.
pub(super) fn first(journal: &Path) -> Option<SignedRecord> {
    let mut line = Vec::new();
    let limit = MAX_LINE as u64 + 1;
    BufReader::new(File::open(journal).ok()?.take(limit)).read_until(b'\n', &mut line).ok()?;
    SignedRecord::parse(line.strip_suffix(b"\n")?).ok()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}

fn is_package(bytes: &[u8], opened: &RunOpened) -> bool {
    open_package(bytes).is_ok_and(|package| package.plan.digest == opened.package)
}

/// A roster of exactly that digest whose signature lies beside it and holds.
fn signed_roster(path: &Path, opened: &RunOpened) -> Option<(String, Vec<u8>, Vec<u8>)> {
    let name = path.file_name()?.to_str().filter(|name| name.ends_with(".yaml"))?.to_owned();
    let bytes = read_whole(path, "the roster", MAX_DOCUMENT as u64).ok()?;
    let signature = read_whole(&path.with_extension("yaml.sig"), "the signature of the roster", MAX_SIGNATURE).ok()?;
    let holds = SshSignature::parse(&signature).ok()?.check(Namespace::Roster, &bytes).is_ok();
    (FileDigest::of(&bytes) == opened.roster && holds).then_some((name, bytes, signature))
}
