//! Ten times the size may cost about ten times the work, never a hundred times. Work is the processor time of the real
//! program, and only its growth is looked at: it says nothing of this machine or of how busy it is.

use super::stage::{number, the_run};
use crate::commands::drive::{CLEAN, END};
use crate::world::World;
use asrun::vectors::long;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Processor time of a command and what it starts, in seconds.
fn work(world: &World, args: &[&str]) -> f64 {
    let asked = world.command(args);
    let mut command = Command::new("bash");
    command.args(["-c", "\"$@\" >/dev/null 2>&1; code=$?; times; exit $code", "bash"]);
    command.arg(asked.get_program()).args(asked.get_args()).current_dir(world.path("")).env_remove("ASRUN_HOME");
    let done = command.output().unwrap();
    assert!(done.status.code().is_some_and(|code| code <= 4), "{args:?}: {}", done.status);
    let told = String::from_utf8(done.stdout).unwrap();
    // The second line is that of the children: user and system, as 0m0.012s.
    told.lines().nth(1).unwrap().split_whitespace().map(seconds).sum()
}

fn seconds(text: &str) -> f64 {
    let (minutes, seconds) = text.trim_end_matches('s').split_once('m').unwrap();
    minutes.parse::<f64>().unwrap() * 60.0 + seconds.replace(',', ".").parse::<f64>().unwrap()
}

/// The least work of a few: whatever else the machine does only adds to it.
fn least(world: &World, args: &[&str]) -> f64 {
    (0..number("ASRUN_SCALING_TIMES", 2)).map(|_| work(world, args)).fold(f64::MAX, f64::min)
}

struct Scale {
    name: &'static str,
    /// Lays a thing of this size out and returns the command that reads it.
    build: fn(&World, usize) -> Vec<String>,
    sizes: [usize; 2],
    /// The most that ten times the size may cost.
    most: f64,
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn bundle(world: &World, name: &str, files: BTreeMap<String, Vec<u8>>) -> PathBuf {
    let to = world.path(name);
    for (file, bytes) in files {
        let path = to.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    to
}

fn verify(path: &Path) -> Vec<String> {
    words(&["verify", path.to_str().unwrap()])
}

/// The small procedure with this many plain steps.
fn procedure(steps: usize) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/small");
    let text = std::fs::read_to_string(folder.join("procedure.yaml")).unwrap();
    let (head, rest) = text.split_once("      - id: \"1\"\n").unwrap();
    let (_, tail) = rest.split_once("  - id: sec_back\n").unwrap();
    let plain = |n: usize| {
        format!(
            "      - id: \"{n}\"\n        type: action\n        title: Step {n}\n        instruction: \"CLOSE valve {n}.\"\n"
        )
    };
    let steps: String = (1..=steps).map(plain).collect();
    format!("{head}{steps}  - id: sec_back\n{tail}")
}

fn documents(world: &World, steps: usize) -> Vec<String> {
    let name = format!("long-{steps}.yaml");
    world.file(&name, procedure(steps));
    for document in ["pack.yaml", "policy.yaml"] {
        world.file(document, small(document));
    }
    words(&["check", &name, "--pack", "pack.yaml", "--policy", "policy.yaml"])
}

fn small(document: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/small").join(document)).unwrap()
}

fn simulated(world: &World, steps: usize) -> Vec<String> {
    [documents(world, steps), words(&["--simulate"])].concat()
}

/// The session that works a long procedure from its opening to the seal.
fn driven(world: &World, steps: usize) -> Vec<String> {
    let package = world
        .lock(&format!("driven-{steps}"), [procedure(steps).as_bytes(), &small("pack.yaml"), &small("policy.yaml")]);
    let acts = (1..=steps).flat_map(|n| {
        ["begin", "perform"].map(|act| format!("{{\"intent\":\"{act}\",\"as\":\"a.ortiz\",\"step\":\"{n}\"}}\n"))
    });
    let opening = format!("{}\n", CLEAN.lines().next().unwrap());
    let script = world.file(&format!("driven-{steps}.jsonl"), opening + &acts.collect::<String>() + END);
    let (script, people) = (script.display().to_string(), world.home.passphrases().display().to_string());
    words(&["drive", package.to_str().unwrap(), "--script", &script, "--passphrase-file", &people])
}

/// The bundle of such a session, for this command.
fn worked(world: &World, steps: usize, command: &str) -> Vec<String> {
    let args = driven(world, steps);
    world.asrun(&args.iter().map(String::as_str).collect::<Vec<_>>(), "").exits(0);
    words(&[command, world.home.run(&the_run(world).unwrap()).dir.to_str().unwrap()])
}

const SCALES: [Scale; 8] = [
    Scale {
        name: "verify: records",
        build: |world, size| verify(&bundle(world, &format!("records-{size}"), long(size, 0, 0))),
        sizes: [100, 1_000],
        most: 30.0,
    },
    Scale {
        name: "verify: evidence files",
        build: |world, size| verify(&bundle(world, &format!("evidence-{size}"), long(0, size, 0))),
        sizes: [50, 500],
        most: 30.0,
    },
    Scale {
        name: "verify: sign-offs",
        build: |world, size| verify(&bundle(world, &format!("signoffs-{size}"), long(0, 0, size))),
        sizes: [50, 500],
        most: 30.0,
    },
    Scale {
        name: "show: records",
        build: |world, size| {
            words(&["show", bundle(world, &format!("shown-{size}"), long(size, 0, 0)).to_str().unwrap()])
        },
        sizes: [100, 1_000],
        most: 30.0,
    },
    Scale { name: "check: steps", build: documents, sizes: [100, 1_000], most: 30.0 },
    Scale { name: "drive: steps", build: driven, sizes: [30, 300], most: 20.0 },
    Scale { name: "verify: steps", build: |world, size| worked(world, size, "verify"), sizes: [30, 300], most: 20.0 },
    Scale { name: "replay: steps", build: |world, size| worked(world, size, "replay"), sizes: [30, 300], most: 20.0 },
];

/// What takes long even when it grows as it should: `ASRUN_SCALING_LONG=1` asks it as well. The walks of a simulation have
/// a bound on all their acts, which both sizes reach: what is asked is that one act costs no more in a long procedure.
const LONG: [Scale; 4] = [
    Scale { name: "drive: steps", build: driven, sizes: [100, 1_000], most: 30.0 },
    Scale {
        name: "verify: steps",
        build: |world, size| worked(world, size, "verify"),
        sizes: [100, 1_000],
        most: 30.0,
    },
    Scale {
        name: "replay: steps",
        build: |world, size| worked(world, size, "replay"),
        sizes: [100, 1_000],
        most: 30.0,
    },
    Scale { name: "check --simulate: steps", build: simulated, sizes: [100, 1_000], most: 10.0 },
];

#[test]
fn ten_times_the_size_costs_about_ten_times_the_work() {
    let mut wrong = Vec::new();
    let long: &[Scale] = if number("ASRUN_SCALING_LONG", 0) > 0 { &LONG } else { &[] };
    for scale in SCALES.iter().chain(long) {
        let [small, large] = scale.sizes.map(|size| {
            let world = World::new();
            let args = (scale.build)(&world, size);
            least(&world, &args.iter().map(String::as_str).collect::<Vec<_>>())
        });
        let world = World::new();
        // What the program does before it looks at anything is no part of it.
        let start = least(&world, &["--version"]);
        let ratio = (large - start) / (small - start).max(0.005);
        println!("{}: {small:.3} s, {large:.3} s, times {ratio:.1} for ten", scale.name);
        if ratio > scale.most {
            wrong.push(format!(
                "{}: {small:.3} s at {}, {large:.3} s at {}",
                scale.name, scale.sizes[0], scale.sizes[1]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
