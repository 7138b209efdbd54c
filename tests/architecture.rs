//! The rings and arrows of `src/lib.rs`, held true by reading the sources.

use asrun::kernel::judgement::findings::FindingCode;
use asrun::kernel::model::gate::GateCode;
use asrun::kernel::records::event::Event;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Folder of `src` and what it may import of ours. A folder without a row fails, a row without a folder too.
const ARROWS: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("disk", &[]),
    ("keys", &["kernel", "disk"]),
    ("store", &["kernel", "disk"]),
    ("library", &["kernel"]),
    ("bundle", &["kernel", "disk"]),
    ("telling", &["kernel"]),
    ("authoring", &["kernel", "disk", "keys", "store", "library", "bundle"]),
    ("site", &["kernel", "disk", "keys", "store", "library", "bundle", "authoring"]),
    ("session", &["kernel", "keys", "store", "library", "bundle"]),
    ("verify", &["kernel", "bundle", "library"]),
    ("countersign", &["kernel", "disk", "keys", "bundle"]),
    ("vectors", &["kernel", "disk", "library", "bundle"]),
    ("drive", &["kernel", "session", "telling"]),
    ("tui", &["kernel", "telling", "authoring", "site", "session", "verify", "countersign"]),
    ("cli", &["kernel", "telling", "authoring", "site", "session", "verify", "countersign", "drive", "vectors", "tui"]),
    ("main", &["cli", "tui"]),
    ("lib", &[]),
];

/// Types of an edge that a face passes into a flow or out of it: homes and disks, errors, opened sources.
const HANDED_THROUGH: &[(&str, &[&str])] = &[
    ("tui", &["store", "bundle"]),
    ("cli", &["store", "bundle", "keys", "library"]),
    ("countersign", &["verify", "store"]),
    ("session", &["verify"]),
    ("drive", &["store", "verify"]),
];

/// Tickets that the verifier alone writes: who takes one names its type and nothing else of the verifier.
const TICKETS: &[(&str, &[&str])] =
    &[("countersign", &["Intact"]), ("session", &["Judges", "NotStanding", "Sealable", "Standing", "Unfit"])];

/// Modules of the kernel by height: each imports what lies lower.
const KERNEL: &[(&str, u8)] = &[
    ("text", 0),
    ("media", 0),
    ("canon", 0),
    ("signature", 1),
    ("model", 2),
    ("expression", 3),
    ("work", 4),
    ("documents", 5),
    ("records", 6),
    ("policy", 6),
    ("run", 7),
    ("judgement", 8),
    ("fold", 8),
];

/// The most lines of a file, and the files that are longer, with the most that they may have.
const LONGEST: usize = 400;
const LONGER: &[(&str, usize)] = &[
    // Closed lists, one after the other: splitting them would only hide them.
    ("src/kernel/records/event.rs", 880),
    ("src/kernel/records/intent.rs", 480),
    ("src/kernel/documents/step.rs", 440),
    ("src/kernel/run/tests/mod.rs", 520),
    // The rules of the house, each a test.
    ("tests/architecture.rs", 470),
    // Closed lists of what may happen to the files of a run, and of what the screens ask for.
    ("src/store/journal_tests.rs", 420),
    ("src/tui/machine/performer.rs", 440),
    // One way to walk after the other.
    ("tests/properties/walker.rs", 565),
];

struct Source {
    /// Relative to the repository, with `/`.
    path: String,
    /// Where it stands in the crate, such as `["kernel", "run", "after"]`.
    module: Vec<String>,
    text: String,
}

impl Source {
    /// The first part of the module path: its folder, or the stem of a file in `src`.
    fn folder(&self) -> &str {
        self.module.first().map_or("lib", String::as_str)
    }

    /// The code that is part of the program: no comments, no tests.
    fn code(&self) -> String {
        let product = self.text.split("\n#[cfg(test)]").next().unwrap_or_default();
        let lines = product.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn is_test(&self) -> bool {
        let stem = Path::new(&self.path).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        self.path.contains("/tests/")
            || stem == "tests"
            || (stem == "vectors" && self.path.starts_with("src/kernel/"))
            || stem.ends_with("_tests")
    }

    /// Every path into the crate that the code names, with `super` resolved.
    fn imports(&self) -> BTreeSet<Vec<String>> {
        let code = self.code();
        let mut found = BTreeSet::new();
        for root in ["crate::", "asrun::"] {
            for (at, _) in code.match_indices(root).filter(|(at, _)| begins_word(&code, *at)) {
                found.extend(paths(&code[at + root.len()..], &[]));
            }
        }
        for (at, _) in code.match_indices("super::").filter(|(at, _)| begins_word(&code, *at)) {
            // The middle of `super::super::` was reached from its beginning.
            if code[..at].ends_with("super::") {
                continue;
            }
            let (mut rest, mut base) = (&code[at..], self.module.clone());
            while let Some(after) = rest.strip_prefix("super::") {
                rest = after;
                base.pop();
            }
            found.extend(paths(rest, &base));
        }
        found
    }
}

fn begins_word(code: &str, at: usize) -> bool {
    !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// Reads `a::b`, `{a::b, c}` or `a::{b, c}` behind `base`, two parts deep, which is as deep as the tables go.
fn paths(rest: &str, base: &[String]) -> Vec<Vec<String>> {
    if base.len() >= 2 {
        return vec![base[..2].to_vec()];
    }
    if let Some(group) = rest.strip_prefix('{') {
        return members(group).iter().flat_map(|member| paths(member, base)).collect();
    }
    let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    if word.is_empty() {
        return Vec::new();
    }
    let path = [base, std::slice::from_ref(&word)].concat();
    match rest[word.len()..].strip_prefix("::") {
        Some(deeper) if !deeper.starts_with('*') => paths(deeper, &path),
        _ => vec![path],
    }
}

/// Cuts a group at its commas, up to its closing brace.
fn members(group: &str) -> Vec<String> {
    let (mut depth, mut out) = (0, vec![String::new()]);
    for character in group.chars() {
        match character {
            '}' if depth == 0 => break,
            ',' if depth == 0 => out.push(String::new()),
            _ => {
                depth += i32::from(character == '{') - i32::from(character == '}');
                out.last_mut().unwrap().push(character);
            }
        }
    }
    out.iter().map(|member| member.trim().to_owned()).collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            match entry.is_dir() {
                true => folders.push(entry),
                false if entry.extension().is_some_and(|e| e == "rs") => found.push(entry),
                false => {}
            }
        }
    }
    found.sort();
    found
}

fn sources(folder: &str) -> Vec<Source> {
    let read = |file: PathBuf| {
        let path = file.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
        let inner = path.split_once('/').unwrap().1.trim_end_matches(".rs");
        let module = inner.split('/').filter(|part| *part != "mod").map(str::to_owned).collect();
        Source { text: std::fs::read_to_string(&file).unwrap(), path, module }
    };
    files(folder).into_iter().map(read).collect()
}

fn product() -> Vec<Source> {
    sources("src").into_iter().filter(|source| !source.is_test()).collect()
}

fn row<'a, T>(table: &'a [(&str, T)], name: &str) -> Option<&'a T> {
    table.iter().find(|(row, _)| *row == name).map(|(_, value)| value)
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn arrows_point_only_where_the_table_says() {
    let mut faults = Vec::new();
    for source in product() {
        let folder = source.folder().to_owned();
        let Some(allowed) = row(ARROWS, &folder) else { continue };
        let handed = row(HANDED_THROUGH, &folder).copied().unwrap_or_default();
        for path in source.imports() {
            let to = path[0].as_str();
            let ours = row(ARROWS, to).is_some() || to.starts_with(char::is_uppercase);
            let fine = to == folder || allowed.contains(&to) || handed.contains(&to);
            if ours && !fine {
                faults.push(format!("{}: {folder} may not import {to}", source.path));
            }
        }
    }
    none(&faults);
}

#[test]
fn who_takes_a_ticket_of_the_verifier_names_nothing_else_of_it() {
    let mut faults = Vec::new();
    for source in product() {
        let Some(tickets) = row(TICKETS, source.folder()) else { continue };
        for path in source.imports().into_iter().filter(|path| path[0] == "verify") {
            if !path.get(1).is_some_and(|name| tickets.contains(&name.as_str())) {
                faults.push(format!("{}: names {}", source.path, path.join("::")));
            }
        }
    }
    none(&faults);
}

#[test]
fn every_folder_has_a_row_and_every_row_a_folder() {
    let folders: BTreeSet<String> = sources("src").iter().map(|source| source.folder().to_owned()).collect();
    let rows: BTreeSet<String> = ARROWS.iter().map(|(row, _)| (*row).to_owned()).collect();
    assert_eq!(folders, rows);
}

#[test]
fn modules_of_the_kernel_lean_only_on_lower_ones() {
    let mut faults = Vec::new();
    for source in product().into_iter().filter(|source| source.folder() == "kernel" && source.module.len() > 1) {
        let from = source.module[1].clone();
        let Some(height) = row(KERNEL, &from) else {
            faults.push(format!("{}: kernel::{from} has no height", source.path));
            continue;
        };
        for path in source.imports().into_iter().filter(|path| path.len() > 1 && path[0] == "kernel" && path[1] != from)
        {
            if row(KERNEL, &path[1]).is_none_or(|to| to >= height) {
                faults.push(format!("{}: {from} may not import {}", source.path, path[1]));
            }
        }
    }
    none(&faults);
}

#[test]
fn the_kernel_touches_neither_files_nor_clock_nor_environment_nor_terminal() {
    let outside = [
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "std::thread",
        "SystemTime",
        "Instant",
        "println!",
        "eprintln!",
        "print!(",
        "dbg!(",
        "getrandom",
        "rustix",
        "std::io",
    ];
    none(&mentions("kernel", &outside));
}

#[test]
pub(crate) fn the_verifier_reads_no_clock_home_environment_or_socket() {
    let outside = ["std::fs", "std::env", "std::net", "SystemTime", "Instant", "rustix", "Signer", "println!"];
    none(&mentions("verify", &outside));
}

#[test]
fn nothing_opens_a_socket() {
    let folders: BTreeSet<&str> = ARROWS.iter().map(|(row, _)| *row).collect();
    let faults: Vec<String> = folders
        .iter()
        .flat_map(|folder| mentions(folder, &["std::net", "TcpStream", "UdpSocket", "UnixStream"]))
        .collect();
    none(&faults);
}

#[test]
fn only_the_disk_changes_a_file() {
    let writes = [
        "fs::write",
        "fs::rename",
        "fs::remove",
        "fs::create_dir",
        "fs::copy",
        "fs::hard_link",
        "set_permissions",
        "DirBuilder",
        "OpenOptions::new",
        "File::create",
        "create_new(",
        ".append(true)",
        ".truncate(true)",
        ".write(true)",
        "set_len",
        "sync_all",
        "sync_data",
        "write_all_at",
        "tempfile::",
    ];
    // Opened for writing, but written through the disk.
    let opened = [
        "src/store/journal.rs: .write(true)",
        "src/store/journal.rs: .append(true)",
        "src/store/lock.rs: .write(true)",
        "src/store/memory.rs: .append(true)",
        "src/store/rescue.rs: .append(true)",
        "src/store/taken.rs: .append(true)",
        "src/bundle/append.rs: .write(true)",
    ];
    let folders = ARROWS.iter().map(|(row, _)| *row).filter(|row| *row != "disk");
    let mut faults: Vec<String> = folders.flat_map(|folder| mentions(folder, &writes)).collect();
    faults.retain(|fault| !opened.contains(&fault.as_str()));
    none(&faults);
}

#[test]
fn one_reader_reads_the_lines_of_journals() {
    // Beside it: the first record, which says what a run was opened with; the survey, which believes nothing; a torn tail.
    let others = ["kernel/fold.rs", "session/restore.rs", "verify/journal.rs", "verify/evidence.rs"];
    let read = ARROWS.iter().map(|(row, _)| *row).filter(|row| *row != "vectors");
    let mut faults: Vec<String> = read.flat_map(|folder| mentions(folder, &["SignedRecord::parse"])).collect();
    faults.retain(|fault| !others.iter().any(|path| fault.starts_with(&format!("src/{path}:"))));
    none(&faults);
}

fn mentions(folder: &str, words: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in product().into_iter().filter(|source| source.folder() == folder) {
        let code = source.code();
        faults.extend(words.iter().filter(|word| begins(&code, word)).map(|word| format!("{}: {word}", source.path)));
    }
    faults
}

/// A word stands in a text, and is not the end of another one.
fn begins(text: &str, word: &str) -> bool {
    let inside = |at: usize| text[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
    text.match_indices(word).any(|(at, _)| !inside(at))
}

/// `{n} records` says "1 records" one day: what may be one goes through `kernel::text::counted`. Bounds are never one.
#[test]
fn what_may_be_one_thing_is_counted_in_one_place() {
    let things = "records files documents errors warnings bytes steps signatures deviations walks approvals persons days \
                  packages bundles cells exceptions findings places";
    let mut faults = Vec::new();
    for source in product() {
        let code = source.code();
        let spots =
            things.split_whitespace().flat_map(|thing| code.match_indices(&format!("}} {thing}")).collect::<Vec<_>>());
        for (at, _) in spots {
            let before = &code[..code[..at].rfind('{').unwrap_or(0) + 1];
            let bound = code[before.len()..at].starts_with(char::is_uppercase) || &code[before.len()..at] == "limit";
            if !bound && !before.ends_with("/{") {
                faults.push(format!(
                    "{}: {}",
                    source.path,
                    code[before.len() - 1..].lines().next().unwrap_or_default()
                ));
            }
        }
    }
    none(&faults);
}

#[test]
fn files_stay_short_enough_to_read() {
    let mut faults = Vec::new();
    for source in sources("src").into_iter().chain(sources("tests")) {
        let lines = source.text.lines().count();
        let most = row(LONGER, &source.path).copied().unwrap_or(LONGEST);
        if lines > LONGEST {
            println!("{lines} {}", source.path);
        }
        if lines > most {
            faults.push(format!("{}: {lines} lines, more than {most}", source.path));
        }
    }
    none(&faults);
}

#[test]
fn every_folder_introduces_itself() {
    let silent = |source: &Source| source.path.ends_with("/mod.rs") && !source.text.starts_with("//!");
    let faults: Vec<String> = sources("src").iter().filter(|s| silent(s)).map(|s| s.path.clone()).collect();
    none(&faults);
}

#[test]
fn every_test_file_is_declared() {
    let all = sources("tests");
    let mut faults = Vec::new();
    for source in all.iter().filter(|source| source.module != ["suite"]) {
        let (stem, folder) = source.module.split_last().unwrap();
        let parents = match folder {
            [] => vec!["tests/suite.rs".to_owned()],
            inner => vec![format!("tests/{}/mod.rs", inner.join("/")), format!("tests/{}.rs", inner.join("/"))],
        };
        let declared = |parent: &Source| {
            let wanted = [format!("mod {stem};"), format!("pub mod {stem};"), format!("pub(crate) mod {stem};")];
            parent.text.lines().any(|line| wanted.contains(&line.trim().to_owned()))
        };
        if !all.iter().filter(|s| parents.contains(&s.path)).any(declared) {
            faults.push(format!("{}: no test binary runs it", source.path));
        }
    }
    none(&faults);
}

#[test]
fn the_format_page_names_every_kind_gate_and_finding() {
    let page = std::fs::read_to_string(root().join("src/bundle/FORMAT.md")).unwrap();
    let gates = GateCode::ALL.iter().map(|gate| gate.code());
    let findings = FindingCode::ALL.iter().map(|found| found.code());
    let words = Event::KINDS.iter().copied().chain(gates).chain(findings);
    let missing: Vec<String> = words.filter(|word| !page.contains(&format!("`{word}`"))).map(str::to_owned).collect();
    none(&missing);
}

#[test]
fn paths_are_read_out_of_every_spelling() {
    let source = |text: &str| Source {
        path: "src/kernel/run/due.rs".into(),
        module: ["kernel", "run", "due"].map(str::to_owned).to_vec(),
        text: text.to_owned(),
    };
    let read = |text: &str| source(text).imports().iter().map(|path| path.join("::")).collect::<Vec<_>>();
    assert_eq!(read("use crate::store::Home;"), ["store::Home"]);
    assert_eq!(read("use crate::{keys::Signer, store::{Disk, Home}};"), ["keys::Signer", "store::Disk", "store::Home"]);
    assert_eq!(read("let x = super::super::super::verify::check();"), ["verify::check"]);
    assert_eq!(read("use super::super::policy::rule;"), ["kernel::policy"]);
    assert_eq!(read("use super::Run;"), ["kernel::run"]);
    assert_eq!(
        read("// use crate::store::Home;\nfn f() {}\n#[cfg(test)]\nmod tests { use crate::keys::Signer; }"),
        [""; 0]
    );
}
