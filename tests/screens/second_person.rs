//! The second person at the screen: what is hidden, what is shown before signing, what is offered.

use super::kit::bench::{acts, at_work, drawn, keys, on, perform, press, screen, small, types};
use crate::world::World;
use asrun::kernel::records::intent::Intent;
use asrun::session::Session;
use asrun::tui::ground::effect::Effect;
use asrun::tui::ground::theme::Role;
use asrun::tui::machine::app::App;
use crossterm::event::KeyCode;
use crossterm::event::KeyCode::{Char, Enter, F};
use serde_json::json;

const BLIND: (&str, &str) = (
    "        evidence:\n          - {id: photo, kind: any, min: 1, required: true, prompt: Gauge readable}\n",
    "        verification: {mode: independent, by: verifier, blind: true, observe: [p_res]}\n",
);

const SIGNED: (&str, &str) = (
    "        verification: {mode: peer, by: verifier}\n",
    "        signoff: [{role: supervisor, meaning: reviewed}]\n",
);

/// Step 1 performed with a reading of 0.1375; it waits for its blind verifier.
fn awaiting_the_verifier(world: &World) -> (App, Session) {
    let package = small(world, &[BLIND]);
    let (mut app, mut session) = on(world, &package, &[("verifier", "l.chen"), ("supervisor", "m.berg")]);
    let work = json!([
        {"intent": "begin", "step": "1"},
        {"intent": "enter", "step": "1", "input": "p_res", "raw": "0.1375"},
        {"intent": "perform", "step": "1"}
    ]);
    acts(&mut app, &mut session, "a.ortiz", work);
    assert!(drawn(&app, 120, 40).contains("0.1375"), "the performer sees what the performer read");
    (app, session)
}

fn hidden(app: &App) {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let text = drawn(app, width, height);
        assert!(!text.contains("0.1375"), "{text}");
    }
}

#[test]
fn a_blind_verifier_never_sees_the_reading_beside_the_form() {
    let world = World::new();
    let (mut app, mut session) = awaiting_the_verifier(&world);
    press(&mut app, Enter);
    assert!(drawn(&app, 120, 40).contains("Second person"));
    hidden(&app);
    keys(&mut app, &mut session, &[Char('1'), Enter]);
    assert!(drawn(&app, 120, 40).contains("l.chen verifies"));
    hidden(&app);
    types(&mut app, "0.14");
    press(&mut app, F(9));
    hidden(&app);
    press(&mut app, KeyCode::Esc);
    hidden(&app);
    press(&mut app, Enter);
    assert!(drawn(&app, 120, 40).contains("Passphrase of l.chen"));
    hidden(&app);
    types(&mut app, "wrong");
    let effects = press(&mut app, Enter);
    hidden(&app);
    perform(&mut app, &mut session, effects);
    hidden(&app);
}

#[test]
fn a_blind_verifier_sees_nothing_while_the_record_is_being_written() {
    let world = World::new();
    let (mut app, mut session) = awaiting_the_verifier(&world);
    keys(&mut app, &mut session, &[Enter, Char('1'), Enter]);
    types(&mut app, "0.1");
    press(&mut app, Enter);
    types(&mut app, "demo");
    let effects = press(&mut app, Enter);
    assert!(!effects.is_empty());
    assert!(drawn(&app, 80, 24).contains("unlocking"), "the key is opened beside the screen");
    hidden(&app);
}

#[test]
fn returning_is_for_deviations_and_is_not_offered_for_the_run() {
    let world = World::new();
    let (mut app, mut session) = at_work(&world);
    keys(&mut app, &mut session, &[F(7), Char('2'), Enter]);
    assert!(drawn(&app, 120, 40).contains("m.berg: review"), "{}", drawn(&app, 120, 40));
    keys(&mut app, &mut session, &[Char('1'), Enter]);
    let text = drawn(&app, 120, 40);
    assert!(text.contains("reject") && !text.contains("return: it is"), "{text}");
    keys(&mut app, &mut session, &[Char('3'), Enter]);
    types(&mut app, "no");
    keys(&mut app, &mut session, &[Enter]);
    assert!(!drawn(&app, 120, 40).contains("signs: sign"), "{}", drawn(&app, 120, 40));
}

#[test]
fn a_locked_person_sees_what_is_signed_before_the_passphrase_unlocks_and_signs() {
    let world = World::new();
    let (mut app, mut session) = awaiting_the_verifier(&world);
    keys(&mut app, &mut session, &[Enter, Char('1'), Enter]);
    types(&mut app, "0.1201");
    press(&mut app, Enter);
    let text = drawn(&app, 120, 40);
    for words in ["l.chen signs: verify", "step 1: Read pressure", "p_res: 0.1201", "Passphrase of l.chen"] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

const WITNESSED: (&str, &str) = (
    "        verification: {mode: peer, by: verifier}\n",
    "        signoff: [{role: witness, meaning: witnessed}, {role: supervisor, meaning: approved}]\n",
);

#[test]
fn a_witness_is_asked_for_at_the_screen_before_the_step_closes() {
    let world = World::new();
    let roles = ("roles: [performer, verifier, supervisor]", "roles: [performer, verifier, supervisor, witness]");
    let package = small(&world, &[WITNESSED, roles]);
    let (mut app, mut session) = on(&world, &package, &[("supervisor", "m.berg"), ("witness", "p.sato")]);
    let work = json!([
        {"intent": "deviate", "step": "1", "statement": {"code": "SML-ANY", "description": "no gauge is there to read",
            "immediate_action": {"text": "told the lead"}, "process": "defer", "return_before": "3"}},
        {"intent": "defer", "step": "1"},
        {"intent": "begin", "step": "2"},
        {"intent": "check", "step": "2", "result": "pass"},
        {"intent": "perform", "step": "2"}
    ]);
    acts(&mut app, &mut session, "a.ortiz", work);
    let text = drawn(&app, 120, 40);
    for words in ["witness signs: witnessed; supervisor", "signs: approved", "hand over: witness signs witnessed"] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    keys(&mut app, &mut session, &[Enter]);
    let text = drawn(&app, 120, 40);
    assert!(text.contains("p.sato") && !text.contains("Who [ m.berg"), "{text}");
}

#[test]
fn a_locked_person_signs_a_step_and_the_step_is_complete() {
    let world = World::new();
    let package = small(&world, &[SIGNED]);
    let (mut app, mut session) = on(&world, &package, &[("supervisor", "m.berg")]);
    let file = world.file("gauge.txt", "needle at 0.05\n");
    acts(
        &mut app,
        &mut session,
        "a.ortiz",
        json!([
            {"intent": "begin", "step": "1"},
            {"intent": "enter", "step": "1", "input": "p_res", "raw": "0.05"},
        ]),
    );
    let to = asrun::session::Attachment {
        step: "1".parse().unwrap(),
        requirement: Some("photo".parse().unwrap()),
        caption: None,
        sensitivity: asrun::kernel::model::evidence::Sensitivity::Normal,
    };
    let bytes = asrun::session::Bytes::File(file, asrun::store::Progress::default());
    session.submit(&"a.ortiz".parse().unwrap(), asrun::session::Act::Attach(to, bytes), None).unwrap();
    acts(
        &mut app,
        &mut session,
        "a.ortiz",
        json!([
            {"intent": "perform", "step": "1"},
            {"intent": "begin", "step": "2"},
            {"intent": "check", "step": "2", "result": "pass"},
            {"intent": "perform", "step": "2"},
        ]),
    );
    keys(&mut app, &mut session, &[Enter, Char('1'), Enter]);
    let text = drawn(&app, 120, 40);
    assert!(text.contains("m.berg signs: sign") && text.contains("reviewed"), "{text}");
    types(&mut app, "demo");
    let effects = press(&mut app, Enter);
    assert!(
        matches!(&effects[..], [Effect::Unlock(_, _, Some(i))] if matches!(**i, Intent::Sign { .. })),
        "{effects:?}"
    );
    perform(&mut app, &mut session, effects);
    let step = "2".parse().unwrap();
    assert_eq!(screen(&app).run.step(&step).unwrap().state.word(), "complete");
}

#[test]
fn the_line_that_says_what_was_recorded_hides_a_value_that_is_read_blind_and_marks_one_that_fails() {
    let told = |changes: &[(&str, &str)], raw: &str| {
        let world = World::new();
        let package = small(&world, changes);
        let (mut app, mut session) = on(&world, &package, &[("verifier", "l.chen"), ("supervisor", "m.berg")]);
        let enter = json!({"intent": "enter", "step": "1", "input": "p_res", "raw": raw});
        acts(&mut app, &mut session, "a.ortiz", json!([{"intent": "begin", "step": "1"}, enter]));
        screen(&app).notice.clone()
    };
    assert_eq!(told(&[], "0.05"), (Role::Ok, "Record 3: 0.05 bar, in limits".to_owned()));
    assert_eq!(told(&[], "0.35"), (Role::Fail, "Record 3: 0.35 bar, OUT OF LIMITS".to_owned()));
    assert_eq!(told(&[BLIND], "0.1375"), (Role::Ok, "Record 3: p_res entered".to_owned()));
}
