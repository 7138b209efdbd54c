//! A kill and a fault at every step of the commands that write beside a run: sign-off, export, import, roster, key, lock,
//! approve, new, demo, request, answer, archive; and of a redaction, which takes bytes away.

mod documents;
mod of_runs;

use super::every_step::verifies;
use super::stage::{Accident, EINTR, accidents, disk, driven, lines, prepared, steps, the_run};
use crate::world::World;
use asrun::bundle::{self, Source};
use asrun::countersign;
use asrun::disk::{Disk, Fault};
use asrun::kernel::model::name::Identifier;
use asrun::kernel::records::sign_off::Decision;
use asrun::keys::{Cost, KeyFolder};
use asrun::session::{Clock as _, HostClock, installed_roster};
use asrun::site::{demo, roster};
use asrun::verify::{Anchors, judge};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// What is done on a disk, and what must be so afterwards, whether or not it was said to be done.
struct Scene {
    name: &'static str,
    world: World,
    act: fn(&World, &Disk) -> Result<(), String>,
    /// Whether it is done; panics where something lies there that is neither done nor undone.
    done: fn(&World) -> bool,
    /// Of so many of its accidents every build takes one: long ways repeat themselves.
    one_of: usize,
}

impl Scene {
    fn suffers(&self, n: usize, accident: Accident) {
        let what = format!("{}: {accident:?} at step {n}", self.name);
        let world = self.world.twin();
        let said = (self.act)(&world, &disk(n, accident).0);
        let harmless = matches!(accident, Accident::Fails(Fault::Short | EINTR));
        assert!(!harmless || said.is_ok(), "{what}: nobody needs to know of it: {said:?}");
        let done = (self.done)(&world);
        assert!(done || said.is_err(), "{what}: said, and not done");
        // Done but not said: doing it again may say that it is there.
        let again = (self.act)(&world, &Disk::new());
        assert!(done || again.is_ok(), "{what}: then {again:?}");
        assert!((self.done)(&world), "{what}: it does not go on");
    }
}

/// A sealed run in a folder `elsewhere` beside the home, and as `run.proof`.
fn sealed() -> World {
    let (world, package) = prepared();
    let (answers, ended) = driven(&world, &Disk::new(), package.to_str().unwrap(), &lines());
    assert!(ended.is_none(), "{answers:?} {ended:?}");
    let run = world.home.run(&the_run(&world).unwrap());
    bundle::export(&run.dir, &world.path("run.proof"), &Disk::new()).unwrap();
    std::fs::rename(&run.dir, world.path("elsewhere")).unwrap();
    world
}

pub fn signed_off(world: &World, bundle: &Path, disk: &Disk) -> Result<(), String> {
    let judged = judge(&Source::open(bundle).unwrap(), &Anchors::none(), None).unwrap();
    let intact = judged.intact().unwrap();
    let wish = countersign::Wish {
        person: "m.berg".parse().unwrap(),
        role: None,
        decision: Decision::Approve,
        meaning: None,
        subject: None,
        comment: Some("read".into()),
        final_class: None,
    };
    let key = || KeyFolder::new(world.home.keys()).open(&"m.berg".parse().unwrap(), demo::PASSPHRASE);
    let added = countersign::sign_off((bundle, &intact), wish, HostClock::new().now().time, key, disk);
    added.map(drop).map_err(|error| format!("{error:?}"))
}

/// Whether a bundle bears a sign-off that counts; it verifies in any case.
pub fn bears_one(bundle: &Path) -> bool {
    assert!(verifies(bundle), "an interrupted sign-off spoils the bundle");
    let judged = judge(&Source::open(bundle).unwrap(), &Anchors::none(), None).unwrap();
    judged.signoffs.iter().any(|s| s.counted)
}

/// Whether a bundle is there; a half one must not be.
pub fn there(bundle: &Path) -> bool {
    let there = bundle.symlink_metadata().is_ok();
    assert!(!there || verifies(bundle), "half a bundle got its name");
    there
}

pub fn copied(world: &World) -> PathBuf {
    world.home.runs().join("01KB00000000000000000000AA")
}

pub fn import(world: &World, disk: &Disk) -> Result<(), String> {
    let source = Source::open(&world.path("run.proof")).unwrap();
    let unpacked = bundle::unpack(&source, &copied(world), disk).map_err(|e| format!("{e:?}"))?;
    asrun::verify::standing(&unpacked.source().map_err(|e| format!("{e:?}"))?).map_err(|e| e.to_string())?;
    unpacked.keep().map(drop).map_err(|e| format!("{e:?}"))
}

pub fn newer_roster(world: &World, disk: &Disk) -> Result<(), String> {
    let text = std::fs::read_to_string(world.path("2.yaml")).unwrap();
    let signature = std::fs::read(world.path("2.yaml.sig")).unwrap();
    roster::install(&world.home, text.as_bytes(), &signature, disk).map(drop).map_err(|e| format!("{e:?}"))
}

/// Lays a signed newer roster beside the home.
pub fn with_newer_roster(world: &World) {
    let authority = KeyFolder::new(world.home.keys()).open(&"authority".parse().unwrap(), demo::PASSPHRASE).unwrap();
    let text = std::fs::read_to_string(world.home.rosters().join("1.yaml")).unwrap();
    let (text, signature) = roster::sign(&world.home, &text, &authority).unwrap();
    world.file("2.yaml", text);
    world.file("2.yaml.sig", signature);
}

fn roster_world() -> World {
    let world = World::new();
    with_newer_roster(&world);
    world
}

/// A station that was never given a roster: the first one brings its authority along.
fn bare_world() -> World {
    let world = roster_world();
    for folder in [world.home.rosters(), world.home.trust()] {
        std::fs::remove_dir_all(folder).unwrap();
    }
    world
}

fn name() -> Identifier {
    "n.new".parse().unwrap()
}

fn scenes() -> Vec<Scene> {
    vec![
        Scene {
            name: "sign-off in a folder",
            world: sealed(),
            act: |world, disk| signed_off(world, &world.path("elsewhere"), disk),
            done: |world| bears_one(&world.path("elsewhere")),
            one_of: 1,
        },
        Scene {
            name: "sign-off in a file",
            world: sealed(),
            act: |world, disk| signed_off(world, &world.path("run.proof"), disk),
            done: |world| bears_one(&world.path("run.proof")),
            one_of: 1,
        },
        Scene {
            name: "export",
            world: sealed(),
            act: |world, disk| {
                let exported = bundle::export(&world.path("elsewhere"), &world.path("x.proof"), disk);
                exported.map(drop).map_err(|e| format!("{e:?}"))
            },
            done: |world| there(&world.path("x.proof")),
            one_of: 1,
        },
        Scene { name: "import", world: sealed(), act: import, done: |world| there(&copied(world)), one_of: 2 },
        Scene {
            name: "a newer roster",
            world: roster_world(),
            act: newer_roster,
            done: |world| installed_roster(&world.home).unwrap().0.serial == 2,
            one_of: 1,
        },
        Scene {
            name: "the first roster",
            world: bare_world(),
            act: newer_roster,
            done: |world| installed_roster(&world.home).is_ok_and(|(roster, ..)| roster.serial == 2),
            one_of: 1,
        },
        Scene {
            name: "a key",
            world: World::new(),
            act: |world, disk| {
                let folder = KeyFolder::new(world.path("keys")).on(disk.clone());
                folder.create(&name(), "secret", Cost::Lowest).map(drop).map_err(|e| format!("{e:?}"))
            },
            done: |world| {
                let folder = KeyFolder::new(world.path("keys"));
                let there = folder.dir().join("n.new").exists();
                assert!(!there || folder.open(&name(), "secret").is_ok(), "half a key got its name");
                there
            },
            one_of: 1,
        },
    ]
}

#[test]
fn a_kill_or_a_fault_at_any_step_of_a_command_leaves_it_done_or_undone_and_it_can_be_done_again() {
    let everything = std::env::var_os("ASRUN_FAULTS_EVERY").is_some();
    for scene in [scenes(), documents::scenes(), of_runs::scenes()].into_iter().flatten() {
        let twin = scene.world.twin();
        let steps = steps(|disk| (scene.act)(&twin, disk).unwrap());
        let mut all = accidents(steps);
        if !everything {
            all = all.into_iter().step_by(scene.one_of).collect();
        }
        println!("{}: {steps} steps, {} accidents", scene.name, all.len());
        all.par_iter().for_each(|(n, accident)| scene.suffers(*n, *accident));
    }
}
