//! What is at hand, folded into the run: instruments, materials, permits, files.

use super::super::{HeldPermit, Instrument, Material, Run, Signature};
use super::Folding;
use crate::kernel::model::evidence::EvidenceItem;
use crate::kernel::model::name::StepId;
use crate::kernel::model::subject::SubjectKind;
use crate::kernel::records::event::{EvidenceRecord, RegisterRecord};

impl Run {
    pub(super) fn fold_register(&mut self, found: RegisterRecord) {
        match found {
            RegisterRecord::InstrumentRegistered(data) => {
                let (name, quantities, range) = (data.name.clone(), data.quantities.clone(), data.range.clone());
                let instrument = Instrument { cal_due: data.cal_due, name, quantities, range };
                self.instruments.insert(data.instrument.clone(), instrument);
            }
            RegisterRecord::MaterialRegistered(data) => {
                let (name, quantity) = (data.name.clone(), data.quantity.clone());
                self.materials.insert(data.material.clone(), Material { expires: data.expires, name, quantity });
            }
            RegisterRecord::PermitRegistered(data) => {
                let number = data.number.clone();
                let held = HeldPermit { number, valid_from: data.valid_from, valid_until: data.valid_until };
                self.permits.insert(data.permit.clone(), held);
            }
        }
    }

    pub(super) fn fold_evidence(&mut self, context: &Folding, found: EvidenceRecord) {
        let record = context.record;
        match found {
            EvidenceRecord::EvidenceCaptured(data) => {
                self.evidence.push(EvidenceItem {
                    file: data.file.clone(),
                    step: data.step.clone(),
                    attempt: data.attempt,
                    requirement: data.requirement.clone(),
                    caption: data.caption.clone(),
                    sensitivity: data.sensitivity,
                    record: record.seq,
                    redacted: None,
                });
                if data.duplicate_of.is_some() {
                    self.doubt(&data.step);
                }
            }
            EvidenceRecord::EvidenceRedacted(data) => {
                let mut steps = Vec::new();
                for item in self.evidence.iter_mut().filter(|e| e.file.blake3 == data.blake3) {
                    item.redacted = Some(data.reason.clone());
                    steps.push(item.step.clone());
                }
                steps.iter().for_each(|step| self.doubt(step));
            }
        }
    }

    /// Whoever accepted the evidence of a step before did not see what became doubtful now.
    fn doubt(&mut self, step: &StepId) {
        let about = |s: &&mut Signature| s.subject.kind == SubjectKind::Step && s.subject.id == step.as_str();
        for signature in self.signatures.iter_mut().filter(about) {
            signature.stale = true;
        }
    }
}
