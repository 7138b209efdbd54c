//! What a cheater has: a station with a finished run, all its files, the program, and the own key.

use crate::accidents::stage::{journal, lines, the_run};
use crate::world::{Done, World};
use asrun::bundle::bag::BagFacts;
use asrun::bundle::{RECEIPT, TAG_FILES, TAG_MANIFEST, measure, seal_folder};
use asrun::disk::Disk;
use asrun::kernel::canon::digest::StatementDigest;
use asrun::kernel::canon::{self, base64};
use asrun::kernel::judgement::derived;
use asrun::kernel::records::record::SignedRecord;
use asrun::kernel::signature::{Namespace, RECEIPT_TYPE, RECORD_TYPE};
use asrun::keys::{KeyFolder, Signer};
use asrun::site::demo::PASSPHRASE;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A station with a finished run. `approved` says whether the supervisor signed it off: then it is FINAL.
pub struct Station {
    pub world: World,
    pub bundle: PathBuf,
}

impl Station {
    pub fn new(approved: bool) -> Self {
        let world = World::new();
        world.file("gauge.txt", "needle at 0.05\n");
        let package = world.package("small");
        world.drive(package.to_str().unwrap(), &lines().join("\n")).exits(0);
        let bundle = world.home.run(&the_run(&world).unwrap()).dir;
        let station = Self { world, bundle };
        if approved {
            station.signs_off("m.berg", "approve").exits(0);
        }
        station
    }

    pub fn twin(&self) -> Self {
        let world = self.world.twin();
        let bundle = world.home.run(&the_run(&world).unwrap()).dir;
        Self { world, bundle }
    }

    pub fn signs_off(&self, person: &str, decision: &str) -> Done {
        let passphrases = self.world.home.passphrases();
        let arguments = ["signoff", self.at(), "--as", person, "--decision", decision, "--comment", "seen"];
        self.world.asrun(&[&arguments[..], &["--passphrase-file", passphrases.to_str().unwrap()]].concat(), "")
    }

    pub fn at(&self) -> &str {
        self.bundle.to_str().unwrap()
    }

    pub fn key(&self, person: &str) -> Signer {
        KeyFolder::new(self.world.home.keys()).open(&person.parse().unwrap(), PASSPHRASE).unwrap()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.bundle.join(name)
    }

    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from), "{name} has no {from}");
        std::fs::write(self.path(name), text.replacen(from, to, 1)).unwrap();
    }

    pub fn records(&self) -> Vec<String> {
        std::fs::read_to_string(self.path("data/journal.jsonl")).unwrap().lines().map(str::to_owned).collect()
    }

    pub fn write_records(&self, records: &[String]) {
        std::fs::write(self.path("data/journal.jsonl"), records.join("\n") + "\n").unwrap();
    }

    /// Makes the bag anew over whatever lies there and signs a receipt for it, as the closer can with the own key.
    pub fn seals_again(&self) {
        let receipt: Value = serde_json::from_slice(&std::fs::read(self.path(RECEIPT)).unwrap()).unwrap();
        let statement = base64::decode(receipt["payload"].as_str().unwrap()).unwrap();
        let mut statement: Value = serde_json::from_slice(&statement).unwrap();
        for name in TAG_FILES.iter().chain([&TAG_MANIFEST, &RECEIPT]) {
            std::fs::remove_file(self.path(name)).unwrap();
        }
        let records = self.records();
        let last: Value = serde_json::from_str(records.last().unwrap()).unwrap();
        let closed = last["record"]["time"].as_str().unwrap().parse().unwrap();
        let facts = BagFacts { run: the_run(&self.world).unwrap(), closed };
        let seal = seal_folder(&self.bundle, &measure(&self.bundle).unwrap(), &facts, &Disk::new()).unwrap();
        statement["subject"][0]["digest"]["sha256"] = seal.hex().into();
        let statement = canon::encode(&statement).unwrap();
        let closer = self.key("a.ortiz");
        let signature = closer.sign_pae(RECEIPT_TYPE, &statement);
        std::fs::write(self.path(RECEIPT), derived::envelope(&statement, closer.id(), signature).unwrap()).unwrap();
    }

    /// Changes a record and signs it with the cheater's key.
    pub fn signs_record_again(&self, number: usize, change: impl FnOnce(&mut Value)) {
        let mut records = self.records();
        let mut line: Value = serde_json::from_str(&records[number - 1]).unwrap();
        change(&mut line["record"]);
        let mut text = canon::encode(&line).unwrap();
        if let Ok(signed) = SignedRecord::parse(&text) {
            let cheater = self.key("a.ortiz");
            let record = signed.record().clone();
            let again = SignedRecord::sign(record, cheater.id(), |body| cheater.sign_pae(RECORD_TYPE, body)).unwrap();
            text = again.bytes().to_vec();
        }
        records[number - 1] = String::from_utf8(text).unwrap();
        self.write_records(&records);
    }

    /// Writes the statement that the supervisor would sign, and returns it.
    pub fn supervisors_statement(&self) -> Vec<u8> {
        let file = self.world.path("statement.json");
        let arguments = ["signoff", self.at(), "--as", "m.berg", "--decision", "approve", "--comment", "seen"];
        self.world.asrun(&[&arguments[..], &["--prepare", file.to_str().unwrap()]].concat(), "").exits(0);
        let statement = std::fs::read(&file).unwrap();
        std::fs::remove_file(file).unwrap();
        statement
    }

    /// Lays a statement into the bundle past the program, signed with the cheater's key.
    pub fn lays_in(&self, statement: &[u8], signer: &str) {
        let signature = self.key(signer).sign_ssh(Namespace::Signoff, statement);
        let name = format!("signoffs/{}.json", StatementDigest::of(statement).hex());
        std::fs::create_dir_all(self.path("signoffs")).unwrap();
        std::fs::write(self.path(&name), statement).unwrap();
        std::fs::write(self.path(&format!("{name}.sig")), signature).unwrap();
        // The program must not take it either.
        let file = self.world.file("laid.json", statement);
        self.world.file("laid.json.sig", self.key(signer).sign_ssh(Namespace::Signoff, statement));
        let done = self.world.asrun(&["signoff", self.at(), "--attach", file.to_str().unwrap()], "");
        assert_ne!(done.0.status.code(), Some(0), "the program added it: {}", done.stdout());
    }

    pub fn is_final(&self) -> bool {
        is_final(&self.world, &self.bundle)
    }
}

pub fn is_final(world: &World, bundle: &Path) -> bool {
    let authority = world.home.trust().join("authority.pub");
    let done = world.asrun(&["verify", bundle.to_str().unwrap(), "--trust", authority.to_str().unwrap()], "");
    let status = done.0.status.code();
    assert!(matches!(status, Some(0 | 1 | 3 | 4)), "{status:?}: {}", done.stderr());
    status == Some(0)
}

pub fn edited(statement: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(statement).unwrap();
    change(&mut value);
    canon::encode(&value).unwrap()
}

pub fn signoffs(station: &Station) -> Vec<PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir(station.path("signoffs")).unwrap().map(|e| e.unwrap().path()).collect();
    found.sort();
    found
}

impl Station {
    pub fn number_of(&self, kind: &str) -> usize {
        let run = the_run(&self.world).unwrap();
        let at = journal(&self.world, &run).iter().position(|line| line["record"]["kind"] == kind);
        at.unwrap_or_else(|| panic!("no {kind} in the journal")) + 1
    }

    pub fn supervisors_statement_of_another_seal(&self) -> Vec<u8> {
        edited(&self.supervisors_statement(), |v| v["comment"] = "of another run".into())
    }
}
