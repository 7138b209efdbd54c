//! How far the open journal was read again stands in the head of the screen.

use super::kit::bench::{at_work, drawn};
use crate::world::World;
use asrun::session::{Broken, Checked};
use asrun::tui::ground::effect::Outcome;
use asrun::tui::machine::app::Message;

#[test]
fn what_was_read_again_and_what_broke_is_told_at_every_size() {
    let world = World::new();
    let (mut app, _session) = at_work(&world);
    assert!(!drawn(&app, 80, 24).contains("read again"));
    app.update(Message::Outcome(Outcome::Checked(Checked { upto: 100, broken: None })));
    let broken = Broken { seq: 42, reason: "its signature is invalid".into() };
    for (width, height) in [(80, 24), (120, 40)] {
        assert!(drawn(&app, width, height).contains("read again to record 100"));
    }
    app.update(Message::Outcome(Outcome::Checked(Checked { upto: 100, broken: Some(broken) })));
    for (width, height) in [(80, 24), (120, 40)] {
        assert!(drawn(&app, width, height).contains("BROKEN at record 42"));
    }
}
