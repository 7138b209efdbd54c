//! What a signature means.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a signature means (a closed list).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// I did it.
    Performed,
    /// I looked at it.
    PeerChecked,
    /// I identified it together with the performer, before the act.
    ConcurrentlyVerified,
    /// I read it for myself, afterwards.
    IndependentlyVerified,
    /// I was there.
    Witnessed,
    /// Work may go on.
    HoldReleased,
    /// This departed from the plan.
    DeviationRaised,
    /// The dispositions stand.
    DispositionApproved,
    /// I read it.
    Reviewed,
    /// It is good.
    Approved,
    /// It is not.
    Rejected,
    /// I hand over.
    TurnoverGiven,
    /// I take over.
    TurnoverAccepted,
    /// I corrected my entry.
    EntryCorrected,
    /// Nothing can get worse.
    SafeStateConfirmed,
    /// The record is closed.
    Sealed,
}

impl Meaning {
    /// Every meaning.
    pub const ALL: [Self; 16] = [
        Self::Performed,
        Self::PeerChecked,
        Self::ConcurrentlyVerified,
        Self::IndependentlyVerified,
        Self::Witnessed,
        Self::HoldReleased,
        Self::DeviationRaised,
        Self::DispositionApproved,
        Self::Reviewed,
        Self::Approved,
        Self::Rejected,
        Self::TurnoverGiven,
        Self::TurnoverAccepted,
        Self::EntryCorrected,
        Self::SafeStateConfirmed,
        Self::Sealed,
    ];

    /// Returns the word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Performed => "performed",
            Self::PeerChecked => "peer_checked",
            Self::ConcurrentlyVerified => "concurrently_verified",
            Self::IndependentlyVerified => "independently_verified",
            Self::Witnessed => "witnessed",
            Self::HoldReleased => "hold_released",
            Self::DeviationRaised => "deviation_raised",
            Self::DispositionApproved => "disposition_approved",
            Self::Reviewed => "reviewed",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::TurnoverGiven => "turnover_given",
            Self::TurnoverAccepted => "turnover_accepted",
            Self::EntryCorrected => "entry_corrected",
            Self::SafeStateConfirmed => "safe_state_confirmed",
            Self::Sealed => "sealed",
        }
    }
}
