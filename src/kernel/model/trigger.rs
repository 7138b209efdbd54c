//! Triggers: what sets a deviation off (FORMAT.md §4; a closed list of 31).

use super::deviation::Class;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What set a deviation off; set by the system, never by the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A reading outside its accept band.
    OutOfLimit,
    /// A reading in the alert band, where a profile asks for a remark.
    AlertAcknowledged,
    /// A check, a required answer or an outcome failed.
    CheckFailed,
    /// The step cannot be done.
    CannotPerform,
    /// Another component than the named one was identified.
    WrongComponent,
    /// A person wants to mark a step not applicable.
    ManualNa,
    /// A step is left out for good.
    Skipped,
    /// A postponed step was not returned to.
    DeferredNotReturned,
    /// A step is taken before its turn.
    OutOfOrder,
    /// A time limit passed.
    TimeLimitMissed,
    /// A length of time rests on a clock that was set, or on two starts of the machine.
    TimeUnproven,
    /// A loop used up its passes.
    LoopExhausted,
    /// The verifier saw something else.
    VerificationMismatch,
    /// Nobody can verify.
    VerifierUnavailable,
    /// A hold is passed without release.
    HoldBypassed,
    /// A witness was told too late.
    WitnessNoticeShort,
    /// A required file cannot be had.
    EvidenceMissing,
    /// Another file stands in for the required one.
    EvidenceSubstituted,
    /// The instrument's calibration has run out.
    InstrumentExpired,
    /// The material is past its date.
    MaterialExpired,
    /// A person lacks a qualification.
    QualificationGap,
    /// A value was corrected after it was judged or signed.
    EntryCorrectedAfterSignoff,
    /// Entered later than it happened.
    LateEntry,
    /// A branch rests on a value that was corrected since.
    BranchOnCorrectedData,
    /// A prerequisite is not met.
    PrerequisitesNotMet,
    /// A permit has run out.
    PermitExpired,
    /// A turnover is not complete.
    TurnoverIncomplete,
    /// The run was aborted.
    Abort,
    /// The run was left in an emergency.
    EmergencyDeparture,
    /// The operator reports something that the system cannot see.
    OperatorReported,
    /// The run was opened with a package that another one supersedes.
    SupersededPackage,
}

impl Trigger {
    /// Every trigger, in the order of the language.
    pub const ALL: [Self; 31] = [
        Self::OutOfLimit,
        Self::AlertAcknowledged,
        Self::CheckFailed,
        Self::CannotPerform,
        Self::WrongComponent,
        Self::ManualNa,
        Self::Skipped,
        Self::DeferredNotReturned,
        Self::OutOfOrder,
        Self::TimeLimitMissed,
        Self::TimeUnproven,
        Self::LoopExhausted,
        Self::VerificationMismatch,
        Self::VerifierUnavailable,
        Self::HoldBypassed,
        Self::WitnessNoticeShort,
        Self::EvidenceMissing,
        Self::EvidenceSubstituted,
        Self::InstrumentExpired,
        Self::MaterialExpired,
        Self::QualificationGap,
        Self::EntryCorrectedAfterSignoff,
        Self::LateEntry,
        Self::BranchOnCorrectedData,
        Self::PrerequisitesNotMet,
        Self::PermitExpired,
        Self::TurnoverIncomplete,
        Self::Abort,
        Self::EmergencyDeparture,
        Self::OperatorReported,
        Self::SupersededPackage,
    ];

    /// Returns the least class that a deviation of this trigger has.
    #[must_use]
    pub fn floor(self) -> Class {
        match self {
            Self::HoldBypassed => Class::Critical,
            Self::WrongComponent
            | Self::VerificationMismatch
            | Self::Abort
            | Self::EmergencyDeparture
            | Self::SupersededPackage => Class::Major,
            _ => Class::Minor,
        }
    }

    /// Tells whether it is about the value itself, so that correcting the value takes it away.
    #[must_use]
    pub fn is_of_the_reading(self) -> bool {
        !matches!(self, Self::InstrumentExpired | Self::MaterialExpired | Self::LateEntry | Self::TimeUnproven)
    }

    /// Returns the word of the language.
    #[must_use]
    pub fn word(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(word)) => word,
            _ => unreachable!("a unit variant is written as its name"),
        }
    }
}
