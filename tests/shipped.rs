//! What is shipped: documents that lint, schemas that are current, scripted runs with the promised verdicts.

use crate::world::World;
use asrun::authoring::check::{Read, check};
use asrun::authoring::scaffold;
use asrun::authoring::simulate::simulate;
use asrun::kernel::documents::pack::Pack;
use asrun::kernel::documents::policy::Policy;
use asrun::kernel::documents::procedure::Procedure;
use asrun::kernel::documents::step::StepType;
use asrun::kernel::judgement::verdict::Verdict;
use asrun::kernel::model::deviation::{Class, Trigger};
use asrun::kernel::policy::first_match;
use asrun::library::lint::Weight;
use asrun::library::{read_document, schemas};
use asrun::site::shipped::{self, Shipped};
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn document(name: &str, bytes: &[u8]) -> Read {
    Read { path: PathBuf::from(name), bytes: bytes.to_vec() }
}

/// The procedure where its attachments lie beside it.
fn procedure(shipped: &Shipped) -> Read {
    let path = root().join("procedures").join(&shipped.id).join("procedure.yaml");
    Read { path, bytes: shipped.procedure.to_vec() }
}

#[test]
fn every_shipped_procedure_lints_without_errors() {
    assert!(!shipped::procedures().is_empty());
    for p in shipped::procedures() {
        let remarks = check(&procedure(&p), &document("pack", p.pack), &document("policy", p.policy), None);
        let errors: Vec<_> = remarks.iter().filter(|r| r.weight == Weight::Error).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", p.id);
    }
}

#[test]
fn what_asrun_new_writes_passes_asrun_check() {
    let texts = [scaffold::PROCEDURE, scaffold::PACK, scaffold::POLICY].map(|t| document("new", t.as_bytes()));
    let remarks = check(&texts[0], &texts[1], &texts[2], None);
    assert!(remarks.is_empty(), "{remarks:#?}");
}

#[test]
fn the_four_profiles_are_read_and_name_every_trigger() {
    for name in ["training", "routine", "quality", "safety"] {
        let bytes = std::fs::read(root().join(format!("packs/policies/{name}.yaml"))).unwrap();
        let policy: asrun::kernel::documents::policy::Policy = asrun::library::read_document(name, &bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        for trigger in asrun::kernel::model::deviation::Trigger::ALL {
            assert!(text.contains(&trigger.word()), "{name} has no row for {}", trigger.word());
        }
        assert!(policy.deviations.last().unwrap().when.matches_all());
    }
}

#[test]
fn the_schemas_are_those_of_the_types() {
    let folder = root().join("packs/schema");
    for (path, text) in schemas::all() {
        let file = folder.join(&path);
        if std::env::var_os("ASRUN_UPDATE").is_some() {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, &text).unwrap();
        }
        let found = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(found == text, "{path} is stale: run ASRUN_UPDATE=1 cargo test schemas");
    }
}

/// A line such as `verdict = "FINAL"` of an expect file.
fn value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|l| l.strip_prefix(name)?.trim_start().strip_prefix('=')).map(|v| v.trim().trim_matches('"'))
}

#[test]
fn every_scripted_run_ends_with_the_verdict_that_it_promises() {
    let world = World::new();
    // Some scripts wait for real time to pass, so they wait side by side.
    std::thread::scope(|scope| {
        for procedure in shipped::procedures() {
            for name in ["clean", "deviating", "failing"] {
                let (world, procedure) = (&world, procedure.clone());
                scope.spawn(move || ends_as_promised(world, &procedure, name));
            }
        }
    });
}

fn ends_as_promised(world: &World, procedure: &Shipped, name: &str) {
    let expect = String::from_utf8_lossy(procedure.runs[&format!("{name}.expect.toml")]).into_owned();
    let bundle = scripted(world, procedure, name);
    assert_eq!(grade(world, &bundle), value(&expect, "verdict").unwrap(), "{} {name}", procedure.id);
    for form in expect.split("[[signoff]]").skip(1) {
        sign_off(world, &bundle, form);
    }
    if let Some(after) = value(&expect, "verdict_after") {
        assert_eq!(grade(world, &bundle), after, "{} {name} after sign-off", procedure.id);
    }
}

/// Drives a scripted run to its seal and returns its bundle.
fn scripted(world: &World, procedure: &Shipped, name: &str) -> String {
    let package = world.shipped(&procedure.id);
    let script = world.home.root().join("samples").join(&procedure.id).join(format!("{name}.jsonl"));
    let paths = [package, script, world.home.passphrases()];
    let [package, script, passphrases] = [0, 1, 2].map(|i| paths[i].to_str().unwrap());
    let arguments = ["drive", package, "--script", script, "--passphrase-file", passphrases];
    let driven = world.asrun(&arguments, "").exits(0);
    driven.answers().last().unwrap()["bundle"].as_str().unwrap().to_owned()
}

fn grade(world: &World, bundle: &str) -> String {
    let authority = world.home.trust().join("authority.pub");
    let report = world.asrun(&["verify", bundle, "--trust", authority.to_str().unwrap(), "--json"], "").stdout();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    report["verdict"].as_str().unwrap().to_owned()
}

/// Signs off what a `[[signoff]]` form of an expect file names.
fn sign_off(world: &World, bundle: &str, form: &str) {
    let [person, subject, decision] = ["as", "subject", "decision"].map(|name| value(form, name).unwrap());
    let what = ["signoff", bundle, "--as", person, "--subject", subject, "--decision", decision];
    let passphrases = world.home.passphrases();
    let comment = ["--comment", "Read in full.", "--passphrase-file", passphrases.to_str().unwrap()];
    world.asrun(&[what.as_slice(), &comment].concat(), "").exits(0);
}

#[test]
fn every_shipped_procedure_reaches_every_step_and_every_verdict() {
    std::thread::scope(|scope| {
        for p in shipped::procedures() {
            scope.spawn(move || reaches_everything(&p));
        }
    });
}

fn reaches_everything(p: &Shipped) {
    let procedure: Procedure = read_document("procedure", p.procedure).unwrap();
    let pack: Pack = read_document("pack", p.pack).unwrap();
    let policy: Policy = read_document("policy", p.policy).unwrap();
    let found = simulate(&procedure, &pack, &policy, None).unwrap();
    assert!(found.unreached.is_empty() && found.stuck.is_empty() && found.cut.is_none(), "{}: {found:#?}", p.id);
    let verdicts: Vec<Verdict> = found.ways.iter().map(|w| w.verdict).collect();
    assert_eq!(verdicts, [Verdict::Final, Verdict::Provisional, Verdict::Fail], "{}", p.id);
}

/// Trigger, step, and what training, routine, quality and safety make of it: block, review or allow.
const MATRIX: &[(Trigger, At, &str)] = &[
    (Trigger::WrongComponent, At::Step, "bbbb"),
    (Trigger::HoldBypassed, At::Step, "bbbb"),
    (Trigger::OutOfLimit, At::Critical, "rrbb"),
    (Trigger::OutOfLimit, At::Step, "arrr"),
    (Trigger::ManualNa, At::Step, "aarr"),
    (Trigger::ManualNa, At::Critical, "  rb"),
    (Trigger::Skipped, At::Step, "arrb"),
    (Trigger::Skipped, At::Critical, "bbbb"),
    (Trigger::Skipped, At::Hold, "bbbb"),
    (Trigger::OutOfOrder, At::Step, "arrb"),
    (Trigger::VerificationMismatch, At::Step, "rrrb"),
    (Trigger::InstrumentExpired, At::Step, "arrb"),
    (Trigger::EvidenceMissing, At::Step, "arrb"),
    (Trigger::EvidenceMissing, At::Critical, "  rb"),
    (Trigger::EvidenceSubstituted, At::Step, "   r"),
    (Trigger::LateEntry, At::Step, "aarr"),
    (Trigger::EntryCorrectedAfterSignoff, At::Step, "aarr"),
    (Trigger::Abort, At::Step, "arrr"),
    (Trigger::EmergencyDeparture, At::Step, "rrrr"),
    (Trigger::Abort, At::Critical, "  rr"),
    (Trigger::SupersededPackage, At::Step, "rbbb"),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    Step,
    Critical,
    Hold,
}

#[test]
fn the_four_profiles_rule_as_their_matrix_says_and_never_block_the_way_to_safety() {
    let mut faults = Vec::new();
    for (column, name) in ["training", "routine", "quality", "safety"].into_iter().enumerate() {
        let bytes = std::fs::read(root().join(format!("packs/policies/{name}.yaml"))).unwrap();
        let policy: asrun::kernel::documents::policy::Policy = asrun::library::read_document(name, &bytes).unwrap();
        for (trigger, at, row) in MATRIX {
            let critical = *at == At::Critical;
            let class = if critical { Class::Major } else { Class::Minor };
            let kind = if *at == At::Hold { StepType::Hold } else { StepType::Action };
            let rule = first_match(&policy, *trigger, critical, class, Some(kind)).unwrap();
            let wanted = row.as_bytes()[column] as char;
            if wanted != ' ' && !rule.outcome.word().starts_with(wanted) {
                faults.push(format!("{name}: {trigger:?} {at:?}: {} in place of {wanted}", rule.outcome.word()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
