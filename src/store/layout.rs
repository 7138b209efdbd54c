//! Every path that the recorder uses, in one place (FORMAT.md §6 and §10).

use super::error::StoreError;
use crate::disk::Disk;
use crate::kernel::model::name::RunId;
use std::path::{Path, PathBuf};

/// The folder of one station: keys, rosters, packages, runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    root: PathBuf,
}

impl Home {
    /// Takes the folder given on the command line, else `ASRUN_HOME`, else the system's place for data.
    ///
    /// # Errors
    /// [`StoreError::NoHome`] when nothing names one.
    pub fn locate(given: Option<PathBuf>) -> Result<Self, StoreError> {
        given
            .or_else(|| std::env::var_os("ASRUN_HOME").filter(|text| !text.is_empty()).map(PathBuf::from))
            .or_else(|| directories::ProjectDirs::from("", "", "asrun").map(|dirs| dirs.data_dir().to_owned()))
            .map(Self::at)
            .ok_or(StoreError::NoHome)
    }

    /// Takes exactly this folder.
    #[must_use]
    pub fn at(root: PathBuf) -> Self {
        Self { root }
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Encrypted private keys; mode 0700.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// Installed rosters and their signatures.
    #[must_use]
    pub fn rosters(&self) -> PathBuf {
        self.root.join("rosters")
    }

    /// Authorities that this station trusts.
    #[must_use]
    pub fn trust(&self) -> PathBuf {
        self.root.join("trust")
    }

    /// Locked Execution Packages.
    #[must_use]
    pub fn packages(&self) -> PathBuf {
        self.root.join("packages")
    }

    /// Runs; each is a future Proof Bundle.
    #[must_use]
    pub fn runs(&self) -> PathBuf {
        self.root.join("runs")
    }

    /// Folders among the runs that an import left when it did not end; they may also be at work just now.
    #[must_use]
    pub fn leftovers(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.runs()).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| crate::disk::is_temporary(path)).collect()
    }

    /// Acknowledged records that were kept when a journal was taken away, and wait to be put back.
    #[must_use]
    pub fn rescued(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.runs()).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.to_string_lossy().ends_with(".rescued.jsonl")).collect()
    }

    /// Runs that were refused for writing, with the reason.
    #[must_use]
    pub fn archive(&self) -> PathBuf {
        self.root.join("archive")
    }

    /// What was worked out before; deleted at any moment without loss.
    #[must_use]
    pub fn cache(&self) -> PathBuf {
        self.root.join("cache")
    }

    /// What the program did, for support; never evidence.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// The demo site's passphrases; exists in a demo home alone.
    #[must_use]
    pub fn passphrases(&self) -> PathBuf {
        self.root.join("passphrases.demo")
    }

    /// The paths of one run.
    #[must_use]
    pub fn run(&self, run: &RunId) -> RunPaths {
        let runs = self.runs();
        RunPaths { dir: runs.join(run.as_str()), local: runs.join(format!("{run}.local")) }
    }

    /// Makes the folders that are missing; the one for keys is closed to others.
    ///
    /// # Errors
    /// The first folder that cannot be made.
    pub fn create(&self, disk: &Disk) -> Result<(), StoreError> {
        let folders = [self.rosters(), self.trust(), self.packages(), self.runs(), self.archive(), self.logs()];
        for folder in &folders {
            disk.create_folder(folder).map_err(StoreError::at(folder))?;
        }
        let keys = self.keys();
        // Also one that is there already and stands open is shut to everyone but its owner.
        let made = disk.create_private_folder(&keys).and_then(|()| disk.set_mode(&keys, 0o700));
        made.map_err(StoreError::at(&keys))
    }
}

/// The two folders of one run: the future bundle, and what stays on this station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunPaths {
    /// `runs/<id>/`: IS the bundle folder.
    pub dir: PathBuf,
    /// `runs/<id>.local/`: lock, head, drafts, orphans.
    pub local: PathBuf,
}

impl RunPaths {
    /// The paths of a run folder that lies anywhere; what stays on the station lies beside it, as in `runs/` or in an
    /// archived run.
    #[must_use]
    pub fn of_folder(dir: &Path) -> Self {
        let name = dir.file_name().unwrap_or_default().to_string_lossy();
        let beside = if name == "run" { "local".to_owned() } else { format!("{name}.local") };
        Self { dir: dir.to_owned(), local: dir.with_file_name(beside) }
    }

    /// The payload folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// `data/journal.jsonl`.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.data().join("journal.jsonl")
    }

    /// `data/evidence/`.
    #[must_use]
    pub fn evidence(&self) -> PathBuf {
        self.data().join("evidence")
    }

    /// `data/package.lep`.
    #[must_use]
    pub fn package(&self) -> PathBuf {
        self.data().join("package.lep")
    }

    /// `data/rosters/`.
    #[must_use]
    pub fn rosters(&self) -> PathBuf {
        self.data().join("rosters")
    }

    /// `data/recovered/`; exists after a torn tail alone.
    #[must_use]
    pub fn recovered(&self) -> PathBuf {
        self.data().join("recovered")
    }

    /// `data/manifest.json`.
    #[must_use]
    pub fn manifest(&self) -> PathBuf {
        self.data().join("manifest.json")
    }

    /// `data/state.json`.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.data().join("state.json")
    }

    /// `receipt.json`.
    #[must_use]
    pub fn receipt(&self) -> PathBuf {
        self.dir.join("receipt.json")
    }

    /// `.local/head.json`: the last acknowledged record.
    #[must_use]
    pub fn head(&self) -> PathBuf {
        self.local.join("head.json")
    }

    /// `.local/checked.json`: how far the journal was checked, a cache.
    #[must_use]
    pub fn checked(&self) -> PathBuf {
        self.local.join("checked.json")
    }

    /// `.local/taken.jsonl`: what was taken in, a cache.
    #[must_use]
    pub fn taken(&self) -> PathBuf {
        self.local.join("taken.jsonl")
    }

    /// `runs/<id>.rescued.jsonl`: acknowledged records whose journal was taken away; waits for somebody to put it back.
    #[must_use]
    pub fn rescued(&self) -> PathBuf {
        self.dir.with_extension("rescued.jsonl")
    }

    /// `.local/lock`.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.local.join("lock")
    }

    /// `.local/drafts/`: what was typed but not submitted, and copies under way.
    #[must_use]
    pub fn drafts(&self) -> PathBuf {
        self.local.join("drafts")
    }

    /// `.local/orphans/`: evidence that no record names.
    #[must_use]
    pub fn orphans(&self) -> PathBuf {
        self.local.join("orphans")
    }

    /// `.local/aside/`: what was found in the run folder and is no part of the run.
    #[must_use]
    pub fn aside(&self) -> PathBuf {
        self.local.join("aside")
    }

    /// Makes the folders of a new run.
    ///
    /// # Errors
    /// The first folder that cannot be made.
    pub fn create(&self, disk: &Disk) -> Result<(), StoreError> {
        for folder in [self.evidence(), self.rosters(), self.drafts()] {
            disk.create_folder(&folder).map_err(StoreError::at(&folder))?;
        }
        Ok(())
    }

    /// Removes half-written temporary files that a crash left; call it under the lock alone.
    ///
    /// # Errors
    /// A folder that cannot be read or cleaned.
    pub fn sweep(&self, disk: &Disk) -> Result<(), StoreError> {
        let folders =
            [self.dir.clone(), self.data(), self.recovered(), self.rosters(), self.local.clone(), self.drafts()];
        for folder in folders {
            disk.sweep(&folder).map_err(StoreError::at(&folder))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_created_home_shuts_the_keys_away() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let home = Home::locate(Some(folder.path().join("h"))).unwrap();
        home.create(&Disk::new()).unwrap();
        home.create(&Disk::new()).unwrap();
        assert_eq!(std::fs::metadata(home.keys()).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(home.runs().is_dir() && home.trust().is_dir());
    }

    #[test]
    fn what_stays_on_the_station_lies_beside_the_bundle() {
        let run = Home::at("/h".into()).run(&"01JDZ3Q4M5N6P7R8S9T0V1W2X3".parse().unwrap());
        assert_eq!(run.journal(), Path::new("/h/runs/01JDZ3Q4M5N6P7R8S9T0V1W2X3/data/journal.jsonl"));
        assert_eq!(run.head(), Path::new("/h/runs/01JDZ3Q4M5N6P7R8S9T0V1W2X3.local/head.json"));
    }
}
