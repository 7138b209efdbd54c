//! The ground of a simulated run: a plan that was never locked, and persons who were never born.

use crate::kernel::canon::digest::{FileDigest, PackageDigest, sha256};
use crate::kernel::model::name::{Identifier, Role, Tag, Variable};
use crate::kernel::model::pack::Pack;
use crate::kernel::model::package::{Document, Manifest, PackageFormat, Plan};
use crate::kernel::model::policy::{Approval, Policy};
use crate::kernel::model::procedure::{ParameterType, Procedure};
use crate::kernel::model::roster::{KeyGrant, Person, QualificationGrant, RoleGrant, Roster, RosterFormat};
use crate::kernel::model::time::Timestamp;
use crate::kernel::signature::PublicKey;
use std::collections::{BTreeMap, BTreeSet};

/// One day, in milliseconds.
const DAY: i64 = 86_400_000;

/// When the simulation begins: a fixed moment, or well before the procedure expires.
pub(super) fn start(procedure: &Procedure) -> Timestamp {
    let usual = Timestamp::from_millis(1_767_225_600_000);
    let latest = procedure.expires.map(|until| Timestamp::from_millis(until.millis() - DAY));
    latest.map_or(usual, |latest| latest.min(usual))
}

/// A key that nobody holds: the first digest of the role's name that is one.
pub(super) fn key(role: &Role) -> Option<PublicKey> {
    (0..64u8).find_map(|n| PublicKey::from_bytes(&sha256(format!("simulated {role} {n}").as_bytes())).ok())
}

/// The roles of the crew: those of the procedure, and the performer who opens the run.
pub(super) fn crew(procedure: &Procedure) -> BTreeSet<Role> {
    procedure.roles.iter().cloned().chain("performer".parse().ok()).collect()
}

pub(super) fn plan(procedure: &Procedure, pack: &Pack, policy: &Policy, at: Timestamp) -> Plan {
    let document = |id: &Identifier, version: &Identifier| Document {
        id: id.clone(),
        sha256: FileDigest::of(id.as_str().as_bytes()),
        size: 0,
        version: version.clone(),
    };
    let manifest = Manifest {
        approvals_required: policy.approvals.clone(),
        attachments: Vec::new(),
        expires: procedure.expires,
        format: PackageFormat::V1,
        id: procedure.id.clone(),
        locked_at: at,
        pack: document(&pack.id, &pack.version),
        parameters: parameters(procedure),
        policy: document(&policy.id, &policy.version),
        procedure: document(&procedure.id, &procedure.revision),
        revision: procedure.revision.clone(),
        supersedes: None,
        title: procedure.title.clone(),
    };
    let digest = PackageDigest::of(procedure.id.as_str().as_bytes());
    Plan { digest, manifest, procedure: procedure.clone(), pack: pack.clone(), policy: policy.clone() }
}

/// Site values: the default, else the least, else the greatest, else something of the type.
fn parameters(procedure: &Procedure) -> BTreeMap<Variable, String> {
    let value = |p: &crate::kernel::model::procedure::Parameter| {
        let given = p.default.clone().or_else(|| p.min.clone()).or_else(|| p.max.clone());
        given.unwrap_or_else(|| match p.kind {
            ParameterType::Number => "1".into(),
            ParameterType::Duration => "1min".into(),
            ParameterType::Text => "text".into(),
        })
    };
    procedure.parameters.iter().map(|p| (p.id.clone(), value(p))).collect()
}

/// One person for each role, named after it, with every qualification that the procedure asks for.
pub(super) fn roster(procedure: &Procedure, roles: &BTreeSet<Role>, at: Timestamp) -> Result<Roster, String> {
    let year = Timestamp::from_millis(at.millis() - 365 * DAY);
    let far = Timestamp::from_millis(at.millis() + 3650 * DAY);
    let grant = |id: &Tag| QualificationGrant { id: id.clone(), valid_from: year, valid_until: far };
    let wanted: BTreeSet<&Tag> = procedure.steps().flat_map(|s| &s.qualifications).collect();
    let person = |role: &Role| {
        Some(Person {
            id: role.as_str().parse().ok()?,
            name: role.to_string(),
            keys: vec![KeyGrant { key: key(role)?, valid_from: year, valid_until: far, revoked_at: None }],
            roles: vec![RoleGrant { role: role.clone(), valid_from: year, valid_until: far }],
            qualifications: wanted.iter().map(|id| grant(id)).collect(),
        })
    };
    let persons: Option<Vec<Person>> = roles.iter().map(person).collect();
    let (site, approver): (Result<Identifier, _>, Result<Role, _>) = ("simulated".parse(), "approver".parse());
    let (Some(persons), Ok(site), Ok(role)) = (persons, site, approver) else {
        return Err("no person can be made up for every role".into());
    };
    Ok(Roster {
        format: RosterFormat::V1,
        site,
        serial: 1,
        issued: year,
        expires: far,
        package_approval: Approval { role, count: 0 },
        revoked_packages: Vec::new(),
        persons,
    })
}
