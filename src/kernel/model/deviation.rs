//! Deviations: where reality left the plan, and what was decided (FORMAT.md §4).

use super::name::{DeviationId, Identifier, PersonId, ReasonCode, Role, RuleId, StepId, Tag};
use super::time::Timestamp;
pub use super::trigger::Trigger;
use crate::kernel::canon::digest::{EvidenceDigest, LineDigest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How grave a deviation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// No effect on safety, product or data.
    Minor,
    /// Could affect them, or a control failed.
    Major,
    /// Did or very probably did affect them.
    Critical,
}

impl Class {
    /// Returns the next graver class.
    #[must_use]
    pub fn raised(self) -> Self {
        match self {
            Self::Minor => Self::Major,
            Self::Major | Self::Critical => Self::Critical,
        }
    }

    /// Returns the word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Critical => "critical",
        }
    }
}

/// What the policy makes of a departure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Cannot be accepted; do it again, take the alternative or back out.
    Block,
    /// May go on; a reviewer must accept it before the run is FINAL.
    Review,
    /// Recorded; nobody needs to review it.
    Allow,
}

impl Outcome {
    /// Returns the word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Review => "review",
            Self::Allow => "allow",
        }
    }
}

/// How the work goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProcessDisposition {
    /// Go on as it is.
    Continue,
    /// Do the step again.
    Redo,
    /// Take a prepared way round.
    Alternative,
    /// Mark the step not applicable.
    NotApplicable,
    /// Leave the step out.
    Skip,
    /// Postpone the step.
    Defer,
    /// Stop work.
    Stop,
    /// Abort and back out.
    BackOut,
}

impl ProcessDisposition {
    /// Tells whether this accepts the departure as it is, which a blocking policy refuses.
    #[must_use]
    pub fn accepts(self) -> bool {
        matches!(self, Self::Continue | Self::NotApplicable | Self::Skip)
    }

    /// Returns the word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Continue => "continue",
            Self::Redo => "redo",
            Self::Alternative => "alternative",
            Self::NotApplicable => "not_applicable",
            Self::Skip => "skip",
            Self::Defer => "defer",
            Self::Stop => "stop",
            Self::BackOut => "back_out",
        }
    }
}

/// What becomes of an affected item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemDisposition {
    /// Used although outside its requirement.
    UseAsIs,
    /// Brought back to its requirement.
    Rework,
    /// Made usable, still outside its requirement.
    Repair,
    /// Not used any more.
    ScrapReject,
    /// Given back.
    Return,
    /// Set aside until decided.
    QuarantinePending,
    /// No item is affected.
    NotAffected,
}

impl ItemDisposition {
    /// Returns the word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::UseAsIs => "use_as_is",
            Self::Rework => "rework",
            Self::Repair => "repair",
            Self::ScrapReject => "scrap_reject",
            Self::Return => "return",
            Self::QuarantinePending => "quarantine_pending",
            Self::NotAffected => "not_affected",
        }
    }
}

/// How far something is affected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// Not at all.
    #[default]
    None,
    /// It may be.
    Possible,
    /// It is.
    Yes,
}

/// How an affected item is kept apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Containment {
    /// Taken out of the flow.
    Segregated,
    /// Marked.
    Tagged,
    /// Cut off from energy or traffic.
    Isolated,
    /// Nothing was needed.
    #[default]
    None,
}

/// What was done at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImmediateAction {
    /// In words.
    #[serde(default)]
    pub text: String,
    /// How the item is kept apart.
    #[serde(default)]
    pub containment: Containment,
}

/// A thing that is affected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AffectedItem {
    /// What kind of thing.
    #[serde(rename = "type")]
    pub kind: Identifier,
    /// Its label.
    pub id: Tag,
}

/// What is affected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Affected {
    /// Things.
    #[serde(default)]
    pub items: Vec<AffectedItem>,
    /// Steps done before.
    #[serde(default)]
    pub prior_steps: Vec<StepId>,
    /// Runs done before.
    #[serde(default)]
    pub other_runs: Vec<String>,
}

/// What the operator fills in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Why, as the pack codes it.
    pub code: ReasonCode,
    /// What, not who is to blame.
    pub description: String,
    /// What was done at once.
    #[serde(default)]
    pub immediate_action: ImmediateAction,
    /// How the work goes on.
    pub process: ProcessDisposition,
    /// Which prepared way round, with the disposition `alternative`.
    #[serde(default)]
    pub alternative: Option<Identifier>,
    /// The step before which it must be returned to, with the disposition `defer`.
    #[serde(default)]
    pub return_before: Option<StepId>,
    /// What becomes of the item.
    #[serde(default)]
    pub item: Option<ItemDisposition>,
    /// Why it is right to go on like this; demanded for continue, skip, use_as_is and repair.
    #[serde(default)]
    pub justification: Option<String>,
    /// What is affected.
    #[serde(default)]
    pub affected: Affected,
    /// Whether safety is affected.
    #[serde(default)]
    pub safety_impact: Impact,
    /// Whether the data is affected.
    #[serde(default)]
    pub data_integrity_impact: Impact,
    /// The class that the operator proposes; may only raise.
    #[serde(default)]
    pub proposed: Option<Class>,
    /// What makes up for the departure.
    #[serde(default)]
    pub compensating_action: Option<String>,
    /// What is known of the cause.
    #[serde(default)]
    pub cause: Option<String>,
    /// Where it is followed up, in other systems.
    #[serde(default)]
    pub follow_up: Option<String>,
    /// Files that show it or its remedy, already attached to this run.
    #[serde(default)]
    pub evidence: Vec<EvidenceDigest>,
}

/// What the system itself fills in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// What set it off.
    pub trigger: Trigger,
    /// At which step; none for the run as a whole.
    pub step: Option<StepId>,
    /// At which attempt.
    pub attempt: Option<u32>,
    /// The input, requirement or person it is about.
    pub about: Option<String>,
    /// What the package asked for.
    pub requirement: String,
    /// What was recorded.
    pub as_found: String,
    /// When it was seen.
    pub detected_at: Timestamp,
    /// When it happened, where that is not when it was seen.
    pub event_at: Option<Timestamp>,
    /// The record that set it off.
    pub record: Option<LineDigest>,
    /// Whether the step is critical.
    pub critical: bool,
}

/// What the policy says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ruling {
    /// Profile and version, such as `safety-2`.
    pub profile: String,
    /// The rule that matched.
    pub rule: RuleId,
    /// What follows.
    pub outcome: Outcome,
    /// The class that follows from code, trigger and answers.
    pub class: Class,
    /// How many persons must accept it.
    pub reviews: u32,
}

/// What a reviewer decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewDecision {
    /// The dispositions stand.
    Accept,
    /// They do not; the run fails.
    Reject,
    /// Back to the performer.
    Return,
}

/// One review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reviewed {
    /// Who.
    pub person: PersonId,
    /// In which role.
    pub role: Role,
    /// What was decided.
    pub decision: ReviewDecision,
    /// Why.
    pub comment: Option<String>,
}

/// A deviation as the run knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// Its number in this run.
    pub id: DeviationId,
    /// What the system filled in.
    pub facts: Facts,
    /// What the operator filled in.
    pub statement: Statement,
    /// What the policy says.
    pub ruling: Ruling,
    /// Who raised it.
    pub raised_by: PersonId,
    /// The class after review, when a reviewer changed it.
    pub final_class: Option<Class>,
    /// The reviews since it was last changed.
    pub reviews: Vec<Reviewed>,
    /// The records that a reviewer judges.
    pub records: Vec<LineDigest>,
}

impl Deviation {
    /// Returns the class that counts now.
    #[must_use]
    pub fn class(&self) -> Class {
        self.final_class.unwrap_or(self.ruling.class)
    }
}
