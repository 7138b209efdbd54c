//! What an author demands is asked for, or refused when it is written; what cannot count is refused when it is given.

use crate::world::{Done, World};
use serde_json::Value;
use std::path::PathBuf;

const PROCEDURE: &str = r#"format: asrun.procedure.v1
id: valve
revision: "1"
title: Close a valve
use_level: continuous
criticality: routine
roles: [performer, supervisor, witness, verifier]
safe_state: "Switched off"
back_out: back
sections:
  - id: work
    title: Work
    kind: body
    steps:
      - id: "1"
        type: action
        title: Close the valve
        instruction: CLOSE the valve.
        signoff: [SIGNOFF]
  - id: back
    title: Back out
    kind: back_out
    steps:
      - {id: b1, type: action, title: Switch off, instruction: SWITCH off at the panel.}
"#;

const WITNESSED: &str = "{role: witness, meaning: witnessed}";

const OPEN: &str = r#"{"intent":"open","as":"a.ortiz","crew":[{"person":"l.chen","role":"verifier"},{"person":"m.berg","role":"supervisor"},{"person":"p.sato","role":"witness"}]}
{"intent":"begin","as":"a.ortiz","step":"1"}
{"intent":"perform","as":"a.ortiz","step":"1"}
"#;

const WITNESS: &str = r#"{"intent":"sign","as":"p.sato","meaning":"witnessed","subject":{"kind":"step","id":"1"}}
"#;

const END: &str = r#"{"intent":"close","as":"a.ortiz"}
{"intent":"seal","as":"a.ortiz"}
"#;

fn documents(signoff: &str) -> [String; 3] {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/small");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    [PROCEDURE.replace("SIGNOFF", signoff), read("pack.yaml"), read("policy.yaml")]
}

fn package(world: &World, signoff: &str) -> PathBuf {
    world.lock("valve", documents(signoff).each_ref().map(String::as_bytes))
}

fn checked(world: &World, signoff: &str) -> Done {
    let documents = documents(signoff);
    let paths: Vec<String> = ["procedure", "pack", "policy"]
        .iter()
        .zip(documents)
        .map(|(name, text)| world.file(&format!("{name}.yaml"), text).display().to_string())
        .collect();
    world.asrun(&["check", &paths[0], "--pack", &paths[1], "--policy", &paths[2], "--json"], "")
}

fn anchor(world: &World) -> String {
    world.home.trust().join("authority.pub").display().to_string()
}

fn approve(world: &World, bundle: &str, person: &str, more: &[&str]) -> Done {
    let passphrases = world.home.passphrases().display().to_string();
    let args = [
        "signoff",
        bundle,
        "--as",
        person,
        "--decision",
        "approve",
        "--comment",
        "read",
        "--passphrase-file",
        &passphrases,
    ];
    world.asrun(&[&args[..], more].concat(), "")
}

#[test]
fn a_step_waits_for_its_witness_and_final_is_not_reached_without() {
    let world = World::new();
    let package = package(&world, WITNESSED);
    let refused = r#"{"intent":"close","as":"a.ortiz","expect":"gate.run_finished"}
"#;
    let lines = format!("{OPEN}{refused}{WITNESS}{END}");
    let answers = world.drive(package.to_str().unwrap(), &lines).exits(0).answers();
    let bundle = answers.last().unwrap()["bundle"].as_str().unwrap();
    approve(&world, bundle, "m.berg", &[]).exits(0);
    let verdict = world.asrun(&["verify", bundle, "--trust", &anchor(&world)], "").exits(0).stdout();
    assert!(verdict.starts_with("FINAL"), "{verdict}");
    let shown = world.asrun(&["show", bundle], "").exits(0).stdout();
    assert!(shown.contains("witnessed"), "{shown}");
}

#[test]
fn a_signature_that_no_step_asks_for_is_refused_with_the_place_where_it_belongs() {
    let world = World::new();
    let remark = |signoff: &str| -> Value {
        let done = checked(&world, signoff).exits(1);
        serde_json::from_str(done.stdout().lines().next().unwrap()).unwrap()
    };
    let found = remark("{role: supervisor, meaning: performed}");
    assert_eq!((&found["code"], &found["line"]), (&Value::from("lint.signoff_form"), &Value::from(19)), "{found}");
    let found = remark("{role: verifier, meaning: independently_verified}");
    assert_eq!((&found["code"], &found["line"]), (&Value::from("yaml.signoff_meaning"), &Value::from(19)), "{found}");
    assert!(found["message"].as_str().unwrap().contains("`verification: {mode: independent"), "{found}");
    let found = remark("{role: witness, meaning: witnessed}, {role: witness, meaning: witnessed}");
    assert_eq!(found["code"], "lint.demand_twice");
    assert!(found["hint"].as_str().unwrap().contains("`count: 2`"), "{found}");
    checked(&world, "{role: witness, meaning: witnessed, count: 2}").exits(0);
}

#[test]
fn an_approval_that_cannot_count_is_refused_by_signoff_with_the_reason_and_who_could() {
    let world = World::new();
    let package = package(&world, WITNESSED);
    let answers = world.drive(package.to_str().unwrap(), &format!("{OPEN}{WITNESS}{END}")).exits(0).answers();
    let bundle = answers.last().unwrap()["bundle"].as_str().unwrap();
    let said = approve(&world, bundle, "a.ortiz", &[]).exits(1).stderr();
    assert!(said.contains("the profile asks supervisor, not performer") && said.contains("given by m.berg"), "{said}");
    let said = approve(&world, bundle, "m.berg", &["--meaning", "reviewed"]).exits(1).stderr();
    assert!(said.contains("asked for approved, not for reviewed"), "{said}");
    approve(&world, bundle, "m.berg", &["--subject", "step:1"]).exits(1);
    approve(&world, bundle, "m.berg", &[]).exits(0);
    let said = approve(&world, bundle, "m.berg", &[]).exits(1).stderr();
    assert!(said.contains("approved it already") && said.contains("nobody"), "{said}");
    assert_eq!(std::fs::read_dir(std::path::Path::new(bundle).join("signoffs")).unwrap().count(), 2);
}

#[test]
fn an_approval_of_the_run_by_the_wrong_role_is_refused_in_the_run() {
    let world = World::new();
    let package = package(&world, WITNESSED);
    let first = world.drive(package.to_str().unwrap(), &format!("{OPEN}{WITNESS}")).exits(0).answers();
    let run = first[0]["state"]["run"].as_str().unwrap().to_owned();
    let approve = |person: &str| {
        format!(
            "{{\"intent\":\"sign\",\"as\":\"{person}\",\"meaning\":\"approved\",\"subject\":{{\"kind\":\"run\",\"id\":\"{run}\"}}}}\n"
        )
    };
    let refused = world.drive(&run, &approve("a.ortiz")).exits(1);
    let answer = refused.answers().pop().unwrap();
    assert_eq!(answer["codes"], serde_json::json!(["gate.counts"]), "{answer}");
    assert!(answer.to_string().contains("could m.berg"), "{answer}");
    world.drive(&run, &approve("m.berg")).exits(0);
}
