//! The journal rewritten by somebody who holds every key.

use super::{Built, OTHER, approved, change, position, rewritten, worked};
use crate::kernel::canon::digest::FileDigest;
use crate::kernel::model::entry::BySystem;
use crate::kernel::model::opening::Program;
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::event::RunRecovered;
use crate::kernel::records::intent::Intent;
use crate::kernel::run::{Decided, Who};
use crate::vectors::forge::{Forge, RUN, seal, set_journal, sign, unlock};
use crate::vectors::made::Made as _;
use crate::vectors::site::{Site, key};
use crate::vectors::{approve, good};
use serde_json::json;

pub(super) fn build(attack: &str) -> Option<Built> {
    match attack {
        "value-said-to-be-within-limits" => change("value.entered", "verdict", json!("pass")),
        "value-rewritten" => change("value.entered", "value", json!("0.15")),
        "gates-left-out" => change("step.performed", "gates", json!([])),
        "check-changed" => change("check.recorded", "attempt", json!(2)),
        "verification-with-other-judges" => change("verification.recorded", "judges", json!([])),
        "outcome-of-the-rules-changed" => rewritten(|records| {
            let at = position(records, "deviation.raised");
            let mut event = serde_json::to_value(&records[at].event).made();
            event["data"]["ruling"]["outcome"] = json!("allow");
            records[at].event = serde_json::from_value(event).made();
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
                records[at].actor = "gus".parse().made();
            });
            approved(&forge)
        }
        "actor-without-the-role" => rewritten(|records| {
            let at = position(records, "verification.recorded");
            records[at].actor = "ada".parse().made();
        }),
        "actor-not-in-the-roster" => rewritten(|records| {
            let at = position(records, "verification.recorded");
            records[at].actor = "mallory".parse().made();
        }),
        "actor-without-a-session" => rewritten(|records| {
            let at = position(records, "verification.recorded");
            records[at].actor = "gus".parse().made();
        }),
        "record-behind-the-end" => rewritten(|records| {
            let mut last = records.last().made().clone();
            last.time = "2026-11-21T10:00:00.000Z".parse().made();
            records.push(last);
        }),
        "closed-early" => rewritten(|records| {
            let last = records.pop().made();
            records.truncate(position(records, "step.performed"));
            records.push(last);
        }),
        "record-of-another-run" => {
            let other = {
                let mut f = worked(Site::new(), "live", OTHER);
                f.close();
                f
            };
            let mut forge = good().0;
            forge.lines[5] = other.lines[5].clone();
            relined(&forge)
        }
        "signed-with-anothers-key" => {
            let mut forge = good().0;
            let last = forge.lines.pop().made();
            forge.lines.push(sign(last.record().clone(), "ben"));
            relined(&forge)
        }
        "time-outside-the-keys-validity" => rewritten(|records| {
            records.last_mut().made().time = "2027-06-01T00:00:00.000Z".parse().made();
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
pub(super) fn relined(forge: &Forge) -> Option<Built> {
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
            longer.lines.last().made().bytes().to_vec()
        }
        _ => return None,
    };
    let seq = forge.run.seq() + 1;
    let whole = forge.lines.iter().map(|line| line.bytes().len() as u64 + 1).sum();
    let offset = if attack == "torn-tail-elsewhere" { 1 } else { whole };
    let event = RunRecovered { by: BySystem::System, length: tail.len() as u64, offset, sha256: FileDigest::of(&tail) };
    let who = Who { person: "ada".parse().made(), key: key("ada").public().id() };
    if attack != "torn-tail-unnamed" {
        forge.append(Decided { event: event.into(), role: "performer".parse().made() }, &who);
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
