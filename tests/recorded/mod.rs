//! Recorded means recorded: what is answered is in the named file, and what is said of a failure is what happened.

mod checkpoint;
mod displaced;
mod doors;
mod faults;
mod heads;
mod reread;

use crate::world::World;
use asrun::kernel::model::name::PersonId;
use asrun::kernel::model::opening::{Binding, Mode};
use asrun::kernel::records::intent::Intent;
use asrun::session::{Material, Opening, Session, StartError, Station};
use asrun::store::Disk;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Stdio};

fn ana() -> PersonId {
    "a.ortiz".parse().unwrap()
}

/// Opens the small run as a.ortiz on this disk, with everybody of the site in the crew.
fn open(world: &World, disk: Disk) -> Result<Session, StartError> {
    let package = world.package("small");
    let station = Station { disk, ..Station::host(world.home.clone()) };
    let material = Material::of_package(&world.home, &package, station.clock.now().time).unwrap();
    let bound = |(person, role): (&str, &str)| Binding { person: person.parse().unwrap(), role: role.parse().unwrap() };
    let crew = [("l.chen", "verifier"), ("m.berg", "supervisor")].map(bound).to_vec();
    let fields = BTreeMap::from([("work_order".parse().unwrap(), "W1".to_owned())]);
    Session::start(station, material, &ana(), "demo", Opening { mode: Mode::Live, fields, crew }).map(|(s, _)| s)
}

fn note(text: &str) -> Intent {
    Intent::Note { kind: asrun::kernel::model::entry::NoteKind::Observation, step: None, text: text.into() }
}

/// The lines that stand in the named file now.
fn lines(world: &World, run: &str) -> Vec<String> {
    let path = world.home.run(&run.parse().unwrap()).journal();
    let text = std::fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
}

/// Whether a record of this number stands in the named file.
fn stands(world: &World, run: &str, seq: u64) -> bool {
    lines(world, run).iter().any(|line| serde_json::from_str::<Value>(line).is_ok_and(|l| l["record"]["seq"] == seq))
}

/// `asrun doctor --fix`, signed by a.ortiz.
fn fix(world: &World, run: &str, status: i32) -> String {
    let passphrases = world.home.passphrases();
    let arguments = ["doctor", "--fix", run, "--as", "a.ortiz", "--reason", "compared with the paper"];
    let rest = ["--passphrase-file", passphrases.to_str().unwrap()];
    let done = world.asrun(&[&arguments[..], &rest[..]].concat(), "").exits(status);
    format!("{}{}", done.stdout(), done.stderr())
}

/// A driven program that is fed line by line.
struct Talk {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Talk {
    fn with(world: &World, target: &str) -> Self {
        let passphrases = world.home.passphrases();
        let arguments = ["drive", target, "--passphrase-file", passphrases.to_str().unwrap()];
        let mut command = world.command(&arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Self { child, answers }
    }

    fn say(&mut self, line: &str) -> Value {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap_or_else(|_| panic!("no answer to {line}"))
    }

    fn end(mut self) {
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
    }
}
