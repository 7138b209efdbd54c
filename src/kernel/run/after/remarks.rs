//! What is said of the run, asked of others or refused, and what happened to the record itself, folded into the run.

use super::super::request::Requested;
use super::super::{Note, Run, Signature};
use super::Folding;
use crate::kernel::model::name::StepId;
use crate::kernel::model::opening::Binding;
use crate::kernel::model::subject::SubjectKind;
use crate::kernel::records::event::{AnswerImported, JournalRecord, RemarkRecord};
use crate::kernel::records::record::Record;

impl Run {
    pub(super) fn fold_remark(&mut self, context: &Folding, found: RemarkRecord) {
        let record = context.record;
        match found {
            RemarkRecord::SignatureGiven(data) => {
                if let (SubjectKind::Step, Ok(id)) = (data.subject.kind, data.subject.id.parse::<StepId>()) {
                    self.with_attempt(&id, |a| {
                        a.signed.insert((record.role.clone(), data.meaning, record.actor.clone()));
                    });
                }
                self.signatures.push(Signature {
                    meaning: data.meaning,
                    person: record.actor.clone(),
                    role: record.role.clone(),
                    stale: false,
                    subject: data.subject.clone(),
                    time: record.time,
                });
            }
            RemarkRecord::NoteAdded(data) => self.notes.push(Note {
                person: record.actor.clone(),
                step: data.step.clone(),
                kind: data.kind,
                text: data.text.clone(),
                time: record.time,
            }),
            RemarkRecord::RequestSent(data) => self.requests.push(Requested {
                answered: false,
                asked: data.asked.clone(),
                id: data.request.clone(),
                judges: data.judges.clone(),
                record: context.digest,
                time: record.time,
                to: data.to.clone(),
            }),
            RemarkRecord::AnswerImported(data) => self.answered(context, data),
            RemarkRecord::GateDenied(_) => self.denials += 1,
        }
    }

    pub(super) fn fold_journal(&mut self, found: JournalRecord) {
        match found {
            JournalRecord::RunRecovered(_) => {}
            JournalRecord::RunMended(data) => self.mended.push(data.clone()),
            JournalRecord::IntegrityEvent(data) => {
                self.clocks.step = None;
                self.clocks.steps.push(data.millis);
            }
        }
    }

    /// What the answer decides happens as the act of the person who signed it.
    fn answered(&mut self, context: &Folding, data: &AnswerImported) {
        for sent in self.requests.iter_mut().filter(|r| r.id == data.request) {
            sent.answered = true;
        }
        let (actor, role, event) = (data.person.clone(), data.as_role.clone(), (*data.event).clone());
        self.acted.insert(Binding { person: actor.clone(), role: role.clone() });
        let record = Record { actor, role, event, ..context.record.clone() };
        self.fold(&Folding { record: &record, digest: context.digest, key: context.key });
    }
}
