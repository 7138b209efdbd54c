//! One cage: builds the bundle, lets the fault in, and compares what the verifier says of folder and archive.

use asrun::bundle::{self, Source};
use asrun::kernel::model::time::Timestamp;
use asrun::library;
use asrun::vectors::{self, Anchor, Built, Case, Files, Kind, LINK_TO};
use asrun::verify::{self, Anchors, Judged, Report, check};
use rayon::prelude::*;
use serde_json::json;
use std::path::{Path, PathBuf};

pub fn anchors(anchor: &Anchor) -> Anchors {
    anchors_of(anchor.file().map(|(name, bytes)| (name.to_owned(), bytes)))
}

pub fn anchors_of(file: Option<(String, Vec<u8>)>) -> Anchors {
    file.map_or(Anchors::none(), |file| Anchors::read([file]).unwrap())
}

pub fn write(files: &Files, to: &Path) {
    for (name, bytes) in files {
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

pub fn report(path: &Path, anchor: &Anchor) -> Report {
    check(&Source::open(path).unwrap(), &anchors(anchor), None).unwrap()
}

pub fn report_at(path: &Path, anchor: &Anchor, at: Timestamp) -> Report {
    check(&Source::open(path).unwrap(), &anchors(anchor), Some(at)).unwrap()
}

/// Verifies as a folder; where it can be exported at all, the archive must yield the same report, byte for byte.
pub fn verdict_of(files: &Files, anchor: &Anchor) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    write(files, &run);
    both(&run, |path| report(path, anchor))
}

fn both(run: &Path, report: impl Fn(&Path) -> Report) -> Report {
    let of_folder = report(run);
    let proof = run.with_extension("proof");
    let outside = of_folder.findings.iter().any(|finding| finding.code.code().starts_with("container."));
    if !outside && bundle::export(run, &proof, &asrun::store::Disk::new()).is_ok() {
        let of_archive = report(&proof);
        assert_eq!(of_archive.to_json().unwrap(), of_folder.to_json().unwrap(), "folder and archive differ");
    }
    of_folder
}

/// Puts a case on the disk and returns the bundle.
fn put(built: &Built, folder: &Path) -> PathBuf {
    if let Some(bytes) = &built.proof {
        let proof = folder.join("run.proof");
        std::fs::write(&proof, bytes).unwrap();
        return proof;
    }
    let run = folder.join("run");
    write(&built.files, &run);
    for special in &built.special {
        let path = run.join(&special.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        match special.kind {
            Kind::Link => std::os::unix::fs::symlink(LINK_TO, &path).unwrap(),
            Kind::Fifo => rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RUSR).unwrap(),
            Kind::Folder => std::fs::create_dir(&path).unwrap(),
        }
    }
    run
}

/// Judges a case as its `expect.toml` says.
fn judged(case: &Case, built: &Built, folder: &Path) -> Report {
    let (bundle, anchors) = (put(built, folder), anchors(&built.anchor));
    let judge = |path: &Path| -> Judged {
        let source = Source::open(path).unwrap();
        match &case.profile {
            None => verify::judge(&source, &anchors, case.as_of).unwrap(),
            Some(profile) => {
                let profile = library::read_document("profile.yaml", profile).unwrap();
                verify::judge_under(&source, &anchors, case.as_of, &profile).unwrap()
            }
        }
    };
    let Some(beside) = &built.beside else {
        return match built.proof {
            Some(_) => judge(&bundle).report,
            None => both(&bundle, |path| judge(path).report),
        };
    };
    let other = folder.join("beside");
    write(beside, &other);
    let mut together = vec![(bundle.as_path(), judge(&bundle)), (other.as_path(), judge(&other))];
    verify::compare(&mut together);
    verify::follow(&mut together);
    together.swap_remove(0).1.report
}

#[test]
fn each_fault_yields_exactly_its_codes() {
    let cases = vectors::all();
    let wrong: Vec<String> = cases.par_iter().filter_map(fault_of).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(cases.len() >= 264, "only {} cages", cases.len());
}

/// What differs from the expectation, if anything.
fn fault_of(case: &Case) -> Option<String> {
    assert!(case.why.len() > 15, "{}: say why", case.name);
    let temporary = tempfile::tempdir().unwrap();
    let built = std::panic::catch_unwind(|| judged(case, &case.build(), temporary.path()));
    let Ok(report) = built else {
        return Some(format!("{}\n  could not be built", case.name));
    };
    let mut codes: Vec<&str> = report.findings.iter().map(|finding| finding.code.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    let found = json!({"verdict": report.verdict.to_string(), "codes": codes});
    let expected = json!({"verdict": case.verdict, "codes": case.codes});
    (found != expected).then(|| format!("{}\n  expected {expected}\n  found    {found}", case.name))
}

#[test]
fn an_archive_made_in_memory_is_the_one_that_an_export_makes() {
    let (_, files) = vectors::good();
    let folder = tempfile::tempdir().unwrap();
    write(&files, &folder.path().join("run"));
    let proof = folder.path().join("run.proof");
    bundle::export(&folder.path().join("run"), &proof, &asrun::store::Disk::new()).unwrap();
    assert!(std::fs::read(&proof).unwrap() == vectors::proof(&files), "export and vectors differ");
}
