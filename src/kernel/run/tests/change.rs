//! What changed between two starts: seen on the record before anything else is done.

use super::*;
use crate::kernel::model::entry::NoteKind;
use crate::kernel::model::opening::StationRoster;
use crate::kernel::model::outcome::AttemptReason;

fn station(version: &str, serial: Option<u32>) -> Intent {
    let program = Program { digest: None, version: version.into() };
    let roster = serial.map(|serial| StationRoster { digest: FileDigest::of(b"n"), serial });
    Intent::Unlock { key: signer("ana").id(), program, resumed: true, roster }
}

fn begun() -> Bench {
    let mut bench = Bench::new(json!([action("1", json!({})), action("2", json!({}))]));
    bench.begins("1");
    bench
}

/// The program ends in the middle and another one, or the same, takes the run up.
fn taken_up(bench: &mut Bench, unlock: &Intent) {
    bench.act("ana", unlock).unwrap();
}

#[test]
pub(super) fn another_program_does_nothing_before_somebody_says_that_he_saw_it() {
    let mut bench = begun();
    taken_up(&mut bench, &station("1", None));
    assert_eq!(bench.says("ana", json!({"intent": "resume"})), Err(vec![GateCode::Unchanged]));
    assert_eq!(bench.run.change().unwrap().words(), ["program: asrun 0 before, asrun 1 now"]);
    bench.does("ana", json!({"intent": "note", "text": "who changed it?"}));
    bench.does("ana", json!({"intent": "acknowledge_change", "comment": "read what is new"}));
    bench.does("ana", json!({"intent": "resume"}));
    bench.performs("1");
    let again = bench.says("ana", json!({"intent": "acknowledge_change"}));
    assert_eq!(again, Err(vec![GateCode::SignatureWanted]), "there is nothing to acknowledge any more");
}

#[test]
fn a_newer_roster_is_acknowledged_and_an_older_one_changes_nothing() {
    let mut bench = begun();
    taken_up(&mut bench, &station("0", Some(1)));
    assert_eq!(bench.run.change(), None);
    taken_up(&mut bench, &station("0", Some(2)));
    assert_eq!(bench.run.change().unwrap().words(), ["roster: serial 1 before, 2 now"]);
    assert_eq!(bench.says("ana", json!({"intent": "resume"})), Err(vec![GateCode::Unchanged]));
    bench.does("ana", json!({"intent": "acknowledge_change"}));
    taken_up(&mut bench, &station("0", Some(2)));
    assert_eq!(bench.run.change(), None);
}

#[test]
fn the_program_that_was_acknowledged_may_go_back_to_where_it_came_from() {
    let mut bench = begun();
    taken_up(&mut bench, &station("1", None));
    taken_up(&mut bench, &station("0", None));
    bench.does("ana", json!({"intent": "resume"}));
}

#[test]
fn a_change_does_not_stand_between_a_person_and_the_safe_state() {
    let mut bench = begun();
    taken_up(&mut bench, &station("1", None));
    bench.does("ana", json!({"intent": "abort", "reason": "smoke"}));
    bench.does("ana", json!({"intent": "confirm_safe_state"}));
    assert_eq!(bench.run.phase(), Phase::Aborted);
}

#[test]
pub(super) fn a_clock_before_the_package_was_locked_is_the_one_reason_that_is_given() {
    let mut bench = begun();
    let who = Who { person: "ana".parse().unwrap(), key: signer("ana").id() };
    for text in ["1970-01-01T00:00:09.000Z", "2000-01-01T00:00:00.000Z"] {
        bench.now.time = text.parse().unwrap();
        for intent in
            [station("0", None), Intent::Note { kind: NoteKind::Observation, step: None, text: "hello".into() }]
        {
            let refused = bench.run.decide(&intent, &who, &bench.now).unwrap_err();
            assert_eq!(refused.codes(), [GateCode::Clock]);
            assert_eq!(refused.denial.filter(|_| intent.word() == "note"), None, "no record bears such a time");
        }
    }
}

#[test]
fn a_step_that_says_so_begins_anew_after_an_interruption() {
    let step = reading(json!({"on_interruption": "restart"}));
    let mut bench = Bench::new(json!([step, action("2", json!({}))]));
    bench.begins("1");
    bench.enters("1", "0.05").unwrap();
    taken_up(&mut bench, &unlock("ana", true));
    let known = bench.run.step(&"1".parse().unwrap()).unwrap();
    assert_eq!((known.state, known.attempt()), (StepState::Open, 2));
    assert_eq!(known.attempts[0].entries.len(), 1, "what was recorded stays in the old attempt");
    assert_eq!(known.attempts[1].reason, Some(AttemptReason::Interruption));
    bench.does("ana", json!({"intent": "resume"}));
    bench.begins("1");
    assert_eq!(bench.says("ana", json!({"intent": "perform", "step": "1"})), Err(vec![GateCode::InputsEntered]));
    bench.enters("1", "0.06").unwrap();
    bench.performs("1");
    assert_eq!(bench.state("1"), StepState::Complete);
}

#[test]
fn a_step_that_says_nothing_and_one_that_is_done_go_on_after_an_interruption() {
    let anew = json!({"on_interruption": "restart", "verification": {"mode": "peer", "by": "verifier"}});
    let mut bench = Bench::new(json!([action("1", anew), action("2", json!({}))]));
    bench.begins("1");
    bench.performs("1");
    taken_up(&mut bench, &unlock("ana", true));
    assert_eq!(bench.state("1"), StepState::Performed);
    let mut bench = begun();
    taken_up(&mut bench, &unlock("ana", true));
    assert_eq!(bench.state("1"), StepState::Active);
}

#[test]
fn an_interruption_uses_up_none_of_the_times_that_a_step_may_be_done_again() {
    let step = reading(json!({"on_interruption": "restart", "redo": {"allowed": true, "max": 1}}));
    let mut bench = Bench::new(json!([step]));
    bench.begins("1");
    taken_up(&mut bench, &unlock("ana", true));
    bench.does("ana", json!({"intent": "resume"}));
    bench.begins("1");
    bench.enters("1", "0.3").unwrap();
    bench.deviates(Some("1"), "redo").unwrap();
    bench.does("ana", json!({"intent": "redo", "step": "1"}));
}
