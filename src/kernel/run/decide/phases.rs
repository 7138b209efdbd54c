//! Remarks, pausing, stopping, aborting, closing.

use super::super::gates::Asking;
use super::super::{Exit, Phase, Run, StepState};
use super::said;
use crate::kernel::canon::digest::EvidenceDigest;
use crate::kernel::documents::policy::Demand;
use crate::kernel::model::entry::NoteKind;
use crate::kernel::model::gate::GateCode;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{ReasonCode, StepId};
use crate::kernel::records::event::{
    Event, NoteAdded, RunAborting, RunClosed, RunPaused, RunResumed, SafeStateConfirmed, StopCalled,
};

impl Run {
    pub(super) fn note(&self, ask: &mut Asking, kind: NoteKind, step: Option<&StepId>, text: &str) -> Option<Event> {
        ask.open();
        if let Some(id) = step {
            ask.step(id)?;
        }
        ask.any_role();
        ask.ask(GateCode::Comment, said(text), &[("text", &said(text))]);
        let gates = ask.passed()?;
        Some(NoteAdded { gates, kind, step: step.cloned(), text: text.to_owned() }.into())
    }

    pub(super) fn pause(&self, ask: &mut Asking, code: Option<&ReasonCode>, reason: &str) -> Option<Event> {
        ask.phase(GateCode::RunRunning, self.phase == Phase::Running);
        ask.any_role();
        ask.ask(GateCode::Comment, said(reason), &[("reason", &said(reason))]);
        let known = code.is_none_or(|c| self.plan.pack.code(c).is_some());
        let given = code.is_some() || self.plan.policy.pause_code == Demand::Optional;
        let shown = code.map(ToString::to_string).unwrap_or_default();
        ask.ask(GateCode::ReasonCode, known && given, &[("code", &shown)]);
        let bound = |s: &&crate::kernel::documents::step::Step| {
            self.steps[&s.id].state == StepState::Active && s.timing.as_ref().is_some_and(|t| t.no_pause)
        };
        let bound: Vec<_> = self.plan.procedure.steps().filter(bound).map(|s| s.id.as_str()).collect();
        ask.ask(GateCode::PauseAllowed, bound.is_empty(), &[("steps", &bound.join(" "))]);
        let gates = ask.passed()?;
        Some(RunPaused { code: code.cloned(), gates, reason: reason.to_owned() }.into())
    }

    pub(super) fn resume(&self, ask: &mut Asking, comment: Option<&String>) -> Option<Event> {
        ask.phase(GateCode::RunPaused, self.phase.is_standing());
        ask.any_role();
        ask.ask(GateCode::Comment, comment.is_none_or(|c| said(c)), &[("comment", &comment.is_some())]);
        let gates = ask.passed()?;
        let paused_ms = self.standing_since.as_ref().map_or(0, |since| self.passed(since, ask.now).longest());
        Some(RunResumed { comment: comment.cloned(), gates, paused_ms }.into())
    }

    pub(super) fn stop_work(&self, ask: &mut Asking, reason: &str) -> Option<Event> {
        let can = matches!(self.phase, Phase::Running | Phase::Paused | Phase::Interrupted);
        ask.phase(GateCode::RunRunning, can);
        ask.any_role();
        let gates = ask.passed()?;
        Some(StopCalled { gates, reason: reason.chars().take(2000).collect() }.into())
    }

    /// Asks for nothing but a person of the crew: no form stands between a person and the safe state (AR-013).
    pub(super) fn abort(&self, ask: &mut Asking, emergency: bool, reason: &str) -> Option<Event> {
        let can = matches!(self.phase, Phase::Running | Phase::Paused | Phase::Stopped | Phase::Interrupted);
        ask.phase(GateCode::RunAbortable, can);
        ask.any_role();
        let gates = ask.passed()?;
        Some(RunAborting { emergency, gates, reason: reason.chars().take(2000).collect() }.into())
    }

    pub(super) fn confirm_safe_state(&self, ask: &mut Asking, comment: Option<&String>) -> Option<Event> {
        ask.phase(GateCode::RunAborting, self.phase == Phase::Aborting);
        ask.any_role();
        let gates = ask.passed()?;
        let back_out = self.plan.procedure.back_out.as_ref().and_then(|id| self.plan.procedure.section(id));
        let undone =
            back_out.iter().flat_map(|s| &s.steps).filter(|s| !self.is_closed(&s.id)).map(|s| s.id.clone()).collect();
        let comment = comment.map(|c| c.chars().take(2000).collect());
        Some(SafeStateConfirmed { comment, gates, meaning: Meaning::SafeStateConfirmed, undone }.into())
    }

    /// Every step is closed, or the run was made safe after an abort.
    pub(super) fn finished(&self, ask: &mut Asking) {
        let open = match self.phase {
            Phase::Aborted => String::new(),
            _ => self
                .needed_steps()
                .filter(|s| !self.is_closed(&s.id))
                .map(|s| s.id.as_str())
                .collect::<Vec<_>>()
                .join(" "),
        };
        let done = matches!(self.phase, Phase::Running | Phase::Aborted) && open.is_empty();
        ask.ask(GateCode::RunFinished, done, &[("phase", &self.phase.word()), ("open", &open)]);
    }

    pub(super) fn close(&self, ask: &mut Asking, orphans: &[EvidenceDigest]) -> Option<Event> {
        self.finished(ask);
        ask.any_role();
        let pending = self.pending.iter().map(|p| p.trigger.word()).collect::<Vec<_>>().join(" ");
        ask.ask(GateCode::DeviationFiled, pending.is_empty(), &[("pending", &pending)]);
        self.all_watched(ask);
        let flagged = self.flagged();
        ask.ask(GateCode::Reconfirmed, flagged.is_empty() || self.phase == Phase::Aborted, &[("steps", &flagged)]);
        if self.phase != Phase::Aborted {
            let exits =
                self.steps.iter().filter_map(|(id, s)| s.exit.as_ref().map(|e: &Exit| format!("{id} {}", e.word())));
            let exits = exits.collect::<Vec<_>>().join(" ");
            ask.ask(GateCode::WayOut, exits.is_empty(), &[("steps", &exits)]);
        }
        let gates = ask.passed()?;
        Some(RunClosed { gates, meaning: Meaning::Sealed, orphans: orphans.to_vec() }.into())
    }
}
