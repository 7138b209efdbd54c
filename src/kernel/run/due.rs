//! What follows from what is recorded without anybody pressing a key.
//!
//! Derived from the state alone, so a crash between an act and what follows from it loses
//! nothing: it is still due at the next unlock, before any act.

use super::outstanding::after_performing;
use super::{Attempt, Exit, Phase, Run, StepRun, StepState};
use crate::kernel::documents::step::{Loop, Step, StepType};
use crate::kernel::expression::Value;
use crate::kernel::model::deviation::{ItemDisposition, Trigger};
use crate::kernel::model::entry::BySystem;
use crate::kernel::model::fault::IntegrityKind;
use crate::kernel::model::name::DeviationId;
use crate::kernel::model::outcome::{AttemptReason, NotApplicableReason, StepOutcome};
use crate::kernel::model::time::Now;
use crate::kernel::records::event::{
    AttemptStarted, Event, HoldReached, IntegrityEvent, RunAborted, RunInterrupted, StepCompleted, StepFailed,
    StepNotApplicable,
};

impl Run {
    /// Returns the record that must come next at this moment, when there is one.
    #[must_use]
    pub fn due(&self, now: &Now) -> Option<Event> {
        self.follows().or_else(|| self.elapsed(now))
    }

    /// Returns the record that follows from what is recorded, whatever the clock says.
    #[must_use]
    pub fn follows(&self) -> Option<Event> {
        if matches!(self.phase, Phase::Draft | Phase::Closed) {
            return None;
        }
        if let Some((since, gap_ms)) = &self.interruption {
            return Some(RunInterrupted { by: BySystem::System, gap_ms: *gap_ms, since: since.time() }.into());
        }
        if let Some(millis) = self.clocks.step {
            return Some(IntegrityEvent { by: BySystem::System, event: IntegrityKind::ClockStep, millis }.into());
        }
        if self.safe_state_confirmed && !self.aborted {
            return Some(RunAborted { by: BySystem::System }.into());
        }
        self.live_steps().find_map(|step| self.due_at(step)).or_else(|| self.branch())
    }

    fn due_at(&self, step: &Step) -> Option<Event> {
        let known = &self.steps[&step.id];
        let attempt = known.current()?;
        let number = known.attempt();
        match (&known.exit, known.state) {
            (Some(Exit::Fail(deviation)), state) if !state.is_terminal() => Some(
                StepFailed {
                    attempt: number,
                    by: BySystem::System,
                    deviation: deviation.clone(),
                    step: step.id.clone(),
                }
                .into(),
            ),
            (Some(Exit::Alternative(deviation, section)), _)
                if self.is_section_closed(section) && self.is_reworked(deviation) =>
            {
                Some(self.again(step, deviation))
            }
            (Some(Exit::Alternative(deviation, section)), _) if self.is_section_closed(section) => Some(
                StepCompleted {
                    attempt: number,
                    by: BySystem::System,
                    deviation: Some(deviation.clone()),
                    step: step.id.clone(),
                }
                .into(),
            ),
            (None, StepState::Active) if known.cut => Some(self.anew(step)),
            (None, StepState::Active) if step.kind == StepType::Hold && !attempt.hold_reached => {
                Some(HoldReached { attempt: number, by: BySystem::System, step: step.id.clone() }.into())
            }
            (None, StepState::Performed) if self.pending_at(&step.id).next().is_none() => {
                self.due_when_performed(step, known, attempt)
            }
            _ => None,
        }
    }

    /// Tells whether the item of a deviation is brought back to its requirement.
    fn is_reworked(&self, id: &DeviationId) -> bool {
        self.deviation(id).is_some_and(|d| d.statement.item == Some(ItemDisposition::Rework))
    }

    /// What was reworked is accepted by the step that found it wanting.
    fn again(&self, step: &Step, deviation: &DeviationId) -> Event {
        self.attempt_at(step, AttemptReason::Rework, Some(deviation.clone()))
    }

    /// What the program's end cut short begins anew.
    fn anew(&self, step: &Step) -> Event {
        self.attempt_at(step, AttemptReason::Interruption, None)
    }

    fn attempt_at(&self, step: &Step, reason: AttemptReason, deviation: Option<DeviationId>) -> Event {
        AttemptStarted {
            attempt: self.steps[&step.id].attempt() + 1,
            deviation,
            evaluation: None,
            gates: Vec::new(),
            reason,
            step: step.id.clone(),
        }
        .into()
    }

    fn due_when_performed(&self, step: &Step, known: &StepRun, attempt: &Attempt) -> Option<Event> {
        if attempt.performed.as_ref().is_some_and(|p| p.outcome != StepOutcome::Done) {
            return None;
        }
        if let Some(repeat) = self.plan.procedure.loop_at(step)
            && let Some(words) = self.loop_goes_on(&repeat, attempt)
        {
            return self.next_pass(step, &repeat, attempt, &words);
        }
        after_performing(step, attempt).is_empty().then(|| {
            StepCompleted { attempt: known.attempt(), by: BySystem::System, deviation: None, step: step.id.clone() }
                .into()
        })
    }

    /// Returns how the loop's condition came out, while it does not hold and no deviation accepted that.
    pub(super) fn loop_goes_on(&self, repeat: &Loop, attempt: &Attempt) -> Option<String> {
        let ends = |t: &Trigger| matches!(t, Trigger::OutOfLimit | Trigger::CheckFailed | Trigger::LoopExhausted);
        if attempt.accepted.iter().any(|(trigger, _)| ends(trigger)) {
            return None;
        }
        match repeat.until.evaluate(&|name| self.value_of(name)) {
            Ok(done) if done.value == Value::Bool(true) => None,
            Ok(open) => Some(open.words),
            Err(fault) => Some(fault.to_string()),
        }
    }

    /// Opens the body's steps again, one record each, and the step itself last.
    fn next_pass(&self, step: &Step, repeat: &Loop, attempt: &Attempt, words: &str) -> Option<Event> {
        if attempt.pass >= repeat.max {
            return None;
        }
        let again = repeat.body.iter().chain([&step.id]).find_map(|id| {
            let known = self.steps.get(id)?;
            let behind = known.current().is_some_and(|a| a.pass <= attempt.pass);
            let closed = known.state == StepState::Complete || *id == step.id;
            (behind && closed).then_some((id, known))
        })?;
        Some(
            AttemptStarted {
                attempt: again.1.attempt() + 1,
                deviation: None,
                evaluation: Some(words.to_owned()),
                gates: Vec::new(),
                reason: AttemptReason::Loop,
                step: again.0.clone(),
            }
            .into(),
        )
    }

    /// The first step whose turn it is and that a condition excludes.
    fn branch(&self) -> Option<Event> {
        self.frontier().into_iter().filter(|s| self.steps[&s.id].state == StepState::Open).find_map(|step| {
            let evaluation = Some(self.excluded(step)?);
            let reason = NotApplicableReason::Branch;
            Some(
                StepNotApplicable { deviation: None, evaluation, gates: Vec::new(), reason, step: step.id.clone() }
                    .into(),
            )
        })
    }
}
