//! A run that is not taken up as it is, from the library: nothing is moved or mended before somebody was asked.

use super::exchange::Desk;
use super::kit::bench::{LOOK, at_work, drawn, press, types};
use crate::world::World;
use asrun::kernel::records::sign_off::Decision;
use asrun::session::archive::{archive, archived};
use asrun::session::health::Depth;
use asrun::session::runs::list;
use asrun::session::{Session, StartError, Station};
use asrun::store::{Memory, Occasion};
use asrun::tui::ground::effect::{Effect, Outcome, SignOffAct, UnwellFacts, WayOn, WayOnAct};
use asrun::tui::machine::app::{App, Message};
use crossterm::event::KeyCode;
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
    let facts = UnwellFacts {
        run,
        words: health.words(),
        people: vec!["a.ortiz".parse().unwrap()],
        ways: vec![WayOn::Archive],
    };
    app.update(Message::Outcome(Outcome::Unwell(Box::new(facts))));
    for (width, height) in [(80, 24), (120, 40)] {
        let shown = drawn(&app, width, height);
        assert!(shown.contains("Put this run aside?") && shown.contains(&words), "{shown}");
    }
    types(&mut app, "pulled out");
    press(&mut app, KeyCode::Enter);
    types(&mut app, "demo");
    let effects = press(&mut app, KeyCode::Enter);
    let [Effect::WayOn(act)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((act.person.as_str(), act.reason.as_str()), ("a.ortiz", "pulled out"));
    assert!(!drawn(&app, 120, 40).contains("demo"));
    let station = Station::host(world.home.clone());
    let done = archive(&station, &act.run, &act.person, &act.passphrase, &act.reason).unwrap();
    assert!(matches!(app.update(Message::Outcome(Outcome::WentOn(done.words()))).as_slice(), [Effect::ListHome]));
    app.update(Message::Outcome(Outcome::Home(Vec::new(), list(&world.home, Depth::Names))));
    app.update(Message::Outcome(Outcome::Archives(archived(&world.home))));
    let shown = drawn(&app, 120, 40);
    assert!(shown.contains("archived by a.ortiz") && shown.contains("0 runs"), "{shown}");
    assert!(matches!(press(&mut app, KeyCode::Enter).as_slice(), [Effect::Replay(path)] if *path == done.run()));
    let recording = asrun::tui::ground::recording::recording(&done.run(), &world.home).unwrap();
    app.update(Message::Outcome(Outcome::Recording(Box::new(recording))));
    let shown = drawn(&app, 120, 40);
    assert!(shown.contains(&words) && !shown.contains("whole"), "{shown}");
}

#[test]
fn escape_leaves_the_run_where_it_lies() {
    let mut app = App::new(LOOK, PathBuf::from("/"));
    let run = "01JDZ3Q4M5N6P7R8S9T0V1W2X3".parse().unwrap();
    let facts = UnwellFacts {
        run,
        words: "cut: 2 of at least 9 records".into(),
        people: Vec::new(),
        ways: vec![WayOn::Archive],
    };
    app.update(Message::Outcome(Outcome::Unwell(Box::new(facts))));
    assert!(drawn(&app, 80, 24).contains("Put this run aside?"));
    assert!(press(&mut app, KeyCode::Esc).is_empty());
    assert!(!drawn(&app, 80, 24).contains("Put this run aside?"));
}

#[test]
fn a_run_whose_head_is_lost_is_answered_for_on_the_screen_and_goes_on() {
    let world = World::new();
    let (_, mut session) = at_work(&world);
    session.end().unwrap();
    let (id, paths, seq) = (session.run().id().clone(), session.paths().clone(), session.run().seq());
    drop(session);
    std::fs::remove_file(paths.head()).unwrap();
    let before = std::fs::read(paths.journal()).unwrap();
    let mut desk = Desk::at(&world.home);
    desk.does(vec![Effect::ListHome, Effect::Resume(id.clone())]);
    desk.shows(&["Answer for this run?", "answer for its records, and go on with it", "head lost: "]);
    let act = |way, passphrase: &str| {
        let (person, reason) = ("a.ortiz".parse().unwrap(), "compared with the paper".into());
        Effect::WayOn(Box::new(WayOnAct { way, run: id.clone(), person, reason, passphrase: passphrase.into() }))
    };
    desk.does(vec![act(WayOn::Mend, "wrong")]);
    assert_eq!(std::fs::read(paths.journal()).unwrap(), before, "a wrong passphrase mends nothing");
    desk.shows(&["Answer for this run?"]);
    desk.does(vec![act(WayOn::Mend, "demo"), Effect::ListHome]);
    let told = desk.told();
    assert!(told.contains("is missing") && told.contains(&format!("record {} says so", seq + 1)), "{told}");
    let journal = std::fs::read_to_string(paths.journal()).unwrap();
    let mended = journal.lines().find(|line| line.contains("\"run.mended\"")).unwrap();
    assert!(mended.contains("compared with the paper") && mended.contains("\"actor\":\"a.ortiz\""), "{mended}");
    desk.does(vec![Effect::Resume(id.clone())]);
    assert_eq!(super::kit::bench::screen(&desk.app).run.id(), &id);
}

#[test]
fn a_lost_head_may_be_put_aside_too_and_the_form_says_which_it_does() {
    let mut app = App::new(LOOK, PathBuf::from("/"));
    let (run, person) = ("01JDZ3Q4M5N6P7R8S9T0V1W2X3".parse().unwrap(), "a.ortiz".parse().unwrap());
    let ways = vec![WayOn::Mend, WayOn::Archive];
    let facts = UnwellFacts { run, words: "head lost: 9 records hold".into(), people: vec![person], ways };
    app.update(Message::Outcome(Outcome::Unwell(Box::new(facts))));
    let shown = drawn(&app, 80, 24);
    assert!(shown.contains("Answer for this run?") && shown.contains("head lost: 9 records hold"), "{shown}");
    press(&mut app, KeyCode::BackTab);
    press(&mut app, KeyCode::BackTab);
    press(&mut app, KeyCode::Char('2'));
    let shown = drawn(&app, 80, 24);
    assert!(shown.contains("Put this run aside?"), "{shown}");
}

#[test]
fn what_the_terminal_verifies_and_signs_off_stands_in_the_memory_of_the_station() {
    let world = World::new();
    let bundle = PathBuf::from(crate::commands::judging::sealed(&world));
    let run = bundle.file_name().unwrap().to_str().unwrap().parse().unwrap();
    let seen = || Memory::read(&world.home).of(&run).iter().map(|seen| seen.occasion).collect::<Vec<_>>();
    let before = seen();
    let mut desk = Desk::at(&world.home);
    desk.does(vec![Effect::Verify(bundle.clone())]);
    assert_eq!(seen()[before.len()..], [Occasion::Verified]);
    let act = SignOffAct {
        bundle,
        person: "m.berg".parse().unwrap(),
        passphrase: "demo".into(),
        subject: "run".into(),
        decision: Decision::Approve,
        comment: None,
    };
    desk.does(vec![Effect::SignOff(Box::new(act))]);
    assert_eq!(seen()[before.len()..], [Occasion::Verified, Occasion::SignedOff, Occasion::Verified]);
}
