//! Hands on the files of a live writer. What is answered as recorded is in the file that bears the name, or lies rescued
//! beside the run; and what was answered before the meddling is not contradicted without a word.

use super::killed::Driver;
use super::stage::{lines, prepared, the_run};
use crate::world::World;
use asrun::kernel::model::name::RunId;
use asrun::store::RunPaths;
use serde_json::{Value, json};
use std::path::Path;

/// What is done to the files between two acts, and what it is called.
type Meddling = (&'static str, fn(&RunPaths));

const MEDDLING: [Meddling; 16] = [
    ("the journal is unlinked", |run| std::fs::remove_file(run.journal()).unwrap()),
    ("the journal is replaced by its copy", |run| {
        let copy = run.dir.join("data/j2");
        std::fs::copy(run.journal(), &copy).unwrap();
        std::fs::rename(copy, run.journal()).unwrap();
    }),
    ("the journal is replaced by an older copy", |run| {
        let bytes = std::fs::read(run.journal()).unwrap();
        let end = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        let copy = run.dir.join("data/j2");
        std::fs::write(&copy, &bytes[..end]).unwrap();
        std::fs::rename(copy, run.journal()).unwrap();
    }),
    ("the journal is cut in its middle", |run| cut(&run.journal(), 2)),
    ("the journal is emptied", |run| std::fs::write(run.journal(), "").unwrap()),
    ("somebody appends to the journal", |run| {
        let bytes = std::fs::read(run.journal()).unwrap();
        std::fs::write(run.journal(), [&bytes[..], b"a line of a stranger\n"].concat()).unwrap();
    }),
    ("the run folder gets another name", |run| std::fs::rename(&run.dir, run.dir.with_extension("old")).unwrap()),
    ("the run folder is deleted", |run| std::fs::remove_dir_all(&run.dir).unwrap()),
    ("what belongs to the station is deleted", |run| std::fs::remove_dir_all(&run.local).unwrap()),
    ("the head is deleted", |run| std::fs::remove_file(run.head()).unwrap()),
    ("the head is emptied", |run| std::fs::write(run.head(), "").unwrap()),
    ("the evidence is deleted", |run| std::fs::remove_dir_all(run.evidence()).unwrap()),
    ("the package is replaced", |run| std::fs::write(run.package(), "another").unwrap()),
    ("the journal is for reading only", |run| mode(&run.journal(), 0o444)),
    ("the folders of the run are for reading only", |run| {
        [&run.dir, &run.local].into_iter().for_each(|folder| mode(folder, 0o555));
    }),
    ("a file manager leaves its files", |run| {
        std::fs::write(run.dir.join("data/.DS_Store"), "x").unwrap();
        std::fs::write(run.evidence().join("Thumbs.db"), "x").unwrap();
    }),
];

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

fn cut(path: &Path, part: u64) {
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_len(file.metadata().unwrap().len() / part).unwrap();
}

/// A run of three records and more, with its writer at work.
fn at_work() -> (World, Driver, RunId) {
    let (world, package) = prepared();
    let mut driver = Driver::start(&world, package.to_str().unwrap(), &world.path("."));
    for line in &lines()[..3] {
        assert_eq!(driver.say(line)["ok"], true);
    }
    let run = the_run(&world).unwrap();
    (world, driver, run)
}

/// Everything under the home in which a record may lie: the named journal first, then whatever was put aside.
fn is_kept(world: &World, text: &str) -> bool {
    let mut folders = vec![world.home.runs()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            // What was renamed away by the meddler does not count as kept.
            if path.is_dir() && !name.ends_with(".old") {
                folders.push(path);
            } else if std::fs::read(&path).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(text)) {
                return true;
            }
        }
    }
    false
}

#[test]
fn what_is_answered_after_meddling_is_kept_or_was_not_answered() {
    for (name, meddle) in MEDDLING {
        let (world, mut driver, run) = at_work();
        meddle(&world.home.run(&run));
        let notes: Vec<String> = (0..3).map(|n| format!("said after meddling, number {n}")).collect();
        let answers: Vec<Value> = notes
            .iter()
            .map(|note| driver.say(&json!({"intent": "note", "as": "a.ortiz", "text": note}).to_string()))
            .collect();
        drop(driver);
        for (note, answer) in notes.iter().zip(&answers) {
            let said = answer["ok"] == true;
            assert!(!said || is_kept(&world, note), "{name}: `{note}` was answered {answer} and is nowhere");
        }
        // Whoever comes next is told, or goes on: never a panic, and nothing is said to be well that is not.
        let next = world.drive(run.as_str(), &json!({"intent": "note", "as": "a.ortiz", "text": "next"}).to_string());
        assert!(matches!(next.0.status.code(), Some(0 | 1 | 3 | 4)), "{name}: {}", next.stderr());
        for command in [&["runs"][..], &["doctor"], &["show", run.as_str()], &["replay", run.as_str()]] {
            let done = world.asrun(command, "");
            assert!(done.0.status.code().is_some_and(|c| c <= 4), "{name}: {command:?}: {}", done.stderr());
        }
    }
}

#[test]
fn a_second_writer_is_refused_and_the_first_one_goes_on() {
    let (world, mut driver, run) = at_work();
    let note = json!({"intent": "note", "as": "a.ortiz", "text": "of a second writer"}).to_string();
    for _ in 0..10 {
        assert_ne!(world.drive(run.as_str(), &note).0.status.code(), Some(0));
    }
    assert!(!is_kept(&world, "of a second writer"));
    assert_eq!(driver.say(&json!({"intent": "note", "as": "a.ortiz", "text": "of the first"}).to_string())["ok"], true);
    drop(driver);
    world.drive(run.as_str(), &note).exits(0);
}
