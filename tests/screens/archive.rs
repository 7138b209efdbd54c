//! A run that is not what was recorded, from the library: nothing is moved before somebody was asked.

use super::kit::bench::{LOOK, at_work, drawn, press, types};
use crate::world::World;
use asrun::session::archive::{archive, archived};
use asrun::session::health::Depth;
use asrun::session::runs::list;
use asrun::session::{Session, StartError, Station};
use asrun::tui::app::{App, Message};
use asrun::tui::effect::{Effect, Outcome, UnwellFacts};
use ratatui::crossterm::event::KeyCode;
use std::path::PathBuf;

#[test]
fn the_library_asks_before_it_puts_a_run_aside_and_lists_it_afterwards() {
    let world = World::new();
    let (_, mut session) = at_work(&world);
    session.end().unwrap();
    let (id, paths, records) = (session.run().id().clone(), session.paths().clone(), session.run().seq());
    drop(session);
    let journal = std::fs::read(paths.journal()).unwrap();
    let kept: Vec<&[u8]> = journal.split_inclusive(|byte| *byte == b'\n').take(1).collect();
    std::fs::write(paths.journal(), kept.concat()).unwrap();
    let words = format!("cut: 1 of at least {records} records");
    let mut app = App::new(LOOK, PathBuf::from("/"));
    app.update(Message::Outcome(Outcome::Home(Vec::new(), list(&world.home, Depth::Names))));
    assert!(drawn(&app, 120, 40).contains("cut") && drawn(&app, 120, 40).contains(&words));
    assert!(matches!(press(&mut app, KeyCode::Enter).as_slice(), [Effect::Resume(run)] if *run == id));
    let Err(StartError::Unwell { run, health }) = Session::resume(Station::host(world.home.clone()), &id) else {
        panic!("it was taken up")
    };
    assert!(paths.journal().is_file(), "nobody was asked yet");
    let facts = UnwellFacts { run, words: health.words(), people: vec!["a.ortiz".parse().unwrap()] };
    app.update(Message::Outcome(Outcome::Unwell(Box::new(facts))));
    for (width, height) in [(80, 24), (120, 40)] {
        let shown = drawn(&app, width, height);
        assert!(shown.contains("Put this run aside?") && shown.contains(&words), "{shown}");
    }
    types(&mut app, "pulled out");
    press(&mut app, KeyCode::Enter);
    types(&mut app, "demo");
    let effects = press(&mut app, KeyCode::Enter);
    let [Effect::Archive(act)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((act.person.as_str(), act.reason.as_str()), ("a.ortiz", "pulled out"));
    assert!(!drawn(&app, 120, 40).contains("demo"));
    let station = Station::host(world.home.clone());
    let done = archive(&station, &act.run, &act.person, &act.passphrase, &act.reason).unwrap();
    assert!(matches!(app.update(Message::Outcome(Outcome::Archived(done.words()))).as_slice(), [Effect::ListHome]));
    app.update(Message::Outcome(Outcome::Home(Vec::new(), list(&world.home, Depth::Names))));
    app.update(Message::Outcome(Outcome::Archives(archived(&world.home))));
    let shown = drawn(&app, 120, 40);
    assert!(shown.contains("archived by a.ortiz") && shown.contains("0 runs"), "{shown}");
    assert!(matches!(press(&mut app, KeyCode::Enter).as_slice(), [Effect::Replay(path)] if *path == done.run()));
    let recording = asrun::tui::recording::recording(&done.run(), &world.home).unwrap();
    app.update(Message::Outcome(Outcome::Recording(Box::new(recording))));
    let shown = drawn(&app, 120, 40);
    assert!(shown.contains(&words) && !shown.contains("whole"), "{shown}");
}

#[test]
fn escape_leaves_the_run_where_it_lies() {
    let mut app = App::new(LOOK, PathBuf::from("/"));
    let run = "01JDZ3Q4M5N6P7R8S9T0V1W2X3".parse().unwrap();
    let facts = UnwellFacts { run, words: "cut: 2 of at least 9 records".into(), people: Vec::new() };
    app.update(Message::Outcome(Outcome::Unwell(Box::new(facts))));
    assert!(drawn(&app, 80, 24).contains("Put this run aside?"));
    assert!(press(&mut app, KeyCode::Esc).is_empty());
    assert!(!drawn(&app, 80, 24).contains("Put this run aside?"));
}
