//! Answers from another machine: they count as the act of who signed them, and only where they were asked for.

use super::*;
use crate::kernel::canon;
use crate::kernel::run::request::{Answer, AnswerFormat};
use crate::kernel::signature::Namespace;

fn waiting() -> Bench {
    let hold = json!({"id": "1", "type": "hold", "title": "Hold", "instruction": "HOLD.",
        "signoff": [{"role": "supervisor", "meaning": "hold_released"}]});
    let mut bench = Bench::new(json!([hold]));
    bench.begins("1");
    bench.does("ana", json!({"intent": "request", "asked": {"kind": "hold", "id": "1"}, "to": "supervisor"}));
    bench
}

fn answer(bench: &Bench, person: &str) -> Answer {
    let request = bench.run.request_file(&"REQ-0001".parse().unwrap()).unwrap();
    Answer {
        format: AnswerFormat::V1,
        intent: Intent::ReleaseHold { comment: Some("seen".into()), step: "1".parse().unwrap() },
        person: person.parse().unwrap(),
        record: request.record,
        request: request.request,
        run: request.run,
        time: bench.now.time,
    }
}

/// Imports an answer that `by` signed and returns the fault that is named, if any.
fn imported(bench: &mut Bench, answer: &Answer, by: &str) -> Result<(), String> {
    let text = String::from_utf8(canon::encode(answer).unwrap()).unwrap();
    let signature = signer(by).sign_ssh(Namespace::Answer, text.as_bytes());
    import(bench, text, signature)
}

fn import(bench: &mut Bench, answer: String, signature: String) -> Result<(), String> {
    let who = Who { person: "ana".parse().unwrap(), key: signer("ana").id() };
    let intent = Intent::ImportAnswer { answer, signature };
    let refused = bench.run.decide(&intent, &who, &bench.now).err().map(|refusal| refusal.message());
    let acted = bench.act("ana", &intent);
    assert_eq!(acted.is_err(), refused.is_some());
    refused.map_or(Ok(()), Err)
}

#[test]
fn a_signed_answer_releases_the_hold_as_the_act_of_who_signed_it() {
    let mut bench = waiting();
    bench.does("mia", json!({"intent": "lock_session"}));
    let good = answer(&bench, "mia");
    imported(&mut bench, &good, "mia").unwrap();
    assert_eq!(bench.state("1"), StepState::Complete);
    assert!(bench.run.acted_as(&"mia".parse().unwrap(), &"supervisor".parse().unwrap()));
    assert!(imported(&mut bench, &good, "mia").unwrap_err().contains("no such request is open"));
}

#[test]
fn an_answer_is_about_the_step_that_it_decides_and_a_departure_about_that_of_its_facts() {
    let mut bench = waiting();
    let good = answer(&bench, "mia");
    imported(&mut bench, &good, "mia").unwrap();
    assert_eq!(steps_of(&bench, "answer.imported"), [Some("1")]);
    let mut bench = Bench::new(json!([action("1", json!({"type": "check"}))]));
    bench.begins("1");
    bench.does("ana", json!({"intent": "check", "step": "1", "result": "fail", "as_found": "open"}));
    bench.does("ana", deviation(Some("1"), "continue"));
    assert_eq!(steps_of(&bench, "deviation.raised"), [Some("1")]);
}

/// The step of each record of a kind.
fn steps_of<'a>(bench: &'a Bench, kind: &str) -> Vec<Option<&'a str>> {
    let of_kind = bench.records.iter().map(|signed| &signed.record().event).filter(|event| event.kind() == kind);
    of_kind.map(|event| event.step().map(StepId::as_str)).collect()
}

#[test]
fn an_answer_holds_in_no_other_hands_place_or_time() {
    let mut bench = waiting();
    let good = answer(&bench, "mia");
    assert!(imported(&mut bench, &good, "lin").unwrap_err().contains("not listed under this person"));
    let as_lin = Answer { person: "lin".parse().unwrap(), ..good.clone() };
    assert!(imported(&mut bench, &as_lin, "lin").unwrap_err().contains("not bound to the role"));
    let of_another_run = Answer { run: "01JDZ3Q4M5N6P7R8S9T0V1W2X4".parse().unwrap(), ..good.clone() };
    assert!(imported(&mut bench, &of_another_run, "mia").unwrap_err().contains("another run"));
    let early = Answer { time: T0.parse().unwrap(), ..good.clone() };
    assert!(imported(&mut bench, &early, "mia").unwrap_err().contains("between the request and now"));
    let something_else = Answer {
        intent: Intent::Note {
            kind: crate::kernel::model::entry::NoteKind::Observation,
            step: None,
            text: "hello".into(),
        },
        ..good.clone()
    };
    assert!(imported(&mut bench, &something_else, "mia").unwrap_err().contains("something else"));
    let text = String::from_utf8(canon::encode(&good).unwrap()).unwrap();
    let signed_elsewhere = signer("mia").sign_ssh(Namespace::Signoff, text.as_bytes());
    assert!(import(&mut bench, text.clone(), signed_elsewhere).unwrap_err().contains("signoff@asrun"));
    let signature = signer("mia").sign_ssh(Namespace::Answer, text.as_bytes());
    let altered = text.replace("seen", "sees");
    assert!(import(&mut bench, altered, signature).is_err());
    assert_eq!(bench.state("1"), StepState::Active);
    imported(&mut bench, &good, "mia").unwrap();
}

#[test]
fn an_answer_to_something_that_changed_since_is_refused() {
    let mut bench = Bench::new(json!([reading(json!({}))]));
    bench.begins("1");
    bench.enters("1", "0.35").unwrap();
    bench.deviates(Some("1"), "continue").unwrap();
    bench.does("ana", json!({"intent": "request", "asked": {"kind": "review", "id": "DEV-0001"}, "to": "supervisor"}));
    let review =
        json!({"intent": "review_deviation", "deviation": "DEV-0001", "decision": "accept", "comment": "fine"});
    let good = Answer { intent: serde_json::from_value(review).unwrap(), ..answer(&bench, "mia") };
    let statement = json!({"code": "TST-ANY", "description": "something else was seen", "immediate_action": {"text": "told"},
        "process": "continue", "justification": "holds"});
    bench.does(
        "ana",
        json!({"intent": "amend_deviation", "deviation": "DEV-0001", "reason": "more", "statement": statement}),
    );
    assert!(imported(&mut bench, &good, "mia").unwrap_err().contains("changed since"));
    bench.does("ana", json!({"intent": "request", "asked": {"kind": "review", "id": "DEV-0001"}, "to": "supervisor"}));
    let second = bench.run.request_file(&"REQ-0002".parse().unwrap()).unwrap();
    let again = Answer { record: second.record, request: second.request, time: bench.now.time, ..good };
    imported(&mut bench, &again, "mia").unwrap();
    assert_eq!(bench.run.deviations()[0].reviews[0].person.as_str(), "mia");
}

#[test]
pub(super) fn nothing_is_asked_for_that_nobody_waits_for() {
    let mut bench = Bench::new(json!([action("1", json!({}))]));
    let ask = json!({"intent": "request", "asked": {"kind": "hold", "id": "1"}, "to": "supervisor"});
    assert_eq!(bench.says("ana", ask), Err(vec![GateCode::RequestOpen]));
}

#[test]
fn a_request_for_a_blind_verification_shows_nothing_of_what_the_performer_read() {
    let mut bench = Bench::new(json!([reading(
        json!({"verification": {"mode": "independent", "by": "verifier", "observe": ["p"]}})
    )]));
    bench.begins("1");
    bench.enters("1", "0.0517").unwrap();
    bench.performs("1");
    bench.does("ana", json!({"intent": "request", "asked": {"kind": "verification", "id": "1"}, "to": "verifier"}));
    let request = bench.run.request_file(&"REQ-0001".parse().unwrap()).unwrap();
    assert!(!String::from_utf8(canon::encode(&request).unwrap()).unwrap().contains("0.0517"));
    let verify = json!({"intent": "verify", "step": "1", "values": {"p": "0.0517"}});
    let good = Answer { intent: serde_json::from_value(verify).unwrap(), ..answer(&bench, "lin") };
    imported(&mut bench, &good, "lin").unwrap();
    assert_eq!(bench.state("1"), StepState::Complete);
}

/// Asks, and takes in what the person who was asked signed elsewhere.
fn asks(bench: &mut Bench, (kind, id, to): (&str, &str, &str), (person, reply): (&str, serde_json::Value)) {
    bench.does("ana", json!({"intent": "request", "asked": {"kind": kind, "id": id}, "to": to}));
    bench.does(person, json!({"intent": "lock_session"}));
    let good = Answer { intent: serde_json::from_value(reply).unwrap(), ..answer(bench, person) };
    imported(bench, &good, person).unwrap();
}

#[test]
fn a_witness_who_signed_elsewhere_attended() {
    let mut bench = Bench::new(json!([{"id": "1", "type": "witness", "title": "Witness", "instruction": "SHOW it.",
        "witness": {"by": "witness", "notice": "60min"}}]));
    bench.begins("1");
    bench.does("mia", json!({"intent": "bind_crew", "person": "lin", "role": "witness"}));
    bench.does("ana", json!({"intent": "notify_witness", "step": "1", "party": "Lin", "by": "telephone"}));
    let reply = json!({"intent": "attend", "step": "1", "outcome": "attended"});
    asks(&mut bench, ("witness", "1", "witness"), ("lin", reply));
    assert_eq!(bench.state("1"), StepState::Complete);
}

#[test]
fn a_go_that_was_signed_elsewhere_is_an_answer_of_the_poll() {
    let mut bench = Bench::new(json!([{"id": "1", "type": "go_no_go", "title": "Go", "instruction": "ANSWER.",
        "poll": ["supervisor"]}]));
    bench.begins("1");
    let reply = json!({"intent": "poll", "step": "1", "role": "supervisor", "answer": "go"});
    asks(&mut bench, ("poll", "1", "supervisor"), ("mia", reply));
    assert_eq!(bench.state("1"), StepState::Complete);
}

#[test]
fn a_review_that_was_signed_elsewhere_stands_at_its_deviation() {
    let mut bench = Bench::new(json!([reading(json!({}))]));
    bench.begins("1");
    bench.enters("1", "0.3").unwrap();
    bench.deviates(Some("1"), "continue").unwrap();
    let reply =
        json!({"intent": "review_deviation", "deviation": "DEV-0001", "decision": "accept", "comment": "Seen."});
    asks(&mut bench, ("review", "DEV-0001", "supervisor"), ("mia", reply));
    assert_eq!(bench.run.deviations()[0].reviews.len(), 1);
}
