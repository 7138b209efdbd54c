//! A run: what has happened, and what may happen next.
//!
//! [`Run::decide`] turns an intent into the event that would be recorded, or refuses it;
//! [`Run::after`] is the only place where a run changes; [`Run::due`] tells what follows without
//! anybody pressing a key. Live work, resume, verifier and replay use these three and no others.

mod after;
mod decide;
mod due;
mod gates;
mod intent;
mod observations;
mod registers;
mod replay;
pub mod request;
mod sequence;
mod state;
mod steps;
mod timers;
mod turnover;
mod what_if;

pub use decide::{Decided, Refusal, Who, facts_for, facts_of};
pub use intent::Intent;
pub use observations::{Observation, observations};
pub use registers::{HeldPermit, Instrument, Material};
pub use replay::Contradiction;
pub use state::{AttemptSummary, StateFile, StepSummary};
pub use steps::{Attempt, Entry, Exit, Outstanding, Performed, StepRun, StepState, Verified, value_type};
pub use timers::WatchRun;
pub use turnover::Turnover;

use crate::kernel::canon::digest::LineDigest;
use crate::kernel::model::deviation::{Deviation, Trigger};
use crate::kernel::model::event::{Binding, Event, Mode, RunOpened, Subject};
use crate::kernel::model::evidence::EvidenceItem;
use crate::kernel::model::name::{
    DeviationId, Identifier, PersonId, ReasonCode, Role, RunId, SectionId, StepId, Tag, Variable,
};
use crate::kernel::model::package::Plan;
use crate::kernel::model::record::{Meaning, Record};
use crate::kernel::model::roster::Roster;
use crate::kernel::model::step::Step;
use crate::kernel::model::time::{Now, Timestamp};
use crate::kernel::model::timing::Standstill;
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
    phase: Phase,
    opened: Option<(RunOpened, Timestamp)>,
    crew: Vec<Binding>,
    sessions: BTreeSet<PersonId>,
    steps: BTreeMap<StepId, StepRun>,
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
    standing_since: Option<Timestamp>,
    longest_pause_ms: i64,
    clock_steps: Vec<i64>,
    denials: u64,
    interruption: Option<(Timestamp, i64)>,
    clock_step: Option<i64>,
    safe_state_confirmed: bool,
    aborted: bool,
    closed: Option<Closed>,
}

impl Run {
    /// Returns a run that is not opened yet.
    #[must_use]
    pub fn draft(plan: Arc<Plan>, roster: Arc<Roster>, id: RunId) -> Self {
        let steps = plan.procedure.steps().map(|s| (s.id.clone(), StepRun::default())).collect();
        let watches = plan.procedure.watches.iter().map(|w| (w.id.clone(), WatchRun::default())).collect();
        let head = LineDigest(plan.digest.0);
        Self {
            plan,
            roster,
            id,
            seq: 0,
            head,
            last: None,
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
            clock_steps: Vec::new(),
            denials: 0,
            interruption: None,
            clock_step: None,
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

    /// Returns what is executed.
    #[must_use]
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// Returns the roster in force.
    #[must_use]
    pub fn roster(&self) -> &Arc<Roster> {
        &self.roster
    }

    /// Returns the run's id.
    #[must_use]
    pub fn id(&self) -> &RunId {
        &self.id
    }

    /// Returns the number of records.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Returns the digest of the last line; of the package before the first.
    #[must_use]
    pub fn head(&self) -> LineDigest {
        self.head
    }

    /// Returns the clocks of the last record.
    #[must_use]
    pub fn last(&self) -> Option<&Now> {
        self.last.as_ref()
    }

    /// Returns where the run stands.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Tells whether the run was aborted, also after it was closed.
    #[must_use]
    pub fn was_aborted(&self) -> bool {
        self.aborted
    }

    /// Returns what was recorded at opening, and when.
    #[must_use]
    pub fn opened(&self) -> Option<&(RunOpened, Timestamp)> {
        self.opened.as_ref()
    }

    /// Returns live or training.
    #[must_use]
    pub fn mode(&self) -> Option<Mode> {
        self.opened.as_ref().map(|(data, _)| data.mode)
    }

    /// Returns who closed the run and when.
    #[must_use]
    pub fn closed(&self) -> Option<&Closed> {
        self.closed.as_ref()
    }

    /// Returns persons and roles of this run.
    #[must_use]
    pub fn crew(&self) -> &[Binding] {
        &self.crew
    }

    /// Returns the persons whose sessions are open.
    #[must_use]
    pub fn sessions(&self) -> &BTreeSet<PersonId> {
        &self.sessions
    }

    /// Returns what is known of a step.
    #[must_use]
    pub fn step(&self, id: &StepId) -> Option<&StepRun> {
        self.steps.get(id)
    }

    /// Returns the authored step.
    #[must_use]
    pub fn authored(&self, id: &StepId) -> Option<&Step> {
        self.plan.procedure.step(id)
    }

    /// Returns departures that are not yet written down.
    #[must_use]
    pub fn pending(&self) -> &[Pending] {
        &self.pending
    }

    /// Returns every deviation in order.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// Returns one deviation.
    #[must_use]
    pub fn deviation(&self, id: &DeviationId) -> Option<&Deviation> {
        self.deviations.iter().find(|d| d.id == *id)
    }

    /// Returns the registered instruments.
    #[must_use]
    pub fn instruments(&self) -> &BTreeMap<Tag, Instrument> {
        &self.instruments
    }

    /// Returns the registered lots of material.
    #[must_use]
    pub fn materials(&self) -> &BTreeMap<Tag, Material> {
        &self.materials
    }

    /// Returns the registered permits.
    #[must_use]
    pub fn permits(&self) -> &BTreeMap<Identifier, HeldPermit> {
        &self.permits
    }

    /// Returns the turnover that waits to be accepted.
    #[must_use]
    pub fn turnover(&self) -> Option<&Turnover> {
        self.turnover.as_ref()
    }

    /// Returns every attached file in order.
    #[must_use]
    pub fn evidence(&self) -> &[EvidenceItem] {
        &self.evidence
    }

    /// Returns the remarks.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Returns signatures on steps and the run.
    #[must_use]
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Returns every person who did a part of the work: actors of step, value, check and evidence records.
    #[must_use]
    pub fn hands(&self) -> &BTreeSet<PersonId> {
        &self.hands
    }

    /// Tells whether a person acted in a role; whoever did a part of the work acted as performer.
    #[must_use]
    pub fn acted_as(&self, person: &PersonId, role: &Role) -> bool {
        (role.as_str() == "performer" && self.hands.contains(person))
            || self.acted.contains(&Binding { person: person.clone(), role: role.clone() })
    }

    /// Returns the longest pause in milliseconds of the wall clock.
    #[must_use]
    pub fn longest_pause_ms(&self) -> i64 {
        self.longest_pause_ms
    }

    /// Returns the recorded steps of the wall clock, in milliseconds.
    #[must_use]
    pub fn clock_steps(&self) -> &[i64] {
        &self.clock_steps
    }

    /// Returns how many acts were refused.
    #[must_use]
    pub fn denials(&self) -> u64 {
        self.denials
    }

    /// Returns since when the run stands still.
    #[must_use]
    pub fn standing_since(&self) -> Option<Timestamp> {
        self.standing_since
    }

    /// Returns how many of the first `before` deviations bear a code.
    fn earlier_with(&self, code: &ReasonCode, before: usize) -> usize {
        self.deviations.iter().take(before).filter(|d| d.statement.code == *code).count()
    }

    /// Returns the steps that somebody must confirm again, divided by spaces.
    fn flagged(&self) -> String {
        let flagged = self.steps.iter().filter(|(_, s)| s.reconfirm.is_some());
        flagged.map(|(id, _)| id.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Returns the roles to which a person is bound in this run.
    pub fn roles_of<'a>(&'a self, person: &'a PersonId) -> impl Iterator<Item = &'a Role> {
        self.crew.iter().filter(move |b| b.person == *person).map(|b| &b.role)
    }

    fn is_substantive(event: &Event) -> bool {
        !matches!(
            event,
            Event::SessionOpened(_)
                | Event::SessionClosed(_)
                | Event::NoteAdded(_)
                | Event::SignatureGiven(_)
                | Event::GateDenied(_)
                | Event::IntegrityEvent(_)
                | Event::DeviationReviewed(_)
                | Event::RunInterrupted(_)
                | Event::RunRecovered(_)
                | Event::RunResumed(_)
                | Event::RunPaused(_)
                | Event::TurnoverGiven(_)
                | Event::RequestSent(_)
                | Event::TurnoverAccepted(_)
                | Event::RunClosed(_)
        )
    }
}

#[cfg(test)]
mod tests;
