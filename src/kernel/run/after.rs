//! The only place where a run changes.

use super::{
    Attempt, Closed, Entry, Exit, Instrument, Note, Pending, Performed, Phase, Run, Signature, StepState, Verified,
};
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::model::deviation::{Deviation, Facts, ProcessDisposition, Reviewed, Statement, Trigger};
use crate::kernel::model::event::{
    AttemptReason, Binding, CheckResult, Event, Match, StepOutcome, SubjectKind, ValueCorrected, ValueEntered,
};
use crate::kernel::model::evidence::EvidenceItem;
use crate::kernel::model::input::{EntryVerdict, Input};
use crate::kernel::model::name::{DeviationId, OptionId, PersonId, StepId, Variable};
use crate::kernel::model::record::{Record, SignedRecord};
use crate::kernel::model::step::Step;
use crate::kernel::signature::KeyId;

/// What one record brings to the run.
struct Folding<'a> {
    record: &'a Record,
    digest: LineDigest,
    key: &'a KeyId,
}

impl Run {
    /// Folds one record into the run. Whether the record may stand there was decided before.
    pub fn after(&mut self, signed: &SignedRecord) {
        let record = signed.record();
        let context = Folding { record, digest: signed.digest(), key: signed.key() };
        self.notice_clock(record);
        if Self::is_substantive(&record.event) {
            for signature in self.signatures.iter_mut().filter(|s| s.subject.kind == SubjectKind::Run) {
                signature.stale = true;
            }
        }
        self.notice_hands(&context);
        self.fold(&context);
        self.acted.insert(Binding { person: record.actor.clone(), role: record.role.clone() });
        self.seq = record.seq;
        self.head = signed.digest();
        self.last = Some(record.now());
    }

    /// A wall clock that moved against the monotonic one is recorded next (FORMAT.md §4).
    fn notice_clock(&mut self, record: &Record) {
        let Some(last) = &self.last else { return };
        if last.boot != record.boot {
            return;
        }
        let step = record.time.since(last.time) - (record.mono_ms - last.mono_ms);
        if step.abs() > self.plan.policy.clock.max_step.millis() {
            self.clock_step = Some(step);
        }
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
                self.opened = Some((data.clone(), record.time));
            }
            Event::SessionOpened(data) => self.unlocked(record, data.resumed),
            Event::SessionClosed(_) => {
                self.sessions.remove(&record.actor);
            }
            Event::CrewBound(data) => {
                let binding = Binding { person: data.person.clone(), role: data.role.clone() };
                if !self.crew.contains(&binding) {
                    self.crew.push(binding);
                }
            }
            Event::InstrumentRegistered(data) => {
                let instrument =
                    Instrument { cal_due: data.cal_due, name: data.name.clone(), range: data.range.clone() };
                self.instruments.insert(data.instrument.clone(), instrument);
            }
            Event::EvidenceCaptured(data) => self.evidence.push(EvidenceItem {
                file: data.file.clone(),
                step: data.step.clone(),
                attempt: data.attempt,
                requirement: data.requirement.clone(),
                caption: data.caption.clone(),
                sensitivity: data.sensitivity,
                record: record.seq,
                redacted: None,
            }),
            Event::EvidenceRedacted(data) => {
                for item in self.evidence.iter_mut().filter(|e| e.file.blake3 == data.blake3) {
                    item.redacted = Some(data.reason.clone());
                }
            }
            Event::DeviationRaised(_) | Event::DeviationAmended(_) | Event::DeviationReviewed(_) => {
                self.fold_deviation(context);
            }
            Event::SignatureGiven(data) => {
                if let (SubjectKind::Step, Ok(id)) = (data.subject.kind, data.subject.id.parse::<StepId>()) {
                    self.with_attempt(&id, |a| {
                        a.signed.insert((record.role.clone(), data.meaning));
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
                text: data.text.clone(),
                time: record.time,
            }),
            Event::GateDenied(_) => self.denials += 1,
            Event::RunRecovered(_) => {}
            Event::IntegrityEvent(data) => {
                self.clock_step = None;
                self.clock_steps.push(data.millis);
            }
            Event::RunPaused(_)
            | Event::RunResumed(_)
            | Event::RunInterrupted(_)
            | Event::StopCalled(_)
            | Event::RunAborting(_)
            | Event::SafeStateConfirmed(_)
            | Event::RunAborted(_)
            | Event::RunClosed(_) => self.fold_phase(context),
            _ => self.fold_step(context),
        }
    }

    fn unlocked(&mut self, record: &Record, resumed: bool) {
        if resumed {
            if let (Some(last), false) = (&self.last, self.sessions.is_empty()) {
                self.interruption = Some((last.time, record.time.since(last.time)));
            }
            self.sessions.clear();
        }
        self.sessions.insert(record.actor.clone());
    }

    fn fold_phase(&mut self, context: &Folding) {
        let record = context.record;
        match &record.event {
            Event::RunPaused(_) => self.stand(Phase::Paused, record),
            Event::StopCalled(_) => self.stand(Phase::Stopped, record),
            Event::RunInterrupted(data) => {
                self.interruption = None;
                if self.phase == Phase::Running {
                    self.phase = Phase::Interrupted;
                    self.standing_since = Some(data.since);
                }
            }
            Event::RunResumed(data) => {
                self.phase = Phase::Running;
                self.standing_since = None;
                self.longest_pause_ms = self.longest_pause_ms.max(data.paused_ms);
            }
            Event::RunAborting(data) => {
                self.phase = Phase::Aborting;
                self.standing_since = None;
                let trigger = if data.emergency { Trigger::EmergencyDeparture } else { Trigger::Abort };
                let requirement = format!("complete the procedure; safe state: {}", self.plan.procedure.safe_state);
                self.pending.push(Pending {
                    trigger,
                    step: None,
                    about: None,
                    requirement,
                    as_found: data.reason.clone(),
                    at: record.time,
                    record: context.digest,
                });
            }
            Event::SafeStateConfirmed(_) => self.safe_state_confirmed = true,
            Event::RunAborted(_) => {
                self.aborted = true;
                self.phase = Phase::Aborted;
            }
            Event::RunClosed(_) => {
                self.phase = Phase::Closed;
                self.closed = Some(Closed { by: record.actor.clone(), at: record.time });
            }
            _ => {}
        }
    }

    fn stand(&mut self, phase: Phase, record: &Record) {
        self.phase = phase;
        self.standing_since = self.standing_since.or(Some(record.time));
    }

    fn with_attempt(&mut self, id: &StepId, change: impl FnOnce(&mut Attempt)) {
        if let Some(attempt) = self.steps.get_mut(id).and_then(|s| s.attempts.last_mut()) {
            change(attempt);
        }
    }

    fn set_state(&mut self, id: &StepId, state: StepState) {
        if let Some(known) = self.steps.get_mut(id) {
            known.state = state;
        }
    }

    fn leave(&mut self, id: &StepId, state: StepState, because: Option<String>) {
        if let Some(known) = self.steps.get_mut(id) {
            known.state = state;
            known.exit = None;
            known.because = because;
        }
    }

    fn pend(
        &mut self,
        context: &Folding,
        trigger: Trigger,
        step: &StepId,
        about: Option<String>,
        requirement: String,
        as_found: String,
    ) {
        let at = context.record.time;
        self.pending.push(Pending {
            trigger,
            step: Some(step.clone()),
            about,
            requirement,
            as_found,
            at,
            record: context.digest,
        });
    }

    fn fold_step(&mut self, context: &Folding) {
        let record = context.record;
        match &record.event {
            Event::StepStarted(data) => {
                self.with_attempt(&data.step, |a| a.started = Some(record.time));
                self.set_state(&data.step, StepState::Active);
            }
            Event::AdvisoryAcknowledged(data) => self.with_attempt(&data.step, |a| {
                a.acknowledged.insert(data.advisory);
            }),
            Event::BriefAcknowledged(data) => {
                self.with_attempt(&data.step, |a| a.brief = true);
                self.set_state(&data.step, StepState::Performed);
            }
            Event::ComponentConfirmed(data) => {
                self.with_attempt(&data.step, |a| a.component = Some(data.result));
                if data.result == Match::Mismatch {
                    let about = Some(data.expected.to_string());
                    self.pend(
                        context,
                        Trigger::WrongComponent,
                        &data.step,
                        about,
                        data.expected.to_string(),
                        data.given.to_string(),
                    );
                }
            }
            Event::ValueEntered(data) => self.entered(context, data),
            Event::ValueCorrected(data) => self.corrected(context, data),
            Event::CheckRecorded(data) => {
                self.with_attempt(&data.step, |a| a.check = Some(data.result));
                if data.result == CheckResult::Fail {
                    let found = data.as_found.clone().unwrap_or_else(|| "fail".into());
                    self.pend(
                        context,
                        Trigger::CheckFailed,
                        &data.step,
                        Some("result".into()),
                        self.instruction(&data.step),
                        found,
                    );
                }
            }
            Event::DecisionTaken(data) => {
                self.with_attempt(&data.step, |a| a.decision = Some(data.option.clone()));
                self.set_state(&data.step, StepState::Performed);
                if self.option_fails(&data.step, &data.option) {
                    let about = Some("decision".into());
                    self.pend(
                        context,
                        Trigger::CheckFailed,
                        &data.step,
                        about,
                        self.instruction(&data.step),
                        data.option.to_string(),
                    );
                }
            }
            Event::StepPerformed(data) => self.performed(context, &data.step, data.outcome),
            Event::VerificationRecorded(data) => {
                let verified = Verified { by: record.actor.clone(), result: data.result, judges: data.judges.clone() };
                self.with_attempt(&data.step, |a| a.verified = Some(verified));
                if data.result == Match::Mismatch {
                    let found = data.observed.iter().map(|(k, v)| format!("{k} {v}")).collect::<Vec<_>>().join(", ");
                    self.pend(
                        context,
                        Trigger::VerificationMismatch,
                        &data.step,
                        None,
                        self.instruction(&data.step),
                        found,
                    );
                }
            }
            Event::HoldReached(data) => self.with_attempt(&data.step, |a| {
                a.hold_reached = true;
                a.records.push(context.digest);
            }),
            Event::HoldReleased(data) => {
                self.with_attempt(&data.step, |a| a.released = true);
                self.set_state(&data.step, StepState::Performed);
            }
            Event::StepCompleted(data) => self.leave(&data.step, StepState::Complete, None),
            Event::StepFailed(data) => self.leave(&data.step, StepState::Failed, Some(data.deviation.to_string())),
            Event::StepSkipped(data) => self.leave(&data.step, StepState::Skipped, Some(data.deviation.to_string())),
            Event::StepNotApplicable(data) => {
                let because = data.evaluation.clone().or_else(|| data.deviation.as_ref().map(ToString::to_string));
                self.leave(&data.step, StepState::NotApplicable, because);
            }
            Event::AttemptStarted(data) => {
                if let Some(known) = self.steps.get_mut(&data.step) {
                    let pass = known.current().map_or(1, |a| a.pass) + u32::from(data.reason == AttemptReason::Loop);
                    known.attempts.push(Attempt { pass, ..Attempt::default() });
                    known.state = StepState::Open;
                    known.exit = None;
                }
            }
            _ => {}
        }
    }

    fn instruction(&self, id: &StepId) -> String {
        self.authored(id).map(|s| self.plan.text(&s.instruction)).unwrap_or_default()
    }

    fn option_fails(&self, id: &StepId, option: &OptionId) -> bool {
        use crate::kernel::model::input::OptionVerdict;
        let options = self.authored(id).into_iter().flat_map(|s| &s.inputs).flat_map(|i| &i.options);
        options.filter(|o| o.id == *option).any(|o| o.verdict == Some(OptionVerdict::Fail))
    }

    fn performed(&mut self, context: &Folding, id: &StepId, outcome: StepOutcome) {
        let performed = Performed { by: context.record.actor.clone(), at: context.record.time, outcome };
        self.with_attempt(id, |a| a.performed = Some(performed));
        self.set_state(id, StepState::Performed);
        match outcome {
            StepOutcome::Done => {
                let step = self.authored(id).cloned();
                let attempt = self.steps.get(id).and_then(|s| s.current());
                let open = step.as_ref().and_then(|s| s.repeat.as_ref()).zip(attempt).and_then(|(repeat, attempt)| {
                    self.loop_goes_on(repeat, attempt)
                        .filter(|_| attempt.pass >= repeat.max)
                        .map(|words| (repeat.clone(), words))
                });
                if let Some((repeat, words)) = open {
                    let requirement = format!("{} within {} passes", repeat.until.source(), repeat.max);
                    self.pend(context, Trigger::LoopExhausted, id, None, requirement, words);
                }
            }
            StepOutcome::Cannot => {
                self.pend(
                    context,
                    Trigger::CannotPerform,
                    id,
                    Some("outcome".into()),
                    self.instruction(id),
                    "cannot be done".into(),
                );
            }
            StepOutcome::Failed => {
                self.pend(
                    context,
                    Trigger::CheckFailed,
                    id,
                    Some("outcome".into()),
                    self.instruction(id),
                    "failed".into(),
                );
            }
        }
    }

    fn entered(&mut self, context: &Folding, data: &ValueEntered) {
        let by = context.record.actor.clone();
        let entry =
            new_entry(by, context, &data.input, (&data.row, &data.column), &data.raw, &data.value, data.verdict);
        let entry = Entry { instrument: data.instrument.clone(), ..entry };
        self.put(&data.step, entry);
        self.demand(context, &data.step, &data.input, data.column.as_ref(), &data.value, data.verdict);
        let expired = data.instrument.as_ref().and_then(|tag| Some((tag, self.instruments.get(tag)?)));
        if let Some((tag, instrument)) = expired.filter(|(_, i)| context.record.time >= i.cal_due) {
            let (about, due) = (tag.to_string(), instrument.cal_due);
            let accepted =
                self.steps[&data.step].current().is_some_and(|a| a.accepts(Trigger::InstrumentExpired, Some(&about)));
            let waiting = self
                .pending
                .iter()
                .any(|p| p.trigger == Trigger::InstrumentExpired && p.about.as_deref() == Some(&about));
            if !accepted && !waiting {
                let requirement = format!("calibration of {about} not due");
                self.pend(
                    context,
                    Trigger::InstrumentExpired,
                    &data.step,
                    Some(about),
                    requirement,
                    format!("due {due}"),
                );
            }
        }
    }

    fn put(&mut self, step: &StepId, entry: Entry) {
        self.with_attempt(step, |attempt| {
            let same = |e: &&mut Entry| e.input == entry.input && e.row == entry.row && e.column == entry.column;
            for old in attempt.entries.iter_mut().filter(same) {
                old.superseded = true;
            }
            attempt.entries.push(entry);
        });
    }

    /// A reading outside its limits demands a deviation, unless its loop is there to bring it inside.
    fn demand(
        &mut self,
        context: &Folding,
        id: &StepId,
        input: &Variable,
        column: Option<&Variable>,
        value: &str,
        verdict: EntryVerdict,
    ) {
        let Some(step) = self.authored(id).cloned() else { return };
        let trigger = match verdict {
            EntryVerdict::Out if !self.in_loop(&step, input) => Trigger::OutOfLimit,
            EntryVerdict::Fail if !self.in_loop(&step, input) => Trigger::CheckFailed,
            _ => return,
        };
        let requirement = self.requirement_of(&step, input, column);
        self.pend(context, trigger, id, Some(input.to_string()), requirement, value.to_owned());
    }

    fn in_loop(&self, step: &Step, input: &Variable) -> bool {
        self.plan.procedure.steps().any(|s| {
            (s.id == step.id || s.repeat.as_ref().is_some_and(|r| r.body.contains(&step.id)))
                && s.repeat.as_ref().is_some_and(|r| r.until.variables().contains(input))
        })
    }

    /// Returns what the package asks of an input, in words.
    pub(super) fn requirement_of(&self, step: &Step, input: &Variable, column: Option<&Variable>) -> String {
        let Some(mut authored) = step.input(input) else { return String::new() };
        if let Some(column) = column.and_then(|c| authored.column(c)) {
            authored = column;
        }
        let unit = authored.unit.as_ref().map(|u| format!(" {}", self.plan.pack.symbol(u))).unwrap_or_default();
        match self.range_words(authored) {
            Some(range) => format!("{} {range}{unit}", authored.label()),
            None => match self.expected(authored) {
                Some(expected) => format!("{} equal to {expected}", authored.label()),
                None => format!("{} as required", authored.label()),
            },
        }
    }

    fn range_words(&self, input: &Input) -> Option<String> {
        let band = input.limits.as_ref()?.accept.as_ref()?;
        Some(band.range(&self.plan.manifest.parameters).to_string())
    }

    fn corrected(&mut self, context: &Folding, data: &ValueCorrected) {
        let before: Vec<_> = self.branches();
        let known = &self.steps[&data.step];
        let judged = known.state != StepState::Active;
        let old = known.current().and_then(|a| a.entries.iter().find(|e| e.record == data.was)).cloned();
        let Some(old) = old else { return };
        let flips = !old.verdict.passes() && old.verdict != EntryVerdict::Implausible && data.verdict.passes();
        self.pending.retain(|p| p.record != data.was || p.trigger == Trigger::InstrumentExpired);
        let by = context.record.actor.clone();
        let entry =
            new_entry(by, context, &data.input, (&data.row, &data.column), &data.raw, &data.value, data.verdict);
        self.put(&data.step, Entry { instrument: old.instrument.clone(), ..entry });
        self.reopen_verification(&data.step, data.was);
        if judged || flips {
            let about = Some(data.input.to_string());
            let found = format!("{} corrected to {}: {}", old.value, data.value, data.reason);
            self.pend(
                context,
                Trigger::EntryCorrectedAfterSignoff,
                &data.step,
                about,
                self.instruction(&data.step),
                found,
            );
        }
        self.demand(context, &data.step, &data.input, data.column.as_ref(), &data.value, data.verdict);
        for (step, excluded) in before {
            let now = self.authored(&step).is_some_and(|s| self.excluded(s).is_some());
            if now != excluded {
                let found = format!("the branch at {step} rests on {} {}", data.input, old.value);
                self.pend(
                    context,
                    Trigger::BranchOnCorrectedData,
                    &data.step,
                    Some(step.to_string()),
                    self.instruction(&step),
                    found,
                );
            }
        }
    }

    /// Steps whose condition was already acted upon, and how it came out.
    fn branches(&self) -> Vec<(StepId, bool)> {
        let steps = self.plan.procedure.steps();
        let acted = steps.filter(|s| self.steps[&s.id].state != StepState::Open);
        let conditional = acted
            .filter(|s| s.when.is_some() || self.plan.procedure.section_of(&s.id).is_some_and(|x| x.when.is_some()));
        conditional.map(|s| (s.id.clone(), self.steps[&s.id].state == StepState::NotApplicable)).collect()
    }

    /// A judged record that changes is judged anew (FORMAT.md §4).
    fn reopen_verification(&mut self, step: &StepId, was: LineDigest) {
        let mut reopened = false;
        self.with_attempt(step, |a| {
            if a.verified.as_ref().is_some_and(|v| v.judges.contains(&was)) {
                a.verified = None;
                reopened = true;
            }
        });
        if reopened && self.steps[step].state == StepState::Complete {
            self.set_state(step, StepState::Performed);
        }
    }

    fn fold_deviation(&mut self, context: &Folding) {
        let record = context.record;
        match &record.event {
            Event::DeviationRaised(data) => {
                self.deviations.push(Deviation {
                    id: data.deviation.clone(),
                    facts: data.facts.clone(),
                    statement: data.statement.clone(),
                    ruling: data.ruling.clone(),
                    raised_by: record.actor.clone(),
                    final_class: None,
                    reviews: Vec::new(),
                    records: vec![context.digest],
                });
                self.settle(&data.facts);
                self.dispose(record, &data.deviation, &data.facts, &data.statement);
            }
            Event::DeviationAmended(data) => {
                let Some(index) = self.deviations.iter().position(|d| d.id == data.deviation) else { return };
                let untaken = self.still_to_take(&self.deviations[index]);
                let deviation = &mut self.deviations[index];
                deviation.statement = data.statement.clone();
                deviation.ruling = data.ruling.clone();
                deviation.final_class = None;
                deviation.reviews.clear();
                deviation.records.push(context.digest);
                let facts = deviation.facts.clone();
                if untaken {
                    if let Some(known) = facts.step.as_ref().and_then(|s| self.steps.get_mut(s)) {
                        known.exit = None;
                    }
                    self.dispose(record, &data.deviation, &facts, &data.statement);
                }
            }
            Event::DeviationReviewed(data) => {
                if let Some(deviation) = self.deviations.iter_mut().find(|d| d.id == data.deviation) {
                    deviation.final_class = data.final_class.or(deviation.final_class);
                    deviation.reviews.push(Reviewed {
                        person: record.actor.clone(),
                        role: record.role.clone(),
                        decision: data.decision,
                        comment: data.comment.clone(),
                    });
                }
            }
            _ => {}
        }
    }

    /// Takes off the list what the deviation writes down.
    fn settle(&mut self, facts: &Facts) {
        let leaves = matches!(facts.trigger, Trigger::Skipped | Trigger::ManualNa);
        let first = self.pending.iter().position(|p| {
            p.step == facts.step && Some(p.record) == facts.record && (leaves || p.trigger == facts.trigger)
        });
        if leaves {
            self.pending.retain(|p| p.step != facts.step);
        } else if let Some(index) = first {
            self.pending.remove(index);
        }
    }

    /// Lets the process disposition take effect.
    fn dispose(&mut self, record: &Record, id: &DeviationId, facts: &Facts, statement: &Statement) {
        let alternative = facts.step.as_ref().and_then(|s| self.authored(s)).and_then(|s| {
            s.alternatives.iter().find(|a| Some(&a.id) == statement.alternative.as_ref()).map(|a| a.section.clone())
        });
        if statement.process == ProcessDisposition::Stop && self.phase == Phase::Running {
            self.stand(Phase::Stopped, record);
        }
        let Some(known) = facts.step.as_ref().and_then(|s| self.steps.get_mut(s)) else { return };
        let exit = match statement.process {
            ProcessDisposition::Continue => {
                let ends = matches!(facts.about.as_deref(), Some("result" | "outcome"));
                if ends && matches!(facts.trigger, Trigger::CheckFailed | Trigger::CannotPerform) {
                    Some(Exit::Fail(id.clone()))
                } else {
                    if let Some(attempt) = known.attempts.last_mut() {
                        accept(attempt, facts, &mut known.state);
                    }
                    return;
                }
            }
            ProcessDisposition::Redo => Some(Exit::Redo(id.clone())),
            ProcessDisposition::Alternative => alternative.map(|section| Exit::Alternative(id.clone(), section)),
            ProcessDisposition::NotApplicable => Some(Exit::NotApplicable(id.clone())),
            ProcessDisposition::Skip => Some(Exit::Skip(id.clone())),
            ProcessDisposition::BackOut => Some(Exit::BackOut(id.clone())),
            ProcessDisposition::Stop => return,
        };
        known.exit = exit.or(known.exit.take());
    }
}

/// Going on as it is: the attempt remembers what was accepted, so that its gates let it pass.
fn accept(attempt: &mut Attempt, facts: &Facts, state: &mut StepState) {
    attempt.accepted.insert((facts.trigger, facts.about.clone()));
    if facts.trigger == Trigger::HoldBypassed {
        attempt.released = true;
        *state = StepState::Performed;
    }
}

fn new_entry(
    by: PersonId,
    context: &Folding,
    input: &Variable,
    (row, column): (&Option<OptionId>, &Option<Variable>),
    raw: &str,
    value: &str,
    verdict: EntryVerdict,
) -> Entry {
    Entry {
        by,
        column: column.clone(),
        input: input.clone(),
        instrument: None,
        raw: raw.to_owned(),
        record: context.digest,
        row: row.clone(),
        superseded: false,
        time: context.record.time,
        value: value.to_owned(),
        verdict,
    }
}
