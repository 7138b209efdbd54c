//! Signatures that a step asks for (FORMAT.md §2, `signoff`).

use crate::kernel::model::count::once;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::Role;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::num::NonZeroU32;

/// What an error says of a meaning that no step asks for; the YAML door gives it a code of its own.
pub const NO_STEP_SIGNATURE: &str = "is not signed at a step";

/// What a signature at a step can mean: just those that the run asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepMeaning {
    /// The performer did it; signed with the act itself.
    Performed,
    /// Somebody else looked at it.
    Reviewed,
    /// Somebody else says that it is good.
    Approved,
    /// Somebody else was there.
    Witnessed,
    /// Work may go on; at a hold.
    HoldReleased,
}

impl StepMeaning {
    /// Returns it as the meaning of a signature act.
    #[must_use]
    pub fn meaning(self) -> Meaning {
        match self {
            Self::Performed => Meaning::Performed,
            Self::Reviewed => Meaning::Reviewed,
            Self::Approved => Meaning::Approved,
            Self::Witnessed => Meaning::Witnessed,
            Self::HoldReleased => Meaning::HoldReleased,
        }
    }

    /// Returns the word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.meaning().word()
    }
}

impl TryFrom<Meaning> for StepMeaning {
    type Error = &'static str;

    /// Fails with the place where such a demand belongs.
    fn try_from(meaning: Meaning) -> Result<Self, Self::Error> {
        match meaning {
            Meaning::Performed => Ok(Self::Performed),
            Meaning::Reviewed => Ok(Self::Reviewed),
            Meaning::Approved => Ok(Self::Approved),
            Meaning::Witnessed => Ok(Self::Witnessed),
            Meaning::HoldReleased => Ok(Self::HoldReleased),
            Meaning::PeerChecked => Err("ask for it with `verification: {mode: peer, by: ROLE}`"),
            Meaning::ConcurrentlyVerified => Err("ask for it with `verification: {mode: concurrent, by: ROLE}`"),
            Meaning::IndependentlyVerified => Err("ask for it with `verification: {mode: independent, by: ROLE}`"),
            Meaning::DeviationRaised => {
                Err("whoever writes a deviation down signs it; nobody else has to ask for that")
            }
            Meaning::DispositionApproved => Err("the profile asks for it with `review`"),
            Meaning::Rejected => Err("ask for `reviewed` or `approved`; whoever may give it may refuse it"),
            Meaning::TurnoverGiven | Meaning::TurnoverAccepted => {
                Err("handing over is an act of the run, signed by both sides at any time")
            }
            Meaning::EntryCorrected => Err("whoever corrects an entry signs the correction"),
            Meaning::SafeStateConfirmed => Err("it is signed after every abort; name `safe_state` and `back_out`"),
            Meaning::Sealed => Err("whoever closes the run signs that; the profile asks for more with `closure`"),
        }
    }
}

impl<'de> Deserialize<'de> for StepMeaning {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let meaning = Meaning::deserialize(from)?;
        let no = |place| de::Error::custom(format!("`{}` {NO_STEP_SIGNATURE}: {place}", meaning.word()));
        meaning.try_into().map_err(no)
    }
}

/// A signature that closes a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepSignature {
    /// Who signs.
    pub role: Role,
    /// What the signature means.
    pub meaning: StepMeaning,
    /// How many different persons sign.
    #[serde(default = "once")]
    pub count: NonZeroU32,
}
