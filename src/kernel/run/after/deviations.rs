//! Deviations and what they prescribe, folded into the run.

use super::super::{Attempt, Exit, Phase, Run, StepState};
use super::Folding;
use crate::kernel::model::deviation::{
    Deviation, Facts, ItemDisposition, ProcessDisposition, Reviewed, Statement, Trigger,
};
use crate::kernel::model::name::{DeviationId, SectionId, StepId};
use crate::kernel::policy;
use crate::kernel::records::event::DeviationRecord;
use crate::kernel::records::record::Record;

impl Run {
    pub(super) fn fold_deviation(&mut self, context: &Folding, found: DeviationRecord) {
        let record = context.record;
        match found {
            DeviationRecord::DeviationRaised(data) => {
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
            DeviationRecord::DeviationAmended(data) => {
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
            DeviationRecord::DeviationReviewed(data) => {
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
        }
    }

    /// Takes off the list what the deviation writes down.
    pub(super) fn settle(&mut self, facts: &Facts) {
        let leaves = matches!(facts.trigger, Trigger::Skipped | Trigger::ManualNa) && facts.step.is_some();
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
    pub(super) fn dispose(&mut self, record: &Record, id: &DeviationId, facts: &Facts, statement: &Statement) {
        let way = policy::way_round(&self.plan, facts, statement).cloned();
        if statement.process == ProcessDisposition::Stop && self.phase == Phase::Running {
            self.stand(Phase::Stopped, record);
        }
        if facts.step.is_none() {
            return self.respond(way.filter(|_| statement.process == ProcessDisposition::Alternative));
        }
        let Some(known) = facts.step.as_ref().and_then(|s| self.steps.get_mut(s)) else { return };
        let exit = match statement.process {
            ProcessDisposition::Continue if statement.item == Some(ItemDisposition::Rework) => {
                Some(Exit::Redo(id.clone()))
            }
            ProcessDisposition::Continue => {
                let ends = matches!(facts.about.as_deref(), Some("result" | "outcome" | "poll"));
                let failed = matches!(
                    facts.trigger,
                    Trigger::CheckFailed | Trigger::CannotPerform | Trigger::PrerequisitesNotMet
                );
                if ends && failed {
                    Some(Exit::Fail(id.clone()))
                } else if facts.trigger == Trigger::OutOfOrder {
                    known.ahead = true;
                    return;
                } else {
                    if let Some(attempt) = known.attempts.last_mut() {
                        accept(attempt, facts, &mut known.state);
                    }
                    return;
                }
            }
            ProcessDisposition::Redo => Some(Exit::Redo(id.clone())),
            ProcessDisposition::Alternative => way.map(|section| Exit::Alternative(id.clone(), section)),
            ProcessDisposition::NotApplicable => Some(Exit::NotApplicable(id.clone())),
            ProcessDisposition::Skip => Some(Exit::Skip(id.clone())),
            ProcessDisposition::Defer => statement.return_before.clone().map(|step| Exit::Defer(id.clone(), step)),
            ProcessDisposition::BackOut => Some(Exit::BackOut(id.clone())),
            ProcessDisposition::Stop => return,
        };
        known.exit = exit.or(known.exit.take());
    }

    /// Opens the section that answers a breach; its steps are done again at a second breach.
    fn respond(&mut self, section: Option<SectionId>) {
        let Some(section) = section else { return };
        let steps: Vec<StepId> =
            self.plan.procedure.section(&section).into_iter().flat_map(|s| &s.steps).map(|x| x.id.clone()).collect();
        for step in steps {
            if let Some(known) = self.steps.get_mut(&step).filter(|k| k.state.is_terminal()) {
                known.attempts.push(Attempt { pass: 1, ..Attempt::default() });
                known.state = StepState::Open;
                known.exit = None;
            }
        }
        self.responses.push(section);
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
