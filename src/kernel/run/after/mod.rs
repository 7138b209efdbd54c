//! The only place where a run changes.

mod clock;
mod deviations;
mod people;
mod phases;
mod registers;
mod remarks;
mod steps;
mod values;

use super::{Attempt, Pending, Run, StepState};
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::documents::procedure::SectionKind;
use crate::kernel::model::deviation::Trigger;
use crate::kernel::model::late::Late;
use crate::kernel::model::name::StepId;
use crate::kernel::model::opening::Binding;
use crate::kernel::model::subject::SubjectKind;
use crate::kernel::records::event::{ClockRecord, Family, WorkRecord};
use crate::kernel::records::record::{Record, SignedRecord};
use crate::kernel::signature::KeyId;
use crate::kernel::work::works;
use std::fmt::Display;

/// What one record brings to the run.
pub(super) struct Folding<'a> {
    pub(super) record: &'a Record,
    pub(super) digest: LineDigest,
    key: &'a KeyId,
}

impl Folding<'_> {
    /// Returns a departure of the run that this record sets off.
    pub(super) fn departure(&self, trigger: Trigger, requirement: impl Display, as_found: impl Display) -> Pending {
        Pending {
            trigger,
            step: None,
            about: None,
            requirement: requirement.to_string(),
            as_found: as_found.to_string(),
            at: self.record.time,
            event_at: None,
            record: self.digest,
        }
    }
}

impl Pending {
    /// The departure happened at a step.
    pub(super) fn at(self, step: &StepId) -> Self {
        Self { step: Some(step.clone()), ..self }
    }

    /// The departure is about an input, a requirement or a person.
    pub(super) fn about(self, about: impl Display) -> Self {
        Self { about: Some(about.to_string()), ..self }
    }
}

/// Folds the records of every kind of work by the kind that owns them.
macro_rules! fold_work {
    ([] $(
        $(#[$doc:meta])* $kind:ident = $word:literal [$($columns:tt)*]
        $(=> $module:ident: $owned:ty {
            $(#[$mdoc:meta])* member $member:ident: $type:ty;
            acts { $($acts:tt)* }
            records { $($(#[$rdoc:meta])* $record:ident = $rkind:literal [$($trust:tt)*] ($($has:ident)*);)* }
        })?
    )*) => {
        impl Run {
            fn fold_work(&mut self, context: &Folding, found: WorkRecord) {
                match found { $($($(WorkRecord::$record(data) => self.worked(context, data),)*)?)* }
            }
        }
    };
}

works!(fold_work!);

impl Run {
    /// Folds one record into the run. Whether the record may stand there was decided before.
    pub fn after(&mut self, signed: &SignedRecord) {
        let record = signed.record();
        let context = Folding { record, digest: signed.digest(), key: signed.key() };
        self.notice_clocks(record);
        if record.event.is_substantive() {
            for signature in self.signatures.iter_mut().filter(|s| s.subject.kind == SubjectKind::Run) {
                signature.stale = true;
            }
        }
        self.notice_hands(&context);
        self.fold(&context);
        self.steps.settle();
        self.acted.insert(Binding { person: record.actor.clone(), role: record.role.clone() });
        self.seq = record.seq;
        self.head = signed.digest();
        self.last = Some(record.now());
        self.length += signed.bytes().len() as u64 + 1;
    }

    /// Remembers who did a part of the work (AR-014).
    fn notice_hands(&mut self, context: &Folding) {
        let record = context.record;
        if !record.event.is_hands() {
            return;
        }
        self.hands.insert(record.actor.clone());
        if let Some(id) = record.event.step()
            && let Some(known) = self.steps.get_mut(id)
        {
            if known.attempts.is_empty() {
                known.attempts.push(Attempt { pass: 1, ..Attempt::default() });
            }
            if let Some(attempt) = known.attempts.last_mut() {
                attempt.actors.insert(record.actor.clone());
                attempt.keys.insert(*context.key);
                attempt.records.push(context.digest);
            }
        }
    }

    /// Folds an event into the part of the run that its family belongs to. Every family names all of its records.
    fn fold(&mut self, context: &Folding) {
        match context.record.event.family() {
            Family::Run(record) => self.fold_phase(context, record),
            Family::Session(record) => self.fold_session(context, record),
            Family::Register(record) => self.fold_register(record),
            Family::Step(record) => self.fold_step(context, record),
            Family::Clock(ClockRecord::WatchObserved(data)) => self.watch_observed(context, data),
            Family::Clock(ClockRecord::TimerExpired(data)) => self.timer_expired(context, data),
            Family::Evidence(record) => self.fold_evidence(context, record),
            Family::Deviation(record) => self.fold_deviation(context, record),
            Family::Remark(record) => self.fold_remark(context, record),
            Family::Work(record) => self.fold_work(context, record),
            Family::Journal(record) => self.fold_journal(record),
        }
    }

    pub(super) fn with_attempt(&mut self, id: &StepId, change: impl FnOnce(&mut Attempt)) {
        if let Some(attempt) = self.steps.get_mut(id).and_then(|s| s.attempts.last_mut()) {
            change(attempt);
        }
    }

    pub(super) fn set_state(&mut self, id: &StepId, state: StepState) {
        if let Some(known) = self.steps.get_mut(id) {
            known.state = state;
        }
    }

    pub(super) fn leave(&mut self, id: &StepId, state: StepState, because: Option<String>) {
        if let Some(known) = self.steps.get_mut(id) {
            known.state = state;
            known.exit = None;
            known.because = because;
        }
    }

    /// A prerequisite that fails is a departure of its own kind.
    fn trigger_at(&self, step: &StepId, trigger: Trigger) -> Trigger {
        let section = self.section_of(step);
        match section.is_some_and(|s| s.kind == SectionKind::Prerequisites) && trigger == Trigger::CheckFailed {
            true => Trigger::PrerequisitesNotMet,
            false => trigger,
        }
    }

    /// What happened earlier than it was entered is a departure, whatever was entered.
    fn entered_late(&mut self, context: &Folding, step: &StepId, about: &str, late: Option<&Late>) {
        let Some(late) = late else { return };
        let requirement = "entered when it happens";
        let found = format!("happened {}: {}", late.event_time, late.reason);
        let pending = context.departure(Trigger::LateEntry, requirement, found).at(step).about(about);
        self.pend(Pending { event_at: Some(late.event_time), ..pending });
    }

    pub(super) fn pend(&mut self, pending: Pending) {
        let trigger = pending.step.as_ref().map_or(pending.trigger, |step| self.trigger_at(step, pending.trigger));
        self.pending.push(Pending { trigger, ..pending });
    }
}
