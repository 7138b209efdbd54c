//! Locked Execution Packages on the level of their members (FORMAT.md §3).

use super::yaml::{Diagnostic, read_document};
use crate::kernel::canon::digest::{FileDigest, PackageDigest, StatementDigest};
use crate::kernel::canon::{self, NotCanonical, Refused};
use crate::kernel::documents::approval::{Approver, MAX_APPROVAL, PackageApproval};
use crate::kernel::documents::pack::Pack;
use crate::kernel::documents::package::{Attachment, Document, Manifest, PackageFormat, Plan};
use crate::kernel::documents::policy::{Approval, Policy};
use crate::kernel::documents::procedure::{ParameterFault, Procedure};
use crate::kernel::documents::roster::Roster;
use crate::kernel::model::name::{Identifier, PersonId, Role, Variable};
use crate::kernel::model::time::Timestamp;
use crate::kernel::signature::{Namespace, PublicKey, SshSignature};
use crate::kernel::text::counted;
use std::collections::{BTreeMap, BTreeSet};

/// The most bytes of a package.
pub const MAX_PACKAGE: u64 = 64 << 20;

/// Where approvals lie in the archive.
const FOLDER: &str = "approvals/";

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
    #[error("the approval `{0}` is invalid")]
    Approval(String),
    /// Too few persons approved it.
    #[error("the package is not approved: it needs {} as {role} and has {given}{}", counted(*.count, "approval", "approvals"), told(.ignored))]
    Unapproved {
        /// How many hold.
        given: u32,
        /// How many are needed.
        count: u32,
        /// By which role.
        role: Role,
        /// Approvals that do not count, each with the reason.
        ignored: Vec<String>,
    },
    /// It expired.
    #[error("the package expired at {0}")]
    Expired(Timestamp),
    /// The roster revokes it.
    #[error("the package is revoked by roster {0}")]
    Revoked(u32),
    /// A revision that supersedes it is installed.
    #[error("revision {by} supersedes revision {revision} and is installed here: {digest}")]
    Superseded {
        /// The refused revision.
        revision: Identifier,
        /// The one in force.
        by: Identifier,
        /// Its digest.
        digest: PackageDigest,
    },
    /// Another package lies here under the same id and revision.
    #[error("another package is installed as revision {revision}: here {installed}, offered {offered}")]
    Twin {
        /// The revision.
        revision: Identifier,
        /// The digest of the installed one.
        installed: PackageDigest,
        /// The digest of the other one.
        offered: PackageDigest,
    },
    /// A text has no canonical form.
    #[error("the manifest has no canonical form: {0}")]
    Form(String),
}

impl From<NotCanonical> for PackageFault {
    fn from(error: NotCanonical) -> Self {
        Self::Form(error.to_string())
    }
}

fn told(ignored: &[String]) -> String {
    ignored.iter().map(|why| format!("; one does not count: {why}")).collect()
}

/// An approval whose signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    /// What was signed.
    pub approval: PackageApproval,
    /// The key that signed.
    pub key: PublicKey,
}

/// A package whose every digest and approval signature was checked; whose approvals count is asked apart.
#[derive(Clone, Debug)]
pub struct OpenedPackage {
    /// What a run executes.
    pub plan: Plan,
    /// Bytes of `package.json`.
    pub manifest_bytes: Vec<u8>,
    /// Who approved it; each signature holds, which of them count is asked of a roster.
    pub approvals: Vec<Approved>,
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
    let value = |p: &crate::kernel::documents::procedure::Parameter| {
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
    let digest = PackageDigest::of(&manifest_bytes);
    let approvals = approvals(&rest, digest)?;
    let procedure = read("procedure.yaml", &procedure_bytes)?;
    let pack = read("pack.yaml", &pack_bytes)?;
    let policy = read("policy.yaml", &policy_bytes)?;
    let plan = Plan::new(digest, manifest, procedure, pack, policy);
    agrees(&plan)?;
    Ok(OpenedPackage { plan, manifest_bytes, approvals, attachments })
}

/// What is left are approvals, each under the digest of its statement, with its signature beside it.
fn approvals(rest: &BTreeMap<String, Vec<u8>>, package: PackageDigest) -> Result<Vec<Approved>, PackageFault> {
    let mut found = Vec::new();
    for (name, bytes) in rest {
        let statement = name.strip_suffix(".sig").unwrap_or(name);
        match statement.strip_prefix(FOLDER).and_then(|n| n.strip_suffix(".json")) {
            None => return Err(PackageFault::Foreign(name.clone())),
            Some(stem) if statement == name => {
                let signature = rest.get(&format!("{name}.sig"));
                let read = signature.and_then(|signature| approval(bytes, signature, package));
                let named = StatementDigest::of(bytes).hex() == stem;
                found.push(read.filter(|_| named).ok_or_else(|| PackageFault::Approval(name.clone()))?);
            }
            Some(_) if rest.contains_key(statement) => {}
            Some(_) => return Err(PackageFault::Approval(name.clone())),
        }
    }
    // In the order in which they were given; of one moment by person.
    found.sort_by(|a, b| (a.approval.time, &a.approval.person).cmp(&(b.approval.time, &b.approval.person)));
    Ok(found)
}

fn approval(bytes: &[u8], signature: &[u8], package: PackageDigest) -> Option<Approved> {
    if bytes.len() > MAX_APPROVAL {
        return None;
    }
    let approval: PackageApproval = canon::decode(bytes).ok()?;
    let key = SshSignature::parse(signature).ok()?.check(Namespace::Package, bytes).ok()?;
    (approval.package == package).then_some(Approved { approval, key })
}

/// Writes the two members of an approval: the statement and the signature over it.
///
/// # Errors
/// A text that has no canonical form.
pub fn approval_members(
    approval: &PackageApproval,
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Result<Members, NotCanonical> {
    let statement = canon::encode(approval)?;
    let name = format!("{FOLDER}{}.json", StatementDigest::of(&statement).hex());
    let signature = (format!("{name}.sig"), sign(&statement));
    Ok(vec![(name, statement), signature])
}

fn agrees(plan: &Plan) -> Result<(), PackageFault> {
    let manifest = &plan.manifest;
    let (procedure, pack, policy) = (&plan.procedure, &plan.pack, &plan.policy);
    let carried = |name: &String| manifest.attachments.iter().any(|a| a.path == format!("attachments/{name}"));
    let same = [
        ("id", manifest.id == procedure.id && manifest.procedure.id == procedure.id),
        ("revision", manifest.revision == procedure.revision && manifest.procedure.version == procedure.revision),
        ("title", manifest.title == procedure.title),
        ("expires", manifest.expires == procedure.expires),
        ("supersedes", manifest.supersedes == procedure.supersedes),
        (
            "references",
            procedure.steps().flat_map(|s| &s.references).filter_map(|r| r.attachment.as_ref()).all(carried),
        ),
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

    /// Returns what is demanded of approvals; the policy may raise what the roster demands, never lower it.
    pub fn demands<'a>(&'a self, roster: &'a Roster) -> impl Iterator<Item = &'a Approval> {
        std::iter::once(&roster.package_approval).chain(&self.plan.manifest.approvals_required)
    }

    /// Asks whether enough different persons approved it.
    ///
    /// # Errors
    /// The first role that lacks an approval, and which approvals do not count, with the reason.
    pub fn check_approvals(&self, roster: &Roster, at: Timestamp) -> Result<(), PackageFault> {
        self.counted(self.demands(roster), roster, at, |_| true)
    }

    /// As [`Self::check_approvals`], leaving out approvals under a key that is told to be untrustworthy.
    ///
    /// # Errors
    /// The first role that lacks an approval then.
    pub fn check_approvals_without(
        &self,
        roster: &Roster,
        at: Timestamp,
        distrusted: impl Fn(&PublicKey) -> bool,
    ) -> Result<(), PackageFault> {
        self.counted(self.demands(roster), roster, at, |key| !distrusted(key))
    }

    fn counted<'a>(
        &self,
        demands: impl Iterator<Item = &'a Approval>,
        roster: &Roster,
        at: Timestamp,
        trusted: impl Fn(&PublicKey) -> bool,
    ) -> Result<(), PackageFault> {
        let asked = |a: &Approved| a.approval.counts(&a.key.id(), roster, &self.plan.manifest, at);
        let good: Vec<&PackageApproval> =
            self.approvals.iter().filter(|a| trusted(&a.key) && asked(a).is_ok()).map(|a| &a.approval).collect();
        for demand in demands {
            let persons: BTreeSet<&PersonId> =
                good.iter().filter(|a| a.role == demand.role).map(|a| &a.person).collect();
            let given = u32::try_from(persons.len()).unwrap_or(u32::MAX);
            if given < demand.count {
                let ignored = self.approvals.iter().filter_map(|a| asked(a).err()).map(|why| why.to_string()).collect();
                let (count, role) = (demand.count, demand.role.clone());
                return Err(PackageFault::Unapproved { given, count, role, ignored });
            }
        }
        Ok(())
    }

    /// Tells who approved it, in order, and which approvals do not count.
    #[must_use]
    pub fn approvers(&self, roster: &Roster, at: Timestamp) -> Vec<Approver> {
        let counts = |a: &Approved| a.approval.counts(&a.key.id(), roster, &self.plan.manifest, at);
        self.approvals.iter().map(|a| Approver::new(&a.approval, counts(a))).collect()
    }
}
