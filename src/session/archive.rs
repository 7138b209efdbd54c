//! Putting a run aside that is not what was recorded: only on a person's word, byte for byte, with a signed manifest
//! (FORMAT.md §4, Archive). What holds of it can still be shown, replayed and written out.

use super::health::{Depth, Health, Reading, look_at, look_paths};
use super::{Station, SubmitError, installed_roster};
use crate::kernel::canon::digest::{FileDigest, SealDigest};
use crate::kernel::canon::{self, NotCanonical, Refused};
use crate::kernel::documents::roster::Roster;
use crate::kernel::model::name::{PersonId, RunId};
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::archive::{Archive, ArchiveFormat, ArchivedFile};
use crate::kernel::records::receipt::JournalHead;
use crate::kernel::run::Run;
use crate::kernel::signature::{Namespace, SshSignature};
use crate::store::{
    Disk, Home, Lock, LockError, Memory, Occasion, RunPaths, Sight, StoreError, WholeError, acknowledged, read_whole,
    remember,
};
use std::io;
use std::path::{Path, PathBuf};

/// The most bytes of a manifest; a run may hold very many files.
const MAX_MANIFEST: u64 = 256 << 20;
/// The most bytes of a reason.
const MAX_REASON: usize = 8000;

/// Why a run was not archived; it lies where it lay.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// No such run in this home.
    #[error("there is no run {0} in this home")]
    NoSuchRun(RunId),
    /// Nothing is wrong with the records.
    #[error("run {run} is not archived: it is {health}")]
    Well {
        /// Which run.
        run: RunId,
        /// What it is.
        health: Box<Health>,
    },
    /// No reason was given, or a very long one.
    #[error("say why, in at most {MAX_REASON} bytes")]
    Reason,
    /// The key cannot be opened, or may not sign at this station.
    #[error("the manifest is not signed")]
    Signer(#[from] Box<SubmitError>),
    /// The key is not that of the person.
    #[error("the key does not stand under {0} in the roster of this station or of the run, valid now")]
    NotInRoster(PersonId),
    /// Another program writes this run.
    #[error("the run is being written")]
    Lock(#[from] LockError),
    /// The disk failed.
    #[error("the disk failed; what was moved already is listed by `asrun doctor`")]
    Store(#[from] StoreError),
    /// A text cannot be written canonically.
    #[error("the manifest has no canonical form")]
    Form(#[from] NotCanonical),
}

/// An archived run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archived {
    /// Where it lies.
    pub dir: PathBuf,
    /// What was said of it.
    pub manifest: Archive,
    /// The digest of the manifest: what the next run names.
    pub digest: FileDigest,
    /// Why the manifest is not to be believed, if so.
    pub fault: Option<String>,
}

impl Archived {
    /// The run folder inside.
    #[must_use]
    pub fn run(&self) -> PathBuf {
        self.dir.join("run")
    }

    /// Returns one line for people: the same at every door.
    #[must_use]
    pub fn words(&self) -> String {
        let Archive { person, at, why, reason, .. } = &self.manifest;
        let fault = self.fault.as_ref().map(|fault| format!("; the manifest is not to be believed: {fault}"));
        format!("archived by {person}, {} UTC: {why} (\"{reason}\"){}", at.minute(), fault.unwrap_or_default())
    }
}

/// Moves a run that is not what was recorded into the archive. What is whole, and what only has another package or
/// roster beside it, stays.
///
/// # Errors
/// Why it stays where it is.
pub fn archive(
    station: &Station,
    id: &RunId,
    person: &PersonId,
    passphrase: &str,
    reason: &str,
) -> Result<Archived, ArchiveError> {
    if reason.trim().is_empty() || reason.len() > MAX_REASON {
        return Err(ArchiveError::Reason);
    }
    let (home, now) = (&station.home, station.clock.now().time);
    let memory = Memory::read(home);
    let target = target(home, id);
    let paths = paths(home, id, &target);
    let lies_here = paths.dir.is_dir() || paths.local.is_dir();
    if !lies_here && memory.here().all(|run| run != id) {
        return Err(ArchiveError::NoSuchRun(id.clone()));
    }
    if let Some(moved) = archived_run(home, id).filter(|moved| !lies_here && was_moved(moved, &memory)) {
        noted(&moved.manifest, None, station, now)?;
        return Ok(moved);
    }
    let lock = match lies_here {
        true => Some(Lock::take(&paths, &station.disk, &format!("{person} archiving"), now)?),
        false => None,
    };
    let reading = look_paths(&paths, id, memory.of(id), Depth::Bytes);
    // Another file beside good records, or good records that wait: neither is a reason to put them away.
    if !reading.health.state.can_be_put_aside() {
        return Err(ArchiveError::Well { run: id.clone(), health: Box::new(reading.health) });
    }
    let signer = station.signer(person, passphrase, None).map_err(Box::new)?;
    // Without a roster of its own the station goes by the run's, where that can be read.
    let stands = |roster: &Roster| roster.standing(person, &signer.id(), now).is_valid();
    let own = reading.material.as_ref().is_some_and(|material| stands(&material.roster));
    if !own && !installed_roster(home).is_ok_and(|(roster, ..)| stands(&roster)) {
        return Err(ArchiveError::NotInRoster(person.clone()));
    }
    let manifest = Archive {
        acknowledged: most(&paths, &memory, id),
        at: now,
        files: files(&paths)?,
        format: ArchiveFormat::V1,
        kind: reading.health.state,
        last: reading.last,
        person: person.clone(),
        reason: reason.to_owned(),
        record: reading.health.record,
        records: reading.held,
        run: id.clone(),
        why: reading.health.words(),
    };
    let bytes = canon::encode(&manifest)?;
    let signature = signer.sign_ssh(Namespace::Archive, &bytes);
    move_aside(&station.disk, home, &paths, &target, &bytes, signature.as_bytes())?;
    drop(lock);
    noted(&manifest, reading.seal, station, now)?;
    Ok(Archived { dir: target, digest: FileDigest::of(&bytes), manifest, fault: None })
}

/// Whether an archiving moved the whole run and was interrupted before the station noted it: noting is all that is left,
/// and a second manifest would hide the first. Whoever saw the run here since then saw another copy of it.
fn was_moved(moved: &Archived, memory: &Memory) -> bool {
    moved.run().is_dir() && memory.of(&moved.manifest.run).iter().all(|seen| seen.at <= moved.manifest.at)
}

/// Has the station remember what it put aside.
fn noted(manifest: &Archive, seal: Option<SealDigest>, station: &Station, now: Timestamp) -> Result<(), StoreError> {
    let seen = manifest.acknowledged.map(|head| (head.records, head.head));
    let Some((records, head)) = seen.or_else(|| Some((manifest.records, manifest.last?))) else { return Ok(()) };
    let sight = Sight { run: manifest.run.clone(), records, head, seal };
    remember(&station.home, &station.disk, &sight, Occasion::Archived, now)
}

/// The folder that a run is moved to: a second one where an earlier archived run of that id lies already.
fn target(home: &Home, id: &RunId) -> PathBuf {
    let names = std::iter::once(id.to_string()).chain((2..).map(|n| format!("{id}.{n}")));
    let taken =
        |dir: &PathBuf| dir.join("run").exists() || read(dir).is_ok_and(|archived| archived.manifest.files.is_empty());
    names.map(|name| home.archive().join(name)).find(|dir| !taken(dir)).unwrap_or_else(|| home.archive())
}

/// Where the run's two folders lie; one may have been moved already by an archiving that did not end.
fn paths(home: &Home, id: &RunId, target: &Path) -> RunPaths {
    let paths = home.run(id);
    let moved = target.join("local");
    RunPaths { local: if moved.is_dir() { moved } else { paths.local }, ..paths }
}

/// The most that was acknowledged: the head file, or what was seen later.
fn most(paths: &RunPaths, memory: &Memory, id: &RunId) -> Option<JournalHead> {
    let kept = acknowledged(paths).ok().and_then(|kept| Some(JournalHead { records: kept.records, head: kept.head? }));
    let seen = memory.of(id).iter().map(|seen| JournalHead { records: seen.records, head: seen.head });
    kept.into_iter().chain(seen).max_by_key(|head| head.records)
}

/// Every file of the run with its digest; what cannot be read is listed without one.
fn files(paths: &RunPaths) -> Result<Vec<ArchivedFile>, StoreError> {
    let mut found = Vec::new();
    for (root, name) in [(&paths.dir, "run"), (&paths.local, "local")] {
        let mut folders = if root.is_dir() { vec![(root.clone(), name.to_owned())] } else { Vec::new() };
        while let Some((folder, under)) = folders.pop() {
            let failed = |source| StoreError::Io { path: folder.clone(), source };
            for entry in std::fs::read_dir(&folder).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let path = format!("{under}/{}", entry.file_name().to_string_lossy());
                let kind = entry.file_type().map_err(failed)?;
                // The lock is held while this is written.
                match path.as_str() {
                    _ if kind.is_dir() => folders.push((entry.path(), path)),
                    "local/lock" => {}
                    _ => found.push(file(&entry.path(), path, kind.is_file())),
                }
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn file(from: &Path, path: String, regular: bool) -> ArchivedFile {
    let digested = if regular { digest(from).ok() } else { None };
    let (sha256, size) = digested.map_or((None, 0), |(digest, size)| (Some(digest), size));
    ArchivedFile { path, sha256, size }
}

fn digest(path: &Path) -> io::Result<(FileDigest, u64)> {
    let file = std::fs::File::open(path)?;
    let size = file.metadata()?.len();
    Ok((super::digest_of(file)?, size))
}

/// Manifest and signature first, then the station's own files, the run folder last: until then it can be done again.
fn move_aside(
    disk: &Disk,
    home: &Home,
    paths: &RunPaths,
    target: &Path,
    manifest: &[u8],
    signature: &[u8],
) -> Result<(), StoreError> {
    disk.create_folder(target).map_err(StoreError::at(target))?;
    for (name, bytes) in [("archive.json.sig", signature), ("archive.json", manifest)] {
        let path = target.join(name);
        disk.replace(&path, bytes).map_err(StoreError::at(&path))?;
    }
    for (from, name) in [(&paths.local, "local"), (&paths.dir, "run")] {
        let to = target.join(name);
        if from.exists() && *from != to {
            disk.move_new(from, &to).map_err(StoreError::at(from))?;
        }
    }
    disk.sync_folder(&home.runs()).map_err(StoreError::at(&home.runs()))
}

/// The archived runs of a home, the newest first.
#[must_use]
pub fn archived(home: &Home) -> Vec<Archived> {
    let entries = std::fs::read_dir(home.archive()).into_iter().flatten().flatten();
    let mut found: Vec<Archived> = entries.filter_map(|entry| read(&entry.path()).ok()).collect();
    found.sort_by_key(|archived| std::cmp::Reverse(archived.manifest.at));
    for archived in &mut found {
        archived.fault = archived.fault.take().or_else(|| unsigned(home, archived));
    }
    found
}

/// The newest archived run of this id.
#[must_use]
pub fn archived_run(home: &Home, id: &RunId) -> Option<Archived> {
    archived(home).into_iter().find(|archived| archived.manifest.run == *id)
}

/// Why a manifest could not be read.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error(transparent)]
    File(#[from] WholeError),
    #[error(transparent)]
    Form(#[from] Refused),
}

fn read(dir: &Path) -> Result<Archived, Unread> {
    let bytes = read_whole(&dir.join("archive.json"), "the archive manifest", MAX_MANIFEST)?;
    let manifest = canon::decode(&bytes)?;
    Ok(Archived { dir: dir.to_owned(), digest: FileDigest::of(&bytes), manifest, fault: None })
}

/// Says why a manifest is not signed by who it names.
fn unsigned(home: &Home, archived: &Archived) -> Option<String> {
    let read = |name: &str, limit| read_whole(&archived.dir.join(name), "the archive manifest", limit);
    let files = (read("archive.json", MAX_MANIFEST), read("archive.json.sig", 64 << 10));
    let (Ok(manifest), Ok(signature)) = files else { return Some("its signature is missing".into()) };
    let key = SshSignature::parse(&signature).and_then(|s| s.check(Namespace::Archive, &manifest));
    let key = match key {
        Ok(key) => key,
        Err(fault) => return Some(fault.to_string()),
    };
    let Archive { person, at, .. } = &archived.manifest;
    let stands = |roster: &Roster| roster.person(person).is_some_and(|p| p.key_at(&key.id(), *at).is_some());
    let own = super::Material::of_run(&RunPaths::of_folder(&archived.run())).is_ok_and(|m| stands(&m.roster));
    let known = own || installed_roster(home).is_ok_and(|(roster, ..)| stands(&roster));
    (!known).then(|| format!("its key does not stand under {person}, valid then"))
}

/// Writes what holds of an archived run into a new folder, with the manifest: it can be shown and replayed anywhere.
///
/// # Errors
/// Something lies there already, or what the system says.
pub fn write_out(archived: &Archived, disk: &Disk, to: &Path) -> Result<Reading, StoreError> {
    if to.symlink_metadata().is_ok() {
        return Err(StoreError::at(to)(io::ErrorKind::AlreadyExists.into()));
    }
    let (from, paths) = (RunPaths::of_folder(&archived.run()), RunPaths::of_folder(to));
    let reading = look_at(&from.dir, Depth::Bytes);
    for folder in [paths.evidence(), paths.rosters()] {
        disk.create_folder(&folder).map_err(StoreError::at(&folder))?;
    }
    let put = |path: &Path, bytes: &[u8]| disk.write_new(path, bytes).map_err(StoreError::at(path));
    for name in ["archive.json", "archive.json.sig"] {
        copy(&archived.dir.join(name), &to.join(name), disk)?;
    }
    copy(&from.package(), &paths.package(), disk)?;
    for entry in std::fs::read_dir(from.rosters()).into_iter().flatten().flatten() {
        copy(&entry.path(), &paths.rosters().join(entry.file_name()), disk)?;
    }
    for item in reading.run.iter().flat_map(Run::evidence) {
        let name = item.file.blake3.hex();
        copy(&from.evidence().join(&name), &paths.evidence().join(&name), disk)?;
    }
    let mut journal = Vec::new();
    for signed in &reading.records {
        journal.extend_from_slice(signed.bytes());
        journal.push(b'\n');
    }
    // The journal last: without it the folder is no run.
    put(&paths.journal(), &journal)?;
    Ok(reading)
}

/// Copies a file that is there; what is missing stays missing, and one file may serve twice.
fn copy(from: &Path, to: &Path, disk: &Disk) -> Result<(), StoreError> {
    if !from.is_file() || to.exists() {
        return Ok(());
    }
    disk.copy_new(from, to).map_err(StoreError::at(to))
}
