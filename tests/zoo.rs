//! The zoo: bundles with one fault each, and attacks on the rules. Every cage says in `expect.toml` what was
//! done, which grade must follow and which finding codes exactly (FORMAT.md §9, §12). They are built by
//! `asrun::vectors`, which writes the same bytes for others.

#[path = "zoo/bounds.rs"]
mod bounds;
#[path = "zoo/cage.rs"]
mod cage;
#[path = "zoo/coverage.rs"]
mod coverage;
#[path = "zoo/flips.rs"]
mod flips;
#[path = "zoo/walk.rs"]
mod walk;
#[path = "zoo/written.rs"]
mod written;

use asrun::vectors::forge::{Files, seal};
use asrun::vectors::{Anchor, good};
use cage::verdict_of;

/// The good bundle with other bytes in one of its data files, sealed again by its closer.
pub fn with(name: &str, bytes: Vec<u8>) -> Files {
    let (forge, mut files) = good();
    files.retain(|name, _| !name.starts_with("signoffs/"));
    files.insert(name.to_owned(), bytes);
    seal(&mut files, &forge.run, forge.performer);
    files
}

#[test]
fn the_good_bundle_is_final_under_its_authority_and_provisional_without_an_anchor() {
    let (_, files) = good();
    let report = verdict_of(&files, &Anchor::Authority);
    assert_eq!(report.findings, [], "{:#?}", report.findings);
    assert_eq!(report.verdict.to_string(), "FINAL");
    assert_eq!((report.checked.evidence_files, report.checked.signatures), (1, report.checked.records + 6));
    let report = verdict_of(&files, &Anchor::None);
    assert_eq!(report.verdict.to_string(), "PROVISIONAL");
    assert_eq!(report.missing_for_final.len(), 1);
}

#[test]
fn the_same_bytes_anchors_and_moment_give_the_same_report_and_no_clock_is_asked() {
    let (_, files) = good();
    let first = verdict_of(&files, &Anchor::Authority).to_json().unwrap();
    assert_eq!(verdict_of(&files, &Anchor::Authority).to_json().unwrap(), first);
    let folder = tempfile::tempdir().unwrap();
    cage::write(&files, folder.path());
    let at = |time: &str| cage::report_at(folder.path(), &Anchor::Authority, time.parse().unwrap());
    let codes = |time: &str| at(time).findings.iter().map(|finding| finding.code.code()).collect::<Vec<_>>();
    assert_eq!(codes("2026-12-01T00:00:00.000Z"), [] as [&str; 0]);
    assert_eq!(codes("2028-01-01T00:00:00.000Z"), ["trust.roster_expired"]);
    assert_eq!(codes("2026-11-21T09:00:00.000Z"), ["trust.time_after_as_of"; 3]);
    assert_eq!(at("2026-01-01T00:00:00.000Z").verdict.to_string(), "PROVISIONAL");
}
