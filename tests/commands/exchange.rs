//! `asrun request`, `asrun answer`, `asrun import --run`: a question goes out, a signed answer comes back.

use super::drive::{CLEAN, END};
use crate::world::World;
use std::process::Command;

/// Drives the small run up to its hold and asks for the release.
fn asked() -> (World, String) {
    let world = World::new();
    world.file("gauge.txt", "needle at 0.05\n");
    let package = world.package("small");
    let to_the_hold = CLEAN.lines().filter(|l| !l.contains("release_hold")).collect::<Vec<_>>().join("\n");
    let done = world.drive(package.to_str().unwrap(), &format!("{to_the_hold}\n")).exits(0);
    let run = done.answers().last().unwrap()["state"]["run"].as_str().unwrap().to_owned();
    let request = world.path("request.json");
    let passphrases = world.home.passphrases();
    let arguments = ["request", &run, "--for", "hold:3", "--to", "supervisor", "--as", "a.ortiz", "-o"];
    let rest = [request.to_str().unwrap(), "--passphrase-file", passphrases.to_str().unwrap()];
    world.asrun(&[&arguments[..], &rest[..]].concat(), "").exits(0);
    (world, run)
}

fn imports(world: &World, run: &str, status: i32) -> String {
    let (answer, passphrases) = (world.path("answer.json"), world.home.passphrases());
    let arguments = ["import", answer.to_str().unwrap(), "--run", run, "--as", "a.ortiz", "--passphrase-file"];
    world.asrun(&[&arguments[..], &[passphrases.to_str().unwrap()]].concat(), "").exits(status).stderr()
}

fn finishes(world: &World, run: &str) {
    let done = world.drive(run, END).exits(0);
    let bundle = done.answers().last().unwrap()["bundle"].as_str().unwrap().to_owned();
    let authority = world.home.trust().join("authority.pub");
    // Nobody approved the run: it is whole and PROVISIONAL.
    world.asrun(&["verify", &bundle, "--trust", authority.to_str().unwrap()], "").exits(3);
}

#[test]
fn a_hold_is_released_by_a_file_from_another_machine() {
    let (world, run) = asked();
    let (request, answer) = (world.path("request.json"), world.path("answer.json"));
    let shown = world.asrun(&["answer", request.to_str().unwrap(), "--as", "m.berg"], "").exits(0).stdout();
    assert!(shown.contains("hold 3") && shown.contains("--decision release"), "{shown}");
    let passphrases = world.home.passphrases();
    let arguments =
        ["answer", request.to_str().unwrap(), "--as", "m.berg", "--decision", "release", "--comment", "seen"];
    let rest = ["-o", answer.to_str().unwrap(), "--passphrase-file", passphrases.to_str().unwrap()];
    world.asrun(&[&arguments[..], &rest[..]].concat(), "").exits(0);
    imports(&world, &run, 0);
    let again = imports(&world, &run, 1);
    assert!(again.contains("no such request is open"), "{again}");
    finishes(&world, &run);
}

#[test]
fn an_answer_signed_by_hand_with_ssh_keygen_counts_just_so() {
    let (world, run) = asked();
    let (request, answer) = (world.path("request.json"), world.path("answer.json"));
    let arguments = ["answer", request.to_str().unwrap(), "--as", "m.berg", "--decision", "release", "--prepare", "-o"];
    world.asrun(&[&arguments[..], &[answer.to_str().unwrap()]].concat(), "").exits(0);
    let key = world.home.keys().join("m.berg");
    let askpass = world.file("askpass.sh", "#!/bin/sh\necho demo\n");
    std::fs::set_permissions(&askpass, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let signing = Command::new("ssh-keygen")
        .args(["-Y", "sign", "-n", "answer@asrun", "-f"])
        .args([&key, &answer])
        .env("SSH_ASKPASS_REQUIRE", "force")
        .env("SSH_ASKPASS", askpass)
        .env("DISPLAY", "")
        .stdin(std::process::Stdio::null())
        .output();
    let Ok(signed) = signing else { return println!("skipped: no ssh-keygen here") };
    assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
    imports(&world, &run, 0);
    finishes(&world, &run);
}
