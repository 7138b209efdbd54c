//! The same truth at each door: request, answer, several values, redaction.

use super::{ana, lines, open};
use crate::commands::drive::CLEAN;
use crate::world::World;
use asrun::kernel::run::Intent;
use asrun::session::{Attachment, Session, Station};
use asrun::store::{Disk, Progress};

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

#[test]
fn a_redaction_drops_the_bytes_from_whatever_door_it_comes_and_once_more_when_a_crash_kept_them() {
    let world = World::new();
    let mut session = open(&world, Disk::new()).unwrap();
    session.submit(&ana(), &Intent::Begin { step: "1".parse().unwrap() }, None).unwrap();
    let file = world.file("gauge.txt", "needle at 0.05\n");
    let to = Attachment {
        step: "1".parse().unwrap(),
        requirement: Some("photo".parse().unwrap()),
        caption: None,
        sensitivity: Default::default(),
    };
    session.attach(&ana(), to, &file, &Progress::default()).unwrap();
    let digest = session.run().evidence()[0].file.blake3;
    let path = session.store().path(&digest);
    let bytes = std::fs::read(&path).unwrap();
    // The plain door, through which the terminal goes.
    session.submit(&ana(), &Intent::Redact { blake3: digest, reason: "a face on it".into() }, None).unwrap();
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
    let mut session = open(&world, Disk::new()).unwrap();
    session.submit(&ana(), &Intent::Begin { step: "1".parse().unwrap() }, None).unwrap();
    let file = world.file("gauge.txt", "needle at 0.05\n");
    let to = Attachment {
        step: "1".parse().unwrap(),
        requirement: Some("photo".parse().unwrap()),
        caption: None,
        sensitivity: Default::default(),
    };
    session.attach(&ana(), to, &file, &Progress::default()).unwrap();
    let digest = session.run().evidence()[0].file.blake3;
    let path = session.store().path(&digest);
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    let before = session.run().seq();
    let error = session.submit(&ana(), &Intent::Redact { blake3: digest, reason: "a face".into() }, None).unwrap_err();
    assert_eq!(error.left().records, [before + 1]);
    assert!(!error.hint().contains("nothing"), "{}", error.hint());
}

#[test]
fn the_errors_of_commands_that_answer_in_json_carry_a_class() {
    let world = World::new();
    let told = world.asrun(&["verify", "/no/such/bundle", "--json"], "").exits(4).stdout();
    let line: serde_json::Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_eq!(line["error"]["class"], "could_not_deliver", "{told}");
}

#[test]
fn nobody_but_the_counted_fact_says_that_nothing_was_recorded() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let text = std::fs::read_to_string(&entry).unwrap_or_default();
            let says = |line: &&str| {
                let code = line.trim_start();
                !code.starts_with("//")
                    && ["nothing was recorded", "nothing was changed"].iter().any(|w| code.contains(w))
            };
            let home = entry.ends_with("session/left.rs") || entry.extension().is_none_or(|e| e != "rs");
            found.extend(text.lines().filter(says).filter(|_| !home).map(|l| format!("{}: {l}", entry.display())));
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}
