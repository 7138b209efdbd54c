//! How a value reads: yes and no in words, "in limits" only where there are limits, and what was just recorded of it.

use super::told::{Told, Tone};
use crate::kernel::model::input::{EntryVerdict, Input, InputType};
use crate::kernel::model::name::{OptionId, StepId, Variable};
use crate::kernel::run::{Entry, Run};
use std::borrow::Cow;

/// Returns a recorded value as people say it.
#[must_use]
pub fn plain<'a>(input: Option<&Input>, value: &'a str) -> Cow<'a, str> {
    match (input.map(|input| input.kind), value) {
        (Some(InputType::Bool), "true") => "yes".into(),
        (Some(InputType::Bool), "false") => "no".into(),
        _ => value.into(),
    }
}

/// Returns what the limits say of a value; where nothing was asked of it, that it is recorded.
#[must_use]
pub fn verdict(input: Option<&Input>, verdict: EntryVerdict) -> &'static str {
    match (verdict, input) {
        (EntryVerdict::Pass, Some(input)) if input.limits.is_none() => match asks_for_one(input) {
            true => "as required",
            false => "recorded",
        },
        (EntryVerdict::Pass, None) => "recorded",
        (verdict, _) => verdict.word(),
    }
}

fn asks_for_one(input: &Input) -> bool {
    input.expect.is_some() || input.equals.is_some()
}

pub(super) type Place<'a> = (&'a StepId, &'a Variable, Option<&'a OptionId>, Option<&'a Variable>);

/// The value that counts now; none while somebody is still to read it blind.
fn entered<'a>(run: &'a Run, (step, input, row, column): Place) -> Option<&'a Entry> {
    let known = run.step(step).filter(|_| !run.is_read_blind(step))?;
    known.attempts.iter().rev().find_map(|attempt| attempt.entry(input, row, column))
}

pub(super) fn counts(run: &Run, place: Place) -> bool {
    entered(run, place).is_none_or(|entry| entry.verdict.passes())
}

/// The value that counts now, with what the limits say; only its name where somebody is still to read it blind.
pub(super) fn entry(run: &Run, place: Place) -> String {
    let (step, input, row, column) = place;
    let Some(Entry { value, verdict: found, .. }) = entered(run, place) else {
        return format!("{} entered", run.value_label(step, input, row, column));
    };
    let outer = run.authored(step).and_then(|authored| authored.input(input));
    let inner = column.map_or(outer, |column| outer.and_then(|outer| outer.column(column)));
    reading(run, inner, value, verdict(inner, *found))
}

pub(super) fn calculated(run: &Run, step: &StepId) -> Told {
    let result = run.authored(step).and_then(|authored| authored.calc.as_ref()).map(|calc| &calc.result);
    let Some(result) = result else { return format!("step {step}: calculated").into() };
    let place = (step, &result.id, None, None);
    Told::new(tone(counts(run, place)), entry(run, place))
}

pub(super) fn tone(good: bool) -> Tone {
    if good { Tone::Plain } else { Tone::Bad }
}

pub(super) fn sampled(run: &Run, step: &StepId) -> Told {
    let attempt = run.step(step).and_then(|known| known.current()).filter(|_| !run.is_read_blind(step));
    let rows = run.step(step).and_then(|known| known.current()).map_or(0, |attempt| attempt.work.sample.rows);
    let row = rows.to_string();
    let of_row = |entry: &&Entry| entry.row.as_ref().is_some_and(|id| id.as_str() == row);
    let good = attempt.is_none_or(|a| a.entries.iter().filter(of_row).all(|entry| entry.verdict.passes()));
    let off = if good { "" } else { ", not all of it in limits" };
    Told::new(tone(good), format!("step {step}: row {row} taken{off}"))
}

fn reading(run: &Run, input: Option<&Input>, value: &str, verdict: &str) -> String {
    let unit = input.and_then(|input| input.unit.as_ref());
    let unit = unit.map_or_else(String::new, |unit| format!(" {}", run.plan().pack.symbol(unit)));
    format!("{}{unit}, {verdict}", plain(input, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_has_limits_is_in_limits() {
        let told = |members: serde_json::Value| {
            let input: Input = serde_json::from_value(members).unwrap();
            verdict(Some(&input), EntryVerdict::Pass)
        };
        let limits = json!({"accept": {"min": "1", "max": "2"}});
        assert_eq!(told(json!({"id": "a", "type": "number", "unit": "bar", "limits": limits})), "in limits");
        assert_eq!(told(json!({"id": "a", "type": "text"})), "recorded");
        assert_eq!(told(json!({"id": "a", "type": "bool", "expect": true})), "as required");
        assert_eq!(verdict(None, EntryVerdict::Out), "OUT OF LIMITS");
    }

    #[test]
    fn a_question_is_answered_with_yes_or_no() {
        let input: Input = serde_json::from_value(json!({"id": "a", "type": "bool"})).unwrap();
        assert_eq!([plain(Some(&input), "true"), plain(Some(&input), "false")], ["yes", "no"]);
        assert_eq!(plain(None, "true"), "true");
    }
}
