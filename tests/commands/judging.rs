//! `asrun verify`, `signoff`, `show`, `export`, `replay`: from the sealed run to FINAL, as people do it.

use super::drive::{CLEAN, END};
use crate::world::World;
use std::path::Path;
use std::process::Command;

pub fn sealed(world: &World) -> String {
    world.file("gauge.txt", "needle at 0.05\n");
    let package = world.package("small");
    let done = world.drive(package.to_str().unwrap(), &format!("{CLEAN}{END}")).exits(0);
    done.answers().last().unwrap()["bundle"].as_str().unwrap().to_owned()
}

pub(super) fn anchor(world: &World) -> String {
    world.home.trust().join("authority.pub").display().to_string()
}

pub(super) fn sign(world: &World, bundle: &str, more: &[&str]) -> crate::world::Done {
    let passphrases = world.home.passphrases();
    let args = ["signoff", bundle, "--as", "m.berg", "--passphrase-file", passphrases.to_str().unwrap()];
    world.asrun(&[&args[..], more].concat(), "")
}

#[test]
fn a_sealed_run_becomes_final_when_the_supervisor_signs_it_off() {
    let world = World::new();
    let bundle = sealed(&world);
    let verify = |status| world.asrun(&["verify", &bundle, "--trust", &anchor(&world), "--json"], "").exits(status);
    let before: serde_json::Value = serde_json::from_str(&verify(3).stdout()).unwrap();
    assert_eq!(before["missing_for_final"][0]["by"], serde_json::json!(["supervisor"]));
    sign(&world, &bundle, &["--decision", "approve", "--comment", "read it all"]).exits(0);
    let after: serde_json::Value = serde_json::from_str(&verify(0).stdout()).unwrap();
    assert_eq!((after["verdict"].as_str(), after["findings"].as_array().map(Vec::len)), (Some("FINAL"), Some(0)));
    world.asrun(&["verify", &bundle], "").exits(3);
}

#[test]
fn an_exported_bundle_is_signed_off_and_gives_the_same_report() {
    let world = World::new();
    let bundle = sealed(&world);
    let proof = world.path("x.proof").display().to_string();
    world.asrun(&["export", &bundle, "-o", &proof], "").exits(0);
    world.asrun(&["export", &bundle, "-o", &proof], "").exits(4);
    sign(&world, &proof, &["--decision", "approve"]).exits(0);
    let verdict = world.asrun(&["verify", &proof, "--trust", &anchor(&world)], "").exits(0).stdout();
    assert!(verdict.starts_with("FINAL"), "{verdict}");
    assert!(verdict.contains("Not claimed"), "{verdict}");
}

#[test]
fn a_statement_signed_by_hand_with_ssh_keygen_is_attached() {
    let world = World::new();
    let bundle = sealed(&world);
    let statement = world.path("s.json").display().to_string();
    sign(&world, &bundle, &["--decision", "approve", "--prepare", &statement]).exits(0);
    let key = world.home.keys().join("m.berg");
    let mut command = Command::new("ssh-keygen");
    command.args(["-Y", "sign", "-n", "signoff@asrun", "-P", "demo", "-f"]).arg(&key).arg(&statement);
    let signed = command.output();
    // Where ssh-keygen is not installed there is nothing to compare with.
    let Ok(signed) = signed else { return };
    assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
    world.asrun(&["signoff", &bundle, "--attach", &statement], "").exits(0);
    world.asrun(&["verify", &bundle, "--trust", &anchor(&world)], "").exits(0);
}

#[test]
fn what_would_not_count_is_not_appended() {
    let world = World::new();
    let bundle = sealed(&world);
    sign(&world, &bundle, &["--decision", "approve", "--role", "qa"]).exits(1);
    sign(&world, &bundle, &["--decision", "approve", "--subject", "deviation:DEV-0001"]).exits(1);
    sign(&world, &bundle, &["--decision", "reject", "--meaning", "approved"]).exits(1);
    sign(&world, &bundle, &["--decision", "approve", "--subject", "page:3"]).exits(2);
    assert!(!Path::new(&bundle).join("signoffs").exists());
}

#[test]
fn a_flipped_byte_fails_and_cannot_be_signed_off() {
    let world = World::new();
    let bundle = sealed(&world);
    let state = Path::new(&bundle).join("data/state.json");
    let mut bytes = std::fs::read(&state).unwrap();
    bytes[10] ^= 1;
    std::fs::write(&state, bytes).unwrap();
    let report = world.asrun(&["verify", &bundle, &world.path("nothing").display().to_string()], "").exits(1);
    assert!(report.stdout().contains("bag.mismatch"), "{}", report.stdout());
    sign(&world, &bundle, &["--decision", "approve"]).exits(1);
}

#[test]
fn what_cannot_be_looked_at_has_no_verdict() {
    let world = World::new();
    world.asrun(&["verify", "nowhere"], "").exits(4);
    let package = world.package("small");
    let open = CLEAN.lines().next().unwrap();
    let done = world.drive(package.to_str().unwrap(), &format!("{open}\n")).exits(0);
    let run = done.answers()[0]["state"]["run"].as_str().unwrap().to_owned();
    let folder = world.home.run(&run.parse().unwrap()).dir.display().to_string();
    world.asrun(&["verify", &folder], "").exits(4);
    let shown = world.asrun(&["show", &run], "").exits(0).stdout();
    assert!(shown.contains("not sealed"), "{shown}");
}

#[test]
fn every_code_of_gates_lint_and_findings_is_explained_at_every_door() {
    let world = World::new();
    let list = world.asrun(&["explain", "list"], "").exits(0).stdout();
    assert_eq!(world.asrun(&["verify", "--explain", "list"], "").exits(0).stdout(), list);
    assert_eq!(world.asrun(&["check", "--explain", "list"], "").exits(0).stdout(), list);
    let codes: Vec<&str> = list.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    for code in ["gate.wait", "lint.bands", "journal.link_broken"] {
        assert!(codes.contains(&code), "{code}");
        for door in [&["explain", code][..], &["verify", "--explain", code], &["check", "--explain", code]] {
            let said = world.asrun(door, "").exits(0).stdout();
            assert!(said.starts_with(code) && said.contains("What to do: "), "{said}");
        }
    }
    let lines = world.asrun(&["explain", "list", "--json"], "").exits(0).stdout();
    for line in lines.lines() {
        let one: serde_json::Value = serde_json::from_str(line).unwrap();
        let empty =
            ["code", "of", "summary", "why", "remedy"].iter().find(|name| one[**name].as_str().unwrap().is_empty());
        assert_eq!(empty, None, "{line}");
    }
    world.asrun(&["explain", "no.such"], "").exits(2);
}

#[test]
fn the_whole_record_is_shown_as_text_and_as_a_page() {
    let world = World::new();
    let bundle = sealed(&world);
    let text = world.asrun(&["show", &bundle], "").exits(0).stdout();
    for part in ["A small procedure", "PROVISIONAL", "at most 0.20", "keyed 0,05", "gauge.txt", "hold_released"] {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
    let page = world.asrun(&["show", &bundle, "--html"], "").exits(0).stdout();
    assert!(page.starts_with("<!DOCTYPE html>") && !page.contains("<script"));
}

#[test]
fn a_folder_stands_for_the_bundles_in_it_a_line_each_and_the_worst_grade_counts() {
    let world = World::new();
    let bundle = sealed(&world);
    let folder = world.path("bundles");
    std::fs::create_dir(&folder).unwrap();
    let proof = |name: &str| folder.join(name).display().to_string();
    world.asrun(&["export", &bundle, "-o", &proof("b.proof")], "").exits(0);
    sign(&world, &bundle, &["--decision", "approve"]).exits(0);
    world.asrun(&["export", &bundle, "-o", &proof("a.proof")], "").exits(0);
    std::fs::write(folder.join("notes.txt"), "not a bundle").unwrap();
    let (folder, trust) = (folder.display().to_string(), anchor(&world));
    let verify = |status| world.asrun(&["verify", &folder, "--trust", &trust], "").exits(status).stdout();
    let told = verify(3);
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[0].starts_with("FINAL        ") && lines[0].ends_with("a.proof"), "{told}");
    assert!(lines[1].starts_with("PROVISIONAL  ") && lines[1].contains("b.proof  policy."), "{told}");
    assert_eq!(lines[2], "2 bundles: 1 FINAL, 1 PROVISIONAL, 0 FAIL");
    std::fs::write(proof("c.proof"), std::fs::read(proof("a.proof")).unwrap().split_at(2048).0).unwrap();
    assert!(verify(1).contains("3 bundles: 1 FINAL, 1 PROVISIONAL, 1 FAIL"));
    let json = world.asrun(&["verify", &folder, "--trust", &trust, "--json"], "").exits(1).stdout();
    assert_eq!(json.lines().count(), 3, "{json}");
    let runs = world.home.run(&bundle.rsplit('/').next().unwrap().parse().unwrap());
    let occasions = || {
        let memory = asrun::store::Memory::read(&world.home);
        memory
            .of(runs
                .dir
                .file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .parse::<asrun::kernel::model::name::RunId>()
                .as_ref()
                .unwrap())
            .iter()
            .filter(|seen| seen.occasion == asrun::store::Occasion::Verified)
            .count()
    };
    let before = occasions();
    world.asrun(&["verify", &bundle, &proof("a.proof")], "").exits(3);
    assert_eq!(occasions(), before + 1, "one of several is remembered as a single one is");
    let empty = world.path("empty");
    std::fs::create_dir(&empty).unwrap();
    world.asrun(&["verify", &empty.display().to_string()], "").exits(4);
}

#[test]
fn a_quick_look_is_never_a_verdict_and_never_ends_0() {
    let world = World::new();
    let bundle = sealed(&world);
    sign(&world, &bundle, &["--decision", "approve"]).exits(0);
    world.asrun(&["verify", &bundle, "--trust", &anchor(&world)], "").exits(0);
    let quick = |status| world.asrun(&["verify", "--quick", &bundle], "").exits(status).stdout();
    let told = quick(3);
    assert!(told.starts_with("No verdict") && told.contains("records linked") && !told.contains("FINAL"), "{told}");
    let told = world.asrun(&["verify", "--quick", "--json", &bundle], "").exits(3).stdout();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["verdict"], &told["findings"]), (&serde_json::Value::Null, &serde_json::json!([])));
    world.asrun(&["verify", "--quick", "--trust", &anchor(&world), &bundle], "").exits(2);
    let journal = Path::new(&bundle).join("data/journal.jsonl");
    let text = std::fs::read_to_string(&journal).unwrap();
    std::fs::write(&journal, text.replacen("0,05", "0,04", 1)).unwrap();
    let told = quick(1);
    assert!(told.contains("broken") && told.contains("journal.jsonl"), "{told}");
    world.asrun(&["verify", "--quick", "nowhere"], "").exits(4);
}
