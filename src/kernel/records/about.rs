//! What a record is about: its gates, the step that it belongs to, and what its signature means to the person who gives it.
//!
//! Closed lists without a rest, so that a new kind is thought about here.

use crate::kernel::model::gate::Gate;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::StepId;
use crate::kernel::records::event::Event;

impl Event {
    /// Returns the gates that were evaluated for it.
    #[must_use]
    pub fn gates(&self) -> &[Gate] {
        match self {
            Self::RunOpened(d) => &d.gates,
            Self::SessionOpened(d) => &d.gates,
            Self::ChangeAcknowledged(d) => &d.gates,
            Self::CrewBound(d) => &d.gates,
            Self::BriefAcknowledged(d) => &d.gates,
            Self::InstrumentRegistered(d) => &d.gates,
            Self::StepStarted(d) => &d.gates,
            Self::AdvisoryAcknowledged(d) => &d.gates,
            Self::ComponentConfirmed(d) => &d.gates,
            Self::ValueEntered(d) => &d.gates,
            Self::ValueCorrected(d) => &d.gates,
            Self::CheckRecorded(d) => &d.gates,
            Self::DecisionTaken(d) => &d.gates,
            Self::EvidenceCaptured(d) => &d.gates,
            Self::EvidenceRedacted(d) => &d.gates,
            Self::StepPerformed(d) => &d.gates,
            Self::VerificationRecorded(d) => &d.gates,
            Self::HoldReleased(d) => &d.gates,
            Self::StepNotApplicable(d) => &d.gates,
            Self::StepSkipped(d) => &d.gates,
            Self::AttemptStarted(d) => &d.gates,
            Self::GateDenied(d) => &d.gates,
            Self::DeviationRaised(d) => &d.gates,
            Self::DeviationAmended(d) => &d.gates,
            Self::DeviationReviewed(d) => &d.gates,
            Self::SignatureGiven(d) => &d.gates,
            Self::NoteAdded(d) => &d.gates,
            Self::RunPaused(d) => &d.gates,
            Self::RunResumed(d) => &d.gates,
            Self::StopCalled(d) => &d.gates,
            Self::RunAborting(d) => &d.gates,
            Self::SafeStateConfirmed(d) => &d.gates,
            Self::RunClosed(d) => &d.gates,
            Self::MaterialRegistered(d) => &d.gates,
            Self::RequestSent(d) => &d.gates,
            Self::AnswerImported(d) => &d.gates,
            Self::PermitRegistered(d) => &d.gates,
            Self::CalculationMade(d) => &d.gates,
            Self::CommunicationRecorded(d) => &d.gates,
            Self::WitnessNotified(d) => &d.gates,
            Self::WitnessAttended(d) => &d.gates,
            Self::PollRecorded(d) => &d.gates,
            Self::CallRecorded(d) => &d.gates,
            Self::WatchObserved(d) => &d.gates,
            Self::StepDeferred(d) => &d.gates,
            Self::StepReconfirmed(d) => &d.gates,
            Self::TurnoverGiven(d) => &d.gates,
            Self::TurnoverAccepted(d) => &d.gates,
            Self::SessionClosed(_)
            | Self::HoldReached(_)
            | Self::StepCompleted(_)
            | Self::StepFailed(_)
            | Self::RunInterrupted(_)
            | Self::RunRecovered(_)
            | Self::RunMended(_)
            | Self::RunAborted(_)
            | Self::TimerExpired(_)
            | Self::IntegrityEvent(_) => &[],
        }
    }

    /// Returns what the signature means, for a signature act.
    #[must_use]
    pub fn meaning(&self) -> Option<Meaning> {
        match self {
            Self::ValueCorrected(d) => Some(d.meaning),
            Self::StepPerformed(d) => d.meaning,
            Self::VerificationRecorded(d) => Some(d.meaning),
            Self::HoldReleased(d) => Some(d.meaning),
            Self::DeviationRaised(d) => Some(d.meaning),
            Self::DeviationAmended(d) => Some(d.meaning),
            Self::DeviationReviewed(d) => Some(d.meaning),
            Self::SignatureGiven(d) => Some(d.meaning),
            Self::SafeStateConfirmed(d) => Some(d.meaning),
            Self::RunClosed(d) => Some(d.meaning),
            Self::WitnessAttended(d) => d.meaning,
            Self::PollRecorded(d) => Some(d.meaning),
            Self::TurnoverGiven(d) => Some(d.meaning),
            Self::TurnoverAccepted(d) => Some(d.meaning),
            Self::RunOpened(_)
            | Self::SessionOpened(_)
            | Self::ChangeAcknowledged(_)
            | Self::SessionClosed(_)
            | Self::CrewBound(_)
            | Self::BriefAcknowledged(_)
            | Self::InstrumentRegistered(_)
            | Self::MaterialRegistered(_)
            | Self::PermitRegistered(_)
            | Self::StepStarted(_)
            | Self::AdvisoryAcknowledged(_)
            | Self::ComponentConfirmed(_)
            | Self::ValueEntered(_)
            | Self::CheckRecorded(_)
            | Self::DecisionTaken(_)
            | Self::CalculationMade(_)
            | Self::CommunicationRecorded(_)
            | Self::WitnessNotified(_)
            | Self::CallRecorded(_)
            | Self::WatchObserved(_)
            | Self::TimerExpired(_)
            | Self::EvidenceCaptured(_)
            | Self::EvidenceRedacted(_)
            | Self::HoldReached(_)
            | Self::StepCompleted(_)
            | Self::StepFailed(_)
            | Self::StepNotApplicable(_)
            | Self::StepSkipped(_)
            | Self::StepDeferred(_)
            | Self::StepReconfirmed(_)
            | Self::AttemptStarted(_)
            | Self::GateDenied(_)
            | Self::RequestSent(_)
            | Self::AnswerImported(_)
            | Self::NoteAdded(_)
            | Self::RunPaused(_)
            | Self::RunResumed(_)
            | Self::RunInterrupted(_)
            | Self::RunRecovered(_)
            | Self::RunMended(_)
            | Self::StopCalled(_)
            | Self::RunAborting(_)
            | Self::RunAborted(_)
            | Self::IntegrityEvent(_) => None,
        }
    }

    /// Returns the step that it is about.
    #[must_use]
    pub fn step(&self) -> Option<&StepId> {
        match self {
            Self::BriefAcknowledged(d) => Some(&d.step),
            Self::StepStarted(d) => Some(&d.step),
            Self::AdvisoryAcknowledged(d) => Some(&d.step),
            Self::ComponentConfirmed(d) => Some(&d.step),
            Self::ValueEntered(d) => Some(&d.step),
            Self::ValueCorrected(d) => Some(&d.step),
            Self::CheckRecorded(d) => Some(&d.step),
            Self::DecisionTaken(d) => Some(&d.step),
            Self::EvidenceCaptured(d) => Some(&d.step),
            Self::StepPerformed(d) => Some(&d.step),
            Self::VerificationRecorded(d) => Some(&d.step),
            Self::HoldReached(d) => Some(&d.step),
            Self::HoldReleased(d) => Some(&d.step),
            Self::StepCompleted(d) => Some(&d.step),
            Self::StepFailed(d) => Some(&d.step),
            Self::StepNotApplicable(d) => Some(&d.step),
            Self::StepSkipped(d) => Some(&d.step),
            Self::AttemptStarted(d) => Some(&d.step),
            Self::CalculationMade(d) => Some(&d.step),
            Self::CommunicationRecorded(d) => Some(&d.step),
            Self::WitnessNotified(d) => Some(&d.step),
            Self::WitnessAttended(d) => Some(&d.step),
            Self::PollRecorded(d) => Some(&d.step),
            Self::CallRecorded(d) => Some(&d.step),
            Self::StepDeferred(d) => Some(&d.step),
            Self::StepReconfirmed(d) => Some(&d.step),
            Self::TimerExpired(d) => d.step.as_ref(),
            Self::AnswerImported(d) => d.event.step(),
            Self::DeviationRaised(d) => d.facts.step.as_ref(),
            Self::NoteAdded(d) => d.step.as_ref(),
            Self::RunOpened(_)
            | Self::SessionOpened(_)
            | Self::ChangeAcknowledged(_)
            | Self::SessionClosed(_)
            | Self::CrewBound(_)
            | Self::InstrumentRegistered(_)
            | Self::MaterialRegistered(_)
            | Self::PermitRegistered(_)
            | Self::WatchObserved(_)
            | Self::EvidenceRedacted(_)
            | Self::GateDenied(_)
            | Self::DeviationAmended(_)
            | Self::DeviationReviewed(_)
            | Self::SignatureGiven(_)
            | Self::RequestSent(_)
            | Self::RunPaused(_)
            | Self::RunResumed(_)
            | Self::TurnoverGiven(_)
            | Self::TurnoverAccepted(_)
            | Self::RunInterrupted(_)
            | Self::RunRecovered(_)
            | Self::RunMended(_)
            | Self::StopCalled(_)
            | Self::RunAborting(_)
            | Self::SafeStateConfirmed(_)
            | Self::RunAborted(_)
            | Self::IntegrityEvent(_)
            | Self::RunClosed(_) => None,
        }
    }
}
