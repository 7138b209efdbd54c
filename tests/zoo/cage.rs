//! One cage: builds the bundle, lets the fault in, and compares what the verifier says of folder and archive.

use super::forge::Files;
use super::site::{Site, key, vectors};
use super::{attacks, good, mutate};
use asrun::bundle::{self, Source};
use asrun::kernel::model::time::Timestamp;
use asrun::verify::{Anchors, Report, check};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Whom the verifier trusts.
#[derive(Clone, Debug)]
pub enum Anchor {
    None,
    Authority,
    Stranger,
    Roster(Box<Site>),
}

impl Anchor {
    pub fn anchors(&self) -> Anchors {
        let key = |name: &str| (name.to_owned(), key(name).public().to_openssh().into_bytes());
        match self {
            Self::None => Anchors::none(),
            Self::Authority => Anchors::read([key("authority")]).unwrap(),
            Self::Stranger => Anchors::read([key("stranger")]).unwrap(),
            Self::Roster(site) => Anchors::read([("roster.yaml".to_owned(), site.roster_bytes())]).unwrap(),
        }
    }
}

pub fn write(files: &Files, to: &Path) {
    for (name, bytes) in files {
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

pub fn report(path: &Path, anchor: &Anchor) -> Report {
    check(&Source::open(path).unwrap(), &anchor.anchors(), None).unwrap()
}

pub fn report_at(path: &Path, anchor: &Anchor, at: Timestamp) -> Report {
    check(&Source::open(path).unwrap(), &anchor.anchors(), Some(at)).unwrap()
}

/// Verifies as a folder; where it can be exported at all, the archive must yield the same report, byte for byte.
pub fn verdict_of(files: &Files, anchor: &Anchor) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    write(files, &run);
    both(&run, anchor)
}

pub fn both(run: &Path, anchor: &Anchor) -> Report {
    let of_folder = report(run, anchor);
    let proof = run.with_extension("proof");
    let outside = of_folder.findings.iter().any(|finding| finding.code.starts_with("container."));
    if !outside && bundle::export(run, &proof, &asrun::store::Disk::new()).is_ok() {
        let of_archive = report(&proof, anchor);
        assert_eq!(of_archive.to_json().unwrap(), of_folder.to_json().unwrap(), "folder and archive differ");
    }
    of_folder
}

/// What `expect.toml` says; its values are written as JSON too.
struct Expect {
    name: String,
    said: BTreeMap<String, Value>,
}

impl Expect {
    fn read(folder: &Path) -> Self {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(folder.join("expect.toml")).unwrap();
        let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        let said = lines.map(|line| {
            let (key, value) = line.split_once(" = ").unwrap_or_else(|| panic!("{name}: {line}"));
            (key.to_owned(), serde_json::from_str(value).unwrap_or_else(|e| panic!("{name}: {line}: {e}")))
        });
        Self { said: said.collect(), name }
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.said.get(key).map(|value| value.as_str().unwrap())
    }

    fn list(&self, key: &str) -> Vec<String> {
        self.said.get(key).map(|v| serde_json::from_value(v.clone()).unwrap()).unwrap_or_default()
    }

    fn build(&self, to: &Path) -> Report {
        let anchor = match self.text("anchor") {
            None | Some("authority") => Anchor::Authority,
            Some("none") => Anchor::None,
            Some("stranger") => Anchor::Stranger,
            Some(other) => panic!("{}: no anchor {other}", self.name),
        };
        if let Some(attack) = self.text("attack") {
            let (files, other) = attacks::build(attack);
            write(&files, to);
            return both(to, other.as_ref().unwrap_or(&anchor));
        }
        if let Some(attack) = self.text("archive") {
            let (_, files) = good();
            write(&files, to);
            let proof = to.with_extension("proof");
            bundle::export(to, &proof, &asrun::store::Disk::new()).unwrap();
            let bytes = attacks::on_archive(attack, std::fs::read(&proof).unwrap());
            std::fs::write(&proof, bytes).unwrap();
            return report(&proof, &anchor);
        }
        let (forge, mut files) = good();
        let after = mutate::apply(&self.list("mutate"), &mut files, &forge);
        write(&files, to);
        mutate::on_disk(&after, to);
        both(to, &anchor)
    }
}

#[test]
fn each_fault_yields_exactly_its_codes() {
    let mut folders: Vec<_> = std::fs::read_dir(vectors()).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("expect.toml").is_file());
    folders.sort();
    let wrong: Vec<String> = folders.par_iter().filter_map(|folder| fault_of(folder)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), folders.len(), wrong.join("\n"));
    assert!(folders.len() >= 100, "only {} cages", folders.len());
}

/// What differs from the expectation, if anything.
fn fault_of(folder: &Path) -> Option<String> {
    let expect = Expect::read(folder);
    assert!(expect.text("why").is_some_and(|why| why.len() > 15), "{}: say why", expect.name);
    let temporary = tempfile::tempdir().unwrap();
    let run = temporary.path().join("run");
    let built = std::panic::catch_unwind(|| expect.build(&run));
    let Ok(report) = built else {
        return Some(format!("{}\n  could not be built", expect.name));
    };
    let mut codes: Vec<&str> = report.findings.iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let found = json!({"verdict": report.verdict.to_string(), "codes": codes});
    let expected = json!({"verdict": expect.text("verdict"), "codes": expect.list("codes")});
    (found != expected).then(|| format!("{}\n  expected {expected}\n  found    {found}", expect.name))
}

#[test]
fn every_code_of_a_fault_is_explained() {
    for folder in std::fs::read_dir(vectors()).unwrap().map(|entry| entry.unwrap().path()) {
        if folder.join("expect.toml").is_file() {
            for code in Expect::read(&folder).list("codes") {
                assert!(asrun::verify::codes::meaning(&code).is_some(), "{code}");
            }
        }
    }
}
