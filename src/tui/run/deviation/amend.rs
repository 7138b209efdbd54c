//! Changing a deviation: the form as it was signed last, open again, with the reason for the change.

use crate::kernel::model::deviation::Statement;
use crate::kernel::model::name::DeviationId;
use crate::kernel::run::Run;
use crate::tui::run::deviation::form::{statement_fields, title_of};
use crate::tui::run::dialog::{Dialog, Purpose};
use crate::tui::widgets::form::{Field, Form};
use serde::Serialize;

/// The form that changes a deviation, filled in as it stands.
#[must_use]
pub fn amend(run: &Run, id: &DeviationId) -> Option<Dialog> {
    let deviation = run.deviation(id)?;
    let step = deviation.facts.step.as_ref();
    let mut fields = vec![
        Field::choice("amends", "What is changed", vec![(id.to_string(), id.to_string())], true).with(id.to_string()),
        Field::text("reason", "Why it is changed (both forms stay in the record)", true),
    ];
    fields.extend(statement_fields(run, step, None));
    let purpose = Purpose::Amend(id.clone(), step.cloned());
    let mut dialog = Dialog::new(format!("Change {}", title_of(run, id)), Vec::new(), fields, purpose);
    // The codes and ways are offered once it is known what is changed; only then they can be chosen.
    dialog.refold(run);
    fill(&mut dialog.form, &deviation.statement);
    dialog.refold(run);
    dialog.form.rest();
    Some(dialog)
}

fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn joined<T: ToString>(list: &[T], between: &str) -> String {
    list.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}

/// Fills the form in. One kind is kept for all affected items: the form asks for one.
fn fill(form: &mut Form, said: &Statement) {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let items: Vec<_> = said.affected.items.iter().map(|i| i.id.to_string()).collect();
    let values = [
        ("code", said.code.to_string()),
        ("description", said.description.clone()),
        ("immediate", said.immediate_action.text.clone()),
        ("process", said.process.word().to_owned()),
        ("alternative", said.alternative.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("return_before", said.return_before.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("justification", text(&said.justification)),
        ("containment", word(&said.immediate_action.containment)),
        ("item", said.item.as_ref().map(word).unwrap_or_default()),
        ("item_type", said.affected.items.first().map(|i| i.kind.as_str().to_owned()).unwrap_or_default()),
        ("item_tag", items.join(", ")),
        ("safety", word(&said.safety_impact)),
        ("data", word(&said.data_integrity_impact)),
        ("proposed", said.proposed.as_ref().map(word).unwrap_or_default()),
        ("cause", text(&said.cause)),
        ("compensating", text(&said.compensating_action)),
        ("follow_up", text(&said.follow_up)),
        ("prior_steps", joined(&said.affected.prior_steps, ", ")),
        ("other_runs", said.affected.other_runs.join(", ")),
        ("evidence", joined(&said.evidence, "\n")),
    ];
    let plain = ["code", "description", "immediate", "process", "alternative", "return_before"];
    let more = said != &Statement { item: None, ..said.clone() }
        || values
            .iter()
            .filter(|(name, _)| !plain.contains(name))
            .any(|(name, value)| !value.is_empty() && form.field(name).is_some_and(|f| f.value != *value));
    for (name, value) in values.iter().filter(|(_, value)| !value.is_empty()) {
        if let Some(field) = form.field(name) {
            field.set(value);
        }
    }
    if let Some(field) = form.field("more").filter(|_| more) {
        field.set("yes");
    }
}
