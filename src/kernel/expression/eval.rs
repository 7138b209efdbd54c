//! Types and values of expressions, and the words that explain a result.

use super::parse::{Binary, Node};
use crate::kernel::model::name::Variable;
use crate::kernel::model::number::Number;
use std::fmt;

/// The four types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A decimal.
    Number,
    /// A text: option ids, typed text, identifiers.
    Text,
    /// True or false.
    Bool,
    /// The chosen options of a several-choice; only `in` asks for one of them.
    Several,
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "a number",
            Self::Text => "text",
            Self::Bool => "true or false",
            Self::Several => "several options",
        })
    }
}

/// A value of one of the four types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A decimal.
    Number(Number),
    /// A text.
    Text(String),
    /// True or false.
    Bool(bool),
    /// Chosen options, in the order of the document.
    Several(Vec<String>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "\"{text}\""),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Several(options) => write!(f, "[{}]", options.join(", ")),
        }
    }
}

/// A result with the words that show how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluated {
    /// The result.
    pub value: Value,
    /// For example `p_res <= 0.20: 0.35 <= 0.20 is false`.
    pub words: String,
}

/// Why an expression has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No input or parameter has this name.
    #[error("`{0}` is neither an input nor a parameter")]
    Unknown(Variable),
    /// Known, but nothing was recorded for it.
    #[error("nothing is recorded for `{0}`")]
    Missing(Variable),
    /// A several-choice holds several texts at once, so that it never equals one of them.
    #[error("`{0}` takes no several-choice; ask for one of its options: \"option\" in name")]
    Several(&'static str),
    /// Two types that do not go together.
    #[error("`{operator}` takes no {left} with {right}")]
    Types {
        /// The operator as written.
        operator: &'static str,
        /// Type on the left.
        left: Type,
        /// Type on the right.
        right: Type,
    },
    /// Division by zero, or a result outside the 28 digits.
    #[error("the calculation with `{0}` has no exact result")]
    Arithmetic(&'static str),
}

impl Value {
    fn type_of(&self) -> Type {
        match self {
            Self::Number(_) => Type::Number,
            Self::Text(_) => Type::Text,
            Self::Bool(_) => Type::Bool,
            Self::Several(_) => Type::Several,
        }
    }
}

impl Node {
    pub(super) fn check(&self, type_of: &dyn Fn(&Variable) -> Option<Type>) -> Result<Type, Fault> {
        match self {
            Self::Number(_) => Ok(Type::Number),
            Self::Text(_) => Ok(Type::Text),
            Self::Bool(_) => Ok(Type::Bool),
            Self::Variable(name) => type_of(name).ok_or_else(|| Fault::Unknown(name.clone())),
            Self::Not(inner) => match inner.check(type_of)? {
                Type::Bool => Ok(Type::Bool),
                other => Err(Fault::Types { operator: "not", left: other, right: other }),
            },
            Self::Negate(inner) => match inner.check(type_of)? {
                Type::Number => Ok(Type::Number),
                other => Err(Fault::Types { operator: "-", left: other, right: other }),
            },
            Self::Binary(operator, left, right) => result_type(*operator, left.check(type_of)?, right.check(type_of)?),
        }
    }

    pub(super) fn evaluate(&self, value_of: &dyn Fn(&Variable) -> Option<Value>) -> Result<Value, Fault> {
        match self {
            Self::Number(number) => Ok(Value::Number(*number)),
            Self::Text(text) => Ok(Value::Text(text.clone())),
            Self::Bool(value) => Ok(Value::Bool(*value)),
            Self::Variable(name) => value_of(name).ok_or_else(|| Fault::Missing(name.clone())),
            Self::Not(inner) => match inner.evaluate(value_of)? {
                Value::Bool(value) => Ok(Value::Bool(!value)),
                other => Err(Fault::Types { operator: "not", left: other.type_of(), right: other.type_of() }),
            },
            Self::Negate(inner) => match inner.evaluate(value_of)? {
                Value::Number(Number(number)) => Ok(Value::Number(Number(-number))),
                other => Err(Fault::Types { operator: "-", left: other.type_of(), right: other.type_of() }),
            },
            Self::Binary(operator, left, right) => {
                apply(*operator, &left.evaluate(value_of)?, &right.evaluate(value_of)?)
            }
        }
    }

    pub(super) fn substituted(&self, value_of: &dyn Fn(&Variable) -> Option<Value>) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => format!("\"{text}\""),
            Self::Bool(value) => value.to_string(),
            Self::Variable(name) => value_of(name).map_or_else(|| name.to_string(), |v| v.to_string()),
            Self::Not(inner) => format!("not ({})", inner.substituted(value_of)),
            Self::Negate(inner) if matches!(**inner, Self::Binary(..)) => format!("-({})", inner.substituted(value_of)),
            Self::Negate(inner) => format!("-{}", inner.substituted(value_of)),
            Self::Binary(operator, left, right) => {
                let side = |node: &Node| match node {
                    Self::Binary(..) => format!("({})", node.substituted(value_of)),
                    _ => node.substituted(value_of),
                };
                format!("{} {} {}", side(left), operator.sign(), side(right))
            }
        }
    }
}

fn result_type(operator: Binary, left: Type, right: Type) -> Result<Type, Fault> {
    use Binary::{Add, And, AtLeast, AtMost, Divide, Equal, Greater, In, Less, Multiply, NotEqual, Or, Subtract};
    match (operator, left, right) {
        (Add | Subtract | Multiply | Divide, Type::Number, Type::Number) => Ok(Type::Number),
        (Less | AtMost | Greater | AtLeast, Type::Number, Type::Number) => Ok(Type::Bool),
        (In, Type::Text, Type::Several) => Ok(Type::Bool),
        (Equal | NotEqual, Type::Several, _) | (Equal | NotEqual, _, Type::Several) => {
            Err(Fault::Several(operator.sign()))
        }
        (Equal | NotEqual, left, right) if left == right => Ok(Type::Bool),
        (And | Or, Type::Bool, Type::Bool) => Ok(Type::Bool),
        (operator, left, right) => Err(Fault::Types { operator: operator.sign(), left, right }),
    }
}

fn apply(operator: Binary, left: &Value, right: &Value) -> Result<Value, Fault> {
    result_type(operator, left.type_of(), right.type_of())?;
    Ok(match (left, right) {
        (Value::Number(a), Value::Number(b)) => return arithmetic(operator, *a, *b),
        (Value::Bool(a), Value::Bool(b)) => Value::Bool(match operator {
            Binary::And => *a && *b,
            Binary::Or => *a || *b,
            Binary::Equal => a == b,
            _ => a != b,
        }),
        (Value::Text(option), Value::Several(chosen)) => Value::Bool(chosen.contains(option)),
        (a, b) => Value::Bool((a == b) == (operator == Binary::Equal)),
    })
}

fn arithmetic(operator: Binary, a: Number, b: Number) -> Result<Value, Fault> {
    let exact = |result: Option<rust_decimal::Decimal>| {
        result.map(|d| Value::Number(Number(d))).ok_or(Fault::Arithmetic(operator.sign()))
    };
    match operator {
        Binary::Add => exact(a.0.checked_add(b.0)),
        Binary::Subtract => exact(a.0.checked_sub(b.0)),
        Binary::Multiply => exact(a.0.checked_mul(b.0)),
        Binary::Divide => exact(a.0.checked_div(b.0)),
        Binary::Less => Ok(Value::Bool(a < b)),
        Binary::AtMost => Ok(Value::Bool(a <= b)),
        Binary::Greater => Ok(Value::Bool(a > b)),
        Binary::AtLeast => Ok(Value::Bool(a >= b)),
        Binary::NotEqual => Ok(Value::Bool(a != b)),
        Binary::Equal | Binary::In | Binary::And | Binary::Or => Ok(Value::Bool(a == b)),
    }
}
