//! Every signature and answer that an author asks for is asked for, by different persons, and nobody else's counts.

use super::rules::begun;
use super::*;
use crate::kernel::documents::step::StepMeaning;
use crate::kernel::model::gate::GateOutcome;
use crate::kernel::work::{Waits, poll, witness};

fn signs(meaning: &str) -> Value {
    json!({"intent": "sign", "meaning": meaning, "subject": {"kind": "step", "id": "1"}})
}

fn closes_with(meaning: &str) -> Value {
    json!({"intent": "sign", "meaning": meaning, "subject": {"kind": "run", "id": "01JDZ3Q4M5N6P7R8S9T0V1W2X3"}})
}

fn asked(step: Value) -> Bench {
    let mut bench = Bench::new(json!([step]));
    for (person, role) in [("pia", "supervisor"), ("lin", "witness")] {
        bench.does("ana", json!({"intent": "bind_crew", "person": person, "role": role}));
    }
    bench.act("pia", &unlock("pia", false)).unwrap();
    bench
}

fn outstanding(bench: &Bench) -> Vec<Outstanding> {
    bench.run.outstanding(&"1".parse().unwrap())
}

fn role(name: &str) -> Role {
    name.parse().unwrap()
}

/// What a refusal looked at, of one gate.
fn looked_at(bench: &mut Bench, person: &str, intent: &Value, gate: GateCode) -> BTreeMap<String, String> {
    let who = Who { person: person.parse().unwrap(), key: signer(person).id() };
    let intent: Intent = serde_json::from_value(intent.clone()).unwrap();
    let refusal = bench.run.decide(&intent, &who, &bench.now).unwrap_err();
    let denied = refusal.gates.into_iter().find(|g| g.gate == gate && g.outcome == GateOutcome::Deny);
    denied.unwrap_or_else(|| panic!("{gate} is open")).inputs
}

#[test]
fn a_witness_is_waited_for_and_is_not_the_performer() {
    let mut bench = asked(action("1", json!({"signoff": [{"role": "witness", "meaning": "witnessed"}]})));
    bench.begins("1");
    bench.performs("1");
    assert_eq!(outstanding(&bench), [Outstanding::Signature(role("witness"), StepMeaning::Witnessed, 1)]);
    assert_eq!(bench.closes(), Err(vec![GateCode::RunFinished]));
    assert_eq!(
        bench.says("ana", signs("witnessed")),
        Err(vec![GateCode::RoleBound, GateCode::RoleHeld, GateCode::OtherPerson])
    );
    assert_eq!(looked_at(&mut bench, "mia", &signs("witnessed"), GateCode::RoleBound)["could"], "lin");
    bench.does("lin", signs("witnessed"));
    assert_eq!(bench.state("1"), StepState::Complete);
}

#[test]
fn who_performed_a_step_does_not_witness_it_in_another_role() {
    let mut bench = asked(action("1", json!({"signoff": [{"role": "witness", "meaning": "witnessed"}]})));
    bench.does("ana", json!({"intent": "bind_crew", "person": "lin", "role": "performer"}));
    bench.does("lin", json!({"intent": "begin", "step": "1"}));
    bench.does("lin", json!({"intent": "perform", "step": "1"}));
    assert_eq!(bench.says("lin", signs("witnessed")), Err(vec![GateCode::OtherPerson]));
}

#[test]
pub(super) fn a_count_asks_for_different_persons() {
    let mut bench = asked(action("1", json!({"signoff": [{"role": "supervisor", "meaning": "approved", "count": 2}]})));
    bench.begins("1");
    bench.performs("1");
    assert_eq!(outstanding(&bench), [Outstanding::Signature(role("supervisor"), StepMeaning::Approved, 2)]);
    bench.does("mia", signs("approved"));
    assert_eq!(outstanding(&bench), [Outstanding::Signature(role("supervisor"), StepMeaning::Approved, 1)]);
    assert_eq!(bench.says("mia", signs("approved")), Err(vec![GateCode::FirstTime]));
    bench.does("pia", signs("approved"));
    assert_eq!(bench.state("1"), StepState::Complete);
}

#[test]
fn a_signature_of_the_performer_in_another_role_is_asked_of_that_role() {
    // The linter refuses it; a package that was locked elsewhere still loses nothing.
    let mut bench = asked(action("1", json!({"signoff": [{"role": "supervisor", "meaning": "performed"}]})));
    bench.begins("1");
    bench.performs("1");
    assert_eq!(outstanding(&bench), [Outstanding::Signature(role("supervisor"), StepMeaning::Performed, 1)]);
    bench.does("mia", signs("performed"));
    assert_eq!(bench.state("1"), StepState::Complete);
}

#[test]
fn a_hold_waits_for_everybody_who_releases_it() {
    let releases = json!([{"role": "supervisor", "meaning": "hold_released", "count": 2}, {"role": "verifier", "meaning": "hold_released"}]);
    let mut bench =
        asked(json!({"id": "1", "type": "hold", "title": "Hold", "instruction": "WAIT.", "signoff": releases}));
    bench.begins("1");
    let release = json!({"intent": "release_hold", "step": "1"});
    assert_eq!(
        outstanding(&bench),
        [Outstanding::Release(role("supervisor"), 2), Outstanding::Release(role("verifier"), 1)]
    );
    bench.does("mia", release.clone());
    assert_eq!(bench.says("mia", release.clone()), Err(vec![GateCode::FirstTime]));
    bench.does("lin", release.clone());
    assert_eq!(bench.state("1"), StepState::Active);
    bench.does("pia", release);
    assert_eq!(bench.state("1"), StepState::Complete);
}

fn polled(name: &str, left: u32) -> Outstanding {
    Outstanding::Work(Waits::GoNoGo(poll::Waits { role: role(name), left }))
}

#[test]
fn a_poll_asks_as_many_persons_as_it_says() {
    let poll = json!(["verifier", {"role": "supervisor", "count": 2}]);
    let mut bench = asked(json!({"id": "1", "type": "go_no_go", "title": "Poll", "instruction": "ASK.", "poll": poll}));
    bench.begins("1");
    let go = |role: &str| json!({"intent": "poll", "step": "1", "role": role, "answer": "go"});
    assert_eq!(outstanding(&bench), [polled("verifier", 1), polled("supervisor", 2)]);
    bench.does("mia", go("supervisor"));
    assert_eq!(bench.says("mia", go("supervisor")), Err(vec![GateCode::FirstTime]));
    bench.does("lin", go("verifier"));
    assert_eq!(bench.state("1"), StepState::Active);
    bench.does("pia", go("supervisor"));
    assert_eq!(bench.state("1"), StepState::Complete);
}

#[test]
pub(super) fn an_approval_of_the_run_that_cannot_count_is_refused_with_the_reason_and_who_could() {
    let mut bench = asked(action("1", json!({})));
    bench.begins("1");
    bench.performs("1");
    let wrong = looked_at(&mut bench, "ana", &closes_with("approved"), GateCode::Counts);
    assert_eq!(
        (wrong["could"].as_str(), wrong["reason"].contains("supervisor, not performer")),
        ("mia pia", true),
        "{wrong:?}"
    );
    let other = looked_at(&mut bench, "mia", &closes_with("reviewed"), GateCode::Counts);
    assert!(other["reason"].contains("asked for approved, not for reviewed"), "{other:?}");
    bench.does("mia", closes_with("approved"));
    let again = looked_at(&mut bench, "mia", &closes_with("approved"), GateCode::Counts);
    assert_eq!((again["could"].as_str(), again["reason"].contains("already")), ("pia", true), "{again:?}");
}

#[test]
fn who_performed_is_told_that_his_approval_does_not_count() {
    let closure = json!([{"id": "C1", "role": "supervisor", "meaning": "approved", "count": 1, "when": "either", "not": ["verifier"]}]);
    let steps = json!([action("1", json!({"performed_by": "verifier"}))]);
    let mut bench = Bench::with(steps, json!({}), json!({"closure": closure}));
    bench.does("lin", json!({"intent": "begin", "step": "1"}));
    bench.does("lin", json!({"intent": "perform", "step": "1"}));
    let refused = looked_at(&mut bench, "lin", &closes_with("approved"), GateCode::Counts);
    assert!(refused["reason"].contains("the profile asks supervisor"), "{refused:?}");
}

#[test]
fn a_rule_for_the_sealed_run_takes_nothing_before() {
    let closure = json!([{"id": "C1", "role": "supervisor", "meaning": "approved", "count": 1, "when": "after"}]);
    let mut bench = Bench::with(json!([action("1", json!({}))]), json!({}), json!({"closure": closure}));
    bench.begins("1");
    bench.performs("1");
    let refused = looked_at(&mut bench, "mia", &closes_with("approved"), GateCode::Counts);
    assert_eq!(refused["reason"], "C1: it is signed over the sealed run, not before");
}

fn attaches(bench: &mut Bench, requirement: Option<&str>, media_type: &str) -> String {
    let digest = crate::kernel::canon::digest::hex(&crate::kernel::canon::digest::sha256(media_type.as_bytes()));
    let file = json!({"blake3": format!("blake3:{digest}"), "sha256": format!("sha256:{digest}"),
        "size": 1, "media_type": media_type, "name": "a", "origin": "file", "mtime": null});
    bench.does("ana", json!({"intent": "attach", "step": "1", "requirement": requirement, "file": file}));
    format!("blake3:{digest}")
}

#[test]
pub(super) fn what_the_profile_demands_of_critical_steps_is_asked_for_beside_what_the_author_wants() {
    let require = json!({"require": [{"steps": "critical", "evidence": "photo", "count": 2}]});
    let own = json!([{"id": "before", "kind": "photo", "prompt": "Show it"}]);
    let steps = json!([action("1", json!({"critical": true, "evidence": own})), action("2", json!({}))]);
    let mut bench = Bench::with(steps, json!({}), require);
    bench.begins("1");
    let files = |id: &str| Outstanding::Evidence(id.parse().unwrap());
    assert_eq!(outstanding(&bench), [files("before"), files("profile.photo"), Outstanding::Perform]);
    attaches(&mut bench, Some("before"), "image/png");
    assert_eq!(bench.says("ana", json!({"intent": "perform", "step": "1"})), Err(vec![GateCode::EvidenceAttached]));
    attaches(&mut bench, Some("profile.photo"), "image/jpeg");
    bench.performs("1");
    bench.begins("2");
    bench.performs("2");
    bench.closes().unwrap();
}

#[test]
pub(super) fn a_form_is_refused_until_it_holds_what_the_profile_demands() {
    let rules = json!({"deviations": [
        {"id": "R99", "when": {}, "outcome": "review", "form": {"evidence": "photo", "compensation": true, "affected": true}}]});
    let mut bench = Bench::with(json!([reading(json!({}))]), json!({}), rules);
    bench.begins("1");
    bench.enters("1", "0.35").unwrap();
    let mut form = deviation(Some("1"), "continue");
    let missing = looked_at(&mut bench, "ana", &form, GateCode::Form)["missing"].clone();
    for part in ["evidence:", "compensating_action:", "affected:"] {
        assert!(missing.contains(part), "{missing}");
    }
    form["statement"]["compensating_action"] = json!("a second gauge was read");
    form["statement"]["affected"] = json!({"items": [{"type": "component", "id": "PG-1"}]});
    attaches(&mut bench, None, "text/plain");
    assert_eq!(bench.says("ana", form.clone()), Err(vec![GateCode::Form]));
    let photo = attaches(&mut bench, None, "image/png");
    form["statement"]["evidence"] = json!([photo]);
    bench.does("ana", form);
}

#[test]
fn a_watch_without_an_end_is_looked_at_before_the_run_is_closed() {
    let watch = json!({"watches": [{"id": "dry", "text": "The floor is dry", "every": "30min"}]});
    let mut bench = Bench::with(json!([action("1", json!({}))]), watch, json!({}));
    bench.begins("1");
    bench.performs("1");
    assert_eq!(bench.closes(), Err(vec![GateCode::Watched]));
    bench.does("ana", json!({"intent": "observe", "watch": "dry", "ok": true}));
    bench.closes().unwrap();
}

#[test]
fn a_notice_is_asked_for_before_the_rest_of_its_step_and_the_witness_after_it() {
    let mut bench = begun(json!({"id": "1", "type": "witness", "title": "Witness", "instruction": "SHOW it.",
        "witness": {"by": "witness", "notice": "60min"}, "evidence": [{"id": "photo", "kind": "photo", "prompt": "Page"}]}));
    let asked = |bench: &Bench| bench.run.outstanding(&"1".parse().unwrap());
    assert!(
        matches!(
            asked(&bench)[..],
            [Outstanding::Work(Waits::Witness(witness::Waits::Notice(_))), Outstanding::Evidence(_)]
        ),
        "{:?}",
        asked(&bench)
    );
    bench.does("ana", json!({"intent": "notify_witness", "step": "1", "party": "Lin", "by": "in person"}));
    assert!(
        matches!(
            asked(&bench)[..],
            [Outstanding::Evidence(_), Outstanding::Work(Waits::Witness(witness::Waits::Attendance(..)))]
        ),
        "{:?}",
        asked(&bench)
    );
}
