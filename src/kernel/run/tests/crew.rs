//! Rules of people: briefs, turnovers, repeats, haste.

use super::rules::{begun, codes};
use super::*;
use crate::kernel::records::turnover::Unwritten;

#[test]
pub(super) fn everybody_of_the_crew_acknowledges_the_brief() {
    let sections = json!([{"id": "brief", "title": "Brief", "kind": "brief",
        "steps": [{"id": "1", "type": "acknowledge", "title": "Brief", "instruction": "READ."}]}]);
    let mut bench = Bench::with(json!([]), json!({"sections": sections, "back_out": null}), json!({}));
    bench.begins("1");
    for person in ["ana", "lin"] {
        bench.does(person, json!({"intent": "acknowledge", "step": "1"}));
        assert_eq!(bench.state("1"), StepState::Active);
    }
    assert_eq!(codes(&mut bench, "lin", json!({"intent": "acknowledge", "step": "1"})), [GateCode::Advisory]);
    bench.does("mia", json!({"intent": "acknowledge", "step": "1"}));
    assert_eq!(bench.state("1"), StepState::Complete);
}

#[test]
pub(super) fn a_turnover_is_signed_by_both_and_shows_where_the_work_stands() {
    let mut bench = Bench::new(json!([
        reading(json!({})),
        action("2", json!({"timing": {"max_duration": "9min", "if_missed": "Again"}}))
    ]));
    bench.begins("1");
    bench.enters("1", "0.3").unwrap();
    let unwritten = Unwritten { step: "1".parse().ok(), trigger: Trigger::OutOfLimit };
    assert_eq!(bench.run.turnover_sheet().unwritten, [unwritten]);
    bench.deviates(Some("1"), "continue").unwrap();
    bench.performs("1");
    bench.begins("2");
    let sheet = bench.run.turnover_sheet();
    assert_eq!(sheet.active, ["2".parse().unwrap()]);
    assert_eq!((sheet.deviations.len(), sheet.timers.len(), sheet.unwritten.len()), (1, 1, 0));
    bench.does("ana", json!({"intent": "turnover", "to": "lin", "role": "performer", "remarks": "valve 2 is stiff"}));
    assert_eq!(codes(&mut bench, "mia", json!({"intent": "accept_turnover"})), [GateCode::Turnover]);
    bench.does("lin", json!({"intent": "accept_turnover"}));
    bench.does("lin", json!({"intent": "perform", "step": "2"}));
}

#[test]
pub(super) fn after_a_long_gap_the_prerequisites_are_confirmed_again() {
    let check = json!({"id": "1", "type": "check", "title": "Look", "instruction": "CHECK it."});
    let sections = json!([{"id": "pre", "title": "Before", "kind": "prerequisites", "steps": [check]},
        {"id": "body", "title": "Body", "kind": "body", "steps": [action("2", json!({}))]}]);
    let mut bench =
        Bench::with(json!([]), json!({"sections": sections, "back_out": null}), json!({"reconfirm_after": "4h"}));
    bench.begins("1");
    bench.does("ana", json!({"intent": "check", "step": "1", "result": "pass"}));
    bench.performs("1");
    bench.does("ana", json!({"intent": "pause", "reason": "night"}));
    bench.wait(4 * 3_600_000);
    bench.does("ana", json!({"intent": "resume"}));
    assert_eq!(codes(&mut bench, "ana", json!({"intent": "begin", "step": "2"})), [GateCode::Reconfirmed]);
    bench.does("ana", json!({"intent": "reconfirm", "step": "1"}));
    bench.begins("2");
}

#[test]
fn the_third_deviation_with_the_same_code_is_one_class_graver() {
    let steps = json!([action("1", json!({}))]);
    let mut bench = Bench::with(steps, json!({}), json!({"repeats": 3}));
    bench.begins("1");
    for class in [Class::Minor, Class::Minor, Class::Major] {
        bench.deviates(Some("1"), "continue").unwrap();
        assert_eq!(bench.run.deviations().last().unwrap().class(), class);
    }
}

#[test]
fn a_self_check_is_the_performers_own() {
    let mut bench = begun(action("1", json!({"verification": {"mode": "self", "by": "performer"}})));
    bench.performs("1");
    assert_eq!(bench.state("1"), StepState::Performed);
    bench.does("ana", json!({"intent": "verify", "step": "1"}));
    assert_eq!(bench.state("1"), StepState::Complete);
}

#[test]
fn who_handed_the_role_over_holds_it_no_longer() {
    let mut bench = Bench::new(json!([action("1", json!({}))]));
    bench.does("ana", json!({"intent": "turnover", "to": "lin", "role": "performer"}));
    bench.does("lin", json!({"intent": "accept_turnover"}));
    assert_eq!(codes(&mut bench, "ana", json!({"intent": "begin", "step": "1"})), [GateCode::SessionOpen]);
    let key = signer("ana").public().id();
    assert_eq!(
        codes(
            &mut bench,
            "ana",
            json!({"intent": "unlock", "key": key, "program": {"digest": null, "version": "0"}, "resumed": false})
        ),
        [GateCode::RoleBound]
    );
    bench.does("lin", json!({"intent": "begin", "step": "1"}));
}

#[test]
fn who_was_offered_a_role_and_did_not_take_it_holds_nothing() {
    let mut bench = Bench::new(json!([action("1", json!({}))]));
    bench.does("mia", json!({"intent": "turnover", "to": "pia", "role": "supervisor"}));
    bench.does("ana", json!({"intent": "resume"}));
    bench.deviates(None, "continue").unwrap();
    let pia = bench.run.crew().iter().any(|b| b.person.as_str() == "pia");
    assert!(!pia && bench.run.crew().iter().any(|b| b.person.as_str() == "mia"));
}

#[test]
fn signatures_in_haste_and_steps_done_too_fast_are_worth_a_look_and_block_nothing() {
    let signed = json!({"signoff": [{"role": "performer", "meaning": "performed"}], "timing": {"usual": "1min"}});
    let mut bench = Bench::new(json!([action("1", signed.clone()), action("2", signed.clone()), action("3", signed)]));
    let mut paces = Vec::new();
    for (step, pace) in [("1", 500), ("2", 500), ("3", 60_000)] {
        bench.begins(step);
        bench.wait(pace);
        bench.performs(step);
        let seen = observations(bench.run.plan(), &bench.records);
        paces.push(seen.into_iter().map(|o| o.text).collect::<Vec<_>>());
    }
    let fast = |step: &str| format!("step {step} took 1 s; usual are 60 s");
    assert_eq!(paces[2], [fast("1"), fast("2")]);
    let mut hasty =
        Bench::new(json!([action("1", json!({"signoff": [{"role": "performer", "meaning": "performed"}]}))]));
    hasty.begins("1");
    hasty.performs("1");
    for _ in 0..2 {
        hasty.deviates(None, "continue").unwrap();
    }
    let seen: Vec<_> = observations(hasty.run.plan(), &hasty.records).into_iter().map(|o| o.text).collect();
    assert_eq!(seen, ["ana signed 3 times within seconds"]);
}

#[test]
fn who_raised_a_deviation_accepts_it_only_where_one_switch_of_the_profile_says_so() {
    let review = json!({"intent": "review_deviation", "deviation": "DEV-0001", "decision": "accept"});
    for (switch, answer) in [(false, Err(vec![GateCode::OtherPerson])), (true, Ok(()))] {
        let by = json!({"minor": 1, "major": 1, "critical": 2, "by": ["supervisor"], "comment": "optional", "self_approval": switch});
        let mut bench = Bench::with(json!([action("1", json!({}))]), json!({}), json!({"review": by}));
        bench.does("mia", deviation(None, "continue"));
        assert_eq!(bench.says("mia", review.clone()), answer);
    }
}

#[test]
fn a_limit_that_ran_out_while_the_program_was_dead_is_recorded_when_it_comes_back() {
    let mut bench =
        Bench::new(json!([action("1", json!({"timing": {"max_duration": "5min", "if_missed": "Start again"}}))]));
    bench.begins("1");
    bench.wait(600_000);
    bench.act("ana", &unlock("ana", true)).unwrap();
    assert_eq!(bench.run.phase(), Phase::Interrupted);
    let limits: Vec<_> = bench.run.pending().iter().map(|p| p.trigger).collect();
    assert_eq!(limits, [Trigger::TimeLimitMissed]);
}
