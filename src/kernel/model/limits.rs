//! Limits that readings are held against, and what comes of it (FORMAT.md §2).

use super::name::Variable;
use super::number::Number;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

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
    pub(super) fn moved(&self, by: Number, outwards: bool) -> Option<Self> {
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
            (Some(min), Some(max)) if self.inclusive && min == max => write!(f, "exactly {min}"),
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

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_said_as_one_would_say_it() {
        let said = |min: &str, max: &str, inclusive| {
            Range { min: min.parse().ok(), max: max.parse().ok(), inclusive }.to_string()
        };
        assert_eq!(said("2.0", "8.0", true), "2.0 to 8.0 inclusive");
        assert_eq!(said("2.0", "8.0", false), "2.0 to 8.0 exclusive");
        assert_eq!(said("10", "10", true), "exactly 10");
        assert_eq!(said("10", "", true), "at least 10");
        assert_eq!(said("", "10", false), "less than 10");
    }
}
