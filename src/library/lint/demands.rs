//! Demands that nobody would ask for, or that one person could meet twice (FORMAT.md §2).

use super::{Code, Document, Linter, Remark};
use crate::kernel::model::policy::Policy;
use crate::kernel::model::step::{Step, StepMeaning, StepSignature, StepType};

pub(super) fn check(linter: &mut Linter) {
    for (_, path, step) in linter.steps() {
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
            let message = format!("`{}` by `{}` stands twice", wanted.meaning.word(), wanted.role);
            linter.say(Code::DemandTwice, format!("{path}.signoff[{n}]"), message);
        }
        for (n, asked) in twice(&step.poll, &|a, b| a.role == b.role) {
            linter.say(Code::DemandTwice, format!("{path}.poll[{n}]"), format!("`{}` is asked twice", asked.role));
        }
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

/// One signature would meet two closing rules that say the same.
pub(super) fn policy_alone(policy: &Policy) -> Vec<Remark> {
    let same = twice(&policy.closure, &|a, b| {
        a.role == b.role && a.meaning == b.meaning && a.when == b.when && a.not == b.not
    });
    let remark = |(n, rule): (usize, &crate::kernel::model::policy::Closure)| Remark {
        code: Code::DemandTwice,
        document: Document::Policy,
        path: format!("closure[{n}]"),
        message: format!("{}: `{}` by `{}` stands twice", rule.id, rule.meaning.meaning().word(), rule.role),
    };
    same.into_iter().map(remark).collect()
}
