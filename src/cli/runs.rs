//! `asrun runs`: the runs of this home.

use super::output::{CliError, Exit};
use crate::kernel::text::{counted, escape};
use crate::session::archive::{Archived, archived};
use crate::session::health::{Depth, Health};
use crate::session::runs::{RunSummary, list};
use crate::store::Home;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print one JSON object a line
    #[arg(long)]
    pub(super) json: bool,
}

/// Carries the command out.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    let runs = list(home, Depth::Names);
    if runs.is_empty() && !args.json {
        talk!("no runs in {}", home.runs().display());
    }
    for run in &runs {
        say!("{}", if args.json { json(run) } else { line(run) });
    }
    for run in &archived(home) {
        say!("{}", if args.json { archived_json(run) } else { archived_line(run) });
    }
    Ok(Exit::Success)
}

fn standing(run: &RunSummary) -> &'static str {
    if run.sealed { "sealed" } else { run.phase.word() }
}

fn line(run: &RunSummary) -> String {
    let health = &run.health;
    if run.procedure.is_empty() {
        return format!("{}  {}", run.id, escape(&health.words()));
    }
    let unwell = if health.is_well() { String::new() } else { format!("  {}", escape(&health.words())) };
    let opened = run.opened.map(|at| at.minute() + " UTC").unwrap_or_default();
    let by = run.opened_by.as_ref().map(ToString::to_string).unwrap_or_default();
    let (closed, needed) = run.steps;
    format!(
        "{}  {opened}  {:<12} {:<24} {by:<12} {closed}/{needed} steps  {}  {}{unwell}",
        run.id,
        standing(run),
        run.procedure,
        counted(run.deviations, "deviation", "deviations"),
        counted(run.files, "file", "files")
    )
}

fn archived_line(run: &Archived) -> String {
    format!("{}  {}", run.manifest.run, escape(&run.words()))
}

fn archived_json(run: &Archived) -> String {
    serde_json::json!({
        "run": run.manifest.run,
        "state": "archived",
        "archived": run.manifest,
        "manifest": run.digest,
        "fault": run.fault,
        "words": run.words(),
        "folder": run.dir,
    })
    .to_string()
}

fn json(run: &RunSummary) -> String {
    serde_json::json!({
        "run": run.id,
        "procedure": run.procedure,
        "opened": run.opened,
        "opened_by": run.opened_by,
        "mode": run.mode,
        "state": standing(run),
        "records": run.records,
        "deviations": run.deviations,
        "files": run.files,
        "steps_closed": run.steps.0,
        "steps": run.steps.1,
        "health": health(&run.health),
        "folder": run.dir,
    })
    .to_string()
}

/// The health of a run as JSON: its members, and the words that every door prints.
pub(super) fn health(health: &Health) -> serde_json::Value {
    let mut value = serde_json::json!(health);
    value["words"] = health.words().into();
    value
}
