//! Signing: what is signed is shown before the passphrase is asked.

use crate::kernel::model::name::{PersonId, StepId};
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::intent::Intent;
use crate::kernel::run::Run;
use crate::telling::act::act;
use crate::telling::terms;
use crate::tui::run::dialog::{Dialog, Purpose};
use crate::tui::run::forms::now_of;
use crate::tui::widgets::form::Field;
use crate::tui::words::spread;
use serde_json::Value;

/// Asks for the passphrase of somebody whose session is open.
#[must_use]
pub fn passphrase(run: &Run, person: &PersonId, intent: Intent) -> Dialog {
    let mut intro = signed_content(run, person, &intent);
    intro.push(format!("run {}  record {}", run.id(), run.seq() + 1));
    let head = run.head().to_string();
    intro.push(format!("over everything before: {}", &head[..23.min(head.len())]));
    let fields = vec![Field::secret(format!("Passphrase of {person}"))];
    Dialog::new("Signature", intro, fields, Purpose::Sign(person.clone(), Box::new(intent)))
}

/// Asks for the passphrase of somebody whose session is locked; where it also signs, that is shown as well.
#[must_use]
pub fn unlock(run: &Run, person: &PersonId, then: Option<Intent>, now: Option<Timestamp>) -> Dialog {
    let mut intro = vec![format!("{person} unlocks a session in run {}", run.id())];
    let wrong = now.and_then(|now| run.clock_is_wrong(now));
    intro.extend(wrong.map(|wrong| format!("Set the clock first: {wrong}.")));
    let fields = vec![Field::secret(format!("Passphrase of {person}"))];
    if let Some(intent) = &then {
        intro.push("and with the same passphrase".into());
        intro.extend(signed_content(run, person, intent));
        intro.push(format!("over everything up to record {} and the unlocking", run.seq()));
    }
    let title = if then.is_some() { "Unlock and sign" } else { "Unlock" };
    Dialog::new(title, intro, fields, Purpose::Unlock(person.clone(), then.map(Box::new)))
}

/// Every member of the act in words, and what the run and the policy know about it.
fn signed_content(run: &Run, person: &PersonId, intent: &Intent) -> Vec<String> {
    let mut lines = vec![format!("{person} signs: {}", act(&run.plan().pack, intent))];
    lines.extend(context(run, intent));
    let Ok(Value::Object(members)) = serde_json::to_value(intent) else { return lines };
    let step = members.get("step").and_then(|step| step.as_str()?.parse::<StepId>().ok());
    lines.extend(step.map(|id| format!("step {id}: {}", run.authored(&id).map_or("", |s| s.title.as_str()))));
    for (name, value) in &members {
        match (intent, name.as_str()) {
            (_, "intent" | "step") => {}
            (Intent::Verify { step, values, .. }, "values") => {
                let read = |(input, value)| format!("{}: {value}", run.value_label(step, input, None, None));
                lines.extend(values.iter().map(read));
            }
            _ => spread(name, value, &mut lines),
        }
    }
    lines
}

fn context(run: &Run, intent: &Intent) -> Vec<String> {
    match intent {
        Intent::Deviate { about, statement, step } => {
            let facts =
                crate::kernel::run::facts_of(run, step.as_ref(), about.as_deref(), statement.process, &now_of(run));
            let ruling = run.ruling(&facts, statement);
            let words = |r: crate::kernel::model::deviation::Ruling| {
                let (class, outcome) = (r.class.word(), terms::outcome(run, r.outcome));
                format!("class {class}; the policy says {outcome} (rule {}, profile {})", r.rule, r.profile)
            };
            let found = format!(
                "{}: required {}; as found {}",
                terms::trigger(run, facts.trigger),
                facts.requirement,
                facts.as_found
            );
            std::iter::once(found).chain(ruling.map(words)).collect()
        }
        Intent::ReviewDeviation { deviation, .. } => {
            let known = run.deviation(deviation).into_iter();
            known.map(|d| format!("{}: {}", terms::trigger(run, d.facts.trigger), d.statement.description)).collect()
        }
        _ => Vec::new(),
    }
}
