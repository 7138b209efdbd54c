//! The runs of a home, for lists: read without a lock, nothing changed.

use super::health::{Depth, Health, known, look};
use crate::kernel::model::name::{PersonId, RunId};
use crate::kernel::model::opening::Mode;
use crate::kernel::model::time::Timestamp;
use crate::kernel::run::{Phase, Run};
use crate::store::{Home, Memory};
use std::path::PathBuf;

/// One run of the home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSummary {
    /// Its id.
    pub id: RunId,
    /// Where it lies.
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
    let memory = Memory::read(home);
    known(home, &memory).into_iter().rev().map(|id| summary(home, id, &memory, depth)).collect()
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
