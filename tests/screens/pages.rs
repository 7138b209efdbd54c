//! Every screen at sizes from a stamp to a wall: nothing panics, and at 80x24 and 120x40 the text is golden.

use crate::world::World;
use asrun::kernel::model::event::Mode;
use asrun::session::{Material, Opening, Session, Station};
use asrun::tui::app::{App, Message, Screen};
use asrun::tui::effect::{Effect, Outcome};
use asrun::tui::theme::{Glyphs, Look, Theme};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

const LOOK: Look = Look { theme: Theme::Terminal, glyphs: Glyphs::UNICODE };

fn drawn(app: &App, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| app.draw(frame)).unwrap();
    terminal.backend().to_string()
}

fn press(app: &mut App, code: KeyCode) -> Vec<Effect> {
    app.update(Message::Input(Event::Key(KeyEvent::new(code, KeyModifiers::NONE))))
}

/// An application on a run that was just opened, with the session that records it.
fn at_work(world: &World) -> (App, Session) {
    let package = world.package("small");
    let station = Station::host(world.home.clone());
    let material = Material::of_package(&world.home, &package, station.clock.now().time).unwrap();
    let person = "a.ortiz".parse().unwrap();
    let fields = BTreeMap::from([("work_order".parse().unwrap(), "W1".to_owned())]);
    let opening = Opening { mode: Mode::Live, fields, crew: Vec::new() };
    let (session, _) = Session::start(station, material, &person, "demo", opening).unwrap();
    let mut app = App::new(LOOK, PathBuf::from("/"));
    let run = Arc::new(session.run().clone());
    app.update(Message::Outcome(Outcome::RunOpen(run, person, PathBuf::from("/"), true)));
    (app, session)
}

/// Lets the session do what the screen asked for, and hands the new run back.
fn perform(app: &mut App, session: &mut Session, effects: Vec<Effect>) {
    for effect in effects {
        if let Effect::Submit(person, intent, passphrase) = effect {
            session.submit(&person, &intent, passphrase.as_deref().or(Some("demo"))).unwrap();
            let run = Arc::new(session.run().clone());
            app.update(Message::Outcome(Outcome::Recorded(run, intent.word())));
        }
    }
}

/// What differs from run to run is masked.
fn masked(text: &str, session: &Session) -> String {
    let id = session.run().id().as_str();
    let text = text.replace(&id[id.len() - 6..], "ABC123").replace(id, "01RUN");
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
    assert!(drawn(&app, 80, 24).contains("Recorded 2"));
    assert!(matches!(app.screens.last(), Some(Screen::Run(_))));
}
