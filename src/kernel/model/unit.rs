//! Units of measure, and what one is in another (FORMAT.md §2).
//!
//! Nothing is converted in silence: the record keeps what was typed beside the value in the unit of the plan.

use super::input::{Input, InputType, NotAnEntry};
use super::name::{Identifier, UnitId};
use super::number::Number;
use super::pack::Pack;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A unit of measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Its name in procedures.
    pub id: UnitId,
    /// What it measures.
    pub quantity: Identifier,
    /// How it is printed; the id when absent.
    #[serde(default)]
    pub symbol: Option<String>,
    /// What a reading in it is in other units of the quantity.
    #[serde(default)]
    pub equals: Vec<Conversion>,
}

/// A reading in another unit: times `factor`, plus `offset`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Conversion {
    /// The other unit.
    pub unit: UnitId,
    /// What the number is multiplied with.
    pub factor: Number,
    /// What is added then.
    #[serde(default)]
    pub offset: Option<Number>,
}

impl Pack {
    /// Returns the unit of this id or symbol.
    fn unit(&self, word: &str) -> Option<&Unit> {
        self.units.iter().find(|u| u.id.as_str() == word || u.symbol.as_deref() == Some(word))
    }

    /// Returns a number in another unit; none where the pack has no line for it, or no number holds the result.
    #[must_use]
    pub fn converted(&self, number: Number, from: &UnitId, to: &UnitId) -> Option<Number> {
        if from == to {
            return Some(number);
        }
        let line = self.unit(from.as_str())?.equals.iter().find(|c| c.unit == *to)?;
        let product = number.times(line.factor)?;
        line.offset.map_or(Some(product), |offset| product.plus(offset, true))
    }

    /// Returns what was typed as a number in the unit of the input: `20 kPa` for an input in bar is `0.20`.
    ///
    /// # Errors
    /// When a unit was typed that does not convert.
    pub fn in_unit_of<'a>(&self, input: &Input, raw: &'a str) -> Result<Cow<'a, str>, NotAnEntry> {
        let given = raw.trim().rsplit_once(char::is_whitespace).filter(|_| input.kind == InputType::Number);
        let (Some((number, word)), Some(wanted)) = (given, &input.unit) else { return Ok(raw.into()) };
        let Some(unit) = self.unit(word) else { return Ok(raw.into()) };
        let number = Number::typed(number).map_err(|e| NotAnEntry(e.to_string()))?;
        let converted = self.converted(number, &unit.id, wanted);
        let none = || NotAnEntry(format!("the pack does not say what {} is in {}", unit.id, wanted));
        converted.map(|n| n.to_string().into()).ok_or_else(none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Result<String, String> {
        let pack: Pack = serde_json::from_str(
            r#"{"format":"asrun.pack.v1","id":"p","version":"1","reason_codes":[],"units":[
                {"id":"bar","quantity":"pressure","symbol":"bar(g)"},
                {"id":"kpa","quantity":"pressure","symbol":"kPa","equals":[{"unit":"bar","factor":"0.01"}]},
                {"id":"degf","quantity":"temperature","equals":[{"unit":"degc","factor":"0.5556","offset":"-17.7792"}]},
                {"id":"degc","quantity":"temperature"}]}"#,
        )
        .unwrap();
        let input = Input { unit: Some("bar".parse().unwrap()), ..Input::number("p".parse().unwrap()) };
        pack.in_unit_of(&input, raw).map(Cow::into_owned).map_err(|e| e.0)
    }

    #[test]
    fn a_reading_in_another_unit_of_the_pack_is_put_into_the_unit_of_the_plan() {
        assert_eq!(read("20 kPa").unwrap(), "0.20");
        assert_eq!(read("-7,5 kpa").unwrap(), "-0.075");
        assert_eq!(read("0.35 bar(g)").unwrap(), "0.35");
        assert_eq!(read("0.35").unwrap(), "0.35");
    }

    #[test]
    fn a_unit_that_does_not_convert_is_refused_and_other_words_are_no_unit() {
        assert_eq!(read("20 degf").unwrap_err(), "the pack does not say what degf is in bar");
        assert!(read("2x kPa").unwrap_err().contains("not a number"));
        assert_eq!(read("20 furlong").unwrap(), "20 furlong");
    }
}
