//! Stands in for `library` until it is merged.
use crate::kernel::canon::{self, digest::*};
use crate::kernel::model::package::{Manifest, Plan};
use crate::kernel::model::roster::Roster;
use crate::kernel::model::time::Timestamp;
use crate::kernel::signature::{Namespace, SshSignature};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
#[derive(Debug)]
pub struct OpenedPackage {
    pub plan: Plan,
    members: BTreeMap<String, Vec<u8>>,
}
fn yaml<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let text = std::str::from_utf8(bytes).map_err(|e| e.to_string())?;
    serde_yaml::from_str(text).map_err(|e| e.to_string())
}
pub fn open(members: BTreeMap<String, Vec<u8>>) -> Result<OpenedPackage, String> {
    let get = |name: &str| members.get(name).ok_or(format!("no {name}"));
    let json = get("package.json")?;
    let manifest: Manifest = canon::decode(json).map_err(|e| e.to_string())?;
    for (name, doc) in [("procedure.yaml", &manifest.procedure), ("pack.yaml", &manifest.pack), ("policy.yaml", &manifest.policy)] {
        if FileDigest::of(get(name)?) != doc.sha256 {
            return Err(format!("{name} differs"));
        }
    }
    let plan = Plan {
        digest: PackageDigest::of(json),
        procedure: yaml(get("procedure.yaml")?)?,
        pack: yaml(get("pack.yaml")?)?,
        policy: yaml(get("policy.yaml")?)?,
        manifest,
    };
    Ok(OpenedPackage { plan, members })
}
pub fn check_approvals(package: &OpenedPackage, roster: &Roster, at: Timestamp) -> Result<(), String> {
    let json = &package.members["package.json"];
    let mut persons = BTreeSet::new();
    for (name, bytes) in package.members.iter().filter(|(n, _)| n.starts_with("signatures/")) {
        let sig = SshSignature::parse(bytes).map_err(|e| format!("{name}: {e}"))?;
        let key = sig.check(Namespace::Package, json).map_err(|e| format!("{name}: {e}"))?;
        if let Some(p) = roster.owner(&key.id()).filter(|p| p.holds(&roster.package_approval.role, at) && p.key_at(&key.id(), at).is_some()) {
            persons.insert(p.id.clone());
        }
    }
    match persons.len() >= roster.package_approval.count as usize {
        true => Ok(()),
        false => Err("approvals are missing".into()),
    }
}
pub fn read_roster(bytes: &[u8]) -> Result<Roster, String> {
    yaml::<Roster>(bytes)?.consistent().map_err(|e| e.to_string())
}
