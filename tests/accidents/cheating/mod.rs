//! A catalogue of cheating through the real command line: a performer who also closes the run, a supervisor, an outsider
//! with the files, each with no key but the own one, tries to get FINAL. None of them does.
//!
//! Not in the catalogue, because nothing here claims it: whoever edits an own record before anybody else signed after
//! it, on a station that is his alone, lies about himself (FORMAT.md, what a verdict does not claim).

mod sealed;
mod shams;
mod station;

use super::stage::{lines, the_run};
use crate::world::World;
use asrun::bundle;
use asrun::kernel::canon::digest::StatementDigest;
use asrun::kernel::signature::Namespace;
use asrun::keys::KeyFolder;
use asrun::site::demo::PASSPHRASE;
use rayon::prelude::*;
use sealed::{CLOSER, OUTSIDER, PERFORMER};
use station::Station;
use std::path::Path;

#[test]
fn nobody_reaches_final_by_cheating_with_what_was_sealed() {
    let (approved, unapproved) = (Station::new(true), Station::new(false));
    assert!(approved.is_final(), "the honest bundle is FINAL");
    let cases = OUTSIDER.iter().chain(CLOSER).map(|case| (&approved, case));
    let cases: Vec<_> = cases.chain(PERFORMER.iter().map(|case| (&unapproved, case))).collect();
    let reached: Vec<&str> = cases
        .par_iter()
        .filter_map(|(base, (how, cheat))| {
            let station = base.twin();
            cheat(&station);
            station.is_final().then_some(*how)
        })
        .collect();
    println!("{} of {} cheats are not FINAL", cases.len() - reached.len(), cases.len());
    assert_eq!(reached, [] as [&str; 0]);
}

/// What a cheater may say to the program while the run is open; then it is closed and sealed as far as that goes.
const WHILE_OPEN: &[(&str, &[&str])] = &[
    ("skips the reading", &[r#"{"intent":"skip","as":"a.ortiz","step":"1","reason":"no time"}"#]),
    (
        "performs without the photo",
        &[
            r#"{"intent":"begin","as":"a.ortiz","step":"1"}"#,
            r#"{"intent":"enter","as":"a.ortiz","step":"1","values":{"p_res":"0,05"}}"#,
            r#"{"intent":"perform","as":"a.ortiz","step":"1"}"#,
        ],
    ),
    (
        "performs without the value",
        &[
            r#"{"intent":"begin","as":"a.ortiz","step":"1"}"#,
            r#"{"intent":"attach","as":"a.ortiz","step":"1","requirement":"photo","path":"gauge.txt"}"#,
            r#"{"intent":"perform","as":"a.ortiz","step":"1"}"#,
        ],
    ),
    ("begins with the last step", &[r#"{"intent":"begin","as":"a.ortiz","step":"3"}"#]),
    ("verifies himself", &[r#"{"intent":"verify","as":"a.ortiz","step":"2"}"#]),
    ("releases the hold himself", &[r#"{"intent":"release_hold","as":"a.ortiz","step":"3","comment":"seen"}"#]),
    ("lets the verifier release the hold", &[r#"{"intent":"release_hold","as":"l.chen","step":"3","comment":"seen"}"#]),
    ("lets a stranger act", &[r#"{"intent":"release_hold","as":"nobody","step":"3","comment":"seen"}"#]),
    ("closes at once", &[]),
];

#[test]
fn nobody_reaches_final_by_leaving_out_what_was_asked_for() {
    let opening = lines()[0].clone();
    let closing = [r#"{"intent":"close","as":"a.ortiz"}"#, r#"{"intent":"seal","as":"a.ortiz"}"#];
    let reached: Vec<&str> = WHILE_OPEN
        .par_iter()
        .filter_map(|(how, acts)| {
            let world = World::new();
            world.file("gauge.txt", "needle at 0.05\n");
            let package = world.package("small");
            let script = [&[opening.as_str()], *acts, &closing].concat().join("\n");
            world.drive(package.to_str().unwrap(), &script);
            let bundle = world.home.run(&the_run(&world).unwrap()).dir;
            // Even if the supervisor approves blindly whatever was sealed.
            let station = Station { world, bundle };
            station.signs_off("m.berg", "approve");
            station.is_final().then_some(*how)
        })
        .collect();
    assert_eq!(reached, [] as [&str; 0]);
}

/// What a cheater prepares beforehand; each is refused by the program.
#[test]
fn a_package_a_roster_or_a_restored_run_of_the_cheaters_own_making_is_refused() {
    let world = World::new();
    world.file("gauge.txt", "needle at 0.05\n");
    let passphrases = world.home.passphrases().display().to_string();
    let package = world.package("small");
    // A package that nobody approved but himself.
    let own = world.file("own.lep", unsigned(&package));
    let approve = ["approve", own.to_str().unwrap(), "--as", "a.ortiz", "--passphrase-file", &passphrases];
    world.asrun(&approve, "");
    assert_ne!(world.drive(own.to_str().unwrap(), &lines()[0]).0.status.code(), Some(0), "an own package is run");
    // A roster that he signed.
    let text = std::fs::read_to_string(world.home.rosters().join("1.yaml")).unwrap();
    let text = text.replace("serial: 1", "serial: 2").replace("role: performer", "role: supervisor");
    let roster = world.file("2.yaml", &text);
    let cheater = KeyFolder::new(world.home.keys()).open(&"a.ortiz".parse().unwrap(), PASSPHRASE).unwrap();
    world.file("2.yaml.sig", cheater.sign_ssh(Namespace::Roster, text.as_bytes()));
    let installed = world.asrun(&["roster", "install", roster.to_str().unwrap()], "");
    assert_ne!(installed.0.status.code(), Some(0), "an own roster is installed");
    // Laid into the folder of rosters past the program.
    std::fs::copy(&roster, world.home.rosters().join("2.yaml")).unwrap();
    std::fs::copy(world.path("2.yaml.sig"), world.home.rosters().join("2.yaml.sig")).unwrap();
    assert_ne!(
        world.drive(package.to_str().unwrap(), &lines()[0]).0.status.code(),
        Some(0),
        "a laid-in roster is used"
    );
}

/// The package without its approvals.
fn unsigned(package: &Path) -> Vec<u8> {
    let bytes = std::fs::read(package).unwrap();
    let mut writer = bundle::ustar::Writer::new(Vec::new());
    for (name, part) in bundle::ustar::read_all(&bytes, 100).unwrap() {
        if !name.starts_with("approvals/") {
            writer.add(&name, part).unwrap();
        }
    }
    writer.finish().unwrap()
}

#[test]
fn a_run_in_training_is_never_final() {
    let world = World::new();
    world.file("gauge.txt", "needle at 0.05\n");
    let package = world.package("small");
    let script = lines().join("\n").replacen(r#""intent":"open","#, r#""intent":"open","mode":"training","#, 1);
    world.drive(package.to_str().unwrap(), &script).exits(0);
    let bundle = world.home.run(&the_run(&world).unwrap()).dir;
    let station = Station { world, bundle };
    station.signs_off("m.berg", "approve");
    assert!(!station.is_final());
}

#[test]
fn a_key_of_the_same_name_from_another_site_counts_for_nothing() {
    let station = Station::new(false);
    let strangers = World::of_strangers();
    let stranger = KeyFolder::new(strangers.home.keys()).open(&"m.berg".parse().unwrap(), PASSPHRASE).unwrap();
    let statement = station.supervisors_statement();
    let name = format!("signoffs/{}.json", StatementDigest::of(&statement).hex());
    std::fs::create_dir_all(station.path("signoffs")).unwrap();
    std::fs::write(station.path(&name), &statement).unwrap();
    std::fs::write(station.path(&format!("{name}.sig")), stranger.sign_ssh(Namespace::Signoff, &statement)).unwrap();
    assert!(!station.is_final());
    // Nor does the whole bundle under the anchor of another authority.
    let approved = Station::new(true);
    let anchor = strangers.home.trust().join("authority.pub");
    let done = approved.world.asrun(&["verify", approved.at(), "--trust", anchor.to_str().unwrap()], "");
    assert_ne!(done.0.status.code(), Some(0));
}
