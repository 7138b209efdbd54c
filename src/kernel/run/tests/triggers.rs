//! All 31 triggers: each is set by the system, by the act that its name says.

use super::*;

const STEP: &str = "1";

fn one(extra: Value) -> Bench {
    let mut bench = Bench::new(json!([reading(extra), action("2", json!({})), action("3", json!({}))]));
    bench.begins(STEP);
    bench
}

fn pending(bench: &Bench) -> Vec<Trigger> {
    bench.run.pending().iter().map(|p| p.trigger).collect()
}

fn check() -> Value {
    json!({"id": "1", "type": "check", "title": "Look", "instruction": "CHECK it."})
}

fn fails(bench: &mut Bench) {
    bench.does("ana", json!({"intent": "check", "step": "1", "result": "fail"}));
}

/// Writes a deviation with more than the usual members and returns its trigger.
fn deviated(bench: &mut Bench, about: Option<&str>, patch: Value) -> Trigger {
    let statement = json!({
        "code": "TST-ANY", "description": "what was seen and where", "immediate_action": {"text": "told the lead"},
        "process": "continue", "justification": "because it is right",
    });
    let intent = json!({"intent": "deviate", "step": "1", "about": about, "statement": patched(statement, &patch)});
    bench.does("ana", intent);
    bench.run.deviations().last().unwrap().facts.trigger
}

#[test]
fn a_reading_outside_accept_sets_out_of_limit() {
    let mut bench = one(json!({}));
    bench.enters("1", "0.3").unwrap();
    assert_eq!(pending(&bench), [Trigger::OutOfLimit]);
}

#[test]
fn a_reading_in_the_alert_band_sets_alert_acknowledged_where_the_profile_asks() {
    let mut bench = one(json!({}));
    bench.enters("1", "0.15").unwrap();
    assert_eq!(pending(&bench), []);
    let mut bench = Bench::with(json!([reading(json!({}))]), json!({}), json!({"alerts": "required"}));
    bench.begins("1");
    bench.enters("1", "0.15").unwrap();
    assert_eq!(pending(&bench), [Trigger::AlertAcknowledged]);
}

#[test]
fn a_failed_check_sets_check_failed_and_in_prerequisites_prerequisites_not_met() {
    let mut bench = Bench::new(json!([check()]));
    bench.begins("1");
    fails(&mut bench);
    assert_eq!(pending(&bench), [Trigger::CheckFailed]);
    let sections = json!([{"id": "pre", "title": "Before", "kind": "prerequisites", "steps": [check()]},
        {"id": "back", "title": "Back", "kind": "back_out", "steps": [action("b1", json!({}))]}]);
    let mut bench = Bench::with(json!([]), json!({"sections": sections}), json!({}));
    bench.begins("1");
    fails(&mut bench);
    assert_eq!(pending(&bench), [Trigger::PrerequisitesNotMet]);
}

#[test]
fn a_step_that_cannot_be_done_sets_cannot_perform() {
    let mut bench = one(json!({}));
    bench.does("ana", json!({"intent": "perform", "step": "1", "outcome": "cannot"}));
    assert_eq!(pending(&bench), [Trigger::CannotPerform]);
}

#[test]
fn another_tag_sets_wrong_component() {
    let mut bench = one(json!({"component": {"tag": "V-1"}}));
    bench.does("ana", json!({"intent": "confirm_component", "step": "1", "tag": "V-2"}));
    assert_eq!(pending(&bench), [Trigger::WrongComponent]);
}

#[test]
fn leaving_a_step_sets_skipped_or_manual_na() {
    let mut bench = one(json!({}));
    assert_eq!(deviated(&mut bench, None, json!({"process": "skip"})), Trigger::Skipped);
    let mut bench = one(json!({"not_applicable": {"allowed": true}}));
    assert_eq!(deviated(&mut bench, None, json!({"process": "not_applicable"})), Trigger::ManualNa);
}

#[test]
fn a_postponed_step_that_is_left_sets_deferred_not_returned() {
    let mut bench = one(json!({}));
    deviated(&mut bench, None, json!({"process": "defer", "return_before": "3"}));
    bench.does("ana", json!({"intent": "defer", "step": "1"}));
    bench.begins("2");
    bench.performs("2");
    let deferred = bench.says("ana", json!({"intent": "begin", "step": "3"}));
    assert_eq!(deferred, Err(vec![GateCode::StepReady]));
    assert_eq!(deviated(&mut bench, None, json!({"process": "skip"})), Trigger::DeferredNotReturned);
    bench.does("ana", json!({"intent": "skip", "step": "1"}));
    bench.begins("3");
}

#[test]
pub(super) fn a_step_before_its_turn_sets_out_of_order_and_names_what_is_bypassed() {
    let mut bench = Bench::new(json!([action("0", json!({})), reading(json!({"requires": ["0"]}))]));
    assert_eq!(
        bench.says("ana", json!({"intent": "begin", "step": "1"})),
        Err(vec![GateCode::StepReady, GateCode::Required])
    );
    assert_eq!(deviated(&mut bench, None, json!({})), Trigger::OutOfOrder);
    assert_eq!(bench.run.deviations()[0].facts.requirement, "after 0");
    bench.begins("1");
}

#[test]
fn a_limit_of_time_sets_time_limit_missed() {
    let mut bench = one(json!({"timing": {"max_duration": "5min", "if_missed": "Read again"}}));
    bench.wait(297_000);
    bench.does("ana", json!({"intent": "note", "text": "in time"}));
    assert_eq!(pending(&bench), [], "at the limit but one second it is not missed");
    bench.wait(1_000);
    bench.does("ana", json!({"intent": "note", "text": "too late"}));
    assert_eq!(pending(&bench), [Trigger::TimeLimitMissed]);
    assert_eq!(bench.run.pending()[0].requirement, "within 5m; if missed: Read again");
}

#[test]
fn a_loop_without_success_sets_loop_exhausted() {
    let mut bench = one(json!({"loop": {"until": "p <= 0.20", "max": 1}}));
    bench.enters("1", "0.3").unwrap();
    bench.performs("1");
    assert_eq!(pending(&bench), [Trigger::LoopExhausted]);
}

#[test]
fn another_observation_sets_verification_mismatch_and_nobody_there_verifier_unavailable() {
    let independent = json!({"verification": {"mode": "independent", "by": "verifier", "observe": ["p"]}});
    let mut bench = one(independent.clone());
    bench.enters("1", "0.05").unwrap();
    bench.performs("1");
    bench.does("lin", json!({"intent": "verify", "step": "1", "values": {"p": "0.06"}}));
    assert_eq!(pending(&bench), [Trigger::VerificationMismatch]);
    let mut bench = one(independent);
    assert_eq!(deviated(&mut bench, Some("verifier"), json!({})), Trigger::VerifierUnavailable);
}

#[test]
fn passing_a_hold_sets_hold_bypassed() {
    let hold = json!({"id": "1", "type": "hold", "title": "Hold", "instruction": "HOLD.",
        "signoff": [{"role": "supervisor", "meaning": "hold_released"}]});
    let mut bench = Bench::new(json!([hold]));
    bench.begins("1");
    assert_eq!(deviated(&mut bench, Some("hold"), json!({})), Trigger::HoldBypassed);
}

#[test]
fn going_on_before_the_notice_is_over_sets_witness_notice_short() {
    let witness = json!({"id": "1", "type": "witness", "title": "Witness", "instruction": "SHOW it.",
        "witness": {"by": "witness", "notice": "60min"}});
    for (minutes, expected) in [(59, vec![Trigger::WitnessNoticeShort]), (60, vec![])] {
        let mut bench = Bench::new(json!([witness]));
        bench.begins("1");
        bench.does("ana", json!({"intent": "notify_witness", "step": "1", "party": "QA desk", "by": "telephone"}));
        bench.wait(minutes * 60_000);
        bench.does("ana", json!({"intent": "attend", "step": "1", "outcome": "not_attended"}));
        assert_eq!(pending(&bench), expected);
    }
}

#[test]
fn a_missing_file_sets_evidence_missing_and_another_in_its_place_evidence_substituted() {
    let photo = json!({"evidence": [{"id": "photo", "kind": "photo", "prompt": "The gauge"}]});
    let mut bench = one(photo.clone());
    assert_eq!(deviated(&mut bench, Some("photo"), json!({})), Trigger::EvidenceMissing);
    let mut bench = one(photo);
    let file = json!({"blake3": format!("blake3:{}", "0".repeat(64)), "sha256": format!("sha256:{}", "0".repeat(64)),
        "size": 1, "media_type": "text/plain", "damage": null, "name": "log.txt", "origin": "file", "mtime": null});
    bench.does("ana", json!({"intent": "attach", "step": "1", "file": file}));
    let instead = json!({"evidence": [format!("blake3:{}", "0".repeat(64))]});
    assert_eq!(deviated(&mut bench, Some("photo"), instead), Trigger::EvidenceSubstituted);
    bench.enters("1", "0.05").unwrap();
    bench.performs("1");
}

#[test]
fn an_instrument_past_its_date_sets_instrument_expired_at_the_reading() {
    let mut bench = Bench::new(json!([reading(json!({}))]));
    bench.does("ana", json!({"intent": "register_instrument", "instrument": "PG-7", "name": "gauge", "quantities": ["pressure"], "cal_due": "2026-11-21T08:01:00.000Z"}));
    bench.begins("1");
    bench.wait(60_000);
    bench.does("ana", json!({"intent": "enter", "step": "1", "input": "p", "raw": "0.05", "instrument": "PG-7"}));
    assert_eq!(pending(&bench), [Trigger::InstrumentExpired]);
}

#[test]
pub(super) fn a_lot_past_its_date_sets_material_expired() {
    let lot = json!({"id": "1", "type": "record", "title": "Lot", "instruction": "SCAN it.",
        "inputs": [{"id": "lot", "type": "identifier", "material": "required"}]});
    let mut bench = Bench::new(json!([lot]));
    bench.begins("1");
    let scan = json!({"intent": "enter", "step": "1", "input": "lot", "raw": "LOT-7"});
    assert_eq!(bench.says("ana", scan.clone()), Err(vec![GateCode::MaterialKnown]));
    bench.does("ana", json!({"intent": "register_material", "material": "LOT-7", "name": "gasket", "expires": "2026-11-21T08:00:00.000Z"}));
    bench.does("ana", scan);
    assert_eq!(pending(&bench), [Trigger::MaterialExpired]);
}

#[test]
fn a_person_without_the_qualification_sets_qualification_gap() {
    let bench = one(json!({"qualifications": ["LOTO-2"]}));
    assert_eq!(pending(&bench), [Trigger::QualificationGap]);
}

#[test]
fn correcting_after_the_judgement_sets_entry_corrected_and_a_flipped_branch_branch_on_corrected_data() {
    let mut bench = Bench::new(json!([
        reading(json!({})),
        action("2", json!({"when": {"expr": "p > 0.10"}})),
        action("3", json!({}))
    ]));
    bench.begins("1");
    bench.enters("1", "0.05").unwrap();
    bench.performs("1");
    bench.does("ana", json!({"intent": "correct", "step": "1", "input": "p", "raw": "0.15", "reason": "misread"}));
    assert_eq!(pending(&bench), [Trigger::EntryCorrectedAfterSignoff, Trigger::BranchOnCorrectedData]);
    assert_eq!(bench.state("2"), StepState::NotApplicable, "history is not rewritten");
}

#[test]
pub(super) fn an_entry_of_an_earlier_time_sets_late_entry_with_both_times() {
    let mut bench = one(json!({}));
    bench.wait(600_000);
    let late = json!({"event_time": "2026-11-21T08:05:00.000Z", "reason": "hands were full"});
    bench.does("ana", json!({"intent": "enter", "step": "1", "input": "p", "raw": "0.05", "late": late}));
    assert_eq!(pending(&bench), [Trigger::LateEntry]);
    bench.deviates(Some("1"), "continue").unwrap();
    let facts = &bench.run.deviations()[0].facts;
    assert_eq!(facts.event_at.map(|t| t.to_string()).as_deref(), Some("2026-11-21T08:05:00.000Z"));
    assert!(facts.detected_at > facts.event_at.unwrap());
    let future = json!({"event_time": "2026-11-21T09:00:00.000Z", "reason": "tomorrow"});
    let back_dated = bench.says("ana", json!({"intent": "perform", "step": "1", "late": future}));
    assert_eq!(back_dated, Err(vec![GateCode::LateTime]));
}

#[test]
pub(super) fn a_permit_that_ran_out_sets_permit_expired() {
    let steps = json!([action("1", json!({"permits": ["hot"]}))]);
    let mut bench = Bench::with(steps, json!({"permits": [{"id": "hot", "text": "Hot work"}]}), json!({}));
    assert_eq!(bench.says("ana", json!({"intent": "begin", "step": "1"})), Err(vec![GateCode::PermitRegistered]));
    bench.does(
        "ana",
        json!({"intent": "register_permit", "permit": "hot", "number": "HW-1",
        "valid_from": "2026-11-20T00:00:00.000Z", "valid_until": "2026-11-21T00:00:00.000Z"}),
    );
    bench.begins("1");
    assert_eq!(pending(&bench), [Trigger::PermitExpired]);
}

#[test]
fn going_on_without_the_next_person_sets_turnover_incomplete() {
    let mut bench = one(json!({}));
    bench.does("ana", json!({"intent": "turnover", "to": "lin", "role": "performer"}));
    bench.does("ana", json!({"intent": "resume"}));
    assert_eq!(pending(&bench), [Trigger::TurnoverIncomplete]);
}

#[test]
fn aborting_sets_abort_and_fleeing_emergency_departure_and_no_profile_blocks_either() {
    let block = json!({"deviations": [{"id": "R99", "when": {}, "outcome": "block"}]});
    for (emergency, trigger) in [(false, Trigger::Abort), (true, Trigger::EmergencyDeparture)] {
        let mut bench = Bench::with(json!([reading(json!({}))]), json!({}), block.clone());
        bench.begins("1");
        bench.enters("1", "0.3").unwrap();
        bench.does("ana", json!({"intent": "abort", "reason": "alarm", "emergency": emergency}));
        assert!(pending(&bench).contains(&trigger));
        assert_eq!(bench.run.phase(), Phase::Aborting);
    }
}

#[test]
fn what_the_system_cannot_see_is_operator_reported() {
    let mut bench = one(json!({}));
    assert_eq!(deviated(&mut bench, None, json!({})), Trigger::OperatorReported);
}

#[test]
fn a_superseded_package_opens_only_under_a_rule_that_names_it_and_is_then_written_down() {
    let named = json!({"deviations": [{"id": "R1", "when": {"trigger": "superseded_package"}, "outcome": "review"},
        {"id": "R99", "when": {}, "outcome": "block"}]});
    let blocked = json!({"deviations": [{"id": "R1", "when": {"trigger": "superseded_package"}, "outcome": "block"},
        {"id": "R99", "when": {}, "outcome": "review"}]});
    let unnamed = json!({"deviations": [{"id": "R99", "when": {}, "outcome": "allow"}]});
    for (policy, opens) in [(named, true), (blocked, false), (unnamed, false)] {
        let plan = Arc::new(plan(json!([action("1", json!({}))]), &json!({}), &policy));
        let run = Run::draft(plan, Arc::new(roster()), "01JDZ3Q4M5N6P7R8S9T0V1W2X3".parse().unwrap());
        let now = Now { time: T0.parse().unwrap(), mono_ms: 1000, boot: "b".into() };
        let mut bench = Bench { replayed: run.clone(), run, now, records: Vec::new() };
        let newer = crate::kernel::canon::digest::PackageDigest::of(b"the next revision");
        let open = json!({"intent": "open", "clock": "self", "crew": [], "fields": {}, "mode": "live", "offset": "+00:00",
            "previous_run": null, "program": {"digest": null, "version": "0"}, "roster": FileDigest::of(b"r"),
            "superseded_by": newer});
        let opened = bench.act("ana", &serde_json::from_value(open).unwrap());
        assert_eq!(opened.is_ok(), opens, "{opened:?}");
        if opens {
            assert_eq!(pending(&bench), [Trigger::SupersededPackage]);
            let begin = json!({"intent": "begin", "step": "1"});
            assert_eq!(super::rules::codes(&mut bench, "ana", begin), [GateCode::DeviationFiled]);
            bench.deviates(None, "continue").unwrap();
            bench.begins("1");
        }
    }
}
