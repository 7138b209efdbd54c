//! Inputs of a step and the limits that readings are held against (FORMAT.md §2).

pub use super::limits::{Band, Bound, DecisionRule, EntryVerdict, Limits, Range};
use super::name::{Identifier, OptionId, Tag, UnitId, Variable};
use super::number::Number;
use super::time::Timestamp;
use crate::kernel::text::nfc;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What kind of value is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InputType {
    /// A decimal with unit and limits.
    Number,
    /// One of a few options.
    Choice,
    /// Any of a few options, joined by commas.
    Multi,
    /// Free text.
    Text,
    /// A label of printable ASCII, typed or scanned.
    Identifier,
    /// A moment.
    Datetime,
    /// Yes or no.
    Bool,
    /// Rows by columns.
    Table,
}

/// Whether a reading names its instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InstrumentUse {
    /// Not needed.
    #[default]
    None,
    /// A registered instrument must be named.
    Required,
}

/// Whether an identifier names a lot of registered material.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MaterialUse {
    /// It does not.
    #[default]
    None,
    /// It must.
    Required,
}

/// Something to enter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Its name; may stand in expressions.
    pub id: Variable,
    /// What kind of value.
    #[serde(rename = "type")]
    pub kind: InputType,
    /// What to enter; the id when absent.
    #[serde(default)]
    pub text: Option<String>,
    /// Whether the step waits for it.
    #[serde(default = "yes")]
    pub required: bool,
    /// Unit of a number, from the pack.
    #[serde(default)]
    pub unit: Option<UnitId>,
    /// The quantity that the unit must measure.
    #[serde(default)]
    pub quantity: Option<Identifier>,
    /// Smallest difference that the instrument shows.
    #[serde(default)]
    pub resolution: Option<Number>,
    /// Bands of a number.
    #[serde(default)]
    pub limits: Option<Limits>,
    /// How a reading near a limit is decided.
    #[serde(default)]
    pub decision_rule: DecisionRule,
    /// Uncertainty of the reading, in its unit; demanded by the two stricter rules.
    #[serde(default)]
    pub uncertainty: Option<Number>,
    /// Whether it is read twice: as found, and as left.
    #[serde(default)]
    pub as_found_as_left: bool,
    /// Whether an identifier names a lot of registered material.
    #[serde(default)]
    pub material: MaterialUse,
    /// Options of a choice.
    #[serde(default)]
    pub options: Vec<ChoiceOption>,
    /// What a text or identifier must be, exactly; `{input}` stands for an earlier entry.
    #[serde(default)]
    pub equals: Option<String>,
    /// What a bool must be.
    #[serde(default)]
    pub expect: Option<bool>,
    /// Most characters of a text.
    #[serde(default)]
    pub max_length: Option<u32>,
    /// Whether readings name their instrument.
    #[serde(default)]
    pub instrument: InstrumentUse,
    /// Whether no two rows of a table's column may hold the same.
    #[serde(default)]
    pub distinct: bool,
    /// Rows of a table.
    #[serde(default)]
    pub rows: Vec<Row>,
    /// Columns of a table; each is an input without rows.
    #[serde(default)]
    pub columns: Vec<Input>,
}

fn yes() -> bool {
    true
}

impl Input {
    /// Returns a plain number of this name.
    #[must_use]
    pub fn number(id: Variable) -> Self {
        Self {
            id,
            kind: InputType::Number,
            text: None,
            required: true,
            unit: None,
            quantity: None,
            resolution: None,
            limits: None,
            decision_rule: DecisionRule::default(),
            uncertainty: None,
            as_found_as_left: false,
            material: MaterialUse::None,
            options: Vec::new(),
            equals: None,
            expect: None,
            max_length: None,
            instrument: InstrumentUse::None,
            distinct: false,
            rows: Vec::new(),
            columns: Vec::new(),
        }
    }

    /// Returns what to call it on screen.
    #[must_use]
    pub fn label(&self) -> &str {
        self.text.as_deref().unwrap_or(self.id.as_str())
    }

    /// Returns what to call one value of it on screen: of a table a cell, of two readings the one.
    #[must_use]
    pub fn value_label(&self, row: Option<&OptionId>, column: Option<&Variable>) -> String {
        let Some(row) = row else { return self.label().to_owned() };
        let known = self.rows.iter().find(|r| r.id == *row).map(|r| r.text.clone());
        let row = known.unwrap_or_else(|| row.as_str().replace('_', " "));
        match column {
            None => format!("{}, {row}", self.label()),
            Some(id) => format!("{row}: {}", self.column(id).map_or(id.as_str(), Input::label)),
        }
    }

    /// Returns the column of this name.
    #[must_use]
    pub fn column(&self, id: &Variable) -> Option<&Input> {
        self.columns.iter().find(|column| column.id == *id)
    }
}

/// One option of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoiceOption {
    /// Its name; what expressions compare with.
    pub id: OptionId,
    /// What to call it on screen.
    #[serde(default)]
    pub text: Option<String>,
    /// Whether choosing it passes or fails the step.
    #[serde(default)]
    pub verdict: Option<OptionVerdict>,
}

/// What an option means for the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OptionVerdict {
    /// As it should be.
    Pass,
    /// A departure.
    Fail,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its name.
    pub id: OptionId,
    /// What to call it on screen.
    pub text: String,
}

/// Why a typed entry cannot be taken at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotAnEntry(pub String);

impl Input {
    /// Parses what was typed into the recorded spelling, and holds it against the limits.
    ///
    /// `repeats` tells that the same implausible reading was keyed just before, which confirms it.
    ///
    /// # Errors
    /// When the text is no value of this type.
    pub fn judge(
        &self,
        raw: &str,
        parameters: &BTreeMap<Variable, String>,
        expected: Option<&str>,
        repeats: &dyn Fn(&str) -> bool,
    ) -> Result<(String, EntryVerdict), NotAnEntry> {
        let wrong = |text: String| Err(NotAnEntry(text));
        let pass_if = |ok: bool| if ok { EntryVerdict::Pass } else { EntryVerdict::Fail };
        // One letter may be written as two characters or as one; both are the same text.
        let (text, expected) = (nfc(raw.trim()), expected.map(nfc));
        let (text, expected) = (text.as_str(), expected.as_deref());
        match self.kind {
            InputType::Number => {
                let number = Number::typed(text).map_err(|e| NotAnEntry(e.to_string()))?;
                let value = number.to_string();
                let verdict = self.number_verdict(number, parameters, repeats(&value));
                Ok((value, verdict))
            }
            InputType::Choice => match self.options.iter().find(|o| o.id.as_str() == text) {
                Some(option) => Ok((text.to_owned(), pass_if(option.verdict != Some(OptionVerdict::Fail)))),
                None => wrong(format!("`{text}` is not one of the options")),
            },
            InputType::Multi => self.judge_several(text),
            InputType::Bool => match text {
                "true" | "false" => Ok((text.to_owned(), pass_if(self.expect.is_none_or(|e| e.to_string() == text)))),
                _ => wrong("answer true or false".into()),
            },
            InputType::Datetime => match text.parse::<Timestamp>() {
                Ok(time) => Ok((time.to_string(), EntryVerdict::Pass)),
                Err(e) => wrong(e.to_string()),
            },
            InputType::Identifier => match text.parse::<Tag>() {
                Ok(tag) => Ok((tag.to_string(), pass_if(expected.is_none_or(|e| e == text)))),
                Err(e) => wrong(e.to_string()),
            },
            InputType::Text => {
                let most = self.max_length.unwrap_or(2000) as usize;
                match text.chars().count() {
                    0 => wrong("the text is empty".into()),
                    n if n > most => wrong(format!("the text is longer than {most} characters")),
                    _ => Ok((text.to_owned(), pass_if(expected.is_none_or(|e| e == text)))),
                }
            }
            InputType::Table => wrong("name the row and the column of the table".into()),
        }
    }

    /// A number that two countries read differently is asked about, unless resolution or limits leave one reading.
    pub(in crate::kernel) fn legible(
        &self,
        typed: &str,
        parameters: &BTreeMap<Variable, String>,
        in_unit: &dyn Fn(Number) -> Option<Number>,
    ) -> Result<(), NotAnEntry> {
        let Some((decimal, grouped)) = Number::grouped(typed) else { return Ok(()) };
        let expected = self.resolution.is_some_and(|r| r.digits() >= 3);
        let plausible = self.limits.as_ref().and_then(|l| l.plausible.as_ref()).map(|b| b.range(parameters));
        let possible = in_unit(grouped).is_some_and(|n| plausible.is_none_or(|range| range.contains(n)));
        if expected || !possible {
            return Ok(());
        }
        let typed = typed.trim();
        Err(NotAnEntry(format!(
            "two countries read `{typed}` differently: write {grouped} if that is meant, and 0{decimal} for {decimal}"
        )
        .replace("0-", "-0")))
    }

    /// A reading has no more digits than the instrument shows.
    pub(in crate::kernel) fn resolved(&self, typed: &str) -> Result<(), NotAnEntry> {
        let (Some(resolution), Ok(number)) = (self.resolution, Number::typed(typed)) else { return Ok(()) };
        match number.is_finer_than(resolution) {
            false => Ok(()),
            true => Err(NotAnEntry(format!("`{number}` is finer than this is read: to {resolution}"))),
        }
    }

    /// Options joined by commas, each once, kept in the order of the document.
    fn judge_several(&self, text: &str) -> Result<(String, EntryVerdict), NotAnEntry> {
        let given: Vec<&str> = text.split(',').map(str::trim).collect();
        if let Some(stranger) = given.iter().find(|g| !self.options.iter().any(|o| o.id.as_str() == **g)) {
            return Err(NotAnEntry(format!("`{stranger}` is not one of the options")));
        }
        let chosen: Vec<_> = self.options.iter().filter(|o| given.contains(&o.id.as_str())).collect();
        let fails = chosen.iter().any(|o| o.verdict == Some(OptionVerdict::Fail));
        let value = chosen.iter().map(|o| o.id.as_str()).collect::<Vec<_>>().join(",");
        Ok((value, if fails { EntryVerdict::Fail } else { EntryVerdict::Pass }))
    }

    fn number_verdict(&self, number: Number, parameters: &BTreeMap<Variable, String>, repeated: bool) -> EntryVerdict {
        let Some(limits) = &self.limits else { return EntryVerdict::Pass };
        let outside = |band: &Option<Band>| band.as_ref().is_some_and(|b| !b.range(parameters).contains(number));
        let accept = limits.accept.as_ref().map(|b| b.range(parameters));
        let near = |range: &Range, outwards: bool| {
            let by = self.uncertainty.filter(|_| self.decision_rule != DecisionRule::Simple);
            by.and_then(|u| range.moved(u, outwards)).is_some_and(|moved| moved.contains(number) == outwards)
        };
        if outside(&limits.plausible) && !repeated {
            return EntryVerdict::Implausible;
        }
        if let Some(range) = accept {
            match (range.contains(number), self.decision_rule) {
                (true, DecisionRule::GuardBand) if near(&range, false) => return EntryVerdict::Out,
                (true, DecisionRule::NonBinary) if near(&range, false) => return EntryVerdict::ConditionalPass,
                (false, DecisionRule::NonBinary) if near(&range, true) => return EntryVerdict::ConditionalFail,
                (false, _) => return EntryVerdict::Out,
                _ => {}
            }
        }
        if outside(&limits.alert) { EntryVerdict::Alert } else { EntryVerdict::Pass }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_called_by_its_row_and_column_or_by_which_of_two_readings_it_is() {
        let text = r#"{"id":"sources","type":"table","text":"Energy sources",
            "rows":[{"id":"suction","text":"Suction side"}],"columns":[{"id":"point","type":"text","text":"Isolation point"}]}"#;
        let table: Input = serde_json::from_str(text).unwrap();
        let [suction, as_found]: [OptionId; 2] = ["suction", "as_found"].map(|id| id.parse().unwrap());
        let point: Variable = "point".parse().unwrap();
        assert_eq!(table.value_label(None, None), "Energy sources");
        assert_eq!(table.value_label(Some(&suction), Some(&point)), "Suction side: Isolation point");
        assert_eq!(table.value_label(Some(&as_found), None), "Energy sources, as found");
    }
}
