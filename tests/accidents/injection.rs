//! Texts that want to be more than text, in everything that is authored or entered. Nothing of them gets out raw:
//! not in an answer, an error, a record, a page, a report.

use super::stage::{lines, the_run};
use crate::world::{Done, World};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::path::Path;

/// Escapes of a terminal, turned and hidden characters, markup, formulas, JSON, shell, log lines.
pub const NEEDLES: [&str; 12] = [
    "\u{1b}]0;owned\u{7}title",
    "\u{1b}[2J\u{1b}[1;1Hcleared",
    "\u{9b}31mred",
    "back\u{8}\u{8}\u{8}space\u{7f}",
    "safe\u{202e}gpj.exe",
    "un\u{200b}seen\u{2066}\u{feff}",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>'",
    "=HYPERLINK(\"http://x\",\"y\")",
    "\"},{\"ok\":true,\"x\":\"",
    "$(touch owned); `id` && rm -rf ~ | %s %n",
    "ok\u{2028}error: forged\r",
];

/// The same, a few in each text: in one go where a whole session is gone through.
fn texts() -> Vec<String> {
    NEEDLES.chunks(3).map(|some| some.join(" ")).collect()
}

/// Characters that must not reach a person, and of them the ones that JSON may carry as they are.
pub fn raw(text: &str, is_json: bool) -> Option<char> {
    let hidden = |c: &char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    text.chars().find(|c| (c.is_control() && *c != '\n') || (!is_json && hidden(c)))
}

/// What came out of a command, looked at as a person's terminal, a program or a browser would.
fn is_clean(done: &Done, how: &str) {
    let streams = [("stdout", &done.0.stdout), ("stderr", &done.0.stderr)];
    for (name, bytes) in streams {
        let text = std::str::from_utf8(bytes).unwrap_or_else(|_| panic!("{how}: {name} is not UTF-8"));
        let is_json = text.starts_with('{') || text.starts_with('[');
        assert_eq!(raw(text, is_json), None, "{how}: {name}: {text:?}");
        if is_json {
            text.lines().for_each(|line| drop(serde_json::from_str::<Value>(line).unwrap()));
        }
        if text.trim_start().starts_with("<!") {
            let low = text.to_ascii_lowercase();
            assert!(!low.contains("<script") && !low.contains("<img"), "{how}: {name} has markup of a stranger");
        }
    }
    assert!(done.0.status.code().is_some_and(|code| code <= 4), "{how}: {:?}", done.0.status);
}

/// The documents of the small procedure with the needle in every text that an author writes.
fn documents(needle: &str) -> [String; 3] {
    let read = |name: &str| {
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/small").join(name)).unwrap()
    };
    let text = serde_json::to_string(needle).unwrap();
    let with = |start: &str| serde_json::to_string(&format!("{start} {needle}")).unwrap();
    let procedure = read("procedure.yaml")
        .replace("title: A small procedure", &format!("title: {text}"))
        .replace("title: Work", &format!("title: {text}"))
        .replace("title: Read pressure", &format!("title: {text}"))
        .replace("title: Switch off", &format!("title: {text}"))
        .replace("\"Switched off\"", &text)
        .replace("prompt: Gauge readable", &format!("prompt: {text}"))
        .replace("\"READ the pressure.\"", &with("READ the pressure"));
    let pack = read("pack.yaml").replace("label: Anything", &format!("label: {text}"));
    [procedure, pack, read("policy.yaml")]
}

fn scene(needle: &str) -> World {
    let world = World::new();
    let [procedure, pack, policy] = documents(needle);
    for (name, text) in [("procedure.yaml", procedure), ("pack.yaml", pack), ("policy.yaml", policy)] {
        world.file(name, text);
    }
    world.file(&format!("gauge {}.txt", needle.replace('/', "")), "needle at 0.05\n");
    world.file("gauge.txt", "needle at 0.05\n");
    world
}

/// Runs a command and looks at what came out of it.
fn says(world: &World, args: &[&str]) -> Done {
    let done = world.asrun(args, "");
    is_clean(&done, &format!("{args:?}"));
    done
}

/// The lines of the small run with the needle in every text that somebody enters.
fn entered(needle: &str) -> String {
    let mut acts: Vec<Value> = lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    acts[0]["fields"]["work_order"] = needle.into();
    acts[3]["caption"] = needle.into();
    acts[3]["path"] = format!("gauge {}.txt", needle.replace('/', "")).into();
    acts[11]["comment"] = needle.into();
    let note = json!({"intent": "note", "as": "a.ortiz", "text": needle});
    let pause = json!({"intent": "pause", "as": "a.ortiz", "reason": needle});
    let resume = json!({"intent": "resume", "as": "a.ortiz", "comment": needle});
    let odd = [json!({"intent": needle, "as": "a.ortiz"}), json!({"intent": "begin", "as": needle, "step": needle})];
    acts.splice(1..1, [note, pause, resume].into_iter().chain(odd));
    acts.iter().map(|act| act.to_string() + "\n").collect()
}

#[test]
fn no_text_that_was_authored_or_entered_gets_out_raw() {
    texts().par_iter().for_each(|needle| {
        let world = scene(needle);
        let passphrases = world.home.passphrases().display().to_string();
        let documents = ["procedure.yaml", "--pack", "pack.yaml", "--policy", "policy.yaml"];
        says(&world, &[&["check"], &documents[..]].concat());
        says(&world, &[&["check"], &documents[..], &["--simulate"]].concat());
        says(&world, &[&["check"], &documents[..], &["--json"]].concat());
        let locked = says(&world, &[&["lock"], &documents[..], &["-o", "hostile.lep"]].concat());
        let package = if locked.0.status.success() {
            says(&world, &["approve", "hostile.lep", "--as", "j.weiss", "--passphrase-file", &passphrases]).exits(0);
            says(&world, &["import", "hostile.lep"]);
            world.path("hostile.lep")
        } else {
            // What an author may not write, a person may still enter.
            world.package("small")
        };
        let driven = world.drive(package.to_str().unwrap(), &entered(needle));
        is_clean(&driven, &format!("drive with {needle:?}"));
        let Some(run) = the_run(&world) else { panic!("{needle:?}: {}", driven.stdout()) };
        let (run, bundle) = (run.to_string(), world.home.run(&run).dir.display().to_string());
        let receipt = world.home.run(&run.parse().unwrap()).receipt();
        assert!(receipt.is_file(), "{needle:?}: {}", driven.stdout());
        for command in ["show", "replay", "verify", "export"] {
            says(&world, &[command, &bundle]);
        }
        says(&world, &["show", &bundle, "--html"]);
        says(&world, &["verify", &bundle, "--json"]);
        says(&world, &["runs"]);
        says(&world, &["doctor"]);
        let signed = ["signoff", &run, "--as", "m.berg", "--decision", "approve", "--comment", needle];
        says(&world, &[&signed[..], &["--passphrase-file", &passphrases]].concat());
        says(&world, &["show", &bundle]);
        says(&world, &["show", &bundle, "--html"]);
    });
}

#[test]
fn what_a_request_from_another_machine_says_is_shown_escaped() {
    for needle in &texts() {
        let world = World::new();
        world.file("gauge.txt", "needle at 0.05\n");
        let package = world.package("small");
        let mut acts: Vec<String> = lines()[..11].to_vec();
        acts[0] = acts[0].replace("\"W1\"", &serde_json::to_string(needle).unwrap());
        let ask = json!({"intent": "request", "as": "a.ortiz", "asked": {"kind": "hold", "id": "3"}, "to": "supervisor",
            "path": "request.json"});
        acts.push(ask.to_string());
        world.drive(package.to_str().unwrap(), &acts.join("\n")).exits(0);
        says(&world, &["answer", "request.json", "--as", "m.berg"]).exits(0);
        // And one that a stranger wrote by hand.
        let mut request: Value = serde_json::from_slice(&std::fs::read(world.path("request.json")).unwrap()).unwrap();
        let mut texts = request.as_object_mut().unwrap().values_mut().filter(|value| value.is_string());
        *texts.next().unwrap() = needle.as_str().into();
        world.file("forged.json", asrun::kernel::canon::encode(&request).unwrap());
        says(&world, &["answer", "forged.json", "--as", "m.berg"]);
    }
}

#[test]
fn names_on_the_command_line_and_names_of_files_come_back_escaped_in_errors() {
    let world = World::new();
    for needle in NEEDLES {
        let name = needle.replace('/', "");
        world.file(&name, needle);
        for command in ["verify", "show", "replay", "check", "import", "export", "seal", "run"] {
            says(&world, &[command, &name]);
        }
        says(&world, &["drive", &name]);
        says(&world, &["verify", "--explain", needle]);
        says(&world, &["key", "show", needle]);
        says(&world, &["roster", "install", &name]);
        says(&world, &["answer", &name, "--as", "m.berg"]);
        std::fs::remove_file(world.path(&name)).unwrap();
    }
}
