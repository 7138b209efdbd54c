//! Working through one step: whatever it still waits for, in the order in which the kernel names it.

use super::departures::What;
use super::values;
use super::walker::{Ended, Seen, Walker};
use crate::kernel::documents::step::{Step, VerificationMode};
use crate::kernel::model::entry::EntrySource;
use crate::kernel::model::input::{Input, InputType, InstrumentUse, MaterialUse};
use crate::kernel::model::name::{OptionId, Role, StepId, Tag, Variable};
use crate::kernel::model::outcome::{CheckResult, StepOutcome};
use crate::kernel::model::subject::{Subject, SubjectKind};
use crate::kernel::records::intent::Intent;
use crate::kernel::run::{Outstanding, Phase, StepState};
use crate::kernel::work::Waits;
use crate::kernel::work::calculate::Calculate;
use crate::kernel::work::kind::Pass;
use std::collections::BTreeMap;

impl Walker {
    /// Does the next thing at a step.
    pub(super) fn step(&mut self, id: &StepId, seen: Seen) -> Result<(), Ended> {
        let Some(step) = self.run.authored(id).cloned() else { return Err(Ended::Impossible) };
        let state = self.run.step(id).map(|s| s.state).unwrap_or_default();
        let ahead = self.ahead(id).filter(|_| self.run.deviations().is_empty());
        if state == StepState::Open {
            if self.departure.is_none() {
                seen(self, id);
            }
            return match ahead.as_ref().map(|d| &d.what) {
                Some(What::Abort) => self.aborts(&step.performed_by),
                Some(What::Skip | What::NotApplicable) => ahead.map_or(Ok(()), |d| self.depart(&d, Some(id))),
                _ => {
                    self.wait(self.now.time);
                    if !self.run.pending().is_empty() && self.run.phase() == Phase::Running {
                        return Ok(());
                    }
                    self.must(&step.performed_by, &Intent::Begin { step: id.clone() }).map(|_| ())
                }
            };
        }
        if state == StepState::Active && ahead.is_some_and(|d| d.what == What::Cannot) {
            let cannot = Intent::Perform { outcome: StepOutcome::Cannot, step: id.clone(), late: None };
            return self.must(&step.performed_by, &cannot).map(|_| ());
        }
        match self.run.outstanding_at(id, &self.now).into_iter().next() {
            Some(outstanding) => self.give(&step, outstanding),
            None => Err(Ended::Stuck(format!("step {id}: it waits for nothing and is not closed"))),
        }
    }

    /// Gives a step what it waits for.
    fn give(&mut self, step: &Step, outstanding: Outstanding) -> Result<(), Ended> {
        let id = step.id.clone();
        let own = step.performed_by.clone();
        let (role, intent) = match outstanding {
            Outstanding::Input(input, row, column) => return self.enter(step, input, row, column),
            Outstanding::Evidence(requirement) => {
                let stuck = |r: Box<crate::kernel::run::Refusal>| Ended::Stuck(format!("step {id}: {}", r.message()));
                return self.attach(&own, &step.id, Some(requirement)).map_err(stuck);
            }
            Outstanding::Wait(until) | Outstanding::WaitAgain(until) => {
                self.wait(until);
                return Ok(());
            }
            Outstanding::Verification(by) | Outstanding::ConcurrentVerification(by) => return self.verify(step, by),
            Outstanding::Advisory(index) => (own, Intent::Acknowledge { advisory: Some(index), step: id }),
            Outstanding::Component(tag) => (own, Intent::ConfirmComponent { step: id, tag }),
            Outstanding::Result => {
                let fails = self.ahead(&id).is_some_and(|d| d.what == What::Fail);
                let result = if fails { CheckResult::Fail } else { CheckResult::Pass };
                (own, Intent::Check { as_found: None, result, step: id, late: None })
            }
            Outstanding::Decision => (own, Intent::Decide { option: self.option(step)?, step: id }),
            Outstanding::Brief(person) => {
                let read = Intent::Acknowledge { advisory: None, step: id };
                match person.and_then(|p| self.who(&p)) {
                    Some(who) => return self.must_as(&who, &read),
                    None => (own, read),
                }
            }
            Outstanding::Work(Waits::Calculate(_)) => return self.calculate(&own, id),
            Outstanding::Work(waits) => {
                let act = waits.pass(step, &OnPaper { walker: self, step });
                let (role, intent) = act.ok_or_else(|| Ended::Stuck(format!("step {id}: nothing passes")))?;
                (role.unwrap_or(own), intent)
            }
            Outstanding::Reconfirm => (own, Intent::Reconfirm { comment: None, step: id }),
            Outstanding::Perform => (own, Intent::Perform { outcome: StepOutcome::Done, step: id, late: None }),
            Outstanding::Release(by, _) => (by, Intent::ReleaseHold { comment: None, step: id }),
            Outstanding::Signature(by, meaning, _) => {
                let meaning = meaning.meaning();
                let subject = Subject { id: id.to_string(), kind: SubjectKind::Step };
                (by, Intent::Sign { comment: None, meaning, subject })
            }
            Outstanding::Deviation(_) => return Err(Ended::Impossible),
        };
        self.must(&role, &intent).map(|_| ())
    }

    /// What was never recorded cannot be calculated with.
    fn calculate(&mut self, own: &Role, step: StepId) -> Result<(), Ended> {
        if self.act(own, &Calculate { step: step.clone() }.into()).is_ok() {
            return Ok(());
        }
        self.must(own, &Intent::Perform { outcome: StepOutcome::Cannot, step, late: None }).map(|_| ())
    }

    fn option(&self, step: &Step) -> Result<OptionId, Ended> {
        if let Some(What::Option(option)) = self.ahead(&step.id).map(|d| d.what) {
            return Ok(option);
        }
        let raw = step.inputs.first().and_then(|input| {
            self.choices.get(&input.id).cloned().or_else(|| values::passing(&self.run, input, self.now.time))
        });
        let known = raw.and_then(|raw| raw.parse().ok());
        known.ok_or_else(|| Ended::Stuck(format!("step {}: every option fails", step.id)))
    }

    fn enter(
        &mut self,
        step: &Step,
        input: Variable,
        row: Option<OptionId>,
        column: Option<Variable>,
    ) -> Result<(), Ended> {
        let asked = step.input(&input).and_then(|i| match (&column, i.kind) {
            (Some(column), InputType::Table) => i.column(column),
            _ => Some(i),
        });
        let Some(asked) = asked else { return Err(Ended::Impossible) };
        let failing = match self.ahead(&step.id).map(|d| d.what) {
            Some(What::Entry(at, of, raw)) if at == input && of == column => Some(raw),
            _ => None,
        };
        let chosen = failing.or_else(|| self.choices.get(&asked.id).cloned());
        let own = |raw: String| match &row {
            Some(row) if asked.distinct => format!("{raw}-{row}"),
            _ => raw,
        };
        let raw = chosen.or_else(|| values::passing(&self.run, asked, self.now.time).map(own));
        let Some(raw) = raw else {
            return Err(Ended::Stuck(format!("step {}: no entry for `{}` passes", step.id, asked.id)));
        };
        let needed = asked.instrument == InstrumentUse::Required;
        let instrument = values::LABEL.parse().ok().filter(|_| needed);
        if asked.material == MaterialUse::Required && raw != values::LABEL {
            let lot = raw.parse().map_err(|_| Ended::Impossible)?;
            let name = "simulated".to_owned();
            // A lot that is registered already is none the worse for it.
            let _ = self.act(
                &step.performed_by,
                &Intent::RegisterMaterial { expires: None, material: lot, name, quantity: None },
            );
        }
        let id = step.id.clone();
        let source = EntrySource::Keyed;
        let enter = Intent::Enter { column, input, instrument, raw, row, source, step: id, late: None };
        self.must(&step.performed_by, &enter).map(|_| ())
    }

    /// The second person reads what the first one recorded.
    fn verify(&mut self, step: &Step, by: Role) -> Result<(), Ended> {
        let Some(verification) = &step.verification else { return Err(Ended::Impossible) };
        if let Some(at) = self.run.ready_at(step).filter(|at| *at > self.now.time) {
            self.wait(at);
        }
        let attempt = self.run.step(&step.id).and_then(|s| s.current());
        let read = |name: &Variable| {
            let own = attempt.and_then(|a| a.entries.iter().rev().find(|e| e.input == *name && !e.superseded));
            own.map(|e| e.value.clone()).or_else(|| values::passing(&self.run, step.input(name)?, self.now.time))
        };
        let seen: BTreeMap<_, _> = verification.observe.iter().filter_map(|n| Some((n.clone(), read(n)?))).collect();
        let agree = seen.is_empty().then_some(true);
        let role = if verification.mode == VerificationMode::Own { step.performed_by.clone() } else { by };
        self.must(&role, &Intent::Verify { agree, step: step.id.clone(), values: seen }).map(|_| ())
    }
}

/// A step on paper, as its kind of work asks about it.
struct OnPaper<'a> {
    walker: &'a Walker,
    step: &'a Step,
}

impl Pass for OnPaper<'_> {
    fn step(&self) -> StepId {
        self.step.id.clone()
    }

    fn value(&self, input: &Input) -> Option<String> {
        match self.walker.ahead(&self.step.id).map(|departure| departure.what) {
            Some(What::Entry(_, Some(column), raw)) if column == input.id => Some(raw),
            _ => values::passing(&self.walker.run, input, self.walker.now.time),
        }
    }

    fn instrument(&self, input: &Input) -> Option<Tag> {
        values::LABEL.parse().ok().filter(|_| input.instrument == InstrumentUse::Required)
    }
}
