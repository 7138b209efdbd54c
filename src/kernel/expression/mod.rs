//! Expressions in procedures: `p_res <= 0.20 and fluid == "hot"`.
//!
//! A small typed language of our own: four types (number, text, bool, several options), decimals throughout,
//! no functions, no assignment, no coercion. Types are checked when a procedure is locked, so
//! that a comparison of text with a number never reaches the field. The grammar stands in
//! FORMAT.md §2; an independent checker can be written from it.

mod eval;
mod parse;

pub use eval::{Evaluated, Fault, Type, Value};
pub use parse::{Binary, Node, SyntaxFault};

use crate::kernel::model::name::Variable;
use std::collections::BTreeSet;
use std::fmt;

/// The longest expression that is read, in bytes.
pub const MAX_LENGTH: usize = 1000;

/// A parsed expression together with its source text.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Expression {
    source: String,
    node: Node,
}

impl Expression {
    /// Returns the text as it was authored.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the tree, for those who reason about it without values.
    #[must_use]
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// Returns every variable that the expression names.
    #[must_use]
    pub fn variables(&self) -> BTreeSet<Variable> {
        let mut found = BTreeSet::new();
        self.node.collect(&mut found);
        found
    }

    /// Returns the type of the result.
    ///
    /// # Errors
    /// When a variable is unknown or two types do not go together.
    pub fn check(&self, type_of: &dyn Fn(&Variable) -> Option<Type>) -> Result<Type, Fault> {
        self.node.check(type_of)
    }

    /// Computes the result and the words that show how it came about.
    ///
    /// # Errors
    /// When a value is missing or a calculation leaves the 28 digits.
    pub fn evaluate(&self, value_of: &dyn Fn(&Variable) -> Option<Value>) -> Result<Evaluated, Fault> {
        let value = self.node.evaluate(value_of)?;
        let words = format!("{}: {} is {value}", self.source, self.node.substituted(value_of));
        Ok(Evaluated { value, words })
    }
}

impl std::str::FromStr for Expression {
    type Err = SyntaxFault;
    fn from_str(source: &str) -> Result<Self, SyntaxFault> {
        Ok(Self { source: source.to_owned(), node: parse::parse(source)? })
    }
}

impl TryFrom<String> for Expression {
    type Error = SyntaxFault;
    fn try_from(source: String) -> Result<Self, SyntaxFault> {
        source.parse()
    }
}

impl From<Expression> for String {
    fn from(expression: Expression) -> String {
        expression.source
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.source)
    }
}

impl schemars::JsonSchema for Expression {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Expression".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "an expression, such as p_res <= 0.20 and fluid == \"hot\"", "maxLength": 1000 })
    }
}

#[cfg(test)]
mod tests;
