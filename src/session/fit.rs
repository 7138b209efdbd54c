//! Keeping a run folder fit to be sealed: what is strange is set aside, what is known by its digest is put back.
//!
//! Nothing here writes a record or changes one: the bytes that a record names come back under the very digest, and
//! what no record and no rule of the format names is moved beside the run, never deleted.

use super::health::{Depth, look};
use super::{Session, SubmitError};
use crate::bundle::{self, measured};
use crate::kernel::canon::digest::EvidenceDigest;
use crate::kernel::model::evidence::EvidenceItem;
use crate::kernel::model::name::{RunId, StepId};
use crate::kernel::run::Run;
use crate::store::{Home, Memory, Progress, RunPaths, StoreError};
use std::fmt;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// So many bytes of evidence are hashed when a run is taken up; of the files behind them the size is compared.
const CHEAP: u64 = 64 << 20;

/// What was done to a run folder so that it can be sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tidied {
    /// Something that is no part of the run was moved beside it.
    Aside {
        /// What it was called in the run folder.
        name: String,
        /// Where it is now.
        to: PathBuf,
    },
    /// A copy of package or roster was put back.
    Restored {
        /// What it is called in the run folder.
        name: String,
    },
}

impl fmt::Display for Tidied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aside { name, to } => write!(f, "{name} is no part of the run; it was moved to {}", to.display()),
            Self::Restored { name } => write!(f, "{name} was put back, with the digest that the run was opened with"),
        }
    }
}

/// Something in the folder of an open run that would keep it from being sealed as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amiss {
    /// A path in the run folder.
    pub name: String,
    /// Which record names it.
    pub record: Option<u64>,
    /// At which step.
    pub step: Option<StepId>,
    /// What is wrong.
    pub what: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

impl fmt::Display for Amiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.what)?;
        if let (Some(record), Some(step)) = (self.record, &self.step) {
            write!(f, " (record {record}, step {step})")?;
        }
        write!(f, "; {}", self.remedy)
    }
}

/// Looks at the folder of a run without changing it: files that are missing or other ones, and strangers. Small files
/// are read, of large ones the size is compared; what is found late is found by the verifier before the seal.
#[must_use]
pub fn amiss(paths: &RunPaths, run: &Run) -> Vec<Amiss> {
    let evidence = run.evidence().iter().filter(|item| item.redacted.is_none());
    let mut left = CHEAP;
    let mut found: Vec<Amiss> = evidence.filter_map(|item| lost(paths, item, &mut left)).collect();
    found.dedup_by(|a, b| a.name == b.name);
    let remedy = "sealing moves it beside the run";
    let strange = |name: PathBuf| Amiss {
        name: name.display().to_string(),
        record: None,
        step: None,
        what: "no part of the run",
        remedy,
    };
    found.extend(strangers(paths, run).into_iter().flatten().map(strange));
    found
}

fn lost(paths: &RunPaths, item: &EvidenceItem, left: &mut u64) -> Option<Amiss> {
    let path = paths.evidence().join(item.file.blake3.hex());
    let cheap = left.checked_sub(item.file.size);
    *left = cheap.unwrap_or(*left);
    let what = match std::fs::symlink_metadata(&path) {
        Err(_) => "missing",
        Ok(found) if !found.is_file() || found.len() != item.file.size => "not the file that was captured",
        Ok(_) if cheap.is_some() && digest(&path) != Some(item.file.blake3) => "not the file that was captured",
        Ok(_) => return None,
    };
    Some(Amiss {
        name: format!("data/evidence/{}", item.file.blake3.hex()),
        record: Some(item.record),
        step: Some(item.step.clone()),
        what,
        remedy: "put it back from a copy: `asrun reattach RUN FILE`",
    })
}

fn digest(path: &Path) -> Option<EvidenceDigest> {
    File::open(path).and_then(|file| measured("", file)).ok().map(|file| file.blake3)
}

fn strangers(paths: &RunPaths, run: &Run) -> std::io::Result<Vec<PathBuf>> {
    let serial = run.roster().serial;
    let known = move |name: &str| match name.rsplit_once('/') {
        Some(("data/rosters", file)) => file.strip_suffix(".sig").unwrap_or(file) == format!("{serial}.yaml"),
        Some(("data/evidence", file)) => EvidenceDigest::from_hex(file).is_some(),
        Some(("data/recovered", file)) => file.strip_suffix(".bin").is_some_and(|seq| seq.parse::<u64>().is_ok()),
        _ => false,
    };
    bundle::strangers(&paths.dir, &known)
}

/// Looks at the folder of a run of the home that nobody has to be at work on; none where it cannot be read.
#[must_use]
pub fn amiss_in(home: &Home, id: &RunId) -> Vec<Amiss> {
    let paths = home.run(id);
    if paths.receipt().exists() {
        return Vec::new();
    }
    let run = look(home, id, &Memory::read(home), Depth::Records).run;
    run.map(|run| amiss(&paths, &run)).unwrap_or_default()
}

impl Session {
    /// Returns what is amiss in the run folder, for whoever takes the run up again.
    #[must_use]
    pub fn amiss(&self) -> Vec<Amiss> {
        amiss(&self.paths, &self.run)
    }

    /// Returns in words that the clock is plainly wrong, what was put back when the run was taken up, and what is amiss
    /// in its folder.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let wrong = self.clock_is_wrong().map(|wrong| wrong.to_string());
        let restored = self.restored.iter().map(ToString::to_string);
        wrong.into_iter().chain(restored).chain(self.amiss().iter().map(ToString::to_string)).collect()
    }

    /// Makes the run folder fit to be judged: strangers beside the run, copies of package and roster as they were.
    pub(super) fn tidy(&self) -> Result<Vec<Tidied>, StoreError> {
        self.drop_redacted()?;
        let mut tidied = Vec::new();
        for name in strangers(&self.paths, &self.run).map_err(StoreError::at(&self.paths.dir))? {
            tidied.push(self.set_aside(&name)?);
        }
        self.paths.create(&self.station.disk)?;
        for (path, bytes) in self.material.files(&self.paths) {
            let there = File::open(&path).and_then(|file| measured("", file)).ok();
            let same = |file: bundle::bag::Payload| {
                file.size == bytes.len() as u64 && file.blake3 == EvidenceDigest::of(bytes)
            };
            if there.is_some_and(same) {
                continue;
            }
            let name = path.strip_prefix(&self.paths.dir).unwrap_or(&path);
            if path.symlink_metadata().is_ok() {
                tidied.push(self.set_aside(name)?);
            }
            self.station.disk.write_new(&path, bytes).map_err(StoreError::at(&path))?;
            tidied.push(Tidied::Restored { name: name.display().to_string() });
        }
        Ok(tidied)
    }

    /// Moves something of the run folder beside the run, under the first free name.
    fn set_aside(&self, name: &Path) -> Result<Tidied, StoreError> {
        let (from, disk) = (self.paths.dir.join(name), &self.station.disk);
        for number in 0.. {
            let mut to = self.paths.aside().join(name).into_os_string();
            if number > 0 {
                to.push(format!(".{number}"));
            }
            let to = PathBuf::from(to);
            let folder = to.parent().unwrap_or(&to);
            disk.create_folder(folder).map_err(StoreError::at(folder))?;
            match disk.move_new(&from, &to) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                moved => {
                    moved.map_err(StoreError::at(&from))?;
                    return Ok(Tidied::Aside { name: name.display().to_string(), to });
                }
            }
        }
        Err(StoreError::at(&from)(ErrorKind::AlreadyExists.into()))
    }

    /// Puts the bytes of a captured file back: exactly those that a record names. Nothing is recorded, for nothing is
    /// said anew. What lies there instead is moved beside the run.
    ///
    /// # Errors
    /// Bytes that no record names, or a failing disk.
    pub fn reattach(&self, file: &Path, progress: &Progress) -> Result<Reattached, SubmitError> {
        let unreadable = |source| SubmitError::Store(StoreError::at(file)(source));
        let digest = File::open(file).and_then(|bytes| measured("", bytes)).map_err(unreadable)?.blake3;
        let named = self.run.evidence().iter().find(|e| e.file.blake3 == digest && e.redacted.is_none());
        let Some(item) = named else {
            return Err(SubmitError::Input(format!("no record of this run names a file with the digest {digest}")));
        };
        let (record, step) = (item.record, item.step.clone());
        let aside = self.clear_damaged(&digest)?;
        let stored = self.store().put(file, progress)?;
        Ok(Reattached { digest, record, step, aside, was_there: stored.already_there })
    }

    /// Sets a stored file aside whose bytes are no longer those of its name.
    pub(super) fn clear_damaged(&self, name: &EvidenceDigest) -> Result<Option<Tidied>, StoreError> {
        let path = self.store().path(name);
        match path.symlink_metadata() {
            Ok(found) if !found.is_file() || digest(&path) != Some(*name) => {
                self.set_aside(path.strip_prefix(&self.paths.dir).unwrap_or(&path)).map(Some)
            }
            _ => Ok(None),
        }
    }
}

/// A file that was put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reattached {
    /// Its digest.
    pub digest: EvidenceDigest,
    /// The record that names it.
    pub record: u64,
    /// Its step.
    pub step: StepId,
    /// What lay there instead.
    pub aside: Option<Tidied>,
    /// Whether it was there all along.
    pub was_there: bool,
}

impl fmt::Display for Reattached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = if self.was_there { "was there all along" } else { "is there again" };
        write!(f, "the file of record {}, step {}, {how}: {}", self.record, self.step, self.digest)
    }
}
