//! The catalogue over a sealed bundle: somebody with its files, its performer before the approval, its closer after it.

use super::station::{Station, edited, is_final, signoffs};
use asrun::bundle::{self, RECEIPT};
use asrun::disk::Disk;
use asrun::kernel::canon::digest::StatementDigest;
use asrun::kernel::signature::Namespace;

/// What it is called, and how it is done.
pub type Cheat = (&'static str, fn(&Station));

/// Somebody with the files of a FINAL bundle, and no key at all.
pub const OUTSIDER: &[Cheat] = &[
    ("edits a value", |s| s.edit("data/journal.jsonl", "0.05", "0.04")),
    ("edits a value and makes the bag anew, as far as that goes without the closer's key", |s| {
        s.edit("data/journal.jsonl", "0.05", "0.04");
        let receipt = std::fs::read(s.path(RECEIPT)).unwrap();
        s.seals_again();
        std::fs::write(s.path(RECEIPT), receipt).unwrap();
    }),
    ("cuts the last record off", |s| {
        let mut records = s.records();
        records.pop();
        s.write_records(&records);
    }),
    ("swaps two records", |s| {
        let mut records = s.records();
        records.swap(3, 4);
        s.write_records(&records);
    }),
    ("repeats a record", |s| {
        let mut records = s.records();
        records.insert(4, records[3].clone());
        s.write_records(&records);
    }),
    ("puts other bytes under the name of the photo", |s| {
        let photo = std::fs::read_dir(s.path("data/evidence")).unwrap().next().unwrap().unwrap().path();
        std::fs::remove_file(&photo).unwrap();
        std::fs::write(photo, "needle at 0.04\n").unwrap();
    }),
    ("deletes the photo", |s| {
        let photo = std::fs::read_dir(s.path("data/evidence")).unwrap().next().unwrap().unwrap().path();
        std::fs::remove_file(photo).unwrap();
    }),
    ("removes the receipt", |s| std::fs::remove_file(s.path(RECEIPT)).unwrap()),
    ("takes the signature of the approval away", |s| std::fs::remove_file(&signoffs(s)[1]).unwrap()),
    ("gives the approval another comment", |s| {
        let name = signoffs(s)[0].clone();
        let text = std::fs::read_to_string(&name).unwrap().replace("seen", "fine");
        std::fs::write(name, text).unwrap();
    }),
    ("gives the approval another name", |s| {
        for file in signoffs(s) {
            let name = file.file_name().unwrap().to_string_lossy().replace(|c: char| c.is_ascii_digit(), "0");
            std::fs::rename(&file, s.path("signoffs").join(name)).unwrap();
        }
    }),
    ("puts another package in", |s| {
        let other = std::fs::read(s.world.shipped("pump-lockout")).unwrap();
        std::fs::write(s.path("data/package.lep"), other).unwrap();
    }),
    ("lets the roster say more", |s| s.edit("data/rosters/1.yaml", "role: performer", "role: supervisor")),
    ("adds a file that nobody named", |s| std::fs::write(s.path("data/evidence/extra"), "x").unwrap()),
];

/// The performer of a run that nobody approved, who also closed it, with the own key and all files.
pub const PERFORMER: &[Cheat] = &[
    ("leaves it as it is", |_| {}),
    ("approves the run himself", |s| drop(s.signs_off("a.ortiz", "approve"))),
    ("signs the supervisor's statement with his own key", |s| {
        let statement = s.supervisors_statement();
        s.lays_in(&statement, "a.ortiz");
    }),
    ("signs as himself in the supervisor's role", |s| {
        let statement = edited(&s.supervisors_statement(), |v| v["person"] = "a.ortiz".into());
        s.lays_in(&statement, "a.ortiz");
    }),
    ("signs as himself in his own role", |s| {
        let statement = edited(&s.supervisors_statement(), |v| {
            v["person"] = "a.ortiz".into();
            v["role"] = "performer".into();
        });
        s.lays_in(&statement, "a.ortiz");
    }),
    ("copies the approval of another run", |s| {
        let other = Station::new(true);
        std::fs::create_dir_all(s.path("signoffs")).unwrap();
        for file in signoffs(&other) {
            std::fs::copy(&file, s.path("signoffs").join(file.file_name().unwrap())).unwrap();
        }
    }),
    ("binds a copied approval to this run", |s| {
        let statement = s.supervisors_statement();
        let other = s.twin();
        let signature =
            other.key("m.berg").sign_ssh(Namespace::Signoff, &other.supervisors_statement_of_another_seal());
        let name = format!("signoffs/{}.json", StatementDigest::of(&statement).hex());
        std::fs::create_dir_all(s.path("signoffs")).unwrap();
        std::fs::write(s.path(&name), statement).unwrap();
        std::fs::write(s.path(&format!("{name}.sig")), signature).unwrap();
    }),
    ("deletes the supervisor's rejection", |s| {
        s.signs_off("m.berg", "reject").exits(0);
        std::fs::remove_dir_all(s.path("signoffs")).unwrap();
    }),
    ("turns the supervisor's rejection into an approval", |s| {
        s.signs_off("m.berg", "reject").exits(0);
        let files = signoffs(s);
        let text = std::fs::read_to_string(&files[0]).unwrap();
        let text = text.replace("\"reject\"", "\"approve\"").replace("\"rejected\"", "\"approved\"");
        let signature = std::fs::read(&files[1]).unwrap();
        let name = format!("signoffs/{}.json", StatementDigest::of(text.as_bytes()).hex());
        std::fs::remove_dir_all(s.path("signoffs")).unwrap();
        std::fs::create_dir(s.path("signoffs")).unwrap();
        std::fs::write(s.path(&name), text).unwrap();
        std::fs::write(s.path(&format!("{name}.sig")), signature).unwrap();
    }),
    ("lets the verifier approve", |s| drop(s.signs_off("l.chen", "approve"))),
];

/// The same performer over a FINAL bundle: after the approval, with the closer's key, he changes what was sealed.
pub const CLOSER: &[Cheat] = &[
    ("seals again without the photo", |s| {
        let photo = std::fs::read_dir(s.path("data/evidence")).unwrap().next().unwrap().unwrap().path();
        std::fs::remove_file(photo).unwrap();
        s.seals_again();
    }),
    ("seals again with another value, signed anew", |s| {
        let number = s.number_of("value.entered");
        s.signs_record_again(number, |record| record["data"]["raw"] = "0,04".into());
        s.seals_again();
    }),
    ("backdates his record and seals again", |s| {
        let number = s.number_of("value.entered");
        s.signs_record_again(number, |record| record["time"] = "2026-01-01T00:00:00.000Z".into());
        s.seals_again();
    }),
    ("writes the verification himself and seals again", |s| {
        let number = s.number_of("verification.recorded");
        s.signs_record_again(number, |record| record["actor"] = "a.ortiz".into());
        s.seals_again();
    }),
    ("signs the verifier's record with his own key and seals again", |s| {
        let number = s.number_of("verification.recorded");
        s.signs_record_again(number, |_| {});
        s.seals_again();
    }),
    ("releases the hold himself and seals again", |s| {
        let number = s.number_of("hold.released");
        s.signs_record_again(number, |record| record["actor"] = "a.ortiz".into());
        s.seals_again();
    }),
    ("seals again over the same files, so that the approval is of another seal", |s| {
        std::fs::write(s.path("data/evidence").join("b".repeat(64)), "x").unwrap();
        s.seals_again();
    }),
    ("puts a roster in that gives him every role, signed by himself, and seals again", |s| {
        s.edit("data/rosters/1.yaml", "role: performer", "role: supervisor");
        let text = std::fs::read(s.path("data/rosters/1.yaml")).unwrap();
        let signature = s.key("a.ortiz").sign_ssh(Namespace::Roster, &text);
        std::fs::write(s.path("data/rosters/1.yaml.sig"), signature).unwrap();
        s.seals_again();
    }),
    ("puts a second receipt behind the file", |s| {
        let proof = s.world.path("x.proof");
        bundle::export(&s.bundle, &proof, &Disk::new()).unwrap();
        let bytes = std::fs::read(&proof).unwrap();
        let at = bytes.chunks(512).position(|block| block.starts_with(b"receipt.json")).unwrap() * 512;
        let size = std::fs::metadata(s.path(RECEIPT)).unwrap().len() as usize;
        let member = bytes[at..at + 512 + size.div_ceil(512) * 512].to_vec();
        let end = bytes.len() - 1024;
        std::fs::write(&proof, [&bytes[..end], &member, &bytes[end..]].concat()).unwrap();
        assert!(!is_final(&s.world, &proof), "a second receipt passes");
        std::fs::remove_file(s.path(RECEIPT)).unwrap();
    }),
];
