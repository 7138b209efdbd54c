//! The runs of a home, for lists: read without a lock, nothing of a run changed.
//!
//! What a run came to is kept in the cache of the home under everything that it was made from: the facts of every file that
//! a list looks at, and what the station remembers. A list is no verdict; whoever opens a run reads it.

use super::health::{Depth, Health, known, look};
use crate::kernel::model::name::{PersonId, RunId};
use crate::kernel::model::opening::Mode;
use crate::kernel::model::time::Timestamp;
use crate::kernel::run::{Phase, Run};
use crate::store::{Cache, Disk, Home, Key, Memory, RunPaths, Sighting};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One run of the home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunSummary {
    /// Its id.
    pub id: RunId,
    /// Where it lies.
    #[serde(skip)]
    pub dir: PathBuf,
    /// Procedure and revision.
    pub procedure: String,
    /// Title of the procedure.
    pub title: String,
    /// Who opened it.
    pub opened_by: Option<PersonId>,
    /// When.
    pub opened: Option<Timestamp>,
    /// The moment of its last record.
    pub last: Option<Timestamp>,
    /// Live or training.
    pub mode: Option<Mode>,
    /// Where it stands.
    pub phase: Phase,
    /// Whether the receipt is written.
    pub sealed: bool,
    /// Records.
    pub records: u64,
    /// Deviations.
    pub deviations: usize,
    /// Files.
    pub files: usize,
    /// Closed and all steps that are needed.
    pub steps: (usize, usize),
    /// Whether it is what was recorded.
    pub health: Health,
}

/// Lists the runs of a home, the newest first, those too that are remembered and not here any more.
#[must_use]
pub fn list(home: &Home, depth: Depth) -> Vec<RunSummary> {
    let (memory, cache) = (Memory::read(home), Cache::of(home, &Disk::new()));
    let ids: Vec<RunId> = known(home, &memory).into_iter().rev().collect();
    let program = Key::of_program();
    let summary = |id: RunId| match depth {
        Depth::Names => kept(home, id, &memory, (&cache, program.clone())),
        Depth::Records | Depth::Bytes => summary(home, id, &memory, depth),
    };
    ids.into_par_iter().map(summary).collect()
}

/// What is kept of a run that nothing happened to since, or what it is now.
fn kept(home: &Home, id: RunId, memory: &Memory, (cache, mut key): (&Cache, Key)) -> RunSummary {
    let (paths, name) = (home.run(&id), id.to_string());
    // Before anything is read: what changes meanwhile changes the key of the next list.
    made_from(&paths, memory.of(&id), &mut key);
    match cache.get::<RunSummary>(&name, &key).filter(|kept| kept.id == id) {
        Some(kept) => RunSummary { dir: paths.dir, ..kept },
        None => {
            let summary = summary(home, id, memory, Depth::Names);
            cache.put(&name, &key, &summary);
            summary
        }
    }
}

/// Everything that a summary is made from beside the program.
fn made_from(paths: &RunPaths, seen: &[Sighting], key: &mut Key) {
    for file in [paths.journal(), paths.package(), paths.receipt(), paths.head(), paths.rescued()] {
        key.file(&file);
    }
    for folder in [paths.rosters(), paths.evidence(), paths.recovered()] {
        key.folder(&folder);
    }
    for sighting in seen {
        let Sighting { at, head, occasion, records, seal, .. } = sighting;
        key.says(&format!("{at} {head} {occasion:?} {records} {seal:?}"));
    }
}

fn summary(home: &Home, id: RunId, memory: &Memory, depth: Depth) -> RunSummary {
    let paths = home.run(&id);
    let reading = look(home, &id, memory, depth);
    let run = reading.run;
    let opened = run.as_ref().and_then(|r| r.opened());
    let needed: Vec<_> = run.iter().flat_map(|r| r.needed_steps().map(|s| r.is_closed(&s.id))).collect();
    RunSummary {
        procedure: run
            .as_ref()
            .map(|r| format!("{}-{}", r.plan().manifest.id, r.plan().manifest.revision))
            .unwrap_or_default(),
        title: run.as_ref().map(|r| r.plan().procedure.title.clone()).unwrap_or_default(),
        opened_by: opened.and_then(|(data, _)| data.crew.first()).map(|b| b.person.clone()),
        last: run.as_ref().and_then(Run::last).map(|last| last.time),
        opened: opened.map(|(_, at)| at),
        mode: run.as_ref().and_then(Run::mode),
        phase: run.as_ref().map_or(Phase::Draft, Run::phase),
        sealed: paths.receipt().is_file(),
        records: reading.held,
        deviations: run.as_ref().map_or(0, |r| r.deviations().len()),
        files: run.as_ref().map_or(0, |r| r.evidence().len()),
        steps: (needed.iter().filter(|closed| **closed).count(), needed.len()),
        health: reading.health,
        dir: paths.dir,
        id,
    }
}
