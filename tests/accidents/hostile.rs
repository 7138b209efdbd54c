//! Hostile bundles and inputs through the real program, its memory bounded by the system: at most 64 MiB of data and
//! 1 KiB a record, at most 1 MB of output, and an end. `.ci/accidents` measures the peaks that are only bounded here.

use crate::world::World;
use asrun::bundle::ustar;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

type Files = BTreeMap<String, Vec<u8>>;

/// What a hostile case is told to the program as.
enum Given {
    /// A bundle, for `verify`.
    Bundle(Box<dyn Fn(&Path) + Sync + Send>),
    /// A file, for this command.
    File(&'static [&'static str], Box<dyn Fn() -> Vec<u8> + Sync + Send>),
}

struct Case {
    name: &'static str,
    records: u64,
    given: Given,
}

fn good() -> Files {
    asrun::vectors::good().1
}

fn write(files: &Files, to: &Path) {
    for (name, bytes) in files {
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// A bundle in which one file is another one. What lies under `data/` is sealed again by its closer, so that nothing
/// stops the reader early.
fn with(name: &'static str, bytes: impl Fn() -> Vec<u8> + Sync + Send + 'static) -> Given {
    Given::Bundle(Box::new(move |to| {
        let files = match name.starts_with("data/") {
            true => crate::zoo::with(name, bytes()),
            false => good().into_iter().chain([(name.to_owned(), bytes())]).collect(),
        };
        write(&files, to);
    }))
}

/// A bundle in which one file is as long as this and holds nothing.
fn sparse(name: &'static str, length: u64) -> Given {
    Given::Bundle(Box::new(move |to| {
        write(&good(), to);
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let file = File::create(path).unwrap();
        // Not every file system takes the longest: then as long as it goes.
        let lengths = [length, 1 << 40, 1 << 34, 1 << 30];
        lengths.iter().find(|length| file.set_len(**length).is_ok()).unwrap();
    }))
}

/// The good bundle as a `.proof`, changed.
fn proof(change: impl Fn(Vec<u8>) -> Vec<u8> + Sync + Send + 'static) -> Given {
    Given::Bundle(Box::new(move |to| {
        let mut writer = ustar::Writer::new(Vec::new());
        let files = good();
        let order = |name: &str| (name.starts_with("signoffs/"), name == "receipt.json", name.to_owned());
        let mut names: Vec<&String> = files.keys().collect();
        names.sort_by_key(|name| order(name));
        names.iter().for_each(|name| writer.add(name, &files[*name]).unwrap());
        std::fs::write(to, change(writer.finish().unwrap())).unwrap();
    }))
}

fn on_disk(change: impl Fn(&Path) + Sync + Send + 'static) -> Given {
    Given::Bundle(Box::new(move |to| {
        write(&good(), to);
        change(to);
    }))
}

fn case(name: &'static str, given: Given) -> Case {
    Case { name, records: 0, given }
}

const JOURNAL: &str = "data/journal.jsonl";

fn journals() -> Vec<Case> {
    let long = |name, records, bytes: fn() -> Vec<u8>| Case { name, records, given: with(JOURNAL, bytes) };
    vec![
        long("1 MiB of line feeds", 0, || vec![b'\n'; 1 << 20]),
        long("a million lines of garbage", 0, || b"garbage\n".repeat(1_000_000)),
        long("a million empty objects", 0, || b"{}\n".repeat(1_000_000)),
        long("one line of 1 MiB without an end", 1, || vec![b'x'; 1 << 20]),
        long("one line of 32 MiB", 1, || [vec![b'x'; 32 << 20], b"\n".to_vec()].concat()),
        long("a megabyte of brackets", 1, || [vec![b'['; 1 << 20], b"\n".to_vec()].concat()),
        long("a megabyte of objects in objects", 1, || [b"{\"a\":".repeat(200_000), b"\n".to_vec()].concat()),
        long("a number of a million digits", 1, || {
            [b"{\"n\":".to_vec(), vec![b'9'; 1_000_000], b"}\n".to_vec()].concat()
        }),
        long("a hundred thousand times the same member", 1, || {
            [b"{".to_vec(), b"\"a\":1,".repeat(100_000), b"\"b\":1}\n".to_vec()].concat()
        }),
        long("a million bytes that are no text", 1, || vec![0xff; 1_000_000]),
        long("a million zero bytes", 1, || vec![0; 1_000_000]),
        long("a million carriage returns", 1, || vec![b'\r'; 1_000_000]),
        long("escapes all over", 1, || [b"{\"a\":\"".to_vec(), b"\\u0000".repeat(170_000), b"\"}\n".to_vec()].concat()),
        long("one of its records 5,000 times", 5_000, || {
            let journal = String::from_utf8(good()[JOURNAL].clone()).unwrap();
            let record = journal.lines().min_by_key(|line| line.len()).unwrap();
            format!("{journal}{}", format!("{record}\n").repeat(5_000)).into_bytes()
        }),
        case("14 TB of nothing for a journal", sparse(JOURNAL, 14 << 40)),
        case(
            "a folder in place of the journal",
            on_disk(|to| {
                std::fs::remove_file(to.join(JOURNAL)).unwrap();
                std::fs::create_dir(to.join(JOURNAL)).unwrap();
            }),
        ),
        case(
            "a device in place of the journal",
            on_disk(|to| {
                std::fs::remove_file(to.join(JOURNAL)).unwrap();
                std::os::unix::fs::symlink("/dev/zero", to.join(JOURNAL)).unwrap();
            }),
        ),
        case(
            "a pipe in place of the journal",
            on_disk(|to| {
                std::fs::remove_file(to.join(JOURNAL)).unwrap();
                let mode = rustix::fs::Mode::RUSR;
                rustix::fs::mkfifoat(rustix::fs::CWD, to.join(JOURNAL), mode).unwrap();
            }),
        ),
    ]
}

fn other_files() -> Vec<Case> {
    let deep = || [vec![b'['; 500_000], vec![b']'; 500_000]].concat();
    vec![
        case("a deep receipt", with("receipt.json", deep)),
        case("a deep state", with("data/state.json", deep)),
        case("a deep inventory", with("data/manifest.json", deep)),
        case("a receipt of 1 GiB", sparse("receipt.json", 1 << 30)),
        case("a state of 10 GiB", sparse("data/state.json", 10 << 30)),
        case("an inventory of 10 GiB", sparse("data/manifest.json", 10 << 30)),
        case("a package of 10 GiB", sparse("data/package.lep", 10 << 30)),
        case("a roster of 10 GiB", sparse("data/rosters/7.yaml", 10 << 30)),
        case("a signature of 10 GiB", sparse("data/rosters/7.yaml.sig", 10 << 30)),
        case("a list of digests of 10 GiB", sparse("manifest-sha256.txt", 10 << 30)),
        case("a tag manifest of 10 GiB", sparse("tagmanifest-sha256.txt", 10 << 30)),
        case("evidence of 14 TB that nobody named", sparse("data/evidence/aa", 14 << 40)),
        case("a sign-off of 1 GiB", sparse("signoffs/aa.json", 1 << 30)),
        case(
            "a million lines of digests",
            with("manifest-sha256.txt", || {
                (0..200_000).flat_map(|n| format!("{n:064x}  data/evidence/{n:064x}\n").into_bytes()).collect()
            }),
        ),
        case("a million lines about the bag", with("bag-info.txt", || b"Note: x\n".repeat(1_000_000))),
        case("a roster that grows by its own anchors", with("data/rosters/7.yaml", bomb)),
        case("a roster in deep brackets", with("data/rosters/7.yaml", deep)),
        case(
            "a package of fifty thousand members",
            with("data/package.lep", || {
                let mut writer = ustar::Writer::new(Vec::new());
                (0..50_000).for_each(|n| writer.add(&format!("attachments/{n}"), b"").unwrap());
                writer.finish().unwrap()
            }),
        ),
        case(
            "ten thousand files of evidence that nobody named",
            on_disk(|to| {
                (0..10_000).for_each(|n| std::fs::write(to.join(format!("data/evidence/{n:064x}")), b"").unwrap());
            }),
        ),
        case(
            "ten thousand and more sign-offs",
            on_disk(|to| {
                (0..10_500).for_each(|n| std::fs::write(to.join(format!("signoffs/{n:064x}.json")), b"{}").unwrap());
            }),
        ),
        case(
            "sign-offs in deep brackets",
            on_disk(|to| {
                let deep = [vec![b'['; 500_000], vec![b']'; 500_000]].concat();
                (0..20).for_each(|n| std::fs::write(to.join(format!("signoffs/{n:064x}.json")), &deep).unwrap());
            }),
        ),
        case(
            "folders in folders",
            on_disk(|to| {
                std::fs::create_dir_all(to.join("data").join("a/".repeat(500))).unwrap();
            }),
        ),
        case(
            "a folder that leads back to itself",
            on_disk(|to| {
                std::os::unix::fs::symlink("..", to.join("data/evidence/up")).unwrap();
            }),
        ),
    ]
}

/// Each line twice the one before: a hundred lines would be 2^100.
fn bomb() -> Vec<u8> {
    let mut text = String::from("a0: &a0 [x, x]\n");
    (1..100).for_each(|n| text += &format!("a{n}: &a{n} [*a{0}, *a{0}]\n", n - 1));
    text.into_bytes()
}

fn archives() -> Vec<Case> {
    vec![
        case("an archive cut in its first header", proof(|bytes| bytes[..300].to_vec())),
        case("an archive cut in its middle", proof(|bytes| bytes[..bytes.len() / 2].to_vec())),
        case(
            "an archive whose first member claims 8 GiB",
            proof(|mut bytes| {
                bytes[124..135].copy_from_slice(b"77777777777");
                bytes
            }),
        ),
        case(
            "an archive of a hundred thousand empty members",
            proof(|_| {
                let mut writer = ustar::Writer::new(Vec::new());
                (0..100_000).for_each(|n| writer.add(&format!("data/evidence/{n}"), b"").unwrap());
                writer.finish().unwrap()
            }),
        ),
        case("an archive of zeros", proof(|_| vec![0; 16 << 20])),
        case("an archive followed by 16 MiB of garbage", proof(|bytes| [bytes, vec![b'x'; 16 << 20]].concat())),
        case("an archive twice", proof(|bytes| bytes.repeat(2))),
        case("16 MiB of garbage for an archive", proof(|_| b"garbage!".repeat(2 << 20))),
        case("an empty file for an archive", proof(|_| Vec::new())),
    ]
}

/// Files for commands that read others' files before there is a bundle.
fn inputs() -> Vec<Case> {
    let file = |name, command, bytes: fn() -> Vec<u8>| case(name, Given::File(command, Box::new(bytes)));
    const CHECK: &[&str] = &["check", "FILE", "--pack", "pack.yaml", "--policy", "policy.yaml"];
    const IMPORT: &[&str] = &["import", "FILE"];
    const ANSWER: &[&str] = &["answer", "FILE", "--as", "m.berg"];
    const DRIVE: &[&str] = &["drive", "small.lep", "--script", "FILE"];
    vec![
        file("a document that grows by its own anchors", CHECK, bomb),
        file("a document in deep brackets", CHECK, || vec![b'['; 500_000]),
        file("a document of 100,000 lines", CHECK, || b"title: x\n".repeat(100_000)),
        file("a document of 64 MiB", CHECK, || vec![b'a'; 64 << 20]),
        file("a package of garbage", IMPORT, || b"garbage!".repeat(2 << 20)),
        file("a package of fifty thousand members", IMPORT, || {
            let mut writer = ustar::Writer::new(Vec::new());
            (0..50_000).for_each(|n| writer.add(&format!("attachments/{n}"), b"").unwrap());
            writer.finish().unwrap()
        }),
        file("a request in deep brackets", ANSWER, || vec![b'['; 500_000]),
        file("a request of 64 MiB", ANSWER, || vec![b'{'; 64 << 20]),
        file("a script of one line of 64 MiB", DRIVE, || vec![b'x'; 64 << 20]),
        file("a script of 5,000 lines of garbage", DRIVE, || b"{\"intent\":\"x\"}\n".repeat(5_000)),
    ]
}

/// What the program may take: the whole of its data, its threads' stacks included, in KiB.
fn most(records: u64) -> u64 {
    64 * 1024 + records
}

/// The most memory that a process has held so far, its program's own pages included, in KiB.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

fn suffers(world: &World, case: &Case) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("hostile");
    let (args, path): (Vec<String>, PathBuf) = match &case.given {
        Given::Bundle(build) => {
            build(&path);
            (vec!["verify".into(), path.display().to_string()], path)
        }
        Given::File(command, bytes) => {
            std::fs::write(&path, bytes()).unwrap();
            let named =
                command.iter().map(|word| if *word == "FILE" { path.display().to_string() } else { (*word).into() });
            (named.collect(), path)
        }
    };
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let asked = world.command(&args);
    let mut command = Command::new("sh");
    let limit = format!("ulimit -d {}; exec \"$@\"", most(case.records));
    command.arg("-c").arg(limit).arg("sh").arg(asked.get_program()).args(asked.get_args());
    command.current_dir(world.path("")).env_remove("ASRUN_HOME").stdin(Stdio::null());
    let (out, err) = (folder.path().join("out"), folder.path().join("err"));
    command.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
    let mut child = command.spawn().unwrap();
    let begun = Instant::now();
    let mut peak = 0;
    let status = loop {
        peak = peak.max(resident(child.id()));
        match child.try_wait().unwrap() {
            Some(status) => break status,
            // A net, not a measure: a machine under load is slow, an endless loop is slower.
            None if begun.elapsed() > Duration::from_secs(300) => {
                child.kill().unwrap();
                child.wait().unwrap();
                return Some(format!("{}: no end", case.name));
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let length = |path: &Path| std::fs::metadata(path).unwrap().len();
    let told = std::fs::read(&err).unwrap();
    let told = String::from_utf8_lossy(&told[..told.len().min(500)]).into_owned();
    let output = length(&out) + length(&err);
    println!("{:>8} KiB {:>8} bytes {:>7.2} s  {}", peak, output, begun.elapsed().as_secs_f64(), case.name);
    let _ = std::fs::remove_dir_all(path);
    match status.code() {
        Some(1 | 3 | 4) if output > 1_000_000 => Some(format!("{}: {output} bytes of output", case.name)),
        Some(1 | 3 | 4) if peak > most(case.records) => Some(format!("{}: {peak} KiB", case.name)),
        Some(1 | 3 | 4) if told.contains("panicked") => Some(format!("{}: {told}", case.name)),
        Some(1 | 3 | 4) => None,
        _ => Some(format!("{}: {status}: {told}", case.name)),
    }
}

#[test]
fn hostile_bundles_and_files_end_in_bounded_memory_and_few_words() {
    let cases: Vec<Case> = [journals(), other_files(), archives(), inputs()].into_iter().flatten().collect();
    assert!(cases.len() >= 40, "{}", cases.len());
    let world = World::new();
    world.package("small");
    for name in ["pack.yaml", "policy.yaml"] {
        world.file(
            name,
            std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/small").join(name)).unwrap(),
        );
    }
    let wrong: Vec<String> = cases.par_iter().filter_map(|case| suffers(&world, case)).collect();
    println!("{} hostile cases, {} of them unbounded", cases.len(), wrong.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
