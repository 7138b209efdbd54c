//! A site with fixed keys: whoever forges here holds every key, so that the rules are attacked and not the luck.

use asrun::bundle::ustar;
use asrun::kernel::canon;
use asrun::kernel::canon::digest::{PackageDigest, StatementDigest, sha256};
use asrun::kernel::model::time::Timestamp;
use asrun::kernel::signature::{Namespace, PublicKey, RawSignature, SshSignature, pae, signed_data};
use asrun::library;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub const OPENED: &str = "2026-11-21T08:00:00.000Z";
/// When the package is approved.
pub const APPROVED: &str = "2026-02-01T00:00:00.000Z";
const FROM: &str = "2026-01-01T00:00:00.000Z";
const UNTIL: &str = "2027-01-01T00:00:00.000Z";

/// A private key that follows from a name.
pub struct Key(SigningKey);

pub fn key(name: &str) -> Key {
    Key(SigningKey::from_bytes(&sha256(format!("zoo {name}").as_bytes())))
}

impl Key {
    pub fn public(&self) -> PublicKey {
        PublicKey::from_bytes(self.0.verifying_key().as_bytes()).unwrap()
    }

    pub fn pae(&self, kind: &str, body: &[u8]) -> RawSignature {
        self.raw(&pae(kind, body))
    }

    pub fn ssh(&self, namespace: Namespace, message: &[u8]) -> Vec<u8> {
        let signature = self.raw(&signed_data(namespace, message));
        SshSignature::new(self.public(), namespace, signature).to_armored().into_bytes()
    }

    fn raw(&self, bytes: &[u8]) -> RawSignature {
        RawSignature(self.0.sign(bytes).to_bytes())
    }
}

/// Rosters and package of the site, open to forgery.
#[derive(Clone, Debug)]
pub struct Site {
    pub roster: Value,
    pub authority: String,
    pub members: library::Members,
    pub approvers: Vec<String>,
    /// What differs from an honest approval.
    pub approval_says: Value,
}

impl Site {
    pub fn new() -> Self {
        let people = [
            ("ada", "Ada", &["performer"][..]),
            ("ben", "Ben", &["verifier"]),
            ("cy", "Cy", &["supervisor"]),
            ("dee", "Dee", &["qa"]),
            ("eve", "Eve", &["approver"]),
            ("finn", "Finn", &["supervisor"]),
            ("gus", "Gus", &["performer", "supervisor", "verifier"]),
        ];
        let roster = json!({
            "format": "asrun.roster.v1", "site": "zoo", "serial": 7, "issued": FROM, "expires": UNTIL,
            "package_approval": {"role": "approver", "count": 1}, "revoked_packages": [],
            "persons": people.map(|(id, name, roles)| person(id, name, roles)),
        });
        let approvers = vec!["eve".to_owned()];
        Self { roster, authority: "authority".into(), members: documents("base"), approvers, approval_says: json!({}) }
    }

    /// The roster file; JSON is YAML.
    pub fn roster_bytes(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(&self.roster).unwrap()
    }

    pub fn roster_signature(&self) -> Vec<u8> {
        key(&self.authority).ssh(Namespace::Roster, &self.roster_bytes())
    }

    pub fn serial(&self) -> u64 {
        self.roster["serial"].as_u64().unwrap()
    }

    pub fn person(&mut self, id: &str) -> &mut Value {
        self.roster["persons"].as_array_mut().unwrap().iter_mut().find(|p| p["id"] == id).unwrap()
    }

    /// The members of the package, approvals included.
    pub fn package_members(&self) -> library::Members {
        let mut members = self.members.clone();
        let manifest = members[0].1.clone();
        let mut approvals: Vec<_> =
            self.approvers.iter().flat_map(|name| self.approval(&manifest, name, &self.approval_says)).collect();
        approvals.sort();
        members.extend(approvals);
        members
    }

    /// The two members of an approval; `change` says what differs from an honest one.
    pub fn approval(&self, manifest: &[u8], signer: &str, change: &Value) -> library::Members {
        let name = format!("{}{}", signer[..1].to_uppercase(), &signer[1..]);
        let mut statement = json!({
            "comment": "read it", "format": "asrun.approval.v1", "meaning": "approved", "name": name,
            "package": PackageDigest::of(manifest), "person": signer, "role": "approver", "time": APPROVED,
        });
        for (member, value) in change.as_object().into_iter().flatten() {
            statement[member] = value.clone();
        }
        let statement = canon::encode(&statement).unwrap();
        let name = format!("approvals/{}.json", StatementDigest::of(&statement).hex());
        let signature = (format!("{name}.sig"), key(signer).ssh(Namespace::Package, &statement));
        vec![(name, statement), signature]
    }
}

pub fn archive(members: &library::Members) -> Vec<u8> {
    let mut writer = ustar::Writer::new(Vec::new());
    for (name, bytes) in members {
        writer.add(name, bytes).unwrap();
    }
    writer.finish().unwrap()
}

fn person(id: &str, name: &str, roles: &[&str]) -> Value {
    let grant = |role: &&str| json!({"role": role, "valid_from": FROM, "valid_until": UNTIL});
    json!({
        "id": id, "name": name,
        "keys": [{"key": key(id).public().to_openssh(), "valid_from": FROM, "valid_until": UNTIL, "revoked_at": null}],
        "roles": roles.iter().map(grant).collect::<Vec<_>>(), "qualifications": [],
    })
}

pub fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

pub fn documents(folder: &str) -> library::Members {
    let read = |name: &str| std::fs::read(vectors().join(folder).join(name)).unwrap();
    let documents = [read("procedure.yaml"), read("pack.yaml"), read("policy.yaml")];
    let [procedure, pack, policy] = &documents;
    let at: Timestamp = FROM.parse().unwrap();
    library::build([procedure, pack, policy], &BTreeMap::new(), &BTreeMap::new(), at).unwrap()
}
