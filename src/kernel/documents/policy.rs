//! The policy profile: what passes (FORMAT.md §2).

use crate::kernel::documents::required::Required;
use crate::kernel::documents::step::StepType;
use crate::kernel::model::deviation::{Class, Outcome, Trigger};
use crate::kernel::model::evidence::{Doubt, EvidenceKind};
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{Identifier, Role, RuleId};
use crate::kernel::model::time::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// The format line of a policy profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum PolicyFormat {
    /// The only version.
    #[serde(rename = "asrun.policy.v1")]
    V1,
}

/// A policy profile as its author wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Always `asrun.policy.v1`.
    pub format: PolicyFormat,
    /// Its name.
    pub id: Identifier,
    /// Its version.
    pub version: Identifier,
    /// Ordered; the first match wins; the last matches all.
    pub deviations: Vec<DeviationRule>,
    /// Who reviews deviations, how many of them.
    pub review: Review,
    /// What a run needs to be closed.
    #[serde(default)]
    pub closure: Vec<Closure>,
    /// Files that steps must have, whatever their author asked for.
    #[serde(default)]
    pub require: Vec<Required>,
    /// How evidence may be used.
    #[serde(default)]
    pub evidence: EvidencePolicy,
    /// How persons prove who they are.
    pub identity: IdentityPolicy,
    /// How far clocks are trusted.
    pub clock: ClockPolicy,
    /// How often one reason code may occur in a run before its class is raised by one; never when absent.
    #[serde(default)]
    pub repeats: Option<u32>,
    /// Whether a reading in the alert band asks for a remark.
    #[serde(default)]
    pub alerts: Demand,
    /// Whether a pause names a reason code.
    #[serde(default)]
    pub pause_code: Demand,
    /// After how long a standstill the prerequisites are confirmed again; never when absent.
    #[serde(default)]
    pub reconfirm_after: Option<Span>,
    /// Required external layers; none is supported by this version.
    #[serde(default)]
    pub layers: Vec<Identifier>,
    /// How packages are approved; may raise, never lower, what the roster demands.
    #[serde(default)]
    pub approvals: Vec<Approval>,
    /// Pending findings that fail a run under this profile.
    #[serde(default)]
    pub hard_stops: Vec<Identifier>,
}

/// One rule for deviations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviationRule {
    /// Its name, shown before signing.
    pub id: RuleId,
    /// What it matches.
    pub when: When,
    /// What follows.
    pub outcome: Outcome,
    /// What the form must hold.
    #[serde(default)]
    pub form: Form,
}

/// What a rule matches; everything that is absent matches all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// One trigger or several.
    #[serde(default)]
    pub trigger: Option<OneOrMany<Trigger>>,
    /// Whether the step is critical.
    #[serde(default)]
    pub critical: Option<bool>,
    /// One class or several.
    #[serde(default)]
    pub class: Option<OneOrMany<Class>>,
    /// One step type or several.
    #[serde(default)]
    pub step: Option<OneOrMany<StepType>>,
}

impl When {
    /// Tells whether the rule matches everything.
    #[must_use]
    pub fn matches_all(&self) -> bool {
        *self == Self::default()
    }
}

/// A single value or a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// A single value.
    One(T),
    /// Several.
    Many(Vec<T>),
}

impl<T: PartialEq> OneOrMany<T> {
    /// Tells whether `wanted` is among them.
    #[must_use]
    pub fn contains(&self, wanted: &T) -> bool {
        match self {
            Self::One(value) => value == wanted,
            Self::Many(values) => values.contains(wanted),
        }
    }
}

/// What the form of a deviation must hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Fewest characters of the description.
    #[serde(default)]
    pub description_min: u32,
    /// A file of this kind: named by the form, or attached at the step.
    #[serde(default)]
    pub evidence: Option<EvidenceKind>,
    /// Whether it says what makes up for the departure.
    #[serde(default)]
    pub compensation: bool,
    /// Whether it names what is affected: an item, an earlier step or another run.
    #[serde(default)]
    pub affected: bool,
}

/// Who reviews deviations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Persons who must accept a minor one.
    pub minor: u32,
    /// Persons who must accept a major one.
    pub major: u32,
    /// Persons who must accept a critical one.
    pub critical: u32,
    /// Roles that may review.
    pub by: Vec<Role>,
    /// Whether a comment is demanded.
    pub comment: Demand,
    /// Whether the person who raised a deviation or performed the step may accept it.
    #[serde(default)]
    pub self_approval: bool,
}

impl Review {
    /// Returns how many persons must accept a deviation of this class.
    #[must_use]
    pub fn count(&self, class: Class) -> u32 {
        match class {
            Class::Minor => self.minor,
            Class::Major => self.major,
            Class::Critical => self.critical,
        }
    }
}

/// Demanded or left to the person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    /// Must be given.
    Required,
    /// May be given.
    #[default]
    Optional,
}

/// When a closing signature may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClosureTime {
    /// In the run or appended to the bundle.
    Either,
    /// Appended only.
    After,
}

/// What a closing signature means: just those that a run is signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClosureMeaning {
    /// I read it.
    Reviewed,
    /// It is good.
    Approved,
}

impl ClosureMeaning {
    /// Returns it as the meaning of a signature act.
    #[must_use]
    pub fn meaning(self) -> Meaning {
        match self {
            Self::Reviewed => Meaning::Reviewed,
            Self::Approved => Meaning::Approved,
        }
    }
}

/// A signature that a run needs to be closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Closure {
    /// Its name.
    pub id: RuleId,
    /// Who signs.
    pub role: Role,
    /// What the signature means.
    pub meaning: ClosureMeaning,
    /// How many different persons.
    pub count: NonZeroU32,
    /// When.
    pub when: ClosureTime,
    /// Roles in this run whose members do not count.
    #[serde(default)]
    pub not: Vec<Role>,
}

/// What follows when a file may not be what its requirement asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EvidencePolicy {
    /// Its type is of another kind, or it is damaged.
    pub kinds: Outcome,
    /// It was last written before the run was opened.
    pub older_than_run: Outcome,
    /// It was last written before its step was begun.
    pub before_step: Outcome,
    /// It serves another requirement already.
    pub reuse: Outcome,
}

impl EvidencePolicy {
    /// Returns what the profile says to a doubt.
    #[must_use]
    pub fn on(&self, doubt: Doubt) -> Outcome {
        match doubt {
            Doubt::Kind | Doubt::Damaged => self.kinds,
            Doubt::OlderThanRun => self.older_than_run,
            Doubt::BeforeStep => self.before_step,
        }
    }
}

impl Default for EvidencePolicy {
    fn default() -> Self {
        let (kinds, reuse) = (Outcome::Block, Outcome::Review);
        Self { kinds, older_than_run: Outcome::Allow, before_step: Outcome::Allow, reuse }
    }
}

/// When the passphrase is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PassphraseUse {
    /// At each signature act.
    Act,
    /// Once a session.
    Session,
}

/// How persons prove who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentityPolicy {
    /// When the passphrase is asked.
    pub passphrase: PassphraseUse,
    /// After how long without a key press sessions are locked.
    pub idle_lock: Span,
}

/// How far clocks are trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockPolicy {
    /// A larger step of the wall clock against the monotonic one is recorded.
    pub max_step: Span,
    /// A longer pause is a pending finding.
    pub max_pause: Span,
}

/// How a package is approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Who approves.
    pub role: Role,
    /// How many different persons.
    pub count: u32,
}
