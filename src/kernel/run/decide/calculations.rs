//! Working numbers out, and confirming what rests on something that changed.

use super::super::gates::Asking;
use super::super::{Outstanding, Run};
use super::said;
use crate::kernel::documents::step::StepType;
use crate::kernel::expression::Value;
use crate::kernel::model::gate::GateCode;
use crate::kernel::model::name::StepId;
use crate::kernel::model::outcome::Recalculated;
use crate::kernel::records::event::{CalculationMade, Event, StepReconfirmed};
use crate::kernel::work::calculate::Calc;

impl Run {
    pub(super) fn calculate(&self, ask: &mut Asking, id: &StepId) -> Option<Event> {
        ask.working();
        let step = ask.step(id)?;
        ask.active(step);
        ask.role(&step.performed_by);
        self.identified(ask, step);
        let calc = step.calc.as_ref().filter(|_| step.kind == StepType::Calculate);
        ask.ask(GateCode::StepType, calc.is_some(), &[("step", id), ("type", &step.kind.word())]);
        let (calc, attempt) = (calc?, self.steps[id].current()?);
        let free = attempt.entry(&calc.result.id, None, None).is_none();
        ask.ask(GateCode::EntryFree, free, &[("input", &calc.result.id)]);
        let missing =
            self.before_performing(step, attempt).iter().filter(|o| matches!(o, Outstanding::Input(..))).count();
        ask.ask(GateCode::InputsEntered, missing == 0, &[("step", id), ("missing", &missing)]);
        let made = self.worked_out(ask, calc);
        let gates = ask.passed()?;
        let made = made?;
        Some(
            CalculationMade {
                attempt: self.steps[id].attempt(),
                gates,
                input: calc.result.id.clone(),
                step: id.clone(),
                unit: calc.result.unit.clone(),
                value: made.value,
                verdict: made.verdict,
                words: made.words,
            }
            .into(),
        )
    }

    /// Evaluates a formula over what is recorded now, rounds and judges the result.
    fn worked_out(&self, ask: &mut Asking, calc: &Calc) -> Option<Recalculated> {
        let evaluated = calc.expr.evaluate(&|name| self.value_of(name));
        let judged = match &evaluated {
            Ok(done) => match done.value {
                Value::Number(number) => {
                    let number = calc.round.map_or(number, |digits| number.rounded(digits));
                    let judge = self.plan.judge(&calc.result, &number.to_string(), None, &|_| true);
                    judge
                        .map(|(value, verdict)| Recalculated { value, verdict, words: done.words.clone() })
                        .map_err(|e| e.0)
                }
                _ => Err("the formula gives no number".into()),
            },
            Err(fault) => Err(fault.to_string()),
        };
        let fault = judged.as_ref().err().cloned().unwrap_or_default();
        ask.ask(GateCode::EntryForm, judged.is_ok(), &[("input", &calc.result.id), ("fault", &fault)]);
        judged.ok()
    }

    pub(super) fn reconfirm(&self, ask: &mut Asking, comment: Option<&String>, id: &StepId) -> Option<Event> {
        ask.working();
        let step = ask.step(id)?;
        ask.role(&step.performed_by);
        let because = self.steps[id].reconfirm.clone();
        ask.ask(GateCode::SignatureWanted, because.is_some(), &[("step", id)]);
        ask.ask(GateCode::Comment, comment.is_none_or(|c| said(c)), &[("comment", &comment.is_some())]);
        let made =
            |calc: &Calc| self.steps[id].current().is_some_and(|a| a.entry(&calc.result.id, None, None).is_some());
        let again = step.calc.as_ref().filter(|c| made(c)).map(|calc| self.worked_out(ask, calc));
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
