//! Values, results, branches and corrections.

use super::options;
use crate::kernel::documents::step::Step;
use crate::kernel::documents::term::Noun;
use crate::kernel::model::input::{Input, InputType, InstrumentUse};
use crate::kernel::model::late::Late;
use crate::kernel::model::name::{OptionId, StepId, Tag, Variable};
use crate::kernel::model::outcome::CheckResult;
use crate::kernel::records::intent::Intent;
use crate::kernel::run::Run;
use crate::telling::terms::localized;
use crate::tui::run::dialog::{Dialog, Purpose};
use crate::tui::widgets::form::{Field, Form};

/// The form of a value: text with unit and limits above it, or options, with the instrument where one is named.
#[must_use]
pub fn value(run: &Run, step: &Step, place: (&Variable, Option<&OptionId>, Option<&Variable>)) -> Option<Dialog> {
    let pack = &run.plan().pack;
    let (name, row, column) = place;
    let outer = step.input(name)?;
    let input = column.and_then(|c| outer.column(c)).unwrap_or(outer);
    let label = outer.value_label(row, column);
    let mut fields = vec![reading("value", run, input, &label).needed()];
    if input.instrument == InstrumentUse::Required {
        fields.push(instrument(run));
    }
    fields.extend(super::late::late_fields());
    let purpose = Purpose::Enter(step.id.clone(), name.clone(), row.cloned(), column.cloned());
    let mut intro: Vec<String> = limits(run, input);
    intro.push(localized(
        pack,
        "A value is recorded as found. Afterwards: u corrects a typing error, F4 opens the deviation form.",
    ));
    Some(Dialog::new(format!("Step {}", step.id), intro, fields, purpose))
}

/// The field of a reading: text in its unit, or the options.
pub(in crate::tui) fn reading(name: &'static str, run: &Run, input: &Input, label: &str) -> Field {
    match input.kind {
        InputType::Choice => Field::choice(name, label, choices(input), input.required),
        InputType::Bool => Field::choice(name, label, options(&[("true", "yes"), ("false", "no")]), input.required),
        _ => Field::text(name, with_unit(run, input, label), input.required),
    }
}

/// The field of the instrument that a reading was taken with.
pub(in crate::tui) fn instrument(run: &Run) -> Field {
    let line = |tag: &Tag, name: &str, due| (tag.to_string(), format!("{tag}  {name}  calibration due {due}"));
    let known = run.instruments().iter().map(|(tag, i)| line(tag, &i.name, i.cal_due));
    let noun = run.plan().pack.noun(Noun::Instrument).to_string();
    Field::choice("instrument", noun, known.collect(), true)
}

pub(in crate::tui) fn choices(input: &Input) -> Vec<(String, String)> {
    input.options.iter().map(|o| (o.id.to_string(), o.text.clone().unwrap_or_else(|| o.id.to_string()))).collect()
}

pub(in crate::tui) fn with_unit(run: &Run, input: &Input, label: &str) -> String {
    match &input.unit {
        Some(unit) => format!("{label} in {}", run.plan().pack.symbol(unit)),
        None => label.to_owned(),
    }
}

/// The limits of an input in words.
#[must_use]
pub fn limits(run: &Run, input: &Input) -> Vec<String> {
    let parameters = &run.plan().manifest.parameters;
    let unit = input.unit.as_ref().map(|u| format!(" {}", run.plan().pack.symbol(u))).unwrap_or_default();
    let mut lines = Vec::new();
    if let Some(limits) = &input.limits {
        for (name, band) in [("accept", &limits.accept), ("alert", &limits.alert), ("plausible", &limits.plausible)] {
            if let Some(band) = band {
                lines.push(format!("{name:<9} {}{unit}", band.range(parameters)));
            }
        }
    }
    if let Some(expected) = run.expected(input) {
        lines.push(format!("must equal {expected}"));
    }
    lines
}

/// The correction form: which value, what it should have been, why.
#[must_use]
pub fn correction(run: &Run, id: &StepId) -> Option<Dialog> {
    let attempt = run.step(id)?.current()?;
    let entries: Vec<(String, String)> = attempt
        .entries
        .iter()
        .filter(|e| !e.superseded)
        .map(|e| {
            let cell = |part: Option<String>| part.map(|p| format!(" {p}")).unwrap_or_default();
            let (row, column) = (e.row.as_ref().map(ToString::to_string), e.column.as_ref().map(ToString::to_string));
            let key = format!("{}|{}|{}", e.input, row.clone().unwrap_or_default(), column.clone().unwrap_or_default());
            (key, format!("{}{}{} = {}", e.input, cell(row), cell(column), e.raw))
        })
        .collect();
    if entries.is_empty() {
        return None;
    }
    let first = entries.first().map(|(key, _)| key.clone()).filter(|_| entries.len() == 1).unwrap_or_default();
    let fields = vec![
        Field::choice("entry", "Which value", entries, true).with(first),
        Field::text("value", "What it should have been", true),
        Field::text("reason", "Why (both values stay in the record)", true),
    ];
    Some(Dialog::new(
        format!("Correct step {id}"),
        vec!["The old value is struck through, never erased.".into()],
        fields,
        Purpose::Correct(id.clone()),
    ))
}

/// Builds the act of a correction.
#[must_use]
pub fn correct_intent(step: &StepId, form: &Form) -> Option<Intent> {
    let mut parts = form.value("entry")?.split('|');
    let input = parts.next()?.parse().ok()?;
    let row = parts.next().filter(|p| !p.is_empty()).and_then(|p| p.parse().ok());
    let column = parts.next().filter(|p| !p.is_empty()).and_then(|p| p.parse().ok());
    let (raw, reason) = (form.value("value")?.to_owned(), form.value("reason")?.to_owned());
    Some(Intent::Correct { column, input, raw, reason, row, step: step.clone() })
}

/// Identifying a component: what the package names is shown, what is typed is the label itself.
#[must_use]
pub fn component(run: &Run, step: &StepId, tag: &Tag) -> Dialog {
    let pack = &run.plan().pack;
    let name = pack.component(tag).unwrap_or_default();
    let intro = vec![
        format!("The package names {tag}  {name}"),
        "Read the label on the thing itself, then type or scan it.".into(),
    ];
    let fields = vec![Field::text("tag", localized(pack, "Tag on the component"), true)];
    Dialog::new(pack.noun(Noun::Component).to_string(), intro, fields, Purpose::Component(step.clone()))
}

/// The result of a check.
#[must_use]
pub fn check(step: &Step) -> Dialog {
    let mut fields = vec![
        Field::choice(
            "result",
            "Result",
            options(&[("pass", "pass: as it should be"), ("fail", "fail: not as it should be")]),
            true,
        ),
        Field::text("as_found", "As found (where it was put right)", false),
    ];
    fields.extend(super::late::late_fields());
    Dialog::new(
        format!("Step {}  {}", step.id, step.title),
        vec![step.instruction.clone()],
        fields,
        Purpose::Check(step.id.clone()),
    )
}

/// Reads the result of a check.
#[must_use]
pub fn check_intent(step: &StepId, form: &Form, late: Option<Late>) -> Option<Intent> {
    let result = if form.value("result")? == "pass" { CheckResult::Pass } else { CheckResult::Fail };
    Some(Intent::Check { late, as_found: form.value("as_found").map(str::to_owned), result, step: step.clone() })
}

/// How a step ended; a late one may have ended well.
#[must_use]
pub fn outcome(step: &StepId, is_late: bool) -> Dialog {
    let mut ways = options(&[("cannot", "it cannot be done"), ("failed", "it was done and failed")]);
    if is_late {
        ways.insert(0, ("done".into(), "it was done".into()));
    }
    let mut fields = vec![Field::choice("outcome", "Outcome", ways, true)];
    fields.extend(super::late::late_fields());
    Dialog::new(format!("Step {step}"), Vec::new(), fields, Purpose::Perform(step.clone()))
}

/// The branches of a decision.
#[must_use]
pub fn decision(run: &Run, step: &Step) -> Dialog {
    let list = step.inputs.iter().flat_map(choices).collect();
    let intro = vec![run.plan().text(&step.instruction)];
    Dialog::new(
        format!("Decision {}", step.id),
        intro,
        vec![Field::choice("option", step.title.clone(), list, true)],
        Purpose::Decide(step.id.clone()),
    )
}
