//! Inputs of a step and the limits that readings are held against (FORMAT.md §2).

use super::name::{Identifier, OptionId, Tag, UnitId, Variable};
use super::number::Number;
use super::time::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

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

/// How a reading near a limit is decided, stated in advance (ILAC-G8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionRule {
    /// As read.
    #[default]
    Simple,
    /// The uncertainty is taken off the accept band.
    GuardBand,
    /// Within the uncertainty of a limit is a conditional pass or a conditional failure.
    NonBinary,
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
            rows: Vec::new(),
            columns: Vec::new(),
        }
    }

    /// Returns what to call it on screen.
    #[must_use]
    pub fn label(&self) -> &str {
        self.text.as_deref().unwrap_or(self.id.as_str())
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

/// The three bands of a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Outside is a deviation.
    #[serde(default)]
    pub accept: Option<Band>,
    /// Outside, but inside accept, is worth a remark.
    #[serde(default)]
    pub alert: Option<Band>,
    /// Outside is taken for a typing error first.
    #[serde(default)]
    pub plausible: Option<Band>,
}

/// A range; each bound is a decimal or the name of a number parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Lower bound.
    #[serde(default)]
    pub min: Option<Bound>,
    /// Upper bound.
    #[serde(default)]
    pub max: Option<Bound>,
    /// Whether the bounds themselves are inside.
    #[serde(default = "yes")]
    pub inclusive: bool,
}

/// A fixed number, or a parameter that is fixed at locking.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Bound {
    /// A decimal.
    Fixed(Number),
    /// A number parameter.
    Parameter(Variable),
}

impl TryFrom<String> for Bound {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if let Ok(number) = text.parse() {
            return Ok(Self::Fixed(number));
        }
        text.parse().map(Self::Parameter).map_err(|_| format!("`{text}` is neither a quoted decimal nor a parameter"))
    }
}

impl From<Bound> for String {
    fn from(bound: Bound) -> String {
        bound.to_string()
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(number) => number.fmt(f),
            Self::Parameter(name) => name.fmt(f),
        }
    }
}

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl JsonSchema for Bound {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Bound".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "a decimal in quotes, or the id of a number parameter" })
    }
}

/// A band whose parameters are filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// Lower bound.
    pub min: Option<Number>,
    /// Upper bound.
    pub max: Option<Number>,
    /// Whether the bounds themselves are inside.
    pub inclusive: bool,
}

impl Range {
    /// Tells whether `value` lies inside.
    #[must_use]
    pub fn contains(&self, value: Number) -> bool {
        let above = self.min.is_none_or(|min| if self.inclusive { value >= min } else { value > min });
        let below = self.max.is_none_or(|max| if self.inclusive { value <= max } else { value < max });
        above && below
    }
}

impl Range {
    /// Returns the range with both bounds moved outwards or inwards; none when a bound leaves the numbers.
    fn moved(&self, by: Number, outwards: bool) -> Option<Self> {
        let shift = |bound: Option<Number>, up: bool| match bound {
            Some(n) => n.plus(by, up).map(Some),
            None => Some(None),
        };
        Some(Self { min: shift(self.min, !outwards)?, max: shift(self.max, outwards)?, inclusive: self.inclusive })
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.inclusive { "inclusive" } else { "exclusive" };
        match (self.min, self.max) {
            (Some(min), Some(max)) => write!(f, "{min} to {max} {word}"),
            (Some(min), None) if self.inclusive => write!(f, "at least {min}"),
            (Some(min), None) => write!(f, "more than {min}"),
            (None, Some(max)) if self.inclusive => write!(f, "at most {max}"),
            (None, Some(max)) => write!(f, "less than {max}"),
            (None, None) => write!(f, "any"),
        }
    }
}

impl Band {
    /// Fills in parameters; a parameter that is no number leaves the bound open (refused at locking).
    #[must_use]
    pub fn range(&self, parameters: &BTreeMap<Variable, String>) -> Range {
        let number = |bound: &Option<Bound>| match bound {
            Some(Bound::Fixed(number)) => Some(*number),
            Some(Bound::Parameter(name)) => parameters.get(name).and_then(|text| text.parse().ok()),
            None => None,
        };
        Range { min: number(&self.min), max: number(&self.max), inclusive: self.inclusive }
    }
}

/// What the limits say of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryVerdict {
    /// Inside all limits, or nothing to hold against.
    Pass,
    /// Inside accept, outside alert.
    Alert,
    /// Inside accept by less than the uncertainty.
    ConditionalPass,
    /// Outside accept by less than the uncertainty.
    ConditionalFail,
    /// Outside accept.
    Out,
    /// Not what was asked for: wrong option, text or answer.
    Fail,
    /// Outside plausible and not yet repeated: probably a typing error.
    Implausible,
}

impl EntryVerdict {
    /// Tells whether the entry satisfies the input.
    #[must_use]
    pub fn passes(self) -> bool {
        matches!(self, Self::Pass | Self::Alert | Self::ConditionalPass)
    }

    /// Returns the word for screens and reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "in limits",
            Self::Alert => "ALERT",
            Self::ConditionalPass => "CONDITIONAL PASS",
            Self::ConditionalFail => "CONDITIONAL FAIL",
            Self::Out => "OUT OF LIMITS",
            Self::Fail => "NOT AS REQUIRED",
            Self::Implausible => "IMPLAUSIBLE",
        }
    }
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
        let text = raw.trim();
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
