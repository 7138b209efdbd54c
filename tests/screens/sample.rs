//! A sample at the screen: Enter takes the rows that are wanted, the menu takes more.

use super::kit::bench::{acts, control, drawn, on, perform, press, screen, types};
use super::menu::{line_of, takes};
use crate::world::World;
use asrun::session::Session;
use asrun::tui::machine::app::App;
use crossterm::event::KeyCode::{Enter, Tab};
use serde_json::json;
use std::path::Path;

fn at_the_flange(world: &World, change: (&str, &str)) -> (App, Session) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let documents =
        [read("sample.yaml").replace(change.0, change.1), read("small/pack.yaml"), read("small/policy.yaml")];
    let package = world.lock("flange", documents.each_ref().map(String::as_bytes));
    on(world, &package, &[("supervisor", "m.berg")])
}

/// Fills the form of a row in and hands it in.
fn fills(app: &mut App, session: &mut Session, bolt: &str, pressure: &str) {
    types(app, bolt);
    press(app, Tab);
    types(app, pressure);
    let effects = control(app, 's');
    perform(app, session, effects);
}

#[test]
fn a_row_is_taken_in_one_form_and_more_rows_than_are_wanted_from_the_menu() {
    let world = World::new();
    let (mut app, mut session) = at_the_flange(&world, ("unit: bar", "unit: bar"));
    let off = |app: &App| screen(app).act_list()[line_of(app, "take one more row")].off.clone();
    acts(&mut app, &mut session, "a.ortiz", json!([{"intent": "begin", "step": "1"}]));
    press(&mut app, Enter);
    let form = drawn(&app, 80, 24);
    assert!(form.contains("Bolts, row 1") && form.contains("Tool pressure in bar"), "{form}");
    fills(&mut app, &mut session, "B1", "0.40");
    press(&mut app, Enter);
    fills(&mut app, &mut session, "B2", "0.41");
    assert!(drawn(&app, 80, 24).contains("step 1 is done"), "{}", drawn(&app, 80, 24));
    assert_eq!(off(&app), None);
    takes(&mut app, &mut session, "take one more row");
    assert!(drawn(&app, 80, 24).contains("Bolts, row 3"), "{}", drawn(&app, 80, 24));
    fills(&mut app, &mut session, "B3", "0.39");
    let shown = drawn(&app, 100, 40);
    assert!(shown.contains("row 3") && shown.contains("B3"), "{shown}");
    acts(&mut app, &mut session, "a.ortiz", json!([{"intent": "perform", "step": "1"}]));
    assert!(off(&app).is_some(), "no step is begun that takes rows");
}

#[test]
fn a_row_that_wants_an_instrument_asks_for_one_first_and_a_bad_row_is_told_as_bad() {
    let world = World::new();
    let (mut app, mut session) = at_the_flange(&world, ("unit: bar", "unit: bar, instrument: required"));
    acts(&mut app, &mut session, "a.ortiz", json!([{"intent": "begin", "step": "1"}]));
    press(&mut app, Enter);
    assert!(drawn(&app, 80, 24).contains("Calibration due"), "{}", drawn(&app, 80, 24));
    let register = json!({"intent": "register_instrument", "instrument": "PG-7", "name": "gauge", "quantities": ["pressure"],
        "cal_due": "2030-01-01T00:00:00.000Z"});
    let row = json!({"intent": "take_sample", "step": "1", "instrument": "PG-7",
        "values": {"bolt": "B1", "pressure": "0.5"}});
    acts(&mut app, &mut session, "a.ortiz", json!([register, row]));
    assert!(screen(&app).notice.1.contains("row 1 taken, not all of it in limits"), "{:?}", screen(&app).notice);
}
