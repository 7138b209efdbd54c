//! A calculation: a number that the machine works out from what was recorded (FORMAT.md §2).

use super::kind::{Act, Around, Ask, At, By, Consequence, Entered, Kind, Pass, Recorded};
use crate::kernel::expression::{Expression, Value};
use crate::kernel::model::gate::{Gate, GateCode};
use crate::kernel::model::input::{EntryVerdict, Input, Limits};
use crate::kernel::model::name::{Role, StepId, UnitId, Variable};
use crate::kernel::model::outcome::Recalculated;
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

/// Let a number be worked out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Calculate {
    /// At which step.
    pub step: StepId,
}

/// A number was worked out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalculationMade {
    /// Attempt.
    pub attempt: u32,
    /// Gates.
    pub gates: Vec<Gate>,
    /// The name of the result.
    pub input: Variable,
    /// Step.
    pub step: StepId,
    /// Unit.
    pub unit: Option<UnitId>,
    /// The result.
    pub value: String,
    /// What the limits say.
    pub verdict: EntryVerdict,
    /// The formula with the values filled in.
    pub words: String,
}

/// The number must be worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits;

impl Calc {
    /// Evaluates the formula over what is recorded now, rounds and judges the result; what is wrong with it is a gate.
    pub fn worked_out(&self, around: &dyn Around, ask: &mut dyn Ask) -> Option<Recalculated> {
        let judged = self.result_of(around);
        let fault = judged.as_ref().err().cloned().unwrap_or_default();
        ask.ask(GateCode::EntryForm, judged.is_ok(), &[("input", &self.result.id), ("fault", &fault)]);
        judged.ok()
    }

    fn result_of(&self, around: &dyn Around) -> Result<Recalculated, String> {
        let done = around.evaluate(&self.expr).map_err(|fault| fault.to_string())?;
        let Value::Number(number) = done.value else { return Err("the formula gives no number".into()) };
        let number = self.round.map_or(number, |digits| number.rounded(digits));
        let (value, verdict) = around.judge(&self.result, &number.to_string(), true)?;
        Ok(Recalculated { value, verdict, words: done.words })
    }
}

impl Kind for Calc {
    type State = ();
    type Waits = Waits;

    fn input(&self) -> Option<&Input> {
        Some(&self.result)
    }

    fn waits(&self, (): &(), around: &dyn Around) -> Vec<Waits> {
        if around.is_entered(&self.result.id) { Vec::new() } else { vec![Waits] }
    }

    fn pass<I: super::Acts>(&self, _: &Waits, at: &dyn Pass) -> Option<(Option<Role>, I)> {
        Some((None, Calculate { step: at.step() }.into()))
    }
}

impl Act for Calculate {
    type Kind = Calc;
    type Recorded = CalculationMade;

    fn step(&self) -> &StepId {
        &self.step
    }

    fn decide(&self, at: &At<'_, Calc>, ask: &mut dyn Ask) -> Option<CalculationMade> {
        let around = at.around;
        ask.performer();
        ask.identified();
        ask.kind(at.wanted.is_some());
        let calc = at.wanted?;
        ask.ask(GateCode::EntryFree, !around.is_entered(&calc.result.id), &[("input", &calc.result.id)]);
        let missing = around.inputs_left();
        ask.ask(GateCode::InputsEntered, missing == 0, &[("step", &self.step), ("missing", &missing)]);
        let made = calc.worked_out(around, ask);
        let gates = ask.passed()?;
        let Recalculated { value, verdict, words } = made?;
        let (input, unit) = (calc.result.id.clone(), calc.result.unit.clone());
        let (attempt, step) = (around.attempt(), self.step.clone());
        Some(CalculationMade { attempt, gates, input, step, unit, value, verdict, words })
    }
}

impl Recorded for CalculationMade {
    type Kind = Calc;
    type Act = Calculate;

    fn step(&self) -> &StepId {
        &self.step
    }

    /// A calculated value is judged like a reading.
    fn after(&self, _: Option<&Calc>, (): &mut (), _: &By) -> Vec<Consequence> {
        let (input, raw, value) = (self.input.clone(), self.words.clone(), self.value.clone());
        vec![Consequence::Entered(Entered {
            input,
            row: None,
            column: None,
            instrument: None,
            raw,
            value,
            verdict: self.verdict,
        })]
    }

    fn act(self) -> Calculate {
        Calculate { step: self.step }
    }
}
