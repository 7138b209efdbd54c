//! `asrun new`, `check`, `lock`, `approve`, `import`, `key`, `roster`

use crate::world::World;

fn authored(world: &World) -> [String; 3] {
    ["procedure", "pack", "policy"].map(|what| {
        let path = world.path(&format!("{what}.yaml"));
        world.asrun(&["new", what, path.to_str().unwrap()], "").exits(0);
        path.to_str().unwrap().to_owned()
    })
}

#[test]
fn a_new_procedure_is_checked_locked_approved_and_imported() {
    let world = World::new();
    let [procedure, pack, policy] = authored(&world);
    world.asrun(&["check", &procedure, "--pack", &pack, "--policy", &policy], "").exits(0);
    let lep = world.path("my.lep");
    let lep = lep.to_str().unwrap();
    let at = "2026-11-21T08:00:00.000Z";
    world.asrun(&["lock", &procedure, "--pack", &pack, "--policy", &policy, "--at", at, "-o", lep], "").exits(0);
    let refused = world.asrun(&["import", lep], "").exits(1);
    assert!(
        refused.stderr().contains("not approved: it needs 1 approval as approver and has 0"),
        "{}",
        refused.stderr()
    );
    let passphrases = world.home.passphrases();
    let passphrases = passphrases.to_str().unwrap();
    world.asrun(&["approve", lep, "--as", "j.weiss", "--passphrase-file", passphrases], "").exits(0);
    world.asrun(&["import", lep], "").exits(0);
}

#[test]
fn two_locks_of_the_same_input_are_the_same_bytes() {
    let world = World::new();
    let [procedure, pack, policy] = authored(&world);
    let lock = |name: &str| {
        let path = world.path(name);
        let at = "2026-11-21T08:00:00.000Z";
        world
            .asrun(
                &["lock", &procedure, "--pack", &pack, "--policy", &policy, "--at", at, "-o", path.to_str().unwrap()],
                "",
            )
            .exits(0);
        std::fs::read(path).unwrap()
    };
    assert_eq!(lock("a.lep"), lock("b.lep"));
}

#[test]
fn errors_show_file_line_column_and_source_line() {
    let world = World::new();
    let [procedure, pack, policy] = authored(&world);
    let text = std::fs::read_to_string(&procedure).unwrap();
    let faults = [
        ("unit: bar            #", "unit: furlong #", "lint.unknown_unit", "furlong"),
        ("title: A procedure of my own", "title: A procedure of my own\ncolour: red", "yaml.form", "colour"),
        ("type: action", "type: action\n        gate: hold", "yaml.not_supported", "gate"),
        ("max: \"0.20\"", "max: 0.20", "yaml.form", "0.20"),
        ("title: A procedure of my own", "title: x\ntitle: y", "yaml.form", "title"),
    ];
    for (old, new, code, shown) in faults {
        assert!(text.contains(old), "{old}");
        std::fs::write(&procedure, text.replacen(old, new, 1)).unwrap();
        let out = world.asrun(&["check", &procedure, "--pack", &pack, "--policy", &policy], "").exits(1).stdout();
        assert!(out.contains(code) && out.contains(shown) && out.contains("procedure.yaml:"), "{code}\n{out}");
    }
}

#[test]
fn an_altered_package_is_refused_with_the_reason() {
    let world = World::new();
    let package = world.package("small");
    let mut bytes = std::fs::read(&package).unwrap();
    let at = bytes.windows(13).position(|w| w == b"Read pressure").unwrap();
    bytes[at] = b'L';
    std::fs::write(&package, bytes).unwrap();
    let refused = world.asrun(&["import", package.to_str().unwrap()], "").exits(1);
    assert!(refused.stderr().contains("`procedure.yaml` was altered"), "{}", refused.stderr());
    world.asrun(&["import", world.path("missing.lep").to_str().unwrap()], "").exits(4);
}

#[test]
fn a_station_takes_only_a_higher_serial_of_its_own_authority() {
    let world = World::new();
    let passphrases = world.home.passphrases();
    let passphrases = passphrases.to_str().unwrap();
    let roster = world.file("roster.yaml", world.asrun(&["roster", "show"], "").exits(0).stdout());
    let roster = roster.to_str().unwrap();
    world.asrun(&["roster", "sign", roster, "--passphrase-file", passphrases], "").exits(4);
    std::fs::write(passphrases, std::fs::read_to_string(passphrases).unwrap() + "authority demo\n").unwrap();
    world.asrun(&["roster", "sign", roster, "--passphrase-file", passphrases], "").exits(0);
    world.asrun(&["roster", "install", roster], "").exits(0);
    let again = world.asrun(&["roster", "install", roster], "").exits(1);
    assert!(again.stderr().contains("serial 2 is not higher than 2"), "{}", again.stderr());
    let signers = world.asrun(&["roster", "export", "--allowed-signers"], "").exits(0).stdout();
    assert!(signers.lines().count() == 6 && signers.contains("m.berg"), "{signers}");
}

#[test]
fn a_wrong_passphrase_and_an_unreadable_key_are_said_plainly() {
    let world = World::new();
    let [procedure, pack, policy] = authored(&world);
    let package = world.path("my.lep");
    let lep = package.to_str().unwrap();
    world.asrun(&["lock", &procedure, "--pack", &pack, "--policy", &policy, "-o", lep], "").exits(0);
    let wrong = world.file("wrong", "j.weiss nope\n");
    let refused = world
        .asrun(
            &["approve", package.to_str().unwrap(), "--as", "j.weiss", "--passphrase-file", wrong.to_str().unwrap()],
            "",
        )
        .exits(1);
    assert!(refused.stderr().contains("passphrase"), "{}", refused.stderr());
    use std::os::unix::fs::PermissionsExt as _;
    let key = world.home.keys().join("j.weiss");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let passphrases = world.home.passphrases();
    let refused = world
        .asrun(
            &[
                "approve",
                package.to_str().unwrap(),
                "--as",
                "j.weiss",
                "--passphrase-file",
                passphrases.to_str().unwrap(),
            ],
            "",
        )
        .exits(1);
    assert!(refused.stderr().contains("error:"), "{}", refused.stderr());
}

#[test]
fn the_demonstration_never_touches_a_home_that_holds_something() {
    let world = World::new();
    std::fs::remove_file(world.home.root().join("demo-site.txt")).unwrap();
    let refused = world.asrun(&["demo", "--site-only"], "").exits(4);
    assert!(refused.stderr().contains("is not empty"), "{}", refused.stderr());
}

#[test]
fn evidence_that_holds_a_secret_or_is_no_file_is_refused_at_capture() {
    let world = World::new();
    let package = world.package("small");
    world.file("key.pem", "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n");
    rustix::fs::mknodat(rustix::fs::CWD, world.path("pipe"), rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0)
        .unwrap();
    let open = crate::commands::drive::CLEAN.lines().take(3).collect::<Vec<_>>().join("\n");
    let attach = |path: &str| {
        format!(
            r#"{{"intent":"attach","as":"a.ortiz","step":"1","requirement":"photo","path":"{path}","expect":"evidence.refused"}}"#
        )
    };
    let lines = [open, attach("key.pem"), attach("pipe"), attach("nowhere")].join("\n");
    let done = world.drive(package.to_str().unwrap(), &format!("{lines}\n")).exits(0);
    assert!(done.answers()[3]["message"].as_str().unwrap().contains("key"), "{}", done.stdout());
}

#[test]
fn a_reader_that_went_away_is_no_fault() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_asrun"));
    let done = command.args(["check", "--explain", "list"]).stdout(writer).output().unwrap();
    assert_eq!((done.status.code(), String::from_utf8_lossy(&done.stderr).as_ref()), (Some(0), ""));
}
