//! What an act wrote, and what it is about: whoever tells a driver or a screen what changed need not look at everything.

use crate::kernel::model::name::{DeviationId, StepId};
use crate::kernel::records::event::{DeviationRecord, Event, Family, RemarkRecord};
use std::collections::BTreeSet;

/// Records that were written for one act, in order; each is durable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Their sequence numbers.
    pub records: Vec<u64>,
    /// The steps that they touched; no other step stands otherwise than before.
    pub steps: BTreeSet<StepId>,
    /// The deviations that they are about; no other deviation stands otherwise than before.
    pub deviations: BTreeSet<DeviationId>,
}

impl Accepted {
    /// Of records whose steps and deviations nobody asks for.
    #[must_use]
    pub fn of(records: Vec<u64>) -> Self {
        Self { records, ..Self::default() }
    }

    /// One record, and the steps that it touched: a response to a breach opens steps that no record names.
    pub(super) fn one(seq: u64, event: &Event, touched: &[StepId]) -> Self {
        let steps = touched.iter().cloned().collect();
        Self { records: vec![seq], steps, deviations: deviation_of(event).cloned().into_iter().collect() }
    }

    /// Adds what was written after it.
    pub fn and(&mut self, later: Self) {
        self.records.extend(later.records);
        self.steps.extend(later.steps);
        self.deviations.extend(later.deviations);
    }
}

/// The deviation that a record writes, changes or decides about; an answer decides by the event inside it.
fn deviation_of(event: &Event) -> Option<&DeviationId> {
    match event.family() {
        Family::Deviation(DeviationRecord::DeviationRaised(data)) => Some(&data.deviation),
        Family::Deviation(DeviationRecord::DeviationAmended(data)) => Some(&data.deviation),
        Family::Deviation(DeviationRecord::DeviationReviewed(data)) => Some(&data.deviation),
        Family::Remark(RemarkRecord::AnswerImported(data)) => deviation_of(&data.event),
        Family::Remark(_)
        | Family::Run(_)
        | Family::Session(_)
        | Family::Register(_)
        | Family::Step(_)
        | Family::Clock(_)
        | Family::Evidence(_)
        | Family::Journal(_)
        | Family::Work(_) => None,
    }
}
