//! Time: lengths that are none, limits without an answer, limits that nobody can keep.

use super::{Code, Linter};
use crate::kernel::documents::procedure::ParameterType;
use crate::kernel::model::input::InputType;
use crate::kernel::model::name::{StepId, Variable};
use crate::kernel::model::timing::{Lapse, Timing};
use std::collections::BTreeMap;

pub(super) fn check(linter: &mut Linter) {
    for (path, lapse) in lapses(linter) {
        let is_duration = |name: &Variable| {
            linter.procedure.parameters.iter().any(|p| p.id == *name && p.kind == ParameterType::Duration)
        };
        if let Lapse::Parameter(name) = lapse
            && !is_duration(name)
        {
            linter.say(Code::Lapse, path, format!("`{name}` is no duration parameter"));
        }
    }
    for (number, path, step) in linter.steps() {
        if let Some(timing) = &step.timing {
            limits(linter, &format!("{path}.timing"), timing);
            deadline(linter, &format!("{path}.timing.deadline.after"), number, timing);
        }
    }
    watches(linter);
}

/// Returns the number of a step in the document.
fn place(linter: &Linter, id: &StepId) -> Option<usize> {
    linter.procedure.steps().position(|s| s.id == *id)
}

fn deadline(linter: &mut Linter, path: &str, number: usize, timing: &Timing) {
    if let Some(deadline) = &timing.deadline
        && place(linter, &deadline.after).is_some_and(|after| after >= number)
    {
        linter.say(Code::Deadline, path, format!("step {} comes no earlier", deadline.after));
    }
}

fn watches(linter: &mut Linter) {
    for (w, watch) in linter.procedure.watches.iter().enumerate() {
        let at = |id: &Option<StepId>| id.as_ref().and_then(|id| place(linter, id));
        if let (Some(from), Some(until)) = (at(&watch.from), at(&watch.until))
            && until < from
        {
            linter.say(Code::Watch, format!("watches[{w}].until"), format!("`{}` ends before it begins", watch.id));
        }
        if watch.input.as_ref().is_some_and(|i| i.kind != InputType::Number) {
            linter.say(Code::Watch, format!("watches[{w}].input.type"), format!("`{}` reads no number", watch.id));
        }
    }
}

/// Every length of time with its place.
pub(super) fn lapses<'a>(linter: &Linter<'a>) -> Vec<(String, &'a Lapse)> {
    let mut all = Vec::new();
    for (_, path, step) in linter.steps() {
        let of_verifier = step.verification.iter().filter_map(|v| v.min_separation.as_ref());
        all.extend(of_verifier.map(|l| (format!("{path}.verification.min_separation"), l)));
        all.extend(step.witness.iter().map(|w| (format!("{path}.witness.notice"), &w.notice)));
        if let Some(timing) = &step.timing {
            let own =
                [("min_wait", &timing.min_wait), ("max_duration", &timing.max_duration), ("usual", &timing.usual)];
            all.extend(own.into_iter().filter_map(|(n, l)| Some((format!("{path}.timing.{n}"), l.as_ref()?))));
            all.extend(timing.deadline.iter().map(|d| (format!("{path}.timing.deadline.within"), &d.within)));
        }
    }
    let watches = linter.procedure.watches.iter().enumerate();
    all.extend(watches.map(|(w, watch)| (format!("watches[{w}].every"), &watch.every)));
    all
}

fn limits(linter: &mut Linter, path: &str, timing: &Timing) {
    let limited = timing.max_duration.is_some() || timing.deadline.is_some();
    if limited && timing.if_missed.as_deref().is_none_or(|t| t.trim().is_empty()) {
        linter.say(Code::IfMissed, path, "a limit without `if_missed`");
    }
    let parameters = linter.procedure.parameters.iter();
    let defaults: BTreeMap<_, _> = parameters.filter_map(|p| Some((p.id.clone(), p.default.clone()?))).collect();
    if let (Some(least), Some(most)) = (&timing.min_wait, &timing.max_duration)
        && least.millis(&defaults) >= most.millis(&defaults)
    {
        linter.say(Code::TimingOrder, format!("{path}.min_wait"), format!("at least {least}, but at most {most}"));
    }
}
