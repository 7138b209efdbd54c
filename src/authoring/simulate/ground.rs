//! The ground of a simulated run: a plan that was never locked, and persons of a site or such as were never born.

use crate::kernel::canon::digest::{FileDigest, PackageDigest, sha256};
use crate::kernel::documents::pack::Pack;
use crate::kernel::documents::package::{Document, Manifest, PackageFormat, Plan};
use crate::kernel::documents::policy::{Approval, Policy};
use crate::kernel::documents::procedure::{ParameterType, Procedure};
use crate::kernel::documents::roster::{KeyGrant, Person, QualificationGrant, RoleGrant, Roster, RosterFormat};
use crate::kernel::documents::step::VerificationMode;
use crate::kernel::model::name::{Identifier, PersonId, Role, Tag, Variable};
use crate::kernel::model::time::Timestamp;
use crate::kernel::signature::PublicKey;
use crate::library::crew::{self, Crew};
use std::collections::{BTreeMap, BTreeSet};

/// One day, in milliseconds.
const DAY: i64 = 86_400_000;

/// When the simulation begins: a fixed moment, or well before the procedure expires.
pub(super) fn start(procedure: &Procedure) -> Timestamp {
    let usual = Timestamp::from_millis(1_767_225_600_000);
    let latest = procedure.expires.map(|until| Timestamp::from_millis(until.millis() - DAY));
    latest.map_or(usual, |latest| latest.min(usual))
}

/// The most persons that are made up for a role.
const MOST_PERSONS: u32 = 50;

/// A key that nobody holds: the first digest of the name that is one.
pub(super) fn key(name: &str) -> Option<PublicKey> {
    (0..64u8).find_map(|n| PublicKey::from_bytes(&sha256(format!("simulated {name} {n}").as_bytes())).ok())
}

/// The roles of the crew: those of the procedure, and the performer who opens the run.
fn crew(procedure: &Procedure) -> BTreeSet<Role> {
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
    Plan::new(digest, manifest, procedure.clone(), pack.clone(), policy.clone())
}

/// Site values: the default, else the least, else the greatest, else something of the type.
fn parameters(procedure: &Procedure) -> BTreeMap<Variable, String> {
    let value = |p: &crate::kernel::documents::procedure::Parameter| {
        let given = p.default.clone().or_else(|| p.min.clone()).or_else(|| p.max.clone());
        given.unwrap_or_else(|| match p.kind {
            ParameterType::Number => "1".into(),
            ParameterType::Duration => "1min".into(),
            ParameterType::Text => "text".into(),
        })
    };
    procedure.parameters.iter().map(|p| (p.id.clone(), value(p))).collect()
}

/// The persons of a walk, and who of them acts in which role.
pub(super) struct Cast {
    pub(super) roster: Roster,
    /// In the order in which they are bound: who performs comes first.
    pub(super) bound: Vec<(PersonId, Role)>,
}

/// Persons who were never born: for each role as many as anything asks for, with every qualification.
pub(super) fn made_up(procedure: &Procedure, at: Timestamp) -> Result<Cast, String> {
    let wanted: BTreeSet<&Tag> = procedure.steps().flat_map(|s| &s.qualifications).collect();
    let mut persons = Vec::new();
    let mut bound = Vec::new();
    for role in crew(procedure) {
        for n in 0..most(procedure, &role) {
            let name = if n == 0 { role.to_string() } else { format!("{role}-{}", n + 1) };
            let id: PersonId = name.parse().map_err(|_| format!("no person can be made up for `{role}`"))?;
            let mut person = Person { id: id.clone(), name, keys: vec![], roles: vec![], qualifications: vec![] };
            person.roles.push(RoleGrant { role: role.clone(), valid_from: at, valid_until: at });
            let grant = |id: &&Tag| QualificationGrant { id: (*id).clone(), valid_from: at, valid_until: at };
            person.qualifications = wanted.iter().map(grant).collect();
            persons.push(person);
            bound.push((id, role.clone()));
        }
    }
    Ok(Cast { roster: roster(persons, at)?, bound })
}

/// The persons of a site, each bound to what the search for a crew chose; where there is none, whoever comes first.
pub(super) fn of_site(procedure: &Procedure, policy: &Policy, site: &Roster, at: Timestamp) -> Result<Cast, String> {
    let mut chosen = crew::find(procedure, policy, site).ok().flatten().unwrap_or_else(|| anybody(procedure, site));
    // Witnesses and others whom a clean run can do without are there too.
    for role in self::crew(procedure) {
        if !chosen.performers.contains_key(&role) && !chosen.seconds.contains_key(&role) {
            chosen.seconds.insert(role.clone(), crew::holders(site, &role));
        }
    }
    let of = |all: &BTreeMap<Role, BTreeSet<PersonId>>| -> Vec<(PersonId, Role)> {
        all.iter().flat_map(|(role, persons)| persons.iter().map(move |p| (p.clone(), role.clone()))).collect()
    };
    let mut bound = of(&chosen.performers);
    for pair in of(&chosen.seconds) {
        if !bound.contains(&pair) {
            bound.push(pair);
        }
    }
    // Whose keys are all revoked would be given a whole one below, and could sign again.
    let persons = site.persons.iter().filter(|person| crew::can_sign(person)).cloned().collect();
    Ok(Cast { roster: roster(persons, at)?, bound })
}

/// The first holder performs, everybody else stands beside.
fn anybody(procedure: &Procedure, site: &Roster) -> Crew {
    let mut crew = Crew::default();
    for role in self::crew(procedure) {
        let holders = crew::holders(site, &role);
        let performs = procedure.steps().any(|s| s.performed_by == role) || role.as_str() == "performer";
        let first = holders.iter().take(usize::from(performs)).cloned().collect();
        crew.performers.insert(role.clone(), first);
        crew.seconds.insert(role, holders);
    }
    crew
}

/// How many persons of a role anything asks for beside a performer.
fn most(procedure: &Procedure, role: &Role) -> u32 {
    let signed = procedure.steps().flat_map(|s| &s.signoff).filter(|s| s.role == *role).map(|s| s.count.get());
    let polled = procedure.steps().flat_map(|s| &s.poll).filter(|p| p.role == *role).map(|p| p.count.get());
    let most = signed.chain(polled).max().unwrap_or(1);
    let performs = procedure.steps().any(|s| s.performed_by == *role);
    let besides = procedure.steps().any(|s| {
        let verifies = s.verification.as_ref().is_some_and(|v| v.by == *role && v.mode != VerificationMode::Own);
        verifies || s.later_signatures().chain(s.releases()).any(|w| w.role == *role)
    });
    (most + u32::from(performs && besides)).min(MOST_PERSONS)
}

/// A roster of these persons, valid for as long as a simulation lasts; whoever has no key gets one that nobody holds.
fn roster(mut persons: Vec<Person>, at: Timestamp) -> Result<Roster, String> {
    let year = Timestamp::from_millis(at.millis() - 365 * DAY);
    let far = Timestamp::from_millis(at.millis() + 3650 * DAY);
    for person in &mut persons {
        let known = person.keys.first().map(|grant| grant.key).or_else(|| key(person.id.as_str()));
        let key = known.ok_or_else(|| format!("no key can be made up for {}", person.id))?;
        person.keys = vec![KeyGrant { key, valid_from: year, valid_until: far, revoked_at: None }];
        for grant in &mut person.roles {
            (grant.valid_from, grant.valid_until) = (year, far);
        }
        for grant in &mut person.qualifications {
            (grant.valid_from, grant.valid_until) = (year, far);
        }
    }
    let (site, approver): (Result<Identifier, _>, Result<Role, _>) = ("simulated".parse(), "approver".parse());
    let (Ok(site), Ok(role)) = (site, approver) else { return Err("no site can be made up".into()) };
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
