//! Every kind of record has a line, and every fact in it is in the words of that line.

use super::*;
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::documents::package::Plan;
use crate::kernel::records::event::Event;
use crate::kernel::records::record::Record;
use crate::kernel::signature::RECORD_TYPE;
use crate::keys::Signer;
use crate::library;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const T: &str = "2026-11-21T08:00:00.000Z";
const LATER: &str = "2026-11-22T09:30:00.000Z";

fn digest(of: &str) -> String {
    LineDigest::of(of.as_bytes()).to_string()
}

fn plan() -> Plan {
    let documents: [&[u8]; 3] = [
        include_bytes!("../../../tests/data/small/procedure.yaml"),
        include_bytes!("../../../tests/data/small/pack.yaml"),
        include_bytes!("../../../tests/data/small/policy.yaml"),
    ];
    let members = library::build(documents, &BTreeMap::new(), &BTreeMap::new(), T.parse().unwrap()).unwrap();
    library::open(members).unwrap().plan
}

fn run() -> Run {
    let roster = json!({
        "format": "asrun.roster.v1", "site": "test", "serial": 1, "issued": T, "expires": LATER,
        "package_approval": {"role": "approver", "count": 1},
        "persons": [{"id": "ana", "name": "Ana Ortiz", "keys": [], "roles": []}],
    });
    let roster = serde_json::from_value(roster).unwrap();
    Run::draft(Arc::new(plan()), Arc::new(roster), "01JDZ3Q4M5N6P7R8S9T0V1W2X3".parse().unwrap())
}

fn signed(event: Event, seq: u64) -> SignedRecord {
    let signer = Signer::from_seed(&[7; 32]).unwrap();
    let record = Record {
        actor: "ana".parse().unwrap(),
        boot: "b".into(),
        event,
        mono_ms: 1,
        prev: digest("before").parse().unwrap(),
        role: "performer".parse().unwrap(),
        run: "01JDZ3Q4M5N6P7R8S9T0V1W2X3".parse().unwrap(),
        seq,
        time: T.parse().unwrap(),
    };
    SignedRecord::sign(record, signer.public().id(), |body| signer.sign_pae(RECORD_TYPE, body)).unwrap()
}

fn event(kind: &str, data: Value) -> Event {
    serde_json::from_value(json!({"kind": kind, "data": data})).unwrap_or_else(|e| panic!("{kind}: {e}"))
}

fn printed(records: &[SignedRecord]) -> String {
    let run = run();
    let teller = Teller::new(&run, records);
    let blocks: Vec<Block> = records.iter().flat_map(|signed| teller.tell(signed).blocks).collect();
    plainly(&blocks)
}

fn plainly(blocks: &[Block]) -> String {
    let line = |block: &Block| match block {
        Block::Title(text) | Block::Banner(text) | Block::Heading(text) | Block::Step(text) | Block::Item(text) => {
            format!("{text}\n")
        }
        Block::Field(name, text) | Block::Struck(name, text) => format!("{name} {text}\n"),
        Block::Was(was, now) => format!("was {was}\nnow {now}\n"),
    };
    blocks.iter().map(line).collect()
}

fn statement() -> Value {
    json!({
        "code": "SML-ANY", "description": "what was seen", "process": "defer",
        "immediate_action": {"text": "closed the valve", "containment": "tagged"},
        "alternative": "way_b", "return_before": "3", "item": "use_as_is", "justification": "it is right",
        "affected": {"items": [{"type": "pump", "id": "P-7"}], "prior_steps": ["2"], "other_runs": ["run before"]},
        "safety_impact": "possible", "data_integrity_impact": "yes", "proposed": "critical",
        "compensating_action": "a second look", "cause": "worn seat", "follow_up": "CAPA 12",
        "evidence": [format!("blake3:{}", "ab".repeat(32))],
    })
}

fn ruling() -> Value {
    json!({"profile": "small-1", "rule": "R99", "outcome": "review", "class": "major", "reviews": 2})
}

/// One record of each kind with every optional fact given, and no two facts alike.
fn sample(kind: &str) -> Value {
    let at = |more: Value| {
        let mut data = json!({"attempt": 1, "gates": [], "step": "1"});
        more.as_object().unwrap().iter().for_each(|(name, value)| data[name] = value.clone());
        data
    };
    let plain = |more: Value| {
        let mut data = json!({"gates": []});
        more.as_object().unwrap().iter().for_each(|(name, value)| data[name] = value.clone());
        data
    };
    let system = |mut data: Value| {
        data.as_object_mut().unwrap().remove("gates");
        data["by"] = "system".into();
        data
    };
    let late = json!({"event_time": LATER, "reason": "hands were full"});
    let judges = json!([digest("judged")]);
    let (sha, blake) = (format!("sha256:{}", "cd".repeat(32)), format!("blake3:{}", "ef".repeat(32)));
    match kind {
        "run.opened" => plain(json!({
            "clock": "self", "crew": [{"person": "ben", "role": "verifier"}], "fields": {"work_order": "W17"},
            "mode": "training", "offset": "+01:00", "package": sha, "pack": sha, "policy": sha, "roster": sha,
            "parameters": {"limit": "4.5"}, "program": {"digest": sha, "version": "9.9.9"}, "roster_serial": 44,
            "previous_run": {"archived": sha, "run": "01JDZ3Q4M5N6P7R8S9T0V1W2X9", "head": digest("head")},
        })),
        "session.opened" => plain(json!({
            "key": signed_key(), "resumed": true, "program": {"digest": sha, "version": "9.9.8"},
            "roster": {"digest": sha, "serial": 45},
        })),
        "change.acknowledged" => plain(json!({
            "comment": "read the release notes", "program": {"digest": sha, "version": "9.9.7"},
            "roster": {"digest": sha, "serial": 46},
        })),
        "session.closed" => json!({"reason": "idle"}),
        "crew.bound" => plain(json!({"person": "ben", "role": "verifier"})),
        "brief.acknowledged" | "step.started" => at(json!({})),
        "instrument.registered" => plain(json!({
            "cal_due": LATER, "instrument": "PI-7", "name": "gauge", "quantities": ["pressure"],
            "range": {"min": "-1", "max": "40", "unit": "bar"},
        })),
        "material.registered" => {
            plain(json!({"expires": LATER, "material": "LOT-9", "name": "grease", "quantity": "two tubes"}))
        }
        "permit.registered" => {
            plain(json!({"number": "PTW 88", "permit": "hot_work", "valid_from": T, "valid_until": LATER}))
        }
        "advisory.acknowledged" => at(json!({"advisory": 4, "level": "warning"})),
        "component.confirmed" => at(json!({"expected": "V-01", "given": "V-02", "result": "mismatch"})),
        "value.entered" => at(json!({
            "column": "col_b", "input": "p_out", "instrument": "PI-7", "late": late, "raw": "0,35", "row": "row_a",
            "source": "scanned", "unit": "bar", "value": "0.35", "verdict": "out",
        })),
        "value.corrected" => at(json!({
            "column": "col_b", "input": "p_out", "meaning": "entry_corrected", "raw": "0,15", "row": "row_a",
            "reason": "misread the scale", "value": "0.15", "verdict": "pass", "was": digest("was"),
        })),
        "check.recorded" => at(json!({"as_found": "half open", "late": late, "result": "fail"})),
        "decision.taken" => at(json!({"option": "left_way"})),
        "calculation.made" => at(json!({
            "input": "flow", "unit": "bar", "value": "7.5", "verdict": "pass", "words": "3 * 2.5 = 7.5",
        })),
        "sample.taken" => at(json!({
            "instrument": "TW-3", "read_again": true, "row": 7, "sample": "bolts",
            "readings": {"col_b": {"raw": "41,5", "value": "41.5", "verdict": "out"}},
        })),
        "communication.recorded" => at(json!({
            "confirmed": false, "message": "open breaker four", "mode": "three_way", "party": "control room",
            "repeat_back": "open breaker five",
        })),
        "witness.notified" => at(json!({"party": "the inspector", "way": "by telephone"})),
        "witness.attended" => {
            at(json!({"comment": "late train", "judges": judges, "meaning": null, "outcome": "not_attended"}))
        }
        "poll.recorded" => {
            at(json!({"answer": "no_go", "comment": "wind", "meaning": "rejected", "polled": "verifier"}))
        }
        "call.recorded" => at(json!({"bundle": sha, "child": "01JDZ3Q4M5N6P7R8S9T0V1W2X8", "package": sha})),
        "watch.observed" => {
            plain(json!({"raw": "19,5", "unit": "bar", "value": "19.5", "verdict": "alert", "watch": "wind"}))
        }
        "timer.expired" => json!({"by": "system", "due": LATER, "limit": "max_duration", "step": "1", "watch": "wind"}),
        "evidence.captured" => at(json!({
            "caption": "the gauge", "duplicate_of": 55, "requirement": "photo", "sensitivity": "restricted",
            "file": {"blake3": blake, "sha256": sha, "size": 1234, "damage": "truncated", "media_type": "image/png", "name": "g.png",
                     "origin": "file", "mtime": LATER},
        })),
        "evidence.redacted" => plain(json!({"blake3": blake, "reason": "a face was on it"})),
        "step.performed" => at(json!({"late": late, "meaning": "performed", "outcome": "cannot"})),
        "verification.recorded" => at(json!({
            "blind": true, "judges": judges, "meaning": "independently_verified", "mode": "independent",
            "observed": {"p_res": "0.36"}, "result": "mismatch",
        })),
        "hold.reached" => system(at(json!({}))),
        "hold.released" => at(json!({"comment": "seen by me", "judges": judges, "meaning": "hold_released"})),
        "step.completed" | "step.failed" => system(at(json!({"deviation": "DEV-0003"}))),
        "step.not_applicable" => {
            plain(json!({"deviation": "DEV-0003", "evaluation": "p > 1 is false", "reason": "authorised", "step": "1"}))
        }
        "step.skipped" => plain(json!({"deviation": "DEV-0003", "step": "1"})),
        "step.deferred" => plain(json!({"deviation": "DEV-0003", "return_before": "3", "step": "1"})),
        "step.reconfirmed" => at(json!({
            "because": "p_res was corrected", "comment": "looked again",
            "recalculated": {"value": "8.5", "verdict": "pass", "words": "3.4 * 2.5 = 8.5"},
        })),
        "attempt.started" => at(json!({"deviation": "DEV-0003", "evaluation": "p > 2 is false", "reason": "redo"})),
        "gate.denied" => plain(json!({
            "codes": ["gate.not_ready"], "intent": {"intent": "begin", "step": "b1"},
        })),
        "deviation.raised" => plain(json!({
            "deviation": "DEV-0003", "meaning": "deviation_raised", "ruling": ruling(), "statement": statement(),
            "facts": {
                "trigger": "out_of_limit", "step": "1", "attempt": 2, "about": "p_res", "requirement": "at most 0.20",
                "as_found": "0.35", "detected_at": T, "event_at": LATER, "record": digest("found"), "critical": true,
            },
        })),
        "deviation.amended" => plain(json!({
            "deviation": "DEV-0003", "meaning": "deviation_raised", "reason": "more is known", "ruling": ruling(),
            "statement": statement(),
        })),
        "deviation.reviewed" => plain(json!({
            "comment": "agreed", "decision": "return", "deviation": "DEV-0003", "final_class": "critical",
            "judges": judges, "meaning": "reviewed",
        })),
        "signature.given" => plain(json!({
            "comment": "read it all", "judges": judges, "meaning": "approved",
            "subject": {"id": "DEV-0003", "kind": "deviation"},
        })),
        "request.sent" => plain(json!({
            "asked": {"id": "DEV-0003", "kind": "verification"}, "judges": judges, "request": "REQ-0002",
            "to": "verifier",
        })),
        "answer.imported" => plain(json!({
            "answer": "{}", "as_role": "supervisor", "person": "mia", "request": "REQ-0002", "signature": "armored",
            "event": {"kind": "hold.released", "data": sample("hold.released")},
        })),
        "note.added" => plain(json!({"kind": "interpretation", "step": "1", "text": "the light is poor"})),
        "run.paused" => plain(json!({"code": "SML-ANY", "reason": "lunch"})),
        "run.resumed" => plain(json!({"comment": "all as before", "paused_ms": 65_000})),
        "turnover.given" => plain(json!({
            "meaning": "turnover_given", "remarks": "mind the pump", "handed": "performer", "to": "ben",
            "sheet": {
                "active": ["1"], "deferred": ["2"], "deviations": ["DEV-0003"], "holds": ["3"],
                "instruments": ["PI-7"], "next": "b1", "timers": {"1": LATER}, "watches": {"wind": T},
                "unwritten": [{"step": "1", "trigger": "late_entry"}],
            },
        })),
        "turnover.accepted" => plain(json!({
            "from": "ben", "judges": judges, "meaning": "turnover_accepted", "paused_ms": 65_000,
        })),
        "run.interrupted" => json!({"by": "system", "gap_ms": 65_000, "since": LATER}),
        "run.recovered" => json!({"by": "system", "length": 77, "offset": 8888, "sha256": sha}),
        "run.mended" => {
            json!({"head": "missing", "reason": "compared with the paper", "rescued": {"first": 3, "last": 77}})
        }
        "stop.called" => plain(json!({"reason": "smoke"})),
        "run.aborting" => plain(json!({"emergency": true, "reason": "fire"})),
        "safe_state.confirmed" => {
            plain(json!({"comment": "all off", "meaning": "safe_state_confirmed", "undone": ["b1"]}))
        }
        "run.aborted" => json!({"by": "system"}),
        "integrity.event" => json!({"by": "system", "event": "clock_step", "millis": -3_600_000}),
        "run.closed" => plain(json!({"meaning": "sealed", "orphans": [blake]})),
        unknown => panic!("there is no sample of a record `{unknown}`: write one, and its words"),
    }
}

fn signed_key() -> String {
    Signer::from_seed(&[7; 32]).unwrap().public().id().to_string()
}

/// What stands elsewhere in the document (step and attempt head the line, meanings are under "Signatures"), is not
/// retold (an answer as it was signed), or is a word of a closed list, told by a word of its own (tested below).
fn is_told_otherwise(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or_default();
    let elsewhere = ["step", "attempt", "meaning", "by", "kind", "signature"];
    let closed = ["mode", "result", "outcome", "answer", "verdict", "decision"];
    let once = [
        "run.opened.clock",
        "deviation.reviewed.deviation",
        "integrity.event.event",
        "attempt.started.reason",
        "evidence.captured.file.origin",
    ];
    elsewhere.contains(&last) || closed.contains(&last) || once.contains(&path)
}

fn facts(path: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| facts(&format!("{path}.{name}"), value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| facts(path, value, found)),
        Value::String(text) => found.push((path.to_owned(), text.clone())),
        Value::Number(number) => found.push((path.to_owned(), number.to_string())),
        Value::Bool(_) | Value::Null => {}
    }
}

/// Tells whether a fact is in the page, as it stands in the record or as people read it.
fn holds(page: &str, fact: &str) -> bool {
    let spaced = fact.replace('_', " ");
    let bare = fact.trim_start_matches("sha256:");
    let page = page.to_lowercase();
    let ours = if fact == "performer" { "operator" } else { fact };
    let length = fact.parse().map(super::teller::length).ok();
    [fact, &spaced, bare, ours].iter().any(|word| page.contains(&word.to_lowercase()))
        || length.is_some_and(|length| page.contains(&length))
}

#[test]
fn every_kind_of_record_is_told_with_every_fact_in_it() {
    let mut untold = Vec::new();
    for kind in Event::KINDS {
        let data = sample(kind);
        let page = printed(&[signed(event(kind, data.clone()), 1)]);
        let end = page.lines().any(|line| line.ends_with(&format!("{T}; record 1")));
        assert!(end, "no line with time and number of `{kind}`:\n{page}");
        let mut said = Vec::new();
        facts(kind, &data, &mut said);
        untold.extend(said.into_iter().filter(|(path, fact)| !is_told_otherwise(path) && !holds(&page, fact)));
    }
    assert!(untold.is_empty(), "not told: {untold:#?}");
}

#[test]
fn every_answer_of_a_closed_list_is_told_by_its_own_words() {
    let cases = [
        (
            "value.entered",
            "verdict",
            &["pass", "out", "alert", "implausible", "fail", "conditional_pass", "conditional_fail"][..],
        ),
        ("value.entered", "source", &["keyed", "scanned"]),
        ("note.added", "kind", &["observation", "interpretation"]),
        ("witness.attended", "outcome", &["attended", "declined", "not_attended"]),
        ("poll.recorded", "answer", &["go", "no_go"]),
        ("check.recorded", "result", &["pass", "fail"]),
        ("component.confirmed", "result", &["match", "mismatch"]),
        ("verification.recorded", "mode", &["self", "peer", "concurrent", "independent"]),
        ("step.performed", "outcome", &["done", "cannot", "failed"]),
        ("communication.recorded", "mode", &["notify", "three_way"]),
        ("session.closed", "reason", &["locked", "idle", "ended", "withdrawn"]),
        ("attempt.started", "reason", &["loop", "redo", "rework", "interruption"]),
        ("deviation.reviewed", "decision", &["accept", "reject", "return"]),
        ("timer.expired", "limit", &["max_duration", "deadline", "watch"]),
    ];
    for (kind, member, words) in cases {
        let tell = |word: &&str| {
            let mut data = sample(kind);
            data[member] = (*word).into();
            printed(&[signed(event(kind, data), 1)])
        };
        let pages: BTreeSet<String> = words.iter().map(tell).collect();
        assert_eq!(pages.len(), words.len(), "{kind} {member}: {pages:#?}");
    }
}

#[test]
fn a_correction_strikes_the_old_value_and_gives_the_reason() {
    let entered = signed(event("value.entered", sample("value.entered")), 1);
    let mut correction = sample("value.corrected");
    correction["was"] = entered.digest().to_string().into();
    let page = printed(&[entered, signed(event("value.corrected", correction), 2)]);
    assert!(page.contains("was 0.35\nnow 0.15\n"), "{page}");
    assert!(page.contains("keyed 0,15; because misread the scale; Ana Ortiz (ana) as operator"), "{page}");
}

#[test]
fn an_amendment_shows_what_it_changed_and_nothing_else() {
    let raised = signed(event("deviation.raised", sample("deviation.raised")), 1);
    let mut amendment = sample("deviation.amended");
    amendment["statement"]["cause"] = "a wrong part".into();
    amendment["statement"]["follow_up"] = Value::Null;
    let records = [raised, signed(event("deviation.amended", amendment), 2)];
    let run = run();
    let blocks = Teller::new(&run, &records).tell(&records[1]).blocks;
    let was = |was: &str, now: &str| Block::Was(was.into(), now.into());
    assert!(blocks.contains(&was("worn seat", "a wrong part")) && blocks.contains(&was("CAPA 12", "nothing")));
    assert_eq!(blocks.iter().filter(|block| matches!(block, Block::Was(..))).count(), 2, "{blocks:#?}");
}

#[test]
fn table_cells_are_named_by_the_words_of_row_and_column() {
    let mut plan = plan();
    plan.procedure = serde_json::from_value({
        let mut procedure = serde_json::to_value(&plan.procedure).unwrap();
        procedure["sections"][0]["steps"][0]["inputs"] = json!([{
            "id": "levels", "type": "table", "text": "Levels", "rows": [{"id": "row_a", "text": "Tank north"}],
            "columns": [{"id": "col_b", "type": "number", "text": "Depth", "unit": "bar",
                         "limits": {"accept": {"max": "0.20"}}}],
        }]);
        procedure
    })
    .unwrap();
    let run = Run::draft(Arc::new(plan), Arc::clone(run().roster()), run().id().clone());
    let mut cell = sample("value.entered");
    cell["input"] = "levels".into();
    let records = [signed(event("value.entered", cell), 1)];
    let page = plainly(&Teller::new(&run, &records).tell(&records[0]).blocks);
    assert!(page.contains("Levels, Tank north (row_a), Depth: 0.35 bar, OUT OF LIMITS; limit at most 0.20"), "{page}");
}
