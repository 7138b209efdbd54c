//! An application at work on a run, without a terminal: keys in, what the screens ask for done, pictures out.

use super::grid::Cells;
use super::png::keep;
use super::svg::svg;
use crate::world::World;
use asrun::kernel::model::opening::Binding;
use asrun::kernel::model::opening::Mode;
use asrun::kernel::records::intent::Intent;
use asrun::session::{Material, Opening, Session, Station, SubmitError};
use asrun::telling::told::Told;
use asrun::telling::trouble::Trouble;
use asrun::tui::ground::effect::{Effect, Outcome};
use asrun::tui::ground::theme::{Glyphs, Look, Theme};
use asrun::tui::machine::app::{App, Message, Screen};
use asrun::tui::run::RunScreen;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub const LOOK: Look = Look { theme: Theme::Terminal, glyphs: Glyphs::UNICODE };

pub fn drawn(app: &App, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| app.draw(frame)).unwrap();
    terminal.backend().to_string()
}

/// Keeps a picture of the screen for those who read about it.
pub fn picture(app: &App, name: &str) {
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    terminal.draw(|frame| app.draw(frame)).unwrap();
    keep(name, &svg(&Cells::from_buffer(terminal.backend().buffer()).stable()));
}

pub fn press(app: &mut App, code: KeyCode) -> Vec<Effect> {
    app.update(Message::Input(Event::Key(KeyEvent::new(code, KeyModifiers::NONE))))
}

pub fn control(app: &mut App, letter: char) -> Vec<Effect> {
    app.update(Message::Input(Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL))))
}

pub fn screen(app: &App) -> &RunScreen {
    match app.screens.last() {
        Some(Screen::Run(run)) => run,
        _ => panic!("no run is shown"),
    }
}

/// An application on a run of the small package that was just opened, with the session that records it.
pub fn at_work(world: &World) -> (App, Session) {
    let package = world.package("small");
    on(world, &package, &[("verifier", "l.chen"), ("supervisor", "m.berg")])
}

/// The small package with other words in its procedure or its pack.
pub fn small(world: &World, changes: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/small");
    let mut documents = ["procedure", "pack", "policy"]
        .map(|name| std::fs::read_to_string(folder.join(format!("{name}.yaml"))).unwrap());
    for (old, new) in changes {
        assert!(documents.iter().any(|d| d.contains(old)), "{old}");
        documents = documents.map(|d| d.replace(old, new));
    }
    world.lock("small", documents.each_ref().map(String::as_bytes))
}

/// The same on a package that stands already, with persons bound to roles beside a.ortiz.
pub fn on(world: &World, package: &Path, crew: &[(&str, &str)]) -> (App, Session) {
    let station = Station::host(world.home.clone());
    let material = Material::of_package(&world.home, package, station.clock.now().time).unwrap();
    let person = "a.ortiz".parse().unwrap();
    let fields = BTreeMap::from([("work_order".parse().unwrap(), "W1".to_owned())]);
    let bound =
        |(role, person): &(&str, &str)| Binding { person: person.parse().unwrap(), role: role.parse().unwrap() };
    let opening = Opening { mode: Mode::Live, fields, crew: crew.iter().map(bound).collect() };
    let (session, _) = Session::start(station, material, &person, "demo", opening).unwrap();
    let mut app = App::new(LOOK, PathBuf::from("/"));
    let run = Arc::new(session.run().clone());
    app.update(Message::Outcome(Outcome::RunOpen(run, person, PathBuf::from("/"), true)));
    (app, session)
}

/// Lets the session do what the screen asked for, and hands the new run back; what else was asked is returned.
pub fn perform(app: &mut App, session: &mut Session, effects: Vec<Effect>) -> Vec<Effect> {
    let mut others = Vec::new();
    for effect in effects {
        let answer = match effect {
            Effect::Submit(person, intent, passphrase) => session
                .submit(&person, &*intent, passphrase.as_deref())
                .map(|_| words(session, &intent))
                .map_err(|e| match e {
                    SubmitError::PassphraseNeeded(_) => Outcome::PassphraseNeeded(person.clone(), intent.clone()),
                    other => refused(session, &other),
                }),
            Effect::Unlock(person, passphrase, then) => {
                let unlocked = session.unlock(&person, &passphrase);
                let done = unlocked.and_then(|_| match &then {
                    Some(intent) => {
                        session.submit(&person, &**intent, Some(&passphrase)).map(|_| words(session, intent))
                    }
                    None => Ok("session unlocked".to_owned().into()),
                });
                done.map_err(|e| refused(session, &e))
            }
            other => {
                others.push(other);
                continue;
            }
        };
        let outcome = match answer {
            Ok(what) => Outcome::Recorded(Arc::new(session.run().clone()), what),
            Err(outcome) => outcome,
        };
        others.extend(app.update(Message::Outcome(outcome)));
    }
    others
}

fn words(session: &Session, intent: &Intent) -> Told {
    asrun::telling::act::done(session.run(), intent)
}

fn refused(session: &Session, error: &SubmitError) -> Outcome {
    if matches!(error, SubmitError::Key { .. }) {
        return Outcome::WrongPassphrase(error.to_string());
    }
    Outcome::Refused(Some(Arc::new(session.run().clone())), Trouble::told(error.to_string(), ""))
}

/// Presses keys one after the other and lets the session follow.
pub fn keys(app: &mut App, session: &mut Session, codes: &[KeyCode]) {
    for code in codes {
        let effects = press(app, *code);
        perform(app, session, effects);
    }
}

/// Types a text.
pub fn types(app: &mut App, text: &str) {
    for character in text.chars() {
        press(app, KeyCode::Char(character));
    }
}

/// Does acts as a person beside the screen, and shows the run that results.
pub fn acts(app: &mut App, session: &mut Session, person: &str, intents: serde_json::Value) {
    let person = person.parse().unwrap();
    if !session.is_unlocked(&person) {
        session.unlock(&person, "demo").unwrap();
    }
    let mut what = Told::from(String::new());
    for intent in intents.as_array().unwrap() {
        let intent = serde_json::from_value(intent.clone()).unwrap();
        session.submit(&person, &intent, Some("demo")).unwrap();
        what = words(session, &intent);
    }
    app.update(Message::Outcome(Outcome::Recorded(Arc::new(session.run().clone()), what)));
}
