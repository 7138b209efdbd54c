//! What belongs to one type of step alone, and how time, groups, watches and permits hang together.

use super::{Code, Linter};
use crate::kernel::model::group::{Group, GroupKind};
use crate::kernel::model::input::InputType;
use crate::kernel::model::name::StepId;
use crate::kernel::model::procedure::{ParameterType, Section};
use crate::kernel::model::step::{Step, StepType};
use crate::kernel::model::timing::Lapse;
use std::collections::BTreeSet;

pub(super) fn check(linter: &mut Linter) {
    for (number, path, step) in linter.steps() {
        of_its_type(linter, &path, step);
        timing(linter, number, &path, step);
        for (n, permit) in step.permits.iter().enumerate() {
            if !linter.procedure.permits.iter().any(|p| p.id == *permit) {
                linter.say(
                    Code::UnknownPermit,
                    format!("{path}.permits[{n}]"),
                    format!("there is no permit `{permit}`"),
                );
            }
        }
    }
    for (s, section) in linter.procedure.sections.iter().enumerate() {
        groups(linter, s, section);
    }
    watches(linter);
}

fn of_its_type(linter: &mut Linter, path: &str, step: &Step) {
    let waits = step.timing.as_ref().is_some_and(|t| t.min_wait.is_some());
    let members = [
        (StepType::Calculate, "calc", step.calc.is_some(), true),
        (StepType::Communicate, "communicate", step.communicate.is_some(), true),
        (StepType::Witness, "witness", step.witness.is_some(), true),
        (StepType::GoNoGo, "poll", !step.poll.is_empty(), true),
        (StepType::Call, "call", step.call.is_some(), true),
        (StepType::Wait, "timing.min_wait", waits, false),
        (StepType::Inspect, "evidence", step.evidence.iter().any(|e| e.required), false),
    ];
    for (kind, member, there, alone) in members {
        if step.kind == kind && !there {
            let message = format!("a {} step has `{member}`", kind.word());
            linter.say(Code::StepForm, format!("{path}.type"), message);
        }
        if step.kind != kind && there && alone {
            let message = format!("`{member}` belongs to a {} step", kind.word());
            linter.say(Code::StepForm, format!("{path}.{member}"), message);
        }
    }
}

fn timing(linter: &mut Linter, number: usize, path: &str, step: &Step) {
    let separation = step.verification.iter().filter_map(|v| v.min_separation.as_ref());
    let mut lapses: Vec<_> = separation.map(|l| (format!("{path}.verification.min_separation"), l)).collect();
    lapses.extend(step.witness.iter().map(|w| (format!("{path}.witness.notice"), &w.notice)));
    if let Some(t) = &step.timing {
        let named = [("min_wait", &t.min_wait), ("max_duration", &t.max_duration), ("usual", &t.usual)];
        let given =
            named.into_iter().filter_map(|(name, lapse)| Some((format!("{path}.timing.{name}"), lapse.as_ref()?)));
        lapses.extend(given);
        lapses.extend(t.deadline.iter().map(|d| (format!("{path}.timing.deadline.within"), &d.within)));
        let limited = t.max_duration.is_some() || t.deadline.is_some();
        if limited && t.if_missed.as_deref().is_none_or(|text| text.trim().is_empty()) {
            let message = format!("step {} does not say what to do when its time has run out", step.id);
            linter.say(Code::IfMissed, format!("{path}.timing"), message);
        }
        if let Some(after) = t.deadline.as_ref().map(|d| &d.after)
            && !comes_before(linter, after, number)
        {
            let message = format!("there is no earlier step `{after}`");
            linter.say(Code::UnknownStep, format!("{path}.timing.deadline.after"), message);
        }
    }
    for (at, lapse) in lapses {
        length(linter, at, lapse);
    }
}

fn length(linter: &mut Linter, path: String, lapse: &Lapse) {
    let Lapse::Parameter(name) = lapse else { return };
    let known = linter.procedure.parameters.iter().any(|p| p.id == *name && p.kind == ParameterType::Duration);
    if !known {
        linter.say(Code::Lapse, path, format!("there is no duration parameter `{name}`"));
    }
}

fn comes_before(linter: &Linter, id: &StepId, number: usize) -> bool {
    linter.procedure.steps().position(|s| s.id == *id).is_some_and(|at| at < number)
}

fn groups(linter: &mut Linter, s: usize, section: &Section) {
    let mut taken = BTreeSet::new();
    for (g, group) in section.groups.iter().enumerate() {
        let path = format!("sections[{s}].groups[{g}]");
        let first = group.steps.first().and_then(|id| section.steps.iter().position(|x| x.id == *id));
        let side_by_side = first
            .is_some_and(|at| section.steps[at..].iter().map(|x| &x.id).take(group.steps.len()).eq(group.steps.iter()));
        let once = group.steps.iter().all(|id| taken.insert(id.clone()));
        if group.steps.len() < 2 || !side_by_side || !once {
            let message = format!("the steps of group `{}` do not stand side by side, each in one group", group.id);
            linter.say(Code::GroupForm, format!("{path}.steps"), message);
        }
        if !ends(group) {
            let message =
                format!("group `{}`: `repeat` has `until` and at least one pass, the others neither", group.id);
            linter.say(Code::GroupForm, path, message);
        }
    }
}

fn ends(group: &Group) -> bool {
    match group.kind {
        GroupKind::Repeat => group.until.is_some() && group.max.is_some_and(|max| max > 0),
        _ => group.until.is_none() && group.max.is_none(),
    }
}

fn watches(linter: &mut Linter) {
    let procedure = linter.procedure;
    let place = |id: &StepId| procedure.steps().position(|s| s.id == *id);
    for (n, watch) in procedure.watches.iter().enumerate() {
        let path = format!("watches[{n}]");
        length(linter, format!("{path}.every"), &watch.every);
        let from = watch.from.as_ref().map(place);
        let until = watch.until.as_ref().map(place);
        let in_order = match (from, until) {
            (Some(None), _) | (_, Some(None)) => false,
            (Some(Some(from)), Some(Some(until))) => from < until,
            _ => true,
        };
        let number = watch.input.as_ref().is_none_or(|i| i.kind == InputType::Number && i.columns.is_empty());
        if !in_order || !number {
            let message =
                format!("watch `{}` does not run from an earlier step to a later one over a number", watch.id);
            linter.say(Code::Watch, path, message);
        }
    }
}
