//! The drive language where it differs from the kernel's intents: files are paths, values come several at once,
//! a deviation form lies flat beside its intent.

use super::trouble::Trouble;
use crate::kernel::canon;
use crate::kernel::model::deviation::Statement;
use crate::kernel::model::entry::EntrySource;
use crate::kernel::model::evidence::Sensitivity;
use crate::kernel::model::late::Late;
use crate::kernel::model::name::{DeviationId, OptionId, RequirementId, Role, StepId, Tag, Variable};
use crate::kernel::model::opening::{Binding, Mode};
use crate::kernel::model::time::Span;
use crate::kernel::records::intent::Intent;
use crate::kernel::records::record::MAX_LINE;
use crate::kernel::records::request::Asked;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The intents whose form in the drive language differs from the kernel's: files are paths, values come several at once.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(tag = "intent", rename_all = "snake_case", deny_unknown_fields)]
pub enum DriveIntent {
    /// Open the run.
    Open {
        /// Live or training.
        #[serde(default = "live")]
        mode: Mode,
        /// The run header.
        #[serde(default)]
        fields: BTreeMap<Variable, String>,
        /// Persons and roles beside the opener.
        #[serde(default)]
        crew: Vec<Binding>,
    },
    /// Answer with every step and deviation; nothing is recorded.
    State {},
    /// Enter values; one record each.
    Enter {
        /// The step.
        step: StepId,
        /// Input to text, or table input to rows of cells.
        values: BTreeMap<Variable, Entered>,
        /// With which instrument.
        #[serde(default)]
        instrument: Option<Tag>,
        /// When it happened, where it is entered later.
        #[serde(default)]
        late: Option<Late>,
        /// Whether it was keyed or scanned; keyed when absent.
        #[serde(default)]
        source: EntrySource,
    },
    /// Correct values; one record each.
    Correct {
        /// The step.
        step: StepId,
        /// Input to text, or table input to rows of cells.
        values: BTreeMap<Variable, Entered>,
        /// Why.
        reason: String,
    },
    /// Attach a file.
    Attach {
        /// The step.
        step: StepId,
        /// The requirement; none for an extra file.
        #[serde(default)]
        requirement: Option<RequirementId>,
        /// The file, relative to the script's folder.
        path: PathBuf,
        /// What it shows.
        #[serde(default)]
        caption: Option<String>,
        /// Who should see it.
        #[serde(default)]
        sensitivity: Sensitivity,
    },
    /// Let time pass until a step may be performed, verified or gone on with.
    Wait {
        /// The step.
        step: StepId,
        /// How long at most.
        #[serde(default = "ten_seconds")]
        at_most: Span,
    },
    /// Name the bundle of a called procedure.
    Call {
        /// The step.
        step: StepId,
        /// The bundle, relative to the script's folder.
        bundle: PathBuf,
    },
    /// Ask somebody at another machine: the request is written into a file.
    Request {
        /// For what.
        asked: Asked,
        /// Which role is asked.
        to: Role,
        /// The file, relative to the script's folder.
        path: PathBuf,
    },
    /// Take in an answer from another machine; its signature lies beside it, with `.sig` behind the name.
    Answer {
        /// The file, relative to the script's folder.
        path: PathBuf,
    },
    /// Put a captured file back, byte for byte; nothing is recorded.
    Reattach {
        /// A copy of the file, relative to the script's folder.
        path: PathBuf,
    },
    /// Lock the session.
    LockSession {},
    /// Close the record.
    Close {
        /// Read every file before it, also those that were taken in here and that nobody touched since.
        #[serde(default)]
        thorough: bool,
    },
    /// Seal the closed run.
    Seal {
        /// Read every file again, also those that were taken in here and that nobody touched since.
        #[serde(default)]
        thorough: bool,
    },
}

fn ten_seconds() -> Span {
    Span::from_millis(10_000)
}

fn live() -> Mode {
    Mode::Live
}

/// A value, or the cells of a table: row to column to value.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Entered {
    /// As keyed.
    Value(String),
    /// A reading as found and as left.
    Rows(BTreeMap<OptionId, String>),
    /// Cells as keyed.
    Table(BTreeMap<OptionId, BTreeMap<Variable, String>>),
}

pub(super) type Cell = (Variable, Option<OptionId>, Option<Variable>, String);

pub(super) fn cells(values: BTreeMap<Variable, Entered>) -> Vec<Cell> {
    let spread = |(input, entered): (Variable, Entered)| match entered {
        Entered::Value(raw) => vec![(input, None, None, raw)],
        Entered::Rows(rows) => rows.into_iter().map(|(row, raw)| (input.clone(), Some(row), None, raw)).collect(),
        Entered::Table(rows) => rows
            .into_iter()
            .flat_map(|(row, columns)| columns.into_iter().map(move |(column, raw)| (row.clone(), column, raw)))
            .map(|(row, column, raw)| (input.clone(), Some(row), Some(column), raw))
            .collect(),
    };
    values.into_iter().flat_map(spread).collect()
}

pub(super) fn read(line: &[u8]) -> Result<Map<String, Value>, Trouble> {
    let hint = "write one JSON object a line, at most 1 MiB";
    if line.len() > MAX_LINE {
        return Err(Trouble::new("intent.form", "the line is longer than 1 MiB", hint));
    }
    match canon::parse(line) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Trouble::new("intent.form", "the line is no JSON object", hint)),
        Err(refused) => Err(Trouble::new("intent.form", format!("the line is refused: {refused}"), hint)),
    }
}

pub(super) fn take_text(members: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Trouble> {
    match members.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Trouble::new("intent.form", format!("`{name}` is no text"), "put it in quotes")),
    }
}

pub(super) fn parsed<T: serde::de::DeserializeOwned>(members: Map<String, Value>) -> Result<T, Trouble> {
    serde_json::from_value(Value::Object(members))
        .map_err(|e| Trouble::new("intent.form", e, "the schemas lie in packs/schema/intents"))
}

pub(super) fn wrong_form(what: &str) -> Trouble {
    Trouble::new("intent.form", format!("{what} has the wrong form"), "the schemas lie in packs/schema/intents")
}

/// In the drive language the fields of a deviation form stand flat beside the intent.
pub(super) fn statement_inside(mut members: Map<String, Value>) -> Result<Intent, Trouble> {
    let word = take_text(&mut members, "intent")?.unwrap_or_default();
    let mut name = |key: &str| take_text(&mut members, key);
    if word == "amend_deviation" {
        let deviation = name("deviation")?.ok_or_else(|| wrong_form("amend_deviation"))?;
        let deviation: DeviationId = deviation.parse().map_err(|e| Trouble::new("intent.form", e, "write DEV-0001"))?;
        let reason = name("reason")?.unwrap_or_default();
        let statement: Statement = parsed(members)?;
        return Ok(Intent::AmendDeviation { deviation, reason, statement });
    }
    let step = name("step")?.map(|s| s.parse::<StepId>()).transpose();
    let step = step.map_err(|e| Trouble::new("intent.form", e, "name a step"))?;
    let about = name("about")?;
    let statement: Statement = parsed(members)?;
    Ok(Intent::Deviate { about, statement, step })
}
