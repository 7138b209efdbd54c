//! Units of measure, and what one is in another (FORMAT.md §2).
//!
//! Nothing is converted in silence: the record keeps what was typed beside the value in the unit of the plan.

use crate::kernel::documents::pack::Pack;
use crate::kernel::model::input::{Input, InputType, NotAnEntry};
use crate::kernel::model::name::{Identifier, UnitId, Variable};
use crate::kernel::model::number::Number;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

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
    /// The units that it is made of, with their powers; empty for a pure number, such as a share.
    #[serde(default)]
    pub of: Option<BTreeMap<UnitId, i32>>,
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
    /// When a unit was typed that does not convert, or a number that is no single one or finer than it is read.
    pub fn in_unit_of<'a>(
        &self,
        input: &Input,
        raw: &'a str,
        parameters: &BTreeMap<Variable, String>,
    ) -> Result<Cow<'a, str>, NotAnEntry> {
        if input.kind != InputType::Number {
            return Ok(raw.into());
        }
        let given = raw.trim().rsplit_once(char::is_whitespace);
        let named = given.zip(input.unit.as_ref()).and_then(|((n, word), wanted)| Some((n, self.unit(word)?, wanted)));
        let Some((typed, unit, wanted)) = named else {
            input.legible(raw, parameters, &Some)?;
            input.resolved(raw)?;
            return Ok(raw.into());
        };
        let number = Number::typed(typed).map_err(|e| NotAnEntry(e.to_string()))?;
        let none = || NotAnEntry(format!("the pack does not say what {} is in {}", unit.id, wanted));
        let converted = self.converted(number, &unit.id, wanted).ok_or_else(none)?;
        input.legible(typed, parameters, &|n| self.converted(n, &unit.id, wanted))?;
        if unit.id == *wanted {
            input.resolved(typed)?;
        }
        Ok(converted.to_string().into())
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
        pack.in_unit_of(&input, raw, &BTreeMap::new()).map(Cow::into_owned).map_err(|e| e.0)
    }

    #[test]
    fn a_reading_in_another_unit_of_the_pack_is_put_into_the_unit_of_the_plan() {
        assert_eq!(read("20 kPa").unwrap(), "0.20");
        assert_eq!(read("-7,5 kpa").unwrap(), "-0.075");
        assert_eq!(read("0.35 bar(g)").unwrap(), "0.35");
        assert_eq!(read("0.35").unwrap(), "0.35");
    }

    #[test]
    fn a_number_that_two_countries_read_differently_is_asked_about() {
        let input = |more: &str| -> Input {
            serde_json::from_str(&format!(r#"{{"id":"p","type":"number","unit":"bar"{more}}}"#)).unwrap()
        };
        let pack: Pack = serde_json::from_str(
            r#"{"format":"asrun.pack.v1","id":"p","version":"1","reason_codes":[],"units":[
                {"id":"bar","quantity":"pressure"},
                {"id":"kpa","quantity":"pressure","equals":[{"unit":"bar","factor":"0.01"}]}]}"#,
        )
        .unwrap();
        let read = |more: &str, raw: &str| {
            pack.in_unit_of(&input(more), raw, &BTreeMap::new()).map(Cow::into_owned).map_err(|e| e.0)
        };
        for typed in ["1,234", "1.234", "-12,000", "123.456", "1,234 kpa"] {
            let told = read("", typed).unwrap_err();
            assert!(told.contains("two countries") && told.contains("write"), "{typed}: {told}");
        }
        assert!(read("", "1,234").unwrap_err().contains("1.234") && read("", "1,234").unwrap_err().contains("1234"));
        // Nobody groups digits like this.
        for typed in ["0,234", "01.234", "1234", "1,23", "1,2345", "1234,567", "1.234e0"] {
            assert!(read("", typed).is_ok(), "{typed}");
        }
        assert!(read(r#","resolution":"0.001""#, "1,234").is_ok(), "three digits are what the instrument shows");
        assert!(read(r#","limits":{"plausible":{"max":"40"}}"#, "1,234").is_ok(), "1234 is not plausible");
        assert!(read(r#","limits":{"plausible":{"max":"4000"}}"#, "1,234").is_err());
    }

    #[test]
    fn an_entry_is_no_finer_than_the_instrument_shows() {
        let input: Input =
            serde_json::from_str(r#"{"id":"p","type":"number","unit":"bar","resolution":"0.05"}"#).unwrap();
        let pack: Pack = serde_json::from_str(
            r#"{"format":"asrun.pack.v1","id":"p","version":"1","reason_codes":[],"units":[
                {"id":"bar","quantity":"pressure"},
                {"id":"kpa","quantity":"pressure","equals":[{"unit":"bar","factor":"0.01"}]}]}"#,
        )
        .unwrap();
        let read = |raw: &str| pack.in_unit_of(&input, raw, &BTreeMap::new()).map(Cow::into_owned).map_err(|e| e.0);
        for fine in ["0.35", "0.3", "2", "-0.05", "0.35 bar"] {
            assert!(read(fine).is_ok(), "{fine}");
        }
        for typed in ["0.36", "0.350", "0.351 bar"] {
            assert!(read(typed).unwrap_err().contains("0.05"), "{typed}");
        }
        assert_eq!(read("36 kpa").unwrap(), "0.36", "what was converted is as fine as the other unit");
    }

    #[test]
    fn a_unit_that_does_not_convert_is_refused_and_other_words_are_no_unit() {
        assert_eq!(read("20 degf").unwrap_err(), "the pack does not say what degf is in bar");
        assert!(read("2x kPa").unwrap_err().contains("not a number"));
        assert_eq!(read("20 furlong").unwrap(), "20 furlong");
    }
}
