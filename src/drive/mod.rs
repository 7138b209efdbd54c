//! The same session without a screen: one JSON intent a line in, one JSON answer a line out (FORMAT.md §10).

mod driven;
mod language;
mod trouble;

pub use language::{DriveIntent, Entered};

use crate::kernel::model::name::{PersonId, RunId, StepId};
use crate::kernel::records::record::MAX_LINE;
use crate::kernel::run::Run;
use crate::kernel::text::harmless;
use crate::session::{Accepted, Material, Session, StartError, Station, SubmitError};
use crate::telling::outstanding::outstanding;
use crate::verify::Judges;
use driven::Driven;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Write};
use std::path::PathBuf;

/// Where the driven run comes from.
pub enum Start {
    /// A package; the first intent opens the run.
    Package(Box<Material>),
    /// A run of this home that is taken up again.
    Run(RunId),
}

/// What a driver brings along.
pub struct Driver {
    /// The machine.
    pub station: Station,
    /// What opens each person's key.
    pub passphrases: BTreeMap<PersonId, String>,
    /// Relative evidence paths start here.
    pub folder: PathBuf,
    /// Who grades bundles, before they are named and before they are sealed.
    pub judges: Judges,
}

/// Reads intents and answers each; returns whether every answer was as wanted.
///
/// # Errors
/// When a run cannot be taken up, or the pipes fail.
pub fn drive(
    driver: &Driver,
    start: Start,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> Result<bool, DriveError> {
    let mut driven = match start {
        Start::Package(material) => {
            Driven { driver, material: Some(*material), session: None, whole: true, told: Vec::new() }
        }
        Start::Run(id) => {
            let session = Session::resume(driver.station.clone(), &id)?;
            Driven { driver, material: None, told: session.told(), whole: true, session: Some(session) }
        }
    };
    let mut all_well = true;
    let mut line = Vec::new();
    while next_line(input, &mut line)? {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let (answer, well) = driven.answer(&line);
        all_well &= well;
        let answer = serde_json::to_string(&answer).map_err(io::Error::from)? + "\n";
        output.write_all(harmless(&answer, true).as_bytes())?;
        output.flush()?;
    }
    if let Some(session) = &mut driven.session {
        session.end().map_err(Box::new)?;
    }
    Ok(all_well)
}

/// Why a drive could not begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// The run cannot be taken up.
    #[error("the run cannot be driven")]
    Start(#[from] StartError),
    /// A pipe failed.
    #[error("reading intents or writing answers failed")]
    Pipe(#[from] io::Error),
    /// The sessions could not be locked at the end.
    #[error("the sessions could not be locked at the end")]
    End(#[from] Box<SubmitError>),
}

/// Reads one line, never more than a journal line may hold; the rest of a longer one is passed over.
fn next_line(mut input: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let read = (&mut input).take(MAX_LINE as u64 + 1).read_until(b'\n', line)?;
    if line.len() > MAX_LINE && line.last() != Some(&b'\n') {
        pass_over(input)?;
    }
    Ok(read > 0)
}

fn pass_over(input: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let available = input.fill_buf()?;
        let (used, done) = match available.iter().position(|b| *b == b'\n') {
            Some(end) => (end + 1, true),
            None => (available.len(), available.is_empty()),
        };
        input.consume(used);
        if done {
            return Ok(());
        }
    }
}

/// Returns where the run stands, with nothing in it that anybody observed: a blind verifier may read it. Of steps and
/// deviations those that changed, or all.
#[must_use]
pub fn brief(run: &Run, changed: Option<&Accepted>) -> Value {
    let state = |id: &StepId| Some((id.to_string(), run.step(id)?.state.word()));
    let steps: BTreeMap<String, &str> = match changed {
        Some(accepted) => accepted.steps.iter().filter_map(state).collect(),
        None => run.plan().procedure.steps().filter_map(|step| state(&step.id)).collect(),
    };
    let ready: Vec<&str> = run.frontier().iter().map(|s| s.id.as_str()).collect();
    let active = run.active();
    let wanted = run.deviations().iter().filter(|d| changed.is_none_or(|accepted| accepted.deviations.contains(&d.id)));
    let deviations: BTreeMap<&str, &str> = wanted.map(|d| (d.id.as_str(), d.ruling.outcome.word())).collect();
    json!({
        "run": run.id(),
        "seq": run.seq(),
        "phase": run.phase(),
        "ready": ready,
        "active": active.map(|s| &s.id),
        "outstanding": active.zip(run.last()).map(|(s, last)| outstanding(run, &s.id, last)),
        "pending": run.pending().iter().map(|p| p.trigger).collect::<Vec<_>>(),
        "deviations": deviations,
        "steps": steps,
        "whole": changed.is_none(),
    })
}
