//! Sign-offs: what a person signs over a sealed bundle, on another day (FORMAT.md §7).

use crate::kernel::canon::digest::{LineDigest, SealDigest, StatementDigest};
use crate::kernel::model::deviation::Class;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{PersonId, Role, RunId};
use crate::kernel::model::opening::ClockTrust;
use crate::kernel::model::subject::Subject;
use crate::kernel::model::time::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The largest statement that is read, in bytes.
pub const MAX_SIGN_OFF: usize = 64 * 1024;

/// The format line of a sign-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum SignOffFormat {
    /// The only version.
    #[serde(rename = "asrun.signoff.v1")]
    V1,
}

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Accepted.
    Approve,
    /// Not accepted; final.
    Reject,
    /// Stays open until the same person decides again.
    Return,
    /// Seen; counts towards nothing.
    Acknowledge,
}

impl Decision {
    /// All of them, as they are offered.
    pub const ALL: [Self; 4] = [Self::Approve, Self::Reject, Self::Return, Self::Acknowledge];

    /// Returns the word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Return => "return",
            Self::Acknowledge => "acknowledge",
        }
    }
}

/// The statement that is signed; canonical.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOff {
    /// Why.
    pub comment: Option<String>,
    /// What is decided.
    pub decision: Decision,
    /// The class from now on; on a deviation, with approve.
    pub final_class: Option<Class>,
    /// Always `asrun.signoff.v1`.
    pub format: SignOffFormat,
    /// The journal's last line.
    pub head: LineDigest,
    /// What the signature means.
    pub meaning: Meaning,
    /// Printed name.
    pub name: String,
    /// Who.
    pub person: PersonId,
    /// In which role.
    pub role: Role,
    /// Which run.
    pub run: RunId,
    /// Which seal.
    pub seal: SealDigest,
    /// Sign-offs that the person had before eyes.
    pub sees: Vec<StatementDigest>,
    /// What is decided upon.
    pub subject: Subject,
    /// When.
    pub time: Timestamp,
    /// How far that time is trusted.
    pub time_confidence: ClockTrust,
}

impl SignOff {
    /// Tells whether meaning and decision go together (FORMAT.md §7).
    #[must_use]
    pub fn is_coherent(&self) -> bool {
        let fits = match self.decision {
            Decision::Reject => self.meaning == Meaning::Rejected,
            _ => matches!(self.meaning, Meaning::Reviewed | Meaning::Approved | Meaning::DispositionApproved),
        };
        let class = self.final_class.is_none()
            || (self.decision == Decision::Approve
                && self.subject.kind == crate::kernel::model::subject::SubjectKind::Deviation);
        fits && class
    }
}
