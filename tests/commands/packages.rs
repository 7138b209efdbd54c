//! Packages beside packages: approvals as statements, revisions that replace each other, imports that lose nothing.

use super::drive::{CLEAN, END};
use crate::world::World;
use std::path::{Path, PathBuf};

/// Locks and approves the small procedure with changed words in procedure and profile.
fn revised(world: &World, name: &str, procedure: &[(&str, &str)], policy: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/small");
    let read = |file: &str, changes: &[(&str, &str)]| {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        changes.iter().fold(text, |text, (from, to)| {
            assert!(text.contains(from), "{file} has no {from}");
            text.replacen(from, to, 1)
        })
    };
    let texts = [read("procedure.yaml", procedure), read("pack.yaml", &[]), read("policy.yaml", policy)];
    let bytes = texts.each_ref().map(String::as_bytes);
    world.lock(name, bytes)
}

const NEXT: (&str, &str) = ("revision: \"1\"", "revision: \"2\"\nsupersedes: \"1\"");
const NAMED: (&str, &str) =
    ("  - {id: R99", "  - {id: R2, when: {trigger: superseded_package}, outcome: review}\n  - {id: R99");

fn asks(world: &World, arguments: &[&str], status: i32) -> String {
    let passphrases = world.home.passphrases();
    let passphrases = ["--passphrase-file", passphrases.to_str().unwrap()];
    world.asrun(&[arguments, &passphrases[..]].concat(), "").exits(status).stderr()
}

fn imports(world: &World, package: &Path, status: i32) -> String {
    world.asrun(&["import", package.to_str().unwrap()], "").exits(status).stderr()
}

fn opens(world: &World, package: &Path, status: i32) -> String {
    let open = format!("{}\n", CLEAN.lines().next().unwrap());
    let done = world.drive(package.to_str().unwrap(), &open).exits(status);
    format!("{}{}", done.stdout(), done.stderr())
}

#[test]
fn a_superseded_revision_opens_no_run_once_its_successor_is_installed() {
    let world = World::new();
    let old = world.package("small");
    opens(&world, &old, 0);
    let new = revised(&world, "new", &[NEXT], &[]);
    imports(&world, &new, 0);
    let refused = opens(&world, &old, 1);
    assert!(refused.contains("revision 2 supersedes revision 1 and is installed here: sha256:"), "{refused}");
    opens(&world, &new, 0);
}

#[test]
fn an_unapproved_successor_stands_in_nobodys_way() {
    let world = World::new();
    let old = world.package("small");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/small");
    let text = std::fs::read_to_string(folder.join("procedure.yaml")).unwrap().replacen(NEXT.0, NEXT.1, 1);
    let procedure = world.file("procedure.yaml", text);
    let (pack, policy) = (folder.join("pack.yaml"), folder.join("policy.yaml"));
    let to = world.home.packages().join("small-2.lep");
    let [procedure, pack, policy, to] = [&procedure, &pack, &policy, &to].map(|p| p.to_str().unwrap());
    world.asrun(&["lock", procedure, "--pack", pack, "--policy", policy, "-o", to], "").exits(0);
    opens(&world, &old, 0);
}

#[test]
fn under_a_profile_that_says_so_a_superseded_revision_is_run_as_a_departure() {
    let world = World::new();
    let old = revised(&world, "old", &[], &[NAMED]);
    imports(&world, &revised(&world, "new", &[NEXT], &[]), 0);
    let told = opens(&world, &old, 0);
    assert!(told.contains("\"pending\":[\"superseded_package\"]"), "{told}");
}

#[test]
fn another_package_under_an_installed_revision_is_refused_with_both_digests_and_overwrites_nothing() {
    let world = World::new();
    let first = world.package("small");
    imports(&world, &first, 0);
    let other = revised(&world, "other", &[("title: A small procedure", "title: A smaller procedure")], &[]);
    let installed = world.home.packages().join("small-1.lep");
    let before = std::fs::read(&installed).unwrap();
    for refused in [imports(&world, &other, 1), opens(&world, &other, 1)] {
        assert!(refused.contains("another package is installed as revision 1"), "{refused}");
        assert_eq!(refused.matches("sha256:").count(), 2, "{refused}");
    }
    assert_eq!(std::fs::read(&installed).unwrap(), before);
}

#[test]
fn a_new_revision_shows_what_its_profile_and_parameters_change() {
    let world = World::new();
    imports(&world, &world.package("small"), 0);
    let weaker = [
        ("critical: 2", "critical: 1"),
        ("when: {trigger: skipped}, outcome: block", "when: {trigger: skipped}, outcome: allow"),
    ];
    let told = imports(&world, &revised(&world, "new", &[NEXT], &weaker), 0);
    for line in ["profile review critical: 2 -> 1", "profile deviations R1 outcome: block -> allow"] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    assert!(!told.contains("profile review minor"), "{told}");
}

#[test]
fn the_same_package_brings_new_approvals_and_loses_none() {
    let world = World::new();
    let package = world.package("small");
    imports(&world, &package, 0);
    assert!(imports(&world, &package, 0).contains("byte for byte"));
    let again = asks(&world, &["approve", package.to_str().unwrap(), "--as", "j.weiss"], 1);
    assert!(again.contains("j.weiss has approved it as approver already"), "{again}");
}

#[test]
fn an_approval_that_could_not_count_is_refused_before_the_passphrase() {
    let world = World::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/small");
    let lep = world.path("bare.lep");
    let [pack, policy] = ["pack.yaml", "policy.yaml"].map(|f| folder.join(f).to_str().unwrap().to_owned());
    let lep = lep.to_str().unwrap();
    world.asrun(&["lock", folder.to_str().unwrap(), "--pack", &pack, "--policy", &policy, "-o", lep], "").exits(0);
    let before = std::fs::read(lep).unwrap();
    for (arguments, why) in [
        (&["--as", "a.ortiz"][..], "(a.ortiz) does not hold approver"),
        (&["--as", "j.weiss", "--role", "author"], "no approval as author is asked for, only as approver"),
        (&["--as", "nobody"], "nobody does not stand in roster 1"),
    ] {
        // No passphrase is at hand: that it is not missed shows that it was not asked for.
        let refused = world.asrun(&[&["approve", lep][..], arguments].concat(), "").exits(1).stderr();
        assert!(refused.contains(why), "{refused}");
    }
    assert_eq!(std::fs::read(lep).unwrap(), before);
    let shown = asks(&world, &["approve", lep, "--as", "j.weiss", "--comment", "read twice"], 0);
    for line in
        ["A small procedure", "policy     R1: trigger skipped: block", "policy     closing:", "digest     sha256:"]
    {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
}

#[test]
fn who_approved_the_package_stands_in_every_record_and_report() {
    let world = World::new();
    world.file("gauge.txt", "needle at 0.05\n");
    let done = world.drive(world.package("small").to_str().unwrap(), &format!("{CLEAN}{END}")).exits(0);
    let bundle = done.answers().last().unwrap()["bundle"].as_str().unwrap().to_owned();
    let said = "Jonas Weiss (j.weiss) as approver";
    for arguments in [&["show", &bundle][..], &["show", &bundle, "--html"]] {
        let shown = world.asrun(arguments, "").exits(0).stdout();
        assert!(shown.contains(said) && shown.contains(": read"), "{shown}");
    }
    let text = world.asrun(&["verify", &bundle], "").exits(3).stdout();
    assert!(text.contains(&format!("approved by {said}")), "{text}");
    let json = world.asrun(&["verify", &bundle, "--json"], "").exits(3).stdout();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let approval = &json["package_approvals"][0];
    assert_eq!((approval["person"].as_str(), approval["ignored"].as_str()), (Some("j.weiss"), None));
    // An open run says so too.
    let done = world.drive(world.package("small").to_str().unwrap(), &format!("{}\n", CLEAN.lines().next().unwrap()));
    let run = done.exits(0).answers()[0]["state"]["run"].as_str().unwrap().to_owned();
    assert!(world.asrun(&["show", &run], "").exits(0).stdout().contains(said));
}
