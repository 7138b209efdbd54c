//! Demands that nobody would ask for, or that one person could meet twice (FORMAT.md §2).

use super::{Code, Document, Linter, Remark};
use crate::kernel::documents::policy::{Closure, Policy};
use crate::kernel::documents::required::{OF_PROFILE, Required};
use crate::kernel::documents::step::{Step, StepMeaning, StepSignature, StepType};
use crate::kernel::judgement::closure::PENDING;
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::model::deviation::{Class, Trigger};
use crate::kernel::policy::first_match;

pub(super) fn check(linter: &mut Linter) {
    no_place_for_a_file(linter);
    for (_, path, step) in linter.steps() {
        for (n, wanted) in step.evidence.iter().enumerate().filter(|(_, e)| e.id.as_str().starts_with(OF_PROFILE)) {
            if wanted.prompt != Required::prompt(wanted.kind) {
                let message = format!("`{}`: names that begin with `{OF_PROFILE}` are the profile's", wanted.id);
                linter.say(Code::ReservedName, format!("{path}.evidence[{n}].id"), message);
            }
        }
        for (n, wanted) in step.signoff.iter().enumerate() {
            let path = format!("{path}.signoff[{n}]");
            match wanted.meaning {
                StepMeaning::Performed => performed(linter, &path, step, wanted),
                StepMeaning::HoldReleased if step.kind != StepType::Hold => {
                    linter.say(Code::HoldForm, format!("{path}.meaning"), "only a hold is released");
                }
                StepMeaning::HoldReleased | StepMeaning::Reviewed | StepMeaning::Approved | StepMeaning::Witnessed => {}
            }
        }
        let signed = twice(&step.signoff, &|a, b| a.role == b.role && a.meaning == b.meaning);
        for (n, wanted) in signed {
            let message = format!("`{}` by `{}` is asked for twice", wanted.meaning.word(), wanted.role);
            linter.say(Code::DemandTwice, format!("{path}.signoff[{n}]"), message);
        }
        for (n, asked) in twice(&step.poll, &|a, b| a.role == b.role) {
            linter.say(Code::DemandTwice, format!("{path}.poll[{n}]"), format!("`{}` is asked twice", asked.role));
        }
    }
}

/// An abort before the first step leaves nothing that a file could be attached to, unless a back-out is begun then.
fn no_place_for_a_file(linter: &mut Linter) {
    if linter.procedure.back_out.is_some() {
        return;
    }
    let rule = |trigger, class| first_match(linter.policy, trigger, false, class, None);
    let classes = [Class::Minor, Class::Major, Class::Critical];
    let aborts = [Trigger::Abort, Trigger::EmergencyDeparture];
    let mut all = aborts.into_iter().flat_map(|t| classes.into_iter().filter_map(move |c| rule(t, c)));
    if let Some(rule) = all.find(|rule| rule.form.evidence.is_some()) {
        let number = linter.policy.deviations.iter().position(|r| r.id == rule.id).unwrap_or_default();
        let message = format!("{}: an abort before the first step leaves no step to attach a file to", rule.id);
        linter.of_policy(Code::PolicyForm, &format!("deviations[{number}].form"), &message);
    }
}

/// The performer signs with the act itself, once and himself.
fn performed(linter: &mut Linter, path: &str, step: &Step, wanted: &StepSignature) {
    if wanted.role != step.performed_by {
        let message = format!(
            "`{}` performs this step; what `{}` has to sign is `reviewed`, `approved` or `witnessed`",
            step.performed_by, wanted.role
        );
        linter.say(Code::SignoffForm, format!("{path}.role"), message);
    } else if !step.kind.is_performed() {
        let message = format!("a `{}` ends by an act of its own, which says who did it", step.kind.word());
        linter.say(Code::SignoffForm, format!("{path}.meaning"), message);
    } else if wanted.count.get() > 1 {
        linter.say(Code::SignoffForm, format!("{path}.count"), "one person performs a step");
    }
}

/// Entries that say the same as an earlier one.
fn twice<'a, T>(entries: &'a [T], same: &dyn Fn(&T, &T) -> bool) -> Vec<(usize, &'a T)> {
    let again = |(n, entry): &(usize, &T)| entries[..*n].iter().any(|earlier| same(earlier, entry));
    entries.iter().enumerate().filter(again).collect()
}

/// One signature would meet two entries that say the same; a stop that never comes stops nothing.
pub(super) fn policy_alone(policy: &Policy) -> Vec<Remark> {
    let remark = |code, path, message| Remark { code, document: Document::Policy, path, message };
    let same = |a: &Closure, b: &Closure| (&a.role, a.meaning, a.when, &a.not) == (&b.role, b.meaning, b.when, &b.not);
    let closes = twice(&policy.closure, &same).into_iter().map(|(n, rule)| {
        let message = format!("{}: `{}` by `{}` is asked for twice", rule.id, rule.meaning.meaning().word(), rule.role);
        remark(Code::DemandTwice, format!("closure[{n}]"), message)
    });
    let approves = twice(&policy.approvals, &|a, b| a.role == b.role).into_iter().map(|(n, approval)| {
        let message = format!("an approval by `{}` is asked for twice", approval.role);
        remark(Code::DemandTwice, format!("approvals[{n}]"), message)
    });
    let stops = policy
        .hard_stops
        .iter()
        .enumerate()
        .filter(|(_, code)| !PENDING.iter().any(|known| known.code() == code.as_str()));
    let stops = stops.map(|(n, code)| {
        let message = format!("`{code}` is none of {}", PENDING.map(FindingCode::code).join(", "));
        remark(Code::HardStop, format!("hard_stops[{n}]"), message)
    });
    closes.chain(approves).chain(stops).collect()
}
