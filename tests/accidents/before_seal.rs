//! Damage before the seal. The rule: sealing is refused with the reason and nothing is sealed, or what was sealed
//! verifies; and once the damage is put right, it goes on.

use super::every_step::verifies;
use super::stage::{driven, lines, prepared, the_run};
use crate::world::World;
use asrun::disk::Disk;
use asrun::store::RunPaths;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What it is called, and how it is done.
type Damage = (&'static str, fn(&RunPaths));

fn photo(run: &RunPaths) -> PathBuf {
    std::fs::read_dir(run.evidence()).unwrap().next().unwrap().unwrap().path()
}

fn replaced(path: &Path, bytes: &[u8]) {
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn edited(path: &Path, change: fn(String) -> String) {
    let text = std::fs::read_to_string(path).unwrap();
    replaced(path, change(text).as_bytes());
}

fn fifo(path: &Path) {
    rustix::fs::mkfifoat(rustix::fs::CWD, path, rustix::fs::Mode::RUSR).unwrap();
}

const DAMAGE: [Damage; 24] = [
    ("the photo is deleted", |run| std::fs::remove_file(photo(run)).unwrap()),
    ("the photo is another one", |run| replaced(&photo(run), b"another photo\n")),
    ("the photo is cut", |run| replaced(&photo(run), b"needle")),
    ("the photo is empty", |run| replaced(&photo(run), b"")),
    ("the photo is a link", |run| {
        let path = photo(run);
        std::fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", path).unwrap();
    }),
    ("the photo is a folder", |run| {
        let path = photo(run);
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(path).unwrap();
    }),
    ("the roster is deleted", |run| std::fs::remove_file(run.rosters().join("1.yaml")).unwrap()),
    ("the roster's signature is deleted", |run| std::fs::remove_file(run.rosters().join("1.yaml.sig")).unwrap()),
    ("the roster says more", |run| {
        edited(&run.rosters().join("1.yaml"), |text| text.replacen("role: performer", "role: supervisor", 1));
    }),
    ("the package is deleted", |run| std::fs::remove_file(run.package()).unwrap()),
    ("the package is another file", |run| replaced(&run.package(), b"another")),
    ("a record is edited", |run| edited(&run.journal(), |text| text.replacen("0,05", "0,04", 1))),
    ("the last record is cut off", |run| {
        edited(&run.journal(), |text| text[..text.trim_end().rfind('\n').unwrap() + 1].to_owned());
    }),
    ("two records are swapped", |run| {
        edited(&run.journal(), |text| {
            let mut lines: Vec<&str> = text.lines().collect();
            lines.swap(3, 4);
            lines.join("\n") + "\n"
        });
    }),
    ("a stranger's line follows the last record", |run| edited(&run.journal(), |text| text + "{}\n")),
    ("a file manager left its files", |run| {
        std::fs::write(run.dir.join("data/.DS_Store"), "x").unwrap();
        std::fs::write(run.evidence().join("Thumbs.db"), "x").unwrap();
        std::fs::write(run.dir.join(".DS_Store"), "x").unwrap();
    }),
    ("a name with a space lies in the data", |run| std::fs::write(run.dir.join("data/a b"), "x").unwrap()),
    ("a name of another case lies in the data", |run| {
        std::fs::write(run.dir.join("data/Journal.jsonl"), "x").unwrap();
    }),
    ("a pipe lies in the data", |run| fifo(&run.dir.join("data/pipe"))),
    ("a folder lies in the data", |run| std::fs::create_dir(run.dir.join("data/more")).unwrap()),
    ("a state that is none lies there", |run| std::fs::write(run.state(), "{}").unwrap()),
    ("an inventory that is none lies there", |run| std::fs::write(run.manifest(), "{}").unwrap()),
    ("a list of digests of something else lies there", |run| {
        std::fs::write(run.dir.join("manifest-sha256.txt"), "x").unwrap();
    }),
    ("a receipt of something else lies there", |run| std::fs::write(run.receipt(), "{}").unwrap()),
];

/// Every file under a folder, by its path.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => drop(found.insert(entry.path(), std::fs::read(entry.path()).unwrap())),
            }
        }
    }
    found
}

/// Undoes the damage: what was there is there again, what was laid in is gone. Records that were made since stay.
fn put_right(whole: &BTreeMap<PathBuf, Vec<u8>>, damaged: &[PathBuf]) {
    for path in damaged {
        let _ = std::fs::remove_file(path).or_else(|_| std::fs::remove_dir_all(path));
        if let Some(bytes) = whole.get(path) {
            std::fs::write(path, bytes).unwrap();
        }
    }
}

/// What differs from before: files that are others, and names that were not there.
fn differing(whole: &BTreeMap<PathBuf, Vec<u8>>, folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let facts = path.symlink_metadata().unwrap();
            match whole.get(&path) {
                Some(bytes) if facts.is_file() && std::fs::read(&path).unwrap() == *bytes => {}
                None if facts.is_dir() && whole.keys().any(|known| known.starts_with(&path)) => folders.push(path),
                _ => found.push(path),
            }
        }
    }
    found.extend(whole.keys().filter(|path| path.symlink_metadata().is_err()).cloned());
    found
}

fn suffers(base: &World, (name, damage): &Damage) -> Option<String> {
    let world = base.twin();
    let id = the_run(&world).unwrap();
    let run = world.home.run(&id);
    let whole = files(&run.dir);
    damage(&run);
    let damaged = differing(&whole, &run.dir);
    assert!(!damaged.is_empty(), "{name}: no damage was done");
    let passphrases = world.home.passphrases();
    let args = ["seal", id.as_str(), "--as", "a.ortiz", "--passphrase-file", passphrases.to_str().unwrap()];
    let done = world.asrun(&args, "");
    let told = done.stderr();
    match done.0.status.code() {
        Some(0) if !verifies(&run.dir) => return Some(format!("{name}: sealed into something that fails: {told}")),
        Some(0) => return None,
        Some(1 | 3 | 4) if !told.contains("panicked") => {}
        other => return Some(format!("{name}: {other:?}: {told}")),
    }
    let forged = name.contains("receipt");
    if run.receipt().is_file() && !forged {
        return Some(format!("{name}: refused, and a receipt is there all the same"));
    }
    if told.lines().count() < 1 || !told.contains("error") {
        return Some(format!("{name}: refused without a word: {told}"));
    }
    put_right(&whole, &damaged);
    let again = world.asrun(&args, "");
    let well = again.0.status.success() && verifies(&run.dir);
    (!well).then(|| format!("{name}: put right, and then: {}", again.stderr()))
}

#[test]
fn damage_before_the_seal_is_refused_or_does_no_harm_and_once_put_right_it_is_sealed() {
    let (world, package) = prepared();
    let (answers, ended) = driven(&world, &Disk::new(), package.to_str().unwrap(), &lines()[..12]);
    assert!(ended.is_none(), "{answers:?} {ended:?}");
    let wrong: Vec<String> = DAMAGE.par_iter().filter_map(|damage| suffers(&world, damage)).collect();
    println!("{} kinds of damage before the seal, {} of them wrong", DAMAGE.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
