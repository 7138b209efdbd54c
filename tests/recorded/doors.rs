//! The same truth at each door: request, answer, several values, redaction.

use super::{ana, lines, open};
use crate::commands::drive::CLEAN;
use crate::world::World;
use asrun::kernel::records::intent::Intent;
use asrun::session::{Act, Attachment, Bytes, Session, Station};
use asrun::store::{Disk, Progress};
use serde_json::json;

/// Drives the small run up to its hold.
fn at_the_hold(world: &World) -> String {
    world.file("gauge.txt", "needle at 0.05\n");
    let to_the_hold = CLEAN.lines().filter(|l| !l.contains("release_hold")).collect::<Vec<_>>().join("\n");
    let done = world.drive(world.package("small").to_str().unwrap(), &format!("{to_the_hold}\n")).exits(0);
    done.answers()[0]["state"]["run"].as_str().unwrap().to_owned()
}

#[test]
fn a_request_into_a_folder_that_is_not_there_records_no_request_and_says_so() {
    let world = World::new();
    let run = at_the_hold(&world);
    let passphrases = world.home.passphrases();
    let arguments = ["request", &run, "--for", "hold:3", "--to", "supervisor", "--as", "a.ortiz", "-o"];
    let rest = ["/no/such/folder/x.json", "--passphrase-file", passphrases.to_str().unwrap()];
    let told = world.asrun(&[&arguments[..], &rest[..]].concat(), "").exits(1).stderr();
    assert!(told.contains("hint: nothing was recorded"), "{told}");
    let act = r#"{"intent":"request","as":"a.ortiz","asked":{"kind":"hold","id":"3"},"to":"supervisor","path":"no/such/x.json"}"#;
    let answer = world.drive(&run, &format!("{act}\n")).exits(1).answers().remove(0);
    // The drive unlocked the person first, and that is recorded.
    assert_eq!(answer["records"].as_array().unwrap().len(), 1, "{answer}");
    assert_eq!(answer["class"], "could_not_persist");
    assert!(!lines(&world, &run).iter().any(|line| line.contains("request.sent")));
}

#[test]
fn an_entry_of_several_values_that_stops_half_way_names_what_is_recorded() {
    let world = World::new();
    let to_the_reading = CLEAN.lines().take(2).collect::<Vec<_>>().join("\n");
    let done = world.drive(world.package("small").to_str().unwrap(), &format!("{to_the_reading}\n")).exits(0);
    let run = done.answers()[0]["state"]["run"].as_str().unwrap().to_owned();
    let before = lines(&world, &run).len() as u64;
    let act = r#"{"intent":"enter","as":"a.ortiz","step":"1","values":{"p_res":"0.05","p_xyz":"1"}}"#;
    let answers = world.drive(&run, &format!("{act}\n")).exits(1).answers();
    let answer = answers.last().unwrap();
    assert_eq!(answer["ok"], false, "{answer}");
    let records: Vec<u64> = serde_json::from_value(answer["records"].clone()).unwrap();
    let entered = lines(&world, &run)
        .iter()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|line| line["record"]["kind"] == "value.entered")
        .map(|line| line["record"]["seq"].as_u64().unwrap())
        .collect::<Vec<_>>();
    assert_eq!(entered.len(), 1);
    assert!(records.contains(&entered[0]) && records.iter().all(|seq| *seq > before), "{answer}");
}

#[test]
fn an_answer_behind_a_wrong_passphrase_leaves_no_file_and_can_be_given_again() {
    let world = World::new();
    let run = at_the_hold(&world);
    let passphrases = world.home.passphrases();
    let request = world.path("request.json");
    let arguments = ["request", &run, "--for", "hold:3", "--to", "supervisor", "--as", "a.ortiz", "-o"];
    let rest = [request.to_str().unwrap(), "--passphrase-file", passphrases.to_str().unwrap()];
    world.asrun(&[&arguments[..], &rest[..]].concat(), "").exits(0);
    let wrong = world.file("wrong", "m.berg not-the-passphrase\n");
    let answer = world.path("answer.json");
    let give = |passphrases: &std::path::Path, status| {
        let arguments = ["answer", request.to_str().unwrap(), "--as", "m.berg", "--decision", "release", "-o"];
        let rest = [answer.to_str().unwrap(), "--passphrase-file", passphrases.to_str().unwrap()];
        world.asrun(&[&arguments[..], &rest[..]].concat(), "").exits(status).stderr()
    };
    let told = give(&wrong, 1);
    assert!(told.contains("nothing was recorded"), "{told}");
    assert!(!answer.exists() && !world.path("answer.json.sig").exists());
    give(&passphrases, 0);
    assert!(answer.exists() && world.path("answer.json.sig").exists());
}

/// An open run with one file in it: the act that redacts it, and where its bytes lie.
fn with_a_photograph(world: &World) -> (Session, Intent, std::path::PathBuf) {
    let mut session = open(world, Disk::new()).unwrap();
    session.submit(&ana(), &Intent::Begin { step: "1".parse().unwrap() }, None).unwrap();
    let file = world.file("gauge.txt", "needle at 0.05\n");
    let to = Attachment {
        step: "1".parse().unwrap(),
        requirement: Some("photo".parse().unwrap()),
        caption: None,
        sensitivity: Default::default(),
    };
    session.submit(&ana(), Act::Attach(to, Bytes::File(file, Progress::default())), None).unwrap();
    let blake3 = session.run().evidence()[0].file.blake3;
    let path = session.store().path(&blake3);
    (session, Intent::Redact { blake3, reason: "a face on it".into() }, path)
}

#[test]
fn a_redaction_drops_the_bytes_from_whatever_door_it_comes_and_once_more_when_a_crash_kept_them() {
    let world = World::new();
    let (mut session, redact, path) = with_a_photograph(&world);
    let bytes = std::fs::read(&path).unwrap();
    // The plain door, through which the terminal goes.
    session.submit(&ana(), &redact, None).unwrap();
    assert!(!path.exists());
    session.end().unwrap();
    let id = session.run().id().clone();
    drop(session);
    std::fs::write(&path, bytes).unwrap();
    Session::resume(Station::host(world.home.clone()), &id).unwrap();
    assert!(!path.exists());
}

#[test]
fn a_redaction_whose_file_cannot_be_removed_says_that_it_is_recorded() {
    let world = World::new();
    let (mut session, redact, path) = with_a_photograph(&world);
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    let before = session.run().seq();
    let error = session.submit(&ana(), &redact, None).unwrap_err();
    assert_eq!(error.left().records, [before + 1]);
    assert!(!error.hint().contains("nothing"), "{}", error.hint());
}

#[test]
fn an_act_that_is_whole_only_with_what_it_brings_is_refused_bare_and_nothing_is_recorded() {
    let world = World::new();
    let mut session = open(&world, Disk::new()).unwrap();
    let before = session.run().seq();
    let bare = [
        json!({"intent": "close", "orphans": []}),
        json!({"intent": "lock_session", "reason": "locked"}),
        json!({"intent": "request", "asked": {"kind": "hold", "id": "3"}, "to": "supervisor"}),
        json!({"intent": "call", "step": "1", "child": session.run().id(),
            "bundle": format!("sha256:{}", "0".repeat(64)), "package": format!("sha256:{}", "0".repeat(64))}),
    ];
    for act in bare {
        let intent: Intent = serde_json::from_value(act.clone()).unwrap();
        let error = session.submit(&ana(), &intent, Some("demo")).unwrap_err();
        assert!(error.to_string().contains("is not an act without"), "{act}: {error}");
        assert!(error.left().records.is_empty(), "{act}");
    }
    assert!(session.run().seq() == before && session.is_unlocked(&ana()));
}

#[test]
fn the_errors_of_every_command_that_answers_in_json_carry_a_class() {
    let world = World::new();
    let nobody = "01JDZ3Q4M5N6P7R8S9T0V1W2X3";
    let profile = world.file("no-profile.yaml", "format: asrun.policy.v1\nid: x\n");
    let profile = profile.to_str().unwrap();
    let cases: [(&[&str], i32, &str); 10] = [
        (&["verify", "/no/such/bundle", "--json"], 4, "could_not_deliver"),
        (&["verify", "/no/such/bundle", "--trust", "/no/such/anchor", "--json"], 4, "could_not_deliver"),
        (&["verify", "/no/such/bundle", "--profile", profile, "--json"], 4, "could_not_deliver"),
        (&["show", "/no/such/bundle", "--json"], 4, "could_not_deliver"),
        (&["show", nobody, "--json"], 4, "could_not_deliver"),
        (&["replay", "/no/such/bundle", "--json"], 4, "could_not_deliver"),
        (&["replay", nobody, "--json"], 4, "could_not_deliver"),
        (&["check", "/no/such/procedure.yaml", "--json"], 4, "could_not_deliver"),
        (&["explain", "gate.nothing", "--json"], 2, "could_not_derive"),
        (&["verify", "--explain", "gate.nothing", "--json"], 2, "could_not_derive"),
    ];
    for (args, status, class) in cases {
        let told = world.asrun(args, "").exits(status).stdout();
        let read =
            |line| serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|e| panic!("{args:?} {e}: {line}"));
        let lines: Vec<serde_json::Value> = told.lines().map(read).collect();
        assert_eq!(lines.last().unwrap()["error"]["class"], class, "{args:?} {told}");
    }
    let help = |command: &str| {
        let args: Vec<&str> = [command, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
        world.asrun(&args, "").stdout()
    };
    let all = help("");
    let all = all.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next().map(str::to_owned));
    let in_json: Vec<String> =
        all.filter(|c| !c.is_empty() && !c.starts_with('-')).filter(|c| help(c).contains("--json")).collect();
    assert_eq!(
        in_json,
        ["check", "explain", "replay", "runs", "show", "verify"],
        "a new one belongs into the cases above"
    );
}

/// What a failed deed might claim: all of it is said by the counted fact in `store/left.rs` alone.
const CLAIMS: [&str; 16] = [
    "added",
    "appended",
    "attached",
    "changed",
    "closed",
    "installed",
    "made",
    "moved",
    "put",
    "recorded",
    "removed",
    "sealed",
    "sent",
    "signed",
    "taken",
    "written",
];

#[test]
fn nobody_but_the_counted_fact_says_that_nothing_was_recorded() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let (mut found, mut home) = (Vec::new(), 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let text = std::fs::read_to_string(&entry).unwrap_or_default();
            // A sentence may be broken over two lines.
            let code: Vec<&str> = text.lines().map(str::trim_start).filter(|line| !line.starts_with("//")).collect();
            let code = code.join(" ").replace("\\ ", "").to_lowercase();
            let claims =
                CLAIMS.iter().flat_map(|deed| ["was", "has been", "were"].map(|verb| format!("nothing {verb} {deed}")));
            let said: Vec<String> = claims.filter(|claim| code.contains(claim.as_str())).collect();
            match entry.ends_with("store/left.rs") {
                true => home += said.len(),
                false if entry.extension().is_some_and(|e| e == "rs") => {
                    found.extend(said.iter().map(|claim| format!("{}: {claim}", entry.display())));
                }
                false => {}
            }
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
    assert!(home > 0, "the counted fact has moved");
}
