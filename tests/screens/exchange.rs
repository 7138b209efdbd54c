//! A request goes out from one home, is answered in another, and the answer is taken in: all of it on the screen.

use super::kit::bench::{LOOK, drawn, picture, press, screen, types};
use super::menu::line_of;
use crate::commands::drive::CLEAN;
use crate::world::World;
use asrun::kernel::run::{Phase, StepState};
use asrun::store::{Disk, Home};
use asrun::tui::ground::effect::Effect;
use asrun::tui::machine::app::{App, Message, Screen};
use asrun::tui::machine::event_loop::Incoming;
use asrun::tui::machine::performer::{Order, Performer};
use crossterm::event::KeyCode::{self, Backspace, Char, Enter, Esc, PageDown};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

/// An application with the performer that does what it asks for.
pub struct Desk {
    pub app: App,
    orders: Sender<Order>,
    back: Receiver<Incoming>,
}

impl Desk {
    pub fn at(home: &Home) -> Self {
        let (to, back) = mpsc::channel();
        let (orders, _) = Performer::start(crate::world::station(home), to, PathBuf::from("/"));
        Self { app: App::new(LOOK, PathBuf::from("/")), orders, back }
    }

    /// Has something done outside and waits until all of it came back.
    pub fn does(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let answers = !matches!(effect, Effect::KeepDrafts(_) | Effect::LeaveRun | Effect::Quit);
            self.orders.send(Order::Do(effect)).unwrap();
            let mut patience = if answers { Duration::from_secs(20) } else { Duration::ZERO };
            while let Ok(incoming) = self.back.recv_timeout(patience) {
                let Incoming::Outcome(outcome) = incoming else { panic!("nobody is at this keyboard") };
                patience = Duration::from_millis(100);
                // An open run is told about in two messages.
                self.app.update(Message::Outcome(outcome));
            }
        }
    }

    fn keys(&mut self, codes: &[KeyCode]) {
        for code in codes {
            let effects = press(&mut self.app, *code);
            self.does(effects);
        }
    }

    /// Takes a line of the menu of acts.
    fn takes(&mut self, words: &str) {
        let at = line_of(&self.app, words);
        self.keys(&[Char('a')]);
        self.keys(&vec![KeyCode::Down; at]);
        self.keys(&[Enter]);
    }

    pub(super) fn shows(&self, words: &[&str]) -> String {
        let text = drawn(&self.app, 80, 24);
        words.iter().for_each(|w| assert!(text.contains(w), "{w}\n{text}"));
        text
    }

    /// What the last line says, whole, however it is wrapped.
    pub fn told(&self) -> String {
        match self.app.screens.last() {
            Some(Screen::Run(run)) => run.notice.1.clone(),
            Some(Screen::Library(library)) => library.notice.1.clone(),
            _ => panic!("no run and no library is shown"),
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::End);
    }
}

/// A home with the key of one person and nothing else.
fn home_of(world: &World, person: &str) -> Home {
    let home = Home::at(world.path("elsewhere"));
    home.create(&Disk::new()).unwrap();
    std::fs::create_dir_all(home.keys()).unwrap();
    std::fs::copy(world.home.keys().join(person), home.keys().join(person)).unwrap();
    home
}

/// A desk on the small run, which stands at its hold.
fn at_the_hold(world: &World) -> Desk {
    world.file("gauge.txt", "needle at 0.05\n");
    let package = world.package("small");
    let to_the_hold: String = CLEAN.lines().filter(|l| !l.contains("release_hold")).map(|l| format!("{l}\n")).collect();
    let done = world.drive(package.to_str().unwrap(), &to_the_hold).exits(0);
    let run = done.answers().last().unwrap()["state"]["run"].as_str().unwrap().parse().unwrap();
    let mut desk = Desk::at(&world.home);
    desk.does(vec![Effect::Resume(run)]);
    desk.shows(&["HOLD POINT 3"]);
    assert_eq!(
        screen(&desk.app).act_list()[line_of(&desk.app, "ask another")].off.as_deref(),
        Some("unlock your session first")
    );
    desk.keys(&[Enter]);
    types(&mut desk.app, "demo");
    desk.keys(&[Enter]);
    assert_eq!(screen(&desk.app).run.phase(), Phase::Running, "{}", desk.told());
    desk
}

/// Asks for the release and returns the file that went out.
fn asks(desk: &mut Desk) -> PathBuf {
    desk.takes("ask another");
    desk.shows(&["Ask another machine", "hold 3: Hold", "Supervisor: m.berg", "REQ-0001.json"]);
    picture(&desk.app, "request");
    desk.keys(&[Enter, Enter, Enter]);
    let told = desk.told();
    let path = told.split("machine: ").nth(1).unwrap_or_else(|| panic!("{told}"));
    desk.shows(&["REQ-0001 is out: hold 3, asked of supervisor", "HOLD POINT 3"]);
    PathBuf::from(path)
}

/// Answers a request as m.berg in another home and returns the answer.
fn answers(world: &World, request: &Path) -> PathBuf {
    let mut desk = Desk::at(&home_of(world, "m.berg"));
    desk.keys(&[Char('A')]);
    types(&mut desk.app, request.to_str().unwrap());
    desk.keys(&[Enter]);
    desk.shows(&["REQ-0001 of run", "A small procedure", "asks the supervisor for: hold 3", "WAIT for the release."]);
    picture(&desk.app, "answer");
    desk.keys(&[PageDown, Enter]);
    desk.shows(&["You answer REQ-0001 as supervisor: hold 3", "m.berg"]);
    // The only key of this home is chosen already.
    desk.keys(&[Char('1'), Enter]);
    types(&mut desk.app, "seen");
    desk.keys(&[Enter]);
    types(&mut desk.app, "wrong");
    desk.keys(&[Enter]);
    assert!(desk.told().contains("nothing was recorded"), "{}", desk.told());
    desk.shows(&["seen", "Your passphrase"]);
    types(&mut desk.app, "demo");
    desk.keys(&[Enter]);
    let answer = request.with_extension("answer.json");
    desk.shows(&["carry both files back", "REQ-0001.answer.json"]);
    assert!(desk.told().contains(answer.to_str().unwrap()), "{}", desk.told());
    assert!(answer.is_file() && request.with_extension("answer.json.sig").is_file());
    answer
}

fn takes_in(desk: &mut Desk, answer: &Path) {
    desk.takes("take in another");
    desk.shows(&["REQ-0001 is out: hold 3, to supervisor", "Where the answer lies"]);
    types(&mut desk.app, answer.to_str().unwrap());
    desk.keys(&[Enter]);
}

#[test]
fn a_hold_is_released_from_another_home_and_every_step_of_it_is_on_the_screen() {
    let world = World::new();
    let mut desk = at_the_hold(&world);
    let request = asks(&mut desk);
    assert_eq!(request.parent(), Some(&*world.home.runs()), "the request lies beside the run");
    let answer = answers(&world, &request);
    takes_in(&mut desk, &answer);
    let told = desk.told();
    assert!(told.contains("the answer of m.berg to REQ-0001, release hold"), "{told}");
    let text = drawn(&desk.app, 80, 24);
    assert!(!text.contains("is out") && !text.contains("HOLD POINT"), "{text}");
    let hold = "3".parse().unwrap();
    assert_eq!(screen(&desk.app).run.step(&hold).unwrap().state, StepState::Complete);
    let acts = screen(&desk.app).act_list();
    assert_eq!(acts[line_of(&desk.app, "ask another")].off.as_deref(), Some("nothing waits for anybody"));
    assert_eq!(acts[line_of(&desk.app, "take in another")].off.as_deref(), Some("no request is out"));
}

#[test]
fn a_refused_answer_leaves_the_run_as_it_was() {
    let world = World::new();
    let mut desk = at_the_hold(&world);
    let request = asks(&mut desk);
    let answer = answers(&world, &request);
    let (good, signature) = (std::fs::read_to_string(&answer).unwrap(), answer.with_extension("json.sig"));
    std::fs::write(&answer, good.replace("seen", "fine")).unwrap();
    let before = screen(&desk.app).run.clone();
    takes_in(&mut desk, &answer);
    let told = desk.told();
    assert!(told.contains("the answer is invalid") && told.contains("is recorded"), "{told}");
    stands_as(&desk, &before);
    assert!(desk.shows(&["Take in an answer", "is invalid"]).contains("REQ-0001"), "the form is there again");
    desk.keys(&[Esc]);

    std::fs::rename(&signature, world.path("aside.sig")).unwrap();
    takes_in(&mut desk, &answer);
    assert!(desk.told().contains("nothing was recorded"), "{}", desk.told());
    stands_as(&desk, &before);
    desk.keys(&[Esc]);

    std::fs::rename(world.path("aside.sig"), &signature).unwrap();
    std::fs::write(&answer, good).unwrap();
    takes_in(&mut desk, &answer);
    assert!(desk.told().contains("the answer of m.berg"), "{}", desk.told());
}

fn stands_as(desk: &Desk, before: &asrun::kernel::run::Run) {
    let (now, hold) = (&screen(&desk.app).run, "3".parse().unwrap());
    assert_eq!(now.step(&hold).unwrap(), before.step(&hold).unwrap());
    assert_eq!(now.requests(), before.requests());
    assert_eq!(now.phase(), before.phase());
}

#[test]
fn a_request_without_a_folder_to_lie_in_is_not_recorded() {
    let world = World::new();
    let mut desk = at_the_hold(&world);
    desk.takes("ask another");
    desk.keys(&[Enter, Enter]);
    for _ in 0..400 {
        press(&mut desk.app, Backspace);
    }
    types(&mut desk.app, "/nowhere/at/all.json");
    desk.keys(&[Enter]);
    assert!(desk.told().contains("nothing was recorded"), "{}", desk.told());
    assert!(screen(&desk.app).run.requests().is_empty());
    desk.shows(&["/nowhere/at/all.json"]);
}

#[test]
fn what_a_hostile_request_says_is_escaped_before_it_is_shown() {
    let world = World::new();
    let mut desk = at_the_hold(&world);
    let request = asks(&mut desk);
    let text = std::fs::read_to_string(&request).unwrap();
    std::fs::write(&request, text.replace("WAIT for", "WAIT\\u001b[2J for")).unwrap();
    let mut other = Desk::at(&home_of(&world, "m.berg"));
    other.keys(&[Char('A')]);
    types(&mut other.app, request.to_str().unwrap());
    other.keys(&[Enter]);
    let shown = drawn(&other.app, 80, 24);
    assert!(shown.contains("REQ-0001: what is asked") && shown.contains("WAIT"), "{shown}");
    assert!(!shown.contains('\u{1b}'), "{shown}");
}
