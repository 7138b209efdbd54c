//! Packages that were not approved, and runs that their policy does not let pass.

use super::trust::{again, grants};
use super::{Built, LATER, approved, closed, worked};
use crate::kernel::canon;
use crate::kernel::canon::digest::{EvidenceDigest, StatementDigest};
use crate::library;
use crate::vectors::forge::{Forge, PHOTO, RUN, sign_off};
use crate::vectors::good;
use crate::vectors::made::Made as _;
use crate::vectors::site::{Site, archive};
use serde_json::{Value, json};

/// The package exchanged for this one, everything else as it was.
fn with_package(change: impl FnOnce(&mut library::Members)) -> Option<Built> {
    let forge = good().0;
    let mut files = forge.sealed();
    let mut members = forge.site.package_members();
    change(&mut members);
    files.insert("data/package.lep".into(), archive(&members));
    again(&mut files, &forge)
}

/// The package approved with a statement that differs so.
fn said(mut site: Site, change: Value) -> Option<Built> {
    site.approval_says = change;
    approved(&closed(site))
}

pub(super) fn build(attack: &str) -> Option<Built> {
    let mut site = Site::new();
    match attack {
        "package-unapproved" => {
            site.approvers.clear();
            approved(&closed(site))
        }
        "package-approved-by-a-stranger" => {
            site.approvers = vec!["stranger".into()];
            approved(&closed(site))
        }
        "package-approved-by-the-wrong-role" => {
            site.approvers = vec!["ada".into()];
            approved(&closed(site))
        }
        "package-approved-too-seldom" => {
            site.roster["package_approval"]["count"] = json!(2);
            approved(&closed(site))
        }
        "package-with-an-altered-procedure" => with_package(|members| members[1].1.extend(b"# x\n")),
        "package-without-its-policy" => with_package(|members| drop(members.remove(3))),
        "package-with-a-foreign-member" => with_package(|members| members.push(("zz.txt".into(), b"x".to_vec()))),
        "package-with-a-broken-approval" => with_package(|members| members[5].1[100] ^= 1),
        "package-approval-without-its-signature" => with_package(|members| drop(members.remove(5))),
        "package-approval-without-its-statement" => with_package(|members| drop(members.remove(4))),
        "package-approval-under-another-name" => with_package(|members| {
            let name = format!("approvals/{}.json", "0".repeat(64));
            (members[5].0, members[4].0) = (format!("{name}.sig"), name);
        }),
        "package-approval-reworded" => with_package(|members| {
            let text = String::from_utf8(members[4].1.clone()).made().replace("read it", "READ IT");
            members[4].1 = text.into_bytes();
            let name = format!("approvals/{}.json", StatementDigest::of(&members[4].1).hex());
            (members[5].0, members[4].0) = (format!("{name}.sig"), name);
        }),
        "package-approval-of-another-package" => with_package(|members| {
            members.truncate(4);
            members.extend(Site::new().approval(b"another manifest", "eve", &json!({})));
        }),
        "package-approval-older-than-the-package" => said(site, json!({"time": "2025-12-31T23:59:59.999Z"})),
        "package-approval-later-than-the-run" => said(site, json!({"time": "2026-11-22T00:00:00.000Z"})),
        "package-approval-under-another-printed-name" => said(site, json!({"name": "Eva"})),
        "package-approval-in-a-role-not-held" => said(site, json!({"role": "qa"})),
        "package-approval-signed-by-another" => said(site, json!({"person": "gus", "name": "Gus"})),
        "package-approval-under-a-key-since-revoked" => {
            grants(&mut site, "eve", "keys", "revoked_at", json!(LATER));
            approved(&closed(site))
        }
        "package-of-another-manifest" => with_package(|members| {
            let mut manifest: Value = serde_json::from_slice(&members[0].1).made();
            manifest["locked_at"] = json!("2026-02-01T00:00:00.000Z");
            members[0].1 = canon::encode(&manifest).made();
            members.truncate(4);
            let approval = Site::new().approval(&members[0].1, "eve", &json!({}));
            members.extend(approval);
        }),
        "training-run" => {
            let mut forge = worked(site, "training", RUN);
            forge.close();
            approved(&forge)
        }
        "aborted-run" => {
            let mut forge = Forge::open(site, "live", RUN);
            forge.does("ada", json!({"intent": "abort", "reason": "smoke"}));
            forge.does("ada", json!({"intent": "confirm_safe_state"}));
            forge.deviate("ada", None);
            forge.close();
            approved(&forge)
        }
        "performer-approves-himself" => {
            let mut forge = Forge::open_as("gus", site, "live", RUN);
            forge.work();
            forge.close();
            let mut files = forge.sealed();
            let deviation = json!({"role": "qa", "meaning": "disposition_approved", "subject": {"id": "DEV-0001", "kind": "deviation"}});
            sign_off(&mut files, &forge.run, "dee", "dee", deviation);
            sign_off(&mut files, &forge.run, "cy", "cy", json!({}));
            sign_off(&mut files, &forge.run, "gus", "gus", json!({}));
            Some((files, None))
        }
        "performer-accepts-his-own-deviation" => {
            let mut forge = Forge::open_as("gus", site, "live", RUN);
            forge.work();
            forge.close();
            let mut files = forge.sealed();
            let deviation =
                json!({"meaning": "disposition_approved", "subject": {"id": "DEV-0001", "kind": "deviation"}});
            sign_off(&mut files, &forge.run, "gus", "gus", deviation);
            sign_off(&mut files, &forge.run, "cy", "cy", json!({}));
            sign_off(&mut files, &forge.run, "finn", "finn", json!({}));
            Some((files, None))
        }
        "evidence-redacted" => {
            let mut forge = worked(site, "live", RUN);
            let blake3 = EvidenceDigest::of(PHOTO);
            forge.does("ada", json!({"intent": "redact", "blake3": blake3, "reason": "shows a face"}));
            forge.evidence.clear();
            forge.close();
            approved(&forge)
        }
        "evidence-of-another-type" => {
            let mut forge = worked(site, "live", RUN);
            forge.attach_said(b"another photo\n", &json!({"media_type": "image/png"}));
            forge.close();
            approved(&forge)
        }
        "evidence-older-than-the-run" => {
            let mut forge = worked(site, "live", RUN);
            forge.attach_said(b"an old photo\n", &json!({"mtime": "2026-01-01T00:00:00.000Z"}));
            forge.close();
            approved(&forge)
        }
        "evidence-redacted-and-still-there" => {
            let mut forge = worked(site, "live", RUN);
            let blake3 = EvidenceDigest::of(PHOTO);
            forge.does("ada", json!({"intent": "redact", "blake3": blake3, "reason": "shows a face"}));
            forge.close();
            approved(&forge)
        }
        _ => None,
    }
}
