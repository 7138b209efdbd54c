//! Attacks that need keys or an archive: the forger holds every key, and only the rules stand in the way.

use super::cage::Anchor;
use super::forge::{
    Files, Forge, RUN, derive, evidence_path, put_statement, seal, set_journal, sign, sign_off, sign_receipt, unlock,
};
use super::site::{Site, key};
use super::{approve, good};
use asrun::kernel::canon::digest::{FileDigest, StatementDigest};
use asrun::kernel::canon::{self, base64};
use asrun::kernel::model::event::{BySystem, Event, Program, RunRecovered};
use asrun::kernel::model::record::Record;
use asrun::kernel::model::time::Timestamp;
use asrun::kernel::run::{Decided, Intent, Who};
use asrun::kernel::signature::Namespace;
use serde_json::{Value, json};

type Built = (Files, Option<Anchor>);

const OTHER: &str = "01JDZ3Q4M5N6P7R8S9T0V1W2X4";
const LATER: &str = "2026-12-01T00:00:00.000Z";

/// Builds a bundle by name, and whom the verifier trusts where that is part of the attack.
pub fn build(attack: &str) -> Built {
    let built = journal(attack).or_else(|| receipt(attack)).or_else(|| signoffs(attack));
    let built = built.or_else(|| super::forks::build(attack).map(|files| (files, None)));
    built.or_else(|| trust(attack)).or_else(|| policy(attack)).unwrap_or_else(|| panic!("no attack {attack}"))
}

fn worked(site: Site, mode: &str, id: &str) -> Forge {
    let mut forge = Forge::open(site, mode, id);
    forge.work();
    forge
}

fn closed(site: Site) -> Forge {
    let mut forge = worked(site, "live", RUN);
    forge.close();
    forge
}

fn approved(forge: &Forge) -> Option<Built> {
    let mut files = forge.sealed();
    approve(&mut files, forge);
    Some((files, None))
}

/// The journal rewritten with every key, then sealed and approved as if nothing had happened.
fn rewritten(change: impl FnOnce(&mut Vec<Record>)) -> Option<Built> {
    let mut forge = closed(Site::new());
    forge.rewrite(change);
    approved(&forge)
}

fn position(records: &[Record], kind: &str) -> usize {
    records.iter().position(|record| record.event.kind() == kind).unwrap()
}

/// Changes the data of the first record of a kind.
fn change(kind: &str, field: &str, value: Value) -> Option<Built> {
    rewritten(|records| {
        let at = position(records, kind);
        let mut event = serde_json::to_value(&records[at].event).unwrap();
        assert_ne!(event["data"][field], value);
        event["data"][field] = value;
        records[at].event = serde_json::from_value(event).unwrap();
    })
}

fn journal(attack: &str) -> Option<Built> {
    match attack {
        "value-said-to-be-within-limits" => change("value.entered", "verdict", json!("pass")),
        "value-rewritten" => change("value.entered", "value", json!("0.15")),
        "gates-left-out" => change("step.performed", "gates", json!([])),
        "check-changed" => change("check.recorded", "attempt", json!(2)),
        "verification-with-other-judges" => change("verification.recorded", "judges", json!([])),
        "outcome-of-the-rules-changed" => rewritten(|records| {
            let at = position(records, "deviation.raised");
            let mut event = serde_json::to_value(&records[at].event).unwrap();
            event["data"]["ruling"]["outcome"] = json!("allow");
            records[at].event = serde_json::from_value(event).unwrap();
        }),
        "deviation-left-out" => rewritten(|records| drop(records.remove(position(records, "deviation.raised")))),
        "verification-left-out" => {
            rewritten(|records| drop(records.remove(position(records, "verification.recorded"))))
        }
        "evidence-left-out" => rewritten(|records| drop(records.remove(position(records, "evidence.captured")))),
        "records-reordered-and-signed-again" => rewritten(|records| {
            let at = position(records, "value.entered");
            records.swap(at, at + 2);
        }),
        "record-repeated-and-signed-again" => rewritten(|records| {
            let at = position(records, "check.recorded");
            records.insert(at, records[at].clone());
        }),
        "performer-verifies-himself" => {
            let mut forge = Forge::open_as("gus", Site::new(), "live", RUN);
            forge.work();
            forge.close();
            forge.rewrite(|records| {
                let at = position(records, "verification.recorded");
                records[at].actor = "gus".parse().unwrap();
            });
            approved(&forge)
        }
        "actor-without-the-role" => rewritten(|records| {
            let at = position(records, "verification.recorded");
            records[at].actor = "ada".parse().unwrap();
        }),
        "actor-not-in-the-roster" => rewritten(|records| {
            let at = position(records, "verification.recorded");
            records[at].actor = "mallory".parse().unwrap();
        }),
        "actor-without-a-session" => rewritten(|records| {
            let at = position(records, "verification.recorded");
            records[at].actor = "gus".parse().unwrap();
        }),
        "record-behind-the-end" => rewritten(|records| {
            let mut last = records.last().unwrap().clone();
            last.time = "2026-11-21T10:00:00.000Z".parse().unwrap();
            records.push(last);
        }),
        "closed-early" => rewritten(|records| {
            let last = records.pop().unwrap();
            records.truncate(position(records, "step.performed"));
            records.push(last);
        }),
        "record-of-another-run" => {
            let other = {
                let mut f = worked(Site::new(), "live", OTHER);
                f.close();
                f
            };
            let mut forge = closed(Site::new());
            forge.lines[5] = other.lines[5].clone();
            relined(&forge)
        }
        "signed-with-anothers-key" => {
            let mut forge = closed(Site::new());
            let last = forge.lines.pop().unwrap();
            forge.lines.push(sign(last.record().clone(), "ben"));
            relined(&forge)
        }
        "time-outside-the-keys-validity" => rewritten(|records| {
            records.last_mut().unwrap().time = "2027-06-01T00:00:00.000Z".parse().unwrap();
        }),
        _ => clocks(attack).or_else(|| torn(attack)),
    }
}

/// Clocks that cannot have run like this, or were set where no machine can tell.
fn clocks(attack: &str) -> Option<Built> {
    match attack {
        "monotonic-clock-sinks" => rewritten(|records| {
            let at = position(records, "check.recorded");
            records[at].mono_ms -= 5000;
        }),
        "wall-clock-sinks-unrecorded" => rewritten(|records| {
            let at = position(records, "check.recorded");
            records[at].time = records[at - 1].time;
            records[at].time = Timestamp::from_millis(records[at].time.millis() - 1);
            records[at].mono_ms = records[at - 1].mono_ms;
        }),
        "boot-changes-under-a-program" => rewritten(|records| {
            let at = position(records, "check.recorded");
            records[at..].iter_mut().for_each(|record| record.boot = "second".into());
        }),
        "change-acknowledgement-left-out" => {
            let mut forge = worked(Site::new(), "live", RUN);
            let program = Program { digest: None, version: "1".into() };
            let key = key("ada").public().id();
            forge.act("ada", &Intent::Unlock { key, program, resumed: true, roster: None });
            forge.does("ada", json!({"intent": "acknowledge_change"}));
            forge.does("ada", json!({"intent": "resume"}));
            forge.close();
            forge.rewrite(|records| drop(records.remove(position(records, "change.acknowledged"))));
            approved(&forge)
        }
        "boot-comes-back" => {
            let mut forge = worked(Site::new(), "live", RUN);
            restarted(&mut forge, "second", 60_000);
            restarted(&mut forge, "boot", 60_000);
            forge.close();
            approved(&forge)
        }
        "wall-clock-sinks-across-boots" => {
            let mut forge = worked(Site::new(), "live", RUN);
            restarted(&mut forge, "second", -5000);
            forge.close();
            approved(&forge)
        }
        _ => None,
    }
}

/// The machine starts again, so much later by the clock on the wall, and the performer takes the run up.
fn restarted(forge: &mut Forge, boot: &str, millis: i64) {
    forge.now.boot = boot.into();
    forge.now.time = Timestamp::from_millis(forge.now.time.millis() + millis);
    forge.act("ada", &unlock("ada", true));
    forge.does("ada", json!({"intent": "resume"}));
}

/// Other lines under an honest state: sealed again as they are.
fn relined(forge: &Forge) -> Option<Built> {
    let mut files = forge.data();
    set_journal(&mut files, &forge.lines);
    seal(&mut files, &forge.run, "ada");
    Some((files, None))
}

/// A torn tail, honest or not: the program starts again and records what it moved aside.
fn torn(attack: &str) -> Option<Built> {
    let mut forge = worked(Site::new(), "live", RUN);
    let tail = match attack {
        "torn-tail" | "torn-tail-elsewhere" | "torn-tail-missing" | "torn-tail-altered" | "torn-tail-unnamed" => {
            b"{\"key\":\"SHA2".to_vec()
        }
        "record-cut-off-as-torn-tail" => {
            let mut longer = worked(Site::new(), "live", RUN);
            longer.does("ada", json!({"intent": "note", "text": "the gauge was cracked"}));
            longer.lines.last().unwrap().bytes().to_vec()
        }
        _ => return None,
    };
    let seq = forge.run.seq() + 1;
    let whole = forge.lines.iter().map(|line| line.bytes().len() as u64 + 1).sum();
    let offset = if attack == "torn-tail-elsewhere" { 1 } else { whole };
    let event = RunRecovered { by: BySystem::System, length: tail.len() as u64, offset, sha256: FileDigest::of(&tail) };
    let who = Who { person: "ada".parse().unwrap(), key: key("ada").public().id() };
    if attack != "torn-tail-unnamed" {
        forge.append(Decided { event: event.into(), role: "performer".parse().unwrap() }, &who);
    }
    forge.act("ada", &unlock("ada", true));
    forge.does("ada", json!({"intent": "resume"}));
    forge.close();
    let mut files = forge.data();
    let path = format!("data/recovered/{seq}.bin");
    match attack {
        "torn-tail-missing" => None,
        "torn-tail-altered" => files.insert(path, b"{\"key\":\"SHA3".to_vec()),
        _ => files.insert(path, tail),
    };
    seal(&mut files, &forge.run, "ada");
    approve(&mut files, &forge);
    Some((files, None))
}

fn receipt_value(files: &Files) -> (Value, Value) {
    let receipt: Value = serde_json::from_slice(&files["receipt.json"]).unwrap();
    let payload = base64::decode(receipt["payload"].as_str().unwrap()).unwrap();
    (receipt, serde_json::from_slice(&payload).unwrap())
}

fn receipt(attack: &str) -> Option<Built> {
    let (forge, mut files) = good();
    let (mut envelope, mut statement) = receipt_value(&files);
    let encoded = |value: &Value| canon::encode(value).unwrap();
    match attack {
        "receipt-signed-by-another" => sign_receipt(&mut files, &encoded(&statement), "ben"),
        "receipt-signed-by-a-stranger" => sign_receipt(&mut files, &encoded(&statement), "stranger"),
        "receipt-with-two-signatures" => {
            let first = envelope["signatures"][0].clone();
            envelope["signatures"].as_array_mut().unwrap().push(first);
            files.insert("receipt.json".into(), encoded(&envelope));
        }
        "receipt-without-signature" => {
            envelope["signatures"] = json!([]);
            files.insert("receipt.json".into(), encoded(&envelope));
        }
        "receipt-of-another-type" => {
            envelope["payloadType"] = json!("application/vnd.asrun.record.v1+json");
            files.insert("receipt.json".into(), encoded(&envelope));
        }
        "receipt-with-an-extra-member" => {
            envelope["note"] = json!("x");
            files.insert("receipt.json".into(), encoded(&envelope));
        }
        "receipt-in-another-spelling" => {
            files.insert("receipt.json".into(), serde_json::to_vec_pretty(&envelope).unwrap());
        }
        "receipt-of-another-predicate-type" => {
            statement["predicateType"] = json!("urn:asrun:run:v2");
            sign_receipt(&mut files, &encoded(&statement), "ada");
        }
        "receipt-over-another-file" => {
            statement["subject"][0]["name"] = json!("manifest-sha256.txt");
            sign_receipt(&mut files, &encoded(&statement), "ada");
        }
        "receipt-of-another-seal" => {
            statement["subject"][0]["digest"]["sha256"] = json!("00".repeat(32));
            sign_receipt(&mut files, &encoded(&statement), "ada");
        }
        "receipt-of-another-run" => {
            let mut other = worked(Site::new(), "live", OTHER);
            other.close();
            files.insert("receipt.json".into(), other.sealed()["receipt.json"].clone());
        }
        "training-run-claimed-live" => {
            let mut forge = worked(Site::new(), "training", RUN);
            forge.close();
            let mut files = forge.sealed();
            let (_, mut statement) = receipt_value(&files);
            statement["predicate"]["mode"] = json!("live");
            sign_receipt(&mut files, &encoded(&statement), "ada");
            approve(&mut files, &forge);
            return Some((files, None));
        }
        "inventory-without-the-evidence" => {
            let mut inventory: Value = serde_json::from_slice(&files["data/manifest.json"]).unwrap();
            inventory["artifacts"].as_array_mut().unwrap().remove(0);
            files.insert("data/manifest.json".into(), encoded(&inventory));
            resealed(&mut files, &forge);
        }
        "state-without-the-deviation" => {
            let mut state: Value = serde_json::from_slice(&files["data/state.json"]).unwrap();
            state["deviations"] = json!([]);
            files.insert("data/state.json".into(), encoded(&state));
            resealed(&mut files, &forge);
        }
        "state-in-another-spelling" => {
            let state: Value = serde_json::from_slice(&files["data/state.json"]).unwrap();
            files.insert("data/state.json".into(), serde_json::to_vec_pretty(&state).unwrap());
            resealed(&mut files, &forge);
        }
        "evidence-exchanged" => {
            files.insert(evidence_path(super::forge::PHOTO), b"another photo".to_vec());
            resealed(&mut files, &forge);
        }
        "evidence-removed" => {
            files.remove(&evidence_path(super::forge::PHOTO));
            resealed(&mut files, &forge);
        }
        "evidence-that-nobody-named" => {
            files.insert(evidence_path(b"smuggled"), b"smuggled".to_vec());
            resealed(&mut files, &forge);
        }
        "file-that-the-format-does-not-name" => {
            files.insert("data/extra.txt".into(), b"x".to_vec());
            resealed(&mut files, &forge);
        }
        _ => return None,
    }
    Some((files, None))
}

/// Seals and approves again whatever lies there now.
fn resealed(files: &mut Files, forge: &Forge) {
    files.retain(|name, _| !name.starts_with("signoffs/"));
    seal(files, &forge.run, "ada");
    approve(files, forge);
}

fn signoffs(attack: &str) -> Option<Built> {
    let forge = closed(Site::new());
    let mut files = forge.sealed();
    let run = &forge.run;
    let deviation =
        json!({"role": "qa", "meaning": "disposition_approved", "subject": {"id": "DEV-0001", "kind": "deviation"}});
    let reject = json!({"decision": "reject", "meaning": "rejected"});
    let with = |base: &Value, more: Value| {
        let mut all = base.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
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
            let signature = files.remove(&format!("{name}.sig")).unwrap();
            let mut statement: Value = serde_json::from_slice(&files.remove(&name).unwrap()).unwrap();
            statement["subject"] = json!({"id": RUN, "kind": "run"});
            let digest = put_statement(&mut files, &canon::encode(&statement).unwrap(), "stranger");
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
            let statement: Value = serde_json::from_slice(&files.remove(&name).unwrap()).unwrap();
            files.remove(&format!("{name}.sig"));
            put_statement(&mut files, &serde_json::to_vec_pretty(&statement).unwrap(), "finn");
        }
        "sign-off-with-an-extra-member" => drop(finn(&mut files, json!({"also": "x"}))),
        "sign-off-larger-than-allowed" => drop(finn(&mut files, json!({"comment": "x".repeat(70_000)}))),
        "sign-off-under-another-file-name" => {
            let digest = finn(&mut files, json!({}));
            for end in ["json", "json.sig"] {
                let bytes = files.remove(&format!("signoffs/{}.{end}", digest.hex())).unwrap();
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

fn grants(site: &mut Site, person: &str, what: &str, field: &str, value: Value) {
    for grant in site.person(person)[what].as_array_mut().unwrap() {
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
        let Event::RunOpened(opened) = &mut records[0].event else { panic!() };
        opened.roster = roster;
        opened.roster_serial = u32::try_from(serial).unwrap();
    });
    approved(&forge)
}

fn trust(attack: &str) -> Option<Built> {
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
            site.roster["persons"].as_array_mut().unwrap().push(zed);
            (site.authority, site.approvers) = ("stranger".into(), vec!["zed".into()]);
            let mut newer = Site::new();
            newer.roster["serial"] = json!(8);
            anchored(approved(&closed(site))?.0, newer)
        }
        "receipt-key-invented-in-an-older-roster" => {
            let mut second = site.person("ada")["keys"][0].clone();
            second["key"] = json!(key("second ada").public().to_openssh());
            site.person("ada")["keys"].as_array_mut().unwrap().push(second);
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

fn again(files: &mut Files, forge: &Forge) -> Option<Built> {
    derive(files, &forge.run);
    resealed(files, forge);
    Some((std::mem::take(files), None))
}

fn renamed(from: &str, to: &str) -> Option<Built> {
    let forge = closed(Site::new());
    let mut files = forge.sealed();
    for end in ["", ".sig"] {
        let bytes = files.remove(&format!("{from}{end}")).unwrap();
        files.insert(format!("{to}{end}"), bytes);
    }
    again(&mut files, &forge)
}

fn without(name: &str) -> Option<Built> {
    let forge = closed(Site::new());
    let mut files = forge.sealed();
    files.remove(name).unwrap();
    again(&mut files, &forge)
}

/// The package exchanged for this one, everything else as it was.
fn with_package(change: impl FnOnce(&mut asrun::library::Members)) -> Option<Built> {
    let forge = closed(Site::new());
    let mut files = forge.sealed();
    let mut members = forge.site.package_members();
    change(&mut members);
    files.insert("data/package.lep".into(), super::site::archive(&members));
    again(&mut files, &forge)
}

/// The package approved with a statement that differs so.
fn said(mut site: Site, change: Value) -> Option<Built> {
    site.approval_says = change;
    approved(&closed(site))
}

fn policy(attack: &str) -> Option<Built> {
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
            let text = String::from_utf8(members[4].1.clone()).unwrap().replace("read it", "READ IT");
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
            let mut manifest: Value = serde_json::from_slice(&members[0].1).unwrap();
            manifest["locked_at"] = json!("2026-02-01T00:00:00.000Z");
            members[0].1 = canon::encode(&manifest).unwrap();
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
            let blake3 = asrun::kernel::canon::digest::EvidenceDigest::of(super::forge::PHOTO);
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
            let blake3 = asrun::kernel::canon::digest::EvidenceDigest::of(super::forge::PHOTO);
            forge.does("ada", json!({"intent": "redact", "blake3": blake3, "reason": "shows a face"}));
            forge.close();
            approved(&forge)
        }
        _ => None,
    }
}

/// Tricks with the archive itself.
pub fn on_archive(attack: &str, mut bytes: Vec<u8>) -> Vec<u8> {
    let header = |bytes: &[u8], name: &str| {
        bytes.chunks(512).position(|block| block.starts_with(name.as_bytes()) && block[257..262] == *b"ustar").unwrap()
            * 512
    };
    let journal = header(&bytes, "data/journal.jsonl");
    let receipt = header(&bytes, "receipt.json");
    let appended = header(&bytes, "signoffs/");
    match attack {
        "mtime" => set(&mut bytes, journal, 136, b"00000000001\0"),
        "mode" => set(&mut bytes, journal, 100, b"0000755\0"),
        "owner" => set(&mut bytes, journal, 265, b"root"),
        "link" => set(&mut bytes, journal, 156, b"2"),
        "extension" => set(&mut bytes, journal, 156, b"x"),
        "gnu" => set(&mut bytes, journal, 257, b"ustar  \0"),
        "traversal" => {
            let at = header(&bytes, "manifest-sha256.txt");
            insert(&mut bytes, at, "data/z/aa/aa/etc/passwd", b"x");
            set(&mut bytes, at, 0, b"data/z/../../etc/passwd");
        }
        "absolute" => {
            insert(&mut bytes, appended, "signoffs/etc", b"x");
            set(&mut bytes, appended, 0, b"/signoff/etc");
        }
        "case-clash" => {
            let at = header(&bytes, "data/evidence");
            insert(&mut bytes, at, "data/Journal.jsonl", b"x");
        }
        "second-journal" => insert(&mut bytes, receipt, "data/journal.jsonl", b"x"),
        "second-receipt" => insert(&mut bytes, appended, "receipt.json", b"{}"),
        "data-behind-the-receipt" => insert(&mut bytes, appended, "data/late.txt", b"x"),
        "signoff-before-the-receipt" => insert(&mut bytes, receipt, "signoffs/x", b"x"),
        "stranger-in-front" => insert(&mut bytes, 0, "aaa.txt", b"x"),
        "truncated-in-the-journal" => bytes.truncate(journal + 700),
        "truncated-behind-the-receipt" => bytes.truncate(appended + 700),
        "trailing-bytes" => bytes.extend([1; 512]),
        "padding" => bytes[journal - 1] ^= 1,
        "end-mark-cut" => bytes.truncate(bytes.len() - 512),
        "two-archives" => bytes.extend(bytes.clone()),
        _ => panic!("no attack {attack}"),
    }
    bytes
}

/// Writes into a header and mends its checksum.
fn set(bytes: &mut [u8], header: usize, at: usize, value: &[u8]) {
    let block = &mut bytes[header..header + 512];
    block[at..at + value.len()].copy_from_slice(value);
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

fn insert(bytes: &mut Vec<u8>, at: usize, name: &str, member: &[u8]) {
    let mut writer = asrun::bundle::ustar::Writer::new(Vec::new());
    writer.add(name, member).unwrap();
    let mut whole = writer.finish().unwrap();
    whole.truncate(whole.len() - 1024);
    bytes.splice(at..at, whole);
}
