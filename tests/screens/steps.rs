//! The step on the screen: what stays in sight, gauges and tables, holds, the clock, and evidence.

use super::kit::bench::{acts, at_work, drawn, keys, on, picture, press, screen, small, types};
use crate::world::World;
use asrun::tui::ground::effect::{Effect, FolderLine, Outcome};
use asrun::tui::machine::app::Message;
use crossterm::event::KeyCode::{Char, End, Enter, F, PageDown, PageUp};
use serde_json::json;
use std::path::PathBuf;

#[test]
fn a_long_step_scrolls_and_what_enter_does_stays_in_sight() {
    let world = World::new();
    let long =
        format!("\"READ the pressure. {}The last word is heron.\"", "Wait until the needle stands still. ".repeat(40));
    let package = small(&world, &[("\"READ the pressure.\"", &long)]);
    let (mut app, _) = on(&world, &package, &[]);
    let text = drawn(&app, 80, 24);
    assert!(text.contains("begin step 1") && !text.contains("heron") && text.contains("more below"), "{text}");
    for _ in 0..20 {
        press(&mut app, PageDown);
    }
    let text = drawn(&app, 80, 24);
    assert!(text.contains("begin step 1") && text.contains("heron") && text.contains("more above"), "{text}");
    for _ in 0..20 {
        press(&mut app, PageUp);
    }
    assert!(!drawn(&app, 80, 24).contains("more above"));
}

#[test]
fn a_gauge_shows_where_a_typed_number_stands_between_its_limits() {
    let world = World::new();
    let package = small(&world, &[("accept: {max: \"0.20\"}", "accept: {min: \"0.10\", max: \"0.20\"}")]);
    let (mut app, mut session) = on(&world, &package, &[]);
    keys(&mut app, &mut session, &[Enter, Enter]);
    types(&mut app, "0.1");
    types(&mut app, "8");
    let text = drawn(&app, 80, 24);
    assert!(text.contains("0.02 bar below the upper limit (0.20 bar)"), "{text}");
    assert!(text.lines().any(|l| l.contains("0.10 ") && l.contains('*') && l.contains("┼")), "{text}");
}

#[test]
fn a_reading_in_another_unit_shows_what_it_is_in_the_unit_of_the_plan() {
    let world = World::new();
    let package = small(&world, &[]);
    let (mut app, mut session) = on(&world, &package, &[]);
    keys(&mut app, &mut session, &[Enter, Enter]);
    types(&mut app, "8 kPa");
    let text = drawn(&app, 80, 24);
    assert!(text.contains("= 0.08 bar: inside the limits, 0.12 bar below the upper limit (0.20 bar)"), "{text}");
    keys(&mut app, &mut session, &[Enter]);
    let text = drawn(&app, 80, 24);
    assert!(text.contains("8 kPa = 0.08 bar  in limits"), "{text}");
}

const TABLE: (&str, &str) = (
    "          - id: p_res\n            type: number\n            unit: bar\n            limits: {accept: {max: \"0.20\"}, plausible: {min: \"-1\", max: \"40\"}}\n",
    "          - id: points\n            type: table\n            rows: [{id: north, text: North end}, {id: south, text: South end}]\n            columns:\n              - {id: low, type: number, unit: bar, limits: {accept: {max: \"0.20\"}}}\n              - {id: high, type: number, unit: bar, limits: {accept: {max: \"0.90\"}}}\n",
);

#[test]
fn a_table_is_shown_as_a_grid_and_goes_on_from_cell_to_cell() {
    let world = World::new();
    let package = small(&world, &[TABLE]);
    let (mut app, mut session) = on(&world, &package, &[]);
    keys(&mut app, &mut session, &[Enter, Enter]);
    let text = drawn(&app, 80, 24);
    assert!(text.contains("North end") && text.contains("South end") && text.contains("▶ next"), "{text}");
    types(&mut app, "0.11");
    keys(&mut app, &mut session, &[Enter]);
    let text = drawn(&app, 80, 24);
    assert!(screen(&app).dialog.is_some(), "the next cell opens by itself");
    let row = text.lines().find(|l| l.contains("North end ")).unwrap();
    assert!(row.contains("0.11") && row.contains("▶ next"), "{text}");
}

#[test]
fn the_help_does_what_is_chosen_in_it() {
    let world = World::new();
    let (mut app, _) = at_work(&world);
    press(&mut app, Char(':'));
    types(&mut app, "remark");
    assert!(drawn(&app, 80, 24).contains("leave a remark"));
    press(&mut app, Enter);
    assert!(drawn(&app, 80, 24).contains("Remark *"), "{}", drawn(&app, 80, 24));
    types(&mut app, "at 12:30?");
    assert!(drawn(&app, 80, 24).contains("at 12:30?"), "a text field takes every printable key");
}

#[test]
fn a_hold_takes_the_whole_screen_and_names_who_releases_it() {
    let world = World::new();
    let (mut app, mut session) = at_work(&world);
    acts(&mut app, &mut session, "a.ortiz", json!([{"intent": "begin", "step": "1"}]));
    assert!(!drawn(&app, 80, 24).contains("HOLD POINT"));
    let package = small(
        &world,
        &[
            ("        type: check\n        title: Check valve\n", "        type: hold\n        title: Check valve\n"),
            (
                "        verification: {mode: peer, by: verifier}\n",
                "        signoff: [{role: supervisor, meaning: hold_released}]\n",
            ),
            (
                "          - {id: photo, kind: any, min: 1, required: true, prompt: Gauge readable}\n",
                "          - {id: photo, kind: any, min: 1, required: false, prompt: Gauge readable}\n",
            ),
        ],
    );
    let (mut app, mut session) = on(&world, &package, &[("supervisor", "m.berg")]);
    acts(
        &mut app,
        &mut session,
        "a.ortiz",
        json!([
            {"intent": "begin", "step": "1"},
            {"intent": "enter", "step": "1", "input": "p_res", "raw": "0.05"},
            {"intent": "perform", "step": "1"},
            {"intent": "begin", "step": "2"},
        ]),
    );
    let text = drawn(&app, 80, 24);
    assert!(text.contains("HOLD POINT 2") && text.contains("only supervisor releases it: m.berg"), "{text}");
    assert!(!text.contains(" Steps "), "{text}");
}

#[test]
fn the_step_says_how_long_it_is_worked_on_and_a_pause_how_long_it_was() {
    let world = World::new();
    let (mut app, mut session) = at_work(&world);
    keys(&mut app, &mut session, &[Enter]);
    let started = screen(&app).begun().unwrap();
    let later = asrun::kernel::model::time::Timestamp::from_millis(started.millis() + 65_000);
    app.update(Message::Tick(later));
    assert!(drawn(&app, 80, 24).contains("for 1 min 05 s"), "{}", drawn(&app, 80, 24));
    acts(&mut app, &mut session, "a.ortiz", json!([{"intent": "pause", "reason": "lunch"}]));
    acts(&mut app, &mut session, "a.ortiz", json!([{"intent": "resume"}]));
    assert!(screen(&app).notice.1.contains("after 0 s"), "{:?}", screen(&app).notice);
}

#[test]
fn several_files_are_marked_captioned_and_attached_at_once() {
    let world = World::new();
    let (mut app, mut session) = at_work(&world);
    keys(&mut app, &mut session, &[Enter]);
    press(&mut app, F(5));
    let line = |name: &str| FolderLine {
        path: PathBuf::from("/x").join(name),
        name: name.into(),
        is_folder: false,
        size: 7,
        facts: Vec::new(),
    };
    app.update(Message::Outcome(Outcome::Folder(
        PathBuf::from("/x"),
        vec![line("a.jpg"), line("b.jpg"), line("c.jpg")],
    )));
    press(&mut app, Char(' '));
    press(&mut app, Char(' '));
    press(&mut app, Char('c'));
    press(&mut app, End);
    types(&mut app, "both");
    press(&mut app, Enter);
    assert!(drawn(&app, 80, 24).contains("2 files are marked"), "{}", drawn(&app, 80, 24));
    let effects = press(&mut app, Enter);
    let [Effect::Capture(_, to, files)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(to.requirement.as_ref().map(ToString::to_string).as_deref(), Some("photo"));
    let names: Vec<_> =
        files.iter().map(|(p, c)| (p.file_name().unwrap().to_str().unwrap(), c.as_deref().unwrap())).collect();
    assert_eq!(names, [("a.jpg", "both"), ("b.jpg", "both")]);
}

/// The answer to go or no-go, the attendance of a witness, a message: whoever must act can act here.
#[test]
fn the_acts_of_the_widened_language_are_done_at_the_screen() {
    let world = World::new();
    let poll = "        type: go_no_go\n        title: Check valve\n        instruction: \"ASK each role.\"\n        poll: [supervisor]\n";
    let changes = [
        (
            "        type: check\n        title: Check valve\n        instruction: \"CHECK that the valve is closed.\"\n        verification: {mode: peer, by: verifier}\n",
            poll,
        ),
        (
            "          - {id: photo, kind: any, min: 1, required: true, prompt: Gauge readable}\n",
            "          - {id: photo, kind: any, min: 1, required: false, prompt: Gauge readable}\n",
        ),
    ];
    let package = small(&world, &changes);
    let (mut app, mut session) = on(&world, &package, &[("supervisor", "m.berg")]);
    acts(
        &mut app,
        &mut session,
        "a.ortiz",
        json!([
            {"intent": "begin", "step": "1"},
            {"intent": "enter", "step": "1", "input": "p_res", "raw": "0.05"},
            {"intent": "perform", "step": "1"},
            {"intent": "begin", "step": "2"},
        ]),
    );
    assert!(drawn(&app, 80, 24).contains("supervisor: go or no-go"), "{}", drawn(&app, 80, 24));
    keys(&mut app, &mut session, &[Enter, Char('1'), Enter, Char('1')]);
    picture(&app, "poll");
    keys(&mut app, &mut session, &[Enter, Enter]);
    assert!(drawn(&app, 80, 24).contains("m.berg signs: poll"), "{}", drawn(&app, 80, 24));
    types(&mut app, "demo");
    keys(&mut app, &mut session, &[Enter]);
    let text = drawn(&app, 80, 24);
    assert!(!text.contains("Refused") && !text.contains("supervisor: go or no-go"), "{text}");
    press(&mut app, Char('['));
    assert!(drawn(&app, 80, 24).contains("supervisor: GO"), "{}", drawn(&app, 80, 24));
    press(&mut app, Char('['));
    assert!(drawn(&app, 80, 24).contains("Performed by a.ortiz at"), "{}", drawn(&app, 80, 24));
}
