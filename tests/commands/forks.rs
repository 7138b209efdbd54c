//! Two records of one run, wherever they meet; runs that follow each other; a run as JSON.

use super::drive::{CLEAN, END};
use super::health::{Station, copy};
use crate::world::World;
use serde_json::Value;
use std::path::PathBuf;

const NOTE: &str = r#"{"intent":"note","as":"a.ortiz","text":"TEXT"}
"#;

/// One run that was finished in two ways, in a home and in a copy of it.
struct Twice {
    here: Station,
    there: World,
    proofs: [PathBuf; 2],
    /// The first record in which the two differ.
    from: usize,
}

impl Twice {
    fn sealed() -> Self {
        let here = Station::at_work();
        let (there, from) = (World::of_strangers(), here.records() + 1);
        std::fs::remove_dir_all(there.home.root()).unwrap();
        copy(here.world.home.root(), there.home.root());
        here.drives(&format!("{}{END}", NOTE.replace("TEXT", "one way"))).exits(0);
        there.drive(&here.id, &format!("{}{END}", NOTE.replace("TEXT", "another way"))).exits(0);
        let proofs = [here.world.path("a.proof"), here.world.path("b.proof")];
        here.asrun(&["export", &here.id, "-o", proofs[0].to_str().unwrap()]).exits(0);
        there.asrun(&["export", &here.id, "-o", proofs[1].to_str().unwrap()], "").exits(0);
        Self { here, there, proofs, from }
    }
}

fn verdicts(done: &crate::world::Done) -> Vec<(String, Vec<String>)> {
    let codes = |report: &Value| {
        let findings = report["findings"].as_array().unwrap();
        findings.iter().map(|f| f["code"].as_str().unwrap().to_owned()).collect()
    };
    done.answers().iter().map(|r| (r["verdict"].as_str().unwrap().to_owned(), codes(r))).collect()
}

#[test]
fn two_seals_of_one_run_fail_both_with_the_first_record_that_differs() {
    let twice = Twice::sealed();
    let [a, b] = twice.proofs.each_ref().map(|p| p.to_str().unwrap());
    for alone in [a, b] {
        let report = &verdicts(&twice.here.asrun(&["verify", alone, "--json"]).exits(3))[0];
        assert!(!report.1.contains(&"seal.forked".to_owned()));
    }
    let done = twice.here.asrun(&["verify", a, b, "--json"]).exits(1);
    for (report, other) in done.answers().iter().zip([b, a]) {
        assert_eq!(report["verdict"], "FAIL");
        let finding = report["findings"].as_array().unwrap().iter().find(|f| f["code"] == "seal.forked").unwrap();
        assert_eq!(finding["where"], other);
        let told = finding["message"].as_str().unwrap();
        // The first record after the copy is the unlocking, at another moment in each.
        assert!(told.contains(&format!("differ from record {} on", twice.from)), "{told}");
    }
    // The very same bundle twice is no contradiction.
    let same = twice.here.asrun(&["verify", a, a, "--json"]).exits(3);
    assert!(verdicts(&same).iter().all(|(_, codes)| !codes.contains(&"seal.forked".to_owned())));
}

#[test]
fn an_import_tells_the_second_seal_and_keeps_its_receipt_as_evidence() {
    let twice = Twice::sealed();
    let (here, bundle) = (&twice.here, twice.here.paths.dir.to_str().unwrap());
    let refused = here.asrun(&["import", twice.proofs[1].to_str().unwrap()]).exits(1).stderr();
    assert!(refused.contains("seal.forked") && refused.contains(&format!("record {}", twice.from)), "{refused}");
    let report = here.asrun(&["verify", bundle, "--json"]).exits(1);
    assert!(verdicts(&report)[0].1.contains(&"seal.forked".to_owned()));
    let listed = here.asrun(&["runs"]).exits(0).stdout();
    assert!(listed.contains("second history"), "{listed}");
    here.asrun(&["doctor"]).exits(1);
    // The receipt travels with what is exported from now on.
    let to = here.world.path("again.proof");
    here.asrun(&["export", &here.id, "-o", to.to_str().unwrap()]).exits(1);
    here.asrun(&["verify", to.to_str().unwrap()]).exits(1);
}

#[test]
fn an_import_into_a_home_where_the_run_is_open_says_where_the_two_part() {
    let here = Station::at_work();
    let (there, from) = (World::of_strangers(), here.records() + 1);
    copy(here.world.home.root(), there.home.root());
    there.drive(&here.id, END).exits(0);
    let proof = here.world.path("b.proof");
    there.asrun(&["export", &here.id, "-o", proof.to_str().unwrap()], "").exits(0);
    let behind = here.asrun(&["import", proof.to_str().unwrap()]).exits(1).stderr();
    let all = std::fs::read_to_string(there.home.run(&here.id.parse().unwrap()).journal()).unwrap().lines().count();
    assert!(behind.contains(&format!("the run is open here with {} of its {all} records", from - 1)), "{behind}");
    here.drives(&NOTE.replace("TEXT", "one way")).exits(0);
    let parted = here.asrun(&["import", proof.to_str().unwrap()]).exits(1).stderr();
    assert!(parted.contains(&format!("they differ from record {from} on")), "{parted}");
}

#[test]
fn a_bundle_that_the_station_has_seen_otherwise_is_not_imported() {
    let twice = Twice::sealed();
    let id = &twice.here.id;
    let keeper = World::of_strangers();
    keeper.asrun(&["import", twice.proofs[0].to_str().unwrap()], "").exits(0);
    std::fs::remove_dir_all(keeper.home.run(&id.parse().unwrap()).dir).unwrap();
    let refused = keeper.asrun(&["import", twice.proofs[1].to_str().unwrap()], "").exits(1).stderr();
    assert!(refused.contains("second history") && refused.contains("has seen sha256:"), "{refused}");
    // The one that it had seen comes back.
    keeper.asrun(&["import", twice.proofs[0].to_str().unwrap()], "").exits(0);
    keeper.asrun(&["doctor"], "").exits(0);
    drop(twice.there);
}

#[test]
fn several_bundles_tell_which_run_came_before_and_what_is_missing_between_them() {
    let first = Station::sealed();
    let package = first.world.path("small.lep");
    let run = |intents: &str| {
        let done = first.world.drive(package.to_str().unwrap(), intents).exits(0);
        done.answers()[0]["state"]["run"].as_str().unwrap().to_owned()
    };
    let second = run(&format!("{CLEAN}{END}"));
    let lost = Station { id: run(CLEAN), ..first };
    let lost = Station { paths: lost.world.home.run(&lost.id.parse().unwrap()), ..lost };
    lost.cuts(4);
    let passphrases = lost.world.home.passphrases();
    let reason = ["--as", "a.ortiz", "--reason", "cut", "--passphrase-file", passphrases.to_str().unwrap()];
    lost.asrun(&[&["archive", &lost.id][..], &reason].concat()).exits(0);
    let done = lost.world.drive(package.to_str().unwrap(), &format!("{CLEAN}{END}")).exits(0);
    let third = done.answers()[0]["state"]["run"].as_str().unwrap().to_owned();
    let folder = |id: &str| lost.world.home.run(&id.parse().unwrap()).dir.to_str().unwrap().to_owned();
    let done = lost.asrun(&["verify", &folder(&second), &folder(&third), "--json"]).exits(3);
    let told: Vec<Vec<String>> = verdicts(&done).into_iter().map(|(_, codes)| codes).collect();
    assert!(told[0].contains(&"runs.gap".to_owned()), "the run before the second one was not given: {told:?}");
    assert!(told[1].contains(&"runs.archived".to_owned()), "{told:?}");
    let all = std::fs::read_dir(lost.world.home.runs()).unwrap().map(|e| e.unwrap().path());
    let mut all: Vec<String> =
        all.filter(|p| p.join("receipt.json").is_file()).map(|p| p.display().to_string()).collect();
    all.sort();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let done = lost.asrun(&[&["verify", "--json"][..], &all].concat()).exits(3);
    let told: Vec<Vec<String>> = verdicts(&done).into_iter().map(|(_, codes)| codes).collect();
    assert!(told[1].contains(&"runs.follows".to_owned()), "{told:?}");
    // One bundle alone says nothing of others.
    let alone = verdicts(&lost.asrun(&["verify", &folder(&third), "--json"]).exits(3));
    assert!(alone[0].1.iter().all(|code| !code.starts_with("runs.")), "{alone:?}");
}

#[test]
fn what_is_known_of_a_run_is_json_whether_it_is_open_sealed_or_archived() {
    let station = Station::at_work();
    let shown = |station: &Station| station.asrun(&["show", &station.id, "--json"]).exits(0).answers().remove(0);
    let open = shown(&station);
    assert_eq!((&open["sealed"], &open["health"]["state"]), (&false.into(), &"whole".into()), "{open}");
    assert_eq!(open["state"]["steps"][0]["attempts"][0]["values"][0]["value"], "0.05", "{}", open["state"]["steps"][0]);
    assert_eq!(open["records"], station.records());
    let lines = station.asrun(&["replay", &station.id, "--json"]).exits(0).answers();
    assert_eq!(lines.len(), station.records() + 1);
    assert_eq!(lines.last().unwrap(), &open, "the last line of a replay is what `show` says");
    let early = station.asrun(&["replay", &station.id, "--json", "--at", "1"]).exits(0).answers();
    assert_eq!((early.len(), &early[1]["records"]), (2, &1.into()));
    assert_eq!(early[1]["state"]["steps"][0]["attempts"], Value::Array(Vec::new()));
    station.drives(END).exits(0);
    let sealed = shown(&station);
    assert_eq!((&sealed["sealed"], &sealed["verdict"]["verdict"]), (&true.into(), &"PROVISIONAL".into()));
    let cut = Station::at_work();
    cut.cuts(8);
    let passphrases = cut.world.home.passphrases();
    let reason = ["--as", "a.ortiz", "--reason", "cut", "--passphrase-file", passphrases.to_str().unwrap()];
    cut.asrun(&[&["archive", &cut.id][..], &reason].concat()).exits(0);
    let archived = shown(&cut);
    assert_eq!((&archived["records"], &archived["health"]["state"]), (&8.into(), &"cut".into()));
    assert!(archived["archived"].as_str().unwrap().starts_with("archived by a.ortiz"));
}

#[test]
fn what_was_stored_and_never_named_is_told_by_the_verdict() {
    let station = Station::at_work();
    let stray = b"nobody named this";
    let digest = asrun::kernel::canon::digest::EvidenceDigest::of(stray);
    std::fs::write(station.paths.evidence().join(digest.hex()), stray).unwrap();
    station.drives(END).exits(0);
    let told = station.asrun(&["verify", station.paths.dir.to_str().unwrap()]).exits(3).stdout();
    assert!(told.contains("evidence.orphans") && told.contains(&digest.to_string()), "{told}");
}
