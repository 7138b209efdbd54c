//! What may be read of a run; nothing changes here.

use super::registers::{HeldPermit, Instrument, Material};
use super::{Closed, Note, Pending, Phase, Run, Signature, StepRun, Turnover};
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::documents::package::Plan;
use crate::kernel::documents::roster::Roster;
use crate::kernel::model::deviation::Deviation;
use crate::kernel::model::evidence::EvidenceItem;
use crate::kernel::model::name::{DeviationId, Identifier, PersonId, ReasonCode, Role, RunId, StepId, Tag};
use crate::kernel::model::opening::{Binding, Mode};
use crate::kernel::model::time::{Moment, Now, Timestamp};
use crate::kernel::records::event::{RunMended, RunOpened};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Run {
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

    /// Returns how many bytes its journal has, line feeds included.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
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
    pub fn opened(&self) -> Option<(&RunOpened, Timestamp)> {
        self.opened.as_ref().map(|(data, at)| (data, at.time()))
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

    /// Tells whether the session of a person is open at a moment: one of an earlier start of the machine is over.
    #[must_use]
    pub fn has_session(&self, person: &PersonId, now: &Now) -> bool {
        self.sessions.contains(person) && self.last.as_ref().is_none_or(|last| last.boot == now.boot)
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

    /// Returns the longest pause in milliseconds, by the clock that says more.
    #[must_use]
    pub fn longest_pause_ms(&self) -> i64 {
        self.longest_pause_ms
    }

    /// Returns what persons mended in the record.
    #[must_use]
    pub fn mended(&self) -> &[RunMended] {
        &self.mended
    }

    /// Returns the recorded steps of the wall clock, in milliseconds.
    #[must_use]
    pub fn clock_steps(&self) -> &[i64] {
        &self.clocks.steps
    }

    /// Returns the most by which the wall clock stood lower after a start of the machine, in milliseconds.
    #[must_use]
    pub fn clock_sank_ms(&self) -> i64 {
        self.clocks.sank_ms
    }

    /// Tells whether a pause cannot be measured: the machine was started again, or the clock was set.
    #[must_use]
    pub fn has_unproven_pause(&self) -> bool {
        self.clocks.pause_unproven
    }

    /// Returns how many acts were refused.
    #[must_use]
    pub fn denials(&self) -> u64 {
        self.denials
    }

    /// Returns since when the run stands still.
    #[must_use]
    pub fn standing_since(&self) -> Option<Timestamp> {
        self.standing_since.as_ref().map(Moment::time)
    }

    /// Returns how many of the first `before` deviations bear a code.
    pub(super) fn earlier_with(&self, code: &ReasonCode, before: usize) -> usize {
        self.deviations.iter().take(before).filter(|d| d.statement.code == *code).count()
    }

    /// Returns the steps that somebody must confirm again, divided by spaces.
    pub(super) fn flagged(&self) -> String {
        let flagged = self.steps.iter().filter(|(_, s)| s.reconfirm.is_some());
        flagged.map(|(id, _)| id.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Returns the roles to which a person is bound in this run.
    pub fn roles_of<'a>(&'a self, person: &'a PersonId) -> impl Iterator<Item = &'a Role> {
        self.crew.iter().filter(move |b| b.person == *person).map(|b| &b.role)
    }
}
