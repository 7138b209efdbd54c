//! A station whose clocks are set: what was asked to wait is not passed by moving one of them.

use crate::world::World;
use asrun::drive::{Driver, Start, drive};
use asrun::kernel::canon::digest::FileDigest;
use asrun::kernel::model::opening::Program;
use asrun::kernel::model::time::{Now, Timestamp};
use asrun::session::{Clock, HostClock, Material, Station};
use asrun::site::demo;
use serde_json::{Value, json};
use std::io::Cursor;
use std::sync::{Arc, Mutex};

/// Both clocks go on by ten milliseconds whenever somebody asks; a test sets them.
pub struct Set(Mutex<Now>);

impl Clock for Set {
    fn now(&self) -> Now {
        let mut now = self.0.lock().unwrap();
        now.time = Timestamp::from_millis(now.time.millis() + 10);
        now.mono_ms += 10;
        now.clone()
    }
}

impl Set {
    pub fn now() -> Arc<Self> {
        Arc::new(Self(Mutex::new(HostClock::new().now())))
    }

    fn change(&self, change: impl FnOnce(&mut Now)) {
        change(&mut self.0.lock().unwrap());
    }

    /// The clock on the wall is set forward; the monotonic one knows nothing of it.
    pub fn forward(&self, millis: i64) {
        self.change(|now| now.time = Timestamp::from_millis(now.time.millis() + millis));
    }

    /// So much time passes, on both.
    pub fn passes(&self, millis: i64) {
        self.forward(millis);
        self.change(|now| now.mono_ms += millis);
    }

    pub fn boot(&self, boot: &str) {
        self.change(|now| (now.boot, now.mono_ms) = (boot.to_owned(), 0));
    }
}

struct Stage {
    world: World,
    clock: Arc<Set>,
    run: Option<String>,
    program: String,
}

impl Stage {
    fn new() -> Self {
        Self { world: World::new(), clock: Set::now(), run: None, program: "0".into() }
    }

    /// Drives the lines in a program of its own and returns the answers.
    fn drives(&mut self, lines: &[Value]) -> Vec<Value> {
        let home = self.world.home.clone();
        let everybody = ["a.ortiz", "l.chen", "m.berg", "p.shah", "j.weiss", "k.nowak"];
        let driver = Driver {
            station: Station {
                program: Some(Program { digest: Some(FileDigest::of(b"asrun")), version: self.program.clone() }),
                clock: self.clock.clone(),
                ..Station::host(home.clone())
            },
            passphrases: everybody.map(|p| (p.parse().unwrap(), demo::PASSPHRASE.to_owned())).into(),
            folder: home.root().join("samples/pump-lockout"),
            judges: asrun::verify::JUDGES,
        };
        let package = self.world.shipped("pump-lockout");
        let material = || Material::of_package(&home, &package, self.clock.now().time).unwrap();
        let start = match &self.run {
            None => Start::Package(Box::new(material())),
            Some(run) => Start::Run(run.parse().unwrap()),
        };
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let mut answers = Vec::new();
        drive(&driver, start, &mut Cursor::new(text), &mut answers).unwrap();
        let answers = String::from_utf8(answers).unwrap();
        let answers: Vec<Value> = answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let run = answers.iter().find_map(|a| Some(a["state"]["run"].as_str()?.to_owned()));
        self.run = run.or(self.run.take());
        answers
    }

    /// The scripted run without its waits, up to the wait at step 8.
    fn up_to_the_wait(&mut self) {
        let script = self.world.home.root().join("samples/pump-lockout/clean.jsonl");
        let script = std::fs::read_to_string(script).unwrap();
        let lines: Vec<Value> = script.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let wait = lines.iter().position(|line| line["intent"] == "wait").unwrap();
        let answers = self.drives(&lines[..wait]);
        assert!(answers.iter().all(|a| a["ok"] == true), "{answers:#?}");
    }
}

fn perform() -> Value {
    json!({"intent": "perform", "as": "a.ortiz", "step": "8"})
}

fn written_down() -> Value {
    json!({"intent": "deviate", "as": "a.ortiz", "step": "8", "about": "min_wait", "code": "ENR-TIME", "process": "continue",
        "description": "The station lost its power during the wait; the pump house clock says twenty minutes.",
        "justification": "The gauge was read against another clock.", "immediate_action": {"text": "told the lead"}})
}

#[test]
fn a_wait_is_not_passed_by_a_program_that_starts_with_the_clock_ahead() {
    let mut stage = Stage::new();
    stage.up_to_the_wait();
    stage.clock.forward(900_000);
    let answers = stage.drives(&[perform()]);
    assert_eq!(answers[0]["codes"], json!(["gate.wait"]), "{answers:#?}");
}

#[test]
fn a_wait_across_a_start_of_the_machine_is_a_departure_that_the_profile_rules() {
    let mut stage = Stage::new();
    stage.up_to_the_wait();
    stage.clock.boot("second");
    stage.clock.forward(900_000);
    let answers = stage.drives(&[perform(), written_down()]);
    assert_eq!(answers[0]["codes"], json!(["gate.wait"]), "{answers:#?}");
    assert_eq!(answers[1]["codes"], json!(["gate.policy_blocks"]), "the profile safety blocks it: {answers:#?}");
    assert!(answers[1]["message"].as_str().unwrap().contains("rule R6"), "{answers:#?}");
    stage.clock.change(|now| now.mono_ms += 2000);
    stage.clock.forward(2000);
    let answers = stage.drives(&[perform()]);
    assert_eq!(answers[0]["ok"], true, "it was waited again: {answers:#?}");
}

#[test]
fn a_station_with_a_dead_battery_is_told_so_and_nothing_else() {
    for text in ["1970-01-01T00:00:40.000Z", "2000-01-01T00:00:00.000Z"] {
        let stage = Stage::new();
        stage.clock.change(|now| now.time = text.parse().unwrap());
        let package = stage.world.shipped("pump-lockout");
        let error = Material::of_package(&stage.world.home, &package, stage.clock.now().time).unwrap_err();
        let told = format!("the clock of this station is wrong: it says {} UTC", &text[..16].replace('T', " "));
        assert!(error.to_string().starts_with(&told), "{error}");
    }
}

#[test]
fn a_clock_that_reads_earlier_than_the_program_was_made_is_named_before_keys_and_approvals() {
    let stage = Stage::new();
    // Roster and package are older than the program, so that they say nothing against the clock.
    stage.world.roster(|text| {
        let issued = text.lines().find(|line| line.starts_with("issued: ")).unwrap().to_owned();
        text.replace(&issued, "issued: \"2024-01-01T00:00:00.000Z\"")
    });
    let documents = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/small");
    let file = |name: &str| documents.join(name).display().to_string();
    let (procedure, pack, policy) = (file("procedure.yaml"), file("pack.yaml"), file("policy.yaml"));
    let package = stage.world.path("old.lep");
    let at = ["--at", "2024-01-02T00:00:00.000Z", "-o", package.to_str().unwrap()];
    stage.world.asrun(&[&["lock", &procedure, "--pack", &pack, "--policy", &policy][..], &at].concat(), "").exits(0);
    let opened = |says: &str| Material::of_package(&stage.world.home, &package, says.parse().unwrap()).map(drop);
    let told = opened("2024-06-01T10:00:00.000Z").unwrap_err().to_string();
    assert!(told.starts_with(
        "the clock of this station is wrong: it says 2024-06-01 10:00 UTC, but this program was made at 20"
    ));
    // A right clock is not accused: what is wrong then is said.
    let told = opened(&stage.clock.now().time.to_string()).unwrap_err().to_string();
    assert!(!told.contains("clock"), "{told}");
}

#[test]
fn a_run_taken_up_with_a_dead_battery_names_the_clock() {
    let mut stage = Stage::new();
    stage.up_to_the_wait();
    stage.clock.boot("second");
    stage.clock.change(|now| now.time = "2000-01-01T00:00:00.000Z".parse().unwrap());
    let answers = stage.drives(&[perform()]);
    assert_eq!(answers[0]["codes"], json!(["gate.clock"]), "{answers:#?}");
    assert!(answers[0]["amiss"].to_string().contains("the last record of the run was made"), "{answers:#?}");
}

#[test]
fn a_run_that_was_on_another_machine_meanwhile_goes_on_where_it_began() {
    let mut stage = Stage::new();
    let first = stage.clock.now();
    stage.up_to_the_wait();
    let note = || json!({"intent": "note", "as": "a.ortiz", "text": "taken up again"});
    // Away and back twice, within one start of the first machine; the second time its monotonic clock stands lower.
    for (boot, mono_ms) in [("away", 0), (&*first.boot, first.mono_ms + 50_000), ("away", 50_000), (&*first.boot, 5)] {
        stage.clock.boot(boot);
        stage.clock.change(|now| now.mono_ms = mono_ms);
        let answers = stage.drives(&[note()]);
        assert_eq!(answers[0]["ok"], true, "{boot}: {answers:#?}");
    }
    // Taking it up replays every record; what the clocks of the other machine were asked is no time of this one.
    stage.clock.forward(900_000);
    let answers = stage.drives(&[perform()]);
    assert_eq!(answers[0]["codes"], json!(["gate.wait"]), "{answers:#?}");
}

#[test]
fn another_program_is_acknowledged_before_it_goes_on() {
    let mut stage = Stage::new();
    stage.up_to_the_wait();
    stage.program = "1".into();
    let note = json!({"intent": "note", "as": "a.ortiz", "text": "updated overnight"});
    let acknowledged = json!({"intent": "acknowledge_change", "as": "a.ortiz"});
    let answers = stage.drives(&[perform(), note, acknowledged, perform()]);
    let codes: Vec<_> = answers.iter().map(|a| a["codes"].clone()).collect();
    assert_eq!(codes, [json!(["gate.changed"]), json!(null), json!(null), json!(["gate.wait"])]);
}
