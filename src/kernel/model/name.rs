//! Names: who and what is meant, each with its own type (FORMAT.md §1, identifiers).
//!
//! ASCII only, so look-alike letters cannot occur.

use std::fmt;
use std::str::FromStr;

/// Why a text is not a name of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {kind}: expected {rule}")]
pub struct NotAName {
    /// What was wanted, in words.
    pub kind: &'static str,
    /// The rule that the text breaks.
    pub rule: &'static str,
    /// What was given.
    pub text: String,
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $pattern:literal, $check:path) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Returns the name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotAName;
            fn from_str(text: &str) -> Result<Self, NotAName> {
                match $check(text) {
                    true => Ok(Self(text.to_owned())),
                    false => Err(NotAName { kind: $kind, rule: $pattern, text: text.chars().take(80).collect() }),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAName;
            fn try_from(text: String) -> Result<Self, NotAName> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "description": $kind, "pattern": concat!("^", $pattern, "$") })
            }
        }
    };
}

fn identifier(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'))
}

fn variable(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

fn code(text: &str) -> bool {
    (2..=32).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'0'..=b'9' | b'-'))
}

fn tag(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| (0x21..=0x7e).contains(&b))
}

fn deviation(text: &str) -> bool {
    text.len() == 8 && text.starts_with("DEV-") && text[4..].bytes().all(|b| b.is_ascii_digit()) && &text[4..] != "0000"
}

fn request(text: &str) -> bool {
    text.len() == 8 && text.starts_with("REQ-") && text[4..].bytes().all(|b| b.is_ascii_digit()) && &text[4..] != "0000"
}

fn ulid(text: &str) -> bool {
    text.len() == 26
        && matches!(text.as_bytes()[0], b'0'..=b'7')
        && text
            .bytes()
            .all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'H' | b'J' | b'K' | b'M' | b'N' | b'P'..=b'T' | b'V'..=b'Z'))
}

name!(
    /// A person in the site's roster, such as `a.ortiz`.
    PersonId, "person id", "[a-z0-9][a-z0-9._-]{0,63}", identifier
);
name!(
    /// A role that persons hold, such as `performer`.
    Role, "role", "[a-z0-9][a-z0-9._-]{0,63}", identifier
);
name!(
    /// Names a procedure, a domain pack, a policy profile, a site or a rule.
    Identifier, "identifier", "[a-z0-9][a-z0-9._-]{0,63}", identifier
);
name!(
    /// A section of a procedure.
    SectionId, "section id", "[a-z0-9][a-z0-9._-]{0,63}", identifier
);
name!(
    /// A step of a procedure, such as `4.3`.
    StepId, "step id", "[a-z0-9][a-z0-9._-]{0,63}", identifier
);
name!(
    /// An evidence requirement of a step.
    RequirementId, "evidence requirement id", "[a-z0-9][a-z0-9._-]{0,63}", identifier
);
name!(
    /// A unit of measure as the domain pack lists it.
    UnitId, "unit id", "[a-z0-9][a-z0-9._-]{0,63}", identifier
);
name!(
    /// An option of a choice, a row or a column of a table.
    OptionId, "option id", "[a-z0-9][a-z0-9._-]{0,63}", identifier
);
name!(
    /// An input or a parameter: what may stand in an expression.
    Variable, "variable name", "[a-z][a-z0-9_]{0,63}", variable
);
name!(
    /// A reason code of the domain pack, such as `ENR-VALVE-PASSING`.
    ReasonCode, "reason code", "[A-Z][A-Z0-9-]{1,31}", code
);
name!(
    /// A rule of a policy profile, such as `R7`, or one of its closure requirements, such as `C1`.
    RuleId, "rule id", "[A-Z][A-Z0-9-]{1,31}", code
);
name!(
    /// A label on a real thing: component, instrument, material lot.
    Tag, "tag", "[!-~]{1,64}", tag
);
name!(
    /// A deviation of one run, `DEV-0001` and on; never reused.
    DeviationId, "deviation id", "DEV-[0-9]{4}", deviation
);
name!(
    /// A request of this run, such as `REQ-0001`.
    RequestId, "request id", "REQ-[0-9]{4}", request
);
name!(
    /// A run: a 26-character ULID.
    RunId, "run id", "[0-7][0-9A-HJKMNP-TV-Z]{25}", ulid
);

impl DeviationId {
    /// Returns the id of the `number`th deviation, from 1.
    #[must_use]
    pub fn numbered(number: usize) -> Self {
        Self(format!("DEV-{number:04}"))
    }
}

impl RequestId {
    /// Returns the id of the `number`th request, from 1.
    #[must_use]
    pub fn numbered(number: usize) -> Self {
        Self(format!("REQ-{number:04}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_outside_their_alphabet_are_refused() {
        for text in ["", "A.ortiz", ".a", "a b", "ä", "a/b", &"a".repeat(65)] {
            assert!(text.parse::<PersonId>().is_err(), "{text}");
        }
        assert!("p-res".parse::<Variable>().is_err());
        assert!("X".parse::<ReasonCode>().is_err());
        assert!("DEV-0000".parse::<DeviationId>().is_err());
        assert!("01JDZ3Q4M5N6P7R8S9T0V1W2X3".parse::<RunId>().is_ok());
        assert!("01JDZ3Q4M5N6P7R8S9T0V1W2XI".parse::<RunId>().is_err());
    }
}
