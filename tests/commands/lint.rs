//! `asrun check` as an author uses it: places, hints, rosters, explanations.

use crate::world::{Done, World};
use asrun::library::lint::{Code, Weight};
use serde_json::Value;

/// Writes the three scaffolds, the procedure with one edit, and checks them.
fn checked(world: &World, old: &str, new: &str, more: &[&str]) -> Done {
    let [procedure, pack, policy] = ["procedure", "pack", "policy"].map(|what| {
        let path = world.path(&format!("{what}.yaml"));
        if !path.exists() {
            world.asrun(&["new", what, path.to_str().unwrap()], "").exits(0);
        }
        path.to_str().unwrap().to_owned()
    });
    let text = std::fs::read_to_string(&procedure).unwrap();
    assert!(text.contains(old), "{old}");
    std::fs::write(&procedure, text.replacen(old, new, 1)).unwrap();
    let all = [&["check", &procedure, "--pack", &pack, "--policy", &policy], more].concat();
    let done = world.asrun(&all, "");
    std::fs::write(&procedure, text).unwrap();
    done
}

/// Where a text stands in the scaffold of a procedure.
fn line_of(part: &str) -> u64 {
    let before = asrun::authoring::scaffold::PROCEDURE.split(part).next().unwrap();
    before.matches('\n').count() as u64 + 1
}

#[test]
fn a_remark_shows_file_line_column_source_line_and_what_to_do() {
    let world = World::new();
    let done = checked(&world, "\"OPEN the valve.\"", "\"OPEN the valve, then CLOSE the drain.\"", &[]).exits(0);
    let out = done.stdout();
    assert!(out.starts_with("warning[lint.several_actions]: step 3 says OPEN and CLOSE\n"), "{out}");
    let number = line_of("\"OPEN the valve.\"");
    assert!(out.contains(&format!("procedure.yaml:{number}:9\n")), "{out}");
    let source = format!("{number} |         instruction: \"OPEN the valve, then CLOSE the drain.\"\n   |         ^\n");
    assert!(out.contains(&source), "{out}");
    assert!(out.contains("  = make a step of each action"), "{out}");
    assert!(done.stderr().contains("1 document, 0 errors to fix, 1 warning, 0 suggestions"), "{}", done.stderr());
}

#[test]
fn json_names_code_weight_place_and_hint() {
    let world = World::new();
    let done = checked(&world, "max: \"0.20\"", "max: \"50\"", &["--json"]).exits(1);
    let remark: Value = serde_json::from_str(done.stdout().lines().next().unwrap()).unwrap();
    assert_eq!(remark["code"], "lint.accept_outside_plausible");
    assert_eq!((&remark["weight"], &remark["line"]), (&Value::from("error"), &Value::from(line_of("max: \"0.20\""))));
    assert!(
        remark["hint"].as_str().unwrap().contains("plausible") && remark["source"].as_str().unwrap().contains("50")
    );
}

#[test]
fn a_remark_about_the_profile_stands_in_the_profile() {
    let world = World::new();
    checked(&world, "title: Back out", "title: Back out", &[]).exits(0);
    let policy = world.path("policy.yaml");
    let text = std::fs::read_to_string(&policy).unwrap();
    std::fs::write(&policy, text.replace("not: [performer]", "not: [supervisor]")).unwrap();
    let beside = checked(&world, "title: Back out", "title: Back out", &[]).exits(1).stdout();
    assert!(beside.contains("lint.policy_contradiction") && beside.contains("policy.yaml:11:"), "{beside}");
    // Beside its procedure the profile is also asked who of the site could meet it.
    let alone = world.asrun(&["check", policy.to_str().unwrap()], "").exits(1).stdout();
    assert!(alone.contains("lint.policy_contradiction") && beside.contains(alone.trim_end()), "{alone}\n---\n{beside}");
}

#[test]
fn a_named_roster_says_which_roles_nobody_holds() {
    let world = World::new();
    let roster = world.file(
        "small-roster.yaml",
        "format: asrun.roster.v1\nsite: x\nserial: 1\nissued: \"2026-01-01T00:00:00.000Z\"\n\
         expires: \"2027-01-01T00:00:00.000Z\"\npackage_approval: {role: approver, count: 1}\npersons: []\n",
    );
    let done = checked(&world, "title: Back out", "title: Back out", &["--roster", roster.to_str().unwrap()]).exits(0);
    let out = done.stdout();
    assert!(out.contains("lint.role_unfilled") && out.contains("nobody in the roster holds `performer`"), "{out}");
    assert!(out.contains("lint.policy_unreachable"), "{out}");
    let broken = world.file("broken.yaml", "format: asrun.roster.v1\n");
    let done = checked(&world, "title: Back out", "title: Back out", &["--roster", broken.to_str().unwrap()]).exits(1);
    assert!(done.stdout().contains("yaml.form"), "{}", done.stdout());
}

#[test]
fn every_code_is_listed_and_explained() {
    let world = World::new();
    let list = world.asrun(&["check", "--explain", "list"], "").exits(0).stdout();
    for code in Code::ALL {
        let is_it = |line: &&str| line.starts_with(code.name()) && line.ends_with(code.summary());
        assert_eq!(list.lines().filter(is_it).count(), 1, "{}", code.name());
    }
    let one = world.asrun(&["check", "--explain", "lint.branch_overlap"], "").exits(0).stdout();
    assert!(one.contains("(warning)") && one.contains("What to do: "), "{one}");
    world.asrun(&["check", "--explain", "lint.nothing"], "").exits(2);
}

/// The word of FORMAT.md for a weight.
fn word(weight: Weight) -> &'static str {
    match weight {
        Weight::Error => "error",
        Weight::Warning => "warning",
        Weight::Advice => "advice",
    }
}

#[test]
fn the_format_page_lists_every_code_with_weight_and_summary() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/bundle/FORMAT.md")).unwrap();
    let row = |c: &Code| format!("| `{}` | {} | {} |", c.name(), word(c.weight()), c.summary());
    let wanted: Vec<String> = Code::ALL.iter().map(row).collect();
    let found: Vec<&str> =
        page.lines().filter(|l| ["| `lint.", "| `yaml.", "| `roster.contr"].iter().any(|p| l.starts_with(p))).collect();
    assert_eq!(found, wanted, "\n{}\n", wanted.join("\n"));
}

#[test]
fn the_shipped_procedures_yield_neither_errors_nor_warnings() {
    use asrun::authoring::check::{Read, check};
    for shipped in asrun::site::shipped::procedures() {
        let read = |name: &str, bytes: &[u8]| Read { path: name.into(), bytes: bytes.to_vec() };
        let [procedure, pack, policy] =
            [("procedure", shipped.procedure), ("pack", shipped.pack), ("policy", shipped.policy)]
                .map(|(name, bytes)| read(name, bytes));
        let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/procedures");
        let path = std::path::Path::new(beside).join(&shipped.id).join("procedure.yaml");
        let procedure = Read { path, ..procedure };
        let mut remarks = check(&procedure, &pack, &policy, None);
        remarks.retain(|r| r.weight != Weight::Advice);
        assert!(remarks.is_empty(), "{}: {remarks:#?}", shipped.id);
    }
}

#[test]
fn a_simulation_says_the_way_to_each_verdict_as_text_and_as_json() {
    let world = World::new();
    let text = checked(&world, "title: Back out", "title: Back out", &["--simulate"]).exits(0).stdout();
    for part in
        ["walks through 1 branch of my-procedure 1", "FINAL        every step done as written", "skip 2 (rule R2)"]
    {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let json = checked(&world, "title: Back out", "title: Back out", &["--simulate", "--json"]).exits(0).stdout();
    let found: Value = serde_json::from_str(json.lines().last().unwrap()).unwrap();
    let verdicts: Vec<&Value> = found["simulation"]["ways"].as_array().unwrap().iter().map(|w| &w["verdict"]).collect();
    assert_eq!(verdicts, ["FINAL", "PROVISIONAL", "FAIL"]);
    let faulty = checked(&world, "unit: bar            #", "unit: furlong #", &["--simulate"]).exits(1).stdout();
    assert!(!faulty.contains("walks through"), "{faulty}");
}

#[test]
fn a_pack_or_profile_is_one_however_its_format_line_is_spelled() {
    let world = World::new();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/small");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let pack = read("pack.yaml").replace("asrun.pack.v1", "\"asrun.pack.v1\"");
    let policy = read("policy.yaml").replace("asrun.policy.v1", "asrun.policy.v1  # what passes");
    let files = [("procedure", read("procedure.yaml")), ("pack", pack), ("policy", policy)]
        .map(|(name, text)| world.file(&format!("{name}.yaml"), text).display().to_string());
    world.asrun(&["check", &files[1]], "").exits(0);
    world.asrun(&["check", &files[2]], "").exits(0);
    world.asrun(&["check", &files[0], &files[1], &files[2]], "").exits(0);
}
