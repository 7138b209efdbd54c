//! Keys that the station's roster does not let sign: refused at every door, with who, why and what to do.

use super::drive::{CLEAN, END};
use crate::world::{World, of_person};
use asrun::kernel::model::name::PersonId;
use asrun::kernel::model::opening::LockReason;
use asrun::kernel::model::opening::Mode;
use asrun::kernel::records::event::Event;
use asrun::kernel::records::intent::Intent;
use asrun::kernel::records::record::SignedRecord;
use asrun::session::{Clock as _, HostClock, Material, Opening, Session, Station, SubmitError};
use std::collections::BTreeMap;
use std::path::Path;

const REVOKED: &str = "(a.ortiz) is revoked at 2026-01-01T00:00:00.000Z, by roster 2";

fn id(person: &str) -> PersonId {
    person.parse().unwrap()
}

/// The small run, opened in this process by its performer, with a supervisor and a verifier.
fn opened(world: &World) -> Session {
    opened_with(
        world,
        serde_json::json!([{"person": "l.chen", "role": "verifier"}, {"person": "m.berg", "role": "supervisor"}]),
    )
}

fn opened_with(world: &World, crew: serde_json::Value) -> Session {
    let package = world.package("small");
    let material = Material::of_package(&world.home, &package, HostClock::new().now().time).unwrap();
    let opening = Opening {
        mode: Mode::Live,
        fields: BTreeMap::from([("work_order".parse().unwrap(), "W1".to_owned())]),
        crew: serde_json::from_value(crew).unwrap(),
    };
    let station = Station::host(world.home.clone());
    Session::start(station, material, &id("a.ortiz"), "demo", opening).unwrap().0
}

fn records(session: &Session) -> Vec<SignedRecord> {
    let journal = std::fs::read(session.paths().journal()).unwrap();
    let lines = journal.split(|b| *b == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| SignedRecord::parse(line).unwrap()).collect()
}

fn note() -> Intent {
    Intent::Note { kind: asrun::kernel::model::entry::NoteKind::Observation, step: None, text: "still here".into() }
}

#[test]
fn a_revoked_key_opens_no_run_and_nothing_is_written() {
    let world = World::new();
    let package = world.package("small");
    world.revoke("a.ortiz");
    let done = world.drive(package.to_str().unwrap(), CLEAN.lines().next().unwrap()).exits(1);
    assert!(done.stdout().contains(REVOKED) && done.stdout().contains("asrun key new"), "{}", done.stdout());
    assert_eq!(std::fs::read_dir(world.home.runs()).unwrap().count(), 0);
}

#[test]
fn a_key_that_a_newer_roster_revokes_takes_no_run_up_again() {
    let world = World::new();
    let package = world.package("small");
    let done = world.drive(package.to_str().unwrap(), &format!("{}\n", CLEAN.lines().next().unwrap())).exits(0);
    let run = done.answers()[0]["state"]["run"].as_str().unwrap().to_owned();
    let journal = || std::fs::read(world.home.run(&run.parse().unwrap()).journal()).unwrap();
    let before = journal();
    world.revoke("a.ortiz");
    let begin = r#"{"intent":"begin","as":"a.ortiz","step":"1","expect":"gate.known_person"}"#;
    let refused = world.drive(&run, begin).exits(0);
    assert!(refused.stdout().contains(REVOKED), "{}", refused.stdout());
    assert_eq!(journal(), before);
    world.drive(&run, r#"{"intent":"note","as":"m.berg","text":"the others go on"}"#).exits(0);
}

#[test]
fn a_stolen_key_does_not_work_for_a_shift() {
    let world = World::new();
    let mut session = opened(&world);
    session.unlock(&id("m.berg"), "demo").unwrap();
    session.submit(&id("a.ortiz"), note(), None).unwrap();
    world.revoke("a.ortiz");
    let refused = session.submit(&id("a.ortiz"), note(), None).unwrap_err();
    let SubmitError::Withheld { record: Some(record), .. } = &refused else { panic!("{refused:?}") };
    assert!(refused.to_string().contains(REVOKED), "{refused}");
    assert!(!session.is_unlocked(&id("a.ortiz")));
    let last = records(&session).pop().unwrap();
    assert_eq!(last.record().seq, *record);
    let Event::SessionClosed(closed) = &last.record().event else { panic!("{:?}", last.record().event) };
    assert_eq!(closed.reason, LockReason::Withdrawn);
    // The key opens nothing again, the others go on, and the run is taken up as it was left.
    assert!(matches!(session.unlock(&id("a.ortiz"), "demo"), Err(SubmitError::Withheld { record: None, .. })));
    session.submit(&id("m.berg"), note(), None).unwrap();
    session.end().unwrap();
    let run = session.run().id().clone();
    drop(session);
    Session::resume(Station::host(world.home.clone()), &run).unwrap();
}

#[test]
fn a_session_ends_as_time_passes_without_waiting_for_an_act() {
    let world = World::new();
    let mut session = opened(&world);
    assert!(session.withdraw_all().1.is_empty());
    world.revoke("a.ortiz");
    let (accepted, said) = session.withdraw_all();
    assert_eq!((accepted.records.len(), said.len(), session.is_unlocked(&id("a.ortiz"))), (1, 1, false));
    session.end().unwrap();
}

#[test]
fn somebody_who_was_removed_or_lost_the_role_acts_no_more() {
    let world = World::new();
    let mut session = opened(&world);
    session.unlock(&id("m.berg"), "demo").unwrap();
    world.roster(|text| of_person(&text, "m.berg", "role: supervisor", "role: visitor"));
    let refused = session.submit(&id("m.berg"), note(), None).unwrap_err();
    assert!(refused.to_string().contains("(m.berg) does not hold supervisor, by roster 2"), "{refused}");
    assert!(!session.is_unlocked(&id("m.berg")));
    world.roster(|text| {
        let end = text.find("  - id: m.berg").unwrap_or(text.len());
        let begin = text.find("  - id: a.ortiz").unwrap();
        let next = text[begin + 1..].find("  - id: ").map_or(end, |at| begin + 1 + at);
        format!("{}{}", &text[..begin], &text[next..])
    });
    let refused = session.submit(&id("a.ortiz"), note(), None).unwrap_err();
    assert!(refused.to_string().contains("a.ortiz does not stand in roster 3"), "{refused}");
    session.end().unwrap();
}

#[test]
fn nobody_with_a_revoked_key_is_bound_or_takes_over() {
    let world = World::new();
    let mut session = opened(&world);
    world.revoke("l.chen");
    let bind = Intent::BindCrew { person: id("l.chen"), role: "verifier".parse().unwrap() };
    let refused = session.submit(&id("a.ortiz"), &bind, None).unwrap_err();
    assert!(refused.to_string().contains("(l.chen) has no key left that could sign, by roster 2"), "{refused}");
    assert!(session.is_unlocked(&id("a.ortiz")), "who asked may go on");
    session.end().unwrap();
    drop(session);
    // A run that is opened under that roster says the same by its own gates.
    let package = world.package("small");
    let done = world.drive(package.to_str().unwrap(), CLEAN.lines().next().unwrap()).exits(1);
    assert!(done.stdout().contains("gate.known_person"), "{}", done.stdout());
}

#[test]
fn a_roster_that_is_taken_away_again_is_not_forgotten() {
    let world = World::new();
    let mut session = opened(&world);
    session.unlock(&id("m.berg"), "demo").unwrap();
    world.revoke("a.ortiz");
    session.submit(&id("m.berg"), note(), None).unwrap();
    std::fs::remove_file(world.home.rosters().join("2.yaml")).unwrap();
    let refused = session.submit(&id("a.ortiz"), note(), None).unwrap_err();
    assert!(refused.to_string().contains(REVOKED), "{refused}");
    session.end().unwrap();
}

/// Runs a command with everybody's passphrase; returns what it says.
fn signs(world: &World, arguments: &[&str], status: i32) -> String {
    let passphrases = world.home.passphrases();
    let passphrases = ["--passphrase-file", passphrases.to_str().unwrap()];
    world.asrun(&[arguments, &passphrases[..]].concat(), "").exits(status).stderr()
}

#[test]
fn a_revoked_key_approves_no_package() {
    let world = World::new();
    let package = world.package("small");
    let before = std::fs::read(&package).unwrap();
    world.revoke("j.weiss");
    let refused = signs(&world, &["approve", package.to_str().unwrap(), "--as", "j.weiss"], 1);
    assert!(refused.contains("(j.weiss) is revoked") && refused.contains("hint: make a new key"), "{refused}");
    assert_eq!(std::fs::read(&package).unwrap(), before);
}

#[test]
fn a_revoked_key_signs_no_run_off() {
    let world = World::new();
    world.file("gauge.txt", "needle at 0.05\n");
    let package = world.package("small");
    let done = world.drive(package.to_str().unwrap(), &format!("{CLEAN}{END}")).exits(0);
    let bundle = done.answers().last().unwrap()["bundle"].as_str().unwrap().to_owned();
    world.revoke("m.berg");
    let refused = signs(&world, &["signoff", &bundle, "--as", "m.berg", "--decision", "approve"], 1);
    assert!(refused.contains("(m.berg) is revoked"), "{refused}");
    assert!(!Path::new(&bundle).join("signoffs").exists());
}

#[test]
fn a_revoked_key_answers_no_request_and_its_answer_is_not_taken_in() {
    let world = World::new();
    world.file("gauge.txt", "needle at 0.05\n");
    let package = world.package("small");
    let to_the_hold = CLEAN.lines().filter(|l| !l.contains("release_hold")).collect::<Vec<_>>().join("\n");
    let done = world.drive(package.to_str().unwrap(), &format!("{to_the_hold}\n")).exits(0);
    let run = done.answers()[0]["state"]["run"].as_str().unwrap().to_owned();
    let (request, answer) = (world.path("request.json"), world.path("answer.json"));
    let (request, answer) = (request.to_str().unwrap(), answer.to_str().unwrap());
    signs(&world, &["request", &run, "--for", "hold:3", "--to", "supervisor", "--as", "a.ortiz", "-o", request], 0);
    signs(&world, &["answer", request, "--as", "m.berg", "--decision", "release", "-o", answer], 0);
    world.revoke("m.berg");
    // Another roster is a change that somebody acknowledges before the work goes on.
    world.drive(&run, r#"{"intent":"acknowledge_change","as":"a.ortiz"}"#).exits(0);
    let refused = signs(&world, &["import", answer, "--run", &run, "--as", "a.ortiz"], 1);
    assert!(refused.contains("(m.berg) is revoked"), "{refused}");
    let other = world.path("other.json");
    let answers = ["answer", request, "--as", "m.berg", "--decision", "release", "-o", other.to_str().unwrap()];
    assert!(signs(&world, &answers, 1).contains("(m.berg) is revoked"));
}

#[test]
fn only_the_authority_that_a_station_knows_signs_its_rosters() {
    let (world, other) = (World::new(), World::of_strangers());
    let roster = world.file("roster.yaml", world.asrun(&["roster", "show"], "").exits(0).stdout());
    let passphrases = world.file("authority.pass", "authority demo\n");
    std::fs::copy(other.home.keys().join("authority"), world.home.keys().join("authority")).unwrap();
    std::fs::remove_file(world.home.keys().join("authority.pub")).unwrap();
    let sign = ["roster", "sign", roster.to_str().unwrap(), "--passphrase-file", passphrases.to_str().unwrap()];
    let refused = world.asrun(&sign, "").exits(1).stderr();
    assert!(refused.contains("not the authority of this station"), "{refused}");
    assert!(!world.path("roster.yaml.sig").exists());
}

#[test]
fn a_station_whose_authority_or_newest_roster_is_gone_takes_no_other_in_its_place() {
    let world = World::new();
    world.roster(|text| text);
    let older = [world.home.rosters().join("1.yaml"), world.home.rosters().join("1.yaml.sig")];
    let old = [world.path("old.yaml"), world.path("old.yaml.sig")];
    for (from, to) in older.iter().zip(&old) {
        std::fs::copy(from, to).unwrap();
    }
    std::fs::write(world.home.rosters().join("2.yaml"), "damaged").unwrap();
    let refused = world.asrun(&["roster", "install", old[0].to_str().unwrap()], "").exits(1).stderr();
    assert!(refused.contains("serial 1 is not higher than 2"), "{refused}");
    std::fs::remove_file(world.home.trust().join("authority.pub")).unwrap();
    let refused = world.asrun(&["roster", "install", old[0].to_str().unwrap()], "").exits(1).stderr();
    assert!(refused.contains("the key of its authority is missing"), "{refused}");
}

#[test]
fn the_doctor_says_which_keys_of_this_home_sign_no_more() {
    let world = World::new();
    let well = world.asrun(&["doctor"], "").exits(0).stdout();
    assert!(well.contains("a.ortiz") && well.contains("valid until"), "{well}");
    world.revoke("a.ortiz");
    let soon = HostClock::new().now().time.millis() + 3 * 86_400_000;
    let soon = asrun::kernel::model::time::Timestamp::from_millis(soon);
    world.roster(|text| {
        let until = text.split("valid_until: \"").nth(1).unwrap()[..24].to_owned();
        of_person(&text, "l.chen", &until, &soon.to_string())
    });
    let said = world.asrun(&["doctor"], "").exits(1).stdout();
    assert!(
        said.contains("WARN key        the key of a.ortiz is revoked at 2026-01-01T00:00:00.000Z; it signs nothing"),
        "{said}"
    );
    assert!(said.contains("WARN key        the key of l.chen runs out: valid until"), "{said}");
}

#[test]
fn a_sign_off_made_elsewhere_with_a_key_revoked_here_is_not_taken_in() {
    let world = World::new();
    world.file("gauge.txt", "needle at 0.05\n");
    let done = world.drive(world.package("small").to_str().unwrap(), &format!("{CLEAN}{END}")).exits(0);
    let bundle = done.answers().last().unwrap()["bundle"].as_str().unwrap().to_owned();
    let copy = world.path("elsewhere.proof");
    let run = bundle.rsplit('/').next().unwrap();
    world.asrun(&["export", run, "-o", copy.to_str().unwrap()], "").exits(0);
    signs(&world, &["signoff", copy.to_str().unwrap(), "--as", "m.berg", "--decision", "approve"], 0);
    let listed = std::process::Command::new("tar").arg("xf").arg(&copy).arg("-C").arg(world.path("")).output().unwrap();
    assert!(listed.status.success());
    let statement = std::fs::read_dir(world.path("signoffs")).unwrap().flatten().map(|e| e.path());
    let statement = statement.into_iter().find(|p| p.extension().is_some_and(|e| e == "json")).unwrap();
    world.revoke("m.berg");
    let refused = signs(&world, &["signoff", &bundle, "--attach", statement.to_str().unwrap()], 1);
    assert!(refused.contains("(m.berg) is revoked"), "{refused}");
    assert!(!Path::new(&bundle).join("signoffs").exists());
}

#[test]
fn a_revoked_key_archives_no_run() {
    let world = World::new();
    let package = world.package("small");
    let done = world.drive(package.to_str().unwrap(), &format!("{}\n", CLEAN.lines().next().unwrap())).exits(0);
    let run = done.answers()[0]["state"]["run"].as_str().unwrap().to_owned();
    let paths = world.home.run(&run.parse().unwrap());
    let journal = std::fs::read_to_string(paths.journal()).unwrap();
    std::fs::write(paths.journal(), journal.replacen("W1", "W2", 1)).unwrap();
    world.revoke("m.berg");
    let refused = signs(&world, &["archive", &run, "--as", "m.berg", "--reason", "altered"], 1);
    assert!(refused.contains("(m.berg) is revoked"), "{refused}");
    assert!(paths.dir.is_dir());
}

#[test]
fn a_run_is_not_handed_over_to_somebody_whose_key_was_revoked_meanwhile() {
    let world = World::new();
    let mut session = opened_with(&world, serde_json::json!([{"person": "m.berg", "role": "supervisor"}]));
    world.revoke("l.chen");
    let hand_over = |session: &mut Session| {
        let intent = serde_json::json!({"intent": "turnover", "role": "performer", "to": "l.chen", "remarks": null});
        session.submit(&id("a.ortiz"), serde_json::from_value::<Intent>(intent).unwrap(), Some("demo"))
    };
    let refused = hand_over(&mut session).unwrap_err();
    assert!(refused.to_string().contains("(l.chen) has no key left that could sign, by roster 2"), "{refused}");
    assert!(session.run().turnover().is_none() && session.is_unlocked(&id("a.ortiz")), "who asked may go on");
    assert!(!records(&session).iter().any(|r| matches!(r.record().event, Event::TurnoverGiven(_))));
    session.end().unwrap();
}

#[test]
fn a_handover_is_not_taken_by_somebody_whose_key_was_revoked_after_it_was_given() {
    let world = World::new();
    let mut session = opened_with(&world, serde_json::json!([{"person": "m.berg", "role": "supervisor"}]));
    let intent = serde_json::json!({"intent": "turnover", "role": "performer", "to": "l.chen", "remarks": null});
    session.submit(&id("a.ortiz"), serde_json::from_value::<Intent>(intent).unwrap(), Some("demo")).unwrap();
    world.revoke("l.chen");
    let refused = session.unlock(&id("l.chen"), "demo").unwrap_err();
    assert!(refused.to_string().contains("(l.chen) is revoked"), "{refused}");
    assert!(!records(&session).iter().any(|r| matches!(r.record().event, Event::TurnoverAccepted(_))));
    session.end().unwrap();
}

#[test]
fn a_run_whose_closer_was_revoked_before_the_seal_says_who_alone_could_seal_it() {
    let world = World::new();
    world.file("gauge.txt", "needle at 0.05\n");
    let package = world.package("small");
    let close = END.lines().find(|line| line.contains("\"close\"")).unwrap();
    let done = world.drive(package.to_str().unwrap(), &format!("{CLEAN}{close}\n")).exits(0);
    let run = done.answers()[0]["state"]["run"].as_str().unwrap().to_owned();
    let closer = "a.ortiz";
    world.revoke(closer);
    let receipt = world.home.run(&run.parse().unwrap()).receipt();
    let passphrases = world.home.passphrases();
    let seals = |status| {
        let done = world.asrun(&["seal", &run, "--passphrase-file", passphrases.to_str().unwrap()], "").exits(status);
        format!("{}{}", done.stdout(), done.stderr())
    };
    let told = seals(1);
    for part in [REVOKED, "only the key that closed a run signs its receipt", "nobody else can seal it", "asrun show"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains("asrun key new"), "a new key seals nothing that another one closed: {told}");
    let named = ["--as", "m.berg", "--passphrase-file", passphrases.to_str().unwrap()];
    let other = world.asrun(&[&["seal", &run][..], &named].concat(), "").exits(1);
    assert!(other.stderr().contains("only the key that closed"), "{}", other.stderr());
    world.asrun(&["show", &run], "").exits(0);
    assert!(!receipt.exists());
    world.roster(|text| of_person(&text, closer, "revoked_at: \"2026-01-01T00:00:00.000Z\"", "revoked_at: null"));
    assert!(seals(0).contains("sealed: ") && receipt.is_file());
}
