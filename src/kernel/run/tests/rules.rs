//! The rules of time, people, conditions and corrections, each on the smallest procedure that shows it.

use super::*;

pub(super) fn codes(bench: &mut Bench, person: &str, intent: Value) -> Vec<GateCode> {
    bench.says(person, intent).err().unwrap_or_default()
}

pub(super) fn begun(step: Value) -> Bench {
    let mut bench = Bench::new(json!([step]));
    bench.begins("1");
    bench
}

#[test]
fn a_wait_is_not_over_before_its_time() {
    let mut bench = begun(
        json!({"id": "1", "type": "wait", "title": "Soak", "instruction": "WAIT.", "timing": {"min_wait": "5min"}}),
    );
    bench.wait(290_000);
    assert_eq!(codes(&mut bench, "ana", json!({"intent": "perform", "step": "1"})), [GateCode::Waited]);
    bench.wait(9_000);
    bench.performs("1");
    assert_eq!(bench.state("1"), StepState::Complete);
}

#[test]
fn a_process_clock_runs_on_during_a_pause_and_a_labour_clock_does_not() {
    for (clock, missed) in [("process", 1), ("labour", 0)] {
        let mut bench =
            begun(action("1", json!({"timing": {"max_duration": "5min", "clock": clock, "if_missed": "Again"}})));
        bench.does("ana", json!({"intent": "pause", "reason": "tea"}));
        bench.wait(600_000);
        bench.does("ana", json!({"intent": "resume"}));
        assert_eq!(bench.run.pending().len(), missed, "{clock}");
    }
}

#[test]
fn a_deadline_counts_from_the_performing_of_another_step() {
    let steps = json!([
        action("1", json!({})),
        action("2", json!({"timing": {"deadline": {"after": "1", "within": "10min"}, "if_missed": "Discard"}}))
    ]);
    let mut bench = Bench::new(steps);
    bench.wait(3_600_000);
    bench.begins("1");
    bench.performs("1");
    bench.wait(600_000);
    bench.does("ana", json!({"intent": "note", "text": "still here"}));
    assert_eq!(bench.run.pending()[0].trigger, Trigger::TimeLimitMissed);
    bench.deviates(Some("2"), "continue").unwrap();
    bench.begins("2");
    bench.performs("2");
    bench.closes().unwrap();
}

#[test]
pub(super) fn work_does_not_pause_in_the_middle_of_a_step_that_forbids_it_but_can_always_be_stopped() {
    let mut bench = begun(action("1", json!({"timing": {"no_pause": true}})));
    assert_eq!(codes(&mut bench, "ana", json!({"intent": "pause", "reason": "tea"})), [GateCode::PauseAllowed]);
    bench.does("ana", json!({"intent": "stop_work", "reason": "smoke"}));
}

#[test]
pub(super) fn a_pause_names_a_reason_code_where_the_profile_asks() {
    let mut bench = Bench::with(json!([action("1", json!({}))]), json!({}), json!({"pause_code": "required"}));
    assert_eq!(codes(&mut bench, "ana", json!({"intent": "pause", "reason": "tea"})), [GateCode::ReasonCode]);
    bench.does("ana", json!({"intent": "pause", "reason": "tea", "code": "TST-ANY"}));
}

#[test]
pub(super) fn a_watch_is_observed_in_time_and_before_the_step_that_ends_it() {
    let watch = json!({"watches": [{"id": "w1", "text": "Lock box stays locked", "every": "60min", "from": "1", "until": "2"}]});
    let mut bench = Bench::with(json!([action("1", json!({})), action("2", json!({}))]), watch, json!({}));
    let observe = json!({"intent": "observe", "watch": "w1", "ok": true});
    assert_eq!(codes(&mut bench, "ana", observe.clone()), [GateCode::KnownWatch], "it does not run yet");
    bench.begins("1");
    bench.performs("1");
    assert_eq!(codes(&mut bench, "ana", json!({"intent": "begin", "step": "2"})), [GateCode::Watched]);
    bench.wait(3_600_000);
    bench.does("ana", json!({"intent": "note", "text": "an hour later"}));
    assert_eq!(bench.run.pending()[0].trigger, Trigger::TimeLimitMissed);
    bench.deviates(None, "continue").unwrap();
    bench.does("ana", observe);
    bench.begins("2");
}

#[test]
fn a_breach_of_a_watch_opens_its_response_and_the_work_goes_on_after_it() {
    let sections = json!([
        {"id": "body", "title": "Body", "kind": "body", "steps": [action("1", json!({}))]},
        {"id": "resp", "title": "Response", "kind": "body", "steps": [action("r1", json!({}))]},
    ]);
    let input = json!({"id": "err", "type": "number", "unit": "bar", "limits": {"accept": {"max": "0.5"}}});
    let watch =
        json!([{"id": "w1", "text": "Error rate", "every": "1min", "input": input, "on_breach": {"goto": "resp"}}]);
    let mut bench =
        Bench::with(json!([]), json!({"sections": sections, "watches": watch, "back_out": null}), json!({}));
    bench.does("ana", json!({"intent": "observe", "watch": "w1", "raw": "0.7"}));
    assert_eq!(bench.run.pending()[0].trigger, Trigger::OutOfLimit);
    let statement = json!({"code": "TST-ANY", "description": "what was seen", "immediate_action": {"text": "told"}, "process": "alternative"});
    bench.does("ana", json!({"intent": "deviate", "statement": statement}));
    assert_eq!(codes(&mut bench, "ana", json!({"intent": "begin", "step": "1"})), [GateCode::StepReady]);
    bench.begins("r1");
    bench.performs("r1");
    bench.begins("1");
}

#[test]
pub(super) fn go_needs_every_role_and_one_no_go_is_a_departure() {
    let poll = json!({"id": "1", "type": "go_no_go", "title": "Poll", "instruction": "POLL them.", "poll": ["supervisor", "verifier"]});
    let mut bench = begun(poll.clone());
    bench.does("mia", json!({"intent": "poll", "step": "1", "role": "supervisor", "answer": "go"}));
    assert_eq!(bench.state("1"), StepState::Active);
    let again = json!({"intent": "poll", "step": "1", "role": "supervisor", "answer": "go"});
    assert_eq!(codes(&mut bench, "mia", again), [GateCode::PollOpen]);
    bench.does("lin", json!({"intent": "poll", "step": "1", "role": "verifier", "answer": "go"}));
    assert_eq!(bench.state("1"), StepState::Complete);
    let mut bench = begun(poll);
    let no = json!({"intent": "poll", "step": "1", "role": "supervisor", "answer": "no_go"});
    assert_eq!(codes(&mut bench, "mia", no.clone()), [GateCode::Comment]);
    bench.does("mia", patched(no, &json!({"comment": "alarm on panel 2"})));
    assert_eq!(bench.run.pending()[0].trigger, Trigger::CheckFailed);
    bench.deviates(Some("1"), "back_out").unwrap();
}

#[test]
pub(super) fn a_three_way_message_is_said_again_until_it_is_confirmed() {
    let mut bench = begun(json!({"id": "1", "type": "communicate", "title": "Call", "instruction": "CALL.",
        "communicate": {"kind": "three_way", "to": "NOC", "message": "Transfer begins"}}));
    let say = |confirmed: bool| json!({"intent": "communicate", "step": "1", "party": "R. Hale", "repeat_back": "Transfer begins", "confirmed": confirmed});
    let mute = json!({"intent": "communicate", "step": "1", "party": "R. Hale", "confirmed": true});
    assert_eq!(codes(&mut bench, "ana", mute), [GateCode::Understood]);
    bench.does("ana", say(false));
    assert_eq!(bench.state("1"), StepState::Active);
    bench.does("ana", say(true));
    assert_eq!(bench.state("1"), StepState::Complete);
}

#[test]
pub(super) fn a_witness_is_told_first_and_is_another_person() {
    let mut bench = begun(
        json!({"id": "1", "type": "witness", "title": "Witness", "instruction": "SHOW it.", "witness": {"by": "witness", "notice": "60min"}}),
    );
    bench.does("mia", json!({"intent": "bind_crew", "person": "lin", "role": "witness"}));
    let attend = json!({"intent": "attend", "step": "1", "outcome": "attended"});
    assert_eq!(codes(&mut bench, "lin", attend.clone()), [GateCode::WitnessNotified]);
    bench.does("ana", json!({"intent": "notify_witness", "step": "1", "party": "Lin", "by": "in person"}));
    assert_eq!(
        codes(&mut bench, "ana", attend.clone()),
        [GateCode::RoleBound, GateCode::RoleHeld, GateCode::OtherPerson]
    );
    bench.does("lin", attend);
    assert_eq!(bench.state("1"), StepState::Complete);
}

#[test]
pub(super) fn a_calculation_shows_its_formula_and_is_judged_like_a_reading() {
    let calc = json!({"id": "1", "type": "calculate", "title": "Margin", "instruction": "WORK it out.",
        "inputs": [{"id": "p", "type": "number", "unit": "bar"}],
        "calc": {"id": "margin", "expr": "(0.1 + 0.2 - p) / 2", "unit": "bar", "round": 3, "limits": {"accept": {"min": "0"}}}});
    let mut bench = begun(calc);
    assert_eq!(
        codes(&mut bench, "ana", json!({"intent": "calculate", "step": "1"})),
        [GateCode::InputsEntered, GateCode::EntryForm]
    );
    bench.enters("1", "0.5").unwrap();
    assert_eq!(codes(&mut bench, "ana", json!({"intent": "perform", "step": "1"})), [GateCode::Calculated]);
    bench.does("ana", json!({"intent": "calculate", "step": "1"}));
    let entry = bench.run.step(&"1".parse().unwrap()).unwrap().current().unwrap().entries[1].clone();
    assert_eq!(
        (entry.value.as_str(), entry.raw.as_str()),
        ("-0.100", "(0.1 + 0.2 - p) / 2: ((0.1 + 0.2) - 0.5) / 2 is -0.1")
    );
    assert_eq!(bench.run.pending()[0].trigger, Trigger::OutOfLimit);
}

#[test]
fn a_correction_flags_what_rests_on_it_and_the_calculation_is_made_again() {
    let steps = json!([
        reading(json!({})),
        {"id": "2", "type": "calculate", "title": "Twice", "instruction": "WORK.", "calc": {"id": "twice", "expr": "p * 2", "unit": "bar"}},
        action("3", json!({}))
    ]);
    let mut bench = Bench::new(steps);
    bench.begins("1");
    bench.enters("1", "0.05").unwrap();
    bench.performs("1");
    bench.begins("2");
    bench.does("ana", json!({"intent": "calculate", "step": "2"}));
    bench.performs("2");
    bench.does("ana", json!({"intent": "correct", "step": "1", "input": "p", "raw": "0.06", "reason": "misread"}));
    bench.deviates(Some("1"), "continue").unwrap();
    assert_eq!(codes(&mut bench, "ana", json!({"intent": "begin", "step": "3"})), [GateCode::Reconfirmed]);
    bench.does("ana", json!({"intent": "reconfirm", "step": "2"}));
    let twice = bench.run.value_of(&"twice".parse().unwrap()).unwrap();
    assert_eq!(twice.to_string(), "0.12");
    bench.begins("3");
}

#[test]
fn the_first_begun_of_equally_good_ways_is_taken_and_the_others_do_not_apply() {
    let sections = json!([{"id": "body", "title": "Body", "kind": "body", "groups": [{"id": "g", "type": "one_of", "steps": ["1", "2"]}],
        "steps": [action("1", json!({})), action("2", json!({})), action("3", json!({}))]}]);
    let mut bench = Bench::with(json!([]), json!({"sections": sections, "back_out": null}), json!({}));
    bench.begins("2");
    assert_eq!(bench.state("1"), StepState::NotApplicable);
    bench.performs("2");
    bench.begins("3");
    let because = bench.run.step(&"1".parse().unwrap()).unwrap().because.clone();
    assert_eq!(because.as_deref(), Some("one of g: 2 is taken"));
}

#[test]
fn no_condition_drops_a_step_whose_option_is_one_of_several_that_were_chosen() {
    let sources = ["electric", "hot", "steam"];
    let chosen = ["electric", "hot,electric", "steam, hot", "electric,steam", "electric,hot,steam"];
    for chosen in chosen {
        let options: Vec<_> = sources.iter().map(|id| json!({"id": id})).collect();
        let asks = json!({"type": "record", "inputs": [{"id": "p", "type": "multi", "options": options}]});
        let isolate = |id: &&str| action(id, json!({"when": {"expr": format!("\"{id}\" in p")}}));
        let steps = [action("1", asks)].into_iter().chain(sources.iter().map(isolate)).collect::<Vec<_>>();
        let mut bench = Bench::new(json!(steps));
        bench.begins("1");
        bench.enters("1", chosen).unwrap();
        bench.performs("1");
        for id in sources {
            let excluded = bench.state(id) == StepState::NotApplicable;
            assert_eq!(excluded, !chosen.split(',').any(|c| c.trim() == id), "{id} of {chosen}");
            if !excluded {
                bench.begins(id);
                bench.performs(id);
            }
        }
    }
}

#[test]
fn steps_of_a_free_group_are_taken_as_it_suits_and_all_of_them_before_the_next() {
    let sections = json!([{"id": "body", "title": "Body", "kind": "body", "groups": [{"id": "g", "type": "any_order", "steps": ["1", "2"]}],
        "steps": [action("1", json!({})), action("2", json!({})), action("3", json!({}))]}]);
    let mut bench = Bench::with(json!([]), json!({"sections": sections, "back_out": null}), json!({}));
    bench.begins("2");
    bench.performs("2");
    assert_eq!(codes(&mut bench, "ana", json!({"intent": "begin", "step": "3"})), [GateCode::StepReady]);
    bench.begins("1");
    bench.performs("1");
    bench.begins("3");
}

#[test]
fn a_repeated_group_goes_round_until_its_condition_holds_and_every_pass_is_kept() {
    let sections = json!([{"id": "body", "title": "Body", "kind": "body",
        "groups": [{"id": "g", "type": "repeat", "steps": ["0", "1"], "until": "p <= 0.20", "max": 3}],
        "steps": [action("0", json!({})), reading(json!({}))]}]);
    let mut bench = Bench::with(json!([]), json!({"sections": sections, "back_out": null}), json!({}));
    for raw in ["0.5", "0.3", "0.1"] {
        bench.begins("0");
        bench.performs("0");
        bench.begins("1");
        bench.enters("1", raw).unwrap();
        bench.performs("1");
    }
    assert_eq!(bench.run.step(&"1".parse().unwrap()).unwrap().attempts.len(), 3);
    bench.closes().unwrap();
}

#[test]
fn rework_opens_the_step_again_that_accepts_the_item() {
    let mut bench = begun(reading(json!({"alternatives": [{"id": "way", "section": "around"}]})));
    bench.enters("1", "0.3").unwrap();
    let statement = json!({"code": "TST-ANY", "description": "what was seen", "immediate_action": {"text": "told"},
        "process": "alternative", "alternative": "way", "item": "rework"});
    bench.does("ana", json!({"intent": "deviate", "step": "1", "statement": statement}));
    bench.begins("r1");
    bench.performs("r1");
    assert_eq!((bench.state("1"), bench.run.step(&"1".parse().unwrap()).unwrap().attempt()), (StepState::Open, 2));
    bench.begins("1");
    bench.enters("1", "0.1").unwrap();
    bench.performs("1");
    bench.closes().unwrap();
}

#[test]
pub(super) fn a_reading_is_taken_as_found_and_as_left_and_the_second_one_counts() {
    let mut bench = begun(json!({"id": "1", "type": "record", "title": "Read", "instruction": "READ p.",
        "inputs": [{"id": "p", "type": "number", "unit": "bar", "as_found_as_left": true}]}));
    assert_eq!(bench.enters("1", "0.3"), Err(vec![GateCode::KnownInput]));
    for (row, raw) in [("as_found", "0.3"), ("as_left", "0.1")] {
        bench.does("ana", json!({"intent": "enter", "step": "1", "input": "p", "row": row, "raw": raw}));
    }
    assert_eq!(bench.run.value_of(&"p".parse().unwrap()).unwrap().to_string(), "0.1");
    bench.performs("1");
}

#[test]
fn the_decision_rule_says_what_becomes_of_a_reading_near_its_limit() {
    for (rule, raw, verdict) in [
        ("simple", "0.199", "pass"),
        ("guard_band", "0.199", "out"),
        ("guard_band", "0.19", "pass"),
        ("non_binary", "0.195", "conditional_pass"),
        ("non_binary", "0.205", "conditional_fail"),
        ("non_binary", "0.22", "out"),
    ] {
        let mut bench = begun(json!({"id": "1", "type": "record", "title": "Read", "instruction": "READ p.",
            "inputs": [{"id": "p", "type": "number", "unit": "bar", "decision_rule": rule, "uncertainty": "0.01", "limits": {"accept": {"max": "0.20"}}}]}));
        bench.enters("1", raw).unwrap();
        let entry = &bench.run.step(&"1".parse().unwrap()).unwrap().current().unwrap().entries[0];
        assert_eq!(serde_json::to_value(entry.verdict).unwrap(), verdict, "{rule} {raw}");
    }
}

#[test]
fn a_postponed_step_may_be_taken_up_at_any_time_and_its_old_readings_do_not_pass_for_it() {
    let mut bench = Bench::new(json!([reading(json!({})), action("2", json!({})), action("3", json!({}))]));
    bench.begins("1");
    bench.enters("1", "0.3").unwrap();
    let statement = json!({"code": "TST-ANY", "description": "what was seen", "immediate_action": {"text": "told"}, "process": "defer", "return_before": "3"});
    bench.does("ana", json!({"intent": "deviate", "step": "1", "statement": statement}));
    bench.does("ana", json!({"intent": "defer", "step": "1"}));
    bench.begins("2");
    bench.performs("2");
    bench.begins("1");
    assert_eq!(codes(&mut bench, "ana", json!({"intent": "perform", "step": "1"})), [GateCode::InputsEntered]);
    bench.enters("1", "0.1").unwrap();
    bench.performs("1");
    bench.begins("3");
}

#[test]
fn a_reading_in_another_unit_is_kept_as_typed_beside_the_value_that_counts() {
    let mut bench = begun(reading(json!({})));
    bench.enters("1", "8 kPa").unwrap();
    let entry = bench.run.step(&"1".parse().unwrap()).unwrap().current().unwrap().entries[0].clone();
    assert_eq!(
        (entry.raw.as_str(), entry.value.as_str(), entry.verdict),
        ("8 kPa", "0.08", crate::kernel::model::limits::EntryVerdict::Pass)
    );
}

#[test]
fn no_two_rows_of_a_distinct_column_hold_the_same() {
    let table = json!({"id": "items", "type": "table", "rows": [{"id": "a", "text": "First"}, {"id": "b", "text": "Second"}],
        "columns": [{"id": "label", "type": "identifier", "distinct": true}]});
    let mut bench = begun(action("1", json!({"inputs": [table]})));
    let enter = |row: &str, raw: &str| json!({"intent": "enter", "step": "1", "input": "items", "row": row, "column": "label", "raw": raw});
    bench.does("ana", enter("a", "BOX-1"));
    assert_eq!(codes(&mut bench, "ana", enter("b", "BOX-1")), [GateCode::EntryForm]);
    bench.does("ana", enter("b", "BOX-2"));
    let correct = json!({"intent": "correct", "step": "1", "input": "items", "row": "b", "column": "label", "raw": "BOX-1", "reason": "misread"});
    assert_eq!(codes(&mut bench, "ana", correct), [GateCode::EntryForm]);
}

#[test]
fn steps_of_a_section_in_any_order_are_taken_as_it_suits_and_all_of_them_before_the_next_section() {
    let section = |id: &str, order: &str, steps: Value| json!({"id": id, "title": id, "kind": "body", "order": order, "steps": steps});
    let first = section("first", "any", json!([action("1", json!({})), action("2", json!({}))]));
    let then = section("then", "sequential", json!([action("3", json!({}))]));
    let mut bench = Bench::with(json!([]), json!({"sections": [first, then], "back_out": null}), json!({}));
    bench.begins("2");
    bench.performs("2");
    assert_eq!(codes(&mut bench, "ana", json!({"intent": "begin", "step": "3"})), [GateCode::StepReady]);
    bench.begins("1");
    bench.performs("1");
    bench.begins("3");
}

#[test]
pub(super) fn the_range_of_the_instrument_is_checked_at_the_reading_in_its_own_unit_too() {
    let mut bench = Bench::new(json!([reading(json!({}))]));
    bench.does(
        "ana",
        json!({"intent": "register_instrument", "instrument": "PG-7", "name": "gauge",
        "cal_due": "2026-12-01T00:00:00.000Z", "range": {"min": "0", "max": "16", "unit": "kpa"}}),
    );
    bench.begins("1");
    let read = |raw: &str| json!({"intent": "enter", "step": "1", "input": "p", "raw": raw, "instrument": "PG-7"});
    assert_eq!(codes(&mut bench, "ana", read("0.17")), [GateCode::InstrumentRange]);
    bench.does("ana", read("0.09"));
}
