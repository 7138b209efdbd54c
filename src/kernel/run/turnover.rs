//! Handing a run over to another person.

use super::{Run, StepState};
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::model::deviation::{Deviation, ReviewDecision};
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::model::timing::TimeLimit;
use crate::kernel::records::turnover::{TurnoverSheet, Unwritten};

/// A turnover that waits to be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turnover {
    /// Who hands over.
    pub from: PersonId,
    /// To whom.
    pub to: PersonId,
    /// Which role.
    pub role: Role,
    /// Whether the role is theirs through this turnover alone.
    pub lent: bool,
    /// What the sheet does not say.
    pub remarks: Option<String>,
    /// The record.
    pub record: LineDigest,
}

impl Run {
    /// Returns the sheet: where the work stands, worked out from the record.
    #[must_use]
    pub fn turnover_sheet(&self) -> TurnoverSheet {
        let in_state = |wanted: &[StepState]| {
            let steps = self.plan.procedure.steps().filter(|s| wanted.contains(&self.steps[&s.id].state));
            steps.map(|s| s.id.clone()).collect::<Vec<_>>()
        };
        let waiting = |id: &&_| self.steps[*id].current().is_some_and(|a| a.hold_reached && !a.released);
        let limits = [TimeLimit::MaxDuration, TimeLimit::Deadline];
        let timer = |step: &crate::kernel::documents::step::Step| {
            let first = limits.iter().filter_map(|l| self.limit_at(step, *l)).min()?;
            Some((step.id.clone(), first))
        };
        TurnoverSheet {
            active: in_state(&[StepState::Active, StepState::Performed]),
            deferred: in_state(&[StepState::Deferred]),
            deviations: self.deviations.iter().filter(|d| is_open(d)).map(|d| d.id.clone()).collect(),
            holds: self.steps.keys().filter(waiting).cloned().collect(),
            instruments: self.instruments.keys().cloned().collect(),
            next: self.active().map(|s| s.id.clone()),
            timers: self.plan.procedure.steps().filter_map(timer).collect(),
            unwritten: self.pending.iter().map(|p| Unwritten { step: p.step.clone(), trigger: p.trigger }).collect(),
            watches: self.running_watches().map(|(watch, due)| (watch.id.clone(), due)).collect(),
        }
    }
}

/// Tells whether a deviation still waits for a person who accepts it.
fn is_open(deviation: &Deviation) -> bool {
    let accepted = deviation.reviews.iter().filter(|r| r.decision == ReviewDecision::Accept).count();
    accepted < deviation.ruling.reviews as usize
}
