//! A site with fixed keys: whoever forges here holds every key, so that the rules are attacked and not the luck.

use super::case::document;
use super::made::Made as _;
use crate::bundle::ustar;
use crate::kernel::canon;
use crate::kernel::canon::digest::{PackageDigest, StatementDigest, sha256};
use crate::kernel::model::time::Timestamp;
use crate::kernel::signature::{Namespace, PublicKey, RawSignature, SshSignature, pae, signed_data};
use crate::library;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

pub(super) const OPENED: &str = "2026-11-21T08:00:00.000Z";
/// When the package is approved.
pub(super) const APPROVED: &str = "2026-02-01T00:00:00.000Z";
const FROM: &str = "2026-01-01T00:00:00.000Z";
const UNTIL: &str = "2027-01-01T00:00:00.000Z";

/// A private key that follows from a name.
pub(super) struct Key(SigningKey);

pub(super) fn key(name: &str) -> Key {
    Key(SigningKey::from_bytes(&sha256(format!("zoo {name}").as_bytes())))
}

impl Key {
    pub(super) fn public(&self) -> PublicKey {
        PublicKey::from_bytes(self.0.verifying_key().as_bytes()).made()
    }

    pub(super) fn pae(&self, kind: &str, body: &[u8]) -> RawSignature {
        self.raw(&pae(kind, body))
    }

    pub(super) fn ssh(&self, namespace: Namespace, message: &[u8]) -> Vec<u8> {
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
    pub(super) roster: Value,
    pub(super) authority: String,
    pub(super) members: library::Members,
    pub(super) approvers: Vec<String>,
    /// What differs from an honest approval.
    pub(super) approval_says: Value,
}

impl Site {
    pub(super) fn new() -> Self {
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
        Self { roster, authority: "authority".into(), members: HONEST.clone(), approvers, approval_says: json!({}) }
    }

    /// A site whose documents say `new` where those of the honest one say `old`.
    pub(super) fn with(old: &str, new: &str) -> Self {
        Self { members: locked(|text| text.replacen(old, new, 1)), ..Self::new() }
    }

    /// The roster file; JSON is YAML.
    pub(super) fn roster_bytes(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(&self.roster).made()
    }

    pub(super) fn roster_signature(&self) -> Vec<u8> {
        key(&self.authority).ssh(Namespace::Roster, &self.roster_bytes())
    }

    pub(super) fn serial(&self) -> u64 {
        self.roster["serial"].as_u64().made()
    }

    pub(super) fn person(&mut self, id: &str) -> &mut Value {
        self.roster["persons"].as_array_mut().made().iter_mut().find(|p| p["id"] == id).made()
    }

    /// The members of the package, approvals included.
    pub(super) fn package_members(&self) -> library::Members {
        let mut members = self.members.clone();
        let manifest = members[0].1.clone();
        let mut approvals: Vec<_> =
            self.approvers.iter().flat_map(|name| self.approval(&manifest, name, &self.approval_says)).collect();
        approvals.sort();
        members.extend(approvals);
        members
    }

    /// The two members of an approval; `change` says what differs from an honest one.
    pub(super) fn approval(&self, manifest: &[u8], signer: &str, change: &Value) -> library::Members {
        let name = format!("{}{}", signer[..1].to_uppercase(), &signer[1..]);
        let mut statement = json!({
            "comment": "read it", "format": "asrun.approval.v1", "meaning": "approved", "name": name,
            "package": PackageDigest::of(manifest), "person": signer, "role": "approver", "time": APPROVED,
        });
        for (member, value) in change.as_object().into_iter().flatten() {
            statement[member] = value.clone();
        }
        let statement = canon::encode(&statement).made();
        let name = format!("approvals/{}.json", StatementDigest::of(&statement).hex());
        let signature = (format!("{name}.sig"), key(signer).ssh(Namespace::Package, &statement));
        vec![(name, statement), signature]
    }
}

pub(super) fn archive(members: &library::Members) -> Vec<u8> {
    let mut writer = ustar::Writer::new(Vec::new());
    for (name, bytes) in members {
        writer.add(name, bytes).made();
    }
    writer.finish().made()
}

fn person(id: &str, name: &str, roles: &[&str]) -> Value {
    let grant = |role: &&str| json!({"role": role, "valid_from": FROM, "valid_until": UNTIL});
    json!({
        "id": id, "name": name,
        "keys": [{"key": key(id).public().to_openssh(), "valid_from": FROM, "valid_until": UNTIL, "revoked_at": null}],
        "roles": roles.iter().map(grant).collect::<Vec<_>>(), "qualifications": [],
    })
}

/// The honest documents are locked once; most sites have them.
static HONEST: LazyLock<library::Members> = LazyLock::new(|| locked(str::to_owned));

/// The three documents locked together, each changed before.
fn locked(change: impl Fn(&str) -> String) -> library::Members {
    let texts = ["procedure.yaml", "pack.yaml", "policy.yaml"].map(|name| change(document(name)));
    let at: Timestamp = FROM.parse().made();
    library::build(texts.each_ref().map(String::as_bytes), &BTreeMap::new(), &BTreeMap::new(), at).made()
}
