//! Which values the branches of a procedure depend on, and every combination of them, bounded.

use super::values;
use crate::kernel::documents::procedure::Procedure;
use crate::kernel::expression::{Expression, Value};
use crate::kernel::model::input::{Input, InputType, OptionVerdict};
use crate::kernel::model::limits::EntryVerdict;
use crate::kernel::model::name::Variable;
use crate::kernel::run::{Run, read_value};
use crate::library::lint::cases;
use std::collections::{BTreeMap, BTreeSet};

/// Entries by input, as they are keyed.
pub(super) type Choices = BTreeMap<Variable, String>;

/// The most combinations that are walked in full.
const MOST: usize = 64;

/// Returns the combinations to walk, and what was left out.
pub(super) fn combinations(run: &Run) -> (Vec<Choices>, Option<String>) {
    let domains = domains(run);
    let product = domains.values().try_fold(1usize, |all, values| all.checked_mul(values.len()));
    if product.is_some_and(|n| n <= MOST) {
        let mut all = vec![Choices::new()];
        for (name, values) in &domains {
            let with = |c: &Choices| values.iter().map(|v| with(c, name, v)).collect::<Vec<_>>();
            all = all.iter().flat_map(with).collect();
        }
        return (all, None);
    }
    let first: Choices = domains.iter().filter_map(|(n, v)| Some((n.clone(), v.first()?.clone()))).collect();
    let single = domains.iter().flat_map(|(name, values)| values.iter().skip(1).map(|v| with(&first, name, v)));
    let all: Vec<Choices> = std::iter::once(first.clone()).chain(single).take(MOST).collect();
    let cut = format!("more than {MOST} combinations of branches: {} of them, one value changed at a time", all.len());
    (all, Some(cut))
}

fn with(choices: &Choices, name: &Variable, value: &str) -> Choices {
    let mut choices = choices.clone();
    choices.insert(name.clone(), value.to_owned());
    choices
}

/// Every input that a condition asks for, with the entries that pass and that conditions can tell apart.
fn domains(run: &Run) -> BTreeMap<Variable, Vec<String>> {
    let procedure = &run.plan().procedure;
    let conditions = conditions(procedure);
    let names: BTreeSet<Variable> = conditions.iter().flat_map(|c| c.variables()).collect();
    let input = |name: &Variable| procedure.steps().flat_map(|s| &s.inputs).find(|i| i.id == *name);
    let known = names.iter().filter_map(|name| Some((name.clone(), values_of(run, input(name)?, &conditions))));
    known.filter(|(_, values)| values.len() > 1).collect()
}

fn conditions(procedure: &Procedure) -> Vec<&Expression> {
    let sections = procedure.sections.iter().filter_map(|s| s.when.as_ref());
    sections.chain(procedure.steps().filter_map(|s| s.when.as_ref())).map(|c| &c.expr).collect()
}

fn values_of(run: &Run, input: &Input, conditions: &[&Expression]) -> Vec<String> {
    let mut found: Vec<String> = match input.kind {
        InputType::Choice => {
            let good = input.options.iter().filter(|o| o.verdict != Some(OptionVerdict::Fail));
            good.map(|o| o.id.to_string()).collect()
        }
        InputType::Bool => vec!["true".into(), "false".into()],
        InputType::Number => {
            let mut all = told_apart(&run.plan().procedure, input, conditions);
            all.extend(values::candidates(run, input).iter().map(ToString::to_string));
            all
        }
        _ => told_apart(&run.plan().procedure, input, conditions),
    };
    found.retain(|raw| values::verdict(run, input, raw).is_some_and(EntryVerdict::passes));
    let mut seen = BTreeSet::new();
    found.retain(|raw| seen.insert(outcomes(run, input, conditions, raw)));
    found
}

/// How the conditions come out for an entry; the entry itself where they ask for more than it.
fn outcomes(run: &Run, input: &Input, conditions: &[&Expression], raw: &str) -> String {
    let judged = matches!(input.kind, InputType::Number | InputType::Multi);
    let value = judged.then(|| read_value(input, raw)).flatten();
    let given = |name: &Variable| if *name == input.id { value.clone() } else { run.value_of(name) };
    let naming = conditions.iter().filter(|c| c.variables().contains(&input.id));
    let all: Result<Vec<String>, _> = naming.map(|c| c.evaluate(&given).map(|e| e.value.to_string())).collect();
    all.map_or_else(|_| raw.to_owned(), |words| words.join(" "))
}

fn told_apart(procedure: &Procedure, input: &Input, conditions: &[&Expression]) -> Vec<String> {
    let naming = conditions.iter().filter(|c| c.variables().contains(&input.id));
    let all = naming.flat_map(|c| cases(procedure, &[*c]).unwrap_or_default());
    let values = all.filter_map(|case| match case.get(&input.id)? {
        Value::Number(number) => Some(number.to_string()),
        Value::Text(text) if text.chars().all(|c| c.is_ascii_graphic()) => Some(text.clone()),
        Value::Text(_) => Some(values::LABEL.to_owned()),
        Value::Several(options) => Some(options.join(",")),
        Value::Bool(_) => None,
    });
    values.collect()
}
