//! Locking and approving packages; importing them (FORMAT.md §3).

use crate::authoring::check::{Read, Remark, check};
use crate::bundle::ustar;
use crate::kernel::documents::approval::{
    ApprovalFormat, ApprovalMeaning, Approver, MAX_COMMENT, PackageApproval, Uncounted,
};
use crate::kernel::documents::clock::{SET_THE_CLOCK, WrongClock, clock_is_wrong};
use crate::kernel::documents::roster::Roster;
use crate::kernel::documents::standing::Withheld;
use crate::kernel::model::name::{PersonId, Role, Variable};
use crate::kernel::model::time::Timestamp;
use crate::kernel::signature::Namespace;
use crate::kernel::text::counted;
use crate::keys::Signer;
use crate::library::lint::Weight;
use crate::library::{self, Members, OpenedPackage, PackageFault};
use crate::store::{Deed, Left};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

/// Why nothing was locked or approved.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// The linter found errors.
    #[error("{} to fix", counted(.0.len(), "error", "errors"))]
    Lint(Vec<Remark>),
    /// The package is refused.
    #[error("the package is refused")]
    Package(#[from] PackageFault),
    /// The clock is wrong: the approval would bear a moment that cannot be.
    #[error("{0}")]
    Clock(WrongClock),
    /// The roster does not let this person approve.
    #[error(transparent)]
    Withheld(#[from] Withheld),
    /// The approval would not count.
    #[error("the approval would not count")]
    Uncounted(#[from] Uncounted),
    /// Neither the roster nor the profile asks for an approval.
    #[error("neither the roster nor the profile asks for an approval")]
    NoneAsked,
    /// Nobody asks for an approval by this role.
    #[error("no approval as {role} is asked for, only as {asked}")]
    NotAsked {
        /// What was wished.
        role: Role,
        /// What is asked for.
        asked: String,
    },
    /// The same person approved it in this role already.
    #[error("{person} has approved it as {role} already; once more would not count")]
    Again {
        /// Who.
        person: PersonId,
        /// As what.
        role: Role,
    },
    /// The comment is too long.
    #[error("the comment is longer than {MAX_COMMENT} bytes")]
    Comment,
    /// A file cannot be read or written.
    #[error("a file cannot be read or written")]
    Io(#[from] io::Error),
}

impl LockError {
    /// Returns what the attempt left behind: here everything is bytes in memory, and the caller writes them.
    #[must_use]
    pub fn left(&self) -> Left {
        match self {
            Self::Lint(_)
            | Self::Package(_)
            | Self::Clock(_)
            | Self::Withheld(_)
            | Self::Uncounted(_)
            | Self::NoneAsked
            | Self::NotAsked { .. }
            | Self::Again { .. }
            | Self::Comment
            | Self::Io(_) => Left::default(),
        }
    }

    /// Returns what to do, after what was left behind.
    #[must_use]
    pub fn hint(&self) -> String {
        let way_on = match self {
            Self::Withheld(withheld) | Self::Uncounted(Uncounted::Withheld(withheld)) => withheld.hint(),
            Self::Clock(_) => SET_THE_CLOCK,
            Self::Lint(_) => "`asrun explain CODE` says more of each",
            Self::Package(_) => "lock the procedure again, or ask for a whole copy",
            Self::Uncounted(_) => "let somebody approve whose approval counts",
            Self::NoneAsked => "it can be imported as it is",
            Self::NotAsked { .. } => "take a role that is asked for with --role",
            Self::Again { .. } => "let another person approve",
            Self::Comment => "shorten the comment",
            Self::Io(_) => "check the files beside the procedure",
        };
        format!("{}; {way_on}", self.left().after(Deed::Written))
    }
}

/// The most members that a package may hold.
const MAX_MEMBERS: usize = 2000;

/// Locks a procedure: the same input and moment give the same bytes.
///
/// # Errors
/// Documents with errors, parameters outside their bounds, or attachments that cannot be read.
pub fn lock(documents: &[Read; 3], set: &BTreeMap<Variable, String>, at: Timestamp) -> Result<Vec<u8>, LockError> {
    let [procedure, pack, policy] = documents;
    let errors: Vec<Remark> =
        check(procedure, pack, policy, None).into_iter().filter(|r| r.weight == Weight::Error).collect();
    if !errors.is_empty() {
        return Err(LockError::Lint(errors));
    }
    let folder = procedure.path.parent().unwrap_or(Path::new(".")).join("attachments");
    let attachments = attachments(&folder)?;
    let members = library::build([&procedure.bytes, &pack.bytes, &policy.bytes], &attachments, set, at)?;
    Ok(archive(&members)?)
}

/// Names of the files under `attachments/` beside a procedure; what cannot be read is refused when it is locked.
pub(super) fn attached(procedure: &Path) -> BTreeSet<String> {
    fn below(folder: &Path, before: &str, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = format!("{before}{}", entry.file_name().to_string_lossy());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => below(&entry.path(), &format!("{name}/"), found),
                _ => drop(found.insert(name)),
            }
        }
    }
    let mut found = BTreeSet::new();
    below(&procedure.parent().unwrap_or(Path::new(".")).join("attachments"), "", &mut found);
    found
}

/// Files of a folder and its folders, by their path in it; links are not followed.
fn attachments(folder: &Path) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type()?;
        if kind.is_dir() {
            found
                .extend(attachments(&entry.path())?.into_iter().map(|(path, bytes)| (format!("{name}/{path}"), bytes)));
        } else if kind.is_file() && entry.metadata()?.len() <= 16 << 20 {
            found.insert(name, std::fs::read(entry.path())?);
        } else {
            return Err(io::Error::other(format!("`{name}` is no regular file of at most 16 MiB")));
        }
    }
    Ok(found)
}

/// Who approves, and what they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Who.
    pub person: PersonId,
    /// In which role; otherwise the first role that is asked for and that the person holds.
    pub role: Option<Role>,
    /// What the approver wants to say.
    pub comment: Option<String>,
}

/// Writes the statement that the approver would sign; one that could not count is refused.
///
/// # Errors
/// A person or role that the roster does not have, a role that nobody asks for, or the same approval again.
pub fn prepare(
    package: &OpenedPackage,
    roster: &Roster,
    wish: Wish,
    at: Timestamp,
) -> Result<PackageApproval, LockError> {
    if let Some(wrong) = clock_is_wrong(at, Some(roster), Some(package.plan.manifest.locked_at), None) {
        return Err(LockError::Clock(wrong));
    }
    let asked: Vec<Role> = package.demands(roster).filter(|d| d.count > 0).map(|d| d.role.clone()).collect();
    let held = |role: &&Role| roster.holder(&wish.person, role, at).is_ok();
    let role = match wish.role {
        Some(role) => role,
        None => asked.iter().find(held).or(asked.first()).cloned().ok_or(LockError::NoneAsked)?,
    };
    if !asked.contains(&role) {
        return Err(LockError::NotAsked { role, asked: words(&asked) });
    }
    let name = roster.holder(&wish.person, &role, at)?.name.clone();
    let same = |a: &Approver| a.ignored.is_none() && a.person == wish.person && a.role == role;
    if package.approvers(roster, at).iter().any(same) {
        return Err(LockError::Again { person: wish.person, role });
    }
    let comment = wish.comment.map(|c| c.trim().to_owned()).filter(|c| !c.is_empty());
    if comment.as_ref().is_some_and(|c| c.len() > MAX_COMMENT) {
        return Err(LockError::Comment);
    }
    let (format, meaning) = (ApprovalFormat::V1, ApprovalMeaning::Approved);
    let (package, person) = (package.plan.digest, wish.person);
    Ok(PackageApproval { comment, format, meaning, name, package, person, role, time: at })
}

fn words(roles: &[Role]) -> String {
    roles.iter().map(Role::as_str).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" or ")
}

/// Signs an approval and adds it; the package digest stays the same.
///
/// # Errors
/// A package that is refused, or an approval that would not count under this roster.
pub fn approve(
    package: &[u8],
    approval: &PackageApproval,
    roster: &Roster,
    signer: &Signer,
) -> Result<Vec<u8>, LockError> {
    let mut members = members(package)?;
    let opened = library::open(members.clone())?;
    approval.counts(&signer.id(), roster, &opened.plan.manifest, approval.time)?;
    let sign = |statement: &[u8]| signer.sign_ssh(Namespace::Package, statement).into_bytes();
    members.extend(library::approval_members(approval, sign).map_err(PackageFault::from)?);
    sort_approvals(&mut members);
    Ok(archive(&members)?)
}

/// Joins two files of one package: all approvals of both. Returns how many the second one brought.
///
/// # Errors
/// Two different packages, or one that is refused.
pub fn join(here: &[u8], offered: &[u8]) -> Result<(Vec<u8>, usize), LockError> {
    let (mut members, others) = (members(here)?, members(offered)?);
    let digests = [library::open(members.clone())?.plan.digest, library::open(others.clone())?.plan.digest];
    if digests[0] != digests[1] {
        return Err(PackageFault::Contradiction("another package").into());
    }
    let new: Members = others.into_iter().filter(|(name, _)| !members.iter().any(|(known, _)| known == name)).collect();
    let added = new.iter().filter(|(name, _)| !name.ends_with(".sig")).count();
    members.extend(new);
    sort_approvals(&mut members);
    Ok((archive(&members)?, added))
}

/// Approvals stand last, sorted, whoever came first.
fn sort_approvals(members: &mut Members) {
    let first = members.iter().position(|(name, _)| name.starts_with("approvals/")).unwrap_or(members.len());
    members[first..].sort();
}

/// Reads a package from the bytes of its `.lep` file.
///
/// # Errors
/// Why it is refused.
pub fn open(package: &[u8]) -> Result<OpenedPackage, LockError> {
    Ok(library::open(members(package)?)?)
}

fn members(package: &[u8]) -> Result<Members, PackageFault> {
    let read = ustar::read_all(package, MAX_MEMBERS).map_err(|e| PackageFault::Archive(e.to_string()))?;
    Ok(read.into_iter().map(|(name, bytes)| (name, bytes.to_vec())).collect())
}

/// Writes members as the archive that a `.lep` file is.
///
/// # Errors
/// A name or size that an archive cannot hold.
pub fn archive(members: &Members) -> io::Result<Vec<u8>> {
    let mut writer = ustar::Writer::new(Vec::new());
    for (name, bytes) in members {
        writer.add(name, bytes)?;
    }
    writer.finish()
}
