//! What judging a bundle yields: findings, three answers, a grade (FORMAT.md §9).
//!
//! A finding is what was seen; it is not an error. An error means "could not look".

use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::model::name::StepId;
use std::fmt;

mod flood;
mod records;

pub use flood::Flood;
pub use records::Records;

/// How much a finding weighs.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The bundle fails.
    Fail,
    /// Something is open; at most PROVISIONAL.
    Pending,
    /// Worth knowing; changes no grade.
    Note,
}

/// The stages of verification, in their fixed order; findings are sorted by it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Container and names.
    Container,
    /// BagIt files and digests lists.
    Bag,
    /// The signed receipt.
    Receipt,
    /// The Locked Execution Package.
    Package,
    /// Rosters and trust anchors.
    Trust,
    /// Journal form, sequence, links, signatures, actors.
    Journal,
    /// Every record decided again; derived files recomputed.
    Replay,
    /// Evidence files.
    Evidence,
    /// Steps, deviations, closure.
    Policy,
    /// Appended sign-offs.
    Signoff,
    /// External layers.
    Layers,
}

impl Stage {
    /// Every stage, in its order.
    pub const ALL: [Self; 11] = [
        Self::Container,
        Self::Bag,
        Self::Receipt,
        Self::Package,
        Self::Trust,
        Self::Journal,
        Self::Replay,
        Self::Evidence,
        Self::Policy,
        Self::Signoff,
        Self::Layers,
    ];

    /// Returns the word for reports and screens.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Bag => "bag",
            Self::Receipt => "receipt",
            Self::Package => "package",
            Self::Trust => "trust",
            Self::Journal => "journal",
            Self::Replay => "replay",
            Self::Evidence => "evidence",
            Self::Policy => "policy",
            Self::Signoff => "sign-offs",
            Self::Layers => "external layers",
        }
    }
}

/// One thing that the verifier saw.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Its row of the catalogue; a report holds what the catalogue says of it.
    #[serde(flatten)]
    pub code: FindingCode,
    /// What was seen, in one sentence.
    pub message: String,
    /// How many findings of this code are not listed, because there were too many.
    pub more: u64,
    /// Which records it speaks of, where it speaks of some.
    pub records: Records,
    /// How much it weighs.
    pub severity: Severity,
    /// At which step, where there is one.
    pub step: Option<StepId>,
    /// What it is about: a step, a deviation, a person, a requirement.
    pub subject: String,
    /// Where the bytes are: a path relative to the bundle, with a record number where there is one.
    #[serde(rename = "where")]
    pub place: String,
    /// In which stage it was found.
    #[serde(skip)]
    pub stage: Stage,
}

impl Finding {
    /// Makes a finding; `subject` may be empty where the place says it all.
    pub fn new(
        stage: Stage,
        severity: Severity,
        code: FindingCode,
        subject: impl fmt::Display,
        place: impl fmt::Display,
        message: impl fmt::Display,
    ) -> Self {
        Self {
            code,
            message: message.to_string(),
            more: 0,
            records: Records::default(),
            severity,
            step: None,
            subject: subject.to_string(),
            place: place.to_string(),
            stage,
        }
    }

    /// Says which record it speaks of.
    #[must_use]
    pub fn of_record(mut self, seq: u64) -> Self {
        self.records.add(seq);
        self
    }

    /// Returns code, message and place in one line.
    #[must_use]
    pub fn in_a_line(&self) -> String {
        let at = if self.place.is_empty() { &self.subject } else { &self.place };
        match at.as_str() {
            "" => format!("{}: {}", self.code, self.message),
            at => format!("{}: {} ({at})", self.code, self.message),
        }
    }

    /// Says at which step it is.
    #[must_use]
    pub fn at_step(mut self, step: &StepId) -> Self {
        self.step = Some(step.clone());
        self
    }
}

/// The grade of a bundle; the worst reason wins.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// Broken, violated or not under the given anchor; nothing lifts it.
    Fail,
    /// Sound so far, but something is open or unanchored.
    Provisional,
    /// Intact, met, anchored, live and without anything pending.
    Final,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Fail => "FAIL",
            Self::Provisional => "PROVISIONAL",
            Self::Final => "FINAL",
        })
    }
}
