//! Beginning, acknowledging, identifying, checking, deciding and performing steps, and leaving them.

use super::super::gates::Asking;
use super::super::{Exit, Intent, Least, Outstanding, Phase, Run, StepState};
use crate::kernel::documents::step::{Step, StepType};
use crate::kernel::model::gate::GateCode;
use crate::kernel::model::late::Late;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{Identifier, OptionId, StepId, Tag};
use crate::kernel::model::outcome::{AttemptReason, Match, NotApplicableReason, StepOutcome};
use crate::kernel::policy;
use crate::kernel::records::event::{
    AdvisoryAcknowledged, AttemptStarted, BriefAcknowledged, CheckRecorded, ComponentConfirmed, DecisionTaken, Event,
    StepDeferred, StepNotApplicable, StepPerformed, StepSkipped, StepStarted,
};
use crate::kernel::work::Waits;
use std::collections::BTreeSet;

/// Tells one kind of missing thing from the others.
type Of = fn(&Outstanding) -> bool;

impl Run {
    pub(super) fn begin(&self, ask: &mut Asking, id: &StepId) -> Option<Event> {
        ask.working();
        let step = ask.step(id)?;
        let waits = matches!(self.steps[id].state, StepState::Open | StepState::Deferred);
        let ready = waits && self.frontier().iter().any(|s| s.id == *id);
        let turn = self.frontier().iter().map(|s| s.id.as_str()).collect::<Vec<_>>().join(" ");
        ask.ask(GateCode::StepReady, ready, &[("step", id), ("turn", &turn)]);
        let unmet = match self.steps[id].ahead {
            true => String::new(),
            false => {
                policy::unmet(step, &|s| self.is_closed(s)).iter().map(|s| s.as_str()).collect::<Vec<_>>().join(" ")
            }
        };
        ask.ask(GateCode::Required, unmet.is_empty(), &[("open", &unmet)]);
        if self.phase != Phase::Aborting {
            self.nothing_unwritten(ask);
            self.watched(ask, id);
            let flagged = self.flagged();
            ask.ask(GateCode::Reconfirmed, flagged.is_empty(), &[("steps", &flagged)]);
        }
        let missing = step.permits.iter().filter(|p| !self.permits.contains_key(*p)).map(Identifier::as_str);
        let missing = missing.collect::<Vec<_>>().join(" ");
        ask.ask(GateCode::PermitRegistered, missing.is_empty(), &[("permits", &missing)]);
        ask.role(&step.performed_by);
        let gates = ask.passed()?;
        Some(StepStarted { attempt: self.steps[id].attempt(), gates, step: id.clone() }.into())
    }

    /// Record first, fix second: no new step while a departure or a prescribed way on is open elsewhere.
    fn nothing_unwritten(&self, ask: &mut Asking) {
        let pending = self.pending.iter().map(|p| p.trigger.word()).collect::<Vec<_>>().join(" ");
        ask.ask(GateCode::DeviationFiled, pending.is_empty(), &[("pending", &pending)]);
        let way_on = |step: &&Step| {
            self.steps[&step.id].exit.as_ref().is_some_and(|exit| !matches!(exit, Exit::Alternative(..)))
        };
        // The record names them by the order of their ids.
        let exits: BTreeSet<&str> = self.live_steps().filter(way_on).map(|step| step.id.as_str()).collect();
        let exits = exits.into_iter().collect::<Vec<_>>().join(" ");
        ask.ask(GateCode::WayOut, exits.is_empty(), &[("steps", &exits)]);
    }

    fn step_type(&self, ask: &mut Asking, step: &Step, fits: bool) {
        ask.ask(GateCode::StepType, fits, &[("step", &step.id), ("type", &step.kind.word())]);
    }

    pub(super) fn acknowledge(&self, ask: &mut Asking, advisory: Option<u32>, id: &StepId) -> Option<Event> {
        ask.working();
        let step = ask.step(id)?;
        ask.active(step);
        let everybody = advisory.is_none() && self.is_briefed_by_all(step);
        match everybody {
            true => ask.any_role(),
            false => ask.role(&step.performed_by),
        };
        let attempt = self.steps[id].attempt();
        let Some(index) = advisory else {
            self.step_type(ask, step, step.kind == StepType::Acknowledge);
            let again = self.steps[id].current().is_some_and(|a| a.briefed.contains(&ask.who.person));
            ask.ask(GateCode::Advisory, !again, &[("person", &ask.who.person)]);
            self.ready_to_perform(ask, step);
            let gates = ask.passed()?;
            return Some(BriefAcknowledged { attempt, gates, step: id.clone() }.into());
        };
        let found = step.advisories.get(index as usize);
        let open = !self.steps[id].current().is_some_and(|a| a.acknowledged.contains(&index));
        ask.ask(GateCode::Advisory, found.is_some() && open, &[("advisory", &index)]);
        let gates = ask.passed()?;
        Some(AdvisoryAcknowledged { advisory: index, attempt, gates, level: found?.level, step: id.clone() }.into())
    }

    pub(super) fn confirm_component(&self, ask: &mut Asking, id: &StepId, given: &Tag) -> Option<Event> {
        ask.working();
        let step = ask.step(id)?;
        ask.active(step);
        ask.role(&step.performed_by);
        let wanted = step.component.as_ref().map(|c| &c.tag);
        let open = self.steps[id].current().is_some_and(|a| a.component.is_none());
        ask.ask(GateCode::ComponentConfirmed, wanted.is_some() && open, &[("given", given)]);
        let gates = ask.passed()?;
        let expected = wanted?.clone();
        let result = if expected == *given { Match::Match } else { Match::Mismatch };
        Some(
            ComponentConfirmed {
                attempt: self.steps[id].attempt(),
                expected,
                gates,
                given: given.clone(),
                result,
                step: id.clone(),
            }
            .into(),
        )
    }

    pub(super) fn check(&self, ask: &mut Asking, intent: &Intent) -> Option<Event> {
        let Intent::Check { as_found, late, result, step: id } = intent else { return None };
        ask.working();
        let step = ask.step(id)?;
        ask.active(step);
        ask.role(&step.performed_by);
        self.step_type(ask, step, step.kind.has_result());
        let open = self.steps[id].current().is_some_and(|a| a.check.is_none());
        ask.ask(GateCode::ResultFree, open, &[("step", id)]);
        let worded = as_found.as_ref().is_none_or(|t| super::said(t));
        ask.ask(GateCode::Comment, worded, &[("as_found", &as_found.is_some())]);
        self.identified(ask, step);
        self.late(ask, late.as_ref());
        let gates = ask.passed()?;
        Some(
            CheckRecorded {
                as_found: as_found.clone(),
                attempt: self.steps[id].attempt(),
                gates,
                late: late.clone(),
                result: *result,
                step: id.clone(),
            }
            .into(),
        )
    }

    /// Warnings are read and the component identified before anything is done or read.
    pub(in crate::kernel::run) fn identified(&self, ask: &mut Asking, step: &Step) {
        let Some(attempt) = self.steps[&step.id].current() else { return };
        let left = self.before_performing(step, attempt);
        let warned = !left.iter().any(|o| matches!(o, Outstanding::Advisory(_)));
        ask.ask(GateCode::Acknowledged, warned, &[("step", &step.id)]);
        let known = !left.iter().any(|o| matches!(o, Outstanding::Component(_)));
        ask.ask(GateCode::ComponentConfirmed, known, &[("step", &step.id)]);
    }

    /// Everything is there that a step needs before it is performed, decided, acknowledged or released.
    pub(in crate::kernel::run) fn ready_to_perform(&self, ask: &mut Asking, step: &Step) {
        let Some(attempt) = self.steps[&step.id].current() else { return };
        let left = self.before_performing(step, attempt);
        let count = |of: Of| left.iter().filter(|o| of(o)).count();
        let kinds: [(GateCode, Of); 7] = [
            (GateCode::Acknowledged, |o| matches!(o, Outstanding::Advisory(_))),
            (GateCode::ComponentConfirmed, |o| matches!(o, Outstanding::Component(_))),
            (GateCode::Verified, |o| matches!(o, Outstanding::ConcurrentVerification(_))),
            (GateCode::InputsEntered, |o| {
                matches!(o, Outstanding::Input(..) | Outstanding::Work(_)) && !is_calculation(o)
            }),
            (GateCode::Calculated, is_calculation),
            (GateCode::ResultRecorded, |o| matches!(o, Outstanding::Result)),
            (GateCode::EvidenceAttached, |o| matches!(o, Outstanding::Evidence(_))),
        ];
        for (gate, of) in kinds {
            let missing = count(of);
            ask.ask(gate, missing == 0, &[("step", &step.id), ("missing", &missing)]);
        }
        if let Some(waited) = self.waited(step, ask.now).filter(|waited| waited.least == Least::Wait) {
            ask.waited(GateCode::Waited, step, Some(&waited));
        }
        let flagged = self.steps[&step.id].reconfirm.is_some();
        ask.ask(GateCode::Reconfirmed, !flagged, &[("step", &step.id)]);
    }

    /// A late entry names a moment of this run that lies behind us; the record keeps its own time.
    pub(super) fn late(&self, ask: &mut Asking, late: Option<&Late>) {
        let Some(late) = late else { return };
        let opened = self.opened.as_ref().map(|(_, at)| at.time());
        let past = opened.is_some_and(|at| at <= late.event_time) && late.event_time < ask.now.time;
        ask.ask(GateCode::LateTime, past && super::said(&late.reason), &[("event_time", &late.event_time)]);
    }

    pub(super) fn take_decision(&self, ask: &mut Asking, option: &OptionId, id: &StepId) -> Option<Event> {
        ask.working();
        let step = ask.step(id)?;
        ask.active(step);
        ask.role(&step.performed_by);
        self.step_type(ask, step, step.kind == StepType::Decision);
        let known = step.inputs.iter().flat_map(|i| &i.options).any(|o| o.id == *option);
        ask.ask(GateCode::KnownOption, known, &[("option", option)]);
        let open = self.steps[id].current().is_some_and(|a| a.decision.is_none());
        ask.ask(GateCode::ResultFree, open, &[("step", id)]);
        self.ready_to_perform(ask, step);
        let gates = ask.passed()?;
        Some(
            DecisionTaken { attempt: self.steps[id].attempt(), gates, option: option.clone(), step: id.clone() }.into(),
        )
    }

    pub(super) fn perform(
        &self,
        ask: &mut Asking,
        late: Option<&Late>,
        outcome: StepOutcome,
        id: &StepId,
    ) -> Option<Event> {
        ask.working();
        let step = ask.step(id)?;
        ask.active(step);
        ask.role(&step.performed_by);
        self.step_type(ask, step, step.kind.is_performed() || outcome != StepOutcome::Done);
        self.late(ask, late);
        match outcome {
            StepOutcome::Done => self.ready_to_perform(ask, step),
            StepOutcome::Failed => self.identified(ask, step),
            StepOutcome::Cannot => {}
        }
        let gates = ask.passed()?;
        let meaning = step.performer_signs().then_some(Meaning::Performed);
        let (attempt, late) = (self.steps[id].attempt(), late.cloned());
        Some(StepPerformed { attempt, gates, late, meaning, outcome, step: id.clone() }.into())
    }

    /// Asks whether a deviation prescribes just this way on, and returns its gates' answer.
    fn prescribed(&self, ask: &mut Asking, step: &Step, wanted: &str) -> bool {
        ask.working();
        let pending = self.pending_at(&step.id).count();
        ask.ask(GateCode::DeviationFiled, pending == 0, &[("step", &step.id), ("pending", &pending)]);
        let exit = self.steps[&step.id].exit.as_ref().map_or("none", Exit::word);
        ask.ask(GateCode::WayOut, exit == wanted, &[("step", &step.id), ("prescribed", &exit), ("wanted", &wanted)])
    }

    pub(super) fn redo(&self, ask: &mut Asking, id: &StepId) -> Option<Event> {
        let step = ask.step(id)?;
        self.prescribed(ask, step, "redo");
        ask.role(&step.performed_by);
        let attempt = self.steps[id].attempt();
        let redone = self.steps[id].attempts.iter().filter(|a| a.reason == Some(AttemptReason::Redo)).count();
        let allowed = step.redo.allowed && step.redo.max.is_none_or(|max| redone < max as usize);
        ask.ask(GateCode::RedoAllowed, allowed, &[("attempt", &attempt), ("redone", &redone)]);
        let gates = ask.passed()?;
        let Some(Exit::Redo(deviation)) = &self.steps[id].exit else { return None };
        Some(
            AttemptStarted {
                attempt: attempt + 1,
                deviation: Some(deviation.clone()),
                evaluation: None,
                gates,
                reason: AttemptReason::Redo,
                step: id.clone(),
            }
            .into(),
        )
    }

    pub(super) fn not_applicable(&self, ask: &mut Asking, id: &StepId) -> Option<Event> {
        let step = ask.step(id)?;
        self.prescribed(ask, step, "not_applicable");
        ask.role(policy::not_applicable_role(step));
        let gates = ask.passed()?;
        let Some(Exit::NotApplicable(deviation)) = &self.steps[id].exit else { return None };
        Some(
            StepNotApplicable {
                deviation: Some(deviation.clone()),
                evaluation: None,
                gates,
                reason: NotApplicableReason::Authorised,
                step: id.clone(),
            }
            .into(),
        )
    }

    pub(super) fn skip(&self, ask: &mut Asking, id: &StepId) -> Option<Event> {
        let step = ask.step(id)?;
        self.prescribed(ask, step, "skip");
        ask.role(&step.performed_by);
        let gates = ask.passed()?;
        let Some(Exit::Skip(deviation)) = &self.steps[id].exit else { return None };
        Some(StepSkipped { deviation: deviation.clone(), gates, step: id.clone() }.into())
    }

    pub(super) fn defer(&self, ask: &mut Asking, id: &StepId) -> Option<Event> {
        let step = ask.step(id)?;
        self.prescribed(ask, step, "defer");
        ask.role(&step.performed_by);
        let gates = ask.passed()?;
        let Some(Exit::Defer(deviation, return_before)) = &self.steps[id].exit else { return None };
        let (deviation, return_before) = (deviation.clone(), return_before.clone());
        Some(StepDeferred { deviation, gates, return_before, step: id.clone() }.into())
    }
}

fn is_calculation(outstanding: &Outstanding) -> bool {
    matches!(outstanding, Outstanding::Work(Waits::Calculate(_)))
}
