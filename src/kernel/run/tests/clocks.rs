//! Time that cannot be pushed: both clocks must say so, inside one start of the machine and without a step.

use super::*;
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::records::event::Event;
use crate::kernel::run::replay::ClockFault;

const MINUTE: i64 = 60_000;

fn perform() -> Value {
    json!({"intent": "perform", "step": "1"})
}

fn soak() -> Bench {
    let timing = json!({"min_wait": "15min"});
    let mut bench = Bench::new(json!([action("1", json!({"type": "wait", "timing": timing})), action("2", json!({}))]));
    bench.begins("1");
    bench
}

fn timed(timing: Value) -> Bench {
    let mut bench = Bench::new(json!([action("0", json!({})), action("1", json!({"timing": timing}))]));
    bench.begins("0");
    bench.performs("0");
    bench
}

/// The clock on the wall is set; the monotonic one goes on.
fn set(bench: &mut Bench, millis: i64) {
    bench.now.time = Timestamp::from_millis(bench.now.time.millis() + millis);
}

/// The machine is started again and somebody takes the run up, so much later on the wall.
fn restart(bench: &mut Bench, millis: i64) {
    set(bench, millis);
    bench.now.mono_ms = 5;
    bench.now.boot.push('x');
    bench.act("ana", &unlock("ana", true)).unwrap();
    bench.does("ana", json!({"intent": "resume"}));
}

fn pending(bench: &Bench) -> Vec<(Trigger, Option<&str>)> {
    bench.run.pending().iter().map(|p| (p.trigger, p.about.as_deref())).collect()
}

fn written_down(about: &str) -> Value {
    let mut intent = deviation(Some("1"), "continue");
    intent["about"] = json!(about);
    intent
}

fn facts(bench: &Bench) -> &crate::kernel::model::deviation::Facts {
    &bench.run.deviations().last().unwrap().facts
}

#[test]
pub(super) fn a_wait_is_not_over_when_the_clock_on_the_wall_was_set_forward() {
    let mut bench = soak();
    set(&mut bench, 15 * MINUTE);
    assert_eq!(bench.says("ana", perform()), Err(vec![GateCode::Waited]));
    assert_eq!(bench.run.clock_steps(), [15 * MINUTE]);
    bench.does("ana", written_down("min_wait"));
    assert_eq!(bench.says("ana", perform()), Err(vec![GateCode::Waited]), "the monotonic clock can be asked");
    bench.wait(15 * MINUTE);
    bench.performs("1");
}

#[test]
fn a_wait_is_not_over_while_one_of_the_two_clocks_says_no() {
    let mut bench = soak();
    set(&mut bench, -10 * MINUTE);
    bench.wait(16 * MINUTE);
    assert_eq!(bench.says("ana", perform()), Err(vec![GateCode::Waited]));
    let mut gates = bench.records.iter().rev().flat_map(|line| line.record().event.gates());
    let told = gates.find(|gate| gate.gate == GateCode::Waited).unwrap();
    let told: Vec<_> = ["least_ms", "mono_ms", "proven", "wall_ms"].map(|name| told.inputs[name].clone()).into();
    assert_eq!(told, ["900000", "961000", "false", "361000"]);
}

#[test]
fn a_wait_across_two_starts_of_the_machine_is_waited_again() {
    let mut bench = soak();
    restart(&mut bench, 16 * MINUTE);
    assert_eq!(bench.says("ana", perform()), Err(vec![GateCode::Waited]));
    let left = bench.run.outstanding_at(&"1".parse().unwrap(), &bench.now);
    assert!(matches!(left[..], [Outstanding::WaitAgain(_), Outstanding::Perform]), "{left:?}");
    bench.wait(14 * MINUTE);
    assert_eq!(bench.says("ana", perform()), Err(vec![GateCode::Waited]));
    bench.wait(MINUTE);
    bench.performs("1");
    assert_eq!(bench.run.deviations(), []);
}

#[test]
fn a_wait_across_two_starts_of_the_machine_may_be_written_down_as_unproven() {
    let mut bench = soak();
    restart(&mut bench, 10 * MINUTE);
    bench.does("ana", written_down("min_wait"));
    assert_eq!(facts(&bench).trigger, Trigger::TimeUnproven);
    assert_eq!(facts(&bench).requirement, "min_wait of 15m");
    assert!(facts(&bench).as_found.ends_with("monotonic clock unknown, the machine was started again"));
    assert_eq!(bench.says("ana", perform()), Err(vec![GateCode::Waited]), "the wall says no itself");
    bench.wait(5 * MINUTE);
    bench.performs("1");
}

#[test]
fn a_wait_that_is_proven_is_not_written_down_as_unproven() {
    let mut bench = soak();
    bench.does("ana", written_down("min_wait"));
    assert_eq!(facts(&bench).trigger, Trigger::OperatorReported);
    bench.wait(14 * MINUTE);
    assert_eq!(bench.says("ana", perform()), Err(vec![GateCode::Waited]));
}

#[test]
fn a_profile_that_blocks_unproven_time_leaves_waiting_again() {
    let rules = json!({"deviations": [
        {"id": "R1", "when": {"trigger": "time_unproven"}, "outcome": "block"},
        {"id": "R99", "when": {}, "outcome": "review"},
    ]});
    let step = action("1", json!({"type": "wait", "timing": {"min_wait": "15min"}}));
    let mut bench = Bench::with(json!([step]), json!({}), rules);
    bench.begins("1");
    restart(&mut bench, 16 * MINUTE);
    assert_eq!(bench.says("ana", written_down("min_wait")), Err(vec![GateCode::PolicyAccepts]));
    bench.wait(15 * MINUTE);
    bench.performs("1");
}

#[test]
pub(super) fn a_separation_runs_on_both_clocks() {
    let verification = json!({"mode": "independent", "by": "verifier", "observe": ["p"], "min_separation": "15min"});
    let verify = json!({"intent": "verify", "step": "1", "values": {"p": "0.05"}});
    let performed = || {
        let mut bench = Bench::new(json!([reading(json!({"verification": verification}))]));
        bench.begins("1");
        bench.enters("1", "0.05").unwrap();
        bench.performs("1");
        bench
    };
    let mut bench = performed();
    set(&mut bench, 16 * MINUTE);
    assert_eq!(bench.says("lin", verify.clone()), Err(vec![GateCode::Separation]));
    let mut bench = performed();
    restart(&mut bench, 16 * MINUTE);
    bench.act("lin", &unlock("lin", false)).unwrap();
    assert_eq!(bench.says("lin", verify.clone()), Err(vec![GateCode::Separation]));
    bench.does("ana", written_down("min_separation"));
    assert_eq!(facts(&bench).trigger, Trigger::TimeUnproven);
    bench.does("lin", verify);
}

#[test]
fn a_notice_that_no_clock_proves_is_a_departure_when_nobody_came() {
    let witness = json!({"by": "witness", "notice": "60min"});
    let mut bench = Bench::new(json!([action("1", json!({"type": "witness", "witness": witness}))]));
    bench.begins("1");
    bench.does("ana", json!({"intent": "notify_witness", "step": "1", "party": "desk", "by": "phone"}));
    restart(&mut bench, 61 * MINUTE);
    bench.does("ana", json!({"intent": "attend", "step": "1", "outcome": "not_attended"}));
    assert_eq!(pending(&bench), [(Trigger::TimeUnproven, Some("notice"))]);
}

#[test]
fn a_limit_runs_out_when_both_clocks_say_so() {
    let limit = json!({"max_duration": "15min", "if_missed": "Begin again"});
    let mut bench = timed(limit.clone());
    bench.begins("1");
    bench.wait(16 * MINUTE);
    bench.does("ana", json!({"intent": "note", "text": "late"}));
    assert_eq!(pending(&bench), [(Trigger::TimeLimitMissed, Some("max_duration"))]);
    let mut bench = timed(limit);
    bench.begins("1");
    bench.wait(5 * MINUTE);
    bench.performs("1");
    assert_eq!(pending(&bench), []);
}

#[test]
fn a_limit_is_not_kept_by_setting_the_clock_back() {
    for (timing, about) in [
        (json!({"max_duration": "15min", "if_missed": "Begin again"}), "max_duration"),
        (json!({"deadline": {"after": "0", "within": "15min"}, "if_missed": "Begin again"}), "deadline"),
    ] {
        let mut bench = timed(timing.clone());
        bench.begins("1");
        bench.wait(14 * MINUTE);
        set(&mut bench, -14 * MINUTE);
        bench.wait(10 * MINUTE);
        bench.performs("1");
        assert_eq!(pending(&bench), [(Trigger::TimeUnproven, Some(about))]);
        let mut bench = timed(timing);
        bench.begins("1");
        restart(&mut bench, MINUTE);
        bench.performs("1");
        assert_eq!(pending(&bench), [(Trigger::TimeUnproven, Some(about))]);
        bench.deviates(Some("1"), "continue").unwrap();
        assert_eq!(bench.state("1"), StepState::Complete);
    }
}

#[test]
fn a_watch_is_observed_in_time_by_both_clocks() {
    let watch = json!({"watches": [{"id": "gas", "text": "Gas meter", "every": "15min", "until": "2"}]});
    let steps = json!([action("1", json!({})), action("2", json!({}))]);
    let look = json!({"intent": "observe", "watch": "gas", "ok": true});
    let mut bench = Bench::with(steps, watch, json!({}));
    bench.does("ana", look.clone());
    bench.begins("1");
    restart(&mut bench, MINUTE);
    bench.performs("1");
    assert_eq!(bench.says("ana", json!({"intent": "begin", "step": "2"})), Err(vec![GateCode::Watched]));
    bench.does("ana", look);
    assert_eq!(pending(&bench), [(Trigger::TimeUnproven, Some("gas"))]);
    let mut written = deviation(None, "continue");
    written["about"] = json!("gas");
    bench.does("ana", written);
    bench.begins("2");
}

#[test]
fn a_pause_that_cannot_be_measured_has_the_prerequisites_confirmed_again() {
    let sections = json!([
        {"id": "pre", "title": "Before", "kind": "prerequisites", "steps": [action("p", json!({}))]},
        {"id": "body", "title": "Body", "kind": "body", "steps": [action("1", json!({}))]},
        {"id": "back", "title": "Back", "kind": "back_out", "steps": [action("b1", json!({}))]},
    ]);
    let reconfirm = json!({"reconfirm_after": "4h"});
    let mut bench = Bench::with(json!([]), json!({"sections": sections}), reconfirm);
    bench.begins("p");
    bench.performs("p");
    bench.does("ana", json!({"intent": "pause", "reason": "tea"}));
    restart(&mut bench, MINUTE);
    assert_eq!(bench.says("ana", json!({"intent": "begin", "step": "1"})), Err(vec![GateCode::Reconfirmed]));
    assert!(bench.run.has_unproven_pause());
}

#[test]
fn a_pause_is_as_long_as_the_clock_says_that_says_more() {
    let mut bench = Bench::new(json!([action("1", json!({}))]));
    bench.does("ana", json!({"intent": "pause", "reason": "tea"}));
    bench.wait(13 * 60 * MINUTE);
    set(&mut bench, -13 * 60 * MINUTE);
    bench.does("ana", json!({"intent": "resume"}));
    assert!(bench.run.longest_pause_ms() >= 13 * 60 * MINUTE);
}

#[test]
fn a_wall_clock_that_sinks_by_less_than_a_step_is_recorded_too() {
    let mut bench = Bench::new(json!([action("1", json!({}))]));
    set(&mut bench, -1500);
    bench.begins("1");
    assert_eq!(bench.run.clock_steps(), [-1500]);
}

/// What ana would write down.
fn noted() -> (Intent, Who) {
    let kind = crate::kernel::model::entry::NoteKind::Observation;
    let who = Who { person: "ana".parse().unwrap(), key: signer("ana").id() };
    (Intent::Note { kind, step: None, text: "hello".into() }, who)
}

#[test]
fn a_session_of_an_earlier_start_of_the_machine_is_over_and_its_refusal_is_no_record() {
    let mut bench = Bench::new(json!([action("1", json!({}))]));
    bench.now.boot.push('x');
    let (note, who) = noted();
    let refusal = bench.run.decide(&note, &who, &bench.now).unwrap_err();
    assert_eq!(refusal.codes(), [GateCode::SessionOpen]);
    assert!(refusal.denial.is_none(), "a refusal that replay would not admit");
}

/// Lets one record bear other clocks and tells what a replay says.
fn replayed_with(bench: &mut Bench, change: impl Fn(&mut Now)) -> Option<Contradiction> {
    bench.wait(1000);
    let (note, who) = noted();
    let decided = bench.run.decide(&note, &who, &bench.now).unwrap();
    change(&mut bench.now);
    let record = bench.run.record(decided, &who, &bench.now);
    let signed = SignedRecord::sign(record, who.key, |body| signer("ana").sign_pae(RECORD_TYPE, body)).unwrap();
    bench.replayed.admits(&signed).err()
}

#[test]
fn replay_refuses_clocks_that_cannot_have_followed() {
    let bench = || Bench::new(json!([action("1", json!({}))]));
    assert_eq!(replayed_with(&mut bench(), |_| {}), None);
    let sunk = replayed_with(&mut bench(), |now| now.mono_ms -= 3000);
    assert_eq!(sunk, Some(Contradiction::Clocks(ClockFault::MonotonicSank(2000))));
    let changed = replayed_with(&mut bench(), |now| now.boot.push('x'));
    assert_eq!(changed, Some(Contradiction::Clocks(ClockFault::BootChanged)));
}

#[test]
fn replay_refuses_a_start_of_the_machine_that_comes_back() {
    let mut bench = Bench::new(json!([action("1", json!({}))]));
    let first = bench.now.clone();
    restart(&mut bench, MINUTE);
    bench.now.boot = first.boot;
    let who = Who { person: "ana".parse().unwrap(), key: signer("ana").id() };
    let decided = bench.run.decide(&unlock("ana", true), &who, &bench.now).unwrap();
    let record = bench.run.record(decided, &who, &bench.now);
    let signed = SignedRecord::sign(record, who.key, |body| signer("ana").sign_pae(RECORD_TYPE, body)).unwrap();
    let refused = bench.replayed.admits(&signed);
    assert_eq!(refused, Err(Contradiction::Clocks(ClockFault::BootReturned)));
}

#[test]
fn whoever_unlocks_first_in_another_start_takes_the_run_up_whatever_the_program_says() {
    let mut bench = Bench::new(json!([action("1", json!({}))]));
    bench.now.boot.push('x');
    let who = Who { person: "ana".parse().unwrap(), key: signer("ana").id() };
    let decided = bench.run.decide(&unlock("ana", false), &who, &bench.now).unwrap();
    let Event::SessionOpened(opened) = &decided.event else { panic!("{decided:?}") };
    assert!(opened.resumed);
    bench.act("ana", &unlock("ana", false)).unwrap();
    assert_eq!(bench.act("ana", &unlock("ana", false)).unwrap_err(), [GateCode::SessionClosed]);
}

#[test]
fn a_start_of_the_machine_that_comes_back_goes_on_as_another_one() {
    let mut bench = Bench::new(json!([action("1", json!({}))]));
    let first = bench.now.boot.clone();
    restart(&mut bench, MINUTE);
    let other = bench.now.boot.clone();
    for name in [format!("{first}#2"), format!("{other}#2"), format!("{first}#3")] {
        let station = name.split('#').next().unwrap();
        // Lower or higher than it was left at: what lies between is no time of this clock.
        for mono_ms in [3, 900_000] {
            let shown = Now { mono_ms, boot: station.to_owned(), ..bench.now.clone() };
            assert_eq!(bench.run.clocks_of(shown.clone()), Now { boot: name.clone(), ..shown });
        }
        bench.now.boot = station.to_owned();
        bench.now = bench.run.clocks_of(bench.now.clone());
        bench.act("ana", &unlock("ana", true)).unwrap();
        // While it lasts, the same start keeps its name, and its clock does not sink.
        let sunk = Now { mono_ms: 0, boot: station.to_owned(), ..bench.now.clone() };
        let last = bench.run.last().unwrap().clone();
        assert_eq!(bench.run.clocks_of(sunk.clone()), Now { mono_ms: last.mono_ms, boot: name, ..sunk });
    }
    bench.does("ana", json!({"intent": "resume"}));
}

#[test]
fn a_wall_clock_that_stands_lower_after_a_start_is_told() {
    let mut bench = Bench::new(json!([action("1", json!({}))]));
    restart(&mut bench, -MINUTE);
    let findings = crate::kernel::judgement::closure::assess(&bench.run, &[]).findings;
    let sank = findings.iter().find(|f| f.code == FindingCode::ClockSank).unwrap();
    assert_eq!(sank.severity, crate::kernel::judgement::verdict::Severity::Pending);
}
