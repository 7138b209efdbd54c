//! Types in expressions, values that are not there, options that do not exist.

use super::{Asked, Code, Known, Linter};
use crate::kernel::expression::{Binary, Expression, Fault, Node, Type};
use crate::kernel::model::input::InputType;

pub(super) fn check(linter: &mut Linter) {
    calculations(linter);
    for asked in linter.conditions().into_iter().chain(linter.loop_ends()) {
        if let Some((code, message)) = fault(linter, &asked) {
            linter.say(code, &asked.path, message);
            continue;
        }
        for message in strange_options(linter, asked.expression) {
            linter.say(Code::UnknownOption, &asked.path, message);
        }
    }
}

/// A formula yields a number from what is recorded before its step, or entered at it.
fn calculations(linter: &mut Linter) {
    for (number, path, step) in linter.steps() {
        let Some(calc) = &step.calc else { continue };
        let known = |name: &_| {
            let before = linter.known(name).filter(|k| k.before(number + 1));
            before.filter(|_| *name != calc.result.id).and_then(|k| k.kind())
        };
        let (code, message) = match calc.expr.check(&known) {
            Ok(Type::Number) => continue,
            Ok(other) => (Code::Expression, format!("`{}` is {other}, not a number", calc.expr.source())),
            Err(unknown @ Fault::Unknown(_)) => (Code::UnknownValue, unknown.to_string()),
            Err(fault) => (Code::Expression, fault.to_string()),
        };
        linter.say(code, format!("{path}.calc.expr"), message);
    }
}

/// Says why an expression is not true or false over what is known where it stands.
pub(super) fn fault(linter: &Linter, asked: &Asked) -> Option<(Code, String)> {
    let known = |name: &_| linter.known(name).filter(|k| k.before(asked.until)).and_then(|k| k.kind());
    match asked.expression.check(&known) {
        Ok(Type::Bool) => None,
        Ok(other) => Some((Code::Expression, format!("`{}` is {other}, not true or false", asked.expression.source()))),
        Err(Fault::Unknown(name)) if linter.known(&name).is_some_and(|k| k.kind().is_some()) => {
            Some((Code::UnknownValue, format!("`{name}` is entered later, or in this very step")))
        }
        Err(unknown @ Fault::Unknown(_)) => Some((Code::UnknownValue, unknown.to_string())),
        Err(fault) => Some((Code::Expression, fault.to_string())),
    }
}

/// Comparisons of a choice or several-choice with something that is none of its options.
pub(super) fn strange_options(linter: &Linter, expression: &Expression) -> Vec<String> {
    let mut found = Vec::new();
    compared(expression.node(), &mut |name, text| {
        let Some(Known::Input(_, input)) = linter.known(name) else { return };
        if matches!(input.kind, InputType::Choice | InputType::Multi)
            && !input.options.iter().any(|o| o.id.as_str() == text)
        {
            let options = input.options.iter().map(|o| o.id.as_str()).collect::<Vec<_>>().join(", ");
            found.push(format!("`{name}` never holds \"{text}\"; its options are {options}"));
        }
    });
    found
}

fn compared(node: &Node, with: &mut dyn FnMut(&crate::kernel::model::name::Variable, &str)) {
    match node {
        Node::Not(inner) | Node::Negate(inner) => compared(inner, with),
        Node::Binary(Binary::Equal | Binary::NotEqual | Binary::In, left, right) => match (&**left, &**right) {
            (Node::Variable(name), Node::Text(text)) | (Node::Text(text), Node::Variable(name)) => with(name, text),
            _ => {}
        },
        Node::Binary(_, left, right) => {
            compared(left, with);
            compared(right, with);
        }
        _ => {}
    }
}
