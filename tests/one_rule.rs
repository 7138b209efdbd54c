//! One rule, every door: the same rule is played through the command line, `drive` and the terminal, and all three are
//! held to what stands on the disk afterwards. Where a door has no such act, the table says why.

use crate::commands::drive::CLEAN;
use crate::commands::judging::sealed;
use crate::screens::exchange::Desk;
use crate::world::{World, flip};
use asrun::kernel::model::evidence::Sensitivity;
use asrun::kernel::model::name::PersonId;
use asrun::kernel::records::intent::Intent;
use asrun::kernel::records::sign_off::Decision;
use asrun::session::Attachment;
use asrun::store::{Disk, Lock};
use asrun::tui::ground::effect::{Effect, SignOffAct};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// One door of one rule.
enum Door {
    /// Plays the rule in a world of its own.
    Plays(fn(&World)),
    /// There is no such act there, and why.
    Has(&'static str),
}

use Door::{Has, Plays};

/// Rule, command line, `drive`, terminal.
const RULES: [(&str, [Door; 3]); 6] = [
    (
        "what does not verify is not signed off",
        [Plays(broken_by_command), Has("`drive` signs no bundle off"), Plays(broken_on_screen)],
    ),
    (
        "what is refused is recorded as refused, with its gates",
        [Plays(refused_by_command), Plays(refused_by_drive), Plays(refused_on_screen)],
    ),
    (
        "a redaction takes the bytes away",
        [Has("no command redacts"), Plays(redacted_by_drive), Plays(redacted_on_screen)],
    ),
    (
        "a second writer writes nothing and hears who holds the run",
        [Plays(held_by_command), Plays(held_by_drive), Plays(held_on_screen)],
    ),
    (
        "a key that was revoked meanwhile signs nothing more",
        [Plays(revoked_by_command), Plays(revoked_by_drive), Plays(revoked_on_screen)],
    ),
    ("a wrong passphrase records nothing", [Plays(wrong_by_command), Plays(wrong_by_drive), Plays(wrong_on_screen)]),
];

#[test]
fn each_rule_holds_at_every_door() {
    for (rule, doors) in RULES {
        for (name, door) in ["command line", "drive", "terminal"].into_iter().zip(doors) {
            match door {
                Plays(play) => {
                    println!("{rule}: {name}");
                    play(&World::new());
                }
                Has(why) => println!("{rule}: {name}: {why}"),
            }
        }
    }
}

fn ana() -> PersonId {
    "a.ortiz".parse().unwrap()
}

/// Drives the first lines of the small run and returns the run.
fn begun(world: &World, lines: usize) -> String {
    world.file("gauge.txt", "needle at 0.05\n");
    let script = CLEAN.lines().take(lines).map(|line| format!("{line}\n")).collect::<String>();
    let done = world.drive(world.package("small").to_str().unwrap(), &script).exits(0);
    done.answers()[0]["state"]["run"].as_str().unwrap().to_owned()
}

/// Every record of a run: kind and data.
fn records(world: &World, run: &str) -> Vec<(String, Value)> {
    let journal = std::fs::read_to_string(world.home.run(&run.parse().unwrap()).journal()).unwrap();
    let record = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        (line["record"]["kind"].as_str().unwrap().to_owned(), line["record"]["data"].clone())
    };
    journal.lines().map(record).collect()
}

fn count(world: &World, run: &str, kind: &str) -> usize {
    records(world, run).iter().filter(|(found, _)| found == kind).count()
}

fn passphrases(world: &World) -> String {
    world.home.passphrases().display().to_string()
}

/// The terminal at a run, with a.ortiz unlocked.
fn at_the_screen(world: &World, run: &str) -> Desk {
    let mut desk = Desk::at(&world.home);
    let resume = Effect::Resume(run.parse().unwrap());
    desk.does(vec![resume, Effect::Unlock(ana(), "demo".into(), None)]);
    desk
}

// What does not verify is not signed off.

fn broken(world: &World) -> PathBuf {
    let bundle = PathBuf::from(sealed(world));
    flip(&std::fs::read_dir(bundle.join("data/evidence")).unwrap().next().unwrap().unwrap().path());
    bundle
}

fn unsigned(bundle: &Path) {
    assert!(!bundle.join("signoffs").exists());
}

fn broken_by_command(world: &World) {
    let bundle = broken(world);
    let path = bundle.display().to_string();
    let words = ["signoff", &path, "--as", "m.berg", "--decision", "approve", "--passphrase-file"];
    world.asrun(&[&words[..], &[&passphrases(world)]].concat(), "").exits(1);
    unsigned(&bundle);
}

fn broken_on_screen(world: &World) {
    let bundle = broken(world);
    let mut desk = Desk::at(&world.home);
    let act = SignOffAct {
        bundle: bundle.clone(),
        person: "m.berg".parse().unwrap(),
        passphrase: "demo".into(),
        subject: "run".into(),
        decision: Decision::Approve,
        comment: None,
    };
    desk.does(vec![Effect::ListHome, Effect::SignOff(Box::new(act))]);
    assert!(desk.told().contains("verify"), "{}", desk.told());
    unsigned(&bundle);
}

// What is refused is recorded as refused, with its gates.

fn denied(world: &World, run: &str, code: &str) {
    let records = records(world, run);
    let (_, data) = records.iter().find(|(kind, _)| kind == "gate.denied").expect("a denial");
    assert!(data["codes"].as_array().unwrap().contains(&json!(code)), "{data}");
    assert!(data["gates"].as_array().unwrap().iter().any(|gate| gate["outcome"] == "deny"), "{data}");
}

fn refused_by_command(world: &World) {
    let run = begun(world, 1);
    let file = world.path("request.json").display().to_string();
    let words = ["request", &run, "--for", "hold:3", "--to", "supervisor", "--as", "a.ortiz", "-o", &file];
    world.asrun(&[&words[..], &["--passphrase-file", &passphrases(world)]].concat(), "").exits(1);
    denied(world, &run, "gate.request");
    assert!(!Path::new(&file).exists());
}

fn refused_by_drive(world: &World) {
    let run = begun(world, 1);
    let begin = r#"{"intent":"begin","as":"a.ortiz","step":"2"}"#;
    let done = world.drive(&run, &format!("{begin}\n")).exits(1);
    assert_eq!(done.answers()[0]["codes"], json!(["gate.not_ready"]));
    denied(world, &run, "gate.not_ready");
}

fn refused_on_screen(world: &World) {
    let run = begun(world, 1);
    let begin = Intent::Begin { step: "2".parse().unwrap() };
    at_the_screen(world, &run).does(vec![Effect::Submit(ana(), Box::new(begin), None)]);
    denied(world, &run, "gate.not_ready");
}

// A redaction takes the bytes away.

fn photographed(world: &World) -> (String, String, PathBuf) {
    let run = begun(world, 4);
    let captured = records(world, &run).into_iter().find(|(kind, _)| kind == "evidence.captured").unwrap().1;
    let digest = captured["file"]["blake3"].as_str().unwrap().to_owned();
    let path = world.home.run(&run.parse().unwrap()).evidence().join(digest.trim_start_matches("blake3:"));
    assert!(path.is_file());
    (run, digest, path)
}

fn gone(world: &World, run: &str, path: &Path) {
    assert_eq!(count(world, run, "evidence.redacted"), 1);
    assert!(!path.exists());
}

fn redacted_by_drive(world: &World) {
    let (run, digest, path) = photographed(world);
    let redact = json!({"intent": "redact", "as": "a.ortiz", "blake3": digest, "reason": "a face on it"});
    world.drive(&run, &format!("{redact}\n")).exits(0);
    gone(world, &run, &path);
}

fn redacted_on_screen(world: &World) {
    let (run, digest, path) = photographed(world);
    let redact = Intent::Redact { blake3: digest.parse().unwrap(), reason: "a face on it".into() };
    at_the_screen(world, &run).does(vec![Effect::Submit(ana(), Box::new(redact), None)]);
    gone(world, &run, &path);
}

// A second writer writes nothing and hears who holds the run.

fn held(world: &World, tries: impl FnOnce(&str) -> String) {
    let run = begun(world, 2);
    let before = records(world, &run).len();
    let paths = world.home.run(&run.parse().unwrap());
    let now = "2026-11-21T08:00:00.000Z".parse().unwrap();
    let _lock = Lock::take(&paths, &Disk::new(), "somebody else", now).unwrap();
    let told = tries(&run);
    assert!(told.contains("somebody else"), "{told}");
    assert_eq!(records(world, &run).len(), before);
}

fn held_by_command(world: &World) {
    held(world, |run| {
        let words = ["seal", run, "--as", "a.ortiz", "--passphrase-file", &passphrases(world)];
        world.asrun(&words, "").exits(1).stderr()
    });
}

fn held_by_drive(world: &World) {
    held(world, |run| world.drive(run, "").exits(1).stderr());
}

fn held_on_screen(world: &World) {
    held(world, |run| {
        let mut desk = Desk::at(&world.home);
        desk.does(vec![Effect::ListHome, Effect::Resume(run.parse().unwrap())]);
        desk.told()
    });
}

// A key that was revoked meanwhile signs nothing more.

fn revoked(world: &World, tries: impl FnOnce(&str)) {
    let run = begun(world, 2);
    let before = records(world, &run).len();
    world.revoke("a.ortiz");
    tries(&run);
    let since = records(world, &run).split_off(before);
    assert!(since.iter().all(|(kind, _)| kind != "note.added" && kind != "request.sent"), "{since:?}");
}

fn revoked_by_command(world: &World) {
    revoked(world, |run| {
        let file = world.path("request.json").display().to_string();
        let words = ["request", run, "--for", "hold:3", "--to", "supervisor", "--as", "a.ortiz", "-o", &file];
        let told =
            world.asrun(&[&words[..], &["--passphrase-file", &passphrases(world)]].concat(), "").exits(1).stderr();
        assert!(told.contains("revoked") && !Path::new(&file).exists(), "{told}");
    });
}

fn revoked_by_drive(world: &World) {
    revoked(world, |run| {
        let note = r#"{"intent":"note","as":"a.ortiz","text":"still here"}"#;
        let answer = world.drive(run, &format!("{note}\n")).exits(1).answers().remove(0);
        assert!(answer["message"].as_str().unwrap().contains("revoked"), "{answer}");
    });
}

fn revoked_on_screen(world: &World) {
    revoked(world, |run| {
        let mut desk = Desk::at(&world.home);
        let note = Intent::Note { kind: Default::default(), step: None, text: "still here".into() };
        let unlock = Effect::Unlock(ana(), "demo".into(), Some(Box::new(note)));
        desk.does(vec![Effect::Resume(run.parse().unwrap()), unlock]);
        assert!(desk.told().contains("revoked"), "{}", desk.told());
    });
}

// A wrong passphrase records nothing.

fn wrong(world: &World, tries: impl FnOnce(&str, &str)) {
    let run = begun(world, 3);
    let before = records(world, &run).len();
    let file = world.file("wrong", "a.ortiz not-the-passphrase\n");
    tries(&run, &file.display().to_string());
    assert_eq!(records(world, &run).len(), before);
}

fn wrong_by_command(world: &World) {
    wrong(world, |run, wrong| {
        let file = world.path("request.json").display().to_string();
        let words = ["request", run, "--for", "hold:3", "--to", "supervisor", "--as", "a.ortiz", "-o", &file];
        world.asrun(&[&words[..], &["--passphrase-file", wrong]].concat(), "").exits(1);
        assert!(!Path::new(&file).exists());
    });
}

fn wrong_by_drive(world: &World) {
    wrong(world, |run, wrong| {
        let note = r#"{"intent":"note","as":"a.ortiz","text":"hello"}"#;
        let done = world.asrun(&["drive", run, "--passphrase-file", wrong], &format!("{note}\n")).exits(1);
        assert_eq!(done.answers()[0]["codes"], json!(["intent.passphrase"]));
    });
}

fn wrong_on_screen(world: &World) {
    wrong(world, |run, _| {
        let mut desk = Desk::at(&world.home);
        let file = world.path("gauge.txt");
        let to = Attachment {
            step: "1".parse().unwrap(),
            requirement: None,
            caption: None,
            sensitivity: Sensitivity::Normal,
        };
        let unlock = Effect::Unlock(ana(), "not-the-passphrase".into(), None);
        desk.does(vec![Effect::Resume(run.parse().unwrap()), unlock]);
        desk.does(vec![Effect::Capture(ana(), to, vec![(file, None)])]);
    });
}
