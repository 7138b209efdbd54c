//! The zoo: bundles with one fault each, and attacks on the rules. Every cage says in `expect.toml` what was
//! done, which grade must follow and which finding codes exactly (FORMAT.md §9).

#[path = "zoo/attacks.rs"]
mod attacks;
#[path = "zoo/bounds.rs"]
mod bounds;
#[path = "zoo/cage.rs"]
mod cage;
#[path = "zoo/flips.rs"]
mod flips;
#[path = "zoo/forge.rs"]
mod forge;
#[path = "zoo/forks.rs"]
mod forks;
#[path = "zoo/mutate.rs"]
mod mutate;
#[path = "zoo/site.rs"]
mod site;
#[path = "zoo/walk.rs"]
mod walk;

use cage::{Anchor, verdict_of};
use forge::{Files, Forge, RUN, sign_off};
use serde_json::json;
use site::Site;

/// The good bundle: worked, closed, sealed, its deviation accepted and the run approved by two supervisors.
pub fn good() -> (Forge, Files) {
    let mut forge = Forge::open(Site::new(), "live", RUN);
    forge.work();
    forge.close();
    let mut files = forge.sealed();
    approve(&mut files, &forge);
    (forge, files)
}

/// What an honest site appends until nothing is missing.
pub fn approve(files: &mut Files, forge: &Forge) {
    let deviation =
        json!({"role": "qa", "meaning": "disposition_approved", "subject": {"id": "DEV-0001", "kind": "deviation"}});
    sign_off(files, &forge.run, "dee", "dee", deviation);
    sign_off(files, &forge.run, "cy", "cy", json!({}));
    sign_off(files, &forge.run, "finn", "finn", json!({}));
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
    let codes = |time: &str| at(time).findings.iter().map(|finding| finding.code).collect::<Vec<_>>();
    assert_eq!(codes("2026-12-01T00:00:00.000Z"), [] as [&str; 0]);
    assert_eq!(codes("2028-01-01T00:00:00.000Z"), ["trust.roster_expired"]);
    assert_eq!(codes("2026-11-21T09:00:00.000Z"), ["trust.time_after_as_of"; 3]);
    assert_eq!(at("2026-01-01T00:00:00.000Z").verdict.to_string(), "PROVISIONAL");
}
