//! Observations: what is worth a look in a record though nothing forbids it. They block nothing and judge nothing.

use crate::kernel::documents::package::Plan;
use crate::kernel::model::name::{PersonId, StepId};
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::event::Event;
use crate::kernel::records::record::SignedRecord;
use std::collections::BTreeMap;

/// Signatures of one person closer together than this were hardly read.
const HASTE: i64 = 5_000;

/// How many of them make an observation.
const SEVERAL: usize = 3;

/// Something worth a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Counted from 1, the record that completes it.
    pub record: usize,
    /// What was seen.
    pub text: String,
}

/// Reads the records for steps done faster than usual and signatures given in haste.
#[must_use]
pub fn observations(plan: &Plan, records: &[SignedRecord]) -> Vec<Observation> {
    let mut begun: BTreeMap<&StepId, Timestamp> = BTreeMap::new();
    let mut signed: BTreeMap<&PersonId, (usize, Timestamp)> = BTreeMap::new();
    let mut seen = Vec::new();
    for (number, record) in (1..).zip(records.iter().map(SignedRecord::record)) {
        match &record.event {
            Event::StepStarted(d) => {
                begun.insert(&d.step, record.time);
            }
            Event::StepPerformed(d) => {
                let took = begun.get(&d.step).map(|since| record.time.since(*since));
                let text = took.and_then(|took| fast(plan, &d.step, took));
                seen.extend(text.map(|text| Observation { record: number, text }));
            }
            _ => {}
        }
        if record.event.meaning().is_none() {
            continue;
        }
        let row = match signed.get(&record.actor) {
            Some((count, last)) if record.time.since(*last) < HASTE => count + 1,
            _ => 1,
        };
        signed.insert(&record.actor, (row, record.time));
        if row == SEVERAL {
            let text = format!("{} signed {SEVERAL} times within seconds", record.actor);
            seen.push(Observation { record: number, text });
        }
    }
    seen
}

fn fast(plan: &Plan, step: &StepId, took: i64) -> Option<String> {
    let authored = plan.procedure.steps().find(|s| s.id == *step)?;
    let usual = authored.timing.as_ref()?.usual.as_ref()?.millis(&plan.manifest.parameters);
    let words = || format!("step {step} took {} s; usual are {} s", took / 1000, usual / 1000);
    (took < usual).then(words)
}
