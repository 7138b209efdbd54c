//! What the two words at the head of a procedure demand: `criticality` of the profile, `use_level` of the steps.

use super::{Code, Linter};
use crate::kernel::documents::policy::Policy;
use crate::kernel::documents::procedure::{Criticality, UseLevel};
use crate::kernel::documents::step::{Step, StepType};
use crate::kernel::model::deviation::{Class, Outcome};

pub(super) fn check(linter: &mut Linter) {
    let (procedure, policy) = (linter.procedure, linter.policy);
    if let Some(lack) = lack(policy, procedure.criticality) {
        let message = format!("{} is too weak for {}: {lack}", policy.id, procedure.criticality.word());
        linter.say(Code::Criticality, "criticality", message);
    }
    if procedure.use_level != UseLevel::Continuous && procedure.criticality == Criticality::Safety {
        linter.say(Code::UseLevel, "use_level", "what life or plant depend on is followed step by step");
    }
    for (_, path, step) in linter.steps() {
        let demands = procedure.use_level == UseLevel::Information && has_second_person(step);
        let grave = step.critical || step.kind == StepType::Hold;
        if procedure.use_level != UseLevel::Continuous && grave || demands {
            let message = format!("step {} is not for {}", step.id, procedure.use_level.word());
            linter.say(Code::UseLevel, format!("{path}.type"), message);
        }
    }
}

fn has_second_person(step: &Step) -> bool {
    step.verification.is_some() || step.witness.is_some() || !step.poll.is_empty() || !step.signoff.is_empty()
}

/// Says what a profile lacks for a procedure on which this depends.
fn lack(policy: &Policy, criticality: Criticality) -> Option<&'static str> {
    if criticality == Criticality::Routine {
        return None;
    }
    let reviewed = [Class::Major, Class::Critical].iter().all(|class| policy.review.count(*class) > 0);
    let lets_pass = policy.deviations.iter().any(|rule| rule.outcome == Outcome::Allow && rule.when.trigger.is_none());
    match () {
        () if policy.closure.is_empty() => Some("no signature closes a run"),
        () if !reviewed => Some("a major or critical deviation needs no reviewer"),
        () if policy.review.self_approval => Some("whoever departed may accept it"),
        () if criticality == Criticality::Safety && lets_pass => {
            Some("a rule lets deviations pass that it does not name")
        }
        () => None,
    }
}
