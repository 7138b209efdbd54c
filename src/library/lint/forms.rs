//! What a step must have because of its type, and inputs because of theirs.

use super::{Code, Linter};
use crate::kernel::documents::group::GroupKind;
use crate::kernel::documents::step::{OnInterruption, Step, StepType};
use crate::kernel::model::input::{Input, InputType, MaterialUse};
use crate::kernel::model::name::StepId;

pub(super) fn check(linter: &mut Linter) {
    groups(linter);
    for (_, path, step) in linter.steps() {
        for (n, input) in step.inputs.iter().enumerate() {
            input_form(linter, &format!("{path}.inputs[{n}]"), input, true);
        }
        if let Some((member, made)) = step.made().filter(|(_, made)| made.kind == InputType::Table) {
            rows_form(linter, &format!("{path}.{member}"), made);
        }
        step_form(linter, &path, step);
        for (n, requirement) in step.evidence.iter().enumerate().filter(|(_, e)| e.min == 0) {
            linter.say(
                Code::EvidenceNone,
                format!("{path}.evidence[{n}].min"),
                format!("`{}` asks for no file", requirement.id),
            );
        }
    }
}

fn step_form(linter: &mut Linter, path: &str, step: &Step) {
    let one_choice = matches!(&step.inputs[..], [only] if only.kind == InputType::Choice);
    if step.kind == StepType::Decision && !one_choice {
        linter.say(Code::DecisionForm, format!("{path}.inputs"), "a decision has exactly one choice");
    }
    if step.kind == StepType::Hold && step.releases().next().is_none() {
        linter.say(Code::HoldForm, format!("{path}.type"), "nobody is named who releases the hold");
    }
    let anew = step.kind.begins_anew() && step.redo.allowed;
    if step.on_interruption == OnInterruption::Restart && !anew {
        let message = format!("`{}` cannot begin anew", step.kind.word());
        linter.say(Code::OnInterruption, format!("{path}.on_interruption"), message);
    }
    needs(linter, path, step);
}

/// The one thing that a type needs, and that no other type may have.
fn needs(linter: &mut Linter, path: &str, step: &Step) {
    let waits = step.timing.as_ref().is_some_and(|t| t.min_wait.is_some());
    let written = step.written();
    let missing = match step.kind {
        StepType::Wait if !waits => Some("timing.min_wait"),
        StepType::Inspect if step.evidence.is_empty() => Some("evidence"),
        kind => kind.member().filter(|_| !written.contains(&kind)),
    };
    if let Some(field) = missing {
        linter.say(Code::StepForm, format!("{path}.type"), format!("`{}` needs `{field}`", step.kind.word()));
    }
    for kind in written.into_iter().filter(|kind| *kind != step.kind) {
        let Some(field) = kind.member() else { continue };
        let message = format!("`{field}` belongs to `{}`, not to `{}`", kind.word(), step.kind.word());
        linter.say(Code::StepForm, format!("{path}.{field}"), message);
    }
}

fn groups(linter: &mut Linter) {
    let mut taken = std::collections::BTreeSet::new();
    for (path, section, group) in linter.groups() {
        if group.steps.iter().any(|id| linter.procedure.step(id).is_none()) {
            continue;
        }
        let at = |id: &StepId| section.steps.iter().position(|s| s.id == *id);
        let first = group.steps.first().and_then(at);
        let row = first.is_some_and(|f| group.steps.iter().enumerate().all(|(n, id)| at(id) == Some(f + n)));
        let fresh = group.steps.iter().all(|id| taken.insert(id));
        let repeats = group.kind == GroupKind::Repeat;
        let counted = (group.until.is_some() && group.max.is_some_and(|m| m > 0)) == repeats
            && (repeats || (group.until.is_none() && group.max.is_none()));
        if !row || !fresh || !counted {
            let what = if counted { "is no row of neighbours of its own" } else { "has no proper until and max" };
            linter.say(Code::GroupForm, path, format!("group `{}` {what}", group.id));
        }
    }
}

/// Rows that are taken one after the other: each column is asked for in full when its row is taken.
fn rows_form(linter: &mut Linter, path: &str, made: &Input) {
    if made.columns.is_empty() {
        linter.say(Code::InputForm, format!("{path}.columns"), "nothing is read of a row");
    }
    for (n, column) in made.columns.iter().enumerate() {
        let at = format!("{path}.columns[{n}]");
        input_form(linter, &at, column, false);
        if column.material == MaterialUse::Required || column.as_found_as_left {
            linter.say(Code::InputForm, at, format!("`{}` does not fit a row that is taken at once", column.id));
        }
    }
}

fn input_form(linter: &mut Linter, path: &str, input: &Input, top: bool) {
    let is = |kind: InputType| input.kind == kind;
    let choice = input.options.is_empty() != (is(InputType::Choice) || is(InputType::Multi));
    let table =
        (!input.rows.is_empty() && !input.columns.is_empty()) == is(InputType::Table) && (top || !is(InputType::Table));
    if !choice || !table || (top && input.distinct) || (input.rows.is_empty() != input.columns.is_empty()) {
        linter.say(Code::InputForm, path, format!("`{}` does not fit its type", input.id));
    }
    for (n, column) in input.columns.iter().enumerate() {
        input_form(linter, &format!("{path}.columns[{n}]"), column, false);
    }
}
