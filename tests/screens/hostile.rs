//! Texts that want to be more than text, on the screen: none of them gets there raw.

use super::kit::bench::{acts, control, drawn, on, press};
use crate::accidents::injection::{NEEDLES, raw};
use crate::world::World;
use asrun::library;
use asrun::session::{Clock as _, HostClock};
use crossterm::event::KeyCode::{Char, Down, Esc, Tab};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

#[test]
fn no_text_that_was_authored_or_entered_reaches_the_screen_raw() {
    for needle in NEEDLES {
        let world = World::new();
        let text = serde_json::to_string(needle).unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/small");
        let documents = ["procedure.yaml", "pack.yaml", "policy.yaml"].map(|name| {
            let document = std::fs::read_to_string(folder.join(name)).unwrap();
            ["title: Read pressure", "title: Work", "prompt: Gauge readable", "label: Anything"]
                .iter()
                .fold(document, |document, title| {
                    document.replace(title, &format!("{} {text}", title.split_once(' ').unwrap().0))
                })
        });
        let documents = documents.each_ref().map(String::as_bytes);
        let (nothing, now) = (BTreeMap::new(), HostClock::new().now().time);
        // What an author may not write, a person may still enter.
        let package = match library::build(documents, &BTreeMap::new(), &nothing, now) {
            Ok(_) => world.lock("hostile", documents),
            Err(_) => world.package("small"),
        };
        let (mut app, mut session) = on(&world, &package, &[("verifier", "l.chen")]);
        let entered = json!([
            {"intent": "begin", "step": "1"},
            {"intent": "note", "step": null, "text": needle},
            {"intent": "enter", "step": "1", "input": "p_res", "raw": "0.05"},
        ]);
        acts(&mut app, &mut session, "a.ortiz", entered);
        for key in [Tab, Down, Char('?'), Esc, Char('n'), Esc, Char('d'), Esc] {
            press(&mut app, key);
            for (width, height) in [(80, 24), (120, 40)] {
                let seen = drawn(&app, width, height);
                assert_eq!(raw(&seen, false), None, "{needle:?} after {key:?}:\n{seen}");
            }
        }
        control(&mut app, 'p');
        assert_eq!(raw(&drawn(&app, 80, 24), false), None, "{needle:?}");
    }
}
