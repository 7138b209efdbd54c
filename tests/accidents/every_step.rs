//! A kill and a fault at every step that opening, recording, capturing, closing and sealing take on the disk.

use super::stage::{Accident, EINTR, accidents, acknowledged, disk, driven, journal, lines, prepared, steps, the_run};
use crate::world::World;
use asrun::bundle::Source;
use asrun::disk::{Disk, Fault};
use rayon::prelude::*;
use serde_json::json;
use std::ops::Range;
use std::path::Path;

/// Lines of the small run, and what they are called here.
const SCENES: [(&str, Range<usize>); 5] =
    [("open", 0..1), ("append", 1..3), ("capture", 3..4), ("close", 12..13), ("seal", 13..14)];

/// The small run before a scene, ready to be done over and over.
struct Scene {
    name: &'static str,
    world: World,
    /// The package, or the run once there is one.
    start: String,
    lines: Vec<String>,
    rest: Vec<String>,
}

impl Scene {
    fn new((name, range): (&'static str, Range<usize>)) -> Self {
        let (world, package) = prepared();
        let all = lines();
        assert_eq!(all.len(), 14, "the small run has other lines now: name the scenes anew");
        let (done, ended) = driven(&world, &Disk::new(), package.to_str().unwrap(), &all[..range.start]);
        assert!(ended.is_none() && done.len() == range.start, "{name}: {ended:?}");
        let start = the_run(&world).map_or_else(|| "small.lep".to_owned(), |run| run.to_string());
        Self { name, world, start, lines: all[range.clone()].to_vec(), rest: all[range.end..].to_vec() }
    }

    fn start(&self, world: &World) -> String {
        if self.start.ends_with(".lep") { world.path(&self.start).display().to_string() } else { self.start.clone() }
    }

    fn steps(&self) -> usize {
        let world = self.world.twin();
        steps(|disk| drop(driven(&world, disk, &self.start(&world), &self.lines)))
    }

    /// Lets the accident happen at step `n` and asks the three questions.
    fn suffers(&self, n: usize, accident: Accident) {
        let what = format!("{}: {accident:?} at step {n}", self.name);
        let world = self.world.twin();
        let (answers, _) = driven(&world, &disk(n, accident).0, &self.start(&world), &self.lines);
        let harmless = matches!(accident, Accident::Fails(Fault::Short | EINTR));
        let all_well = answers.len() == self.lines.len() && answers.iter().all(|answer| answer["ok"] == true);
        assert!(!harmless || all_well, "{what}: nobody needs to know of it: {answers:?}");
        let said = acknowledged(&answers);
        let there = the_run(&world).map_or(0, |run| journal(&world, &run).len() as u64);
        assert!(there >= said, "{what}: {said} were said, {there} are there");
        let sealed = answers.iter().any(|answer| answer.get("bundle").is_some());
        assert!(!sealed || stands(&world), "{what}: what was said to be sealed does not verify");
        self.goes_on(&world, &what);
    }

    /// Takes the run up again on a disk that is well, and brings it to the sealed bundle.
    fn goes_on(&self, world: &World, what: &str) {
        let Some(run) = the_run(world) else {
            let package = world.path("small.lep").display().to_string();
            let (answers, ended) = driven(world, &Disk::new(), &package, &lines());
            assert!(ended.is_none() && answers.last().unwrap()["ok"] == true, "{what}: {answers:?} {ended:?}");
            return assert!(stands(world), "{what}");
        };
        if world.home.run(&run).receipt().is_file() {
            return assert!(stands(world), "{what}");
        }
        let closed = journal(world, &run).last().is_some_and(|line| line["record"]["kind"] == "run.closed");
        let performer = journal(world, &run)[0]["record"]["actor"].clone();
        let note = json!({"intent": "note", "as": performer, "text": "taken up again"}).to_string();
        let resume = json!({"intent": "resume", "as": performer}).to_string();
        let begun = if closed { vec![] } else { vec![note, resume] };
        // The act that met the accident may have been done: then it is refused now, and whatever follows is not.
        let seal = lines().pop().unwrap();
        let again: Vec<String> = [&begun[..], &self.lines, &self.rest, std::slice::from_ref(&seal)].concat();
        let (answers, ended) = driven(world, &Disk::new(), run.as_str(), &again);
        assert!(ended.is_none(), "{what}: {ended:?}");
        assert!(closed || answers[0]["ok"] == true, "{what}: {}", answers[0]);
        for (answer, line) in answers[begun.len() + self.lines.len()..].iter().zip(&self.rest) {
            let wanted = !line.contains("\"expect\"");
            assert!(closed || answer["ok"] == wanted, "{what}: then {line} was answered {answer}");
        }
        assert!(stands(world), "{what}: {answers:?}");
    }
}

/// Tells whether the run of this world is a bundle that verifies.
fn stands(world: &World) -> bool {
    let run = the_run(world).unwrap();
    verifies(&world.home.run(&run).dir)
}

pub fn verifies(bundle: &Path) -> bool {
    Source::open(bundle).is_ok_and(|source| asrun::verify::standing(&source).is_ok())
}

#[test]
fn a_kill_or_a_fault_at_any_step_says_nothing_false_loses_nothing_and_the_run_goes_on() {
    for scene in SCENES.map(Scene::new) {
        let steps = scene.steps();
        let accidents = accidents(steps);
        println!("{}: {steps} steps, {} accidents", scene.name, accidents.len());
        assert!(steps > 2, "{}: the disk was not asked", scene.name);
        accidents.par_iter().for_each(|(n, accident)| scene.suffers(*n, *accident));
    }
}
