//! A procedure that calls another one: the child is run, sealed and named by the parent.

use super::drive::{CLEAN, END};
use crate::world::{World, of_person};
use asrun::session::open_package;
use serde_json::Value;
use std::path::{Path, PathBuf};

const PARENT: &str = r#"
format: asrun.procedure.v1
id: parent
revision: "1"
title: Calls the small one
use_level: continuous
criticality: routine
roles: [performer, verifier, supervisor]
back_out: sec_back
safe_state: "Switched off"
sections:
  - id: sec_body
    title: Work
    kind: body
    steps:
      - id: "1"
        type: call
        title: Run the small one
        instruction: "EXECUTE the small procedure."
        call: {procedure: small, package: "PACKAGE"}
  - id: sec_back
    title: Back out
    kind: back_out
    steps:
      - {id: b1, type: action, title: Switch off, instruction: "SWITCH off."}
"#;

const PACK: &str = include_str!("../data/small/pack.yaml");
const POLICY: &str = include_str!("../data/small/policy.yaml");

/// A world with a child package and a parent package that calls it.
struct Family {
    world: World,
    child: PathBuf,
    parent: PathBuf,
}

impl Family {
    fn new() -> Self {
        Self::of(World::new())
    }

    fn of(world: World) -> Self {
        world.file("gauge.txt", "needle at 0.05\n");
        let child = world.package("small");
        let digest = open_package(&std::fs::read(&child).unwrap()).unwrap().plan.digest;
        let parent = PARENT.replace("PACKAGE", &digest.to_string());
        let parent = world.lock("parent", [parent.as_bytes(), PACK.as_bytes(), POLICY.as_bytes()]);
        Self { world, child, parent }
    }

    /// Runs a package to its seal and returns the run and its bundle.
    fn sealed(&self, package: &Path, intents: &str) -> (String, PathBuf) {
        let done = self.world.drive(package.to_str().unwrap(), &format!("{intents}{END}")).exits(0);
        let answers = done.answers();
        let bundle = answers.last().unwrap()["bundle"].as_str().unwrap().into();
        (answers[0]["state"]["run"].as_str().unwrap().to_owned(), bundle)
    }

    /// Opens the parent and names a bundle; returns what is answered to that.
    fn calls(&self, bundle: &Path) -> (String, Value) {
        let done = self.world.drive(self.parent.to_str().unwrap(), &called(bundle));
        let answers = done.answers();
        (answers[0]["state"]["run"].as_str().unwrap().to_owned(), answers[2].clone())
    }

    fn refuses(&self, bundle: &Path, words: &str) {
        let (run, answer) = self.calls(bundle);
        let message = answer["message"].as_str().unwrap_or_default().to_owned();
        assert!(answer["ok"] == false && message.contains(words), "{words}: {answer}");
        let shown = self.world.asrun(&["show", &run], "").exits(0).stdout();
        assert!(!shown.contains("\n  Called "), "{shown}");
    }
}

fn called(bundle: &Path) -> String {
    let open = r#"{"intent":"open","as":"a.ortiz","crew":[{"person":"m.berg","role":"supervisor"}]}"#;
    let bundle = serde_json::to_string(bundle.to_str().unwrap()).unwrap();
    format!(
        "{open}\n{{\"intent\":\"begin\",\"as\":\"a.ortiz\",\"step\":\"1\"}}\n\
         {{\"intent\":\"call\",\"as\":\"a.ortiz\",\"step\":\"1\",\"bundle\":{bundle}}}\n"
    )
}

fn flip(path: &Path, from_the_end: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    let at = bytes.len() - from_the_end;
    bytes[at] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_parent_names_the_childs_bundle_and_becomes_final() {
    let family = Family::new();
    let (child, bundle) = family.sealed(&family.child, CLEAN);
    let (_, parent) = family.sealed(&family.parent, &called(&bundle));
    let (parent, world) = (parent.to_str().unwrap(), &family.world);
    let (passphrases, anchor) = (world.home.passphrases(), world.home.trust().join("authority.pub"));
    let arguments = ["signoff", parent, "--as", "m.berg", "--decision", "approve", "--passphrase-file"];
    world.asrun(&[&arguments[..], &[passphrases.to_str().unwrap()]].concat(), "").exits(0);
    let verdict = world.asrun(&["verify", parent, "--trust", anchor.to_str().unwrap()], "").exits(0).stdout();
    assert!(verdict.starts_with("FINAL"), "{verdict}");
    let shown = world.asrun(&["show", parent], "").exits(0).stdout();
    let seal =
        asrun::kernel::canon::digest::SealDigest::of(&std::fs::read(bundle.join("tagmanifest-sha256.txt")).unwrap());
    assert!(shown.contains(&format!("small, run {child}, bundle {seal}")), "{shown}");
}

#[test]
fn an_exported_child_is_named_as_well() {
    let family = Family::new();
    let (_, bundle) = family.sealed(&family.child, CLEAN);
    let proof = family.world.path("child.proof");
    family.world.asrun(&["export", bundle.to_str().unwrap(), "-o", proof.to_str().unwrap()], "").exits(0);
    assert_eq!(family.calls(&proof).1["ok"], true);
}

#[test]
fn a_child_of_another_package_is_refused() {
    let family = Family::new();
    let other =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/small/procedure.yaml")).unwrap();
    let other = other.replace("A small procedure", "Another small procedure");
    let other = family.world.lock("other", [other.as_bytes(), PACK.as_bytes(), POLICY.as_bytes()]);
    let (_, bundle) = family.sealed(&other, CLEAN);
    family.refuses(&bundle, "is not one of the called package");
}

#[test]
fn a_child_whose_receipt_bears_a_key_that_was_revoked_since_is_refused() {
    let family = Family::new();
    let world = &family.world;
    // The child is performed and sealed by l.chen, the parent by a.ortiz.
    world.roster(|text| {
        let performs = text.lines().find(|line| line.contains("{role: performer,")).unwrap().to_owned();
        let both = format!("{performs}\n{}", performs.replace("performer", "verifier"));
        of_person(&text, "a.ortiz", &performs, &both)
    });
    let swapped =
        |text: &str| text.replace("a.ortiz", "nobody").replace("l.chen", "a.ortiz").replace("nobody", "l.chen");
    let (by_chen, end) = (swapped(CLEAN), swapped(END));
    let done = world.drive(family.child.to_str().unwrap(), &format!("{by_chen}{end}")).exits(0);
    let bundle = PathBuf::from(done.answers().last().unwrap()["bundle"].as_str().unwrap());
    world.revoke("l.chen");
    family.refuses(&bundle, "(l.chen) is revoked at 2026-01-01T00:00:00.000Z");
}

#[test]
fn an_altered_child_is_refused() {
    let family = Family::new();
    let (_, bundle) = family.sealed(&family.child, CLEAN);
    flip(&bundle.join("data/journal.jsonl"), 300);
    family.refuses(&bundle, "it is graded FAIL");
}

#[test]
fn a_child_that_was_aborted_is_refused() {
    let family = Family::new();
    let abort = r#"{"intent":"abort","as":"a.ortiz","reason":"smoke in the room"}
{"intent":"confirm_safe_state","as":"a.ortiz"}
{"intent":"deviate","as":"a.ortiz","code":"SML-ANY","description":"smoke was seen in the room","immediate_action":{"text":"left the room"},"process":"back_out"}
"#;
    let (_, bundle) = family.sealed(&family.child, &format!("{}\n{abort}", CLEAN.lines().next().unwrap()));
    family.refuses(&bundle, "it is graded FAIL");
}

#[test]
fn a_child_that_is_not_sealed_or_signed_by_strangers_is_refused() {
    let (family, strangers) = (Family::new(), Family::of(World::of_strangers()));
    let done = family.world.drive(family.child.to_str().unwrap(), CLEAN).exits(0);
    let run = done.answers()[0]["state"]["run"].as_str().unwrap().to_owned();
    family.refuses(&family.world.home.run(&run.parse().unwrap()).dir, "not sealed");
    family.refuses(&family.world.path("nowhere"), "the bundle was rejected");
    let (_, bundle) = strangers.sealed(&strangers.child, CLEAN);
    family.refuses(&bundle, "signed by somebody who is not in the roster of this run");
}
