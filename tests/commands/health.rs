//! What a run that lies here is: one answer, the same words at every door, and nothing is changed by asking.

use super::drive::{CLEAN, END};
use crate::world::{Done, World};
use asrun::store::RunPaths;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A station with one run under way.
pub struct Station {
    pub world: World,
    pub id: String,
    pub paths: RunPaths,
}

impl Station {
    pub fn at_work() -> Self {
        let world = World::new();
        world.file("gauge.txt", "needle at 0.05\n");
        let package = world.package("small");
        let done = world.drive(package.to_str().unwrap(), CLEAN).exits(0);
        let id = done.answers()[0]["state"]["run"].as_str().unwrap().to_owned();
        let paths = world.home.run(&id.parse().unwrap());
        Self { world, id, paths }
    }

    pub fn sealed() -> Self {
        let station = Self::at_work();
        station.drives(END).exits(0);
        station
    }

    pub fn drives(&self, intents: &str) -> Done {
        self.world.drive(&self.id, intents)
    }

    pub fn asrun(&self, args: &[&str]) -> Done {
        self.world.asrun(args, "")
    }

    pub fn journal(&self) -> Vec<u8> {
        std::fs::read(self.paths.journal()).unwrap()
    }

    pub fn records(&self) -> usize {
        self.journal().iter().filter(|byte| **byte == b'\n').count()
    }

    /// Leaves this many records and drops the others, as a restored copy of the one file does.
    pub fn cuts(&self, records: usize) {
        let journal = self.journal();
        let kept: Vec<&[u8]> = journal.split_inclusive(|byte| *byte == b'\n').take(records).collect();
        std::fs::write(self.paths.journal(), kept.concat()).unwrap();
    }

    /// Changes a byte inside a record.
    pub fn alters(&self, record: usize) {
        let mut lines: Vec<Vec<u8>> = self.journal().split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
        let text = String::from_utf8(lines[record - 1].clone()).unwrap();
        let at = text.find("\"time\":\"20").unwrap() + 10;
        lines[record - 1][at] = if lines[record - 1][at] == b'9' { b'8' } else { b'9' };
        std::fs::write(self.paths.journal(), lines.concat()).unwrap();
    }

    /// Asks every door, each of which says these words and changes nothing.
    pub fn says(&self, words: &str) {
        self.says_at(words, true);
    }

    /// Asks the doors that only look. What can be put right keeps nobody from going on with the run.
    pub fn shows(&self, words: &str) {
        self.says_at(words, false);
    }

    fn says_at(&self, words: &str, every: bool) {
        let before = files(self.world.home.root());
        let passphrases = self.world.home.passphrases();
        let with = ["--as", "a.ortiz", "--passphrase-file", passphrases.to_str().unwrap()];
        let mut doors: Vec<(&str, Done)> = vec![
            ("runs", self.asrun(&["runs"])),
            ("runs --json", self.asrun(&["runs", "--json"])),
            ("doctor", self.asrun(&["doctor"]).exits(1)),
            ("replay", self.asrun(&["replay", &self.id])),
            ("show", self.asrun(&["show", &self.id])),
        ];
        if every && !self.paths.receipt().is_file() {
            doors.push(("drive", self.drives("")));
            doors.push(("seal", self.asrun(&[&["seal", &self.id][..], &with].concat())));
        }
        for (door, done) in doors {
            let told = format!("{}{}", done.stdout(), done.stderr());
            assert!(told.contains(words), "{door} does not say `{words}`:\n{told}");
        }
        assert_eq!(files(self.world.home.root()), before, "asking changed something");
    }
}

/// Every file under a folder by its path in it; what a lock file says of its holder is nobody's record.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            match entry.is_dir() {
                // What may be deleted at any moment is no part of a home.
                true if entry.ends_with("cache") => {}
                true => folders.push(entry),
                false if entry.ends_with("lock") => {}
                false => {
                    found.insert(entry.strip_prefix(folder).unwrap().to_owned(), std::fs::read(&entry).unwrap());
                }
            }
        }
    }
    found
}

/// Copies a folder with all that is in it over another one.
pub fn copy(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
        let target = to.join(entry.file_name().unwrap());
        match entry.is_dir() {
            true => copy(&entry, &target),
            false => drop(std::fs::copy(&entry, &target).unwrap()),
        }
    }
}

#[test]
fn a_whole_run_is_called_whole_and_can_be_taken_up() {
    let station = Station::at_work();
    let words = format!("whole: {} records", station.records());
    for args in [&["doctor"][..], &["replay", &station.id], &["show", &station.id]] {
        let done = station.asrun(args).exits(0);
        assert!(format!("{}{}", done.stdout(), done.stderr()).contains(&words), "{args:?}");
    }
    station.drives(END).exits(0);
    let listed = station.asrun(&["runs", "--json"]).exits(0).answers();
    assert_eq!(listed[0]["health"]["state"], "whole");
    assert_eq!(listed[0]["health"]["records"], station.records());
}

#[test]
fn a_torn_write_is_no_loss_and_the_run_goes_on() {
    let station = Station::at_work();
    let mut journal = station.journal();
    journal.extend_from_slice(br#"{"key":"SHA256:x","rec"#);
    std::fs::write(station.paths.journal(), journal).unwrap();
    let told = station.asrun(&["replay", &station.id]).exits(0).stderr();
    let words = format!("torn: {} records hold; 22 bytes behind them were never acknowledged", station.records());
    assert!(told.contains(&words), "{told}");
    station.drives(END).exits(0);
    station.asrun(&["doctor"]).exits(0);
}

#[test]
fn a_journal_that_was_cut_says_how_much_is_missing_also_when_it_is_sealed() {
    for station in [Station::at_work(), Station::sealed()] {
        let records = station.records();
        station.cuts(records - 3);
        station.says(&format!("cut: {} of at least {records} records", records - 3));
    }
}

#[test]
fn an_altered_record_is_named_and_those_before_it_are_shown() {
    for station in [Station::at_work(), Station::sealed()] {
        station.alters(5);
        station.says("altered: record 5: ");
        station.says("do not rely on record 5 and those behind it");
        let replayed = station.asrun(&["replay", &station.id]).exits(1).stdout();
        assert_eq!(replayed.lines().count(), 4, "{replayed}");
        assert!(station.asrun(&["show", &station.id]).exits(0).stdout().contains("A small procedure"));
    }
}

#[test]
fn a_file_that_is_missing_or_has_other_bytes_is_told_with_its_record() {
    let station = Station::at_work();
    let file = std::fs::read_dir(station.paths.evidence()).unwrap().next().unwrap().unwrap().path();
    let bytes = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    station.shows("its file `gauge.txt` is missing");
    std::fs::write(&file, b"short").unwrap();
    station.shows("its file `gauge.txt` has another size");
    std::fs::write(&file, vec![b'x'; bytes.len()]).unwrap();
    // A list looks at names and sizes; whoever names the run has the bytes read.
    for args in [&["doctor"][..], &["replay", &station.id], &["show", &station.id]] {
        let done = station.asrun(args);
        let told = format!("{}{}", done.stdout(), done.stderr());
        assert!(told.contains("its file `gauge.txt` has other bytes"), "{args:?}: {told}");
    }
    let close = END.lines().next().unwrap();
    let refused = station.drives(&format!("{close}\n")).exits(1).stdout();
    assert!(refused.contains("evidence.digest_mismatch"), "{refused}");
    std::fs::write(&file, bytes).unwrap();
    station.drives(END).exits(0);
}

#[test]
fn a_swapped_package_or_roster_leaves_a_good_journal_where_it_is() {
    let station = Station::at_work();
    let package = std::fs::read(station.paths.package()).unwrap();
    let other = std::fs::read(station.world.shipped("pump-lockout")).unwrap();
    for swapped in [other, b"junk".to_vec()] {
        std::fs::write(station.paths.package(), swapped).unwrap();
        station.says("swapped package: ");
    }
    std::fs::remove_file(station.paths.package()).unwrap();
    station.says("swapped package: ");
    std::fs::write(station.paths.package(), package).unwrap();
    let mut rosters = std::fs::read_dir(station.paths.rosters()).unwrap().map(|e| e.unwrap().path());
    let roster = rosters.find(|p| p.extension().is_some_and(|e| e == "yaml")).unwrap();
    let text = std::fs::read_to_string(&roster).unwrap();
    std::fs::write(&roster, format!("{text}# a line more\n")).unwrap();
    station.shows("swapped roster: ");
    // The home has the very roster: whoever takes the run up puts it back.
    station.drives(END).exits(0);
    assert_eq!(std::fs::read_to_string(&roster).unwrap(), text);
}

#[test]
fn a_run_that_is_gone_is_remembered_with_its_last_record() {
    let station = Station::at_work();
    let records = station.records();
    let moved = station.world.path("moved");
    std::fs::rename(&station.paths.dir, &moved).unwrap();
    station.says(&format!("gone: at least {records} records were acknowledged"));
    std::fs::rename(&station.paths.local, station.world.path("moved.local")).unwrap();
    station.says(&format!("gone: at least {records} records were acknowledged; the last one seen has digest sha256:"));
    std::fs::rename(moved, &station.paths.dir).unwrap();
    std::fs::rename(station.world.path("moved.local"), &station.paths.local).unwrap();
    station.drives(END).exits(0);
}

#[test]
fn an_older_copy_of_a_run_is_told_with_both_heads_and_not_taken_up() {
    let station = Station::at_work();
    let (dir, local) = (station.world.path("backup"), station.world.path("backup.local"));
    copy(&station.paths.dir, &dir);
    copy(&station.paths.local, &local);
    let older = station.records();
    station.drives("{\"intent\":\"note\",\"as\":\"a.ortiz\",\"text\":\"this must not get lost\"}\n").exits(0);
    let newer = station.records();
    copy(&dir, &station.paths.dir);
    copy(&local, &station.paths.local);
    station.says(&format!("rewound: {older} records, the last one sha256:"));
    station.says(&format!("but this station has seen {newer}, the last one sha256:"));
    station.says(&format!("do not rely on record {} and those behind it", older + 1));
}

#[test]
fn a_second_history_is_told_from_the_first_record_on_that_may_differ() {
    let station = Station::at_work();
    let older = station.records();
    let there = World::of_strangers();
    copy(station.world.home.root(), there.home.root());
    let note = |text: &str| format!("{{\"intent\":\"note\",\"as\":\"a.ortiz\",\"text\":\"{text}\"}}\n");
    station.drives(&note("here")).exits(0);
    there.drive(&station.id, &note("there").repeat(2)).exits(0);
    let other = there.home.run(&station.id.parse().unwrap());
    copy(&other.dir, &station.paths.dir);
    copy(&other.local, &station.paths.local);
    station.says("second history: record ");
    station.says(&format!("do not rely on record {} and those behind it", older + 1));
}

#[test]
fn a_lost_head_is_said_to_be_lost_and_is_not_called_a_rollback() {
    let station = Station::at_work();
    std::fs::remove_file(station.paths.head()).unwrap();
    station.says(&format!("head lost: {} records hold", station.records()));
}
