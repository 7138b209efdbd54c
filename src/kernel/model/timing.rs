//! Time at a step: how long to wait, how long it may take, and on which clock (FORMAT.md §2).

use super::name::{StepId, Variable};
use super::time::{Moment, Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A length of time: fixed, or a duration parameter that is set at locking.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Lapse {
    /// Such as `5min`.
    Fixed(Span),
    /// The id of a duration parameter.
    Parameter(Variable),
}

impl Lapse {
    /// Returns milliseconds; a parameter that is no length of time counts as none (refused at locking).
    #[must_use]
    pub fn millis(&self, parameters: &BTreeMap<Variable, String>) -> i64 {
        match self {
            Self::Fixed(span) => span.millis(),
            Self::Parameter(name) => {
                parameters.get(name).and_then(|text| text.parse::<Span>().ok()).map_or(0, Span::millis)
            }
        }
    }

    /// Returns the length of time as it was written or set at locking.
    #[must_use]
    pub fn words(&self, parameters: &BTreeMap<Variable, String>) -> String {
        match self {
            Self::Fixed(span) => span.to_string(),
            Self::Parameter(name) => parameters.get(name).cloned().unwrap_or_default(),
        }
    }
}

impl TryFrom<String> for Lapse {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if let Ok(name) = text.parse() {
            return Ok(Self::Parameter(name));
        }
        text.parse().map(Self::Fixed)
    }
}

impl From<Lapse> for String {
    fn from(lapse: Lapse) -> String {
        lapse.to_string()
    }
}

impl fmt::Display for Lapse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(span) => span.fmt(f),
            Self::Parameter(name) => name.fmt(f),
        }
    }
}

impl fmt::Debug for Lapse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl JsonSchema for Lapse {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Lapse".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "a length of time such as 5min, or the id of a duration parameter" })
    }
}

/// Which clock a limit counts on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepClock {
    /// Never stops: what cools, soaks or decays does not know of pauses.
    #[default]
    Process,
    /// Stops while the run stands still.
    Labour,
}

/// A limit that counts from the performing of another step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// The step from whose performing it counts.
    pub after: StepId,
    /// How long.
    pub within: Lapse,
}

/// Time at a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// The least time between beginning and performing.
    #[serde(default)]
    pub min_wait: Option<Lapse>,
    /// The most time between beginning and performing.
    #[serde(default)]
    pub max_duration: Option<Lapse>,
    /// The most time since another step was performed.
    #[serde(default)]
    pub deadline: Option<Deadline>,
    /// Which clock the three count on.
    #[serde(default)]
    pub clock: StepClock,
    /// Done faster than this is worth a look; never refused.
    #[serde(default)]
    pub usual: Option<Lapse>,
    /// Whether work may not pause while the step is active.
    #[serde(default)]
    pub no_pause: bool,
    /// What to do when a limit is missed; demanded with `max_duration` and `deadline`.
    #[serde(default)]
    pub if_missed: Option<String>,
}

/// Which limit of time ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeLimit {
    /// `max_duration` of a step.
    MaxDuration,
    /// `deadline` of a step.
    Deadline,
    /// `every` of a watch.
    Watch,
}

impl TimeLimit {
    /// Returns the word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::MaxDuration => "max_duration",
            Self::Deadline => "deadline",
            Self::Watch => "watch",
        }
    }
}

/// A stretch of time in which the run stood still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standstill {
    /// From when.
    pub from: Moment,
    /// Until when; still standing when absent.
    pub until: Option<Moment>,
}

impl Standstill {
    /// Returns the part of it that lies behind `since`, by the order of the records.
    #[must_use]
    pub fn after<'a>(&'a self, since: &'a Moment) -> Option<(&'a Moment, Option<&'a Moment>)> {
        let over = self.until.as_ref().is_some_and(|until| until.seq <= since.seq);
        let from = if self.from.seq > since.seq { &self.from } else { since };
        (!over).then_some((from, self.until.as_ref()))
    }
}

impl StepClock {
    /// Returns what the wall clock says when `millis` have passed on this clock since `from`.
    ///
    /// While the run still stands, a labour clock has no such moment beyond the standstill.
    #[must_use]
    pub fn reaches(self, from: &Moment, millis: i64, stood: &[Standstill]) -> Option<Timestamp> {
        let mut end = Timestamp::from_millis(from.time().millis() + millis);
        if self == Self::Process {
            return Some(end);
        }
        for (begun, until) in stood.iter().filter_map(|pause| pause.after(from)) {
            if begun.time() < end {
                end = Timestamp::from_millis(end.millis() + until?.time().since(begun.time()));
            }
        }
        Some(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::model::time::Now;

    fn wall(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + seconds * 1000)
    }

    fn at(seconds: i64) -> Moment {
        let clocks = Now { time: wall(seconds), mono_ms: seconds * 1000, boot: "b".into() };
        Moment { seq: u64::try_from(seconds).unwrap(), clocks }
    }

    #[test]
    fn a_process_clock_never_stops_and_a_labour_clock_stops_on_pause() {
        let pause = [Standstill { from: at(10), until: Some(at(40)) }];
        assert_eq!(StepClock::Process.reaches(&at(0), 20_000, &pause), Some(wall(20)));
        assert_eq!(StepClock::Labour.reaches(&at(0), 20_000, &pause), Some(wall(50)));
        assert_eq!(StepClock::Labour.reaches(&at(0), 5_000, &pause), Some(wall(5)));
        assert_eq!(StepClock::Labour.reaches(&at(50), 5_000, &pause), Some(wall(55)));
    }

    #[test]
    fn a_labour_clock_has_no_end_while_the_run_stands() {
        let pause = [Standstill { from: at(10), until: None }];
        assert_eq!(StepClock::Labour.reaches(&at(0), 20_000, &pause), None);
        assert_eq!(StepClock::Process.reaches(&at(0), 20_000, &pause), Some(wall(20)));
    }
}
