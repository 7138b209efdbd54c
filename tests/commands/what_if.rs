//! `asrun verify --profile`: a sealed record under a profile that it was not run under.

use super::drive::{CLEAN, END};
use crate::world::{Done, World};
use serde_json::{Value, json};
use std::path::Path;

const SEALED: &str = include_str!("../data/small/policy.yaml");

/// The small run with a reading out of limits that was accepted as it is.
fn deviating() -> String {
    let deviation = r#"{"intent":"deviate","as":"a.ortiz","step":"1","code":"SML-ANY","description":"needle stood above the mark","immediate_action":{"text":"told the lead"},"process":"continue","justification":"one needle's width"}"#;
    let entered = r#""values":{"p_res":"0,05"}}"#;
    CLEAN.replace(entered, &format!("\"values\":{{\"p_res\":\"0,35\"}}}}\n{deviation}")) + END
}

struct Case {
    world: World,
    bundle: String,
}

impl Case {
    fn sealed(intents: &str) -> Self {
        let world = World::new();
        world.file("gauge.txt", "needle\n");
        let package = world.package("small");
        let done = world.drive(package.to_str().unwrap(), intents).exits(0);
        let bundle = done.answers().last().unwrap()["bundle"].as_str().unwrap().to_owned();
        Self { world, bundle }
    }

    fn sign(&self, subject: &str) {
        let passphrases = self.world.home.passphrases();
        let person = ["signoff", &self.bundle, "--as", "m.berg", "--passphrase-file", passphrases.to_str().unwrap()];
        let decision = ["--subject", subject, "--decision", "approve", "--comment", "read it all"];
        self.world.asrun(&[&person[..], &decision].concat(), "").exits(0);
    }

    /// Judges under the sealed profile with one edit, named `other`.
    fn under(&self, old: &str, new: &str, more: &[&str]) -> Done {
        assert!(SEALED.contains(old), "{old}");
        let text = SEALED.replace(old, new).replace("id: small", "id: other");
        let profile = self.world.file("other.yaml", text).display().to_string();
        let anchor = self.world.home.trust().join("authority.pub").display().to_string();
        let all = [&["verify", &self.bundle, "--trust", &anchor, "--profile", &profile], more].concat();
        self.world.asrun(&all, "")
    }

    fn json(&self, old: &str, new: &str, status: i32) -> Value {
        let done = self.under(old, new, &["--json"]).exits(status);
        serde_json::from_str(&done.stdout()).unwrap()
    }
}

#[test]
fn a_final_bundle_is_at_most_provisional_under_another_profile() {
    let case = Case::sealed(&format!("{CLEAN}{END}"));
    case.sign("run");
    let report = case.json("count: 1", "count: 1", 3);
    assert_eq!((&report["verdict"], &report["what_if"]["sealed_verdict"]), (&json!("PROVISIONAL"), &json!("FINAL")));
    assert_eq!(report["findings"][0]["code"], "what_if.other_profile");
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    assert_eq!(
        report["missing_for_final"][0]["message"].as_str().unwrap().split(',').next(),
        Some("graded under other-1")
    );
    let stricter = case.json("count: 1", "count: 2", 3);
    assert_eq!(stricter["findings"][0]["code"], "policy.signoff_missing");
}

#[test]
fn every_line_says_that_this_is_not_the_sealed_profile() {
    let case = Case::sealed(&deviating());
    let text = case.under("outcome: review", "outcome: allow", &[]).exits(3).stdout();
    assert!(text.lines().all(|line| line.starts_with("what-if other-1 |")), "{text}");
    for part in [
        "| PROVISIONAL  ",
        "Under the sealed profile the verdict is PROVISIONAL",
        "DEV-0001 at step 1: out_of_limit, continue",
        "sealed    R99 review, minor, 1 to review",
        "what-if   R99 allow, minor, 0 to review",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn a_profile_that_blocks_what_was_accepted_fails_the_record() {
    let case = Case::sealed(&deviating());
    case.sign("deviation:DEV-0001");
    case.sign("run");
    let report = case.json("trigger: skipped", "trigger: [skipped, out_of_limit]", 1);
    assert_eq!((&report["verdict"], &report["integrity"]), (&json!("FAIL"), &json!("intact")));
    assert_eq!((&report["policy"], &report["policy_profile"]), (&json!("violated"), &json!("small-1")));
    let of_deviation = &report["what_if"]["deviations"][0];
    assert_eq!((&of_deviation["refused"], &of_deviation["under"]["rule"]), (&json!(true), &json!("R1")));
    assert!(report["findings"].as_array().unwrap().iter().any(|f| f["code"] == "what_if.refused"));
    assert_eq!(report["what_if"]["sealed_verdict"], "FINAL");
}

#[test]
fn longer_forms_and_more_approvals_are_found_missing() {
    let case = Case::sealed(&deviating());
    let codes = |report: &Value| {
        let all = report["findings"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap().to_owned());
        all.collect::<Vec<_>>()
    };
    let longer = case.json("description_min: 10", "description_min: 100", 3);
    assert!(codes(&longer).contains(&"what_if.form_incomplete".to_owned()), "{longer}");
    let approved = case.json("identity:", "approvals: [{role: qa, count: 1}]\nidentity:", 1);
    assert!(codes(&approved).contains(&"what_if.unapproved".to_owned()), "{approved}");
}

#[test]
fn a_broken_bundle_stays_broken_whatever_the_profile() {
    let case = Case::sealed(&format!("{CLEAN}{END}"));
    let journal = Path::new(&case.bundle).join("data/journal.jsonl");
    let mut bytes = std::fs::read(&journal).unwrap();
    bytes[200] ^= 1;
    std::fs::write(&journal, bytes).unwrap();
    let report = case.json("outcome: review", "outcome: allow", 1);
    assert_eq!((&report["verdict"], &report["integrity"]), (&json!("FAIL"), &json!("broken")));
    assert_eq!(report["what_if"]["deviations"], json!([]));
}

#[test]
fn without_a_profile_nothing_is_said_of_one() {
    let case = Case::sealed(&format!("{CLEAN}{END}"));
    let plain = case.world.asrun(&["verify", &case.bundle, "--json"], "").exits(3).stdout();
    assert!(!plain.contains("what_if"), "{plain}");
    let nowhere = case.world.asrun(&["verify", &case.bundle, "--profile", "nowhere.yaml"], "").exits(4);
    assert_eq!(nowhere.stdout(), "");
    let refused =
        case.under("  - {id: R99, when: {}, outcome: review, form: {description_min: 10}}\n", "", &[]).exits(4);
    assert!(refused.stdout().contains("lint.policy_last_rule"), "{}", refused.stdout());
}

#[test]
fn a_profile_that_demands_files_names_each_step_that_was_done_without_them() {
    let case = Case::sealed(&format!("{CLEAN}{END}"));
    case.sign("run");
    let refused = |steps: &str, evidence: &str, count: u32, status| {
        let demand = format!("require: [{{steps: {steps}, evidence: {evidence}, count: {count}}}]\nclosure:\n");
        let report = case.json("closure:\n", &demand, status);
        let found = report["findings"].as_array().unwrap().iter().filter(|f| f["code"] == "what_if.refused");
        let messages = found.map(|f| f["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert!(!report["what_if"]["not_graded"].to_string().contains("require"), "{report}");
        messages
    };
    // The one file of the run, a text, was taken at step 1, which is a record.
    assert!(refused("record", "any", 1, 3).is_empty());
    let two = refused("record", "any", 2, 1);
    assert!(two.len() == 1 && two[0].contains("demands 2 of `any` at step 1, it has 1"), "{two:?}");
    let photo = refused("record", "photo", 1, 1);
    assert!(photo.len() == 1 && photo[0].contains("demands 1 of `photo` at step 1, it has 0"), "{photo:?}");
    let all = refused("all", "any", 1, 1);
    assert!(all.len() == 2 && all.iter().all(|m| !m.contains("step 1,")), "{all:?}");
}
