//! What a run is made from: the package and the roster in force, as bytes and as types.

use super::{Shelf, StartError, Successor, earlier_than_this_program};
use crate::bundle::ustar;
use crate::kernel::canon::digest::PackageDigest;
use crate::kernel::documents::clock::clock_is_wrong;
use crate::kernel::documents::package::Plan;
use crate::kernel::documents::roster::Roster;
use crate::kernel::model::deviation::Outcome;
use crate::kernel::model::time::Timestamp;
use crate::kernel::policy;
use crate::kernel::signature::{Namespace, PublicKey, SshSignature};
use crate::library::{self, MAX_PACKAGE, OpenedPackage, PackageFault};
use crate::store::{Disk, Home, RunPaths, StoreError, read_whole};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Package and roster of one run.
#[derive(Clone, Debug)]
pub struct Material {
    /// What is executed.
    pub plan: Arc<Plan>,
    /// Bytes of the `.lep` file.
    pub package: Vec<u8>,
    /// Who may act.
    pub roster: Arc<Roster>,
    /// Bytes of the roster.
    pub roster_bytes: Vec<u8>,
    /// The authority's signature over them.
    pub roster_signature: Vec<u8>,
    /// A revision that supersedes the package, where the profile lets it be run all the same.
    pub superseded_by: Option<PackageDigest>,
}

/// The most members that a package may hold.
const MAX_MEMBERS: usize = 2000;

/// Reads a package from the bytes of its `.lep` file.
///
/// # Errors
/// Why it is refused.
pub fn open_package(bytes: &[u8]) -> Result<OpenedPackage, PackageFault> {
    let members = ustar::read_all(bytes, MAX_MEMBERS).map_err(|e| PackageFault::Archive(e.to_string()))?;
    library::open(members.into_iter().map(|(name, part)| (name, part.to_vec())).collect())
}

impl Material {
    /// Takes a package to a run: it must be in force under the newest roster that this station installed.
    ///
    /// # Errors
    /// An altered, unapproved, expired, revoked or superseded package, another one under its revision, or no roster.
    pub fn of_package(home: &Home, lep: &Path, at: Timestamp) -> Result<Self, StartError> {
        let package = read_whole(lep, "the package", MAX_PACKAGE)?;
        let opened = open_package(&package)?;
        let (roster, roster_bytes, roster_signature) = installed_roster(home)?;
        let wrong = clock_is_wrong(at, Some(&roster), Some(opened.plan.manifest.locked_at), None);
        if let Some(wrong) = wrong.or_else(|| earlier_than_this_program(at)) {
            return Err(StartError::Clock(wrong));
        }
        opened.check_in_force(&roster, at)?;
        let superseded_by = superseded(home, &opened.plan, &roster, at)?;
        let (plan, roster) = (Arc::new(opened.plan), Arc::new(roster));
        Ok(Self { plan, package, roster, roster_bytes, roster_signature, superseded_by })
    }

    /// Reads the material of a run from its own folder, as it was when the run was opened.
    ///
    /// # Errors
    /// A missing or refused package or roster.
    pub fn of_run(paths: &RunPaths) -> Result<Self, StartError> {
        let (package, opened) = package_of(paths)?;
        // Not the newest one that lies there, which may be a stranger's: the one that the first record names.
        let (roster, roster_bytes, roster_signature) = match super::restore::named_roster(paths) {
            Some((name, bytes, signature)) => (read_roster(&name, &bytes)?, bytes, signature),
            None => newest_roster(&paths.rosters())?,
        };
        let (plan, roster) = (Arc::new(opened.plan), Arc::new(roster));
        Ok(Self { plan, package, roster, roster_bytes, roster_signature, superseded_by: None })
    }

    /// The files that a run carries of it.
    pub(super) fn files(&self, paths: &RunPaths) -> [(PathBuf, &[u8]); 3] {
        let serial = self.roster.serial;
        [
            (paths.package(), &self.package),
            (paths.rosters().join(format!("{serial}.yaml")), &self.roster_bytes),
            (paths.rosters().join(format!("{serial}.yaml.sig")), &self.roster_signature),
        ]
    }

    /// Writes the material into a new run's folder.
    pub(super) fn write(&self, paths: &RunPaths, disk: &Disk) -> Result<(), StoreError> {
        for (path, bytes) in self.files(paths) {
            disk.write_new(&path, bytes).map_err(StoreError::at(&path))?;
        }
        Ok(())
    }
}

/// Reads the package that lies in a run's folder.
pub(super) fn package_of(paths: &RunPaths) -> Result<(Vec<u8>, OpenedPackage), StartError> {
    let package = read_whole(&paths.package(), "the package", MAX_PACKAGE)?;
    let opened = open_package(&package)?;
    Ok((package, opened))
}

/// Asks what else lies in this home: a twin, or a successor that the profile does not let pass, refuses the package.
fn superseded(home: &Home, plan: &Plan, roster: &Roster, at: Timestamp) -> Result<Option<PackageDigest>, PackageFault> {
    let shelf = Shelf::of(home, &plan.manifest.id);
    shelf.admits(plan, roster)?;
    match (shelf.successor(plan, roster, at), policy::superseded(&plan.policy)) {
        (None, _) => Ok(None),
        (Some(Successor { revision: by, digest }), Outcome::Block) => {
            Err(PackageFault::Superseded { revision: plan.manifest.revision.clone(), by, digest })
        }
        (Some(successor), Outcome::Review | Outcome::Allow) => Ok(Some(successor.digest)),
    }
}

/// Returns the newest roster of the home, which must be signed by the station's authority.
///
/// # Errors
/// No roster, no authority, or a signature that does not hold.
pub fn installed_roster(home: &Home) -> Result<(Roster, Vec<u8>, Vec<u8>), StartError> {
    let (roster, bytes, signature) = newest_roster(&home.rosters())?;
    let path = home.trust().join("authority.pub");
    let text = read_whole(&path, "the authority's key", 4096)?;
    let authority = std::str::from_utf8(&text).ok().and_then(|t| PublicKey::from_openssh(t).ok());
    let signer = SshSignature::parse(&signature).ok().and_then(|s| s.check(Namespace::Roster, &bytes).ok());
    match (authority, signer) {
        (Some((authority, _)), Some(signer)) if authority.id() == signer.id() => Ok((roster, bytes, signature)),
        _ => Err(StartError::Roster(format!("roster {} is not signed by this station's authority", roster.serial))),
    }
}

fn read_roster(name: &str, bytes: &[u8]) -> Result<Roster, StartError> {
    library::read_roster(name, bytes).map_err(|d| StartError::Roster(d.to_string()))
}

fn newest_roster(folder: &Path) -> Result<(Roster, Vec<u8>, Vec<u8>), StartError> {
    let serial = |path: &PathBuf| path.file_name()?.to_str()?.strip_suffix(".yaml")?.parse::<u32>().ok();
    let entries = std::fs::read_dir(folder).map_err(|source| StartError::Read { path: folder.to_owned(), source })?;
    let newest = entries.flatten().map(|e| e.path()).filter_map(|p| Some((serial(&p)?, p))).max();
    let (_, path) =
        newest.ok_or_else(|| StartError::Roster(format!("no roster is installed in `{}`", folder.display())))?;
    let bytes = read_whole(&path, "the roster", library::MAX_DOCUMENT as u64)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let roster = read_roster(&name, &bytes)?;
    let signature = read_whole(&path.with_extension("yaml.sig"), "the signature of the roster", 64 << 10)?;
    Ok((roster, bytes, signature))
}
