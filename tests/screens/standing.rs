//! A key that a newer roster revokes, in the terminal: the session ends, the reason stands there, nothing opens again.

use super::exchange::Desk;
use super::kit::bench::screen;
use crate::world::World;
use asrun::kernel::model::name::PersonId;
use asrun::kernel::model::opening::Mode;
use asrun::kernel::records::intent::Intent;
use asrun::session::Opening;
use asrun::tui::ground::effect::Effect;
use std::collections::BTreeMap;
use std::path::Path;

fn opens(package: &Path) -> Effect {
    let fields = BTreeMap::from([("work_order".parse().unwrap(), "W1".to_owned())]);
    let opening = Opening { mode: Mode::Live, fields, crew: Vec::new() };
    Effect::Open(package.to_owned(), opening, "a.ortiz".parse().unwrap(), "demo".into())
}

#[test]
fn a_key_revoked_meanwhile_ends_the_session_and_opens_nothing_again() {
    let world = World::new();
    let package = world.package("small");
    let mut desk = Desk::at(&world.home);
    desk.does(vec![opens(&package)]);
    let ana: PersonId = "a.ortiz".parse().unwrap();
    let before = screen(&desk.app).run.seq();
    world.revoke("a.ortiz");
    let note = Intent::Note {
        kind: asrun::kernel::model::entry::NoteKind::Observation,
        step: None,
        text: "still here".into(),
    };
    desk.does(vec![Effect::Submit(ana.clone(), Box::new(note), None)]);
    desk.shows(&["! the key of a.ortiz is revoked at 2026-01-01"]);
    desk.does(vec![Effect::Unlock(ana, "demo".into(), None)]);
    let told = desk.told();
    assert!(told.contains("(a.ortiz) is revoked") && told.contains("asrun key new"), "{told}");
    // What was recorded since is the end of the session and nothing else.
    assert_eq!(screen(&desk.app).run.seq(), before + 1);
    assert!(screen(&desk.app).run.sessions().is_empty());
}

#[test]
fn a_revoked_key_opens_no_run_and_the_library_names_it() {
    let world = World::new();
    let package = world.package("small");
    world.revoke("a.ortiz");
    let mut desk = Desk::at(&world.home);
    desk.does(vec![Effect::ListHome, opens(&package)]);
    assert!(desk.told().contains("(a.ortiz) is revoked"), "{}", desk.told());
    desk.shows(&["! the key of a.ortiz is revoked"]);
    assert_eq!(std::fs::read_dir(world.home.runs()).unwrap().count(), 0);
}
