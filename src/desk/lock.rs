//! Locking and approving packages; importing them (FORMAT.md §3).

use super::check::{Read, Remark, check};
use crate::bundle::ustar;
use crate::kernel::model::name::Variable;
use crate::kernel::model::time::Timestamp;
use crate::kernel::signature::Namespace;
use crate::keys::Signer;
use crate::library::lint::Weight;
use crate::library::{self, Members, OpenedPackage, PackageFault};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Why nothing was locked or approved.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// The linter found errors.
    #[error("{} errors must be mended first", .0.len())]
    Lint(Vec<Remark>),
    /// The package is refused.
    #[error("the package is refused")]
    Package(#[from] PackageFault),
    /// A file cannot be read or written.
    #[error("a file cannot be read or written")]
    Io(#[from] io::Error),
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

/// Adds an approval; the package digest stays the same.
///
/// # Errors
/// A package that is refused.
pub fn approve(package: &[u8], signer: &Signer) -> Result<Vec<u8>, LockError> {
    let mut members = members(package)?;
    let opened = library::open(members.clone())?;
    let name = format!("signatures/{}.sig", signer.public().blob_digest_hex());
    members.retain(|(known, _)| *known != name);
    members.push((name, signer.sign_ssh(Namespace::Package, &opened.manifest_bytes).into_bytes()));
    // Signatures stand last, sorted, whoever came first.
    let signatures = members.iter().position(|(n, _)| n.starts_with("signatures/")).unwrap_or(members.len());
    members[signatures..].sort();
    Ok(archive(&members)?)
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
