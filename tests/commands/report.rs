//! What a report says above its findings: four questions, the seal in groups, stages, proofs; the same in each face.

use super::judging::{anchor, sealed, sign};
use crate::world::World;
use serde_json::Value;
use std::path::Path;

fn json(world: &World, bundle: &str, status: i32) -> Value {
    let done = world.asrun(&["verify", bundle, "--trust", &anchor(world), "--json"], "").exits(status);
    serde_json::from_str(&done.stdout()).unwrap()
}

#[test]
fn a_report_answers_four_questions_before_it_lists_findings() {
    let world = World::new();
    let bundle = sealed(&world);
    let text = world.asrun(&["verify", &bundle, "--trust", &anchor(&world)], "").exits(3).stdout();
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what} is missing:\n{text}"));
    let order = [
        "PROVISIONAL",
        "What ran?",
        "outcome of the work: done",
        "Under which authority and policy?",
        "approved by Jonas Weiss (j.weiss)",
        "known from the given anchor",
        "Was scope controlled?",
        "What can be checked independently?",
        "ssh-keygen -Y verify",
        "What is taken on trust?",
        "Closing rules",
        "approved by 1 as supervisor: 1 missing",
        "Open",
        "Required for FINAL",
        "Stages of the check",
        "external layers",
        "Proved",
        "every sealed file has the bytes that were sealed",
        "Not claimed",
    ];
    for pair in order.windows(2) {
        assert!(at(pair[0]) < at(pair[1]), "{} stands after {}:\n{text}", pair[0], pair[1]);
    }
    for shown in [
        world.asrun(&["show", &bundle], "").exits(0).stdout(),
        world.asrun(&["show", &bundle, "--html"], "").exits(0).stdout(),
    ] {
        for what in ["What ran?", "Was scope controlled?", "Stages of the check", "Proved", "Not claimed"] {
            assert!(shown.contains(what), "{what} is missing:\n{shown}");
        }
    }
}

#[test]
fn seal_and_head_stand_in_groups_and_are_those_of_the_files() {
    let world = World::new();
    let bundle = sealed(&world);
    let report = json(&world, &bundle, 3);
    let seal = report["seal"].as_str().unwrap();
    let tag = std::fs::read(Path::new(&bundle).join("tagmanifest-sha256.txt")).unwrap();
    assert_eq!(seal, asrun::kernel::canon::digest::FileDigest::of(&tag).to_string());
    let journal = std::fs::read_to_string(Path::new(&bundle).join("data/journal.jsonl")).unwrap();
    let last = asrun::kernel::canon::digest::LineDigest::of(journal.lines().last().unwrap().as_bytes());
    assert_eq!(report["journal_head"].as_str().unwrap(), last.to_string());
    let text = world.asrun(&["verify", &bundle], "").exits(3).stdout();
    for digest in [seal.to_owned(), last.to_string()] {
        let hex = digest.strip_prefix("sha256:").unwrap();
        let groups: Vec<&str> = (0..8).map(|at| &hex[at * 8..at * 8 + 8]).collect();
        assert!(text.contains(&format!("sha256:{}", groups.join(" "))), "{text}");
    }
}

#[test]
fn nothing_is_proved_of_a_damaged_bundle_and_the_stages_say_where_it_ended() {
    let world = World::new();
    let bundle = sealed(&world);
    let journal = Path::new(&bundle).join("data/journal.jsonl");
    let mut bytes = std::fs::read(&journal).unwrap();
    bytes[300] ^= 1;
    std::fs::write(&journal, bytes).unwrap();
    let report = json(&world, &bundle, 1);
    assert_eq!((&report["proves"], &report["account"]), (&serde_json::json!([]), &Value::Null), "{report}");
    let done = |stage: &str| {
        let stages = report["stages"].as_array().unwrap();
        stages.iter().find(|s| s["stage"] == stage).unwrap()["done"].as_bool().unwrap()
    };
    assert!(done("container") && done("bag") && done("package") && !done("replay") && !done("policy"), "{report}");
}

#[test]
fn a_run_of_this_home_is_named_by_its_id_and_shown_under_an_anchor() {
    let world = World::new();
    let bundle = sealed(&world);
    sign(&world, &bundle, &["--decision", "approve", "--comment", "second"]).exits(0);
    let run = Path::new(&bundle).file_name().unwrap().to_str().unwrap().to_owned();
    world.asrun(&["verify", &run, "--trust", &anchor(&world)], "").exits(0);
    let shown = world.asrun(&["show", &run, "--trust", &anchor(&world)], "").exits(0).stdout();
    assert!(shown.contains("FINAL") && !shown.contains("no anchor was given"), "{shown}");
    assert!(shown.contains("met by Mia Berg (m.berg), ") && shown.contains(", over the seal"), "{shown}");
}
