//! What must happen outside the record with a record: asked of the event, so that no door can forget it.
//!
//! Each effect may happen again: a crash between record and effect is made good when the run is taken up or sealed.

use super::{Session, SubmitError};
use crate::kernel::canon::digest::EvidenceDigest;
use crate::kernel::model::name::PersonId;
use crate::kernel::records::event::{
    ClockRecord, DeviationRecord, EvidenceRecord, Family, JournalRecord, RegisterRecord, RemarkRecord, RunRecord,
    SessionRecord, StepRecord,
};
use crate::kernel::records::record::Record;
use crate::store::StoreError;
use std::io::ErrorKind;

/// Something that a record makes due outside of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// The bytes of a file go.
    Drop(EvidenceDigest),
    /// The key of a person is forgotten.
    Forget(PersonId),
}

/// Returns what a record makes due.
pub(super) fn effects_of(record: &Record) -> Vec<Effect> {
    match record.event.family() {
        Family::Evidence(EvidenceRecord::EvidenceRedacted(data)) => vec![Effect::Drop(data.blake3)],
        Family::Session(SessionRecord::SessionClosed(_)) => vec![Effect::Forget(record.actor.clone())],
        // What an answer decides happens as the act of the person who signed it.
        Family::Remark(RemarkRecord::AnswerImported(data)) => {
            let inner = Record { actor: data.person.clone(), event: (*data.event).clone(), ..record.clone() };
            effects_of(&inner)
        }
        Family::Run(RunRecord::RunOpened(_))
        | Family::Session(SessionRecord::ChangeAcknowledged(_))
        | Family::Session(SessionRecord::SessionOpened(_))
        | Family::Session(SessionRecord::CrewBound(_))
        | Family::Step(StepRecord::BriefAcknowledged(_))
        | Family::Register(RegisterRecord::InstrumentRegistered(_))
        | Family::Register(RegisterRecord::MaterialRegistered(_))
        | Family::Register(RegisterRecord::PermitRegistered(_))
        | Family::Step(StepRecord::StepStarted(_))
        | Family::Step(StepRecord::AdvisoryAcknowledged(_))
        | Family::Step(StepRecord::ComponentConfirmed(_))
        | Family::Step(StepRecord::ValueEntered(_))
        | Family::Step(StepRecord::ValueCorrected(_))
        | Family::Step(StepRecord::CheckRecorded(_))
        | Family::Step(StepRecord::DecisionTaken(_))
        | Family::Clock(ClockRecord::WatchObserved(_))
        | Family::Clock(ClockRecord::TimerExpired(_))
        | Family::Evidence(EvidenceRecord::EvidenceCaptured(_))
        | Family::Step(StepRecord::StepPerformed(_))
        | Family::Step(StepRecord::VerificationRecorded(_))
        | Family::Step(StepRecord::HoldReached(_))
        | Family::Step(StepRecord::HoldReleased(_))
        | Family::Step(StepRecord::StepCompleted(_))
        | Family::Step(StepRecord::StepFailed(_))
        | Family::Step(StepRecord::StepNotApplicable(_))
        | Family::Step(StepRecord::StepSkipped(_))
        | Family::Step(StepRecord::StepDeferred(_))
        | Family::Step(StepRecord::StepReconfirmed(_))
        | Family::Step(StepRecord::AttemptStarted(_))
        | Family::Remark(RemarkRecord::GateDenied(_))
        | Family::Deviation(DeviationRecord::DeviationRaised(_))
        | Family::Deviation(DeviationRecord::DeviationAmended(_))
        | Family::Deviation(DeviationRecord::DeviationReviewed(_))
        | Family::Remark(RemarkRecord::SignatureGiven(_))
        | Family::Remark(RemarkRecord::RequestSent(_))
        | Family::Remark(RemarkRecord::NoteAdded(_))
        | Family::Run(RunRecord::RunPaused(_))
        | Family::Run(RunRecord::RunResumed(_))
        | Family::Run(RunRecord::TurnoverGiven(_))
        | Family::Run(RunRecord::TurnoverAccepted(_))
        | Family::Run(RunRecord::RunInterrupted(_))
        | Family::Journal(JournalRecord::RunRecovered(_))
        | Family::Journal(JournalRecord::RunMended(_))
        | Family::Run(RunRecord::StopCalled(_))
        | Family::Run(RunRecord::RunAborting(_))
        | Family::Run(RunRecord::SafeStateConfirmed(_))
        | Family::Run(RunRecord::RunAborted(_))
        | Family::Journal(JournalRecord::IntegrityEvent(_))
        | Family::Run(RunRecord::RunClosed(_))
        | Family::Work(_) => Vec::new(),
    }
}

impl Session {
    pub(super) fn carry_out(&mut self, record: &Record) -> Result<(), SubmitError> {
        for effect in effects_of(record) {
            match effect {
                Effect::Drop(digest) => self.drop_bytes(&digest)?,
                Effect::Forget(person) => drop(self.signers.remove(&person)),
            }
        }
        Ok(())
    }

    fn drop_bytes(&self, digest: &EvidenceDigest) -> Result<(), StoreError> {
        let path = self.store().path(digest);
        match self.station.disk.remove(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(StoreError::at(&path)(error)),
            Ok(()) => self.station.disk.sync_folder(&self.paths.evidence()).map_err(StoreError::at(&path)),
        }
    }

    /// Removes the bytes of every redacted file once more; a crash or a full disk may have left them there.
    pub(super) fn drop_redacted(&self) -> Result<(), StoreError> {
        let redacted = self.run.evidence().iter().filter(|item| item.redacted.is_some());
        redacted.map(|item| item.file.blake3).try_for_each(|digest| self.drop_bytes(&digest))
    }
}
