//! Steps that more than one person or the clock has a part in: messages, witnesses, briefs, turnovers, waiting.

use super::kit::bench::{acts, control, drawn, keys, on, picture, screen, small, types};
use super::menu::takes;
use crate::world::World;
use asrun::kernel::model::time::Timestamp;
use asrun::session::Session;
use asrun::tui::machine::app::{App, Message};
use crossterm::event::KeyCode::{Char, Enter};
use serde_json::json;

const CHECK: &str = "        type: check\n        title: Check valve\n        instruction: \"CHECK that the valve is closed.\"\n        verification: {mode: peer, by: verifier}\n";
const NO_FILE: (&str, &str) = (
    "          - {id: photo, kind: any, min: 1, required: true, prompt: Gauge readable}\n",
    "          - {id: photo, kind: any, min: 1, required: false, prompt: Gauge readable}\n",
);
const WITNESS: (&str, &str) =
    ("roles: [performer, verifier, supervisor]", "roles: [performer, verifier, supervisor, witness]");

/// Step 1 is done; step 2 is another one, begun.
fn at(world: &World, step: &str, changes: &[(&str, &str)], crew: &[(&str, &str)]) -> (App, Session) {
    let all: Vec<(&str, &str)> = [(CHECK, step), NO_FILE].into_iter().chain(changes.iter().copied()).collect();
    let package = small(world, &all);
    let (mut app, mut session) = on(world, &package, crew);
    let work = json!([
        {"intent": "begin", "step": "1"},
        {"intent": "enter", "step": "1", "input": "p_res", "raw": "0.05"},
        {"intent": "perform", "step": "1"},
        {"intent": "begin", "step": "2"},
    ]);
    acts(&mut app, &mut session, "a.ortiz", work);
    (app, session)
}

fn seen(app: &App) -> String {
    drawn(app, 80, 24)
}

/// Every one of these is on the screen of a small terminal.
fn says(app: &App, words: &[&str]) {
    let text = seen(app);
    for word in words {
        assert!(text.contains(word), "{word} is not said\n{text}");
    }
}

fn state(app: &App, step: &str) -> &'static str {
    screen(app).run.step(&step.parse().unwrap()).unwrap().state.word()
}

/// The clock of the screen stands so many milliseconds behind the last record.
fn tick(app: &mut App, millis: i64) {
    let last = screen(app).run.last().unwrap().time.millis();
    app.update(Message::Tick(Timestamp::from_millis(last + millis)));
}

#[test]
fn a_message_is_said_repeated_back_and_confirmed() {
    let world = World::new();
    let step = "        type: communicate\n        title: Tell the ward\n        instruction: TELL the ward.\n        communicate: {kind: three_way, to: Receiving ward, message: Six cartons have left the store.}\n";
    let (mut app, mut session) = at(&world, step, &[], &[]);
    says(&app, &["send message, get repeat-back", "To Receiving ward: \"Six cartons have left the"]);
    keys(&mut app, &mut session, &[Enter]);
    says(&app, &["To Receiving ward, say:", "Six cartons have left the store.", "What was said back"]);
    types(&mut app, "Nurse Adams");
    keys(&mut app, &mut session, &[Enter]);
    types(&mut app, "Six cartons have left the store");
    picture(&app, "repeat-back");
    keys(&mut app, &mut session, &[Enter, Char('1'), Enter]);
    assert_eq!(state(&app, "2"), "complete", "{}", seen(&app));
}

#[test]
fn a_message_that_is_not_repeated_back_is_not_handed_in() {
    let world = World::new();
    let step = "        type: communicate\n        title: Tell the ward\n        instruction: TELL the ward.\n        communicate: {kind: three_way, to: Receiving ward, message: Six cartons have left the store.}\n";
    let (mut app, mut session) = at(&world, step, &[], &[]);
    keys(&mut app, &mut session, &[Enter]);
    types(&mut app, "Nurse Adams");
    let effects = control(&mut app, 's');
    assert!(effects.is_empty() && screen(&app).dialog.is_some(), "{}", seen(&app));
    assert_eq!(state(&app, "2"), "active");
}

#[test]
fn a_message_that_was_not_confirmed_is_said_again() {
    let world = World::new();
    let step = "        type: communicate\n        title: Tell the ward\n        instruction: TELL the ward.\n        communicate: {kind: three_way, to: Receiving ward, message: Six cartons have left the store.}\n";
    let (mut app, mut session) = at(&world, step, &[], &[]);
    for (heard, confirmed, then) in
        [("Five cartons", '2', "active"), ("Six cartons have left the store", '1', "complete")]
    {
        keys(&mut app, &mut session, &[Enter]);
        assert!(!seen(&app).contains("Five cartons"), "{}", seen(&app));
        types(&mut app, "Nurse Adams");
        keys(&mut app, &mut session, &[Enter]);
        types(&mut app, heard);
        keys(&mut app, &mut session, &[Enter, Char(confirmed), Enter]);
        assert_eq!(state(&app, "2"), then, "{}", seen(&app));
    }
}

#[test]
fn a_check_that_was_made_earlier_carries_its_own_time() {
    let world = World::new();
    let check =
        "        type: check\n        title: Check the vent\n        instruction: CHECK that the vent is open.\n";
    let (mut app, mut session) = at(&world, check, &[], &[]);
    let then = screen(&app).run.last().unwrap().time;
    std::thread::sleep(std::time::Duration::from_millis(5));
    takes(&mut app, &mut session, "late entry");
    says(&app, &["When it happened", "Result"]);
    keys(&mut app, &mut session, &[Char('1'), Enter, Enter]);
    types(&mut app, &then.to_string());
    keys(&mut app, &mut session, &[Enter]);
    types(&mut app, "The tablet was away");
    keys(&mut app, &mut session, &[Enter]);
    says(&app, &["record the deviation", "(late entry)"]);
    let pending = &screen(&app).run.pending()[0];
    assert_eq!(pending.event_at, Some(then));
}

const POINT: &str = "        type: witness\n        title: Inspector looks on\n        instruction: SHOW the valve.\n        witness: {by: witness, notice: 1h}\n";

/// The witness got notice; the next thing to do is to say whether the witness came.
fn told(world: &World) -> (App, Session) {
    let (mut app, mut session) = at(world, POINT, &[WITNESS], &[("witness", "p.sato")]);
    says(&app, &["give the witness notice"]);
    keys(&mut app, &mut session, &[Enter]);
    says(&app, &["Notice to the witness", "Who was told", "How, such as telephone"]);
    types(&mut app, "Customer inspector");
    keys(&mut app, &mut session, &[Enter]);
    types(&mut app, "telephone");
    keys(&mut app, &mut session, &[Enter]);
    tick(&mut app, 600_000);
    says(&app, &["Notice to the witness at", "record whether the witness came", "(50 min", "00 s left)"]);
    (app, session)
}

#[test]
fn a_witness_who_came_says_so_with_a_signature() {
    let world = World::new();
    let (mut app, mut session) = told(&world);
    keys(&mut app, &mut session, &[Enter]);
    says(&app, &["Witness of step 2", "the witness was there", "p.sato as witness", "a.ortiz, where nobody came"]);
    keys(&mut app, &mut session, &[Char('1'), Enter, Char('1'), Enter, Enter]);
    says(&app, &["p.sato signs: attend", "Passphrase of p.sato"]);
    types(&mut app, "demo");
    keys(&mut app, &mut session, &[Enter]);
    assert!(!seen(&app).contains("record whether") && !seen(&app).contains("Refused"), "{}", seen(&app));
    keys(&mut app, &mut session, &[Char('[')]);
    says(&app, &["Inspector looks on", "The witness: attended"]);
}

#[test]
fn a_witness_may_waive_the_point() {
    let world = World::new();
    let (mut app, mut session) = told(&world);
    keys(&mut app, &mut session, &[Enter, Char('2'), Enter, Char('1'), Enter, Enter]);
    says(&app, &["outcome: declined"]);
    types(&mut app, "demo");
    keys(&mut app, &mut session, &[Enter]);
    assert!(!seen(&app).contains("record whether") && !seen(&app).contains("Refused"), "{}", seen(&app));
}

#[test]
fn that_nobody_came_before_the_notice_has_run_out_is_a_departure() {
    let world = World::new();
    let (mut app, mut session) = told(&world);
    keys(&mut app, &mut session, &[Enter, Char('3'), Enter, Char('2'), Enter, Enter]);
    says(&app, &["record the deviation", "(witness notice"]);
}

#[test]
fn a_brief_is_acknowledged_by_everybody_of_the_crew() {
    let world = World::new();
    let brief = (
        "sections:\n",
        "sections:\n  - id: sec_brief\n    title: Brief\n    kind: brief\n    steps:\n      - {id: \"0\", type: acknowledge, title: Talk it over, instruction: READ this together.}\n",
    );
    let package = small(&world, &[brief]);
    let (mut app, mut session) = on(&world, &package, &[("verifier", "l.chen"), ("supervisor", "m.berg")]);
    keys(&mut app, &mut session, &[Enter]);
    says(&app, &["read and acknowledge"]);
    keys(&mut app, &mut session, &[Enter]);
    for person in ["l.chen", "m.berg"] {
        says(&app, &[&format!("hand over: {person} reads and acknowledges")]);
        keys(&mut app, &mut session, &[Enter]);
        says(&app, &["READ this together.", "Hand the terminal over."]);
        keys(&mut app, &mut session, &[Enter]);
        says(&app, &[&format!("{person} signs: acknowledge"), &format!("Passphrase of {person}")]);
        types(&mut app, "demo");
        keys(&mut app, &mut session, &[Enter]);
    }
    assert_eq!(state(&app, "0"), "complete", "{}", seen(&app));
}

#[test]
fn a_role_is_handed_over_with_its_sheet_and_taken_over_by_the_next_person() {
    let world = World::new();
    let (mut app, mut session) = at(&world, CHECK, &[], &[]);
    takes(&mut app, &mut session, "shift handover: hand");
    says(&app, &["Shift handover", "Next step: 2  Check valve", "Being worked on: 2"]);
    says(&app, &["(o) operator", "l.chen  Lin Chen"]);
    keys(&mut app, &mut session, &[Char('1'), Enter]);
    types(&mut app, "the gauge sticks");
    keys(&mut app, &mut session, &[Enter]);
    says(&app, &["a.ortiz signs: shift handover", "the gauge sticks"]);
    types(&mut app, "demo");
    keys(&mut app, &mut session, &[Enter]);
    assert!(screen(&app).run.turnover().is_some(), "{}", seen(&app));
    says(&app, &["Enter  hand over: l.chen takes the role over"]);
    keys(&mut app, &mut session, &[Enter]);
    says(&app, &["a.ortiz hands over as operator to l.chen.", "Next step: 2  Check valve", "the gauge sticks"]);
    picture(&app, "turnover");
    keys(&mut app, &mut session, &[Enter]);
    says(&app, &["l.chen signs: accept shift handover"]);
    types(&mut app, "demo");
    keys(&mut app, &mut session, &[Enter]);
    assert_eq!(screen(&app).person.as_str(), "l.chen", "the screen is that of who took over\n{}", seen(&app));
}

#[test]
fn a_wait_counts_down_and_says_how_long_when_it_is_left_too_early() {
    let world = World::new();
    let step = "        type: wait\n        title: Let it settle\n        instruction: WAIT.\n        timing: {min_wait: 5min}\n";
    let (mut app, mut session) = at(&world, step, &[], &[]);
    tick(&mut app, 60_000);
    says(&app, &["wait until", "(4 min 00 s"]);
    tick(&mut app, 61_000);
    says(&app, &["(3 min 59 s"]);
    keys(&mut app, &mut session, &[Enter]);
    says(&app, &["too early: the step may go on at", "in 3 min 59 s"]);
    picture(&app, "wait");
    assert_eq!(state(&app, "2"), "active");
}

#[test]
fn a_wait_that_is_over_is_completed_with_enter() {
    let world = World::new();
    let step = "        type: wait\n        title: Let it settle\n        instruction: WAIT.\n        timing: {min_wait: 1s}\n";
    let (mut app, mut session) = at(&world, step, &[], &[]);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    tick(&mut app, 1100);
    says(&app, &["Enter  step 2 is done"]);
    assert!(!seen(&app).contains("wait until"), "{}", seen(&app));
    keys(&mut app, &mut session, &[Enter]);
    assert_eq!(state(&app, "2"), "complete", "{}", seen(&app));
}

#[test]
fn a_calculation_shows_what_it_was_worked_out_of() {
    let world = World::new();
    let step = "        type: calculate\n        title: Margin\n        instruction: CALCULATE the margin.\n        calc: {id: margin, expr: 0.2 - p_res, unit: bar, text: Margin to the limit, limits: {accept: {min: \"0.1\"}}}\n";
    let (mut app, mut session) = at(&world, step, &[], &[]);
    says(&app, &["calculate", "Margin to the limit bar"]);
    keys(&mut app, &mut session, &[Enter]);
    for _ in 0..3 {
        if state(&app, "2") == "complete" {
            break;
        }
        keys(&mut app, &mut session, &[Enter]);
    }
    keys(&mut app, &mut session, &[Char('[')]);
    says(&app, &["0.2 - p_res", "0.2 - 0.05 is 0.15", "0.15 bar  in limits"]);
}

#[test]
fn a_step_over_its_time_says_so_and_asks_for_what_departs() {
    let world = World::new();
    let timed =
        ("        title: Read pressure\n", "        title: Read pressure\n        timing: {max_duration: 1s}\n");
    let package = small(&world, &[NO_FILE, timed]);
    let (mut app, mut session) = on(&world, &package, &[]);
    acts(&mut app, &mut session, "a.ortiz", json!([{"intent": "begin", "step": "1"}]));
    std::thread::sleep(std::time::Duration::from_millis(1100));
    session.tick().unwrap();
    acts(&mut app, &mut session, "a.ortiz", json!([]));
    says(&app, &["record the deviation"]);
}
