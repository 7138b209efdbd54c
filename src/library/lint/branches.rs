//! Conditions that never hold, always hold, or hold together; decisions that decide nothing; loops without end.

use super::domain::{Case, cases};
use super::{Asked, Code, Known, Linter};
use crate::kernel::documents::procedure::Section;
use crate::kernel::documents::step::StepType;
use crate::kernel::expression::{Expression, Value};
use crate::kernel::model::input::OptionVerdict;

pub(super) fn check(linter: &mut Linter) {
    let mut number = 0;
    for (s, section) in linter.procedure.sections.iter().enumerate() {
        of_section(linter, s, section, number);
        number += section.steps.len();
    }
    overlaps(linter);
    decisions(linter);
    loops(linter);
}

fn holds(expression: &Expression, case: &Case) -> bool {
    expression.evaluate(&|name| case.get(name).cloned()).is_ok_and(|e| e.value == Value::Bool(true))
}

/// Judges the section's condition, and each step's together with it.
fn of_section(linter: &mut Linter, s: usize, section: &Section, number: usize) {
    let path = format!("sections[{s}].when.expr");
    let outer = section.when.as_ref().map(|c| Asked { path, expression: &c.expr, until: number });
    let outer = outer.filter(|asked| linter.is_sound(asked));
    let outer_never = outer.as_ref().is_some_and(|asked| constant(linter, asked, None));
    for (i, step) in section.steps.iter().enumerate() {
        let path = format!("sections[{s}].steps[{i}].when.expr");
        let inner = step.when.as_ref().map(|c| Asked { path, expression: &c.expr, until: number + i });
        if let Some(inner) = inner.filter(|asked| linter.is_sound(asked)) {
            constant(linter, &inner, outer.as_ref().filter(|_| !outer_never).map(|o| o.expression));
        }
    }
}

/// Says of a condition that it comes out the same in every case; returns whether it never holds.
fn constant(linter: &mut Linter, asked: &Asked, within: Option<&Expression>) -> bool {
    let both: Vec<&Expression> = within.into_iter().chain([asked.expression]).collect();
    let Some(all) = cases(linter.procedure, &both) else { return false };
    let open: Vec<&Case> = all.iter().filter(|case| within.is_none_or(|w| holds(w, case))).collect();
    let (some, every) = open.iter().fold((false, true), |(some, every), case| {
        let here = holds(asked.expression, case);
        (some || here, every && here)
    });
    let source = asked.expression.source();
    if !some {
        linter.say(Code::BranchNever, &asked.path, format!("`{source}` holds for no value"));
    } else if every {
        linter.say(Code::BranchAlways, &asked.path, format!("`{source}` holds for every value"));
    }
    !some
}

/// Two conditions side by side over the same values, neither of which contains the other, that both hold somewhere.
fn overlaps(linter: &mut Linter) {
    let procedure = linter.procedure;
    let all = linter.conditions();
    let of_sections: Vec<&Asked> = all.iter().filter(|a| !a.path.contains(".steps[")).collect();
    let mut groups = vec![of_sections];
    for s in 0..procedure.sections.len() {
        groups.push(all.iter().filter(|a| a.path.starts_with(&format!("sections[{s}].steps["))).collect());
    }
    let mut found = Vec::new();
    for group in groups {
        for (n, second) in group.iter().enumerate() {
            let clash = group[..n].iter().find_map(|first| Some((first, common(linter, first, second)?)));
            found.extend(clash.map(|(first, case)| (second.path.clone(), first.expression.source().to_owned(), case)));
        }
    }
    for (path, other, case) in found {
        linter.say(Code::BranchOverlap, path, format!("holds together with `{other}` {case}"));
    }
}

/// Returns a case in which both hold, where each also holds without the other.
fn common(linter: &Linter, first: &Asked, second: &Asked) -> Option<String> {
    let (a, b) = (first.expression, second.expression);
    if a.variables() != b.variables() || !linter.is_sound(first) || !linter.is_sound(second) {
        return None;
    }
    let all = cases(linter.procedure, &[a, b])?;
    let alone = |x: &Expression, y: &Expression| all.iter().any(|c| holds(x, c) && !holds(y, c));
    let both = all.iter().find(|c| holds(a, c) && holds(b, c))?;
    let words = both.iter().map(|(name, value)| format!("{name} is {value}")).collect::<Vec<_>>().join(" and ");
    (alone(a, b) && alone(b, a)).then(|| format!("where {words}"))
}

fn decisions(linter: &mut Linter) {
    let named: Vec<_> =
        linter.conditions().iter().chain(&linter.loop_ends()).flat_map(|a| a.expression.variables()).collect();
    for (_, path, step) in linter.steps() {
        let [input] = &step.inputs[..] else { continue };
        let fails = input.options.iter().any(|o| o.verdict == Some(OptionVerdict::Fail));
        if step.kind == StepType::Decision && !fails && !named.contains(&input.id) && input.options.len() > 1 {
            let message = format!("no condition asks for `{}`", input.id);
            linter.say(Code::DecisionUnused, format!("{path}.inputs[0].id"), message);
        }
    }
}

/// The end of a loop can be reached, and a pass can bring it about.
fn loops(linter: &mut Linter) {
    for (asked, body) in linter.loops() {
        if !linter.is_sound(&asked) {
            continue;
        }
        let until = asked.expression;
        let in_loop = |name: &_| body.iter().any(|s| s.input(name).is_some());
        let watched = |name: &_| matches!(linter.known(name), Some(Known::Watch(_)));
        let source = until.source();
        if !until.variables().iter().any(|name| in_loop(name) || watched(name)) {
            let message = format!("`{source}` asks about nothing that is entered in the loop");
            linter.say(Code::LoopExit, asked.path, message);
        } else if cases(linter.procedure, &[until]).is_some_and(|all| !all.iter().any(|c| holds(until, c))) {
            linter.say(Code::LoopExit, asked.path, format!("`{source}` holds for no value"));
        }
    }
}
