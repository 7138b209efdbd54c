//! Sham evidence, moved clocks, borrowed names: what a performer can try while the run is open. Each cheat is closed and
//! sealed as far as that goes, the supervisor approves blindly whatever lies there, and it is not FINAL.

use super::station::Station;
use crate::accidents::stage::{drive_at, the_run};
use crate::clocks::Set;
use crate::commands::drive::{CLEAN, END};
use crate::world::World;
use asrun::kernel::model::time::Timestamp;
use asrun::session::{self, Clock as _, HostClock};
use rayon::prelude::*;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

const HOUR: i64 = 3_600_000;

/// The small procedure with a second file, a file of a kind, and a wait where one is asked for.
fn package(world: &World, wait: bool) -> PathBuf {
    let read = |name: &str| {
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/small").join(name)).unwrap()
    };
    let second = "        verification: {mode: peer, by: verifier}\n";
    let files = "        evidence:\n          - {id: valve, kind: any, prompt: The valve}\n          - {id: plate, kind: photo, prompt: Its plate}\n";
    let waits = "        signoff: [{role: supervisor, meaning: hold_released}]\n";
    let after = "      - id: \"4\"\n        type: wait\n        title: Run down\n        instruction: \"WAIT until it stands.\"\n        timing: {min_wait: 1h}\n";
    let procedure = read("procedure.yaml");
    assert!(procedure.contains(second) && procedure.contains(waits));
    let procedure = procedure.replace(second, &format!("{second}{files}"));
    let procedure = if wait { procedure.replace(waits, &format!("{waits}{after}")) } else { procedure };
    let evidence = "evidence: {kinds: block, older_than_run: review, before_step: allow, reuse: review}\n";
    let policy = read("policy.yaml") + evidence;
    // Locked long enough ago for a clock that stands behind the one by which the supervisor signs off.
    let at = Timestamp::from_millis(HostClock::new().now().time.millis() - 6 * HOUR);
    world.lock_at("shams", [procedure.as_bytes(), read("pack.yaml").as_bytes(), policy.as_bytes()], at)
}

/// A whole picture, other for each `red`.
fn picture(red: u8) -> Vec<u8> {
    let mut png = resvg::tiny_skia::Pixmap::new(2, 2).unwrap();
    png.fill(resvg::tiny_skia::Color::from_rgba8(red, 0, 0, 255));
    png.encode_png().unwrap()
}

/// A file whose time says that it was made so many hours after now.
fn made(world: &World, name: &str, bytes: &[u8], hours: i64) {
    let file = std::fs::File::options().write(true).open(world.file(name, bytes)).unwrap();
    let span = Duration::from_secs(3600 * hours.unsigned_abs());
    file.set_modified(if hours < 0 { SystemTime::now() - span } else { SystemTime::now() + span }).unwrap();
}

/// A station with honest files, made behind the opening.
fn world() -> World {
    let world = World::new();
    made(&world, "gauge.txt", b"needle at 0.05\n", 1);
    made(&world, "valve.txt", b"closed\n", 1);
    made(&world, "plate.png", &picture(1), 1);
    world
}

fn attach(requirement: &str, path: &str) -> String {
    json!({"intent": "attach", "as": "a.ortiz", "step": "2", "requirement": requirement, "path": path}).to_string()
}

/// The honest run: what a cheat changes is named by what its line contains.
fn honest() -> Vec<String> {
    let mut lines: Vec<String> = CLEAN.lines().filter(|line| !line.contains("\"expect\"")).map(str::to_owned).collect();
    let second = lines.iter().position(|line| line.contains("\"check\"")).unwrap();
    lines.splice(second..second, [attach("valve", "valve.txt"), attach("plate", "plate.png")]);
    lines
}

fn waited() -> Vec<String> {
    let act = |intent: &str| json!({"intent": intent, "as": "a.ortiz", "step": "4"}).to_string();
    [honest(), vec![act("begin")]].concat()
}

const PERFORM: &str = r#"{"intent":"perform","as":"a.ortiz","step":"4"}"#;

/// The honest run in which the line that contains `of` is these ones.
fn with(of: &str, instead: &[String]) -> Vec<String> {
    let lines = honest();
    assert!(lines.iter().any(|line| line.contains(of)), "no line contains {of}");
    lines.into_iter().flat_map(|line| if line.contains(of) { instead.to_vec() } else { vec![line] }).collect()
}

/// Says lines to the real program, each for itself, so that one that is refused does not end it.
fn says(world: &World, target: &Path, lines: &[String]) {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    world.drive(target.to_str().unwrap(), &(text + END));
}

fn plays(world: &World, lines: &[String]) {
    says(world, &package(world, false), lines);
}

/// Whether the run of this world is FINAL once the supervisor has approved it without looking.
fn reaches_final(world: World) -> bool {
    let Some(run) = the_run(&world) else { return false };
    let bundle = world.home.run(&run).dir;
    let station = Station { world, bundle };
    station.signs_off("m.berg", "approve");
    station.is_final()
}

/// What it is called, and how it is done in a world of its own.
type Sham = (&'static str, fn(&World));

const SHAMS: &[Sham] = &[
    ("attaches one file to two steps", |w| plays(w, &with("valve.txt", &[attach("valve", "gauge.txt")]))),
    ("attaches one file to two steps, under another name", |w| {
        made(w, "other.txt", b"needle at 0.05\n", 2);
        plays(w, &with("valve.txt", &[attach("valve", "other.txt")]));
    }),
    ("attaches one file twice to one step", |w| {
        made(w, "valve.txt", &picture(1), 1);
        plays(w, &honest());
    }),
    ("attaches a file that is older than the run", |w| {
        made(w, "valve.txt", b"closed, last year\n", -24);
        plays(w, &honest());
    }),
    ("attaches the photo of an earlier run", |w| {
        made(w, "plate.png", &picture(9), -24);
        plays(w, &honest());
    }),
    ("attaches a text that is called a picture", |w| {
        made(w, "plate.png", b"a plate\n", 1);
        plays(w, &honest());
    }),
    ("attaches the beginning of a picture", |w| {
        made(w, "plate.png", &picture(1)[..40], 1);
        plays(w, &honest());
    }),
    ("attaches an empty file", |w| {
        made(w, "plate.png", b"", 1);
        plays(w, &honest());
    }),
    ("leaves the second file out", |w| plays(w, &with("valve.txt", &[]))),
    ("redacts a file before anybody sees it", |w| {
        let package = package(w, false);
        says_without_end(w, &package, &honest());
        let run = the_run(w).unwrap();
        let photo = std::fs::read_dir(w.home.run(&run).evidence()).unwrap().next().unwrap().unwrap();
        let blake3 = format!("blake3:{}", photo.file_name().to_string_lossy());
        let redact = json!({"intent": "redact", "as": "a.ortiz", "blake3": blake3, "reason": "a face on it"});
        says(w, Path::new(run.as_str()), &[redact.to_string()]);
        assert!(!photo.path().exists(), "the cheat was not done");
    }),
    ("binds himself as the verifier", |w| plays(w, &with("\"open\"", &[opening("a.ortiz", "m.berg")]))),
    ("binds himself as the supervisor", |w| plays(w, &with("\"open\"", &[opening("l.chen", "a.ortiz")]))),
    ("hands over to the verifier, who verifies himself", |w| {
        let turnover =
            json!({"intent": "turnover", "as": "a.ortiz", "to": "l.chen", "role": "performer", "remarks": "off"});
        let taken = json!({"intent": "accept_turnover", "as": "l.chen"});
        let begin = r#"{"intent":"begin","as":"a.ortiz","step":"2"}"#;
        let lines = with(begin, &[turnover.to_string(), taken.to_string(), begin.to_owned()]);
        let begun = lines.iter().position(|line| line == begin).unwrap();
        let moved = lines.iter().enumerate().map(|(at, line)| match at >= begun {
            true => line.replace("a.ortiz", "l.chen"),
            false => line.clone(),
        });
        let end = END.replace("a.ortiz", "l.chen");
        plays(w, &moved.chain(end.lines().map(str::to_owned)).collect::<Vec<_>>());
    }),
    ("accepts his own departure", |w| {
        let out = r#"{"intent":"enter","as":"a.ortiz","step":"1","values":{"p_res":"0,35"}}"#;
        let deviate = json!({"intent": "deviate", "as": "a.ortiz", "step": "1", "about": "p_res", "code": "SML-ANY",
            "process": "continue", "description": "Above the limit, and left so.", "justification": "It will do.",
            "immediate_action": {"text": "none"}});
        let accept = json!({"intent": "review_deviation", "as": "a.ortiz", "deviation": "DEV-0001", "decision": "accept",
            "comment": "it will do"});
        plays(w, &with("\"enter\"", &[out.to_owned(), deviate.to_string(), accept.to_string()]));
    }),
    ("lays his own key under the supervisor's name", |w| {
        for end in ["", ".pub"] {
            std::fs::copy(w.home.keys().join(format!("a.ortiz{end}")), w.home.keys().join(format!("m.berg{end}")))
                .unwrap();
        }
        plays(w, &honest());
    }),
    ("guesses the supervisor's passphrase", |w| {
        let people = std::fs::read_to_string(w.home.passphrases()).unwrap().replace("m.berg demo", "m.berg guess");
        let people = w.file("people", people);
        let text: String = honest().iter().map(|line| format!("{line}\n")).collect();
        let package = package(w, false);
        w.asrun(&["drive", package.to_str().unwrap(), "--passphrase-file", people.to_str().unwrap()], &(text + END));
    }),
    ("answers his own request for the release", |w| {
        let run = up_to_the_hold(w);
        let people = w.home.passphrases().display().to_string();
        let rest = ["--as", "a.ortiz", "--passphrase-file", &people];
        let ask = ["request", &run, "--for", "hold:3", "--to", "supervisor", "-o", "request.json"];
        w.asrun(&[&ask[..], &rest].concat(), "").exits(0);
        w.asrun(&[&["answer", "request.json", "--decision", "release"][..], &rest].concat(), "");
        w.asrun(&[&["import", "answer.json", "--run", &run][..], &rest].concat(), "");
        says(w, Path::new(&run), &[]);
    }),
    ("takes in the answer that another run was given", |w| {
        let people = w.home.passphrases().display().to_string();
        let asks = |run: &str, name: &str| {
            let ask = ["request", run, "--for", "hold:3", "--to", "supervisor", "-o", name, "--as", "a.ortiz"];
            w.asrun(&[&ask[..], &["--passphrase-file", &people]].concat(), "").exits(0);
        };
        let first = up_to_the_hold(w);
        asks(&first, "first.json");
        let answer = ["answer", "first.json", "--decision", "release", "--as", "m.berg", "--passphrase-file", &people];
        w.asrun(&answer, "").exits(0);
        // The other run is the one that is looked at.
        std::fs::rename(w.home.run(&first.parse().unwrap()).dir, w.path("first")).unwrap();
        let second = up_to_the_hold(w);
        asks(&second, "second.json");
        let import = ["import", "answer.json", "--run", &second, "--as", "a.ortiz", "--passphrase-file", &people];
        w.asrun(&import, "");
        says(w, Path::new(&second), &[]);
    }),
    ("puts another package into the open run", |w| {
        let package = package(w, false);
        says_without_end(w, &package, &honest()[..5]);
        let run = the_run(w).unwrap();
        std::fs::copy(w.package("small"), w.home.run(&run).package()).unwrap();
        says(w, Path::new(run.as_str()), &honest()[5..]);
    }),
    ("cuts his reading off and takes it anew", |w| {
        let package = package(w, false);
        let bad =
            with("\"enter\"", &[r#"{"intent":"enter","as":"a.ortiz","step":"1","values":{"p_res":"0,35"}}"#.into()]);
        says_without_end(w, &package, &bad[..3]);
        let run = the_run(w).unwrap();
        let journal = w.home.run(&run).journal();
        let text = std::fs::read_to_string(&journal).unwrap();
        let at = text.find("\"value.entered\"").unwrap();
        std::fs::write(&journal, &text[..text[..at].rfind('\n').unwrap() + 1]).unwrap();
        says(w, Path::new(run.as_str()), &honest()[2..]);
    }),
    ("does not wait at all", |w| {
        at_a_clock(w, &two_hours_ago(), &[(0, waited()), (0, vec![PERFORM.into()])]);
    }),
    ("sets the clock ahead instead of waiting", |w| {
        let clock = two_hours_ago();
        at_a_clock(w, &clock, &[(0, waited()), (HOUR * 3 / 2, vec![PERFORM.into()])]);
    }),
    ("sets the clock back while he begins to wait, and right again", |w| {
        let clock = two_hours_ago();
        at_a_clock(
            w,
            &clock,
            &[(0, honest()), (-HOUR * 3 / 2, vec![waited().pop().unwrap()]), (HOUR * 3 / 2, vec![PERFORM.into()])],
        );
    }),
    ("starts the machine again, the clock ahead, instead of waiting", |w| {
        let clock = two_hours_ago();
        at_a_clock(w, &clock, &[(0, waited())]);
        clock.boot("another");
        clock.forward(HOUR * 3 / 2);
        resumes_at(w, &clock, &[PERFORM.into()]);
    }),
    ("works with a revoked key at a clock before the revocation", |w| {
        w.revoke("a.ortiz");
        let clock = two_hours_ago();
        clock.forward(-365 * 24 * HOUR);
        at_a_clock(w, &clock, &[(0, honest())]);
    }),
];

fn opening(verifier: &str, supervisor: &str) -> String {
    honest()[0].replace("l.chen", verifier).replace("m.berg", supervisor)
}

fn says_without_end(world: &World, target: &Path, lines: &[String]) {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    world.drive(target.to_str().unwrap(), &text).exits(0);
}

/// Works honestly up to the hold; returns the run.
fn up_to_the_hold(world: &World) -> String {
    let lines = with("release_hold", &[]);
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let done = world.drive(package(world, false).to_str().unwrap(), &text).exits(0);
    done.answers()[0]["state"]["run"].as_str().unwrap().to_owned()
}

/// Works with programs that are started one after the other, the clock set by so much before each; then closes and seals.
fn at_a_clock(world: &World, clock: &Arc<Set>, parts: &[(i64, Vec<String>)]) {
    let package = package(world, true);
    for (millis, lines) in parts {
        clock.forward(*millis);
        let start = the_run(world).map_or_else(|| package.display().to_string(), |run| run.to_string());
        let _ = drive_at(world, station(world, clock), &start, lines, &mut Vec::new());
    }
    resumes_at(world, clock, &[]);
}

fn resumes_at(world: &World, clock: &Arc<Set>, lines: &[String]) {
    if let Some(run) = the_run(world) {
        let lines = [lines, &END.lines().map(str::to_owned).collect::<Vec<_>>()].concat();
        let _ = drive_at(world, station(world, clock), run.as_str(), &lines, &mut Vec::new());
    }
}

fn two_hours_ago() -> Arc<Set> {
    let clock = Set::now();
    clock.forward(-2 * HOUR);
    clock
}

fn station(world: &World, clock: &Arc<Set>) -> session::Station {
    session::Station { clock: clock.clone(), ..crate::world::station(&world.home) }
}

#[test]
fn nobody_reaches_final_by_sham_evidence_moved_clocks_or_borrowed_names() {
    let reached: Vec<&str> = SHAMS
        .par_iter()
        .filter_map(|(how, cheat)| {
            let world = world();
            cheat(&world);
            reaches_final(world).then_some(*how)
        })
        .collect();
    println!("{} of {} shams are not FINAL", SHAMS.len() - reached.len(), SHAMS.len());
    assert_eq!(reached, [] as [&str; 0]);
}

/// What makes the others say something: the same run without a cheat is FINAL.
#[test]
fn the_run_from_which_the_shams_depart_is_final_when_it_is_honest() {
    let honest_world = world();
    plays(&honest_world, &honest());
    assert!(reaches_final(honest_world), "with its files");
    let (world, clock) = (world(), two_hours_ago());
    let package = package(&world, true).display().to_string();
    drive_at(&world, station(&world, &clock), &package, &waited(), &mut Vec::new()).unwrap();
    clock.passes(HOUR + 1000);
    resumes_at(&world, &clock, &[PERFORM.into()]);
    assert!(reaches_final(world), "with its wait");
}
