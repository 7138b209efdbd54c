//! A calculation: a number that the machine works out from what was recorded (FORMAT.md §2).

use crate::kernel::expression::Expression;
use crate::kernel::model::input::{Input, Limits};
use crate::kernel::model::name::{UnitId, Variable};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A calculation as its author writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Authored {
    /// Its name; may stand in later expressions.
    id: Variable,
    /// The formula over inputs and parameters.
    expr: Expression,
    /// Unit of the result.
    #[serde(default)]
    unit: Option<UnitId>,
    /// Digits after the point; half away from zero. Exact when absent.
    #[serde(default)]
    round: Option<u32>,
    /// What the result is; the id when absent.
    #[serde(default)]
    text: Option<String>,
    /// Bands that the result is held against.
    #[serde(default)]
    limits: Option<Limits>,
}

/// A calculation; its result is judged like a reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Authored", into = "Authored")]
pub struct Calc {
    /// The formula.
    pub expr: Expression,
    /// Digits after the point.
    pub round: Option<u32>,
    /// The result as an input that nobody keys.
    pub result: Input,
}

impl From<Authored> for Calc {
    fn from(a: Authored) -> Self {
        let result = Input { text: a.text, unit: a.unit, limits: a.limits, ..Input::number(a.id) };
        Self { expr: a.expr, round: a.round, result }
    }
}

impl From<Calc> for Authored {
    fn from(calc: Calc) -> Self {
        let Input { id, unit, text, limits, .. } = calc.result;
        Self { id, expr: calc.expr, unit, round: calc.round, text, limits }
    }
}

impl JsonSchema for Calc {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Calc".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Authored::json_schema(generator)
    }
}
