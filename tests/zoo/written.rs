//! The set as `asrun vectors` writes it: the same bytes each time, pinned, and played from its files alone.

use super::cage::anchors_of;
use asrun::bundle::Source;
use asrun::kernel::canon::digest::FileDigest;
use asrun::library;
use asrun::store::Disk;
use asrun::vectors::{SUMS, VectorsError, write};
use asrun::verify::{self, Judged};
use rayon::prelude::*;
use serde_json::Value;
use std::path::Path;

/// What stands for every byte of the set. When it changes, the format changed: FORMAT.md names the change and this digest.
const DIGEST: &str = "sha256:2e2932e48f697ba5013e1cd5d2b70b760c0bc46541cc19f26b0b4ea122302a4e";

fn index(set: &Path) -> Vec<Value> {
    let index: Value = serde_json::from_slice(&std::fs::read(set.join("index.json")).unwrap()).unwrap();
    index["cases"].as_array().unwrap().clone()
}

#[test]
fn the_bytes_of_the_set_are_pinned_and_a_change_is_named_in_the_format() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    let written = write(&set, &Disk::new()).unwrap();
    assert_eq!(written.digest.to_string(), DIGEST, "say in FORMAT.md §12 what changed, and put the new digest there");
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/bundle/FORMAT.md")).unwrap();
    assert!(page.contains(DIGEST), "FORMAT.md §12 names another digest");
    all_listed(&set, written.files);
    let cases = index(&set);
    let wrong: Vec<String> = cases.par_iter().filter_map(|case| fault_of(&set, case)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(cases.len(), written.cases);
}

/// Judges a written case by what its file says and nothing else; returns how the answer differs.
fn fault_of(set: &Path, case: &Value) -> Option<String> {
    let home = set.join(case["folder"].as_str().unwrap());
    let expected: Value = serde_json::from_slice(&std::fs::read(home.join("expect.json")).unwrap()).unwrap();
    assert_eq!(expected, case["expected"]);
    let file = |member: &str| expected[member].as_str().map(|name| home.join(name));
    let anchors = anchors_of(file("trust").map(|path| ("trust".to_owned(), std::fs::read(path).unwrap())));
    let as_of = expected["as_of"].as_str().map(|time| time.parse().unwrap());
    let profile = file("profile").map(|path| library::read_document("profile", &std::fs::read(path).unwrap()).unwrap());
    let judge = |path: &Path| -> Judged {
        let source = Source::open(path).unwrap();
        match &profile {
            None => verify::judge(&source, &anchors, as_of).unwrap(),
            Some(profile) => verify::judge_under(&source, &anchors, as_of, profile).unwrap(),
        }
    };
    let paths: Vec<_> = ["bundle", "beside"].into_iter().filter_map(file).collect();
    let mut judged: Vec<_> = paths.iter().map(|path| (path.as_path(), judge(path))).collect();
    verify::compare(&mut judged);
    verify::follow(&mut judged);
    let report = &judged[0].1.report;
    let mut codes: Vec<&str> = report.findings.iter().map(|finding| finding.code.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    let found = serde_json::json!({"codes": codes, "verdict": report.verdict});
    let wanted = serde_json::json!({"codes": expected["codes"], "verdict": expected["verdict"]});
    (found != wanted).then(|| format!("{}: {found}, not {wanted}", case["folder"]))
}

/// Holds the list of digests against the files that lie there.
fn all_listed(set: &Path, files: usize) {
    let listed = std::fs::read_to_string(set.join(SUMS)).unwrap();
    assert_eq!(listed.lines().count() + 1, files);
    for line in listed.lines() {
        let (digest, name) = line.split_once("  ").unwrap();
        let bytes = std::fs::read(set.join(name)).unwrap();
        assert_eq!(FileDigest::of(&bytes).hex(), digest, "{name}");
    }
}

#[test]
fn nothing_is_put_over_what_lies_there_and_an_empty_folder_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    std::fs::create_dir(&set).unwrap();
    write(&set, &Disk::new()).unwrap();
    let before = std::fs::read_dir(folder.path()).unwrap().count();
    assert!(matches!(write(&set, &Disk::new()), Err(VectorsError::NotEmpty(_))));
    let file = folder.path().join("file");
    std::fs::write(&file, "mine").unwrap();
    assert!(matches!(write(&file, &Disk::new()), Err(VectorsError::Disk { .. })));
    assert_eq!(std::fs::read(&file).unwrap(), b"mine");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), before + 1, "something was left behind");
}

#[test]
fn a_disk_that_fails_leaves_no_half_a_set_behind() {
    use asrun::disk::{Fault, Step};
    use std::sync::atomic::{AtomicUsize, Ordering};
    let folder = tempfile::tempdir().unwrap();
    for (failing, after) in [(Step::Create, 0), (Step::Write, 40), (Step::Rename, 0)] {
        let count = AtomicUsize::new(0);
        let disk = Disk::failing(move |step| {
            (step == failing && count.fetch_add(1, Ordering::Relaxed) >= after).then_some(Fault::NotPersisted)
        });
        assert!(matches!(write(&folder.path().join("set"), &disk), Err(VectorsError::Disk { .. })));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{failing:?} after {after}");
    }
}
