//! Output that cannot be written: never a success, never a panic, and what was done is told where it still can be.

use super::judging::sealed;
use crate::world::{Done, World};
use std::fs::File;
use std::process::Stdio;

/// A device that is always full.
fn full() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

fn run(world: &World, args: &[&str], stdout: Stdio, stderr: Stdio) -> Done {
    let command = &mut world.command(args);
    Done(command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).output().unwrap())
}

#[test]
fn an_answer_that_cannot_be_written_is_no_success() {
    let world = World::new();
    let bundle = sealed(&world);
    let commands: [&[&str]; 12] = [
        &["verify", &bundle],
        &["verify", &bundle, "--json"],
        &["verify", "--explain", "seal.mismatch"],
        &["show", &bundle],
        &["show", &bundle, "--html"],
        &["replay", &bundle],
        &["runs"],
        &["doctor"],
        &["key", "list"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
    ];
    for args in commands {
        let done = run(&world, args, full(), Stdio::piped()).exits(4);
        let told = done.stderr();
        assert!(args == ["--help"] || told.contains("the answer is not whole"), "{args:?}: {told}");
        assert_eq!(told.matches("not whole").count(), usize::from(args != ["--help"]), "told once: {args:?}");
        run(&world, args, full(), full()).exits(4);
    }
}

#[test]
fn talk_that_cannot_be_written_comes_out_on_the_other_stream() {
    let world = World::new();
    let bundle = sealed(&world);
    let passphrases = world.home.passphrases();
    let args = ["signoff", &bundle, "--as", "m.berg", "--decision", "approve", "--passphrase-file"];
    let args = [&args[..], &[passphrases.to_str().unwrap()]].concat();
    let done = run(&world, &args, Stdio::piped(), full()).exits(4);
    let signed = std::fs::read_dir(format!("{bundle}/signoffs")).unwrap().count();
    assert_eq!(signed, 2, "a statement and its signature");
    assert!(done.stdout().contains("signoffs/") && done.stdout().contains("added"), "{}", done.stdout());
    let wrong = run(&world, &["verify", "nowhere"], Stdio::piped(), full()).exits(4);
    assert!(wrong.stdout().contains("error: "), "{}", wrong.stdout());
}

#[test]
fn a_signature_whose_answer_cannot_be_written_is_told() {
    let world = World::new();
    let bundle = sealed(&world);
    let passphrases = world.home.passphrases();
    let args = ["signoff", &bundle, "--as", "m.berg", "--decision", "approve", "--passphrase-file"];
    let args = [&args[..], &[passphrases.to_str().unwrap()]].concat();
    let done = run(&world, &args, full(), Stdio::piped()).exits(4);
    assert!(done.stderr().contains("added"), "{}", done.stderr());
}
