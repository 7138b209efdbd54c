//! Each code with a faulty document that yields exactly this code.

mod faults;

use super::{Code, Document, lint};
use crate::kernel::documents::pack::Pack;
use crate::kernel::documents::policy::{Closure, Policy};
use crate::kernel::documents::procedure::Procedure;
use crate::kernel::documents::roster::Roster;
use crate::kernel::documents::step::StepSignature;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::work::poll::PollEntry;
use crate::library::{read_document, read_roster};
use faults::{FAULTS, PACK, POLICY, PROCEDURE, ROSTER};
use std::collections::BTreeSet;

/// The four documents after one edit, which must change exactly one of them.
fn edited(old: &str, new: &str) -> [String; 4] {
    let all = [PROCEDURE, PACK, POLICY, ROSTER];
    let changed = all.map(|text| text.replacen(old, new, 1));
    let count = all.iter().zip(&changed).filter(|(a, b)| *a != b).count();
    assert_eq!(count, 1, "`{old}` does not stand in exactly one document");
    changed
}

fn remarks(documents: &[String; 4]) -> Vec<super::Remark> {
    let [procedure, pack, policy, roster] = documents;
    let procedure: Procedure = read_document("procedure", procedure.as_bytes()).unwrap();
    let pack: Pack = read_document("pack", pack.as_bytes()).unwrap();
    let policy: Policy = read_document("policy", policy.as_bytes()).unwrap();
    let roster: Roster = read_roster("roster", roster.as_bytes()).unwrap();
    let mut remarks = lint(&procedure, &pack, &policy, Some(&roster));
    remarks.extend(super::lint_references(&procedure, &BTreeSet::from(["sheet.txt".to_owned()])));
    remarks
}

#[test]
fn a_faultless_procedure_yields_no_remark() {
    let all = [PROCEDURE, PACK, POLICY, ROSTER].map(str::to_owned);
    assert_eq!(remarks(&all), []);
}

#[test]
fn each_fault_yields_exactly_its_code() {
    let mut others = Vec::new();
    for (code, old, new) in FAULTS {
        let mut documents = edited(old, new);
        let beside = |person: &str, role: &str| {
            let dates = "valid_from: \"2026-01-01T00:00:00.000Z\", valid_until: \"2027-01-01T00:00:00.000Z\"";
            format!("  - {{id: {person}, name: X, keys: [], roles: [{{role: {role}, {dates}}}]}}\n")
        };
        if *code == Code::VerificationRole {
            documents[3] += &beside("ben", "performer");
        }
        if *code == Code::PolicyForm {
            documents[0] = documents[0].replace("back_out: back\n", "").replace("kind: back_out", "kind: closeout");
        }
        if *code == Code::PolicySupervisor {
            documents[2] = documents[2].replace("by: [supervisor]", "by: [qa]");
            documents[3] += &(beside("quin", "qa") + &beside("quon", "qa"));
        }
        if *code == Code::SecondPerson {
            documents[3] = documents[3].replace(
                "roles: [{role: performer,",
                "roles: [{role: verifier, valid_from: \"2026-01-01T00:00:00.000Z\", valid_until: \"2027-01-01T00:00:00.000Z\"}, {role: performer,",
            );
        }
        let found: BTreeSet<&str> = remarks(&documents).iter().map(|r| r.code.name()).collect();
        if found != BTreeSet::from([code.name()]) {
            others.push(format!("{old} -> {new}: {found:?} in place of {}", code.name()));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}

#[test]
fn every_code_of_the_linter_has_a_faulty_document() {
    let shown: BTreeSet<Code> = FAULTS.iter().map(|(code, ..)| *code).collect();
    // An empty procedure has nothing else to judge; what the YAML door says is shown where it is read.
    let apart = |code: &Code| code.name().starts_with("lint.") && *code != Code::Empty;
    let bare: Vec<_> = Code::ALL.iter().filter(|c| apart(c) && !shown.contains(c)).collect();
    assert!(bare.is_empty(), "{bare:?}");
}

#[test]
fn a_procedure_without_steps_is_empty() {
    let mut documents = [PROCEDURE, PACK, POLICY, ROSTER].map(str::to_owned);
    let head = PROCEDURE.split("sections:").next().unwrap().replace("back_out: back\n", "");
    let head = head.split("parameters:").next().unwrap();
    documents[0] = format!("{head}safe_state: nothing\nsections: []\n");
    let mut found: Vec<&str> = remarks(&documents).iter().map(|r| r.code.name()).collect();
    // Without a step nobody refers to the sheet either.
    found.retain(|code| *code != Code::UnusedAttachment.name());
    assert_eq!(found, [Code::Empty.name()]);
}

#[test]
fn a_remark_names_the_document_and_the_place_that_it_is_about() {
    let remark = &remarks(&edited("not: [performer]", "not: [supervisor]"))[0];
    assert_eq!((remark.document, remark.path.as_str()), (Document::Policy, "closure[0].not"));
    let remark = &remarks(&edited("requires: [\"1\"]", "requires: [\"9\"]"))[0];
    assert_eq!((remark.document, remark.path.as_str()), (Document::Procedure, "sections[0].steps[2].requires[0]"));
}

#[test]
fn every_meaning_is_signed_at_a_step_or_refused_with_the_place_where_it_belongs() {
    let mut taken = Vec::new();
    for meaning in Meaning::ALL {
        let written = format!("{{role: witness, meaning: {}}}", meaning.word());
        match read_document::<StepSignature>("s", written.as_bytes()) {
            Ok(read) => {
                assert_eq!(read.meaning.meaning(), meaning);
                taken.push(meaning.word());
            }
            Err(fault) => {
                assert_eq!((fault.code, fault.line), ("yaml.signoff_meaning", 1), "{fault}");
                let begins = format!("`{}` is not signed at a step: ", meaning.word());
                assert!(fault.message.contains(&begins), "{fault}");
            }
        }
    }
    assert_eq!(taken, ["performed", "witnessed", "hold_released", "reviewed", "approved"]);
}

#[test]
fn every_meaning_closes_a_run_or_is_refused_when_it_is_written() {
    for meaning in Meaning::ALL {
        let rule = format!("{{id: C1, role: qa, meaning: {}, count: 1, when: either}}", meaning.word());
        let taken = read_document::<Closure>("c", rule.as_bytes()).is_ok();
        assert_eq!(taken, matches!(meaning, Meaning::Reviewed | Meaning::Approved), "{rule}");
    }
}

#[test]
fn nobody_is_no_count() {
    assert!(read_document::<StepSignature>("s", b"{role: qa, meaning: approved, count: 0}").is_err());
    assert!(read_document::<PollEntry>("p", b"{role: qa, count: 0}").is_err());
    assert!(read_document::<Closure>("c", b"{id: C1, role: qa, meaning: approved, count: 0, when: either}").is_err());
}

#[test]
fn a_poll_names_a_role_or_how_many_of_it() {
    let read = |text: &str| read_document::<Vec<PollEntry>>("p", text.as_bytes()).unwrap();
    assert_eq!(read("[qa]"), read("[{role: qa}]"));
    assert_eq!(read("[{role: qa, count: 2}]")[0].count.get(), 2);
}

#[test]
fn a_calculating_condition_is_not_judged_by_guesses() {
    assert_eq!(remarks(&edited("way == \"right\"", "p * 2 > 100 and p < 1")), []);
}

#[test]
fn codes_are_named_once_and_explained() {
    let names: BTreeSet<&str> = Code::ALL.iter().map(|c| c.name()).collect();
    assert_eq!(names.len(), Code::ALL.len());
    for code in Code::ALL {
        assert_eq!(Code::named(code.name()), Some(*code));
        assert!(!code.summary().ends_with('.') && code.explanation().ends_with('.') && !code.hint().is_empty());
    }
    assert_eq!(Code::named("lint.nothing"), None);
}
