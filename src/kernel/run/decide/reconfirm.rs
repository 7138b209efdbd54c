//! Confirming what rests on something that changed; a number that was worked out is worked out again.

use super::super::Run;
use super::super::gates::Asking;
use super::super::work::{AskingAt, Site};
use super::said;
use crate::kernel::model::gate::GateCode;
use crate::kernel::model::name::StepId;
use crate::kernel::records::event::{Event, StepReconfirmed};
use crate::kernel::work::calculate::Calc;

impl Run {
    pub(super) fn reconfirm(&self, ask: &mut Asking, comment: Option<&String>, id: &StepId) -> Option<Event> {
        ask.working();
        let step = ask.step(id)?;
        ask.role(&step.performed_by);
        let because = self.steps[id].reconfirm.clone();
        ask.ask(GateCode::SignatureWanted, because.is_some(), &[("step", id)]);
        ask.ask(GateCode::Comment, comment.is_none_or(|c| said(c)), &[("comment", &comment.is_some())]);
        let made =
            |calc: &Calc| self.steps[id].current().is_some_and(|a| a.entry(&calc.result.id, None, None).is_some());
        let again = step.calc.as_ref().filter(|c| made(c)).map(|calc| {
            let site = Site { run: self, step };
            calc.worked_out(&site, &mut AskingAt { ask, step })
        });
        let gates = ask.passed()?;
        Some(
            StepReconfirmed {
                attempt: self.steps[id].attempt(),
                because: because?,
                comment: comment.cloned(),
                gates,
                recalculated: again.flatten(),
                step: id.clone(),
            }
            .into(),
        )
    }
}
