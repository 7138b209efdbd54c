//! Locked Execution Packages on the level of their members (FORMAT.md §3).

use super::yaml::{Diagnostic, read_document};
use crate::kernel::canon::digest::{FileDigest, PackageDigest};
use crate::kernel::canon::{self, NotCanonical, Refused};
use crate::kernel::model::name::{PersonId, Role, Variable};
use crate::kernel::model::pack::Pack;
use crate::kernel::model::package::{Attachment, Document, Manifest, PackageFormat, Plan};
use crate::kernel::model::policy::Policy;
use crate::kernel::model::procedure::{ParameterFault, Procedure};
use crate::kernel::model::roster::Roster;
use crate::kernel::model::time::Timestamp;
use crate::kernel::signature::{Namespace, PublicKey, SshSignature};
use std::collections::{BTreeMap, BTreeSet};

/// The most bytes of a package.
pub const MAX_PACKAGE: u64 = 64 << 20;

/// Members of an archive in their order: name and bytes.
pub type Members = Vec<(String, Vec<u8>)>;

/// Why a package is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackageFault {
    /// The archive itself is malformed.
    #[error("the archive is malformed: {0}")]
    Archive(String),
    /// A member is missing.
    #[error("`{0}` is missing from the package")]
    Missing(String),
    /// A member that the manifest does not name.
    #[error("`{0}` does not belong to the package")]
    Foreign(String),
    /// The manifest is not canonical or not a manifest.
    #[error("package.json is refused: {0}")]
    Manifest(Refused),
    /// A member has other bytes than the manifest says.
    #[error("`{0}` was altered: its digest is not the one in package.json")]
    Altered(String),
    /// A document is refused.
    #[error("a document of the package is refused: {0}")]
    Document(Box<Diagnostic>),
    /// A parameter is missing, unknown or outside its bounds.
    #[error("{0}")]
    Parameter(#[from] ParameterFault),
    /// The manifest says something else than the documents.
    #[error("package.json contradicts the documents: {0}")]
    Contradiction(&'static str),
    /// A signature file is malformed or does not hold.
    #[error("the approval `{0}` does not hold")]
    Approval(String),
    /// Too few persons approved it.
    #[error("the package is not approved: {given} of {count} approvals as {role}")]
    Unapproved {
        /// How many hold.
        given: u32,
        /// How many are needed.
        count: u32,
        /// By which role.
        role: Role,
    },
    /// It expired.
    #[error("the package expired at {0}")]
    Expired(Timestamp),
    /// The roster revokes it.
    #[error("the package is revoked by roster {0}")]
    Revoked(u32),
    /// A text has no canonical form.
    #[error("the manifest has no canonical form: {0}")]
    Form(String),
}

impl From<NotCanonical> for PackageFault {
    fn from(error: NotCanonical) -> Self {
        Self::Form(error.to_string())
    }
}

/// A package whose every digest and approval signature was checked; whose approvals count is asked apart.
#[derive(Clone, Debug)]
pub struct OpenedPackage {
    /// What a run executes.
    pub plan: Plan,
    /// Bytes of `package.json`.
    pub manifest_bytes: Vec<u8>,
    /// Keys that signed it.
    pub approvals: Vec<PublicKey>,
    /// Attached files.
    pub attachments: BTreeMap<String, Vec<u8>>,
}

/// Puts a package together; the same input gives the same bytes.
///
/// # Errors
/// A document that is refused, or a parameter outside its bounds.
pub fn build(
    documents: [&[u8]; 3],
    attachments: &BTreeMap<String, Vec<u8>>,
    set: &BTreeMap<Variable, String>,
    locked_at: Timestamp,
) -> Result<Members, PackageFault> {
    let [procedure_bytes, pack_bytes, policy_bytes] = documents;
    let procedure: Procedure = read("procedure.yaml", procedure_bytes)?;
    let pack: Pack = read("pack.yaml", pack_bytes)?;
    let policy: Policy = read("policy.yaml", policy_bytes)?;
    let entry = |path: &String, bytes: &Vec<u8>| Attachment {
        path: format!("attachments/{path}"),
        sha256: FileDigest::of(bytes),
        size: bytes.len() as u64,
    };
    let manifest = Manifest {
        approvals_required: policy.approvals.clone(),
        attachments: attachments.iter().map(|(path, bytes)| entry(path, bytes)).collect(),
        expires: procedure.expires,
        format: PackageFormat::V1,
        id: procedure.id.clone(),
        locked_at,
        pack: document(&pack.id, &pack.version, pack_bytes),
        parameters: parameters(&procedure, set)?,
        policy: document(&policy.id, &policy.version, policy_bytes),
        procedure: document(&procedure.id, &procedure.revision, procedure_bytes),
        revision: procedure.revision.clone(),
        supersedes: procedure.supersedes.clone(),
        title: procedure.title.clone(),
    };
    let mut members = vec![
        ("package.json".to_owned(), canon::encode(&manifest)?),
        ("procedure.yaml".to_owned(), procedure_bytes.to_vec()),
        ("pack.yaml".to_owned(), pack_bytes.to_vec()),
        ("policy.yaml".to_owned(), policy_bytes.to_vec()),
    ];
    members.extend(attachments.iter().map(|(path, bytes)| (format!("attachments/{path}"), bytes.clone())));
    Ok(members)
}

fn document(
    id: &crate::kernel::model::name::Identifier,
    version: &crate::kernel::model::name::Identifier,
    bytes: &[u8],
) -> Document {
    Document { id: id.clone(), sha256: FileDigest::of(bytes), size: bytes.len() as u64, version: version.clone() }
}

fn read<T: serde::de::DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, PackageFault> {
    read_document(name, bytes).map_err(|d| PackageFault::Document(Box::new(d)))
}

/// Returns every parameter with its value: set by the locker, or the author's default.
fn parameters(
    procedure: &Procedure,
    set: &BTreeMap<Variable, String>,
) -> Result<BTreeMap<Variable, String>, PackageFault> {
    let fault = |id: &Variable, reason: &str| ParameterFault { id: id.clone(), reason: reason.into() };
    if let Some(unknown) = set.keys().find(|id| !procedure.parameters.iter().any(|p| p.id == **id)) {
        return Err(fault(unknown, "the procedure has no such parameter").into());
    }
    let value = |p: &crate::kernel::model::procedure::Parameter| {
        let value =
            set.get(&p.id).or(p.default.as_ref()).ok_or_else(|| fault(&p.id, "it has no default and is not set"))?;
        p.check(value)?;
        Ok((p.id.clone(), value.clone()))
    };
    procedure.parameters.iter().map(value).collect()
}

/// Opens a package: every digest and signature is checked before a field is believed.
///
/// # Errors
/// The first reason why it is refused.
pub fn open(members: Members) -> Result<OpenedPackage, PackageFault> {
    let mut rest: BTreeMap<String, Vec<u8>> = members.into_iter().collect();
    let mut take = |name: &str| rest.remove(name).ok_or_else(|| PackageFault::Missing(name.to_owned()));
    let manifest_bytes = take("package.json")?;
    let manifest: Manifest = canon::decode(&manifest_bytes).map_err(PackageFault::Manifest)?;
    let mut checked = |name: &str, sha256: FileDigest, size: u64| {
        let bytes = take(name)?;
        match FileDigest::of(&bytes) == sha256 && bytes.len() as u64 == size {
            true => Ok(bytes),
            false => Err(PackageFault::Altered(name.to_owned())),
        }
    };
    let procedure_bytes = checked("procedure.yaml", manifest.procedure.sha256, manifest.procedure.size)?;
    let pack_bytes = checked("pack.yaml", manifest.pack.sha256, manifest.pack.size)?;
    let policy_bytes = checked("policy.yaml", manifest.policy.sha256, manifest.policy.size)?;
    let mut attachments = BTreeMap::new();
    for attachment in &manifest.attachments {
        attachments.insert(attachment.path.clone(), checked(&attachment.path, attachment.sha256, attachment.size)?);
    }
    let approvals = approvals(&rest, &manifest_bytes)?;
    let plan = Plan {
        digest: PackageDigest::of(&manifest_bytes),
        procedure: read("procedure.yaml", &procedure_bytes)?,
        pack: read("pack.yaml", &pack_bytes)?,
        policy: read("policy.yaml", &policy_bytes)?,
        manifest,
    };
    agrees(&plan)?;
    Ok(OpenedPackage { plan, manifest_bytes, approvals, attachments })
}

/// What is left are approvals, each under the digest of its key.
fn approvals(rest: &BTreeMap<String, Vec<u8>>, manifest: &[u8]) -> Result<Vec<PublicKey>, PackageFault> {
    let mut keys = Vec::new();
    for (name, bytes) in rest {
        let stem = name.strip_prefix("signatures/").and_then(|n| n.strip_suffix(".sig"));
        let Some(stem) = stem else { return Err(PackageFault::Foreign(name.clone())) };
        let signature = SshSignature::parse(bytes).ok();
        let key = signature.and_then(|s| s.check(Namespace::Package, manifest).ok());
        match key.filter(|k| k.blob_digest_hex() == stem) {
            Some(key) => keys.push(key),
            None => return Err(PackageFault::Approval(name.clone())),
        }
    }
    Ok(keys)
}

fn agrees(plan: &Plan) -> Result<(), PackageFault> {
    let manifest = &plan.manifest;
    let (procedure, pack, policy) = (&plan.procedure, &plan.pack, &plan.policy);
    let same = [
        ("id", manifest.id == procedure.id && manifest.procedure.id == procedure.id),
        ("revision", manifest.revision == procedure.revision && manifest.procedure.version == procedure.revision),
        ("title", manifest.title == procedure.title),
        ("expires", manifest.expires == procedure.expires),
        ("supersedes", manifest.supersedes == procedure.supersedes),
        ("pack", manifest.pack.id == pack.id && manifest.pack.version == pack.version),
        ("policy", manifest.policy.id == policy.id && manifest.policy.version == policy.version),
        ("approvals_required", manifest.approvals_required == policy.approvals),
        ("parameters", parameters(procedure, &manifest.parameters)? == manifest.parameters),
    ];
    match same.iter().find(|(_, agrees)| !agrees) {
        Some((what, _)) => Err(PackageFault::Contradiction(what)),
        None => Ok(()),
    }
}

impl OpenedPackage {
    /// Asks whether the package may be run: approved by enough persons, neither expired nor revoked.
    ///
    /// # Errors
    /// The reason why not.
    pub fn check_in_force(&self, roster: &Roster, at: Timestamp) -> Result<(), PackageFault> {
        if let Some(expires) = self.plan.manifest.expires.filter(|until| at >= *until) {
            return Err(PackageFault::Expired(expires));
        }
        if roster.revoked_packages.contains(&self.plan.digest) {
            return Err(PackageFault::Revoked(roster.serial));
        }
        self.check_approvals(roster, at)
    }

    /// Asks whether enough different persons approved it; the policy may raise what the roster demands, never lower it.
    ///
    /// # Errors
    /// The first role that lacks an approval.
    pub fn check_approvals(&self, roster: &Roster, at: Timestamp) -> Result<(), PackageFault> {
        let demanded = std::iter::once(&roster.package_approval).chain(&self.plan.manifest.approvals_required);
        for approval in demanded {
            let persons: BTreeSet<&PersonId> =
                self.approvals.iter().filter_map(|k| approver(roster, k, &approval.role, at)).collect();
            let given = u32::try_from(persons.len()).unwrap_or(u32::MAX);
            if given < approval.count {
                return Err(PackageFault::Unapproved { given, count: approval.count, role: approval.role.clone() });
            }
        }
        Ok(())
    }
}

fn approver<'a>(roster: &'a Roster, key: &PublicKey, role: &Role, at: Timestamp) -> Option<&'a PersonId> {
    let person = roster.owner(&key.id())?;
    let grant = person.key_at(&key.id(), at)?;
    let trusted = grant.revoked_at.is_none_or(|revoked| at < revoked);
    (trusted && person.holds(role, at)).then_some(&person.id)
}
