//! Every gate says no to somebody: the cases of this folder are played, and what was refused is held against the
//! closed list, so that a gate without a case fails the build.

use super::*;
use crate::kernel::canon::digest::{EvidenceDigest, PackageDigest, SealDigest};
use std::collections::BTreeSet;

type Refused = Result<(), Vec<GateCode>>;

/// An act that this gate refuses.
type Case = (GateCode, fn() -> Refused);

fn begun(step: Value) -> Bench {
    let mut bench = Bench::new(json!([step]));
    bench.begins("1");
    bench
}

fn typed(kind: &str, extra: Value) -> Value {
    action("1", patched(json!({"type": kind}), &extra))
}

/// Opens a run on another day or with another header.
fn opening(day: &str, fields: Value) -> Refused {
    let mut bench = Bench::draft(json!([action("1", json!({}))]), json!({}), json!({}));
    bench.now.time = format!("{day}T08:00:00.000Z").parse().unwrap();
    let mut open = serde_json::to_value(open()).unwrap();
    open["fields"] = fields;
    bench.says("ana", open)
}

fn file(name: &str) -> Value {
    json!({"blake3": EvidenceDigest::of(name.as_bytes()), "sha256": FileDigest::of(name.as_bytes()), "size": 1,
        "media_type": "image/png", "damage": null, "name": name, "origin": "file", "mtime": null})
}

fn register(bench: &mut Bench, quantity: &str) -> Refused {
    let (cal_due, quantities) = ("2026-12-21T08:00:00.000Z", json!([quantity]));
    bench.says(
        "ana",
        json!({"intent": "register_instrument", "instrument": "PG-7", "name": "gauge", "quantities": quantities, "cal_due": cal_due}),
    )
}

fn register_lot(bench: &mut Bench) -> Refused {
    bench.says("ana", json!({"intent": "register_material", "material": "LOT-7", "name": "gasket"}))
}

const CASES: &[Case] = &[
    (GateCode::Acknowledged, || {
        let warned = json!({"advisories": [{"level": "warning", "text": "It is hot."}]});
        begun(action("1", warned)).says("ana", json!({"intent": "perform", "step": "1"}))
    }),
    (GateCode::AnswerHolds, || {
        begun(action("1", json!({})))
            .says("ana", json!({"intent": "import_answer", "answer": "{}", "signature": "none"}))
    }),
    (GateCode::CalledPackage, || {
        let digest = |text: &str| PackageDigest::of(text.as_bytes());
        let called = json!({"call": {"procedure": "other", "package": digest("wanted")}});
        let (bundle, child) = (SealDigest::of(b"seal"), "01JDZ3Q4M5N6P7R8S9T0V1W2X4");
        let call = json!({"intent": "call", "step": "1", "bundle": bundle, "child": child, "package": digest("given")});
        begun(typed("call", called)).says("ana", call)
    }),
    (GateCode::Clock, || opening("2025-11-21", json!({}))),
    (GateCode::Counts, || {
        let mut bench = begun(action("1", json!({})));
        bench.performs("1");
        let run = bench.run.id().clone();
        bench.says("ana", json!({"intent": "sign", "meaning": "approved", "subject": {"kind": "run", "id": run}}))
    }),
    (GateCode::EntryPresent, || {
        begun(reading(json!({})))
            .says("ana", json!({"intent": "correct", "step": "1", "input": "p", "raw": "1", "reason": "misread"}))
    }),
    (GateCode::EvidencePresent, || {
        let blake3 = EvidenceDigest::of(b"none");
        begun(action("1", json!({}))).says("ana", json!({"intent": "redact", "blake3": blake3, "reason": "a face"}))
    }),
    (GateCode::EvidenceReuse, || {
        let two = ["a", "b"].map(|id| json!({"id": id, "kind": "photo", "prompt": "The gauge"}));
        let step = action("1", json!({"evidence": two}));
        let mut bench = Bench::with(json!([step]), json!({}), json!({"evidence": {"reuse": "block"}}));
        bench.begins("1");
        let attach =
            |requirement: &str| json!({"intent": "attach", "step": "1", "requirement": requirement, "file": file("x")});
        bench.does("ana", attach("a"));
        bench.says("ana", attach("b"))
    }),
    (GateCode::HoldReached, || {
        Bench::new(json!([typed("hold", json!({"signoff": [{"role": "supervisor", "meaning": "hold_released"}]}))]))
            .says("mia", json!({"intent": "release_hold", "step": "1"}))
    }),
    (GateCode::InstrumentFree, || {
        let mut bench = begun(action("1", json!({})));
        register(&mut bench, "pressure").unwrap();
        register(&mut bench, "pressure")
    }),
    (GateCode::InstrumentKnown, || {
        let mut step = reading(json!({}));
        step["inputs"][0]["instrument"] = json!("required");
        begun(step).enters("1", "0.05")
    }),
    (GateCode::InstrumentQuantity, || register(&mut begun(action("1", json!({}))), "warmth")),
    (GateCode::KnownOption, || {
        let options = json!([{"id": "left"}, {"id": "right"}]);
        begun(typed("decision", json!({"inputs": [{"id": "way", "type": "choice", "options": options}]})))
            .says("ana", json!({"intent": "decide", "step": "1", "option": "up"}))
    }),
    (GateCode::KnownPermit, || {
        let dates = json!({"valid_from": "2026-01-01T00:00:00.000Z", "valid_until": "2027-01-01T00:00:00.000Z"});
        let permit = json!({"intent": "register_permit", "permit": "hot", "number": "7"});
        begun(action("1", json!({}))).says("ana", patched(permit, &dates))
    }),
    (GateCode::KnownPerson, || begun(action("1", json!({}))).says("zed", json!({"intent": "begin", "step": "1"}))),
    (GateCode::KnownRequirement, || {
        begun(action("1", json!({})))
            .says("ana", json!({"intent": "attach", "step": "1", "requirement": "photo", "file": file("x")}))
    }),
    (GateCode::KnownStep, || {
        Bench::new(json!([action("1", json!({}))])).says("ana", json!({"intent": "begin", "step": "9"}))
    }),
    (GateCode::MaterialFree, || {
        let mut bench = begun(action("1", json!({})));
        register_lot(&mut bench).unwrap();
        register_lot(&mut bench)
    }),
    (GateCode::PackageValid, || {
        let mut bench = Bench::draft(json!([action("1", json!({}))]), json!({}), json!({}));
        let mut open = serde_json::to_value(open()).unwrap();
        open["superseded_by"] = json!(PackageDigest::of(b"newer"));
        bench.says("ana", open)
    }),
    (GateCode::RedoAllowed, || {
        let mut bench = begun(reading(json!({"redo": {"max": 1}})));
        for _ in 0..2 {
            bench.enters("1", "0.35").unwrap();
            bench.deviates(Some("1"), "redo").unwrap();
            bench.says("ana", json!({"intent": "redo", "step": "1"}))?;
            bench.begins("1");
        }
        Ok(())
    }),
    (GateCode::ResultFree, || {
        let mut bench = begun(typed("check", json!({})));
        bench.does("ana", json!({"intent": "check", "step": "1", "result": "pass"}));
        bench.says("ana", json!({"intent": "check", "step": "1", "result": "fail"}))
    }),
    (GateCode::ResultRecorded, || {
        begun(typed("check", json!({}))).says("ana", json!({"intent": "perform", "step": "1"}))
    }),
    (GateCode::ReviewRole, || {
        let mut bench = begun(reading(json!({})));
        bench.enters("1", "0.35").unwrap();
        bench.deviates(Some("1"), "continue").unwrap();
        bench.says("lin", json!({"intent": "review_deviation", "deviation": "DEV-0001", "decision": "accept"}))
    }),
    (GateCode::RosterInForce, || opening("2026-12-31", json!({}))),
    (GateCode::RunAbortable, || {
        let mut bench = begun(action("1", json!({})));
        bench.does("ana", json!({"intent": "abort", "reason": "smoke"}));
        bench.says("ana", json!({"intent": "abort", "reason": "smoke"}))
    }),
    (GateCode::RunAborting, || begun(action("1", json!({}))).says("ana", json!({"intent": "confirm_safe_state"}))),
    (GateCode::RunFields, || opening("2026-11-21", json!({"work_order": "W1"}))),
    (GateCode::RunOpen, || begun(action("1", json!({}))).act("ana", &open())),
    (GateCode::RunPaused, || begun(action("1", json!({}))).says("ana", json!({"intent": "resume"}))),
    (GateCode::SessionClosed, || begun(action("1", json!({}))).act("mia", &unlock("mia", false))),
    (GateCode::StepActive, || {
        Bench::new(json!([action("1", json!({}))])).says("ana", json!({"intent": "perform", "step": "1"}))
    }),
    (GateCode::Verifiable, || begun(action("1", json!({}))).says("lin", json!({"intent": "verify", "step": "1"}))),
];

#[test]
fn each_case_is_refused_by_its_gate() {
    let refused = |case: &Case| case.1().err().unwrap_or_default();
    let wrong: Vec<_> =
        CASES.iter().map(|case| (case.0, refused(case))).filter(|(gate, by)| !by.contains(gate)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Tests of this folder whose refusals are not repeated above.
const PLAYED: &[fn()] = &[
    answers::nothing_is_asked_for_that_nobody_waits_for,
    change::a_clock_before_the_package_was_locked_is_the_one_reason_that_is_given,
    change::another_program_does_nothing_before_somebody_says_that_he_saw_it,
    clocks::a_separation_runs_on_both_clocks,
    clocks::a_wait_is_not_over_when_the_clock_on_the_wall_was_set_forward,
    crew::a_turnover_is_signed_by_both_and_shows_where_the_work_stands,
    crew::after_a_long_gap_the_prerequisites_are_confirmed_again,
    crew::everybody_of_the_crew_acknowledges_the_brief,
    demands::a_count_asks_for_different_persons,
    demands::a_form_is_refused_until_it_holds_what_the_profile_demands,
    demands::an_approval_of_the_run_that_cannot_count_is_refused_with_the_reason_and_who_could,
    demands::what_the_profile_demands_of_critical_steps_is_asked_for_beside_what_the_author_wants,
    evidence::a_damaged_file_is_refused_for_every_kind,
    evidence::a_file_of_another_kind_is_refused_and_goes_in_by_a_deviation_that_names_it,
    evidence::the_profile_says_what_becomes_of_an_old_file,
    a_blocking_policy_refuses_to_accept_and_leaves_redo_open,
    a_clean_run_goes_step_by_step_to_its_close,
    a_concurrent_verification_comes_before_the_act,
    a_hold_is_released_by_its_role_alone,
    a_program_that_was_killed_leaves_an_interruption_that_must_be_confirmed,
    a_reading_out_of_limits_demands_a_deviation_before_anything_else,
    an_independent_verification_is_blind_and_by_another_person,
    another_component_than_the_named_one_stops_the_step,
    who_raised_a_deviation_cannot_review_it,
    rules::a_calculation_shows_its_formula_and_is_judged_like_a_reading,
    rules::a_pause_names_a_reason_code_where_the_profile_asks,
    rules::a_reading_is_taken_as_found_and_as_left_and_the_second_one_counts,
    rules::a_three_way_message_is_said_again_until_it_is_confirmed,
    rules::a_watch_is_observed_in_time_and_before_the_step_that_ends_it,
    rules::a_witness_is_told_first_and_is_another_person,
    rules::go_needs_every_role_and_one_no_go_is_a_departure,
    rules::the_range_of_the_instrument_is_checked_at_the_reading_in_its_own_unit_too,
    rules::work_does_not_pause_in_the_middle_of_a_step_that_forbids_it_but_can_always_be_stopped,
    triggers::a_lot_past_its_date_sets_material_expired,
    triggers::a_permit_that_ran_out_sets_permit_expired,
    triggers::a_step_before_its_turn_sets_out_of_order_and_names_what_is_bypassed,
    triggers::an_entry_of_an_earlier_time_sets_late_entry_with_both_times,
];

#[test]
fn every_gate_refuses_an_act_of_some_case() {
    DENIED.with_borrow_mut(BTreeSet::clear);
    CASES.iter().for_each(|case| drop(case.1()));
    PLAYED.iter().for_each(|test| test());
    let missing: Vec<_> = GateCode::ALL.iter().filter(|gate| !DENIED.with_borrow(|seen| seen.contains(gate))).collect();
    assert!(missing.is_empty(), "no case is refused by {missing:?}");
}
