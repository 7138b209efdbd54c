//! What can go otherwise at a step, and how the work may go on then.

use super::values;
use crate::kernel::documents::step::{Step, StepType};
use crate::kernel::model::deviation::ProcessDisposition;
use crate::kernel::model::input::InputType;
use crate::kernel::model::name::{OptionId, StepId, Variable};
use crate::kernel::run::Run;

/// What goes otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// An entry that fails: input, column, as keyed.
    Entry(Variable, Option<Variable>, String),
    /// The result of a check is fail.
    Fail,
    /// An option that fails is taken.
    Option(OptionId),
    /// The step cannot be done.
    Cannot,
    /// The step is left out.
    Skip,
    /// The step is marked not applicable.
    NotApplicable,
    /// The run is aborted.
    Abort,
    /// A watch sees something wrong: which, and what is read.
    Breach(Variable, Option<String>),
}

/// One departure with the way on that is tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Departure {
    pub(super) step: StepId,
    pub(super) what: What,
    pub(super) way: ProcessDisposition,
}

impl Departure {
    pub(super) fn words(&self) -> String {
        let what = match &self.what {
            What::Entry(input, None, raw) => format!("{input} is {raw}"),
            What::Entry(input, Some(column), raw) => format!("{input} {column} is {raw}"),
            What::Fail => "result is fail".into(),
            What::Option(option) => format!("decision is {option}"),
            What::Cannot => "cannot be done".into(),
            What::Skip => return format!("skip {}", self.step),
            What::NotApplicable => return format!("{} marked not applicable", self.step),
            What::Breach(watch, _) => return format!("{watch} breached before {}, {}", self.step, self.way.word()),
            What::Abort => return format!("abort at {}", self.step),
        };
        format!("{} {what}, {}", self.step, self.way.word())
    }
}

/// Every departure that is tried at a step.
pub(super) fn at(run: &Run, id: &StepId) -> Vec<Departure> {
    let Some(step) = run.authored(id) else { return Vec::new() };
    let mut all = Vec::new();
    let mut add = |what: What, ways: &[ProcessDisposition]| {
        all.extend(ways.iter().map(|way| Departure { step: id.clone(), what: what.clone(), way: *way }));
    };
    let mut ways = vec![ProcessDisposition::Continue, ProcessDisposition::Redo];
    if !step.alternatives.is_empty() || step.on_fail.is_some() {
        ways.push(ProcessDisposition::Alternative);
    }
    entries(run, step).into_iter().for_each(|what| add(what, &ways));
    if step.kind.has_result() {
        add(What::Fail, &ways);
    }
    ways.push(ProcessDisposition::BackOut);
    add(What::Cannot, &ways);
    add(What::Skip, &[ProcessDisposition::Skip]);
    if step.not_applicable.allowed {
        add(What::NotApplicable, &[ProcessDisposition::NotApplicable]);
    }
    add(What::Abort, &[ProcessDisposition::BackOut]);
    for what in breaches(run, id) {
        add(what, &[ProcessDisposition::Continue, ProcessDisposition::Alternative]);
    }
    all
}

/// Watches that are looked at before this step: those that end with it, else begin with it, else the run's first.
fn breaches(run: &Run, id: &StepId) -> Vec<What> {
    let procedure = &run.plan().procedure;
    let first = procedure.steps().next().map(|s| &s.id);
    let here = procedure.watches.iter().filter(|w| w.until.as_ref().or(w.from.as_ref()).or(first) == Some(id));
    let seen = here.map(|w| match &w.input {
        Some(input) => values::failing(run, input).into_iter().next().map(|raw| What::Breach(w.id.clone(), Some(raw))),
        None => Some(What::Breach(w.id.clone(), None)),
    });
    seen.flatten().collect()
}

fn entries(run: &Run, step: &Step) -> Vec<What> {
    let mut all = Vec::new();
    let rows = step.made().map(|(_, made)| made).filter(|made| made.kind == InputType::Table);
    for input in step.inputs.iter().chain(rows) {
        let fails = values::failing(run, input).into_iter();
        match (step.kind, input.kind) {
            (StepType::Decision, _) => all.extend(fails.filter_map(|raw| raw.parse().ok()).map(What::Option)),
            (_, InputType::Table) => all.extend(input.columns.iter().flat_map(|column| {
                let fails = values::failing(run, column).into_iter();
                fails.map(|raw| What::Entry(input.id.clone(), Some(column.id.clone()), raw))
            })),
            _ => all.extend(fails.map(|raw| What::Entry(input.id.clone(), None, raw))),
        }
    }
    all
}
