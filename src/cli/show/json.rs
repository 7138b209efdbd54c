//! What is known of a run as JSON: one object, read-only, of an open, closed, sealed or archived run.

use super::page::Shown;
use crate::cli::runs::health;
use crate::kernel::run::Run;
use crate::telling;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Returns everything that is known of a run (FORMAT.md §10, Show). `run` stands after the records that are meant.
#[must_use]
pub(in crate::cli) fn state(shown: &Shown, run: Option<&Run>) -> Value {
    let signoffs: Vec<_> = shown
        .signoffs
        .iter()
        .map(|s| json!({"counted": s.counted, "path": s.path, "statement": s.statement}))
        .collect();
    json!({
        "archived": shown.archived,
        "format": "asrun.shown.v1",
        "head": run.map(Run::head),
        "health": shown.health.as_ref().map(health),
        "outstanding": run.map(outstanding),
        "records": run.map_or(shown.records.len() as u64, Run::seq),
        "run": run.map(Run::id),
        "sealed": shown.report.is_some(),
        "signoffs": signoffs,
        "state": run.and_then(Run::state_file),
        "verdict": shown.report,
    })
}

/// What is left to do at each step that is begun or whose turn it is, as of the last record.
fn outstanding(run: &Run) -> BTreeMap<String, Vec<String>> {
    let Some(last) = run.last() else { return BTreeMap::new() };
    let active = run.active().into_iter().chain(run.frontier());
    active.map(|step| (step.id.to_string(), telling::outstanding::outstanding(run, &step.id, last))).collect()
}
