//! What is asked for and never used.

use super::names::placeholders;
use super::{Code, Linter};
use crate::kernel::documents::step::StepType;
use crate::kernel::model::input::{Bound, Input, InputType};
use crate::kernel::model::name::Variable;
use crate::kernel::model::timing::Lapse;
use std::collections::BTreeSet;

pub(super) fn check(linter: &mut Linter) {
    let used = used(linter);
    for (p, parameter) in linter.procedure.parameters.iter().enumerate() {
        if !used.contains(parameter.id.as_str()) {
            linter.say(
                Code::UnusedParameter,
                format!("parameters[{p}].id"),
                format!("nothing names `{}`", parameter.id),
            );
        }
    }
    for (_, path, step) in linter.steps() {
        let observed: Vec<&Variable> = step.verification.iter().flat_map(|v| &v.observe).collect();
        for (n, input) in step.inputs.iter().enumerate() {
            let named = used.contains(input.id.as_str()) || observed.contains(&&input.id);
            let asked = input.required || held(input) || step.kind == StepType::Decision;
            if !named && !asked {
                let message = format!("`{}` may be left empty and is used nowhere", input.id);
                linter.say(Code::UnusedInput, format!("{path}.inputs[{n}].id"), message);
            }
        }
    }
}

/// Tells whether an entry is held against something.
fn held(input: &Input) -> bool {
    let fails = input.options.iter().any(|o| o.verdict.is_some());
    let cells = input.kind == InputType::Table && input.columns.iter().any(held);
    input.limits.is_some() || input.equals.is_some() || input.expect.is_some() || fails || cells
}

/// Every name that an expression, a bound or a text uses.
fn used(linter: &Linter) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for asked in linter.conditions().into_iter().chain(linter.loop_ends()) {
        used.extend(asked.expression.variables().iter().map(ToString::to_string));
    }
    let results = linter.procedure.steps().filter_map(|s| s.made()).map(|(_, made)| made);
    let watched = linter.procedure.watches.iter().filter_map(|w| w.input.as_ref());
    let inputs = linter.procedure.steps().flat_map(|s| &s.inputs).chain(results).chain(watched);
    for input in inputs.flat_map(|i| i.columns.iter().chain([i])) {
        let bands = input.limits.iter().flat_map(|l| [&l.accept, &l.alert, &l.plausible]).flatten();
        for bound in bands.flat_map(|b| [&b.min, &b.max]).flatten() {
            if let Bound::Parameter(name) = bound {
                used.insert(name.to_string());
            }
        }
    }
    for (_, lapse) in super::timing::lapses(linter) {
        if let Lapse::Parameter(name) = lapse {
            used.insert(name.to_string());
        }
    }
    used.extend(
        linter.procedure.steps().filter_map(|s| s.calc.as_ref()).flat_map(|c| c.expr.variables()).map(Into::into),
    );
    // A procedure is plain data: it cannot fail to be written.
    let text = serde_json::to_string(linter.procedure).unwrap_or_default();
    // Its own braces open with a quote; what stands in braces without one is a placeholder.
    used.extend(placeholders(&text));
    used
}
