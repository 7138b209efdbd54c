//! What is appended: sign-offs that should not count, and those that must.

use super::{Built, OTHER, worked};
use crate::kernel::canon;
use crate::kernel::signature::Namespace;
use crate::vectors::forge::{Files, RUN, put_statement, sign_off};
use crate::vectors::made::Made as _;
use crate::vectors::site::{Site, key};
use crate::vectors::{approve, good};
use serde_json::{Value, json};

pub(super) fn build(attack: &str) -> Option<Built> {
    let (forge, _) = good();
    let mut files = forge.sealed();
    let run = &forge.run;
    let deviation =
        json!({"role": "qa", "meaning": "disposition_approved", "subject": {"id": "DEV-0001", "kind": "deviation"}});
    let reject = json!({"decision": "reject", "meaning": "rejected"});
    let with = |base: &Value, more: Value| {
        let mut all = base.clone();
        all.as_object_mut().made().extend(more.as_object().made().clone());
        all
    };
    // Everything but finn's approval, which the attack tries to replace.
    sign_off(&mut files, run, "dee", "dee", deviation.clone());
    let cy = sign_off(&mut files, run, "cy", "cy", json!({}));
    let finn = |files: &mut Files, change: Value| sign_off(files, run, "finn", "finn", change);
    match attack {
        "one-person-counted-twice" => drop(sign_off(&mut files, run, "cy", "cy", json!({"comment": "once more"}))),
        "sign-off-missing" => {}
        "sign-off-of-another-run" => {
            finn(&mut files, json!({"run": OTHER, "subject": {"id": OTHER, "kind": "run"}}));
        }
        "sign-off-on-another-subject" => drop(finn(&mut files, json!({"subject": {"id": "1", "kind": "step"}}))),
        "sign-off-on-nothing" => drop(finn(&mut files, json!({"subject": {"id": "DEV-0009", "kind": "deviation"}}))),
        "sign-off-moved-to-another-subject" => {
            let digest = finn(&mut files, json!({"subject": {"id": "1", "kind": "step"}}));
            let name = format!("signoffs/{}.json", digest.hex());
            let signature = files.remove(&format!("{name}.sig")).made();
            let mut statement: Value = serde_json::from_slice(&files.remove(&name).made()).made();
            statement["subject"] = json!({"id": RUN, "kind": "run"});
            let digest = put_statement(&mut files, &canon::encode(&statement).made(), "stranger");
            files.insert(format!("signoffs/{}.json.sig", digest.hex()), signature);
        }
        "sign-off-by-the-wrong-role" => drop(sign_off(&mut files, run, "dee", "dee", json!({}))),
        "sign-off-in-a-role-without-say" => drop(sign_off(&mut files, run, "dee", "dee", json!({"role": "qa"}))),
        "sign-off-signed-by-another" => drop(sign_off(&mut files, run, "finn", "cy", json!({}))),
        "sign-off-under-another-name" => drop(finn(&mut files, json!({"name": "Dr Finn"}))),
        "sign-off-older-than-the-seal" => drop(finn(&mut files, json!({"time": "2026-11-20T08:00:00.000Z"}))),
        "sign-off-that-contradicts-itself" => drop(finn(&mut files, json!({"meaning": "rejected"}))),
        "sign-off-acknowledges" => drop(finn(&mut files, json!({"decision": "acknowledge"}))),
        "sign-off-with-other-meaning" => drop(finn(&mut files, json!({"meaning": "reviewed"}))),
        "sign-off-saw-something-undelivered" => {
            finn(&mut files, json!({"sees": [format!("sha256:{}", "11".repeat(32))]}));
        }
        "sign-off-saw-the-other" => drop(finn(&mut files, json!({"sees": [cy]}))),
        "sign-off-in-another-namespace" => {
            let digest = finn(&mut files, json!({}));
            let name = format!("signoffs/{}.json", digest.hex());
            let signature = key("finn").ssh(Namespace::Roster, &files[&name]);
            files.insert(format!("{name}.sig"), signature);
        }
        "sign-off-without-signature" => {
            let digest = finn(&mut files, json!({}));
            files.remove(&format!("signoffs/{}.json.sig", digest.hex()));
        }
        "sign-off-not-canonical" => {
            let digest = finn(&mut files, json!({}));
            let name = format!("signoffs/{}.json", digest.hex());
            let statement: Value = serde_json::from_slice(&files.remove(&name).made()).made();
            files.remove(&format!("{name}.sig"));
            put_statement(&mut files, &serde_json::to_vec_pretty(&statement).made(), "finn");
        }
        "sign-off-with-an-extra-member" => drop(finn(&mut files, json!({"also": "x"}))),
        "sign-off-larger-than-allowed" => drop(finn(&mut files, json!({"comment": "x".repeat(70_000)}))),
        "sign-off-under-another-file-name" => {
            let digest = finn(&mut files, json!({}));
            for end in ["json", "json.sig"] {
                let bytes = files.remove(&format!("signoffs/{}.{end}", digest.hex())).made();
                files.insert(format!("signoffs/{}.{end}", "22".repeat(32)), bytes);
            }
        }
        "rejection-by-a-named-role" => drop(finn(&mut files, reject)),
        "rejection-overtaken-by-approval" => {
            let rejection = finn(&mut files, reject);
            finn(&mut files, json!({"sees": [rejection], "time": "2026-11-23T08:00:00.000Z"}));
        }
        "rejection-with-a-wrong-clock" => {
            finn(&mut files, with(&reject, json!({"time": "2026-01-02T08:00:00.000Z"})));
        }
        "rejection-by-a-role-without-say" => {
            finn(&mut files, json!({}));
            sign_off(&mut files, run, "dee", "dee", with(&reject, json!({"role": "qa"})));
        }
        "rejection-of-the-deviation" => {
            finn(&mut files, json!({}));
            sign_off(&mut files, run, "dee", "dee", with(&deviation, reject));
        }
        "rejection-of-a-step" => {
            finn(&mut files, json!({}));
            sign_off(
                &mut files,
                run,
                "dee",
                "dee",
                with(&reject, json!({"role": "qa", "subject": {"id": "1", "kind": "step"}})),
            );
        }
        "returned" => drop(finn(&mut files, json!({"decision": "return"}))),
        "returned-then-approved-unseen" => {
            finn(&mut files, json!({"decision": "return"}));
            finn(&mut files, json!({"comment": "now it is good"}));
        }
        "returned-then-approved" => {
            let returned = finn(&mut files, json!({"decision": "return"}));
            finn(&mut files, json!({"comment": "now it is good", "sees": [returned]}));
        }
        "rejection-hidden-by-sealing-again" => {
            let mut again = worked(Site::new(), "live", RUN);
            again.does("ada", json!({"intent": "note", "text": "nothing to see here"}));
            again.close();
            let mut new = again.sealed();
            approve(&mut new, &again);
            let rejection = finn(&mut files, reject);
            for end in ["json", "json.sig"] {
                let name = format!("signoffs/{}.{end}", rejection.hex());
                new.insert(name.clone(), files[&name].clone());
            }
            return Some((new, None));
        }
        "deviation-accepted-without-a-comment" => {
            files.retain(|name, _| !name.starts_with("signoffs/"));
            sign_off(&mut files, run, "cy", "cy", json!({}));
            sign_off(&mut files, run, "finn", "finn", json!({}));
            sign_off(&mut files, run, "dee", "dee", with(&deviation, json!({"comment": null})));
        }
        "run-approval-does-not-settle-the-deviation" => {
            files.retain(|name, _| !name.starts_with("signoffs/"));
            sign_off(&mut files, run, "cy", "cy", json!({}));
            finn(&mut files, json!({}));
        }
        "stranger-rejects-as-finn" => {
            finn(&mut files, json!({}));
            sign_off(&mut files, run, "finn", "stranger", reject);
        }
        "stranger-forks-the-seal" => {
            finn(&mut files, json!({}));
            sign_off(&mut files, run, "cy", "stranger", json!({"seal": format!("sha256:{}", "33".repeat(32))}));
        }
        "stranger-not-in-the-roster-rejects" => {
            finn(&mut files, json!({}));
            sign_off(&mut files, run, "mallory", "stranger", reject);
        }
        "person-forks-the-seal" => {
            finn(&mut files, json!({}));
            sign_off(&mut files, run, "cy", "cy", json!({"seal": format!("sha256:{}", "33".repeat(32))}));
        }
        "person-forks-the-head" => {
            finn(&mut files, json!({}));
            sign_off(&mut files, run, "cy", "cy", json!({"head": format!("sha256:{}", "33".repeat(32))}));
        }
        "stranger-fills-the-folder" => {
            finn(&mut files, json!({}));
            files.insert("signoffs/readme.txt".into(), b"hello".to_vec());
            files.insert("signoffs/deep/er.json".into(), b"{}".to_vec());
            files.insert("timestamps/x.tsr".into(), b"junk".to_vec());
        }
        _ => return None,
    }
    Some((files, None))
}
