//! Decimal numbers, never binary floating point (FORMAT.md §1: decimals travel as strings).

use rust_decimal::Decimal;
use std::fmt;
use std::str::FromStr;

/// A decimal with up to 28 significant digits; keeps the stated resolution, so `5.0` stays `5.0`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Number(pub Decimal);

/// Why a text is not a number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotANumber {
    /// Something else than sign, digits, one separator and an exponent.
    #[error("`{0}` is not a number: write digits with one decimal point or comma, such as 0.35")]
    Syntax(String),
    /// More digits than are kept exactly; rounding silently would falsify a reading.
    #[error("`{0}` has more than 28 significant digits")]
    Digits(String),
}

impl Number {
    /// Reads what a person typed: point or comma, optional sign and exponent.
    ///
    /// # Errors
    /// When the text is not a number or cannot be kept exactly.
    pub fn typed(text: &str) -> Result<Self, NotANumber> {
        let shown = || text.chars().take(60).collect::<String>();
        let plain = text.trim().replace(',', ".");
        let (mantissa, exponent) = match plain.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (plain.as_str(), None),
        };
        let digits = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) || text.len() > 80 {
            return Err(NotANumber::Syntax(shown()));
        }
        let significant = digits.bytes().filter(u8::is_ascii_digit).skip_while(|b| *b == b'0').count();
        if significant > 28 {
            return Err(NotANumber::Digits(shown()));
        }
        let parsed = match exponent {
            None => Decimal::from_str_exact(mantissa),
            Some(power) if power.len() <= 4 => Decimal::from_scientific(&format!("{mantissa}e{power}")),
            Some(_) => return Err(NotANumber::Syntax(shown())),
        };
        let mut number = parsed.map_err(|_| NotANumber::Digits(shown()))?;
        if number.is_zero() {
            number.set_sign_positive(true);
        }
        Ok(Self(number))
    }

    /// Returns both numbers that a typed one may be: `1,234` and `1.234` are a little over one here and twelve hundred
    /// there. None where only one way of reading it is in use.
    #[must_use]
    pub fn grouped(text: &str) -> Option<(Self, Self)> {
        let text = text.trim();
        let (whole, thousands) = text.split_once([',', '.'])?;
        let digits = whole.strip_prefix(['-', '+']).unwrap_or(whole);
        let all_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        let grouped = (1..=3).contains(&digits.len()) && !digits.starts_with('0') && thousands.len() == 3;
        let grouped = grouped && all_digits(digits) && all_digits(thousands);
        let both = || Some((Self::typed(text).ok()?, Self::typed(&format!("{whole}{thousands}")).ok()?));
        grouped.then(both).flatten()
    }

    /// Returns how many digits it states after the point.
    #[must_use]
    pub fn digits(self) -> u32 {
        self.0.scale()
    }

    /// Tells whether it states more than a reading to this resolution can.
    #[must_use]
    pub fn is_finer_than(self, resolution: Self) -> bool {
        let whole = self.0.checked_rem(resolution.0).is_some_and(|rest| rest.is_zero());
        self.digits() > resolution.digits() || !whole
    }

    /// One.
    #[must_use]
    pub fn one() -> Self {
        Self(Decimal::ONE)
    }

    /// Divides; none by zero and beyond the numbers.
    #[must_use]
    pub fn divided(self, by: Self) -> Option<Self> {
        self.0.checked_div(by.0).map(Self)
    }

    /// Adds or subtracts; none beyond the numbers.
    #[must_use]
    pub fn plus(self, other: Self, add: bool) -> Option<Self> {
        if add { self.0.checked_add(other.0) } else { self.0.checked_sub(other.0) }.map(Self)
    }

    /// Multiplies; none beyond the numbers.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        self.0.checked_mul(other.0).map(Self)
    }

    /// Rounds to digits after the point, half away from zero, and states just these digits.
    #[must_use]
    pub fn rounded(self, digits: u32) -> Self {
        let mut rounded = self.0.round_dp_with_strategy(digits, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
        rounded.rescale(digits);
        Self(rounded)
    }

    /// Returns the absolute difference of two numbers, or none when it cannot be kept.
    #[must_use]
    pub fn distance(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(|d| Self(d.abs()))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Number {
    type Err = NotANumber;
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        match text.contains([',', '+', 'e', 'E']) || text.trim() != text {
            true => Err(NotANumber::Syntax(text.chars().take(60).collect())),
            false => Self::typed(text),
        }
    }
}

impl TryFrom<String> for Number {
    type Error = NotANumber;
    fn try_from(text: String) -> Result<Self, NotANumber> {
        text.parse()
    }
}

impl From<Number> for String {
    fn from(number: Number) -> String {
        number.to_string()
    }
}

impl schemars::JsonSchema for Number {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Number".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "a decimal, at most 28 digits", "pattern": "^-?[0-9]+([.][0-9]+)?$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_numbers_keep_their_resolution_and_take_both_separators() {
        assert_eq!(Number::typed("0,350").unwrap().to_string(), "0.350");
        assert_eq!(Number::typed("+5").unwrap().to_string(), "5");
        assert_eq!(Number::typed("1.5e3").unwrap(), Number::typed("1500").unwrap());
        assert_eq!(Number::typed("-0.0").unwrap().to_string(), "0.0");
    }

    #[test]
    fn text_that_is_no_exact_number_is_refused() {
        for text in ["", ".", "1.", ".5", "1,2,3", "1 2", "0x1", "NaN", "1e", "--1"] {
            assert!(matches!(Number::typed(text), Err(NotANumber::Syntax(_) | NotANumber::Digits(_))), "{text}");
        }
        assert!(Number::typed(&"1".repeat(28)).is_ok());
        assert!(matches!(Number::typed(&"1".repeat(29)), Err(NotANumber::Digits(_))));
    }
}
