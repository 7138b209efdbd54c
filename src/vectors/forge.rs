//! A recorder and sealer of its own: drives the kernel, signs with anybody's key, and seals whatever it is told.

use super::made::Made as _;
use super::site::{OPENED, Site, archive, key};
use crate::bundle::bag::{BagFacts, Payload, Tags};
use crate::kernel::canon;
use crate::kernel::canon::digest::{EvidenceDigest, FileDigest, SealDigest, StatementDigest};
use crate::kernel::judgement::derived::{Carried, envelope, inventory, predicate, statement};
use crate::kernel::model::opening::{ClockTrust, Program};
use crate::kernel::model::previous_run::PreviousRun;
use crate::kernel::model::time::{Now, Timestamp};
use crate::kernel::records::intent::Intent;
use crate::kernel::records::receipt::Predicate;
use crate::kernel::records::record::{Record, SignedRecord};
use crate::kernel::run::{Decided, Run, Who};
use crate::kernel::signature::{Namespace, RECEIPT_TYPE, RECORD_TYPE};
use crate::library;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The run of the vectors.
pub const RUN: &str = "01JDZ3Q4M5N6P7R8S9T0V1W2X3";
/// What is captured as evidence.
pub const PHOTO: &[u8] = b"a photo of the gauge\n";
/// The files of a bundle by their path.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A run at work.
#[derive(Clone, Debug)]
pub struct Forge {
    pub(super) site: Site,
    /// The run as the kernel knows it.
    pub run: Run,
    /// Its journal.
    pub lines: Vec<SignedRecord>,
    pub(super) now: Now,
    pub(super) evidence: Vec<Vec<u8>>,
    /// Who performs and closes.
    pub performer: &'static str,
}

impl Forge {
    /// Opens a run; ada performs, ben verifies, cy supervises.
    pub(super) fn open(site: Site, mode: &str, id: &str) -> Self {
        Self::open_as("ada", site, mode, id)
    }

    /// As [`Forge::open`], somebody else performs.
    pub(super) fn open_as(performer: &'static str, site: Site, mode: &str, id: &str) -> Self {
        Self::open_after(None, performer, site, mode, id)
    }

    /// As [`Forge::open_as`], behind another run of the station.
    pub(super) fn open_after(
        previous_run: Option<PreviousRun>,
        performer: &'static str,
        site: Site,
        mode: &str,
        id: &str,
    ) -> Self {
        let opened = library::open(site.package_members()).made();
        let roster = library::read_roster("roster", &site.roster_bytes()).made();
        let run = Run::draft(Arc::new(opened.plan), Arc::new(roster), id.parse().made());
        let now = Now { time: OPENED.parse().made(), mono_ms: 1000, boot: "boot".into() };
        let roster = FileDigest::of(&site.roster_bytes());
        let mut forge = Self { site, run, lines: Vec::new(), now, evidence: Vec::new(), performer };
        let crew = json!([{"person": "ben", "role": "verifier"}, {"person": "gus", "role": "verifier"}]);
        let open = Intent::Open {
            clock: ClockTrust::Own,
            crew: serde_json::from_value(crew).made(),
            fields: BTreeMap::new(),
            mode: serde_json::from_value(json!(mode)).made(),
            offset: "+00:00".into(),
            previous_run,
            program: Program { digest: None, version: "0".into() },
            roster,
            superseded_by: None,
        };
        forge.act(performer, &open);
        forge.act("ben", &unlock("ben", false));
        forge
    }

    pub(super) fn act(&mut self, person: &str, intent: &Intent) {
        self.now.time = Timestamp::from_millis(self.now.time.millis() + 1000);
        self.now.mono_ms += 1000;
        let who = Who { person: person.parse().made(), key: key(person).public().id() };
        let decided = self.run.decide(intent, &who, &self.now);
        let decided = decided.unwrap_or_else(|refusal| unreachable!("{intent:?}: {:?}", refusal.codes()));
        self.append(decided, &who);
        while let Some(event) = self.run.due(&self.now) {
            let role = self.run.system_role(&who.person).made();
            self.append(Decided { event, role }, &who);
        }
    }

    pub(super) fn does(&mut self, person: &str, intent: Value) {
        self.act(person, &serde_json::from_value(intent).made());
    }

    pub(super) fn append(&mut self, decided: Decided, who: &Who) {
        let line = sign(self.run.record(decided, who, &self.now), who.person.as_str());
        self.run.after(&line);
        self.lines.push(line);
    }

    /// Step 1 with a value out of limits, its evidence and deviation; step 2 with its verification.
    pub(super) fn work(&mut self) {
        self.work_with(|_| {});
    }

    /// As [`Forge::work`], with something more at step 1 before it is performed.
    pub(super) fn work_with(&mut self, more: impl FnOnce(&mut Self)) {
        let performer = self.performer;
        self.does(performer, json!({"intent": "begin", "step": "1"}));
        self.does(performer, json!({"intent": "enter", "step": "1", "input": "p_res", "raw": "0.35"}));
        self.deviate(performer, Some("1"));
        self.attach(PHOTO);
        more(self);
        self.does(performer, json!({"intent": "perform", "step": "1"}));
        self.does(performer, json!({"intent": "begin", "step": "2"}));
        self.does(performer, json!({"intent": "check", "step": "2", "result": "pass"}));
        self.does(performer, json!({"intent": "perform", "step": "2"}));
        self.does("ben", json!({"intent": "verify", "step": "2"}));
    }

    pub(super) fn deviate(&mut self, person: &str, step: Option<&str>) {
        let statement = json!({
            "code": "ZOO-ANY", "description": "what was seen and where", "immediate_action": {"text": "told the lead"},
            "process": "continue", "justification": "because it is right",
        });
        self.does(person, json!({"intent": "deviate", "step": step, "statement": statement}));
    }

    pub(super) fn attach(&mut self, bytes: &[u8]) {
        self.attach_said(bytes, &json!({}));
    }

    /// Attaches a file of which the record says something else.
    pub(super) fn attach_said(&mut self, bytes: &[u8], said: &Value) {
        self.attach_to("photo", bytes, said);
    }

    /// As [`Forge::attach_said`], for a requirement.
    pub(super) fn attach_to(&mut self, requirement: &str, bytes: &[u8], said: &Value) {
        let mut file = json!({
            "blake3": EvidenceDigest::of(bytes), "sha256": FileDigest::of(bytes), "size": bytes.len(),
            "damage": null, "media_type": "text/plain", "name": "gauge.txt", "origin": "file", "mtime": null,
        });
        for (name, value) in said.as_object().into_iter().flatten() {
            file[name] = value.clone();
        }
        self.does(self.performer, json!({"intent": "attach", "step": "1", "requirement": requirement, "file": file}));
        self.evidence.push(bytes.to_vec());
    }

    pub(super) fn close(&mut self) {
        self.does(self.performer, json!({"intent": "close"}));
    }

    /// Writes the data files as an honest recorder would.
    pub(super) fn data(&self) -> Files {
        let mut files = Files::new();
        let serial = self.site.serial();
        files.insert("data/package.lep".into(), archive(&self.site.package_members()));
        files.insert(format!("data/rosters/{serial}.yaml"), self.site.roster_bytes());
        files.insert(format!("data/rosters/{serial}.yaml.sig"), self.site.roster_signature());
        for bytes in &self.evidence {
            files.insert(evidence_path(bytes), bytes.clone());
        }
        set_journal(&mut files, &self.lines);
        derive(&mut files, &self.run);
        files
    }

    /// The sealed bundle, without sign-offs.
    pub(super) fn sealed(&self) -> Files {
        let mut files = self.data();
        seal(&mut files, &self.run, self.performer);
        files
    }

    /// Puts other records in place of the journal, signed again by their actors, and folds them unasked.
    pub(super) fn rewrite(&mut self, change: impl FnOnce(&mut Vec<Record>)) {
        let mut records: Vec<Record> = self.lines.iter().map(|line| line.record().clone()).collect();
        change(&mut records);
        let plan = Arc::clone(self.run.plan());
        let mut run = Run::draft(plan, Arc::clone(self.run.roster()), records[0].run.clone());
        self.lines.clear();
        for mut record in records {
            (record.seq, record.prev) = (run.seq() + 1, run.head());
            let actor = record.actor.to_string();
            let line = sign(record, &actor);
            run.after(&line);
            self.lines.push(line);
        }
        self.run = run;
    }
}

/// A person unlocks a session, or takes the run up again, with the program that opened it.
pub(super) fn unlock(person: &str, resumed: bool) -> Intent {
    let program = Program { digest: None, version: "0".into() };
    Intent::Unlock { key: key(person).public().id(), program, resumed, roster: None }
}

/// Signs a record with the key of a name.
#[must_use]
pub fn sign(record: Record, signer: &str) -> SignedRecord {
    let key = key(signer);
    SignedRecord::sign(record, key.public().id(), |body| key.pae(RECORD_TYPE, body)).made()
}

/// Where a file of evidence lies.
#[must_use]
pub fn evidence_path(bytes: &[u8]) -> String {
    format!("data/evidence/{}", EvidenceDigest::of(bytes).hex())
}

/// Puts these lines in place of the journal.
pub fn set_journal(files: &mut Files, lines: &[SignedRecord]) {
    let bytes = lines.iter().flat_map(|line| line.bytes().iter().copied().chain([b'\n'])).collect();
    files.insert("data/journal.jsonl".into(), bytes);
}

/// State and inventory, as they follow from the run.
pub(super) fn derive(files: &mut Files, run: &Run) {
    files.insert("data/state.json".into(), canon::encode(&run.state_file().made()).made());
    let carried = files.iter().filter_map(|(path, bytes)| {
        let media_type = match path.as_str() {
            "data/package.lep" => "application/x-tar",
            path if path.starts_with("data/rosters/") && path.ends_with(".sig") => "text/plain",
            path if path.starts_with("data/rosters/") => "application/yaml",
            _ => return None,
        };
        let (blake3, sha256, size) = (EvidenceDigest::of(bytes), FileDigest::of(bytes), bytes.len() as u64);
        Some(Carried { path: path.clone(), media_type: media_type.into(), blake3, sha256, size })
    });
    let inventory = inventory(run, &carried.collect::<Vec<_>>());
    files.insert("data/manifest.json".into(), canon::encode(&inventory).made());
}

/// Writes the tag files and the receipt around whatever lies under `data/`.
pub fn seal(files: &mut Files, run: &Run, closer: &str) {
    tags(files, run);
    let state = FileDigest::of(files.get("data/state.json").map_or(&[][..], Vec::as_slice));
    receipt(files, predicate(run, state).made(), closer);
}

pub(super) fn tags(files: &mut Files, run: &Run) {
    let data = files.iter().filter(|(path, _)| path.starts_with("data/"));
    let payload: Vec<Payload> = data
        .map(|(path, bytes)| Payload {
            path: path.clone(),
            sha256: FileDigest::of(bytes),
            blake3: EvidenceDigest::of(bytes),
            size: bytes.len() as u64,
        })
        .collect();
    let closed = run.closed().map_or(OPENED.parse().made(), |closed| closed.at);
    let tags = Tags::new(&payload, &BagFacts { run: run.id().clone(), closed });
    for (name, text) in tags.files {
        files.insert(name.into(), text.into_bytes());
    }
    files.insert("tagmanifest-sha256.txt".into(), tags.manifest.into_bytes());
}

pub(super) fn seal_of(files: &Files) -> SealDigest {
    SealDigest::of(&files["tagmanifest-sha256.txt"])
}

pub(super) fn receipt(files: &mut Files, predicate: Predicate, closer: &str) {
    let payload = canon::encode(&statement(predicate, seal_of(files))).made();
    sign_receipt(files, &payload, closer);
}

pub(super) fn sign_receipt(files: &mut Files, payload: &[u8], closer: &str) {
    let key = key(closer);
    let signature = key.pae(RECEIPT_TYPE, payload);
    files.insert("receipt.json".into(), envelope(payload, key.public().id(), signature).made());
}

/// A sign-off over this bundle; `change` says what differs from an honest approval of the run.
pub fn sign_off(files: &mut Files, run: &Run, person: &str, signer: &str, change: Value) -> StatementDigest {
    let mut statement = json!({
        "comment": "looked at it", "decision": "approve", "final_class": null, "format": "asrun.signoff.v1",
        "head": run.head(), "meaning": "approved", "name": name(person), "person": person, "role": "supervisor",
        "run": run.id(), "seal": seal_of(files), "sees": [], "subject": {"id": run.id(), "kind": "run"},
        "time": "2026-11-22T08:00:00.000Z", "time_confidence": "self",
    });
    for (field, value) in change.as_object().made() {
        statement[field] = value.clone();
    }
    put_statement(files, &canon::encode(&statement).made(), signer)
}

pub(super) fn put_statement(files: &mut Files, bytes: &[u8], signer: &str) -> StatementDigest {
    let digest = StatementDigest::of(bytes);
    let name = format!("signoffs/{}.json", digest.hex());
    files.insert(format!("{name}.sig"), key(signer).ssh(Namespace::Signoff, bytes));
    files.insert(name, bytes.to_vec());
    digest
}

fn name(person: &str) -> String {
    let mut letters = person.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
