//! The packages of this home beside the one that is opened or taken in: another digest under the same revision, and a
//! revision that supersedes it (FORMAT.md §3).

use super::open_package;
use crate::kernel::canon::digest::PackageDigest;
use crate::kernel::documents::package::Plan;
use crate::kernel::documents::roster::Roster;
use crate::kernel::model::name::Identifier;
use crate::kernel::model::time::Timestamp;
use crate::library::{MAX_PACKAGE, OpenedPackage, PackageFault};
use crate::store::{Home, read_whole};
use std::path::PathBuf;

/// A package that lies in this home.
#[derive(Clone, Debug)]
pub struct Shelved {
    /// Where.
    pub path: PathBuf,
    /// The package; every digest and signature was checked.
    pub package: OpenedPackage,
}

impl Shelved {
    /// Reads a package; none where the file is none, or damaged.
    #[must_use]
    pub fn read(path: PathBuf) -> Option<Self> {
        let bytes = read_whole(&path, "the package", MAX_PACKAGE).ok()?;
        Some(Self { path, package: open_package(&bytes).ok()? })
    }
}

/// A revision that replaces another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Successor {
    /// Its revision.
    pub revision: Identifier,
    /// Its digest.
    pub digest: PackageDigest,
}

/// Packages that lie in a home.
#[derive(Clone, Debug, Default)]
pub struct Shelf(pub Vec<Shelved>);

impl Shelf {
    /// Reads the packages of a procedure; a file that is none, or that is damaged, says nothing.
    #[must_use]
    pub fn of(home: &Home, procedure: &Identifier) -> Self {
        let entries = std::fs::read_dir(home.packages()).into_iter().flatten().flatten().map(|e| e.path());
        let mut paths: Vec<PathBuf> = entries.filter(|p| p.extension().is_some_and(|e| e == "lep")).collect();
        paths.sort();
        let all = paths.into_iter().filter_map(Shelved::read);
        Self(all.filter(|s| s.package.plan.manifest.id == *procedure).collect())
    }

    /// The other revisions of the same procedure.
    fn beside<'a>(&'a self, plan: &'a Plan) -> impl Iterator<Item = &'a OpenedPackage> {
        let same = |p: &&OpenedPackage| p.plan.manifest.id == plan.manifest.id && p.plan.digest != plan.digest;
        self.0.iter().map(|s| &s.package).filter(same)
    }

    /// Asks whether a package may lie here: another one under the same id and revision, not revoked, stands in its way.
    ///
    /// # Errors
    /// [`PackageFault::Twin`] with both digests.
    pub fn admits(&self, plan: &Plan, roster: &Roster) -> Result<(), PackageFault> {
        let twin = |p: &&OpenedPackage| {
            p.plan.manifest.revision == plan.manifest.revision && !roster.revoked_packages.contains(&p.plan.digest)
        };
        match self.beside(plan).find(twin) {
            Some(twin) => Err(PackageFault::Twin {
                revision: plan.manifest.revision.clone(),
                installed: twin.plan.digest,
                offered: plan.digest,
            }),
            None => Ok(()),
        }
    }

    /// Returns the newest package in force that supersedes this one: it names this revision, or it supersedes some other
    /// revision and was locked later.
    #[must_use]
    pub fn successor(&self, plan: &Plan, roster: &Roster, at: Timestamp) -> Option<Successor> {
        let manifest = &plan.manifest;
        let replaces = |p: &&OpenedPackage| {
            let other = &p.plan.manifest;
            let named = other.supersedes.as_ref() == Some(&manifest.revision);
            let older = manifest.supersedes.as_ref() == Some(&other.revision);
            let later = other.supersedes.is_some() && other.locked_at > manifest.locked_at;
            other.revision != manifest.revision && !older && (named || later)
        };
        let good = |p: &&OpenedPackage| p.check_in_force(roster, at).is_ok();
        let found = self.beside(plan).filter(replaces).filter(good).max_by_key(|p| p.plan.manifest.locked_at)?;
        let plan = &found.plan;
        Some(Successor { revision: plan.manifest.revision.clone(), digest: plan.digest })
    }

    /// Returns the package that this one comes after: the revision that it supersedes, else the newest one here.
    #[must_use]
    pub fn predecessor<'a>(&'a self, plan: &'a Plan) -> Option<&'a OpenedPackage> {
        let named = |p: &&OpenedPackage| plan.manifest.supersedes.as_ref() == Some(&p.plan.manifest.revision);
        self.beside(plan).find(named).or_else(|| self.beside(plan).max_by_key(|p| p.plan.manifest.locked_at))
    }
}
