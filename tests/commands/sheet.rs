//! `asrun sheet`, and what `check` and `lock` say of sheets and files.

use crate::world::World;
use std::os::unix::fs::PermissionsExt as _;

const SMALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/small");

#[test]
fn sheets_are_listed_printed_and_copied_out_read_only() {
    let world = World::new();
    let package = world.shipped("pump-lockout");
    let package = package.to_str().unwrap();
    let listed = world.asrun(&["sheet", package], "").exits(0).stdout();
    assert!(listed.contains("lineup-101a.txt") && listed.contains("sha256:") && listed.contains("step "), "{listed}");
    let printed = world.asrun(&["sheet", package, "lineup-101a.txt"], "").exits(0).stdout();
    let copy = world.path("sheet.txt");
    let args = ["sheet", package, "lineup-101a.txt", "-o", copy.to_str().unwrap()];
    world.asrun(&args, "").exits(0);
    assert_eq!(std::fs::read_to_string(&copy).unwrap(), printed);
    assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o444);
    assert!(world.asrun(&args, "").exits(4).stderr().contains("never written over"));
    assert!(world.asrun(&["sheet", package, "nowhere.txt"], "").exits(4).stderr().contains("no sheet"));
}

/// The small procedure with one line changed, in a folder where attachments may lie beside it.
fn changed(world: &World, old: &str, new: &str) -> String {
    let text = std::fs::read_to_string(format!("{SMALL}/procedure.yaml")).unwrap();
    assert!(text.contains(old));
    std::fs::create_dir_all(world.path("own/attachments")).unwrap();
    world.file("own/procedure.yaml", text.replacen(old, new, 1)).display().to_string()
}

#[test]
fn a_sheet_that_is_not_there_is_an_error_at_its_line_and_one_that_nobody_names_a_warning() {
    let world = World::new();
    let title = "title: Read pressure";
    let procedure =
        changed(&world, title, &format!("{title}\n        references: [{{doc: Picture, attachment: pic.png}}]"));
    let (pack, policy) = (format!("{SMALL}/pack.yaml"), format!("{SMALL}/policy.yaml"));
    let args = [procedure.as_str(), "--pack", &pack, "--policy", &policy];
    let check = [&["check"], &args[..]].concat();
    let told = world.asrun(&check, "").exits(1).stdout();
    assert!(told.contains("lint.unknown_attachment") && told.contains("procedure.yaml:20:"), "{told}");
    let lock = [&["lock"], &args[..], &["-o", "x.lep"]].concat();
    assert!(world.asrun(&lock, "").exits(1).stdout().contains("lint.unknown_attachment"));
    world.file("own/attachments/pic.png", "a picture");
    world.asrun(&check, "").exits(0);
    world.file("own/attachments/other.txt", "nobody reads this");
    let told = world.asrun(&check, "").exits(0).stdout();
    assert!(told.contains("lint.unused_attachment") && told.contains("other.txt"), "{told}");
}

#[test]
fn words_behind_a_hash_are_named_and_a_tag_is_refused_at_its_place() {
    let world = World::new();
    let (pack, policy) = (format!("{SMALL}/pack.yaml"), format!("{SMALL}/policy.yaml"));
    let title = "title: Check valve";
    let check = |procedure: &str| world.asrun(&["check", procedure, "--pack", &pack, "--policy", &policy], "");
    let told = check(&changed(&world, title, "title: Check valve #3 twice")).exits(0).stdout();
    assert!(told.contains("yaml.lost_words") && told.contains("`#3 twice` is dropped"), "{told}");
    let told = check(&changed(&world, title, "title: !!str Check valve")).exits(1).stdout();
    assert!(told.contains("yaml.tag"), "{told}");
}

#[test]
fn a_text_named_like_a_picture_and_a_picture_cut_off_are_refused_and_go_in_by_a_deviation() {
    let world = World::new();
    let read = |file: &str| std::fs::read(format!("{SMALL}/{file}")).unwrap();
    let text = String::from_utf8(read("procedure.yaml")).unwrap().replacen("kind: any", "kind: photo", 1);
    let package = world.lock("photo", [text.as_bytes(), &read("pack.yaml"), &read("policy.yaml")]);
    world.file("gauge.jpg", "no picture at all\n");
    let cut = [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &[0, 0, 1, 0, 0, 0, 0, 0x80, 8, 2, 0, 0, 0]].concat();
    world.file("gauge.png", cut);
    let attach = |path: &str, code: &str| {
        format!(
            r#"{{"intent":"attach","as":"a.ortiz","step":"1","requirement":"photo","path":"{path}","expect":"{code}"}}"#
        )
    };
    let lines = super::drive::CLEAN.lines().take(3).map(str::to_owned);
    let refused = [attach("gauge.jpg", "gate.evidence_kind"), attach("gauge.png", "gate.evidence_whole")];
    let script = lines.chain(refused).collect::<Vec<_>>().join("\n");
    let done = world.drive(package.to_str().unwrap(), &script).exits(0);
    let hint = done.answers().last().unwrap()["hint"].as_str().unwrap().to_owned();
    assert!(hint.contains("write a deviation"), "{hint}");
}
