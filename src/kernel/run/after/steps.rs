//! Steps, folded into the run.

use super::super::outstanding::releases_left;
use super::super::{Attempt, Performed, Run, StepState, Verified};
use super::Folding;
use crate::kernel::model::deviation::Trigger;
use crate::kernel::model::name::{OptionId, StepId};
use crate::kernel::model::outcome::{AttemptReason, CheckResult, Match, StepOutcome};
use crate::kernel::records::event::StepRecord;

impl Run {
    pub(super) fn fold_step(&mut self, context: &Folding, found: StepRecord) {
        let record = context.record;
        match found {
            StepRecord::StepStarted(data) => {
                self.with_attempt(&data.step, |a| a.started = Some(record.moment()));
                self.set_state(&data.step, StepState::Active);
                if let Some(known) = self.steps.get_mut(&data.step) {
                    known.return_before = None;
                    known.ahead = false;
                }
                self.papers(context, &data.step);
            }
            StepRecord::AdvisoryAcknowledged(data) => self.with_attempt(&data.step, |a| {
                a.acknowledged.insert(data.advisory);
            }),
            StepRecord::BriefAcknowledged(data) => {
                self.with_attempt(&data.step, |a| {
                    a.briefed.insert(record.actor.clone());
                });
                let step = self.authored(&data.step).filter(|s| self.is_briefed_by_all(s));
                let attempt = self.steps[&data.step].current();
                let left = step.is_some() && attempt.is_some_and(|a| self.unbriefed(a).next().is_some());
                if !left {
                    self.limits_kept(context, &data.step);
                    self.set_state(&data.step, StepState::Performed);
                }
            }
            StepRecord::ComponentConfirmed(data) => {
                self.with_attempt(&data.step, |a| a.component = Some(data.result));
                if data.result == Match::Mismatch {
                    let wrong = context.departure(Trigger::WrongComponent, &data.expected, &data.given);
                    self.pend(wrong.at(&data.step).about(&data.expected));
                }
            }
            StepRecord::ValueEntered(data) => self.entered(context, data),
            StepRecord::ValueCorrected(data) => self.corrected(context, data),
            StepRecord::CheckRecorded(data) => {
                self.entered_late(context, &data.step, "result", data.late.as_ref());
                self.with_attempt(&data.step, |a| a.check = Some(data.result));
                if data.result == CheckResult::Fail {
                    let found = data.as_found.as_deref().unwrap_or("fail");
                    self.failed(context, &data.step, "result", found);
                }
            }
            StepRecord::DecisionTaken(data) => {
                self.limits_kept(context, &data.step);
                self.with_attempt(&data.step, |a| a.decision = Some(data.option.clone()));
                self.set_state(&data.step, StepState::Performed);
                if self.option_fails(&data.step, &data.option) {
                    self.failed(context, &data.step, "decision", data.option.as_str());
                }
            }
            StepRecord::StepPerformed(data) => {
                self.performed(context, &data.step, data.outcome);
                self.entered_late(context, &data.step, "performed", data.late.as_ref());
            }
            StepRecord::StepDeferred(data) => {
                if let Some(known) = self.steps.get_mut(&data.step) {
                    // What was entered before does not pass for the work that is still to be done.
                    let pass = known.current().map_or(1, |a| a.pass);
                    if known.attempts.iter().any(|a| a.started.is_some()) {
                        known.attempts.push(Attempt { pass, ..Attempt::default() });
                    }
                    known.state = StepState::Deferred;
                    known.exit = None;
                    known.expired.clear();
                    known.return_before = Some(data.return_before.clone());
                }
            }
            StepRecord::StepReconfirmed(data) => self.reconfirmed(context, data),
            StepRecord::VerificationRecorded(data) => {
                let verified = Verified { by: record.actor.clone(), result: data.result, judges: data.judges.clone() };
                self.with_attempt(&data.step, |a| a.verified = Some(verified));
                if data.result == Match::Mismatch {
                    let found = data.observed.iter().map(|(k, v)| format!("{k} {v}")).collect::<Vec<_>>().join(", ");
                    let wanted = self.instruction(&data.step);
                    self.pend(context.departure(Trigger::VerificationMismatch, wanted, found).at(&data.step));
                }
            }
            StepRecord::HoldReached(data) => self.with_attempt(&data.step, |a| {
                a.hold_reached = true;
                a.records.push(context.digest);
            }),
            StepRecord::HoldReleased(data) => {
                let step = self.authored(&data.step).cloned();
                self.with_attempt(&data.step, |a| {
                    a.signed.insert((record.role.clone(), data.meaning, record.actor.clone()));
                    a.released = step.is_none_or(|s| releases_left(&s, a).next().is_none());
                });
                if self.steps[&data.step].current().is_some_and(|a| a.released) {
                    self.limits_kept(context, &data.step);
                    self.set_state(&data.step, StepState::Performed);
                }
            }
            StepRecord::StepCompleted(data) => self.leave(&data.step, StepState::Complete, None),
            StepRecord::StepFailed(data) => self.leave(&data.step, StepState::Failed, Some(data.deviation.to_string())),
            StepRecord::StepSkipped(data) => {
                self.leave(&data.step, StepState::Skipped, Some(data.deviation.to_string()));
            }
            StepRecord::StepNotApplicable(data) => {
                let because = data.evaluation.clone().or_else(|| data.deviation.as_ref().map(ToString::to_string));
                self.leave(&data.step, StepState::NotApplicable, because);
            }
            StepRecord::AttemptStarted(data) => {
                if let Some(known) = self.steps.get_mut(&data.step) {
                    let pass = known.current().map_or(1, |a| a.pass) + u32::from(data.reason == AttemptReason::Loop);
                    known.attempts.push(Attempt { pass, reason: Some(data.reason), ..Attempt::default() });
                    known.state = StepState::Open;
                    known.cut = false;
                    known.exit = None;
                    known.expired.clear();
                    known.reconfirm = None;
                }
            }
        }
    }

    /// Permits and qualifications at the beginning of a step: what has run out is a departure, not a refusal.
    fn papers(&mut self, context: &Folding, id: &StepId) {
        let Some(step) = self.authored(id).cloned() else { return };
        let now = context.record.time;
        for permit in &step.permits {
            let Some(held) = self.permits.get(permit) else { continue };
            if now < held.valid_from || now >= held.valid_until {
                let found = format!("{} valid {} to {}", held.number, held.valid_from, held.valid_until);
                let expired = context.departure(Trigger::PermitExpired, format!("{permit} in force"), found);
                self.pend(expired.at(id).about(permit));
            }
        }
        let actor = &context.record.actor;
        for wanted in &step.qualifications {
            if !self.roster.person(actor).is_some_and(|p| p.is_qualified(wanted, now)) {
                let (needed, found) = (format!("qualified for {wanted}"), format!("{actor} does not hold it"));
                self.pend(context.departure(Trigger::QualificationGap, needed, found).at(id).about(wanted));
            }
        }
    }

    /// A limit that no clock proves kept is a departure when the step is performed.
    fn limits_kept(&mut self, context: &Folding, id: &StepId) {
        let Some(step) = self.authored(id) else { return };
        let unproven = self.unproven_limits(step, &context.record.now()).into_iter().map(|(limit, lapse, passed)| {
            let requirement = format!("{} of {}", limit.word(), lapse.words(&self.plan.manifest.parameters));
            context.departure(Trigger::TimeUnproven, requirement, passed.words()).at(id).about(limit.word())
        });
        for departure in unproven.collect::<Vec<_>>() {
            self.pend(departure);
        }
    }

    /// A step did not come out as its instruction says.
    pub(in crate::kernel::run) fn failed(&mut self, context: &Folding, id: &StepId, about: &str, found: &str) {
        let wanted = self.instruction(id);
        self.pend(context.departure(Trigger::CheckFailed, wanted, found).at(id).about(about));
    }

    pub(super) fn instruction(&self, id: &StepId) -> String {
        self.authored(id).map(|s| self.plan.text(&s.instruction)).unwrap_or_default()
    }

    pub(super) fn option_fails(&self, id: &StepId, option: &OptionId) -> bool {
        use crate::kernel::model::input::OptionVerdict;
        let options = self.authored(id).into_iter().flat_map(|s| &s.inputs).flat_map(|i| &i.options);
        options.filter(|o| o.id == *option).any(|o| o.verdict == Some(OptionVerdict::Fail))
    }

    pub(in crate::kernel::run) fn performed(&mut self, context: &Folding, id: &StepId, outcome: StepOutcome) {
        if outcome == StepOutcome::Done {
            self.limits_kept(context, id);
        }
        let performed = Performed { by: context.record.actor.clone(), at: context.record.moment(), outcome };
        self.with_attempt(id, |a| a.performed = Some(performed));
        self.set_state(id, StepState::Performed);
        match outcome {
            StepOutcome::Done => {
                let repeat = self.authored(id).and_then(|s| self.plan.procedure.loop_at(s));
                let attempt = self.steps.get(id).and_then(|s| s.current());
                let open = repeat.zip(attempt).and_then(|(repeat, attempt)| {
                    let words = self.loop_goes_on(&repeat, attempt).filter(|_| attempt.pass >= repeat.max)?;
                    Some((repeat, words))
                });
                if let Some((repeat, words)) = open {
                    let requirement = format!("{} within {} passes", repeat.until.source(), repeat.max);
                    self.pend(context.departure(Trigger::LoopExhausted, requirement, words).at(id));
                }
            }
            StepOutcome::Cannot => {
                let cannot = context.departure(Trigger::CannotPerform, self.instruction(id), "cannot be done");
                self.pend(cannot.at(id).about("outcome"));
            }
            StepOutcome::Failed => self.failed(context, id, "outcome", "failed"),
        }
    }
}
