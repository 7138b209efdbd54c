//! Moments and lengths of time. Nothing here asks a clock: time comes in as an argument.

use std::fmt;
use std::str::FromStr;

/// A moment, in milliseconds since 1970 UTC; written in exactly 24 bytes (FORMAT.md §1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

/// Why a text is not a timestamp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time: expected UTC with milliseconds, such as 2026-11-21T03:16:02.114Z")]
pub struct NotATime(pub String);

impl Timestamp {
    /// The last moment that can be written in 24 bytes, 9999-12-31T23:59:59.999Z.
    const LAST: i64 = 253_402_300_799_999;
    /// The first moment that can be written in 24 bytes, 0000-01-01T00:00:00.000Z.
    const FIRST: i64 = -62_167_219_200_000;

    /// Takes milliseconds since 1970; a moment outside the years 0 to 9999 becomes the nearest inside.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(Self::FIRST, Self::LAST))
    }

    /// Returns milliseconds since 1970.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Returns the milliseconds from `earlier` to this moment; negative when the clock stepped back.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// Returns `HH:MM:SS UTC`, for places where the day is clear.
    #[must_use]
    pub fn clock(self) -> String {
        format!("{} UTC", &self.to_string()[11..19])
    }

    /// Returns the time of day as it is told at `now`, with its date when that is another day.
    #[must_use]
    pub fn told_at(self, now: Self) -> String {
        let (text, today) = (self.to_string(), now.to_string());
        if text[..10] == today[..10] { self.clock() } else { format!("{} {}", &text[..10], self.clock()) }
    }

    /// Returns `YYYY-MM-DD HH:MM`, for lists.
    #[must_use]
    pub fn minute(self) -> String {
        let text = self.to_string();
        format!("{} {}", &text[..10], &text[11..16])
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = jiff::Timestamp::from_millisecond(self.0).map_err(|_| fmt::Error)?;
        let civil = jiff::tz::TimeZone::UTC.to_datetime(moment);
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            civil.year(),
            civil.month(),
            civil.day(),
            civil.hour(),
            civil.minute(),
            civil.second(),
            civil.millisecond()
        )
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Timestamp {
    type Err = NotATime;
    fn from_str(text: &str) -> Result<Self, NotATime> {
        let wrong = || NotATime(text.chars().take(40).collect());
        if text.len() != 24 {
            return Err(wrong());
        }
        let moment: jiff::Timestamp = text.parse().map_err(|_| wrong())?;
        let parsed = Self::from_millis(moment.as_millisecond());
        // One spelling: leap seconds, offsets and lower-case letters come out differently.
        if parsed.to_string() == text { Ok(parsed) } else { Err(wrong()) }
    }
}

impl TryFrom<String> for Timestamp {
    type Error = NotATime;
    fn try_from(text: String) -> Result<Self, NotATime> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> String {
        time.to_string()
    }
}

impl schemars::JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "RFC 3339, UTC, milliseconds, 24 bytes",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z$"
        })
    }
}

/// A length of time as documents write it: `5min`, `24h`, `2s`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span(std::time::Duration);

impl Span {
    /// Takes whole milliseconds.
    #[must_use]
    pub fn from_millis(millis: u64) -> Self {
        Self(std::time::Duration::from_millis(millis))
    }

    /// Returns whole milliseconds.
    #[must_use]
    pub fn millis(self) -> i64 {
        i64::try_from(self.0.as_millis()).unwrap_or(i64::MAX)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", humantime::format_duration(self.0))
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Span {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        humantime::parse_duration(text)
            .map(Self)
            .map_err(|e| format!("`{text}` is not a length of time: {e}; write 5min or 24h"))
    }
}

impl TryFrom<String> for Span {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> String {
        span.to_string()
    }
}

impl schemars::JsonSchema for Span {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Span".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "a length of time such as 5min or 24h" })
    }
}

/// The three clocks of one moment, so that a stepped wall clock is visible (FORMAT.md §1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Now {
    /// Wall clock.
    pub time: Timestamp,
    /// Monotonic milliseconds since the machine started.
    pub mono_ms: i64,
    /// Which start of the machine `mono_ms` counts from.
    pub boot: String,
}

impl Now {
    /// The clocks of a run that is not opened yet.
    #[must_use]
    pub fn unknown() -> Self {
        Self { time: Timestamp::from_millis(0), mono_ms: 0, boot: String::new() }
    }

    /// Returns the moment at which the wall clock says `time`, if both clocks go on together until then; for showing
    /// what is left, never for deciding.
    #[must_use]
    pub fn at(&self, time: Timestamp) -> Self {
        Self { time, mono_ms: self.mono_ms + time.since(self.time), boot: self.boot.clone() }
    }
}

/// A recorded moment: its place in the journal, and what the clocks said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The number of the record.
    pub seq: u64,
    /// What the clocks said.
    pub clocks: Now,
}

impl Moment {
    /// Returns what the wall clock said.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.clocks.time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_of_another_day_is_told_with_its_date() {
        let [evening, night, morning]: [Timestamp; 3] =
            ["2026-11-21T22:00:00.000Z", "2026-11-21T23:59:59.999Z", "2026-11-22T06:30:00.000Z"]
                .map(|text| text.parse().unwrap());
        assert_eq!(night.told_at(evening), "23:59:59 UTC");
        assert_eq!(morning.told_at(evening), "2026-11-22 06:30:00 UTC");
    }

    #[test]
    fn a_time_has_exactly_one_spelling() {
        let time: Timestamp = "2026-11-21T03:16:02.114Z".parse().unwrap();
        assert_eq!(time.to_string(), "2026-11-21T03:16:02.114Z");
        for text in [
            "2026-11-21T03:16:02Z",
            "2026-11-21t03:16:02.114Z",
            "2026-11-21T03:16:60.000Z",
            "2026-11-21T03:16:02.114+",
            "2026-02-30T00:00:00.000Z",
            "2026-11-21 03:16:02.114Z",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn spans_are_read_as_people_write_them() {
        assert_eq!("10min".parse::<Span>().unwrap().millis(), 600_000);
        assert!("10 parsecs".parse::<Span>().is_err());
    }
}
