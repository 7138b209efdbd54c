//! The deviation form read as the statement that is signed.

use crate::kernel::model::deviation::{Affected, AffectedItem, ImmediateAction, Statement};
use crate::kernel::model::name::{ReasonCode, StepId};
use crate::tui::widgets::form::{Field, Form};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads the form.
///
/// # Errors
/// What cannot be read, in words for the person who fills it in.
pub fn statement(form: &Form) -> Result<Statement, &'static str> {
    let code = form.value("code").and_then(|c| c.parse().ok()).ok_or("choose a reason code")?;
    read(form, code, form.value("process").unwrap_or_default())
}

/// Reads the form as if another way on were chosen; a code that is not chosen yet counts as an unknown one.
pub(in crate::tui) fn provisional(form: &Form, process: &str) -> Option<Statement> {
    let code = form.value("code").and_then(|c| c.parse().ok()).or_else(|| "ANY-OPEN".parse().ok())?;
    let mut statement = read(form, code, process).ok()?;
    if process == "alternative" && statement.alternative.is_none() {
        let field = form.fields.iter().find(|f| f.name == "alternative")?;
        let crate::tui::widgets::form::Kind::Choice(options) = &field.kind else { return None };
        statement.alternative = options.first().and_then(|(id, _)| id.parse().ok());
    }
    Some(statement)
}

fn read(form: &Form, code: ReasonCode, process: &str) -> Result<Statement, &'static str> {
    let text = |name: &str| form.value(name).map(str::to_owned);
    let alternative = form.value("alternative").filter(|_| process == "alternative");
    Ok(Statement {
        return_before: match form.value("return_before").filter(|_| process == "defer") {
            Some(id) => Some(id.parse().map_err(|_| "write the step to come back before as 4.1")?),
            None => None,
        },
        code,
        description: text("description").unwrap_or_default(),
        immediate_action: ImmediateAction {
            text: text("immediate").unwrap_or_default(),
            containment: word(form.value("containment")).unwrap_or_default(),
        },
        process: word(Some(process)).ok_or("choose a disposition")?,
        alternative: alternative.and_then(|a| a.parse().ok()),
        item: word(form.value("item")),
        justification: text("justification"),
        affected: affected(form)?,
        safety_impact: word(form.value("safety")).unwrap_or_default(),
        data_integrity_impact: word(form.value("data")).unwrap_or_default(),
        proposed: word(form.value("proposed").filter(|p| *p != "minor")),
        compensating_action: text("compensating"),
        cause: text("cause"),
        follow_up: text("follow_up"),
        evidence: files(form),
    })
}

fn word<T: DeserializeOwned>(value: Option<&str>) -> Option<T> {
    serde_json::from_value(Value::String(value?.to_owned())).ok()
}

fn parts<'a>(form: &'a Form, name: &str) -> impl Iterator<Item = &'a str> {
    form.value(name).unwrap_or_default().split([',', ';', '\n']).map(str::trim).filter(|p| !p.is_empty())
}

fn affected(form: &Form) -> Result<Affected, &'static str> {
    let item = |tag: &str| {
        let kind = form.value("item_type").and_then(|k| k.parse().ok()).ok_or("say what kind of thing is affected")?;
        Ok(AffectedItem { kind, id: tag.parse().map_err(|_| "tags cannot contain spaces; separate tags with commas")? })
    };
    let step = |id: &str| id.parse::<StepId>().map_err(|_| "write affected steps as 4.1, 4.2");
    Ok(Affected {
        items: parts(form, "item_tag").map(item).collect::<Result<_, &'static str>>()?,
        prior_steps: parts(form, "prior_steps").map(step).collect::<Result<_, _>>()?,
        other_runs: parts(form, "other_runs").map(str::to_owned).collect(),
    })
}

fn files(form: &Form) -> Vec<crate::kernel::canon::digest::EvidenceDigest> {
    let field = form.fields.iter().find(|f| f.name == "evidence" && !f.folded);
    field.into_iter().flat_map(Field::chosen).filter_map(|digest| digest.parse().ok()).collect()
}
