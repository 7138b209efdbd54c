//! `asrun drive`

use crate::world::World;
use serde_json::{Value, json};

pub const CLEAN: &str = r#"{"intent":"open","as":"a.ortiz","fields":{"work_order":"W1"},"crew":[{"person":"l.chen","role":"verifier"},{"person":"m.berg","role":"supervisor"}]}
{"intent":"begin","as":"a.ortiz","step":"1"}
{"intent":"enter","as":"a.ortiz","step":"1","values":{"p_res":"0,05"}}
{"intent":"attach","as":"a.ortiz","step":"1","requirement":"photo","path":"gauge.txt","caption":"gauge"}
{"intent":"perform","as":"a.ortiz","step":"1"}
{"intent":"begin","as":"a.ortiz","step":"2"}
{"intent":"check","as":"a.ortiz","step":"2","result":"pass"}
{"intent":"perform","as":"a.ortiz","step":"2"}
{"intent":"perform","as":"a.ortiz","step":"2","expect":"gate.not_active"}
{"intent":"verify","as":"l.chen","step":"2"}
{"intent":"begin","as":"a.ortiz","step":"3"}
{"intent":"release_hold","as":"m.berg","step":"3","comment":"seen"}
"#;

pub const END: &str = r#"{"intent":"close","as":"a.ortiz"}
{"intent":"seal","as":"a.ortiz"}
"#;

#[test]
fn a_whole_run_is_driven_to_a_sealed_bundle() {
    let world = World::new();
    world.file("gauge.txt", "needle at 0.05\n");
    let package = world.package("small");
    let done = world.drive(package.to_str().unwrap(), &format!("{CLEAN}{END}"));
    let done = done.exits(0);
    let bundle = done.answers().last().unwrap()["bundle"].as_str().unwrap().to_owned();
    for name in
        ["receipt.json", "tagmanifest-sha256.txt", "data/journal.jsonl", "data/state.json", "data/manifest.json"]
    {
        assert!(std::path::Path::new(&bundle).join(name).is_file(), "{name}");
    }
}

#[test]
fn an_act_that_is_refused_ends_the_drive_with_status_1_unless_it_was_expected() {
    let world = World::new();
    let package = world.package("small");
    let open = CLEAN.lines().next().unwrap();
    let refused = r#"{"intent":"begin","as":"a.ortiz","step":"2"}"#;
    let done = world.drive(package.to_str().unwrap(), &format!("{open}\n{refused}\n")).exits(1);
    assert_eq!(done.answers()[1]["codes"], json!(["gate.not_ready"]));
}

#[test]
fn lines_that_are_no_intent_are_answered_and_change_nothing() {
    let world = World::new();
    let package = world.package("small");
    let long = format!("\"{}\"", "x".repeat(2_000_000));
    let lines = [
        "{",
        "[]",
        r#"{"intent":"open"}"#,
        r#"{"as":"a.ortiz","as":"l.chen"}"#,
        r#"{"intent":"fly","as":"a.ortiz"}"#,
        &long,
    ];
    let done = world.drive(package.to_str().unwrap(), &lines.join("\n")).exits(1);
    assert_eq!(done.answers().len(), lines.len());
    assert!(done.answers().iter().all(|a| a["ok"] == false));
    assert_eq!(world.asrun(&["runs"], "").exits(0).stdout(), "");
}

#[test]
fn a_crew_that_names_a_person_twice_is_recorded_once() {
    let world = World::new();
    let member = |person: &str, role: &str| format!(r#"{{"person":"{person}","role":"{role}"}}"#);
    let (lin, mia) = (member("l.chen", "verifier"), member("m.berg", "supervisor"));
    let own = member("a.ortiz", "performer");
    let open = format!(
        r#"{{"intent":"open","as":"a.ortiz","fields":{{"work_order":"W1"}},"crew":[{lin},{mia},{lin},{own}]}}"#
    );
    let done = world.drive(world.package("small").to_str().unwrap(), &format!("{open}\n")).exits(0);
    let run = done.answers()[0]["state"]["run"].as_str().unwrap().parse().unwrap();
    let journal = std::fs::read_to_string(world.home.run(&run).journal()).unwrap();
    let opened: Value = serde_json::from_str(journal.lines().next().unwrap()).unwrap();
    assert_eq!(opened["record"]["data"]["crew"].as_array().unwrap().len(), 3, "{opened}");
}

#[test]
pub(crate) fn a_second_writer_is_refused_with_the_holder() {
    let world = World::new();
    let package = world.package("small");
    let open = CLEAN.lines().next().unwrap();
    let run =
        world.drive(package.to_str().unwrap(), &format!("{open}\n")).exits(0).answers()[0]["state"]["run"].clone();
    let id = run.as_str().unwrap().parse().unwrap();
    let paths = world.home.run(&id);
    let now = "2026-11-21T08:00:00.000Z".parse().unwrap();
    let _lock = asrun::store::Lock::take(&paths, &asrun::store::Disk::new(), "somebody else", now).unwrap();
    let done = world.drive(id.as_str(), "").exits(1);
    assert!(done.stderr().contains("somebody else"), "{}", done.stderr());
}

#[test]
fn an_answer_holds_what_changed_and_the_whole_where_it_is_asked_for() {
    let world = World::new();
    world.file("gauge.txt", "needle at 0.05\n");
    let refused = r#"{"intent":"begin","as":"a.ortiz","step":"3","expect":"gate.not_ready"}"#;
    let lines: Vec<&str> = CLEAN.lines().chain([refused]).chain(END.lines()).collect();
    let asked: String = lines.iter().map(|line| format!("{line}\n{{\"intent\":\"state\"}}\n")).collect();
    let answers = world.drive(world.package("small").to_str().unwrap(), &asked).answers();
    assert_eq!(answers.len(), 2 * lines.len());
    let (mut known, mut partial) = (serde_json::Map::new(), 0);
    for pair in answers.chunks(2) {
        let [answer, state] = pair else { panic!("{pair:?}") };
        assert_eq!(
            (&state["ok"], &state["state"]["whole"], &state["records"]),
            (&json!(true), &json!(true), &json!([]))
        );
        let changed = answer["state"]["steps"].as_object().cloned().unwrap_or_default();
        partial +=
            usize::from(answer["ok"] == true && changed.len() < state["state"]["steps"].as_object().unwrap().len());
        known.extend(changed);
        assert_eq!(Value::Object(known.clone()), state["state"]["steps"], "after {answer}");
    }
    assert!(partial > 8, "few answers hold less than everything: {partial}");
}
