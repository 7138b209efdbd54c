//! Signing: what is signed is shown before the passphrase is asked.

use super::now_of;
use crate::kernel::model::name::PersonId;
use crate::kernel::run::{Intent, Run};
use crate::tui::form::Field;
use crate::tui::run::dialog::{Dialog, Purpose};

/// What is signed is shown before the passphrase is asked.
#[must_use]
pub fn passphrase(run: &Run, person: &PersonId, intent: Intent) -> Dialog {
    let mut intro = vec![format!("{person} signs: {}", intent.word().replace('_', " "))];
    intro.extend(signed_content(run, &intent));
    intro.push(format!("run {}  record {}", run.id(), run.seq() + 1));
    let head = run.head().to_string();
    intro.push(format!("over everything before: {}", &head[..23.min(head.len())]));
    Dialog::new(
        "Signature",
        intro,
        vec![Field::secret(format!("Passphrase of {person}"))],
        Purpose::Sign(person.clone(), Box::new(intent)),
    )
}

fn signed_content(run: &Run, intent: &Intent) -> Vec<String> {
    match intent {
        Intent::Perform { step, .. } | Intent::ReleaseHold { step, .. } | Intent::Verify { step, .. } => {
            let title = run.authored(step).map(|s| s.title.clone()).unwrap_or_default();
            vec![format!("step {step}: {title}")]
        }
        Intent::Deviate { statement, step, .. } => {
            let facts = crate::kernel::run::facts_of(run, step.as_ref(), None, statement.process, now_of(run));
            let ruling_text = crate::kernel::policy::ruling(run.plan(), &facts, statement).map(|r| {
                format!(
                    "class {}; the policy says {} (rule {} of {})",
                    r.class.word(),
                    r.outcome.word(),
                    r.rule,
                    r.profile
                )
            });
            vec![
                format!("{} {}: {}", statement.code, facts.trigger.word(), statement.description),
                format!("the work goes on by: {}", statement.process.word()),
                ruling_text.unwrap_or_default(),
            ]
        }
        Intent::ReviewDeviation { deviation, decision, comment, .. } => {
            vec![format!("{deviation}: {decision:?} {}", comment.clone().unwrap_or_default())]
        }
        Intent::Sign { meaning, subject, comment } => {
            vec![format!("{} on {}: {}", meaning.word(), subject.id, comment.clone().unwrap_or_default())]
        }
        Intent::Correct { input, raw, reason, .. } => vec![format!("{input} corrected to {raw}: {reason}")],
        _ => Vec::new(),
    }
}
