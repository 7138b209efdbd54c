//! Where a journal is broken is said exactly, whatever else is said against the bundle (FORMAT.md §9).

use super::cage::verdict_of;
use asrun::kernel::judgement::verdict::Finding;
use asrun::kernel::records::record::SignedRecord;
use asrun::vectors::forge::{Files, Forge, seal, set_journal, sign};
use asrun::vectors::{Anchor, good};
use asrun::verify::Report;

/// The good bundle without sign-offs, which bind to its seal.
fn unsigned() -> (Forge, Files) {
    let (forge, mut files) = good();
    files.retain(|name, _| !name.starts_with("signoffs/"));
    (forge, files)
}

fn finding<'a>(report: &'a Report, code: &str) -> &'a Finding {
    let found = report.findings.iter().find(|finding| finding.code.code() == code);
    found.unwrap_or_else(|| panic!("no {code} in {:#?}", report.findings))
}

/// Puts other bytes in the place of a line; line 1 is the first.
fn with_line(files: &mut Files, number: usize, change: impl FnOnce(&str) -> String) {
    let journal = files.get_mut("data/journal.jsonl").unwrap();
    let text = String::from_utf8(journal.clone()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[number - 1] = change(&lines[number - 1]);
    *journal = (lines.join("\n") + "\n").into_bytes();
}

#[test]
fn a_failing_bag_does_not_hide_which_record_is_broken() {
    let (_, mut files) = unsigned();
    with_line(&mut files, 7, |line| line.replacen("\"mono_ms\":", "\"mono_ms\":1", 1));
    let report = verdict_of(&files, &Anchor::Authority);
    assert_eq!(finding(&report, "bag.mismatch").place, "data/journal.jsonl");
    let broken = finding(&report, "journal.signature");
    assert_eq!((broken.place.as_str(), broken.records.to_string().as_str()), ("data/journal.jsonl:7", "7"));
    assert!(broken.message.contains("records 1 to 6 are whole"), "{}", broken.message);
    assert_eq!(report.findings.len(), 2, "its neighbours are not accused: {:#?}", report.findings);
}

#[test]
fn a_line_that_is_no_record_is_named_and_the_lines_behind_it_are_followed_on() {
    let (forge, mut files) = unsigned();
    with_line(&mut files, 4, |_| "{}".into());
    with_line(&mut files, 9, |line| line.replacen("\"mono_ms\":", "\"mono_ms\":1", 1));
    seal(&mut files, &forge.run, forge.performer);
    let report = verdict_of(&files, &Anchor::Authority);
    let broken = finding(&report, "journal.line_malformed");
    assert_eq!(broken.records.to_string(), "4");
    assert!(broken.message.contains("records 1 to 3 are whole"), "{}", broken.message);
    assert_eq!(finding(&report, "journal.signature").records.to_string(), "9");
    assert_eq!(report.findings.len(), 2, "{:#?}", report.findings);
}

#[test]
fn a_record_that_was_put_in_the_place_of_another_is_named_and_not_the_honest_one_behind_it() {
    let (forge, mut files) = unsigned();
    let mut lines: Vec<SignedRecord> = forge.lines.clone();
    let mut record = lines[4].record().clone();
    record.mono_ms += 1;
    let signer = record.actor.to_string();
    lines[4] = sign(record, &signer);
    set_journal(&mut files, &lines);
    seal(&mut files, &forge.run, forge.performer);
    let report = verdict_of(&files, &Anchor::Authority);
    let broken = finding(&report, "journal.link_broken");
    assert_eq!((broken.place.as_str(), broken.records.to_string().as_str()), ("data/journal.jsonl:5", "5 to 6"));
    assert!(broken.message.contains("put in its place"), "{}", broken.message);
}
