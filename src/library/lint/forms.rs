//! What a step must have because of its type, and inputs because of theirs.

use super::{Code, Linter};
use crate::kernel::model::input::{Input, InputType};
use crate::kernel::model::record::Meaning;
use crate::kernel::model::step::{Step, StepType};

pub(super) fn check(linter: &mut Linter) {
    for (_, path, step) in linter.steps() {
        for (n, input) in step.inputs.iter().enumerate() {
            input_form(linter, &format!("{path}.inputs[{n}]"), input, true);
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
    if step.kind == StepType::Hold && step.release_role().is_none() {
        linter.say(Code::HoldForm, format!("{path}.type"), "nobody is named who releases the hold");
    }
    let holds = step.signoff.iter().any(|s| s.meaning == Meaning::HoldReleased);
    if step.kind != StepType::Hold && holds {
        linter.say(Code::HoldForm, format!("{path}.signoff"), "only a hold is released");
    }
}

fn input_form(linter: &mut Linter, path: &str, input: &Input, top: bool) {
    let is = |kind: InputType| input.kind == kind;
    let choice = input.options.is_empty() != (is(InputType::Choice) || is(InputType::Multi));
    let table =
        (!input.rows.is_empty() && !input.columns.is_empty()) == is(InputType::Table) && (top || !is(InputType::Table));
    if !choice || !table || (input.rows.is_empty() != input.columns.is_empty()) {
        linter.say(Code::InputForm, path, format!("`{}` does not fit its type", input.id));
    }
    for (n, column) in input.columns.iter().enumerate() {
        input_form(linter, &format!("{path}.columns[{n}]"), column, false);
    }
}
