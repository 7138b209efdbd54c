//! `asrun archive`: the way on for a run that is not what was recorded, on a person's word alone.

use super::drive::{CLEAN, END};
use super::health::{Station, files};
use crate::world::Done;
use asrun::kernel::signature::{Namespace, SshSignature};
use asrun::session::archive::{archive, archived};
use asrun::session::health::Depth;
use asrun::session::runs::list;
use asrun::store::{Disk, Fault};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

impl Station {
    fn archives(&self, reason: &str) -> Done {
        let passphrases = self.world.home.passphrases();
        let file = passphrases.to_str().unwrap();
        self.asrun(&["archive", &self.id, "--as", "a.ortiz", "--reason", reason, "--passphrase-file", file])
    }

    fn archive(&self) -> PathBuf {
        self.world.home.archive().join(&self.id)
    }

    fn manifest(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.archive().join("archive.json")).unwrap()).unwrap()
    }
}

#[test]
fn a_cut_run_is_archived_with_a_signed_manifest_and_the_next_run_names_it() {
    let station = Station::at_work();
    let records = station.records();
    station.cuts(records - 3);
    // Taking it up does not archive it: nobody was asked.
    station.drives("").exits(1);
    assert!(station.paths.journal().is_file() && !station.archive().exists());
    let told = station.archives("the stick was pulled out").exits(0);
    assert!(
        told.stderr().contains(&format!("cut: {} of at least {records} records", records - 3)),
        "{}",
        told.stderr()
    );
    assert!(!station.paths.dir.exists() && !station.paths.local.exists());
    let manifest = station.manifest();
    assert_eq!(manifest["kind"], "cut");
    assert_eq!(manifest["records"], records - 3);
    assert_eq!(manifest["record"], records - 2);
    assert_eq!(manifest["acknowledged"]["records"], records);
    assert_eq!((&manifest["person"], &manifest["reason"]), (&json!("a.ortiz"), &json!("the stick was pulled out")));
    let listed = manifest["files"].as_array().unwrap();
    for file in listed {
        let bytes = std::fs::read(station.archive().join(file["path"].as_str().unwrap())).unwrap();
        let digest = asrun::kernel::canon::digest::FileDigest::of(&bytes).to_string();
        assert_eq!(file["sha256"], digest, "{file}");
    }
    assert!(
        listed.iter().any(|f| f["path"] == "run/data/journal.jsonl")
            && listed.iter().any(|f| f["path"] == "local/head.json")
    );
    let signature = std::fs::read(station.archive().join("archive.json.sig")).unwrap();
    let bytes = std::fs::read(station.archive().join("archive.json")).unwrap();
    SshSignature::parse(&signature).unwrap().check(Namespace::Archive, &bytes).unwrap();
    let package = station.world.path("small.lep");
    let fresh = station.world.drive(package.to_str().unwrap(), CLEAN).exits(0);
    let id: String = fresh.answers()[0]["state"]["run"].as_str().unwrap().to_owned();
    let journal = std::fs::read_to_string(station.world.home.run(&id.parse().unwrap()).journal()).unwrap();
    let opened: Value = serde_json::from_str(journal.lines().next().unwrap()).unwrap();
    let previous = &opened["record"]["data"]["previous_run"];
    assert_eq!(previous["run"], station.id.as_str());
    assert_eq!(previous["head"], manifest["acknowledged"]["head"], "the acknowledged head, not that of what is left");
    assert_eq!(previous["archived"], asrun::kernel::canon::digest::FileDigest::of(&bytes).to_string());
    station.asrun(&["doctor"]).exits(0);
}

#[test]
fn an_archived_run_is_listed_shown_replayed_and_exported_up_to_its_last_good_record() {
    let station = Station::at_work();
    station.alters(9);
    station.archives("found at the morning check").exits(0);
    let listed = station.asrun(&["runs"]).exits(0).stdout();
    assert!(listed.contains(&station.id) && listed.contains("archived by a.ortiz"), "{listed}");
    let told = &station.asrun(&["runs", "--json"]).exits(0).answers()[0];
    assert_eq!((&told["state"], &told["archived"]["kind"]), (&json!("archived"), &json!("altered")), "{told}");
    let replayed = station.asrun(&["replay", &station.id]).exits(1);
    assert_eq!(replayed.stdout().lines().count(), 8, "{}", replayed.stdout());
    assert!(replayed.stderr().contains("do not rely on record 9"), "{}", replayed.stderr());
    let shown = station.asrun(&["show", &station.id]).exits(0).stdout();
    assert!(shown.contains("A small procedure") && shown.contains("archived by a.ortiz"), "{shown}");
    let to = station.world.path("carried");
    let out = station.asrun(&["export", &station.id, "-o", to.to_str().unwrap()]).exits(0);
    assert!(out.stderr().contains("8 records"), "{}", out.stderr());
    let away = station.asrun(&["replay", to.to_str().unwrap()]).exits(0);
    assert_eq!(away.stdout().lines().count(), 8);
    assert!(to.join("archive.json.sig").is_file());
    // It is no bundle: nobody can take it for one.
    station.asrun(&["verify", to.to_str().unwrap()]).exits(4);
    station.asrun(&["export", &station.id, "-o", to.to_str().unwrap()]).exits(4);
}

#[test]
fn what_is_whole_torn_or_lies_beside_another_package_is_not_archived() {
    let station = Station::at_work();
    station.archives("").exits(2);
    assert!(station.archives("tidying up").exits(1).stderr().contains("it is whole"));
    let package = std::fs::read(station.paths.package()).unwrap();
    std::fs::write(station.paths.package(), std::fs::read(station.world.shipped("pump-lockout")).unwrap()).unwrap();
    assert!(station.archives("it does not open").exits(1).stderr().contains("swapped package"));
    std::fs::write(station.paths.package(), package).unwrap();
    station.drives(END).exits(0);
    assert!(station.archives("tidying up").exits(1).stderr().contains("it is whole"));
}

#[test]
fn a_wrong_passphrase_or_a_stranger_moves_nothing() {
    let station = Station::at_work();
    station.cuts(3);
    let wrong = station.world.file("wrong", "a.ortiz nonsense\nz.nobody demo\n");
    for person in ["a.ortiz", "z.nobody"] {
        let file = wrong.to_str().unwrap();
        station.asrun(&["archive", &station.id, "--as", person, "--reason", "x", "--passphrase-file", file]).exits(1);
    }
    assert!(station.paths.journal().is_file() && !station.archive().exists());
}

#[test]
fn a_run_that_is_gone_is_archived_as_gone_and_no_longer_missed() {
    let station = Station::at_work();
    std::fs::remove_dir_all(&station.paths.dir).unwrap();
    std::fs::remove_dir_all(&station.paths.local).unwrap();
    station.asrun(&["doctor"]).exits(1);
    station.archives("the disk was wiped").exits(0);
    assert_eq!(station.manifest()["kind"], "gone");
    station.asrun(&["doctor"]).exits(0);
    let replayed = station.asrun(&["replay", &station.id]).exits(4);
    assert!(replayed.stderr().contains("gone"), "{}", replayed.stderr());
}

#[test]
fn a_manifest_that_was_changed_is_not_believed() {
    let station = Station::at_work();
    station.cuts(5);
    station.archives("cut off").exits(0);
    let file = station.archive().join("archive.json");
    let text = std::fs::read_to_string(&file).unwrap().replace("cut off", "cut out");
    std::fs::write(&file, text).unwrap();
    let told = station.asrun(&["doctor"]).exits(1).stdout();
    assert!(told.contains("not to be believed"), "{told}");
    assert!(station.asrun(&["runs"]).exits(0).stdout().contains("not to be believed"));
}

#[test]
fn an_archiving_that_is_killed_anywhere_loses_no_file_and_is_done_again() {
    let mut number = 0;
    let mut states = BTreeSet::new();
    loop {
        let station = Station::at_work();
        station.cuts(station.records() - 3);
        let before = [&station.paths.dir, &station.paths.local].map(|folder| files(folder));
        let count = AtomicUsize::new(0);
        // Killed: from this step on nothing reaches the disk any more.
        let disk =
            Disk::failing(move |_| (count.fetch_add(1, Ordering::SeqCst) >= number).then_some(Fault::NotPersisted));
        let here = asrun::session::Station { disk, ..asrun::session::Station::host(station.world.home.clone()) };
        let (run, person) = (station.id.parse().unwrap(), "a.ortiz".parse().unwrap());
        let done = archive(&here, &run, &person, "demo", "the stick was pulled out");
        let ended = done.is_ok();
        if let Err(error) = &done {
            // Nothing is claimed where some of it may have been moved.
            let moved = station.archive().exists();
            assert!(!moved || !error.hint().contains("nothing was moved"), "{number}: {}", error.hint());
        }
        states.insert((station.archive().join("run").exists(), station.archive().join("local").exists()));
        if !ended {
            let again = asrun::session::Station::host(station.world.home.clone());
            let listed = list(&station.world.home, Depth::Names);
            let told = archived(&station.world.home);
            assert!(listed.iter().any(|r| r.id == run) || told.iter().any(|a| a.manifest.run == run), "{number}");
            if !station.archive().join("run").exists() {
                archive(&again, &run, &person, "demo", "the stick was pulled out").unwrap();
            }
        }
        let after = ["run", "local"].map(|name| files(&station.archive().join(name)));
        assert_eq!(after, before, "{number}");
        assert!(!station.paths.dir.exists() && !station.paths.local.exists(), "{number}");
        let told = archived(&station.world.home);
        assert_eq!((told.len(), told[0].fault.clone()), (1, None), "{number}");
        if ended {
            break;
        }
        number += 1;
        assert!(number < 60, "it never ends");
    }
    assert_eq!(states.len(), 3, "neither, the station's own files alone, both: {states:?}");
}
