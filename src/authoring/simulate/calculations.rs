//! Entries that let the calculations to come pass: who reads 12 V although 13.5 V are wanted shows nothing new.

use super::values;
use crate::kernel::expression::Value;
use crate::kernel::model::input::{EntryVerdict, Input};
use crate::kernel::model::name::Variable;
use crate::kernel::model::number::Number;
use crate::kernel::run::Run;
use crate::kernel::work::calculate::Calc;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Entries that are thought of, by input.
type Given = BTreeMap<Variable, Number>;

/// The most combinations of entries that are tried for one calculation.
const MOST: usize = 4_000;

/// Every calculation that asks for an input.
fn of<'a>(run: &'a Run, input: &'a Input) -> impl Iterator<Item = &'a Calc> {
    let all = run.plan().procedure.steps().filter_map(|s| s.calc.as_ref());
    all.filter(|calc| calc.expr.variables().contains(&input.id))
}

/// Tells whether every calculation that asks for this input can still pass when it has this value.
pub(super) fn can_pass(run: &Run, input: &Input, value: Number) -> bool {
    of(run, input).all(|calc| {
        let mut given = Given::from([(input.id.clone(), value)]);
        let (open, mut left) = (open(run, calc, &given), MOST);
        open.is_none_or(|open| passes_with(run, calc, &open, &mut given, &mut left))
    })
}

/// For each calculation the value that brings it to the middle of its limits, where it is a straight line.
pub(super) fn solved(run: &Run, input: &Input) -> Vec<Number> {
    of(run, input).filter_map(|calc| solve(run, calc, input)).collect()
}

fn solve(run: &Run, calc: &Calc, input: &Input) -> Option<Number> {
    let band = calc.result.limits.as_ref()?.accept.as_ref()?.range(&run.plan().manifest.parameters);
    let target = match (band.min, band.max) {
        (Some(min), Some(max)) => min.0.checked_add(max.0)?.checked_div(Decimal::TWO)?,
        (one, other) => one.or(other)?.0,
    };
    let mut given = Given::from([(input.id.clone(), Number(Decimal::ZERO))]);
    for other in open(run, calc, &given)? {
        given.insert(other.id.clone(), *entries(run, other).first()?);
    }
    let mut at = |x: Decimal| {
        given.insert(input.id.clone(), Number(x));
        result(run, calc, &given).map(|n| n.0)
    };
    let (one, two) = (at(Decimal::ONE)?, at(Decimal::TWO)?);
    let x = target.checked_sub(one)?.checked_div(two.checked_sub(one)?)?.checked_add(Decimal::ONE)?;
    Some(Number(x).rounded(input.resolution.map_or(4, |r| r.0.scale())))
}

fn entries(run: &Run, input: &Input) -> Vec<Number> {
    values::within(run, input, &values::told_apart(run, input))
}

/// The inputs that are not entered yet; none where something else than an entry is missing.
fn open<'a>(run: &'a Run, calc: &Calc, given: &Given) -> Option<Vec<&'a Input>> {
    let names = calc.expr.variables();
    let unknown = names.iter().filter(|n| !given.contains_key(*n) && run.value_of(n).is_none());
    unknown.map(|name| run.plan().procedure.steps().flat_map(|s| &s.inputs).find(|i| i.id == *name)).collect()
}

fn passes_with(run: &Run, calc: &Calc, open: &[&Input], given: &mut Given, left: &mut usize) -> bool {
    let Some((next, rest)) = open.split_first() else {
        *left = left.saturating_sub(1);
        let text = result(run, calc, given).map(|n| calc.round.map_or(n, |d| n.rounded(d)).to_string());
        return text.is_some_and(|text| values::verdict(run, &calc.result, &text).is_some_and(EntryVerdict::passes));
    };
    entries(run, next).into_iter().any(|value| {
        given.insert(next.id.clone(), value);
        *left > 0 && passes_with(run, calc, rest, given, left)
    })
}

/// What the formula gives, not rounded.
fn result(run: &Run, calc: &Calc, given: &Given) -> Option<Number> {
    let value = |name: &Variable| given.get(name).map(|n| Value::Number(*n)).or_else(|| run.value_of(name));
    match calc.expr.evaluate(&value).ok()?.value {
        Value::Number(number) => Some(number),
        _ => None,
    }
}
