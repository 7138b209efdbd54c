//! The second pair of eyes.

use super::{Code, Linter};
use crate::kernel::documents::step::{Step, StepType, VerificationMode};
use crate::kernel::model::input::InputType;
use crate::kernel::model::name::Variable;

pub(super) fn check(linter: &mut Linter) {
    for (_, path, step) in linter.steps() {
        if step.critical && leaves_no_trace(step) {
            let message = format!("nobody verifies step {} and no file shows it", step.id);
            linter.say(Code::CriticalUnverified, format!("{path}.critical"), message);
        }
        verified(linter, &path, step);
    }
}

/// Holds and briefs are answered by a person of their own; a verifier, a signature or a file can be looked at.
fn leaves_no_trace(step: &Step) -> bool {
    let answered = [StepType::Hold, StepType::Acknowledge, StepType::Witness, StepType::GoNoGo, StepType::Communicate];
    let waits = answered.contains(&step.kind);
    let shown = step.evidence.iter().any(|e| e.required);
    !waits && !shown && step.verification.is_none() && step.later_signatures().next().is_none()
}

fn verified(linter: &mut Linter, path: &str, step: &Step) {
    let Some(verification) = &step.verification else { return };
    let plain = |name: &Variable| step.input(name).is_some_and(|i| i.kind != InputType::Table);
    let blind = verification.mode == VerificationMode::Independent && verification.observe.is_empty();
    if let Some(wrong) = verification.observe.iter().find(|n| !plain(n)) {
        let message = format!("`{wrong}` is no plain input of this step");
        linter.say(Code::VerificationForm, format!("{path}.verification.observe"), message);
    } else if blind {
        linter.say(Code::VerificationForm, format!("{path}.verification"), "an independent verifier observes nothing");
    }
    if verification.mode == VerificationMode::Concurrent && verification.min_separation.is_some() {
        let message = "a concurrent check comes before the act: there is nothing to separate it from";
        linter.say(Code::VerificationForm, format!("{path}.verification.min_separation"), message);
    }
    if verification.by == step.performed_by && verification.mode != VerificationMode::Own {
        let message = format!("`{}` performs and verifies", verification.by);
        linter.say(Code::VerificationRole, format!("{path}.verification.by"), message);
    }
}
