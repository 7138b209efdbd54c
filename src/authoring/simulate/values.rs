//! Entries that pass, and entries that do not.

use super::calculations;
use crate::kernel::documents::step::Loop;
use crate::kernel::expression::Value;
use crate::kernel::model::input::{Band, EntryVerdict, Input, InputType, OptionVerdict};
use crate::kernel::model::number::Number;
use crate::kernel::model::time::Timestamp;
use crate::kernel::run::{Run, read_value};
use crate::library::lint::cases;
use rust_decimal::Decimal;

/// What a registered instrument, lot and label are called.
pub(super) const LABEL: &str = "SIM-1";

/// Tells whether an entry is judged so.
pub(super) fn verdict(run: &Run, input: &Input, raw: &str) -> Option<EntryVerdict> {
    let expected = run.expected(input);
    run.plan().judge(input, raw, expected.as_deref(), &|_| false).ok().map(|(_, verdict)| verdict)
}

/// An entry that passes, and that ends the loop which asks for it, where one does.
pub(super) fn passing(run: &Run, input: &Input, now: Timestamp) -> Option<String> {
    let text = |default: &str| run.expected(input).unwrap_or_else(|| default.to_owned());
    match input.kind {
        InputType::Number => number(run, input),
        InputType::Choice | InputType::Multi => {
            let ends = |raw: &&String| read_value(input, raw).is_some_and(|value| ends_loops(run, input, &value));
            let good = input.options.iter().filter(|o| o.verdict != Some(OptionVerdict::Fail));
            let mut good: Vec<String> = good.map(|o| o.id.to_string()).collect();
            if input.kind == InputType::Multi {
                good.push(good.join(","));
            }
            good.iter().find(ends).or(good.first()).cloned()
        }
        InputType::Bool => Some(input.expect.unwrap_or(true).to_string()),
        InputType::Datetime => Some(now.to_string()),
        InputType::Text => Some(text("done")),
        InputType::Identifier => Some(text(LABEL)),
        InputType::Table => None,
    }
}

fn number(run: &Run, input: &Input) -> Option<String> {
    let good = within(run, input, &candidates(run, input));
    let ends = |n: &&Number| ends_loops(run, input, &Value::Number(**n));
    let best = good.iter().filter(ends).find(|n| calculations::can_pass(run, input, **n));
    best.or(good.iter().find(ends)).or(good.first()).map(ToString::to_string)
}

/// Candidates within the limits, those without an alert first.
pub(super) fn within(run: &Run, input: &Input, all: &[Number]) -> Vec<Number> {
    let of = |wanted: EntryVerdict| all.iter().filter(move |n| verdict(run, input, &n.to_string()) == Some(wanted));
    of(EntryVerdict::Pass).chain(of(EntryVerdict::Alert)).copied().collect()
}

/// Every loop that asks for this input would be done with this value.
fn ends_loops(run: &Run, input: &Input, value: &Value) -> bool {
    let given = |name: &_| if *name == input.id { Some(value.clone()) } else { run.value_of(name) };
    let done = |l: &Loop| l.until.evaluate(&given).is_ok_and(|e| e.value == Value::Bool(true));
    loops(run).iter().filter(|l| l.until.variables().contains(&input.id)).all(done)
}

fn loops(run: &Run) -> Vec<Loop> {
    let procedure = &run.plan().procedure;
    procedure.steps().filter_map(|s| procedure.loop_at(s)).collect()
}

/// Numbers that limits and loops tell apart, and those that bring a calculation to the middle of its limits.
pub(super) fn candidates(run: &Run, input: &Input) -> Vec<Number> {
    let mut all = told_apart(run, input);
    all.extend(calculations::solved(run, input));
    // What is read to a resolution is keyed to it.
    let nearest = |n: &Number, r: Number| {
        let steps = n.divided(r).map(|s| s.rounded(0)).and_then(|s| s.times(r))?;
        Some(steps.rounded(r.digits()))
    };
    let near: Vec<Number> = input.resolution.iter().flat_map(|r| all.iter().filter_map(|n| nearest(n, *r))).collect();
    all.extend(near);
    all
}

/// Numbers at, between and beyond the bounds, and those that the loops tell apart.
pub(super) fn told_apart(run: &Run, input: &Input) -> Vec<Number> {
    let parameters = &run.plan().manifest.parameters;
    let bands = input.limits.iter().flat_map(|l| [&l.alert, &l.accept, &l.plausible]).flatten();
    let mut found: Vec<Decimal> = Vec::new();
    let ranges: Vec<_> = bands.map(|b: &Band| b.range(parameters)).collect();
    for range in &ranges {
        if let (Some(min), Some(max)) = (range.min, range.max) {
            found.extend(min.0.checked_add(max.0).and_then(|sum| sum.checked_div(Decimal::TWO)));
        }
    }
    found.extend(ranges.iter().flat_map(|r| [r.min, r.max]).flatten().map(|n| n.0));
    for end in loops(run).iter().filter(|l| l.until.variables().contains(&input.id)) {
        let all = cases(&run.plan().procedure, &[&end.until]).unwrap_or_default();
        found.extend(all.iter().filter_map(|case| match case.get(&input.id) {
            Some(Value::Number(n)) => Some(n.0),
            _ => None,
        }));
    }
    let step = input.resolution.map_or(Decimal::new(1, 2), |r| r.0);
    let near: Vec<Decimal> = found.iter().flat_map(|d| [d.checked_add(step), d.checked_sub(step)]).flatten().collect();
    found.extend(near);
    found.extend([Decimal::ONE, Decimal::ZERO, Decimal::TEN, Decimal::ONE_HUNDRED]);
    found.into_iter().map(Number).collect()
}

/// Entries that fail: one beyond each bound of a number, one other answer or option.
pub(super) fn failing(run: &Run, input: &Input) -> Vec<String> {
    let fails = |raw: &String| {
        let fails = [EntryVerdict::Out, EntryVerdict::Fail, EntryVerdict::ConditionalFail];
        verdict(run, input, raw).is_some_and(|v| fails.contains(&v))
    };
    let other: Vec<String> = match input.kind {
        InputType::Number => beyond(run, input),
        InputType::Choice | InputType::Multi => input.options.iter().map(|o| o.id.to_string()).collect(),
        InputType::Bool => vec!["true".into(), "false".into()],
        InputType::Text | InputType::Identifier if input.equals.is_some() => vec!["SIM-OTHER".into()],
        _ => Vec::new(),
    };
    other.into_iter().filter(fails).collect()
}

/// The first candidate that is out of limits below, and the first above.
fn beyond(run: &Run, input: &Input) -> Vec<String> {
    let accept = input.limits.as_ref().and_then(|l| l.accept.as_ref());
    let Some(range) = accept.map(|b| b.range(&run.plan().manifest.parameters)) else { return Vec::new() };
    let out = |n: &&Number| verdict(run, input, &n.to_string()) == Some(EntryVerdict::Out);
    let all = candidates(run, input);
    let below = all.iter().filter(out).find(|n| range.min.is_some_and(|min| **n <= min));
    let above = all.iter().filter(out).find(|n| range.max.is_some_and(|max| **n >= max));
    below.into_iter().chain(above).map(ToString::to_string).collect()
}
