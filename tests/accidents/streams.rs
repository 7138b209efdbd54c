//! Output to full, broken and closed streams, for every command that does something: never a panic, never a lie.

use super::stage::{lines, prepared, the_run};
use crate::world::World;
use rayon::prelude::*;
use std::fs::File;
use std::process::{Command, Output, Stdio};

/// A command of a station with a sealed run, in its words.
const COMMANDS: [&[&str]; 20] = [
    &["runs"],
    &["doctor"],
    &["show", "BUNDLE"],
    &["show", "BUNDLE", "--html"],
    &["replay", "BUNDLE"],
    &["verify", "BUNDLE"],
    &["verify", "BUNDLE", "--json"],
    &["verify", "nowhere"],
    &["export", "BUNDLE", "-o", "x.proof"],
    &["import", "run.proof"],
    &["signoff", "BUNDLE", "--as", "m.berg", "--decision", "approve", "--passphrase-file", "PASSPHRASES"],
    &["signoff", "BUNDLE", "--as", "m.berg", "--decision", "approve", "--prepare", "s.json"],
    &["seal", "RUN", "--as", "a.ortiz", "--passphrase-file", "PASSPHRASES"],
    &["key", "list"],
    &["key", "show", "m.berg"],
    &["roster", "show"],
    &["new", "procedure"],
    &["check", "procedure.yaml", "--pack", "pack.yaml", "--policy", "policy.yaml"],
    &["lock", "procedure.yaml", "--pack", "pack.yaml", "--policy", "policy.yaml", "-o", "x.lep"],
    &["approve", "small.lep", "--as", "j.weiss", "--passphrase-file", "PASSPHRASES"],
];

fn full() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

/// A pipe whose reader is gone.
fn broken() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

struct Scene {
    world: World,
    bundle: String,
    run: String,
}

impl Scene {
    fn new() -> Self {
        let (world, package) = prepared();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/small");
        for name in ["procedure.yaml", "pack.yaml", "policy.yaml"] {
            world.file(name, std::fs::read(folder.join(name)).unwrap());
        }
        world.drive(package.to_str().unwrap(), &lines().join("\n")).exits(0);
        let run = the_run(&world).unwrap();
        let bundle = world.home.run(&run).dir.display().to_string();
        world.asrun(&["export", &bundle, "-o", "run.proof"], "").exits(0);
        Self { world, bundle, run: run.to_string() }
    }

    fn command(&self, args: &[&str]) -> Command {
        let passphrases = self.world.home.passphrases().display().to_string();
        let filled = args.iter().map(|arg| match *arg {
            "BUNDLE" => self.bundle.as_str(),
            "RUN" => self.run.as_str(),
            "PASSPHRASES" => passphrases.as_str(),
            other => other,
        });
        let mut command = self.world.command(&filled.collect::<Vec<_>>());
        command.stdin(Stdio::null());
        command
    }

    /// Runs the command on streams of this kind, in a copy of the scene.
    fn run(&self, args: &[&str], stdout: Stdio, stderr: Stdio) -> Output {
        let world = self.world.twin();
        let bundle = world.home.run(&self.run.parse().unwrap()).dir.display().to_string();
        let scene = Self { world, bundle, run: self.run.clone() };
        scene.command(args).stdout(stdout).stderr(stderr).output().unwrap()
    }
}

#[test]
fn a_stream_that_takes_nothing_ends_with_4_and_a_reader_that_went_away_changes_nothing() {
    let scene = Scene::new();
    COMMANDS.par_iter().for_each(|args| {
        let well = scene.run(args, Stdio::piped(), Stdio::piped());
        let usual = well.status.code().unwrap();
        assert!(usual <= 4, "{args:?}: {usual}");
        let (answers, talks) = (!well.stdout.is_empty(), !well.stderr.is_empty());
        let cases = [
            ("stdout full", scene.run(args, full(), Stdio::piped()), if answers { 4 } else { usual }),
            ("stderr full", scene.run(args, Stdio::piped(), full()), if talks { 4 } else { usual }),
            ("both full", scene.run(args, full(), full()), if answers || talks { 4 } else { usual }),
            ("stdout broken", scene.run(args, broken(), Stdio::piped()), usual),
            ("stderr broken", scene.run(args, Stdio::piped(), broken()), usual),
        ];
        for (how, done, wanted) in cases {
            let told = String::from_utf8_lossy(&done.stderr);
            assert!(!told.contains("panicked"), "{args:?}, {how}: {told}");
            assert_eq!(done.status.code(), Some(wanted), "{args:?}, {how}: {told}");
        }
    });
}

#[test]
fn streams_that_were_closed_before_the_program_began_do_no_harm() {
    let scene = Scene::new();
    COMMANDS.par_iter().for_each(|args| {
        let usual = scene.run(args, Stdio::piped(), Stdio::piped()).status.code();
        for closing in [">&- <&-", ">&- 2>&- <&-"] {
            let world = scene.world.twin();
            let bundle = world.home.run(&scene.run.parse().unwrap()).dir.display().to_string();
            let twin = Scene { world, bundle, run: scene.run.clone() };
            let command = twin.command(args);
            let mut shell = Command::new("sh");
            shell.arg("-c").arg(format!("exec \"$@\" {closing}")).arg("sh").arg(command.get_program());
            shell.args(command.get_args()).current_dir(twin.world.path("")).env_remove("ASRUN_HOME");
            let done = shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
            assert_eq!(done.status.code(), usual, "{args:?} {closing}: {}", String::from_utf8_lossy(&done.stderr));
        }
    });
}
