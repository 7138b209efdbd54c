//! Working through one step: whatever it still waits for, in the order in which the kernel names it.

use super::departures::What;
use super::values;
use super::walker::{Ended, Seen, Walker};
use crate::kernel::canon::digest::SealDigest;
use crate::kernel::documents::step::{Step, VerificationMode};
use crate::kernel::model::entry::EntrySource;
use crate::kernel::model::input::{InputType, InstrumentUse, MaterialUse};
use crate::kernel::model::name::{OptionId, Role, StepId, Variable};
use crate::kernel::model::outcome::{CheckResult, StepOutcome};
use crate::kernel::model::subject::{Subject, SubjectKind};
use crate::kernel::records::intent::Intent;
use crate::kernel::run::{Outstanding, Phase, StepState};
use crate::kernel::work::communicate::CommunicationKind;
use crate::kernel::work::poll::PollAnswer;
use crate::kernel::work::witness::Attendance;
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
            Outstanding::Calculation => return self.calculate(&own, id),
            Outstanding::Communication => (own, communication(step)),
            Outstanding::Notice(by) => {
                (own, Intent::NotifyWitness { by: "telephone".into(), party: by.to_string(), step: id })
            }
            Outstanding::Attendance(by, _) => {
                (by, Intent::Attend { comment: None, outcome: Attendance::Attended, step: id })
            }
            Outstanding::Poll(role, _) => {
                (role.clone(), Intent::Poll { answer: PollAnswer::Go, comment: None, role, step: id })
            }
            Outstanding::Call => (own, call(step)?),
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
        if self.act(own, &Intent::Calculate { step: step.clone() }).is_ok() {
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

fn communication(step: &Step) -> Intent {
    let three_way = step.communicate.as_ref().is_some_and(|c| c.kind == CommunicationKind::ThreeWay);
    Intent::Communicate {
        confirmed: true,
        party: "simulated".into(),
        repeat_back: three_way.then(|| "as said".into()),
        step: step.id.clone(),
    }
}

fn call(step: &Step) -> Result<Intent, Ended> {
    let called = step.call.as_ref().ok_or(Ended::Impossible)?;
    let child = "01JDZ3Q4M5N6P7R8S9T0V1W2X4".parse().map_err(|_| Ended::Impossible)?;
    Ok(Intent::Call { bundle: SealDigest::of(b"simulated"), child, package: called.package, step: step.id.clone() })
}
