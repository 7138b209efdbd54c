//! The only place where a run changes.

mod clock;
mod deviations;
mod phases;
mod steps;
mod values;

use super::change::Station;
use super::request::Requested;
use super::{Attempt, HeldPermit, Instrument, Material, Note, Pending, Phase, Run, Signature, StepState};
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::documents::procedure::SectionKind;
use crate::kernel::model::deviation::Trigger;
use crate::kernel::model::evidence::EvidenceItem;
use crate::kernel::model::late::Late;
use crate::kernel::model::name::{PersonId, Role, StepId};
use crate::kernel::model::opening::Binding;
use crate::kernel::model::subject::SubjectKind;
use crate::kernel::records::event::{AnswerImported, Event};
use crate::kernel::records::record::{Record, SignedRecord};
use crate::kernel::signature::KeyId;
use std::fmt::Display;

/// What one record brings to the run.
struct Folding<'a> {
    record: &'a Record,
    digest: LineDigest,
    key: &'a KeyId,
}

impl Folding<'_> {
    /// Returns a departure of the run that this record sets off.
    fn departure(&self, trigger: Trigger, requirement: impl Display, as_found: impl Display) -> Pending {
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
    fn at(self, step: &StepId) -> Self {
        Self { step: Some(step.clone()), ..self }
    }

    /// The departure is about an input, a requirement or a person.
    fn about(self, about: impl Display) -> Self {
        Self { about: Some(about.to_string()), ..self }
    }
}

impl Run {
    /// Folds one record into the run. Whether the record may stand there was decided before.
    pub fn after(&mut self, signed: &SignedRecord) {
        let record = signed.record();
        let context = Folding { record, digest: signed.digest(), key: signed.key() };
        self.notice_clocks(record);
        if Self::is_substantive(&record.event) {
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
        let hand = matches!(
            record.event,
            Event::StepStarted(_)
                | Event::StepPerformed(_)
                | Event::ValueEntered(_)
                | Event::ValueCorrected(_)
                | Event::CheckRecorded(_)
                | Event::ComponentConfirmed(_)
                | Event::DecisionTaken(_)
                | Event::CalculationMade(_)
                | Event::CommunicationRecorded(_)
                | Event::WitnessNotified(_)
                | Event::CallRecorded(_)
                | Event::EvidenceCaptured(_)
        );
        if !hand {
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

    fn fold(&mut self, context: &Folding) {
        let record = context.record;
        match &record.event {
            Event::RunOpened(data) => {
                self.crew.clone_from(&data.crew);
                self.sessions.insert(record.actor.clone());
                self.phase = Phase::Running;
                let known = (data.program.clone(), None);
                self.station = Some(Station { acknowledged: known.clone(), present: known });
                self.opened = Some((data.clone(), record.moment()));
                if let Some(by) = data.superseded_by {
                    let requirement = format!("the revision in force, {by}");
                    let found = format!("revision {}, which it supersedes", self.plan.manifest.revision);
                    let departure = context.departure(Trigger::SupersededPackage, requirement, found);
                    self.pend(departure.about("package"));
                }
            }
            Event::SessionOpened(data) => {
                if let Some(station) = &mut self.station {
                    station.present = (data.program.clone(), data.roster.clone());
                }
                self.unlocked(record, data.resumed);
            }
            Event::ChangeAcknowledged(_) => {
                if let Some(station) = &mut self.station {
                    station.acknowledged.clone_from(&station.present);
                }
            }
            Event::SessionClosed(_) => {
                self.sessions.remove(&record.actor);
            }
            Event::CrewBound(data) => {
                self.bind(&data.person, &data.role);
            }
            Event::InstrumentRegistered(data) => {
                let (name, quantities, range) = (data.name.clone(), data.quantities.clone(), data.range.clone());
                let instrument = Instrument { cal_due: data.cal_due, name, quantities, range };
                self.instruments.insert(data.instrument.clone(), instrument);
            }
            Event::MaterialRegistered(data) => {
                let (name, quantity) = (data.name.clone(), data.quantity.clone());
                self.materials.insert(data.material.clone(), Material { expires: data.expires, name, quantity });
            }
            Event::PermitRegistered(data) => {
                let number = data.number.clone();
                let held = HeldPermit { number, valid_from: data.valid_from, valid_until: data.valid_until };
                self.permits.insert(data.permit.clone(), held);
            }
            Event::WatchObserved(data) => self.watch_observed(context, data),
            Event::TimerExpired(data) => self.timer_expired(context, data),
            Event::EvidenceCaptured(data) => {
                self.evidence.push(EvidenceItem {
                    file: data.file.clone(),
                    step: data.step.clone(),
                    attempt: data.attempt,
                    requirement: data.requirement.clone(),
                    caption: data.caption.clone(),
                    sensitivity: data.sensitivity,
                    record: record.seq,
                    redacted: None,
                });
                if data.duplicate_of.is_some() {
                    self.doubt(&data.step);
                }
            }
            Event::EvidenceRedacted(data) => {
                let mut steps = Vec::new();
                for item in self.evidence.iter_mut().filter(|e| e.file.blake3 == data.blake3) {
                    item.redacted = Some(data.reason.clone());
                    steps.push(item.step.clone());
                }
                steps.iter().for_each(|step| self.doubt(step));
            }
            Event::DeviationRaised(_) | Event::DeviationAmended(_) | Event::DeviationReviewed(_) => {
                self.fold_deviation(context);
            }
            Event::SignatureGiven(data) => {
                if let (SubjectKind::Step, Ok(id)) = (data.subject.kind, data.subject.id.parse::<StepId>()) {
                    self.with_attempt(&id, |a| {
                        a.signed.insert((record.role.clone(), data.meaning, record.actor.clone()));
                    });
                }
                self.signatures.push(Signature {
                    meaning: data.meaning,
                    person: record.actor.clone(),
                    role: record.role.clone(),
                    stale: false,
                    subject: data.subject.clone(),
                    time: record.time,
                });
            }
            Event::NoteAdded(data) => self.notes.push(Note {
                person: record.actor.clone(),
                step: data.step.clone(),
                kind: data.kind,
                text: data.text.clone(),
                time: record.time,
            }),
            Event::RequestSent(data) => self.requests.push(Requested {
                answered: false,
                asked: data.asked.clone(),
                id: data.request.clone(),
                judges: data.judges.clone(),
                record: context.digest,
                time: record.time,
                to: data.to.clone(),
            }),
            Event::AnswerImported(data) => self.answered(context, data),
            Event::GateDenied(_) => self.denials += 1,
            Event::RunRecovered(_) => {}
            Event::RunMended(data) => self.mended.push(data.clone()),
            Event::IntegrityEvent(data) => {
                self.clocks.step = None;
                self.clocks.steps.push(data.millis);
            }
            Event::RunPaused(_)
            | Event::RunResumed(_)
            | Event::TurnoverGiven(_)
            | Event::TurnoverAccepted(_)
            | Event::RunInterrupted(_)
            | Event::StopCalled(_)
            | Event::RunAborting(_)
            | Event::SafeStateConfirmed(_)
            | Event::RunAborted(_)
            | Event::RunClosed(_) => self.fold_phase(context),
            _ => self.fold_step(context),
        }
    }

    /// Whoever accepted the evidence of a step before did not see what became doubtful now.
    fn doubt(&mut self, step: &StepId) {
        let about = |s: &&mut Signature| s.subject.kind == SubjectKind::Step && s.subject.id == step.as_str();
        for signature in self.signatures.iter_mut().filter(about) {
            signature.stale = true;
        }
    }

    /// Gives a person a role, and tells whether that is new.
    fn bind(&mut self, person: &PersonId, role: &Role) -> bool {
        let binding = Binding { person: person.clone(), role: role.clone() };
        let new = !self.crew.contains(&binding);
        self.crew.extend(new.then_some(binding));
        new
    }

    /// Takes a role from a person; whoever holds no other has no session left.
    fn unbind(&mut self, person: &PersonId, role: &Role) {
        self.crew.retain(|b| b.person != *person || b.role != *role);
        if self.roles_of(person).next().is_none() {
            self.sessions.remove(person);
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

    /// What the answer decides happens as the act of the person who signed it.
    fn answered(&mut self, context: &Folding, data: &AnswerImported) {
        for sent in self.requests.iter_mut().filter(|r| r.id == data.request) {
            sent.answered = true;
        }
        let (actor, role, event) = (data.person.clone(), data.as_role.clone(), (*data.event).clone());
        self.acted.insert(Binding { person: actor.clone(), role: role.clone() });
        let record = Record { actor, role, event, ..context.record.clone() };
        self.fold(&Folding { record: &record, digest: context.digest, key: context.key });
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

    fn pend(&mut self, pending: Pending) {
        let trigger = pending.step.as_ref().map_or(pending.trigger, |step| self.trigger_at(step, pending.trigger));
        self.pending.push(Pending { trigger, ..pending });
    }
}
