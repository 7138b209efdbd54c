//! Rosters and anchors: who is believed to be whom.

use super::{Built, LATER, approved, closed, resealed};
use crate::kernel::canon::digest::FileDigest;
use crate::kernel::records::event::Event;
use crate::kernel::signature::Namespace;
use crate::vectors::forge::{Files, Forge, derive, seal};
use crate::vectors::made::Made as _;
use crate::vectors::site::{Site, key};
use crate::vectors::{Anchor, approve, good};
use serde_json::{Value, json};

pub(super) fn grants(site: &mut Site, person: &str, what: &str, field: &str, value: Value) {
    for grant in site.person(person)[what].as_array_mut().made() {
        grant[field] = value.clone();
    }
}

/// The records of a run of the honest site, under the roster and package of another one.
fn under(honest: Site, other: Site) -> Option<Built> {
    let mut forge = closed(honest);
    let roster = FileDigest::of(&other.roster_bytes());
    let serial = other.serial();
    forge.site = other;
    forge.rewrite(|records| {
        let Event::RunOpened(opened) = &mut records[0].event else { unreachable!("a run begins with its opening") };
        opened.roster = roster;
        opened.roster_serial = u32::try_from(serial).made();
    });
    approved(&forge)
}

pub(super) fn build(attack: &str) -> Option<Built> {
    let mut site = Site::new();
    let honest = Site::new();
    let anchored = |files: Files, site: Site| Some((files, Some(Anchor::Roster(Box::new(site)))));
    match attack {
        "record-under-a-role-granted-later" => {
            grants(&mut site, "ben", "roles", "valid_from", json!(LATER));
            under(honest, site)
        }
        "record-under-a-key-valid-later" => {
            grants(&mut site, "ben", "keys", "valid_from", json!(LATER));
            under(honest, site)
        }
        "sign-off-under-a-role-granted-later" => {
            grants(&mut site, "finn", "roles", "valid_from", json!(LATER));
            approved(&closed(site))
        }
        "sign-off-after-the-role-ended" => {
            grants(&mut site, "finn", "roles", "valid_until", json!("2026-11-21T23:00:00.000Z"));
            approved(&closed(site))
        }
        "opened-outside-the-rosters-dates" => {
            site.roster["expires"] = json!("2026-11-20T00:00:00.000Z");
            under(honest, site)
        }
        "one-key-under-two-persons" => {
            let cy = site.person("cy")["keys"].clone();
            site.person("finn")["keys"] = cy;
            under(honest, site)
        }
        "roster-of-its-own-authority" => {
            site.authority = "stranger".into();
            approved(&closed(site))
        }
        "roster-anchor-same-bytes" => anchored(approved(&closed(site))?.0, honest),
        "roster-anchor-newer" => {
            let mut newer = Site::new();
            newer.roster["serial"] = json!(8);
            anchored(approved(&closed(site))?.0, newer)
        }
        "roster-anchor-older" => {
            let mut older = Site::new();
            older.roster["serial"] = json!(6);
            anchored(approved(&closed(site))?.0, older)
        }
        "roster-anchor-of-another-site" => {
            let mut other = Site::new();
            other.roster["serial"] = json!(8);
            other.roster["site"] = json!("elsewhere");
            anchored(approved(&closed(site))?.0, other)
        }
        "approver-invented-in-an-older-roster" => {
            let mut zed = site.person("eve").clone();
            (zed["id"], zed["name"]) = (json!("zed"), json!("Zed"));
            zed["keys"][0]["key"] = json!(key("zed").public().to_openssh());
            site.roster["persons"].as_array_mut().made().push(zed);
            (site.authority, site.approvers) = ("stranger".into(), vec!["zed".into()]);
            let mut newer = Site::new();
            newer.roster["serial"] = json!(8);
            anchored(approved(&closed(site))?.0, newer)
        }
        "receipt-key-invented-in-an-older-roster" => {
            let mut second = site.person("ada")["keys"][0].clone();
            second["key"] = json!(key("second ada").public().to_openssh());
            site.person("ada")["keys"].as_array_mut().made().push(second);
            site.authority = "stranger".into();
            let mut newer = Site::new();
            newer.roster["serial"] = json!(8);
            let forge = closed(site);
            let mut files = forge.data();
            seal(&mut files, &forge.run, "second ada");
            approve(&mut files, &forge);
            anchored(files, newer)
        }
        "roster-anchor-knows-another-key" => {
            let mut newer = Site::new();
            newer.roster["serial"] = json!(8);
            newer.person("ben")["keys"][0]["key"] = json!(key("new ben").public().to_openssh());
            anchored(approved(&closed(site))?.0, newer)
        }
        "older-roster-with-a-role-since-withdrawn" => {
            let mut newer = Site::new();
            newer.roster["serial"] = json!(8);
            grants(&mut newer, "finn", "roles", "valid_until", json!("2026-06-01T00:00:00.000Z"));
            anchored(approved(&closed(site))?.0, newer)
        }
        "key-revoked-in-the-anchor" => {
            let mut newer = Site::new();
            newer.roster["serial"] = json!(8);
            grants(&mut newer, "ben", "keys", "revoked_at", json!(LATER));
            anchored(approved(&closed(site))?.0, newer)
        }
        "sign-off-key-revoked-in-the-anchor" => {
            let mut newer = Site::new();
            newer.roster["serial"] = json!(8);
            grants(&mut newer, "finn", "keys", "revoked_at", json!(LATER));
            anchored(approved(&closed(site))?.0, newer)
        }
        "package-approval-key-revoked-in-the-anchor" => {
            let mut newer = Site::new();
            newer.roster["serial"] = json!(8);
            grants(&mut newer, "eve", "keys", "revoked_at", json!(LATER));
            anchored(approved(&closed(site))?.0, newer)
        }
        "package-revoked-in-the-anchor" => {
            let forge = closed(site);
            let mut newer = Site::new();
            newer.roster["serial"] = json!(8);
            newer.roster["revoked_packages"] = json!([forge.run.plan().digest]);
            anchored(approved(&forge)?.0, newer)
        }
        "roster-of-another-serial-in-its-name" => renamed("data/rosters/7.yaml", "data/rosters/8.yaml"),
        "roster-unsigned" => without("data/rosters/7.yaml.sig"),
        "roster-missing" => {
            let (mut files, forge) = (closed(site.clone()).sealed(), closed(site));
            files.retain(|name, _| !name.starts_with("data/rosters/"));
            again(&mut files, &forge)
        }
        "roster-exchanged" => {
            let forge = closed(site);
            let mut files = forge.sealed();
            let mut other = Site::new();
            other.roster["package_approval"]["count"] = json!(0);
            files.insert("data/rosters/7.yaml".into(), other.roster_bytes());
            files.insert("data/rosters/7.yaml.sig".into(), other.roster_signature());
            again(&mut files, &forge)
        }
        "roster-too-many" => {
            let forge = closed(site);
            let mut files = forge.sealed();
            let mut other = Site::new();
            other.roster["serial"] = json!(8);
            files.insert("data/rosters/8.yaml".into(), other.roster_bytes());
            files.insert("data/rosters/8.yaml.sig".into(), other.roster_signature());
            again(&mut files, &forge)
        }
        "roster-with-an-unknown-field" => {
            site.roster["note"] = json!("x");
            let forge = closed(honest);
            let mut files = forge.sealed();
            files.insert("data/rosters/7.yaml".into(), site.roster_bytes());
            files.insert("data/rosters/7.yaml.sig".into(), site.roster_signature());
            again(&mut files, &forge)
        }
        "roster-signed-in-another-namespace" => {
            let forge = closed(site);
            let mut files = forge.sealed();
            let signature = key("authority").ssh(Namespace::Package, &forge.site.roster_bytes());
            files.insert("data/rosters/7.yaml.sig".into(), signature);
            again(&mut files, &forge)
        }
        _ => None,
    }
}

pub(super) fn again(files: &mut Files, forge: &Forge) -> Option<Built> {
    derive(files, &forge.run);
    resealed(files, forge);
    Some((std::mem::take(files), None))
}

fn renamed(from: &str, to: &str) -> Option<Built> {
    let forge = good().0;
    let mut files = forge.sealed();
    for end in ["", ".sig"] {
        let bytes = files.remove(&format!("{from}{end}")).made();
        files.insert(format!("{to}{end}"), bytes);
    }
    again(&mut files, &forge)
}

fn without(name: &str) -> Option<Built> {
    let forge = good().0;
    let mut files = forge.sealed();
    files.remove(name).made();
    again(&mut files, &forge)
}
