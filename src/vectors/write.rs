//! The whole set as files: one folder for each case, an index, a list of digests and a page that says how to use them.

use super::build::{Built, Kind, LINK_TO, Special};
use super::{Case, How, all};
use crate::disk::Disk;
use crate::kernel::canon::digest::FileDigest;
use crate::kernel::canon::{self, NotCanonical};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// How to use the set, for whoever finds it.
const README: &str = include_str!("README.md");
/// The digests of all files of the set, as `sha256sum -c` reads them.
pub const SUMS: &str = "SHA256SUMS";

/// Why the set could not be written; there is nothing under its name then.
#[derive(Debug, thiserror::Error)]
pub enum VectorsError {
    /// Something lies there.
    #[error("`{}` is there and not empty", .0.display())]
    NotEmpty(PathBuf),
    /// The system refused.
    #[error("cannot write `{}`", .path.display())]
    Disk {
        /// Where.
        path: PathBuf,
        /// What it says.
        source: io::Error,
    },
    /// An answer has no canonical form.
    #[error("an answer has no canonical form")]
    Form(#[from] NotCanonical),
}

impl VectorsError {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Disk { path, source }
    }
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// How many cases.
    pub cases: usize,
    /// How many files.
    pub files: usize,
    /// The digest of the list of digests: it stands for every byte of the set.
    pub digest: FileDigest,
}

/// A case as a stranger's verifier reads it; paths are relative to its folder.
#[derive(Debug, Serialize)]
struct Expected<'a> {
    as_of: Option<String>,
    beside: Option<&'static str>,
    bundle: &'static str,
    codes: &'a [String],
    exit: u8,
    format: &'static str,
    made: String,
    name: &'a str,
    profile: Option<&'static str>,
    special: &'a [Special],
    trust: Option<&'static str>,
    verdict: &'a str,
    why: &'a str,
}

impl<'a> Expected<'a> {
    fn of(case: &'a Case, built: &'a Built) -> Self {
        Self {
            as_of: case.as_of.map(|time| time.to_string()),
            beside: built.beside.as_ref().map(|_| "beside"),
            bundle: if built.proof.is_some() { "bundle.proof" } else { "bundle" },
            codes: &case.codes,
            exit: match case.verdict.as_str() {
                "FINAL" => 0,
                "PROVISIONAL" => 3,
                _ => 1,
            },
            format: "asrun.vector.v1",
            made: made(&case.how),
            name: &case.name,
            profile: case.profile.as_ref().map(|_| "profile.yaml"),
            special: &built.special,
            trust: built.anchor.file().map(|(name, _)| name),
            verdict: &case.verdict,
            why: &case.why,
        }
    }
}

/// How the bundle was made, in a line for people.
fn made(how: &How) -> String {
    match how {
        How::Attack(attack) => format!("attack: {attack}"),
        How::Archive(trick) => format!("archive: {trick}"),
        How::Mutate(steps) if steps.is_empty() => "the good bundle".to_owned(),
        How::Mutate(steps) => format!("mutate: {}", steps.join("; ")),
    }
}

/// Every case with its bundle; whoever writes the set once more need not make them again.
static BUILT: LazyLock<Vec<(Case, Built)>> = LazyLock::new(|| {
    let built = |case: Case| (case.clone(), case.build());
    all().into_par_iter().map(built).collect()
});

/// Writes the set into a folder that is new or empty; it appears whole or not at all.
///
/// # Errors
/// Something lies there, or what the system says.
pub fn write(to: &Path, disk: &Disk) -> Result<Written, VectorsError> {
    match std::fs::read_dir(to).map(Iterator::count) {
        Ok(0) => {}
        Ok(_) => return Err(VectorsError::NotEmpty(to.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(VectorsError::at(to)(error)),
    }
    let beside = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = disk.temporary_folder(beside).map_err(VectorsError::at(beside))?;
    let mut set = Set::new(folder.path().join("vectors"), disk);
    let cases: &[(Case, Built)] = &BUILT;
    let mut index = Vec::new();
    for (case, built) in cases {
        index.push(set.case(case, built)?);
    }
    let index = serde_json::json!({"cases": index, "count": index.len(), "format": "asrun.vectors.v1"});
    set.file("index.json", &canon::encode(&index)?)?;
    set.file("README.md", README.as_bytes())?;
    let written = set.end(cases.len())?;
    disk.move_over_empty(&folder.path().join("vectors"), to).map_err(|error| match error.kind() {
        io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists => VectorsError::NotEmpty(to.to_owned()),
        _ => VectorsError::at(to)(error),
    })?;
    Ok(written)
}

/// A set that grows in a folder without a name.
struct Set<'a> {
    root: PathBuf,
    disk: &'a Disk,
    folders: BTreeSet<PathBuf>,
    sums: BTreeMap<String, FileDigest>,
}

impl<'a> Set<'a> {
    fn new(root: PathBuf, disk: &'a Disk) -> Self {
        Self { root, disk, folders: BTreeSet::new(), sums: BTreeMap::new() }
    }

    /// Writes a case and returns what is expected of it, for the index.
    fn case(&mut self, case: &Case, built: &Built) -> Result<serde_json::Value, VectorsError> {
        let home = format!("bundles/{}", case.name);
        for (name, bytes) in &built.files {
            self.file(&format!("{home}/bundle/{name}"), bytes)?;
        }
        for special in &built.special {
            self.special(&format!("{home}/bundle/{}", special.path), special.kind)?;
        }
        for (name, bytes) in built.beside.iter().flatten() {
            self.file(&format!("{home}/beside/{name}"), bytes)?;
        }
        let expected = Expected::of(case, built);
        let beside = [
            ("bundle.proof", built.proof.clone()),
            ("profile.yaml", case.profile.clone()),
            ("expect.json", Some(canon::encode(&expected)?)),
        ];
        for (name, bytes) in beside.into_iter().chain(built.anchor.file().map(|(name, bytes)| (name, Some(bytes)))) {
            if let Some(bytes) = bytes {
                self.file(&format!("{home}/{name}"), &bytes)?;
            }
        }
        Ok(serde_json::json!({"expected": expected, "folder": home}))
    }

    fn folder_of(&mut self, path: &Path) -> Result<(), VectorsError> {
        let folder = path.parent().unwrap_or(&self.root).to_owned();
        if !self.folders.contains(&folder) {
            self.disk.create_folder(&folder).map_err(VectorsError::at(&folder))?;
            self.folders.insert(folder);
        }
        Ok(())
    }

    fn file(&mut self, name: &str, bytes: &[u8]) -> Result<(), VectorsError> {
        let path = self.root.join(name);
        self.folder_of(&path)?;
        let file = self.disk.create_file(&path).map_err(VectorsError::at(&path))?;
        self.disk.write(&file, bytes).map_err(VectorsError::at(&path))?;
        self.sums.insert(name.to_owned(), FileDigest::of(bytes));
        Ok(())
    }

    fn special(&mut self, name: &str, kind: Kind) -> Result<(), VectorsError> {
        let path = self.root.join(name);
        self.folder_of(&path)?;
        let made = match kind {
            Kind::Link => self.disk.make_link(Path::new(LINK_TO), &path),
            Kind::Fifo => self.disk.make_fifo(&path),
            Kind::Folder => self.disk.create_folder(&path),
        };
        made.map_err(VectorsError::at(&path))
    }

    /// Lists the digests and flushes all of it.
    fn end(mut self, cases: usize) -> Result<Written, VectorsError> {
        let lines = self.sums.iter().map(|(name, digest)| format!("{}  {name}\n", digest.hex()));
        let sums = lines.collect::<String>().into_bytes();
        let files = self.sums.len() + 1;
        self.file(SUMS, &sums)?;
        self.disk.sync_file_system(&self.root).map_err(VectorsError::at(&self.root))?;
        Ok(Written { cases, files, digest: FileDigest::of(&sums) })
    }
}
