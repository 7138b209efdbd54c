//! Two packs on one procedure: the same keys lead to the same screens, and each says the words of its field.

use super::kit::bench::{acts, drawn, keys, on, press, small, types};
use crate::world::World;
use asrun::session::Session;
use asrun::tui::machine::app::App;
use crossterm::event::KeyCode::{self, Char, Enter, Esc, F};
use serde_json::json;

/// The words of a data centre and of a hangar; the last pair names the step so that only its type says "hold".
const ROOMS: &str = "{deviation: Irregularity, hold: Checkpoint, evidence: Proof, instrument: Meter, component: Asset, \
    material: Consumable, permit: Clearance, review: Appraisal, turnover: Handoff, watch: Patrol, \
    supervisor: Shift lead, verifier: Second engineer, performer: MOP lead}";
const HANGAR: &str = "{deviation: Discrepancy, hold: Gate, evidence: Record copy, instrument: Test set, component: LRU, \
    material: Part, permit: Authorisation, review: Buy-off, turnover: Tie-in, watch: Standby, \
    supervisor: Inspector, verifier: Buddy, performer: Mechanic}";
const OURS: [&str; 13] = [
    "deviation",
    "hold",
    "evidence",
    "instrument",
    "component",
    "material",
    "permit",
    "review",
    "handover",
    "watch",
    "supervisor",
    "verifier",
    "performer",
];

/// Every screen on the way from the first step to the second signature, at two sizes.
struct Walk {
    app: App,
    session: Session,
    seen: String,
}

impl Walk {
    fn look(&mut self) {
        for (width, height) in [(80, 24), (120, 60)] {
            self.seen += &drawn(&self.app, width, height);
        }
    }

    fn keys(&mut self, codes: &[KeyCode]) {
        for code in codes {
            keys(&mut self.app, &mut self.session, &[*code]);
            self.look();
        }
    }

    fn acts(&mut self, person: &str, intents: serde_json::Value) {
        acts(&mut self.app, &mut self.session, person, intents);
        self.look();
    }
}

fn walk(terms: &str) -> String {
    let world = World::new();
    let units = "units:\n  - {id: bar";
    let package = small(
        &world,
        &[
            (units, &format!("terms: {terms}\n{units}")),
            ("title: Hold", "title: Wait here"),
            ("            unit: bar\n", "            unit: bar\n            instrument: required\n"),
            ("min: 1, required: true, prompt", "min: 1, required: false, prompt"),
        ],
    );
    let (app, session) = on(&world, &package, &[("verifier", "l.chen"), ("supervisor", "m.berg")]);
    let mut walk = Walk { app, session, seen: String::new() };
    walk.look();
    // The step, its value with what it is read with, the menus and forms that are open to it.
    walk.keys(&[Enter, Enter, Esc, F(2), Esc, F(1), Esc, F(4), Esc, F(7), Char('1'), Enter, Esc, Esc, F(10), Esc]);
    walk.acts(
        "a.ortiz",
        json!([
            {"intent": "register_instrument", "instrument": "T-1", "name": "Gauge", "quantities": ["pressure"], "cal_due": "2099-01-01T00:00:00.000Z"},
            {"intent": "enter", "step": "1", "input": "p_res", "raw": "0.35", "instrument": "T-1"},
        ]),
    );
    // A reading out of limits: what is due is written down in the field's form.
    walk.keys(&[Enter, Esc]);
    let statement = json!({"code": "SML-ANY", "description": "the gauge read high", "immediate_action": {"text": "none"}, "process": "continue", "justification": "known"});
    walk.acts("a.ortiz", json!([{"intent": "deviate", "step": "1", "statement": statement}]));
    walk.acts(
        "a.ortiz",
        json!([
            {"intent": "perform", "step": "1"},
            {"intent": "begin", "step": "2"},
            {"intent": "check", "step": "2", "result": "pass"},
            {"intent": "perform", "step": "2"},
        ]),
    );
    walk.keys(&[Enter, Char('1'), Enter, Char('1'), Enter]);
    types(&mut walk.app, "demo");
    walk.keys(&[Enter]);
    walk.acts("a.ortiz", json!([{"intent": "begin", "step": "3"}]));
    walk.keys(&[Enter, Char('1'), Enter, Enter, Esc, Esc, Esc]);
    press(&mut walk.app, F(9));
    walk.look();
    walk.seen
}

fn ours_in(text: &str) -> Vec<&'static str> {
    let words: Vec<String> = text.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase).collect();
    OURS.into_iter().filter(|ours| words.iter().any(|w| w == ours || *w == format!("{ours}s"))).collect()
}

#[test]
fn two_packs_on_one_procedure_say_each_their_own_words_and_never_ours() {
    for (terms, theirs) in [
        (
            ROOMS,
            [
                "CHECKPOINT POINT 3",
                "only shift lead releases it: m.berg",
                "Irregularity DEV-0001",
                "irregularity 1",
                "Proof: 0 of 1",
                "second engineer verifies",
                "l.chen as second engineer",
                "register: meter",
                "METER",
                "m.berg releases checkpoint 3",
                "shift lead releases the checkpoint",
            ],
        ),
        (
            HANGAR,
            [
                "GATE POINT 3",
                "only inspector releases it: m.berg",
                "Discrepancy DEV-0001",
                "discrepancy 1",
                "Record copy: 0 of 1",
                "buddy verifies",
                "l.chen as buddy",
                "register: test set",
                "TEST SET",
                "m.berg releases gate 3",
                "inspector releases the gate",
            ],
        ),
    ] {
        let seen = walk(terms);
        for words in theirs {
            assert!(seen.contains(words), "{words} is nowhere\n{seen}");
        }
        // What the verdict finds is said in the verdict's own words, by their codes.
        let screens = seen.lines().filter(|l| !l.contains("open for FINAL"));
        let left: Vec<&str> = screens.filter(|l| !ours_in(l).is_empty()).collect();
        assert!(left.is_empty(), "{:?}\n{}", ours_in(&seen), left.join("\n"));
    }
}
