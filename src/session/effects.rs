//! What must happen outside the record with a record: asked of the event, so that no door can forget it.
//!
//! Each effect may happen again: a crash between record and effect is made good when the run is taken up or sealed.

use super::{Session, SubmitError};
use crate::kernel::canon::digest::EvidenceDigest;
use crate::kernel::model::name::PersonId;
use crate::kernel::records::event::Event;
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
    match &record.event {
        Event::EvidenceRedacted(data) => vec![Effect::Drop(data.blake3)],
        Event::SessionClosed(_) => vec![Effect::Forget(record.actor.clone())],
        // What an answer decides happens as the act of the person who signed it.
        Event::AnswerImported(data) => {
            let inner = Record { actor: data.person.clone(), event: (*data.event).clone(), ..record.clone() };
            effects_of(&inner)
        }
        Event::RunOpened(_)
        | Event::ChangeAcknowledged(_)
        | Event::SessionOpened(_)
        | Event::CrewBound(_)
        | Event::BriefAcknowledged(_)
        | Event::InstrumentRegistered(_)
        | Event::MaterialRegistered(_)
        | Event::PermitRegistered(_)
        | Event::StepStarted(_)
        | Event::AdvisoryAcknowledged(_)
        | Event::ComponentConfirmed(_)
        | Event::ValueEntered(_)
        | Event::ValueCorrected(_)
        | Event::CheckRecorded(_)
        | Event::DecisionTaken(_)
        | Event::CalculationMade(_)
        | Event::CommunicationRecorded(_)
        | Event::WitnessNotified(_)
        | Event::WitnessAttended(_)
        | Event::PollRecorded(_)
        | Event::CallRecorded(_)
        | Event::WatchObserved(_)
        | Event::TimerExpired(_)
        | Event::EvidenceCaptured(_)
        | Event::StepPerformed(_)
        | Event::VerificationRecorded(_)
        | Event::HoldReached(_)
        | Event::HoldReleased(_)
        | Event::StepCompleted(_)
        | Event::StepFailed(_)
        | Event::StepNotApplicable(_)
        | Event::StepSkipped(_)
        | Event::StepDeferred(_)
        | Event::StepReconfirmed(_)
        | Event::AttemptStarted(_)
        | Event::GateDenied(_)
        | Event::DeviationRaised(_)
        | Event::DeviationAmended(_)
        | Event::DeviationReviewed(_)
        | Event::SignatureGiven(_)
        | Event::RequestSent(_)
        | Event::NoteAdded(_)
        | Event::RunPaused(_)
        | Event::RunResumed(_)
        | Event::TurnoverGiven(_)
        | Event::TurnoverAccepted(_)
        | Event::RunInterrupted(_)
        | Event::RunRecovered(_)
        | Event::RunMended(_)
        | Event::StopCalled(_)
        | Event::RunAborting(_)
        | Event::SafeStateConfirmed(_)
        | Event::RunAborted(_)
        | Event::IntegrityEvent(_)
        | Event::RunClosed(_) => Vec::new(),
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
