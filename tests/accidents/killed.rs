//! The real program, killed at a random moment: what was answered stays; what was not may be repeated.

use super::stage::below;
use crate::commands::drive::{CLEAN, END};
use crate::world::World;
use asrun::kernel::model::name::RunId;
use asrun::site::shipped::{self, Shipped};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How often a driven run is killed: a sample here, the full figure with `ASRUN_KILLS=200`.
fn kills() -> u64 {
    std::env::var("ASRUN_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(6)
}

#[test]
fn a_driven_run_that_is_killed_anywhere_loses_nothing_that_was_answered() {
    for seed in 0..kills() {
        let world = World::new();
        world.file("gauge.txt", "needle at 0.05\n");
        let package = world.package("small");
        // Nobody approved the run, so it is whole and PROVISIONAL.
        survive(&world, &package, &world.path("."), &format!("{CLEAN}{END}"), (seed, 3));
    }
}

#[test]
fn the_shipped_procedures_survive_being_killed_too() {
    let each = (kills() / 6).max(1);
    // Their scripts wait for real time to pass, so they wait side by side.
    std::thread::scope(|scope| {
        for procedure in shipped::procedures() {
            scope.spawn(move || (0..each).for_each(|seed| is_killed_once(&procedure, seed)));
        }
    });
}

fn is_killed_once(procedure: &Shipped, seed: u64) {
    let world = World::new();
    let script = String::from_utf8_lossy(procedure.runs["clean.jsonl"]).into_owned();
    let folder = world.home.root().join("samples").join(&procedure.id);
    survive(&world, &world.shipped(&procedure.id), &folder, &script, (seed, 0));
}

/// Drives a script, is killed once at a random moment, takes the run up again and goes on to the sealed bundle.
fn survive(world: &World, package: &Path, folder: &Path, script: &str, (seed, status): (u64, i32)) {
    let lines: Vec<String> = script.lines().filter(|l| !l.trim().is_empty()).flat_map(single_values).collect();
    let victim = usize::try_from(below(seed, "line", lines.len() as u64)).unwrap();
    let patience = Duration::from_micros(below(seed, "patience", 4000));
    let mut driver = Driver::start(world, package.to_str().unwrap(), folder);
    let mut answered = 0;
    for line in &lines[..victim] {
        answered = driver.says(line, seed).unwrap_or(answered);
    }
    driver.send(&lines[victim]);
    std::thread::sleep(patience);
    driver.child.kill().unwrap();
    driver.child.wait().unwrap();
    let (mut driver, from) = match only_run(world) {
        None => (Driver::start(world, package.to_str().unwrap(), folder), 0),
        Some(run) => {
            let durable = journal(world, &run).len() as u64;
            assert!(durable >= answered, "seed {seed}: {answered} were answered, {durable} are there");
            // An unlock before the act, or a denial that an earlier line expected, is not the act itself.
            let acts =
                |line: &Value| !matches!(line["record"]["kind"].as_str(), Some("session.opened" | "gate.denied"));
            let begun = usize::try_from(answered).unwrap();
            let done = journal(world, &run).iter().skip(begun).any(acts) || world.home.run(&run).receipt().is_file();
            let mut driver = Driver::start(world, run.as_str(), folder);
            let closed = journal(world, &run).last().is_some_and(|l| l["record"]["kind"] == "run.closed");
            if !closed {
                let performer = performer(&journal(world, &run));
                driver.says(&json!({"intent": "note", "as": performer, "text": "taken up again"}).to_string(), seed);
                // A run that was killed while it paused still pauses; its script goes on by itself.
                if !pauses(&journal(world, &run)) {
                    driver.say(&json!({"intent": "resume", "as": performer}).to_string());
                }
            }
            (driver, victim + usize::from(done && !lines[victim].contains("\"seal\"")))
        }
    };
    for line in &lines[from..] {
        driver.says(line, seed);
    }
    drop(driver);
    let run = only_run(world).unwrap();
    let bundle = world.home.run(&run).dir;
    world
        .asrun(&["verify", bundle.to_str().unwrap(), "--trust", world.home.trust().to_str().unwrap()], "")
        .exits(status);
}

/// Who performs: who took the role over last, or who opened the run.
fn performer(journal: &[Value]) -> String {
    let taken = journal.iter().rev().find(|line| line["record"]["kind"] == "turnover.accepted");
    taken.unwrap_or(&journal[0])["record"]["actor"].as_str().unwrap().to_owned()
}

/// Tells whether somebody paused the run and nobody resumed it yet.
fn pauses(journal: &[Value]) -> bool {
    let kinds = journal.iter().rev().filter_map(|line| line["record"]["kind"].as_str());
    kinds.into_iter().find(|k| matches!(*k, "run.paused" | "run.resumed")) == Some("run.paused")
}

/// Splits an act that enters several values into acts of one value, so that each is answered for itself.
fn single_values(line: &str) -> Vec<String> {
    let mut act: Value = serde_json::from_str(line).unwrap();
    if act["intent"] != "enter" {
        return vec![line.to_owned()];
    }
    let values = act["values"].take();
    let mut acts = Vec::new();
    for (input, value) in values.as_object().unwrap() {
        let cells: Vec<Value> = match value {
            Value::Object(rows) => rows
                .iter()
                .flat_map(|(row, columns)| match columns {
                    Value::Object(columns) => columns.iter().map(|(c, v)| json!({row: {c: v}})).collect(),
                    plain => vec![json!({ row: plain })],
                })
                .collect(),
            plain => vec![plain.clone()],
        };
        for cell in cells {
            let mut one = act.clone();
            one["values"] = json!({ input: cell });
            acts.push(one.to_string());
        }
    }
    acts
}

fn only_run(world: &World) -> Option<RunId> {
    let entries = std::fs::read_dir(world.home.runs()).ok()?.flatten();
    let ids: Vec<RunId> = entries.filter_map(|e| e.file_name().to_str()?.parse().ok()).collect();
    let begun = |id: &RunId| !journal(world, id).is_empty();
    ids.into_iter().find(begun)
}

fn journal(world: &World, run: &RunId) -> Vec<Value> {
    let text = std::fs::read(world.home.run(run).journal()).unwrap_or_default();
    let whole = text.split_inclusive(|b| *b == b'\n').filter(|l| l.ends_with(b"\n"));
    whole.map(|l| serde_json::from_slice(l).unwrap()).collect()
}

pub struct Driver {
    child: Child,
    answers: BufReader<std::process::ChildStdout>,
}

impl Driver {
    pub fn start(world: &World, target: &str, folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_asrun"))
            .args(["drive", target, "--home", world.home.root().to_str().unwrap(), "--passphrase-file"])
            .arg(world.home.passphrases())
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Self { child, answers }
    }

    fn send(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    pub fn say(&mut self, line: &str) -> Value {
        self.send(line);
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap_or_else(|_| panic!("no answer to {line}"))
    }

    /// Says a line that must be answered as its script wants, and returns the last record that it was answered with.
    fn says(&mut self, line: &str, seed: u64) -> Option<u64> {
        let answer = self.say(line);
        let expected = line.contains("\"expect\"");
        assert!(answer["ok"] == !expected, "seed {seed}: {line} was answered {answer}");
        answer["records"].as_array().and_then(|r| r.last()).and_then(Value::as_u64)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
