//! A run: what has happened, and what may happen next.
//!
//! [`Run::decide`] turns an intent into the event that would be recorded, or refuses it;
//! [`Run::after`] is the only place where a run changes; [`Run::due`] tells what follows without
//! anybody pressing a key. Live work, resume, verifier and replay use these three and no others.

mod after;
mod approval;
mod change;
mod clocks;
mod decide;
mod due;
mod gates;
mod observations;
mod outstanding;
mod places;
mod registers;
mod replay;
pub mod request;
mod sequence;
mod standing;
mod state;
mod steps;
mod tier;
mod timers;
mod turnover;
mod values;
mod view;
mod what_if;
mod work;

use crate::kernel::records::intent::Intent;
pub use approval::{Approval, NotCounted, statement_counts, who_could};
pub use change::Change;
pub use clocks::{Elapsed, Least, Waited};
pub use decide::{Decided, Refusal, Who, facts_for, facts_of};
pub use observations::{Observation, observations};
pub use outstanding::Outstanding;
pub use registers::{HeldPermit, Instrument, Material};
pub use replay::Contradiction;
pub use standing::{Counted, Doubted, Effect, closers, doubtful_evidence};
pub use state::{AttemptSummary, StateFile, StepSummary};
pub use steps::{Attempt, Entry, Exit, Performed, StepRun, StepState, Verified};
pub use tier::Tier;
pub use timers::WatchRun;
pub use turnover::Turnover;
pub use values::{read_value, value_type};

use crate::kernel::canon::digest::LineDigest;
use crate::kernel::documents::package::Plan;
use crate::kernel::documents::roster::Roster;
use crate::kernel::model::deviation::{Deviation, Trigger};
use crate::kernel::model::entry::NoteKind;
use crate::kernel::model::evidence::EvidenceItem;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{Identifier, PersonId, Role, RunId, SectionId, StepId, Tag, Variable};
use crate::kernel::model::opening::Binding;
use crate::kernel::model::subject::Subject;
use crate::kernel::model::time::{Moment, Now, Timestamp};
use crate::kernel::model::timing::Standstill;
use crate::kernel::records::event::{RunMended, RunOpened};
use crate::kernel::records::record::Record;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Not opened.
    Draft,
    /// Work goes on.
    Running,
    /// Work pauses.
    Paused,
    /// Somebody stopped it.
    Stopped,
    /// The program ended in the middle; the active step must be confirmed again.
    Interrupted,
    /// On the way to the safe state.
    Aborting,
    /// Aborted and made safe.
    Aborted,
    /// The record is closed.
    Closed,
}

impl Phase {
    /// Tells whether `resume` goes on from here.
    #[must_use]
    pub fn is_standing(self) -> bool {
        matches!(self, Self::Paused | Self::Stopped | Self::Interrupted)
    }

    /// Returns the word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
            Self::Interrupted => "interrupted",
            Self::Aborting => "aborting",
            Self::Aborted => "aborted",
            Self::Closed => "closed",
        }
    }
}

/// A departure from plan that is not yet written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// What set it off.
    pub trigger: Trigger,
    /// At which step; none for the run.
    pub step: Option<StepId>,
    /// The input, requirement or person it is about.
    pub about: Option<String>,
    /// What the package asked for.
    pub requirement: String,
    /// What was recorded.
    pub as_found: String,
    /// When it was seen.
    pub at: Timestamp,
    /// When it happened, where that is not when it was seen.
    pub event_at: Option<Timestamp>,
    /// The record that set it off.
    pub record: LineDigest,
}

/// A remark.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Note {
    /// Whether it was seen or is concluded.
    pub kind: NoteKind,
    /// Who.
    pub person: PersonId,
    /// On which step.
    pub step: Option<StepId>,
    /// The remark.
    pub text: String,
    /// When.
    pub time: Timestamp,
}

/// A signature on a step or the run.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Signature {
    /// What it means.
    pub meaning: Meaning,
    /// Who.
    pub person: PersonId,
    /// In which role.
    pub role: Role,
    /// Whether something changed since.
    pub stale: bool,
    /// What is signed.
    pub subject: Subject,
    /// When.
    pub time: Timestamp,
}

/// How the run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Who closed it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A run, folded from its journal.
#[derive(Clone, Debug)]
pub struct Run {
    plan: Arc<Plan>,
    roster: Arc<Roster>,
    id: RunId,
    seq: u64,
    head: LineDigest,
    last: Option<Now>,
    clocks: clocks::Clocks,
    /// None before the run is opened.
    station: Option<change::Station>,
    /// Bytes of the journal so far, line feeds included.
    length: u64,
    phase: Phase,
    opened: Option<(RunOpened, Moment)>,
    crew: Vec<Binding>,
    sessions: BTreeSet<PersonId>,
    steps: places::Steps,
    pending: Vec<Pending>,
    deviations: Vec<Deviation>,
    instruments: BTreeMap<Tag, Instrument>,
    materials: BTreeMap<Tag, Material>,
    permits: BTreeMap<Identifier, HeldPermit>,
    watches: BTreeMap<Variable, WatchRun>,
    /// Sections that deviations opened to answer a breach; the newest takes its turn first.
    responses: Vec<SectionId>,
    turnover: Option<Turnover>,
    requests: Vec<request::Requested>,
    stood: Vec<Standstill>,
    evidence: Vec<EvidenceItem>,
    notes: Vec<Note>,
    signatures: Vec<Signature>,
    hands: BTreeSet<PersonId>,
    acted: BTreeSet<Binding>,
    standing_since: Option<Moment>,
    longest_pause_ms: i64,
    mended: Vec<RunMended>,
    denials: u64,
    interruption: Option<(Moment, i64)>,
    safe_state_confirmed: bool,
    aborted: bool,
    closed: Option<Closed>,
}

impl Run {
    /// Returns a run that is not opened yet.
    #[must_use]
    pub fn draft(plan: Arc<Plan>, roster: Arc<Roster>, id: RunId) -> Self {
        let steps = places::Steps::new(&plan.procedure);
        let watches = plan.procedure.watches.iter().map(|w| (w.id.clone(), WatchRun::default())).collect();
        let head = LineDigest(plan.digest.0);
        Self {
            plan,
            roster,
            id,
            seq: 0,
            head,
            last: None,
            clocks: clocks::Clocks::default(),
            station: None,
            length: 0,
            phase: Phase::Draft,
            opened: None,
            crew: Vec::new(),
            sessions: BTreeSet::new(),
            steps,
            pending: Vec::new(),
            deviations: Vec::new(),
            instruments: BTreeMap::new(),
            materials: BTreeMap::new(),
            permits: BTreeMap::new(),
            watches,
            responses: Vec::new(),
            turnover: None,
            requests: Vec::new(),
            stood: Vec::new(),
            evidence: Vec::new(),
            notes: Vec::new(),
            signatures: Vec::new(),
            hands: BTreeSet::new(),
            acted: BTreeSet::new(),
            standing_since: None,
            longest_pause_ms: 0,
            mended: Vec::new(),
            denials: 0,
            interruption: None,
            safe_state_confirmed: false,
            aborted: false,
            closed: None,
        }
    }

    /// Joins a decided event to the chain: the record that is signed next.
    #[must_use]
    pub fn record(&self, decided: Decided, who: &Who, now: &Now) -> Record {
        Record {
            actor: who.person.clone(),
            boot: now.boot.clone(),
            event: decided.event,
            mono_ms: now.mono_ms,
            prev: self.head,
            role: decided.role,
            run: self.id.clone(),
            seq: self.seq + 1,
            time: now.time,
        }
    }
}

#[cfg(test)]
mod tests;
