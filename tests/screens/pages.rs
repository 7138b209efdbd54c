//! Every screen at sizes from a stamp to a wall: nothing panics, and at 80x24 and 120x40 the text is golden.

use super::kit::bench::{LOOK, at_work, drawn, perform, press, types};
use crate::world::World;
use asrun::kernel::model::opening::Program;
use asrun::session::{Session, Station};
use asrun::tui::ground::effect::{Outcome, PackageLine};
use asrun::tui::machine::app::{App, Message, Screen};
use asrun::verify::JUDGES;
use crossterm::event::KeyCode;
use std::path::PathBuf;
use std::sync::Arc;

/// What differs from run to run is masked.
fn masked(text: &str, session: &Session) -> String {
    let id = session.run().id().as_str();
    let text = text.replace(id, "01RUN000000000000000ABC123").replace(&id[id.len() - 6..], "ABC123");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        let clock = tail.len() >= 8
            && tail.is_char_boundary(8)
            && tail[..8].chars().enumerate().all(|(i, c)| if i % 3 == 2 { c == ':' } else { c.is_ascii_digit() });
        let taken = if clock { 8 } else { 1 };
        out.push_str(if clock { "00:00:00" } else { &tail[..1] });
        rest = &tail[taken..];
    }
    out + rest
}

#[test]
fn the_run_screen_shows_the_active_step_and_what_enter_does() {
    let world = World::new();
    let (mut app, mut session) = at_work(&world);
    for (width, height) in [(80, 24), (120, 40)] {
        insta::assert_snapshot!(format!("run_open_{width}x{height}"), masked(&drawn(&app, width, height), &session));
    }
    let effects = press(&mut app, KeyCode::Enter);
    perform(&mut app, &mut session, effects);
    press(&mut app, KeyCode::Enter);
    for (width, height) in [(80, 24), (120, 40)] {
        insta::assert_snapshot!(format!("run_value_{width}x{height}"), masked(&drawn(&app, width, height), &session));
    }
}

/// Masks every run of at least eight hex digits and every length of time or number of bytes that may differ.
fn without_digests(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for character in text.chars().chain(['\n']) {
        if character.is_ascii_hexdigit() && !character.is_ascii_uppercase() {
            word.push(character);
            continue;
        }
        out.push_str(&if word.len() >= 8 { "h".repeat(word.len()) } else { std::mem::take(&mut word) });
        word.clear();
        out.push(character);
    }
    out
}

#[test]
fn the_library_shows_packages_and_runs_and_what_enter_does() {
    let world = World::new();
    let (_, session) = at_work(&world);
    let mut app = App::new(LOOK, PathBuf::from("/"));
    let mut runs = asrun::session::runs::list(&world.home, asrun::session::health::Depth::Names);
    runs[0].dir = PathBuf::from("runs/01RUN");
    runs[0].opened = Some("2026-11-21T08:00:00.000Z".parse().unwrap());
    let facts = vec!["approved by Jonas Weiss (j.weiss) as approver, 2026-11-20T08:00:00.000Z: read".to_owned()];
    let (path, title) = (PathBuf::from("packages/small-1.lep"), "small-1  A small procedure".to_owned());
    let packages = vec![PackageLine { path, title, facts }];
    app.update(Message::Outcome(Outcome::Home(packages, runs)));
    for (width, height) in [(80, 24), (120, 40)] {
        insta::assert_snapshot!(format!("library_{width}x{height}"), masked(&drawn(&app, width, height), &session));
    }
}

#[test]
fn the_forms_of_the_run_screen_are_golden_at_two_sizes() {
    let world = World::new();
    let (mut app, mut session) = at_work(&world);
    let effects = press(&mut app, KeyCode::Enter);
    perform(&mut app, &mut session, effects);
    let forms =
        [("deviation", 4), ("acts", 2), ("note", 6), ("second_person", 7), ("stop_work", 9), ("seal", 10), ("help", 1)];
    for (name, number) in forms {
        press(&mut app, KeyCode::F(number));
        for (width, height) in [(80, 24), (120, 40)] {
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), masked(&drawn(&app, width, height), &session));
        }
        press(&mut app, KeyCode::Esc);
    }
}

#[test]
fn the_form_that_acknowledges_a_change_is_golden_at_two_sizes() {
    let world = World::new();
    let (_, mut session) = at_work(&world);
    session.end().unwrap();
    let id = session.run().id().clone();
    drop(session);
    let program = Program { digest: None, version: "9.9.9".into() };
    let station = Station { program: Some(program), ..Station::host(world.home.clone()) };
    let mut session = Session::resume(station, &id).unwrap();
    session.unlock(&"a.ortiz".parse().unwrap(), "demo").unwrap();
    let mut app = App::new(LOOK, PathBuf::from("/"));
    let run = Arc::new(session.run().clone());
    app.update(Message::Outcome(Outcome::RunOpen(run, "a.ortiz".parse().unwrap(), PathBuf::from("/"), true)));
    press(&mut app, KeyCode::Enter);
    for (width, height) in [(80, 24), (120, 40)] {
        let text = masked(&drawn(&app, width, height), &session).replace(env!("CARGO_PKG_VERSION"), "0.0.0");
        let text = without_digests(&text);
        assert!(text.contains("Something changed") && text.contains("9.9.9"), "{text}");
        insta::assert_snapshot!(format!("change_{width}x{height}"), text);
    }
    types(&mut app, "read the notes");
    let effects = press(&mut app, KeyCode::Enter);
    perform(&mut app, &mut session, effects);
    assert!(session.run().change().is_none(), "somebody has seen it: {}", drawn(&app, 80, 24));
}

#[test]
fn verdict_and_replay_are_golden_at_two_sizes() {
    let world = World::new();
    let (_, mut session) = at_work(&world);
    let person: asrun::kernel::model::name::PersonId = "a.ortiz".parse().unwrap();
    let act = |session: &mut Session, intent: serde_json::Value| {
        let intent = serde_json::from_value(intent).unwrap();
        session.submit(&person, &intent, Some("demo")).unwrap();
    };
    act(&mut session, serde_json::json!({"intent": "abort", "reason": "drill"}));
    act(&mut session, serde_json::json!({"intent": "confirm_safe_state"}));
    let statement = serde_json::json!({"code": "SML-ANY", "description": "a drill was called", "immediate_action": {"text": "all out"}, "process": "back_out"});
    act(&mut session, serde_json::json!({"intent": "deviate", "statement": statement}));
    session.close(&person, Some("demo"), &JUDGES).unwrap();
    let sealed = session.seal(&JUDGES).unwrap();
    let source = asrun::bundle::Source::open(&sealed.bundle).unwrap();
    let report = asrun::verify::check(&source, &asrun::verify::Anchors::none(), None).unwrap();
    let recording = asrun::tui::ground::recording::recording(&sealed.bundle, &world.home).unwrap();
    let mut app = App::new(LOOK, PathBuf::from("/"));
    for (name, outcome) in [
        ("verdict", Outcome::Judged(PathBuf::from("runs/01RUN"), Box::new(report), Some(session.run().plan().clone()))),
        ("replay", Outcome::Recording(Box::new(recording))),
    ] {
        app.update(Message::Outcome(outcome));
        press(&mut app, KeyCode::Char('g'));
        for (width, height) in [(80, 24), (120, 40)] {
            let text = masked(&drawn(&app, width, height), &session);
            let shown = without_digests(&text)
                .lines()
                .filter(|l| !l.contains("SHA256:") && !l.contains(" at     "))
                .collect::<Vec<_>>()
                .join("\n");
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), shown);
        }
    }
}

#[test]
fn no_screen_panics_at_any_size() {
    let world = World::new();
    let (mut app, mut session) = at_work(&world);
    let effects = press(&mut app, KeyCode::Enter);
    perform(&mut app, &mut session, effects);
    let openings =
        [KeyCode::Null, KeyCode::F(4), KeyCode::F(2), KeyCode::F(7), KeyCode::F(10), KeyCode::F(6), KeyCode::Char('?')];
    for opening in openings {
        press(&mut app, opening);
        for width in [1, 2, 3, 10, 40, 59, 60, 80, 99, 100, 116, 120, 200, 250] {
            for height in [1, 2, 3, 5, 10, 24, 40, 80] {
                drawn(&app, width, height);
            }
        }
        press(&mut app, KeyCode::Esc);
    }
}

#[test]
fn a_form_that_is_left_keeps_what_was_typed() {
    let world = World::new();
    let (mut app, mut session) = at_work(&world);
    for _ in 0..2 {
        let effects = press(&mut app, KeyCode::Enter);
        perform(&mut app, &mut session, effects);
    }
    "0.35".chars().for_each(|c| drop(press(&mut app, KeyCode::Char(c))));
    let effects = press(&mut app, KeyCode::Enter);
    perform(&mut app, &mut session, effects);
    press(&mut app, KeyCode::Enter);
    press(&mut app, KeyCode::Enter);
    "valve".chars().for_each(|c| drop(press(&mut app, KeyCode::Char(c))));
    press(&mut app, KeyCode::Esc);
    press(&mut app, KeyCode::Enter);
    assert!(drawn(&app, 80, 40).contains("valve"), "{}", drawn(&app, 80, 40));
}

#[test]
fn recorded_is_said_only_after_the_journal_says_so() {
    let world = World::new();
    let (mut app, mut session) = at_work(&world);
    let effects = press(&mut app, KeyCode::Enter);
    assert!(drawn(&app, 80, 24).contains("saving"));
    assert!(press(&mut app, KeyCode::Enter).is_empty(), "a second Enter does nothing while the first is on its way");
    perform(&mut app, &mut session, effects);
    assert!(drawn(&app, 80, 24).contains("Record 2: step 1 started"));
    assert!(matches!(app.screens.last(), Some(Screen::Run(_))));
}
