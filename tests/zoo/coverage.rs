//! No finding without a vector, and no vector that expects what is no finding.

use asrun::kernel::closure::assess;
use asrun::kernel::run::Run;
use asrun::vectors;
use asrun::verify::codes;
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
    let known: BTreeSet<String> = codes::ALL.iter().map(|row| row.code.to_owned()).collect();
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
    let codes: BTreeSet<&str> = assess(&run, &[]).findings.iter().map(|finding| finding.code).collect();
    assert!(codes.contains("policy.step_open"), "{codes:?}");
}
