//! Somebody touches the files of a live run: the first act after it is not acknowledged, nothing is lost, there is a way on.

use super::{Talk, ana, fix, lines, note, open, stands};
use crate::commands::drive::{CLEAN, END};
use crate::world::World;
use asrun::session::{Session, StartError, Station, SubmitError};
use asrun::store::{AppendError, Disk, RunPaths};
use std::path::Path;

fn replace(path: &Path) {
    let copy = path.with_extension("copy");
    std::fs::copy(path, &copy).unwrap();
    std::fs::rename(copy, path).unwrap();
}

#[test]
fn a_journal_replaced_under_a_driven_run_stops_it_and_every_acknowledged_record_comes_back() {
    let world = World::new();
    world.file("gauge.txt", "needle at 0.05\n");
    let mut talk = Talk::with(&world, world.package("small").to_str().unwrap());
    let mut acts = CLEAN.lines();
    let answer = talk.say(acts.next().unwrap());
    let run = answer["state"]["run"].as_str().unwrap().to_owned();
    let paths = world.home.run(&run.parse().unwrap());
    talk.say(acts.next().unwrap());
    let acknowledged = lines(&world, &run);
    // What `cp journal.jsonl j2; mv j2 journal.jsonl` does.
    replace(&paths.journal());
    let next = acts.next().unwrap();
    for _ in 0..2 {
        let answer = talk.say(next);
        assert_eq!(answer["ok"], false, "{answer}");
        assert_eq!(answer["codes"], serde_json::json!(["journal.failed"]), "{answer}");
        assert_eq!(answer["class"], "could_not_persist");
        assert!(answer["message"].as_str().unwrap().contains("is another file now"), "{answer}");
        assert!(answer["hint"].as_str().unwrap().starts_with("nothing was recorded"), "{answer}");
    }
    talk.end();
    assert_eq!(std::fs::read_to_string(paths.rescued()).unwrap().lines().collect::<Vec<_>>(), acknowledged);
    // Neither taking up nor sealing goes past what waits, and the station says so.
    assert!(world.drive(&run, "").exits(1).stderr().contains("doctor --fix"));
    let sealing = ["seal", run.as_str(), "--as", "a.ortiz", "--passphrase-file"];
    let passphrases = world.home.passphrases();
    world.asrun(&[&sealing[..], &[passphrases.to_str().unwrap()]].concat(), "").exits(1);
    assert!(world.asrun(&["doctor"], "").exits(1).stdout().contains("WARN rescued"));
    assert!(world.asrun(&["runs"], "").stdout().contains("rescued: the journal was taken away"));
    let told = fix(&world, &run, 0);
    assert!(told.contains("stood in the journal already") && told.contains("says so"), "{told}");
    assert_eq!(&lines(&world, &run)[..acknowledged.len()], &acknowledged[..]);
    assert!(lines(&world, &run).iter().any(|line| line.contains("\"run.mended\"")));
    assert!(!world.asrun(&["doctor"], "").stdout().contains("rescued"));
    // The work goes on to a bundle that verifies and tells of it.
    let resume = r#"{"intent":"resume","as":"a.ortiz"}"#;
    let rest: Vec<&str> = CLEAN.lines().skip(2).collect();
    let done = world.drive(&run, &format!("{resume}\n{}\n{END}", rest.join("\n")));
    let bundle = done.answers().last().unwrap()["bundle"].as_str().unwrap().to_owned();
    let authority = world.home.trust().join("authority.pub");
    let report = world.asrun(&["verify", &bundle, "--trust", authority.to_str().unwrap()], "").exits(3).stdout();
    assert!(report.contains("journal.mended") && !report.contains("FAIL"), "{report}");
}

type Interference = fn(&RunPaths);

#[test]
fn whatever_is_taken_away_the_run_goes_on_after_a_signature() {
    let cases: [(&str, Interference); 6] = [
        ("unlinked", |p| std::fs::remove_file(p.journal()).unwrap()),
        ("renamed", |p| std::fs::rename(p.journal(), p.data().join("old")).unwrap()),
        ("cut", |p| std::fs::OpenOptions::new().write(true).open(p.journal()).unwrap().set_len(900).unwrap()),
        ("emptied", |p| std::fs::write(p.journal(), "").unwrap()),
        ("written over", |p| std::fs::write(p.journal(), "something else\n").unwrap()),
        ("with .local gone", |p| {
            std::fs::remove_file(p.journal()).unwrap();
            std::fs::remove_dir_all(&p.local).unwrap();
        }),
    ];
    for (what, interfere) in cases {
        let world = World::new();
        let mut session = open(&world, Disk::new()).unwrap();
        session.submit(&ana(), note("one"), None).unwrap();
        let (id, seq) = (session.run().id().clone(), session.run().seq());
        interfere(session.paths());
        let error = session.submit(&ana(), note("two"), None).unwrap_err();
        assert!(matches!(error, SubmitError::Append(AppendError::Displaced { .. })), "{what}: {error:?}");
        assert!(error.left().is_nothing(), "{what}: {:?}", error.left());
        assert_eq!(session.run().seq(), seq);
        drop(session);
        let resumed = Session::resume(Station::host(world.home.clone()), &id);
        assert!(matches!(resumed, Err(StartError::Rescued { .. })), "{what}");
        let told = fix(&world, id.as_str(), 0);
        let mut session = Session::resume(Station::host(world.home.clone()), &id).unwrap();
        assert!(session.run().seq() > seq && session.run().mended().len() == 1, "{what}: {told}");
        assert!((1..=seq).all(|seq| stands(&world, id.as_str(), seq)), "{what}");
        session.unlock(&ana(), "demo").unwrap();
        session.submit(&ana(), note("two"), None).unwrap();
    }
}

#[test]
fn a_run_folder_that_was_renamed_comes_back_by_its_name() {
    let world = World::new();
    let mut session = open(&world, Disk::new()).unwrap();
    let (id, paths) = (session.run().id().clone(), session.paths().clone());
    let away = world.path("away");
    std::fs::rename(&paths.dir, &away).unwrap();
    session.submit(&ana(), note("lost?"), None).unwrap_err();
    drop(session);
    assert!(paths.rescued().is_file());
    fix(&world, id.as_str(), 4);
    std::fs::rename(away, &paths.dir).unwrap();
    fix(&world, id.as_str(), 0);
    Session::resume(Station::host(world.home.clone()), &id).unwrap();
}

#[test]
fn a_second_history_is_never_put_away_for_the_rescued_one() {
    let world = World::new();
    let mut session = open(&world, Disk::new()).unwrap();
    let (id, paths) = (session.run().id().clone(), session.paths().clone());
    let before = std::fs::read(paths.journal()).unwrap();
    session.submit(&ana(), note("here"), None).unwrap();
    replace(&paths.journal());
    session.submit(&ana(), note("not taken"), None).unwrap_err();
    drop(session);
    // Somebody goes on from an older copy, as another machine would on a shared folder.
    let rescued = std::fs::read(paths.rescued()).unwrap();
    std::fs::remove_file(paths.rescued()).unwrap();
    std::fs::remove_dir_all(&paths.local).unwrap();
    std::fs::write(paths.journal(), &before).unwrap();
    fix(&world, id.as_str(), 0);
    std::fs::write(paths.rescued(), &rescued).unwrap();
    let there = std::fs::read(paths.journal()).unwrap();
    let told = fix(&world, id.as_str(), 1);
    assert!(told.contains("says something else"), "{told}");
    assert_eq!(std::fs::read(paths.journal()).unwrap(), there);
    assert!(paths.rescued().is_file());
}

#[test]
fn a_replaced_lock_or_head_stops_the_writer_and_the_run_can_be_taken_up_at_once() {
    let cases: [(&str, Interference); 2] = [("lock", |p| replace(&p.lock())), ("head", |p| replace(&p.head()))];
    for (what, interfere) in cases {
        let world = World::new();
        let mut session = open(&world, Disk::new()).unwrap();
        let (id, seq) = (session.run().id().clone(), session.run().seq());
        interfere(session.paths());
        let error = session.submit(&ana(), note("two"), None).unwrap_err();
        assert!(error.left().is_nothing(), "{what}");
        assert!(session.seal(&asrun::verify::JUDGES).is_err());
        drop(session);
        let session = Session::resume(Station::host(world.home.clone()), &id).unwrap();
        assert_eq!(session.run().seq(), seq, "{what}");
    }
}
