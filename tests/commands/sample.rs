//! A sample through the command line: locked, taken row by row, sealed, verified, told.

use crate::world::World;
use serde_json::Value;
use std::path::{Path, PathBuf};

const PROCEDURE: &str = include_str!("../data/sample.yaml");

const ROWS: &str = r#"{"intent":"open","as":"a.ortiz","fields":{"work_order":"W1"},"crew":[{"person":"m.berg","role":"supervisor"}]}
{"intent":"begin","as":"a.ortiz","step":"1"}
{"intent":"take_sample","as":"a.ortiz","step":"1","values":{"bolt":"B1","pressure":"0,40"}}
{"intent":"perform","as":"a.ortiz","step":"1","expect":"gate.inputs"}
{"intent":"take_sample","as":"a.ortiz","step":"1","values":{"bolt":"B1","pressure":"0.41"},"expect":"gate.entry_form"}
{"intent":"take_sample","as":"a.ortiz","step":"1","values":{"bolt":"B2","pressure":"0.41","remark":"new washer"}}
{"intent":"take_sample","as":"a.ortiz","step":"1","values":{"bolt":"B3","pressure":"0.39"}}
{"intent":"correct","as":"a.ortiz","step":"1","reason":"misread","values":{"bolts":{"2":{"remark":"old washer"}}}}
{"intent":"perform","as":"a.ortiz","step":"1"}
{"intent":"close","as":"a.ortiz"}
{"intent":"seal","as":"a.ortiz"}
"#;

fn documents(procedure: &str) -> [String; 3] {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/small");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    [procedure.to_owned(), read("pack.yaml"), read("policy.yaml")]
}

fn package(world: &World) -> PathBuf {
    world.lock("flange", documents(PROCEDURE).each_ref().map(String::as_bytes))
}

#[test]
fn a_sample_is_taken_row_by_row_sealed_verified_and_told() {
    let world = World::new();
    let answers = world.drive(package(&world).to_str().unwrap(), ROWS).exits(0).answers();
    assert!(answers[2]["state"]["outstanding"].to_string().contains("1 more"), "{}", answers[2]);
    let bundle = answers.last().unwrap()["bundle"].as_str().unwrap().to_owned();
    world.asrun(&["verify", &bundle], "").exits(3);
    let shown = world.asrun(&["show", &bundle], "").exits(0).stdout();
    assert!(shown.contains("Bolts, row 1: Bolt: B1"), "{shown}");
    assert!(
        shown.contains("Tool pressure: 0.40 bar, in limits; limit 0.38 to 0.42") && shown.contains("keyed 0,40"),
        "{shown}"
    );
    assert!(!shown.contains("[struck out]"), "one value of a row was corrected, the others stand: {shown}");
    let state: Value =
        serde_json::from_slice(&std::fs::read(Path::new(&bundle).join("data/state.json")).unwrap()).unwrap();
    let values = state["steps"][0]["attempts"][0]["values"].as_array().unwrap();
    let cells: Vec<_> = values.iter().filter(|v| v["superseded"] == false).map(|v| (&v["row"], &v["column"])).collect();
    assert_eq!(cells.len(), 7, "{values:?}");
}

#[test]
fn a_reading_in_a_row_that_is_out_of_its_limits_is_never_final_without_a_deviation() {
    let world = World::new();
    let rows = ROWS.replace("\"0.39\"", "\"0.50\"");
    let rows: String = rows.lines().take(7).map(|line| format!("{line}\n")).collect();
    let rest = "{\"intent\":\"perform\",\"as\":\"a.ortiz\",\"step\":\"1\",\"expect\":\"gate.deviation_required\"}\n";
    world.drive(package(&world).to_str().unwrap(), &format!("{rows}{rest}")).exits(0);
}

#[test]
fn a_sample_is_checked_and_walked_on_paper_like_every_other_step() {
    let world = World::new();
    let names = ["procedure", "pack", "policy"];
    let paths: Vec<String> = names
        .iter()
        .zip(documents(PROCEDURE))
        .map(|(name, text)| world.file(&format!("{name}.yaml"), text).display().to_string())
        .collect();
    let done = world.asrun(&["check", &paths[0], "--pack", &paths[1], "--policy", &paths[2], "--simulate"], "");
    let said = done.exits(0).stdout();
    assert!(said.contains("FINAL"), "{said}");
}
