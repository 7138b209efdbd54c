//! A sample: rows that nobody knows before the work is done, each with its own readings (FORMAT.md §2).

use super::kind::{Act, Around, Ask, At, By, Consequence, Entered, Kind, Pass, Recorded};
use crate::kernel::model::count::once;
use crate::kernel::model::gate::{Gate, GateCode};
use crate::kernel::model::input::{EntryVerdict, Input, InputType, InstrumentUse};
use crate::kernel::model::name::{OptionId, Role, StepId, Tag, Variable};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::num::NonZeroU32;

/// A sample as its author writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Authored {
    /// Its name.
    id: Variable,
    /// What the rows are; the id when absent.
    #[serde(default)]
    text: Option<String>,
    /// What is read of each row.
    columns: Vec<Input>,
    /// How many rows at least.
    #[serde(default = "once")]
    min: NonZeroU32,
}

/// Rows of readings, as many as there turn out to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Authored", into = "Authored")]
pub struct Sample {
    /// The rows as a table that has none yet.
    pub table: Input,
    /// How many rows at least.
    pub min: NonZeroU32,
}

impl From<Authored> for Sample {
    fn from(Authored { id, text, columns, min }: Authored) -> Self {
        Self { table: Input { kind: InputType::Table, text, columns, ..Input::number(id) }, min }
    }
}

impl From<Sample> for Authored {
    fn from(Sample { table, min }: Sample) -> Self {
        let Input { id, text, columns, .. } = table;
        Self { id, text, columns, min }
    }
}

impl JsonSchema for Sample {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Sample".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Authored::json_schema(generator)
    }
}

/// Take one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeSample {
    /// With which instrument.
    #[serde(default)]
    pub instrument: Option<Tag>,
    /// Whether what seems implausible was read again and stands.
    #[serde(default)]
    pub read_again: bool,
    /// At which step.
    pub step: StepId,
    /// The readings as keyed, by column.
    pub values: BTreeMap<Variable, String>,
}

/// A row was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleTaken {
    /// Attempt.
    pub attempt: u32,
    /// Gates.
    pub gates: Vec<Gate>,
    /// With which instrument.
    pub instrument: Option<Tag>,
    /// Whether what seems implausible was read again and stands.
    pub read_again: bool,
    /// The readings, by column.
    pub readings: BTreeMap<Variable, Reading>,
    /// The number of the row, from 1.
    pub row: u32,
    /// The name of the sample.
    pub sample: Variable,
    /// Step.
    pub step: StepId,
}

/// One reading of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// As keyed.
    pub raw: String,
    /// As read.
    pub value: String,
    /// What the limits say.
    pub verdict: EntryVerdict,
}

/// So many rows are still missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// How many.
    pub left: u32,
}

/// How many rows there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// How many.
    pub rows: u32,
}

impl Sample {
    /// Tells whether a column is read with the instrument that is named for the row: those that ask for one, or all of
    /// them where none does.
    fn is_read_with(&self, column: &Input) -> bool {
        let asks = |column: &Input| column.instrument == InstrumentUse::Required;
        asks(column) || !self.table.columns.iter().any(asks)
    }
}

/// How a row is named among the entries of its step.
fn row_id(row: u32) -> Option<OptionId> {
    row.to_string().parse().ok()
}

impl Kind for Sample {
    type State = State;
    type Waits = Waits;

    fn input(&self) -> Option<&Input> {
        Some(&self.table)
    }

    fn waits(&self, state: &State, _: &dyn Around) -> Vec<Waits> {
        let left = self.min.get().saturating_sub(state.rows);
        if left > 0 { vec![Waits { left }] } else { Vec::new() }
    }

    fn pass<I: super::Acts>(&self, _: &Waits, at: &dyn Pass) -> Option<(Option<Role>, I)> {
        let required = self.table.columns.iter().filter(|column| column.required);
        let values = required.map(|column| Some((column.id.clone(), at.value(column)?))).collect::<Option<_>>()?;
        let instrument = self.table.columns.iter().find_map(|column| at.instrument(column));
        Some((None, TakeSample { instrument, read_again: false, step: at.step(), values }.into()))
    }
}

impl TakeSample {
    /// Reads what was keyed of each column; a column that is missing or unknown is a gate.
    fn read(&self, sample: &Sample, around: &dyn Around, ask: &mut dyn Ask) -> Option<BTreeMap<Variable, Reading>> {
        let columns = &sample.table.columns;
        let stranger = self.values.keys().find(|name| sample.table.column(name).is_none());
        let named = stranger.unwrap_or(&sample.table.id);
        ask.ask(GateCode::KnownInput, stranger.is_none(), &[("input", named), ("row", &"")]);
        let missing = columns.iter().filter(|c| c.required && !self.values.contains_key(&c.id)).count();
        ask.ask(GateCode::InputsEntered, missing == 0, &[("step", &self.step), ("missing", &missing)]);
        let given = columns.iter().filter_map(|column| Some((column, self.values.get(&column.id)?)));
        let read: Vec<_> = given.map(|(column, raw)| self.reading(sample, column, raw, around, ask)).collect();
        read.into_iter().collect()
    }

    fn reading(
        &self,
        sample: &Sample,
        column: &Input,
        raw: &str,
        around: &dyn Around,
        ask: &mut dyn Ask,
    ) -> Option<(Variable, Reading)> {
        let judged = around.judge(column, raw, self.read_again).and_then(|(value, verdict)| {
            match (verdict, around.stands_at(&sample.table, column, &value)) {
                (EntryVerdict::Implausible, _) => Err(format!("`{value}` is implausible: read it again, and say so")),
                (_, Some(row)) => Err(format!("`{value}` stands at {row} already")),
                (_, None) => Ok((value, verdict)),
            }
        });
        let fault = judged.as_ref().err().cloned().unwrap_or_default();
        ask.ask(GateCode::EntryForm, judged.is_ok(), &[("input", &column.id), ("fault", &fault)]);
        let (value, verdict) = judged.ok()?;
        ask.instrument(column, self.instrument.as_ref().filter(|_| sample.is_read_with(column)), &value);
        Some((column.id.clone(), Reading { raw: raw.to_owned(), value, verdict }))
    }
}

impl Act for TakeSample {
    type Kind = Sample;
    type Recorded = SampleTaken;

    fn step(&self) -> &StepId {
        &self.step
    }

    fn decide(&self, at: &At<'_, Sample>, ask: &mut dyn Ask) -> Option<SampleTaken> {
        ask.performer();
        ask.kind(at.wanted.is_some());
        let sample = at.wanted?;
        ask.identified();
        let readings = self.read(sample, at.around, ask);
        let gates = ask.passed()?;
        let row = at.state.map_or(0, |state| state.rows) + 1;
        let (attempt, readings, name) = (at.around.attempt(), readings?, sample.table.id.clone());
        let Self { instrument, read_again, step, .. } = self.clone();
        Some(SampleTaken { attempt, gates, instrument, read_again, readings, row, sample: name, step })
    }
}

impl Recorded for SampleTaken {
    type Kind = Sample;
    type Act = TakeSample;

    fn step(&self) -> &StepId {
        &self.step
    }

    /// Each reading counts like one that was entered in a cell.
    fn after(&self, wanted: Option<&Sample>, state: &mut State, _: &By) -> Vec<Consequence> {
        state.rows = self.row;
        let entered = self.readings.iter().map(|(column, reading)| {
            let Reading { raw, value, verdict } = reading.clone();
            let with = wanted.and_then(|sample| Some(sample.is_read_with(sample.table.column(column)?)));
            let instrument = self.instrument.clone().filter(|_| with == Some(true));
            let (input, column) = (self.sample.clone(), Some(column.clone()));
            Consequence::Entered(Entered { input, row: row_id(self.row), column, instrument, raw, value, verdict })
        });
        entered.collect()
    }

    fn act(self) -> TakeSample {
        let values = self.readings.into_iter().map(|(column, reading)| (column, reading.raw)).collect();
        TakeSample { instrument: self.instrument, read_again: self.read_again, step: self.step, values }
    }
}
