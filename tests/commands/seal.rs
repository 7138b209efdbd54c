//! `asrun seal`, `reattach`, and `close` and `seal` of `drive`: what is sealed verifies, and what is wrong is told before.

use super::drive::{CLEAN, END};
use crate::world::{World, flip};
use asrun::kernel::model::name::RunId;
use std::path::{Path, PathBuf};

/// A run at its end, not closed yet; its evidence is the gauge.
fn worked(world: &World) -> RunId {
    world.file("gauge.txt", "needle at 0.05\n");
    let package = world.package("small");
    let done = world.drive(package.to_str().unwrap(), CLEAN).exits(0);
    done.answers().last().unwrap()["state"]["run"].as_str().unwrap().parse().unwrap()
}

fn seal(world: &World, run: &RunId) -> crate::world::Done {
    let passphrases = world.home.passphrases();
    world.asrun(&["seal", run.as_str(), "--as", "a.ortiz", "--passphrase-file", passphrases.to_str().unwrap()], "")
}

fn evidence(world: &World, run: &RunId) -> PathBuf {
    std::fs::read_dir(world.home.run(run).evidence()).unwrap().next().unwrap().unwrap().path()
}

fn is_closed(world: &World, run: &RunId) -> bool {
    std::fs::read_to_string(world.home.run(run).journal()).unwrap().contains("\"kind\":\"run.closed\"")
}

/// Nobody approved these runs, and no anchor is given: whole is PROVISIONAL.
fn verifies(world: &World, run: &RunId) {
    let bundle = world.home.run(run).dir;
    let verdict = world.asrun(&["verify", bundle.to_str().unwrap()], "").exits(3).stdout();
    assert!(verdict.contains("intact"), "{verdict}");
}

/// What a file manager, a viewer and a person leave in a run folder.
fn litter(dir: &Path) {
    for name in [".DS_Store", "data/.DS_Store", "data/evidence/Thumbs.db", "data/rosters/9.yaml", "data/Journal.jsonl"]
    {
        std::fs::write(dir.join(name), name).unwrap();
    }
    std::fs::create_dir(dir.join("data/evidence/.thumbnails")).unwrap();
    std::fs::write(dir.join("data/evidence/.thumbnails/x"), "x").unwrap();
    std::os::unix::fs::symlink("/etc/hostname", dir.join("data/evidence/link")).unwrap();
}

#[test]
fn strange_files_are_moved_beside_the_run_listed_and_the_bundle_verifies() {
    let world = World::new();
    let run = worked(&world);
    litter(&world.home.run(&run).dir);
    let said = seal(&world, &run).exits(0).stderr();
    for name in [".DS_Store", "data/evidence/Thumbs.db", "data/evidence/.thumbnails", "data/evidence/link"] {
        assert!(said.contains(&format!("{name} is no part of the run")), "{name}: {said}");
        assert!(world.home.run(&run).aside().join(name).symlink_metadata().is_ok(), "{name}");
    }
    let kept = std::fs::read_to_string(world.home.run(&run).aside().join("data/rosters/9.yaml")).unwrap();
    assert_eq!(kept, "data/rosters/9.yaml");
    verifies(&world, &run);
}

#[test]
fn close_and_seal_of_a_drive_list_what_they_moved() {
    let world = World::new();
    let run = worked(&world);
    litter(&world.home.run(&run).dir);
    let answers = world.drive(run.as_str(), END).exits(0).answers();
    assert_eq!(answers[0]["tidied"].as_array().map(Vec::len), Some(7), "{answers:?}");
    assert_eq!(answers[1]["tidied"].as_array().map(Vec::len), Some(0), "{answers:?}");
    verifies(&world, &run);
}

#[test]
fn missing_evidence_is_told_while_the_run_is_open_and_can_be_put_back() {
    let world = World::new();
    let run = worked(&world);
    std::fs::remove_file(evidence(&world, &run)).unwrap();
    let told = seal(&world, &run).exits(1).stderr();
    for word in ["evidence.missing", "step 1", "asrun reattach"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    assert!(!is_closed(&world, &run) && !told.contains("sealed:"), "{told}");
    let other = world.file("other.txt", "needle at 0.06\n").display().to_string();
    let refused = world.asrun(&["reattach", run.as_str(), &other], "").exits(1).stderr();
    assert!(refused.contains("no record of this run names"), "{refused}");
    let copy = world.file("copy-from-the-camera.txt", "needle at 0.05\n").display().to_string();
    let back = world.asrun(&["reattach", run.as_str(), &copy], "").exits(0).stdout();
    assert!(back.contains("step 1, is there again"), "{back}");
    seal(&world, &run).exits(0);
    verifies(&world, &run);
}

#[test]
fn altered_evidence_is_told_with_its_codes_by_drive_and_the_altered_bytes_are_kept_when_it_is_put_back() {
    let world = World::new();
    let run = worked(&world);
    flip(&evidence(&world, &run));
    let refused = r#"{"intent":"close","as":"a.ortiz","expect":"evidence.digest_mismatch"}"#;
    let back = r#"{"intent":"reattach","as":"a.ortiz","path":"gauge.txt"}"#;
    let answers = world.drive(run.as_str(), &format!("{refused}\n{back}\n{END}")).exits(0).answers();
    assert!(answers[0]["message"].as_str().unwrap().contains("step 1"), "{}", answers[0]);
    assert!(answers[1]["reattached"].as_str().unwrap().contains("is there again"), "{}", answers[1]);
    assert_eq!(std::fs::read_dir(world.home.run(&run).aside().join("data/evidence")).unwrap().count(), 1);
    verifies(&world, &run);
}

#[test]
fn attaching_the_same_bytes_again_replaces_a_damaged_copy() {
    let world = World::new();
    let run = worked(&world);
    flip(&evidence(&world, &run));
    let again = r#"{"intent":"attach","as":"a.ortiz","step":"1","path":"gauge.txt","caption":"once more"}"#;
    world.drive(run.as_str(), again);
    seal(&world, &run).exits(0);
    verifies(&world, &run);
}

#[test]
fn roster_and_package_are_put_back_by_their_digest_from_the_home() {
    let world = World::new();
    let run = worked(&world);
    let paths = world.home.run(&run);
    std::fs::copy(paths.package(), world.home.packages().join("small.lep")).unwrap();
    std::fs::remove_file(paths.package()).unwrap();
    std::fs::remove_dir_all(paths.rosters()).unwrap();
    let said = seal(&world, &run).exits(0).stderr();
    assert!(said.contains("data/package.lep was put back") && said.contains(".yaml was put back"), "{said}");
    verifies(&world, &run);
}

#[test]
fn a_closed_run_whose_evidence_went_missing_is_not_sealed_until_it_is_back() {
    let world = World::new();
    let run = worked(&world);
    let close = END.lines().next().unwrap();
    world.drive(run.as_str(), &format!("{close}\n")).exits(0);
    std::fs::remove_file(evidence(&world, &run)).unwrap();
    let told = seal(&world, &run).exits(1).stderr();
    assert!(told.contains("evidence.missing"), "{told}");
    assert!(!world.home.run(&run).receipt().exists());
    let copy = world.path("gauge.txt").display().to_string();
    world.asrun(&["reattach", run.as_str(), &copy], "").exits(0);
    seal(&world, &run).exits(0);
    verifies(&world, &run);
}

#[test]
fn what_is_amiss_is_told_on_the_day_it_happens_by_doctor_and_drive() {
    let world = World::new();
    let run = worked(&world);
    std::fs::remove_file(evidence(&world, &run)).unwrap();
    std::fs::write(world.home.run(&run).data().join(".DS_Store"), "x").unwrap();
    let doctor = world.asrun(&["doctor"], "").exits(1).stdout();
    for words in ["missing (record", ", step 1)", "data/.DS_Store: no part of the run"] {
        assert!(doctor.contains(words), "{words}: {doctor}");
    }
    let note = r#"{"intent":"note","as":"a.ortiz","text":"back"}"#;
    let answers = world.drive(run.as_str(), &format!("{note}\n{note}\n")).exits(0).answers();
    let amiss = answers[0]["amiss"].as_array().unwrap();
    assert!(amiss.len() == 2 && amiss[0].as_str().unwrap().contains("asrun reattach"), "{amiss:?}");
    assert!(answers[1].get("amiss").is_none(), "{}", answers[1]);
}

/// Has what was noted of the photo at its capture say something else.
fn misremembered(world: &World, run: &RunId) {
    let path = world.home.run(run).taken();
    let text = std::fs::read_to_string(&path).unwrap();
    let at = text.find("\"sha256\":\"sha256:").unwrap() + 17;
    let other = if &text[at..=at] == "0" { "1" } else { "0" };
    std::fs::write(&path, format!("{}{other}{}", &text[..at], &text[at + 1..])).unwrap();
}

fn thoroughly(world: &World, run: &RunId) -> crate::world::Done {
    let passphrases = world.home.passphrases();
    let args = ["seal", run.as_str(), "--as", "a.ortiz", "--thorough", "--passphrase-file"];
    world.asrun(&[&args[..], &[passphrases.to_str().unwrap()]].concat(), "")
}

#[test]
fn what_was_taken_in_and_nobody_touched_is_not_read_again_unless_the_seal_is_thorough() {
    let world = World::new();
    let run = worked(&world);
    misremembered(&world, &run);
    // Believed as noted, and so it is told that the record says otherwise.
    let told = seal(&world, &run).exits(1).stderr();
    assert!(told.contains("evidence.digest") && !is_closed(&world, &run), "{told}");
    thoroughly(&world, &run).exits(0);
    verifies(&world, &run);
}

#[test]
fn a_driver_asks_for_a_thorough_close_and_seal_in_its_own_words() {
    let world = World::new();
    let run = worked(&world);
    misremembered(&world, &run);
    let acts = |thorough: bool| {
        ["close", "seal"]
            .map(|act| serde_json::json!({"intent": act, "as": "a.ortiz", "thorough": thorough}).to_string())
    };
    let script = [acts(false), acts(true)].concat().join("\n") + "\n";
    let answers = world.drive(run.as_str(), &script).answers();
    let told: Vec<_> = answers.iter().map(|answer| answer["ok"].as_bool().unwrap()).collect();
    assert_eq!(told, [false, false, true, true], "{answers:#?}");
    verifies(&world, &run);
}

#[test]
fn a_file_that_was_touched_is_read_again() {
    let world = World::new();
    let run = worked(&world);
    misremembered(&world, &run);
    let photo = evidence(&world, &run);
    std::fs::rename(&photo, world.path("aside")).unwrap();
    std::fs::rename(world.path("aside"), &photo).unwrap();
    seal(&world, &run).exits(0);
    verifies(&world, &run);
}

#[test]
fn a_byte_that_was_changed_in_place_and_dated_back_is_told_before_the_seal() {
    let world = World::new();
    let run = worked(&world);
    let photo = evidence(&world, &run);
    let written = photo.metadata().unwrap().modified().unwrap();
    let bytes = std::fs::read(&photo).unwrap();
    std::fs::set_permissions(&photo, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    flip(&photo);
    std::fs::File::options().write(true).open(&photo).unwrap().set_modified(written).unwrap();
    let told = seal(&world, &run).exits(1).stderr();
    assert!(told.contains("evidence.digest"), "{told}");
    std::fs::write(&photo, bytes).unwrap();
    seal(&world, &run).exits(0);
    verifies(&world, &run);
}
