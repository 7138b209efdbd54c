//! Whatever stands in a bundle, it costs little: memory and output are bounded, and what cannot be right is not read
//! (FORMAT.md §9, Bounds). The figures are those of the real program as it is built for tests.

use super::cage::write;
use crate::world::measured;
use asrun::vectors::forge::{Files, PHOTO, evidence_path, seal, sign_off};
use asrun::vectors::good;
use serde_json::{Value, json};
use std::fs::File;
use std::path::Path;
use std::process::Command;

/// The most memory, in KiB.
const MEMORY: u64 = 64 << 10;
/// The most output, in bytes.
const OUTPUT: usize = 1_000_000;
/// Larger than any disk of a station; nothing of it is on the disk.
const SPARSE: u64 = 14_000_000_000_000;

/// Judges a bundle with the real program and returns its report; `what` is named when a bound is passed.
fn judged(what: &str, bundle: &Path) -> Value {
    let mut report = Value::Null;
    for json in [true, false] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_asrun"));
        command.arg("verify").arg(bundle).args(json.then_some("--json"));
        let (done, peak) = measured(&mut command);
        let done = done.exits(1);
        let printed = done.0.stdout.len() + done.0.stderr.len();
        println!("{what}: {peak} KiB, {printed} bytes");
        assert!(peak > 1_000 && peak <= MEMORY, "{what}: {peak} KiB");
        assert!(printed <= OUTPUT, "{what}: {printed} bytes of output");
        if json {
            report = serde_json::from_slice(&done.0.stdout).unwrap();
        }
    }
    report
}

/// The finding of this code.
fn finding<'a>(report: &'a Value, code: &str) -> &'a Value {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["code"] == code).unwrap_or_else(|| panic!("no {code} in {findings:#?}"))
}

/// The good bundle with another journal, sealed again by somebody who has the closer's key.
fn with_journal(change: impl FnOnce(&mut Vec<u8>)) -> Files {
    let (forge, mut files) = good();
    files.retain(|name, _| !name.starts_with("signoffs/"));
    change(files.get_mut("data/journal.jsonl").unwrap());
    seal(&mut files, &forge.run, forge.performer);
    files
}

#[test]
fn a_journal_of_line_feeds_or_garbage_is_one_finding_with_a_count() {
    let journals: [(&str, Vec<u8>, u64); 5] = [
        ("a MiB of line feeds", vec![b'\n'; 1 << 20], 1),
        ("a million garbage lines", b"garbage\n".repeat(1_000_000), 1),
        ("a million garbage lines behind records", b"{}\n".repeat(1_000_000), 15),
        // That reading stops is known only windows behind the first line that is none.
        ("a million garbage lines behind 900 copies of a record", b"{}\n".repeat(1_000_000), 915),
        ("a line of 64 MiB", vec![b'x'; 64 << 20], 1),
    ];
    for (what, garbage, first) in journals {
        let files = with_journal(|journal| match first {
            1 => *journal = garbage,
            915 => {
                let record = journal.split_inclusive(|byte| *byte == b'\n').next().unwrap().repeat(900);
                journal.extend(record);
                journal.extend(garbage);
            }
            _ => journal.extend(garbage),
        });
        let folder = tempfile::tempdir().unwrap();
        write(&files, folder.path());
        let report = judged(what, folder.path());
        let finding = finding(&report, "journal.line_malformed");
        assert_eq!(finding["records"][0][0], first, "{what}: {finding}");
        assert!(finding["message"].as_str().unwrap().contains("reading stopped"), "{what}: {finding}");
        let listed = report["findings"].as_array().unwrap().len();
        assert!(listed < 10, "{what}: {listed} findings");
    }
}

#[test]
fn a_file_larger_than_any_disk_is_compared_by_its_size_and_not_read() {
    let (_, files) = good();
    let evidence = evidence_path(PHOTO);
    let unnamed = "data/evidence/00000000000000000000000000000000000000000000000000000000000000aa";
    for (name, code) in [
        (evidence.as_str(), "evidence.digest_mismatch"),
        (unnamed, "evidence.unnamed"),
        ("data/unnamed.bin", "bag.unlisted_file"),
        ("data/journal.jsonl", "container.too_large"),
        ("data/package.lep", "container.too_large"),
        ("data/rosters/7.yaml", "container.too_large"),
        ("data/rosters/7.yaml.sig", "container.too_large"),
        ("data/state.json", "container.too_large"),
        ("data/manifest.json", "container.too_large"),
        ("b3sums.txt", "container.too_large"),
        ("bagit.txt", "container.too_large"),
        ("tagmanifest-sha256.txt", "container.too_large"),
        ("receipt.json", "receipt.malformed"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        write(&files, folder.path());
        let file = File::options().write(true).create(true).truncate(false).open(folder.path().join(name)).unwrap();
        // A disk that cannot hold such a file even sparsely has nothing to say here.
        if file.set_len(SPARSE).is_err() {
            return;
        }
        finding(&judged(name, folder.path()), code);
    }
}

#[test]
fn a_quarter_of_a_million_undelivered_sign_offs_are_one_finding_with_a_count() {
    let (forge, mut files) = good();
    for number in 0..294_u32 {
        let digest = |seen: u32| format!("sha256:{:064x}", u64::from(number) * 1_000 + u64::from(seen));
        let sees: Vec<String> = (0..870).map(digest).collect();
        sign_off(&mut files, &forge.run, "cy", "cy", json!({"sees": sees}));
    }
    // An edited byte, so that the grade is FAIL as in the other tests.
    files.get_mut("data/state.json").unwrap().push(b' ');
    let folder = tempfile::tempdir().unwrap();
    write(&files, folder.path());
    let report = judged("255,780 sees", folder.path());
    let finding = finding(&report, "bag.mismatch");
    assert_eq!(finding["where"], "data/state.json");
    let missing = report["findings"].as_array().unwrap().iter().find(|f| f["code"] == "signoff.missing_seen").unwrap();
    assert_eq!(missing["more"], 294 * 870 - 1, "{missing}");
}
