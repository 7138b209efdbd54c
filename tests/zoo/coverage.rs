//! No finding without a vector, and no vector that expects what is no finding.

use asrun::kernel::judgement::closure::assess;
use asrun::kernel::judgement::findings::FindingCode;
use asrun::kernel::judgement::invariants;
use asrun::kernel::model::gate::GateCode;
use asrun::kernel::model::time::Now;
use asrun::kernel::records::intent::Intent;
use asrun::kernel::run::{Run, Who};
use asrun::vectors;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Findings that no vector can show, each shown elsewhere.
const BEYOND: [&str; 2] = [
    // A million sealed files: `more_sealed_files_than_allowed_are_left_out_with_one_finding_each` in src/bundle/shelf.rs.
    "container.too_many_members",
    // A run with an open step is not closed, so no bundle has one: `an_open_run_says_which_steps_it_still_needs` below.
    "policy.step_open",
];

#[test]
fn every_finding_has_a_vector_and_every_vector_expects_findings_that_exist() {
    // That each case yields exactly the codes that it names is what `each_fault_yields_exactly_its_codes` holds true.
    let shown: BTreeSet<String> = vectors::all().into_iter().flat_map(|case| case.codes).collect();
    let known: BTreeSet<String> = FindingCode::ALL.iter().map(|found| found.code().to_owned()).collect();
    let unknown: Vec<_> = shown.difference(&known).collect();
    assert!(unknown.is_empty(), "no such finding: {unknown:?}");
    let bare: Vec<_> = known.difference(&shown).map(String::as_str).collect();
    assert_eq!(bare, BEYOND);
}

#[test]
fn a_vector_is_named_in_plain_letters_and_says_why_it_is_there() {
    for case in vectors::all() {
        assert!(case.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{}", case.name);
        assert!(case.why.len() > 15 && case.why.ends_with('.'), "{}: say why", case.name);
        assert!(case.codes.is_sorted(), "{}: codes in order", case.name);
    }
}

#[test]
fn an_open_run_says_which_steps_it_still_needs() {
    let (forge, _) = vectors::good();
    let mut run = Run::draft(Arc::clone(forge.run.plan()), Arc::clone(forge.run.roster()), forge.run.id().clone());
    forge.lines[..4].iter().for_each(|line| run.after(line));
    let codes: BTreeSet<&str> = assess(&run, &[]).findings.iter().map(|finding| finding.code.code()).collect();
    assert!(codes.contains("policy.step_open"), "{codes:?}");
}

/// The good run up to the reading out of limits, with whoever keyed it and when: a departure is not written down yet.
fn at_a_departure() -> (Run, Who, Now) {
    let (forge, _) = vectors::good();
    let mut run = Run::draft(Arc::clone(forge.run.plan()), Arc::clone(forge.run.roster()), forge.run.id().clone());
    let at = forge.lines.iter().position(|line| line.record().event.kind() == "value.entered").unwrap();
    forge.lines[..=at].iter().for_each(|line| run.after(line));
    let last = forge.lines[at].record().clone();
    let who = Who { person: last.actor, key: *forge.lines[at].key() };
    (run, who, Now { time: last.time, mono_ms: last.mono_ms, boot: last.boot })
}

fn intent(value: serde_json::Value) -> Intent {
    serde_json::from_value(value).unwrap()
}

fn a_refused_act_is_recorded_with_its_codes() {
    let (run, who, now) = at_a_departure();
    let refusal = run.decide(&intent(json!({"intent": "perform", "step": "1"})), &who, &now).unwrap_err();
    assert!(refusal.codes().contains(&GateCode::DeviationFiled), "{:?}", refusal.codes());
    assert_eq!(refusal.denial.unwrap().event.kind(), "gate.denied");
}

fn an_abort_waits_for_no_form() {
    let (run, who, now) = at_a_departure();
    let decided = run.decide(&intent(json!({"intent": "abort", "reason": "smoke"})), &who, &now).unwrap();
    assert_eq!(decided.event.kind(), "run.aborting");
}

/// Invariants that are kept before anything is sealed, so that no finding points at them, and what plays each.
const KEPT: [(&str, fn()); 4] = [
    ("AR-004", a_refused_act_is_recorded_with_its_codes),
    ("AR-012", crate::commands::drive::a_second_writer_is_refused_with_the_holder),
    ("AR-013", an_abort_waits_for_no_form),
    ("AR-015", crate::architecture::the_verifier_reads_no_clock_home_environment_or_socket),
];

#[test]
fn every_invariant_has_a_vector_that_breaks_it_or_a_case_that_plays_it() {
    let shown: BTreeSet<String> = vectors::all().into_iter().flat_map(|case| case.codes).collect();
    let broken: BTreeSet<&str> =
        FindingCode::ALL.iter().filter(|f| shown.contains(f.code())).map(|f| f.invariant()).collect();
    let bare: Vec<_> = invariants::ALL.iter().map(|one| one.number).filter(|number| !broken.contains(number)).collect();
    assert_eq!(bare, KEPT.map(|(number, _)| number));
    KEPT.iter().for_each(|(_, case)| case());
}
