//! What a step still waits for, in words for screens and answers.

use super::terms::{persons, role};
use super::work;
use crate::kernel::documents::step::StepType;
use crate::kernel::documents::term::Noun;
use crate::kernel::model::name::StepId;
use crate::kernel::model::time::{Now, Timestamp};
use crate::kernel::run::{Outstanding, Run};

/// Returns what is left to do at a step at a moment, in the order in which it is best done.
#[must_use]
pub fn outstanding(run: &Run, id: &StepId, now: &Now) -> Vec<String> {
    run.outstanding_at(id, now).iter().map(|outstanding| in_words(run, id, outstanding, now.time)).collect()
}

fn in_words(run: &Run, id: &StepId, outstanding: &Outstanding, now: Timestamp) -> String {
    let pack = &run.plan().pack;
    let named = |of| role(run, of);
    match outstanding {
        Outstanding::Deviation(trigger) => {
            format!("record the {}: {}", pack.noun(Noun::Deviation).within(), trigger.word().replace('_', " "))
        }
        Outstanding::Advisory(index) => format!("acknowledge advisory {}", index + 1),
        Outstanding::Component(tag) => format!("type or scan the tag {tag}"),
        Outstanding::Input(input, row, column) => {
            format!("enter {}", run.value_label(id, input, row.as_ref(), column.as_ref()))
        }
        Outstanding::Result => "record pass or fail".into(),
        Outstanding::Decision => "choose".into(),
        Outstanding::Evidence(requirement) => format!("attach: {}", run.evidence_label(id, requirement)),
        Outstanding::ConcurrentVerification(role) => format!("{} verifies before the act", named(role)),
        Outstanding::Brief(None) => "read and acknowledge".into(),
        Outstanding::Brief(Some(person)) => format!("{person} reads and acknowledges"),
        Outstanding::Work(waits) => work::outstanding(run, waits, now),
        Outstanding::Wait(until) => format!("wait until {}", until.told_at(now)),
        Outstanding::WaitAgain(until) => {
            let deviation = pack.noun(Noun::Deviation).within();
            format!("no clock proves the wait: wait until {}, or record the {deviation}", until.told_at(now))
        }
        Outstanding::Reconfirm => "look again and confirm that it still holds".into(),
        Outstanding::Perform => match run.authored(id).map(|s| s.kind) {
            Some(StepType::Action) => "perform".into(),
            _ => "complete the step".into(),
        },
        Outstanding::Verification(role) => format!("{} verifies", named(role)),
        Outstanding::Release(role, left) => {
            format!("{} releases the {}{}", named(role), pack.noun(Noun::Hold).within(), persons(*left))
        }
        Outstanding::Signature(role, meaning, left) => {
            format!("{} signs: {}{}", named(role), meaning.word(), persons(*left))
        }
    }
}
