//! Every case that a set of conditions can tell apart, so that "never" and "both" are proved, not guessed.
//!
//! Choices and bools have few values, several-choices every selection of their options. Numbers that are only compared, never calculated with, are told apart by
//! their order alone: it is enough to try each constant and as many points between two of them as there are
//! numbers. Conditions that calculate have too many cases; nothing is said of them.

use crate::kernel::documents::procedure::{Parameter, ParameterType, Procedure};
use crate::kernel::expression::{Binary, Expression, Node, Value};
use crate::kernel::model::input::{Input, InputType};
use crate::kernel::model::name::Variable;
use crate::kernel::model::number::Number;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// Values by name: one case.
pub type Case = BTreeMap<Variable, Value>;

/// The most cases that are tried.
const MOST: usize = 4096;

/// Returns every case that the expressions can tell apart; none where that cannot be said or would be too many.
#[must_use]
pub fn cases(procedure: &Procedure, expressions: &[&Expression]) -> Option<Vec<Case>> {
    let mut numbers = BTreeSet::new();
    let mut texts = BTreeSet::new();
    let mut variables = BTreeSet::new();
    for expression in expressions {
        collect(expression.node(), &mut numbers, &mut texts)?;
        variables.extend(expression.variables());
    }
    let parameter = |name: &Variable| procedure.parameters.iter().find(|p| p.id == *name);
    let watched = |name: &Variable| procedure.watches.iter().filter_map(|w| w.input.as_ref()).find(|i| i.id == *name);
    let input = |name: &Variable| procedure.steps().find_map(|s| s.input(name)).or_else(|| watched(name));
    for bound in variables.iter().filter_map(parameter).flat_map(|p| [&p.min, &p.max]).flatten() {
        numbers.extend(bound.parse::<Number>().ok().map(|n| n.0));
    }
    let is_number = |name: &&Variable| {
        parameter(name).map_or_else(
            || input(name).is_some_and(|i| i.kind == InputType::Number),
            |p| p.kind == ParameterType::Number,
        )
    };
    let points = points(&numbers, variables.iter().filter(is_number).count());
    let mut all: Vec<Case> = vec![Case::new()];
    for name in &variables {
        let values = match (parameter(name), input(name)) {
            (Some(parameter), _) => of_parameter(parameter, &points, &texts),
            (None, Some(input)) => of_input(input, &points, &texts)?,
            (None, None) => return None,
        };
        if all.len() * values.len() > MOST {
            return None;
        }
        let with = |case: &Case| {
            let case = case.clone();
            let extended = values.iter().map(move |v| {
                case.iter().map(|(k, v)| (k.clone(), v.clone())).chain([(name.clone(), v.clone())]).collect()
            });
            extended.collect::<Vec<Case>>()
        };
        all = all.iter().flat_map(with).collect();
    }
    Some(all)
}

/// Collects constants; none where an expression calculates.
fn collect(node: &Node, numbers: &mut BTreeSet<Decimal>, texts: &mut BTreeSet<String>) -> Option<()> {
    match node {
        Node::Number(Number(number)) => {
            numbers.insert(*number);
        }
        Node::Text(text) => {
            texts.insert(text.clone());
        }
        Node::Bool(_) | Node::Variable(_) => {}
        Node::Not(inner) => collect(inner, numbers, texts)?,
        Node::Negate(inner) => match &**inner {
            Node::Number(Number(number)) => {
                numbers.insert(-*number);
            }
            _ => return None,
        },
        Node::Binary(Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide, ..) => return None,
        Node::Binary(_, left, right) => {
            collect(left, numbers, texts)?;
            collect(right, numbers, texts)?;
        }
    }
    Some(())
}

/// Every constant, and `count` points below, between and above them.
fn points(constants: &BTreeSet<Decimal>, count: usize) -> Vec<Value> {
    let sorted: Vec<Decimal> = constants.iter().copied().collect();
    let parts = Decimal::from(count as u64 + 1);
    let steps: Vec<Decimal> = (1..=count as u64).map(Decimal::from).collect();
    let first = sorted.first().copied().unwrap_or_default();
    let last = sorted.last().copied().unwrap_or_default();
    let mut all: Vec<Decimal> = sorted.clone();
    all.extend(steps.iter().filter_map(|s| first.checked_sub(*s)));
    all.extend(steps.iter().filter_map(|s| last.checked_add(*s)));
    for pair in sorted.windows(2) {
        let between =
            |s: &Decimal| pair[1].checked_sub(pair[0])?.checked_mul(*s)?.checked_div(parts)?.checked_add(pair[0]);
        all.extend(steps.iter().filter_map(between));
    }
    all.sort();
    all.dedup();
    all.into_iter().map(|d| Value::Number(Number(d))).collect()
}

fn of_parameter(parameter: &Parameter, points: &[Value], texts: &BTreeSet<String>) -> Vec<Value> {
    if parameter.kind != ParameterType::Number {
        return of_text(texts);
    }
    let bound = |text: &Option<String>| text.as_deref().and_then(|t| t.parse::<Number>().ok());
    let (min, max) = (bound(&parameter.min), bound(&parameter.max));
    let inside = |v: &&Value| match v {
        Value::Number(n) => min.is_none_or(|m| *n >= m) && max.is_none_or(|m| *n <= m),
        _ => true,
    };
    points.iter().filter(inside).cloned().collect()
}

fn of_input(input: &Input, points: &[Value], texts: &BTreeSet<String>) -> Option<Vec<Value>> {
    Some(match input.kind {
        InputType::Number => points.to_vec(),
        InputType::Choice => input.options.iter().map(|o| Value::Text(o.id.to_string())).collect(),
        InputType::Bool => vec![Value::Bool(true), Value::Bool(false)],
        InputType::Text | InputType::Identifier | InputType::Datetime => of_text(texts),
        InputType::Multi => of_several(input)?,
        InputType::Table => return None,
    })
}

/// Every selection of at least one option.
fn of_several(input: &Input) -> Option<Vec<Value>> {
    let options: Vec<String> = input.options.iter().map(|o| o.id.to_string()).collect();
    let selections = 1_usize.checked_shl(u32::try_from(options.len()).ok()?).filter(|n| *n <= MOST)?;
    let chosen = |bits: usize| options.iter().enumerate().filter(move |(n, _)| bits >> n & 1 == 1);
    Some((1..selections).map(|bits| Value::Several(chosen(bits).map(|(_, o)| o.clone()).collect())).collect())
}

/// Each text that is compared with, and one that is not.
fn of_text(texts: &BTreeSet<String>) -> Vec<Value> {
    texts.iter().cloned().chain(["\u{1}other".to_owned()]).map(Value::Text).collect()
}
