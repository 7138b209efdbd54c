//! The menu of acts: late entry, changing a deviation, dropping a file, watches.

use super::kit::bench::{acts, at_work, drawn, keys, on, perform, picture, press, screen, small, types};
use crate::world::World;
use asrun::kernel::records::event::Event;
use asrun::kernel::records::record::SignedRecord;
use asrun::session::Session;
use asrun::tui::machine::app::{App, Message};
use crossterm::event::KeyCode::{self, Char, Down, Enter, Esc};
use serde_json::json;

/// Opens the menu and takes the line that begins with these words.
pub(super) fn takes(app: &mut App, session: &mut Session, words: &str) {
    let at = line_of(app, words);
    press(app, Char('a'));
    let down: Vec<KeyCode> = vec![Down; at];
    keys(app, session, &down);
    keys(app, session, &[Enter]);
}

/// Which line of the menu begins with these words.
pub(super) fn line_of(app: &App, words: &str) -> usize {
    screen(app).act_list().iter().position(|a| a.title.starts_with(words)).unwrap()
}

const NO_FILE: (&str, &str) = ("min: 1, required: true", "min: 1, required: false");

#[test]
fn the_menu_is_paged_and_stays_until_it_is_left() {
    let world = World::new();
    let (mut app, mut session) = at_work(&world);
    keys(&mut app, &mut session, &[Char('a'), KeyCode::PageDown, KeyCode::PageDown, KeyCode::PageDown]);
    let last = screen(&app).act_list().last().unwrap().title.clone();
    let text = drawn(&app, 80, 24);
    assert!(text.contains(&last), "{text}");
    keys(&mut app, &mut session, &[Char('x'), KeyCode::PageUp, KeyCode::PageUp, KeyCode::PageUp]);
    assert!(drawn(&app, 80, 24).contains("the step cannot be done"), "{}", drawn(&app, 80, 24));
    keys(&mut app, &mut session, &[Esc]);
    assert!(!drawn(&app, 80, 24).contains("the step cannot be done"), "{}", drawn(&app, 80, 24));
}

#[test]
fn a_value_is_entered_late_with_its_own_time_and_reason() {
    let world = World::new();
    let (mut app, mut session) = at_work(&world);
    keys(&mut app, &mut session, &[Enter, Enter]);
    assert!(!drawn(&app, 80, 24).contains("When it happened"), "an ordinary entry does not ask");
    press(&mut app, Esc);
    let then = screen(&app).run.last().unwrap().time;
    std::thread::sleep(std::time::Duration::from_millis(5));
    takes(&mut app, &mut session, "late entry");
    assert!(drawn(&app, 80, 24).contains("When it happened"), "{}", drawn(&app, 80, 24));
    types(&mut app, "0.05");
    press(&mut app, Enter);
    types(&mut app, "noon");
    press(&mut app, Enter);
    types(&mut app, "The tablet was away");
    keys(&mut app, &mut session, &[Enter]);
    assert!(screen(&app).notice.1.contains("13:05"), "{:?}", screen(&app).notice);
    keys(&mut app, &mut session, &[KeyCode::BackTab]);
    for _ in 0..4 {
        press(&mut app, KeyCode::Backspace);
    }
    types(&mut app, &then.to_string());
    keys(&mut app, &mut session, &[Enter, Enter]);
    let run = &screen(&app).run;
    let entry = &run.step(&"1".parse().unwrap()).unwrap().current().unwrap().entries[0];
    assert_eq!(entry.raw, "0.05", "{:?}", screen(&app).notice);
    let lines = asrun::store::read_lines(session.paths()).unwrap();
    let records = lines.iter().map(|line| SignedRecord::parse(line).unwrap());
    let mut entered = records.filter_map(|r| match &r.record().event {
        Event::ValueEntered(entered) => Some(entered.clone()),
        _ => None,
    });
    let entered = entered.next_back().unwrap();
    let late = entered.late.as_ref().unwrap();
    assert_eq!((late.event_time, late.reason.as_str()), (then, "The tablet was away"));
}

#[test]
fn a_step_is_performed_late_and_that_is_a_deviation() {
    let world = World::new();
    let package = small(&world, &[NO_FILE]);
    let (mut app, mut session) = on(&world, &package, &[]);
    let work = json!([
        {"intent": "begin", "step": "1"},
        {"intent": "enter", "step": "1", "input": "p_res", "raw": "0.05"},
    ]);
    acts(&mut app, &mut session, "a.ortiz", work);
    let then = screen(&app).run.last().unwrap().time;
    std::thread::sleep(std::time::Duration::from_millis(5));
    takes(&mut app, &mut session, "late entry");
    keys(&mut app, &mut session, &[Char('1'), Enter]);
    types(&mut app, &then.to_string());
    press(&mut app, Enter);
    types(&mut app, "Hands were full");
    let effects = press(&mut app, Enter);
    perform(&mut app, &mut session, effects);
    assert!(drawn(&app, 80, 24).contains("record the deviation (late entry)"), "{}", drawn(&app, 80, 24));
}

/// A deviation of step 1 is recorded.
fn departed(world: &World) -> (App, Session) {
    let package = small(world, &[NO_FILE]);
    let (mut app, mut session) = on(world, &package, &[("supervisor", "m.berg")]);
    let statement = json!({
        "code": "SML-ANY", "description": "The valve passes", "process": "continue",
        "immediate_action": {"text": "Told the supervisor", "containment": "tagged"},
        "justification": "It is only a demonstration", "cause": "worn seat",
    });
    let work = json!([
        {"intent": "begin", "step": "1"},
        {"intent": "enter", "step": "1", "input": "p_res", "raw": "0.35"},
        {"intent": "deviate", "step": "1", "statement": statement},
    ]);
    acts(&mut app, &mut session, "a.ortiz", work);
    (app, session)
}

#[test]
fn a_deviation_is_changed_and_what_was_not_touched_stays() {
    let world = World::new();
    let (mut app, mut session) = departed(&world);
    let before = screen(&app).run.deviations()[0].statement.clone();
    takes(&mut app, &mut session, "change the deviation form");
    types(&mut app, "The cause is known now");
    assert!(drawn(&app, 120, 60).contains("The valve passes"), "{}", drawn(&app, 120, 60));
    let effects = super::kit::bench::control(&mut app, 's');
    perform(&mut app, &mut session, effects);
    types(&mut app, "demo");
    keys(&mut app, &mut session, &[Enter]);
    let deviation = &screen(&app).run.deviations()[0];
    assert!(screen(&app).notice.1.contains("DEV-0001 changed"), "{:?}", screen(&app).notice);
    let mut after = deviation.statement.clone();
    after.item.clone_from(&before.item);
    assert_eq!(after, before);
}

#[test]
fn a_reviewer_may_say_another_class() {
    let world = World::new();
    let (mut app, mut session) = departed(&world);
    keys(&mut app, &mut session, &[KeyCode::F(7), Char('1'), Enter]);
    assert!(!drawn(&app, 80, 24).contains("Class from now on"));
    keys(&mut app, &mut session, &[Char('1'), Enter, Char('1'), Enter]);
    assert!(drawn(&app, 80, 24).contains("Class from now on"), "{}", drawn(&app, 80, 24));
    keys(&mut app, &mut session, &[Char('2'), Enter]);
    types(&mut app, "graver than it seemed");
    keys(&mut app, &mut session, &[Enter]);
    types(&mut app, "demo");
    keys(&mut app, &mut session, &[Enter]);
    assert_eq!(screen(&app).run.deviations()[0].class().word(), "major", "{:?}", screen(&app).notice);
}

const WATCHES: (&str, &str) = (
    "sections:\n",
    "watches:\n  - {id: level, text: The tank is not full, every: 10min}\n  - {id: heat, text: The bearing stays cool, every: 5min, input: {id: t_b, type: number, unit: bar}}\nsections:\n",
);

#[test]
fn every_watch_that_runs_can_be_observed_and_stays_in_sight() {
    let world = World::new();
    let package = small(&world, &[WATCHES]);
    let (mut app, mut session) = on(&world, &package, &[]);
    let text = drawn(&app, 80, 24);
    assert!(text.contains("The tank is not full") && text.contains("The bearing stays cool"), "{text}");
    assert!(text.contains("not looked at yet"), "{text}");
    takes(&mut app, &mut session, "Watch: look");
    keys(&mut app, &mut session, &[Char('2'), Enter]);
    assert!(drawn(&app, 80, 24).contains("Is it so"), "the later one is chosen:\n{}", drawn(&app, 80, 24));
    press(&mut app, Esc);
    keys(&mut app, &mut session, &[Char('1'), Enter]);
    types(&mut app, "41");
    keys(&mut app, &mut session, &[Enter]);
    let text = drawn(&app, 80, 24);
    assert!(text.lines().any(|l| l.contains("bearing") && l.contains("41 bar at")), "{text}");
    assert!(!text.contains("OVERDUE"), "{text}");
    let later =
        asrun::kernel::model::time::Timestamp::from_millis(screen(&app).run.last().unwrap().time.millis() + 7 * 60_000);
    app.update(Message::Tick(later));
    let text = drawn(&app, 80, 24);
    assert!(text.lines().any(|l| l.contains("bearing") && l.contains("[!] OVERDUE")), "{text}");
    picture(&app, "watch");
    assert!(text.lines().any(|l| l.contains("tank") && !l.contains("OVERDUE") && l.contains("due in")), "{text}");
}

#[test]
fn a_step_done_faster_than_usual_is_an_observation_and_blocks_nothing() {
    let seen = {
        let usual = "10min";
        let world = World::new();
        let timed = format!("        title: Read pressure\n        timing: {{usual: {usual}}}\n");
        let package = small(&world, &[NO_FILE, ("        title: Read pressure\n", &timed)]);
        let (mut app, mut session) = on(&world, &package, &[]);
        let work = json!([
            {"intent": "begin", "step": "1"},
            {"intent": "enter", "step": "1", "input": "p_res", "raw": "0.05"},
            {"intent": "perform", "step": "1"},
            {"intent": "begin", "step": "2"},
        ]);
        acts(&mut app, &mut session, "a.ortiz", work);
        let lines = asrun::store::read_lines(session.paths()).unwrap();
        let records: Vec<_> = lines.iter().map(|line| SignedRecord::parse(line).unwrap()).collect();
        asrun::kernel::run::observations(session.run().plan(), &records)
    };
    let [one] = &seen[..] else { panic!("one observation") };
    assert!(one.record == 4 && one.text.contains("usual are 600 s"), "{one:?}");
}

#[test]
fn a_permit_of_today_is_registered_by_hand_and_lasts_to_the_end_of_its_day() {
    let world = World::new();
    let permits = ("run_fields:", "permits:\n  - {id: hot_work, text: Hot work}\nrun_fields:");
    let package = small(&world, &[permits]);
    let (mut app, mut session) = on(&world, &package, &[("verifier", "l.chen"), ("supervisor", "m.berg")]);
    let today = session.run().last().unwrap().time.to_string()[..10].to_owned();
    takes(&mut app, &mut session, "register: permit");
    for (index, text) in ["hot_work", "PTW-1", today.as_str(), today.as_str()].into_iter().enumerate() {
        types(&mut app, text);
        if index == 3 {
            let shown = drawn(&app, 80, 24);
            assert!(shown.contains(&format!("until {today}T23:59:59.999Z")), "{shown}");
        }
        keys(&mut app, &mut session, &[Enter]);
    }
    let permit = &session.run().permits()[&"hot_work".parse().unwrap()];
    assert!(permit.valid_from.to_string().starts_with(&today), "{permit:?}");
    assert_eq!(permit.valid_until.to_string(), format!("{today}T23:59:59.999Z"));
}

#[test]
fn a_wrong_tag_is_told_as_such_and_not_as_identified() {
    let world = World::new();
    let tagged = ("title: Read pressure\n", "title: Read pressure\n        component: {tag: PG-1}\n");
    let package = small(&world, &[tagged]);
    let (mut app, mut session) = on(&world, &package, &[("verifier", "l.chen"), ("supervisor", "m.berg")]);
    let work = json!([
        {"intent": "begin", "step": "1"},
        {"intent": "confirm_component", "step": "1", "tag": "PG-2"},
    ]);
    acts(&mut app, &mut session, "a.ortiz", work);
    let told = &screen(&app).notice.1;
    assert!(told.contains("step 1 names another component than PG-2"), "{told}");
}
