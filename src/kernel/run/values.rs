//! Values as expressions see them.

use super::Run;
use crate::kernel::documents::procedure::ParameterType;
use crate::kernel::documents::step::StepType;
use crate::kernel::expression::{Type, Value};
use crate::kernel::model::evidence::Moments;
use crate::kernel::model::input::{EntryVerdict, Input, InputType};
use crate::kernel::model::name::{OptionId, StepId, Variable};
use crate::kernel::model::number::Number;
use crate::kernel::model::time::Moment;
use crate::kernel::text::nfc;
use std::collections::BTreeMap;
use std::sync::LazyLock;

impl Run {
    /// Returns the value of an input, decision or parameter as expressions see it.
    #[must_use]
    pub fn value_of(&self, name: &Variable) -> Option<Value> {
        if let Some(parameter) = self.plan.procedure.parameters.iter().find(|p| p.id == *name) {
            let text = self.plan.manifest.parameters.get(name)?;
            return Some(match parameter.kind {
                ParameterType::Number => Value::Number(text.parse().ok()?),
                _ => Value::Text(nfc(text)),
            });
        }
        let found = self.plan.procedure.steps().find(|s| s.input(name).is_some());
        let Some(step) = found else { return self.watched_value(name) };
        let attempt = self.steps.get(&step.id)?.current()?;
        let input = step.input(name)?;
        if step.kind == StepType::Decision {
            return attempt.decision.as_ref().map(|option| Value::Text(option.to_string()));
        }
        let row = input.as_found_as_left.then(|| as_left().clone());
        let entry = attempt.entry(name, row.as_ref(), None).filter(|e| e.verdict != EntryVerdict::Implausible)?;
        read_value(input, &entry.value)
    }

    /// Returns what the time of a file captured at an attempt is held against.
    #[must_use]
    pub fn moments(&self, step: &StepId, attempt: u32) -> Moments {
        let index = attempt.saturating_sub(1) as usize;
        let begun =
            self.steps.get(step).and_then(|known| known.attempts.get(index)?.started.as_ref().map(Moment::time));
        Moments { run: self.opened.as_ref().map(|(_, at)| at.time()), step: begun }
    }

    /// Returns the last reading of a watch.
    fn watched_value(&self, name: &Variable) -> Option<Value> {
        let watch = self.plan.procedure.watches.iter().find(|w| w.input.as_ref().is_some_and(|i| i.id == *name))?;
        let value = self.watches.get(&watch.id)?.value.as_ref()?;
        value.parse::<Number>().ok().map(Value::Number)
    }

    /// Returns the text that an input must equal, with entries of earlier inputs filled in.
    #[must_use]
    pub fn expected(&self, input: &Input) -> Option<String> {
        let template = self.plan.text(input.equals.as_deref()?);
        let known: BTreeMap<_, _> = self
            .plan
            .procedure
            .steps()
            .flat_map(|s| &s.inputs)
            .filter(|i| template.contains(&format!("{{{}}}", i.id)))
            .filter_map(|i| match self.value_of(&i.id)? {
                Value::Text(text) => Some((i.id.clone(), text)),
                Value::Several(options) => Some((i.id.clone(), options.join(","))),
                other => Some((i.id.clone(), other.to_string())),
            })
            .collect();
        Some(known.iter().fold(template, |text, (name, value)| text.replace(&format!("{{{name}}}"), value)))
    }
}

/// Returns the type that an input has in expressions; tables have none.
#[must_use]
pub fn value_type(input: &Input) -> Option<Type> {
    match input.kind {
        InputType::Number => Some(Type::Number),
        InputType::Bool => Some(Type::Bool),
        InputType::Choice | InputType::Text | InputType::Identifier | InputType::Datetime => Some(Type::Text),
        InputType::Multi => Some(Type::Several),
        InputType::Table => None,
    }
}

/// Returns a recorded entry as expressions see it.
#[must_use]
pub fn read_value(input: &Input, recorded: &str) -> Option<Value> {
    match value_type(input)? {
        Type::Number => recorded.parse::<Number>().ok().map(Value::Number),
        Type::Bool => recorded.parse().ok().map(Value::Bool),
        Type::Text => Some(Value::Text(recorded.to_owned())),
        Type::Several => Some(Value::Several(recorded.split(',').map(str::to_owned).collect())),
    }
}

/// Returns the row of a reading that is taken before anything is done.
pub(super) fn as_found() -> &'static OptionId {
    static ROW: LazyLock<OptionId> = LazyLock::new(|| row("as_found"));
    &ROW
}

/// Returns the row of a reading that is taken at the end; it is the one that counts.
pub(super) fn as_left() -> &'static OptionId {
    static ROW: LazyLock<OptionId> = LazyLock::new(|| row("as_left"));
    &ROW
}

fn row(name: &str) -> OptionId {
    name.parse().unwrap_or_else(|_| unreachable!("both rows are identifiers"))
}
