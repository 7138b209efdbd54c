//! The runs of a home, for lists: read without a lock, nothing changed.

use super::Material;
use super::resume::fold;
use crate::kernel::model::event::Mode;
use crate::kernel::model::name::{PersonId, RunId};
use crate::kernel::model::time::Timestamp;
use crate::kernel::run::{Phase, Run};
use crate::store::{Home, RunPaths, read_lines};
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
    /// Why it cannot be read, where it cannot.
    pub trouble: Option<String>,
}

/// Lists the runs of a home, the newest first. What cannot be read stands there with its reason.
#[must_use]
pub fn list(home: &Home) -> Vec<RunSummary> {
    let mut ids: Vec<RunId> = std::fs::read_dir(home.runs())
        .map(|entries| entries.flatten().filter_map(|e| e.file_name().to_str()?.parse().ok()).collect())
        .unwrap_or_default();
    ids.sort();
    ids.into_iter().rev().map(|id| summary(home, id)).collect()
}

fn summary(home: &Home, id: RunId) -> RunSummary {
    let paths = home.run(&id);
    let (run, trouble) = match read(&paths, &id) {
        Ok(run) => (Some(run), None),
        Err(reason) => (None, Some(reason)),
    };
    let opened = run.as_ref().and_then(|r| r.opened());
    let needed: Vec<_> = run.iter().flat_map(|r| r.needed_steps().map(|s| r.is_closed(&s.id))).collect();
    RunSummary {
        procedure: run
            .as_ref()
            .map(|r| format!("{}-{}", r.plan().manifest.id, r.plan().manifest.revision))
            .unwrap_or_default(),
        title: run.as_ref().map(|r| r.plan().procedure.title.clone()).unwrap_or_default(),
        opened_by: opened.and_then(|(data, _)| data.crew.first()).map(|b| b.person.clone()),
        opened: opened.map(|(_, at)| *at),
        mode: run.as_ref().and_then(Run::mode),
        phase: run.as_ref().map_or(Phase::Draft, Run::phase),
        sealed: paths.receipt().is_file(),
        records: run.as_ref().map_or(0, Run::seq),
        deviations: run.as_ref().map_or(0, |r| r.deviations().len()),
        files: run.as_ref().map_or(0, |r| r.evidence().len()),
        steps: (needed.iter().filter(|closed| **closed).count(), needed.len()),
        trouble,
        dir: paths.dir,
        id,
    }
}

/// Folds the journal of a run that lies in a home, without a lock and without changing anything.
///
/// # Errors
/// Why it cannot be read, in words.
pub fn read(paths: &RunPaths, id: &RunId) -> Result<Run, String> {
    let material = Material::of_run(paths).map_err(|e| e.to_string())?;
    let lines = read_lines(paths).map_err(|e| e.to_string())?;
    let draft = Run::draft(material.plan, material.roster, id.clone());
    fold(draft, &lines.whole).map_err(|(seq, reason)| format!("record {seq}: {reason}"))
}
