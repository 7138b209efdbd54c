//! Shift turnover: the sheet that one person hands to the next (FORMAT.md §4).

use crate::kernel::model::name::{DeviationId, StepId, Tag, Variable};
use crate::kernel::model::time::Timestamp;
use crate::kernel::model::trigger::Trigger;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A departure that waits to be written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unwritten {
    /// Where; none for the run as a whole.
    pub step: Option<StepId>,
    /// What set it off.
    pub trigger: Trigger,
}

/// Where the work stands; worked out from the record, never keyed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TurnoverSheet {
    /// Steps that are begun and not closed.
    pub active: Vec<StepId>,
    /// Postponed steps.
    pub deferred: Vec<StepId>,
    /// Deviations that nobody has accepted yet.
    pub deviations: Vec<DeviationId>,
    /// Holds that wait for a release.
    pub holds: Vec<StepId>,
    /// Registered instruments.
    pub instruments: Vec<Tag>,
    /// The step that comes next.
    pub next: Option<StepId>,
    /// Limits that run at steps, and when they are reached.
    pub timers: BTreeMap<StepId, Timestamp>,
    /// Departures that are not written down yet.
    pub unwritten: Vec<Unwritten>,
    /// Watches, and when they must be observed next.
    pub watches: BTreeMap<Variable, Timestamp>,
}
