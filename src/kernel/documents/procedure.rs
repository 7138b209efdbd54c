//! The authored procedure: sections of steps, fixed when it is locked (FORMAT.md §2).

use crate::kernel::documents::group::{Group, GroupKind};
use crate::kernel::documents::permit::Permit;
use crate::kernel::documents::step::{Condition, Loop, Step};
use crate::kernel::documents::watch::Watch;
use crate::kernel::model::name::{Identifier, Role, SectionId, StepId, UnitId, Variable};
use crate::kernel::model::number::Number;
use crate::kernel::model::time::{Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The format line of a procedure document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ProcedureFormat {
    /// The only version.
    #[serde(rename = "asrun.procedure.v1")]
    V1,
}

/// How closely the document must be followed (nuclear practice).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UseLevel {
    /// In hand, step by step, each signed before the next.
    Continuous,
    /// At the work site, consulted.
    Reference,
    /// For information.
    Information,
}

impl UseLevel {
    /// Returns its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Continuous => "continuous",
            Self::Reference => "reference",
            Self::Information => "information",
        }
    }
}

/// What depends on the procedure; not the same as a step's `critical`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Criticality {
    /// Ordinary work.
    Routine,
    /// Product quality depends on it.
    Quality,
    /// Life or plant depend on it.
    Safety,
}

impl Criticality {
    /// Returns its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Routine => "routine",
            Self::Quality => "quality",
            Self::Safety => "safety",
        }
    }
}

/// A procedure as its author wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// Always `asrun.procedure.v1`.
    pub format: ProcedureFormat,
    /// Names the procedure; also the stem of the package's file name.
    pub id: Identifier,
    /// Revision as the document system counts it.
    pub revision: Identifier,
    /// Title in a few words.
    pub title: String,
    /// Shown on every screen and report, for example that a demo is not for real work.
    #[serde(default)]
    pub banner: Option<String>,
    /// What the work achieves; shown before the first step.
    #[serde(default)]
    pub purpose: Option<String>,
    /// How closely it is followed.
    pub use_level: UseLevel,
    /// What depends on it.
    pub criticality: Criticality,
    /// Roles that the steps name.
    pub roles: Vec<Role>,
    /// Site values fixed when the procedure is locked.
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    /// After this moment no run may be opened.
    #[serde(default)]
    pub expires: Option<Timestamp>,
    /// Revision that this one replaces.
    #[serde(default)]
    pub supersedes: Option<Identifier>,
    /// Fields of the run header, filled in at opening.
    #[serde(default)]
    pub run_fields: Vec<RunField>,
    /// Permits that steps ask for.
    #[serde(default)]
    pub permits: Vec<Permit>,
    /// Conditions that are observed again and again.
    #[serde(default)]
    pub watches: Vec<Watch>,
    /// The section that is run after an abort.
    #[serde(default)]
    pub back_out: Option<SectionId>,
    /// The state in which nothing can get worse, in words.
    pub safe_state: String,
    /// The sections in their order.
    pub sections: Vec<Section>,
}

impl Procedure {
    /// Returns every step in document order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.sections.iter().flat_map(|section| &section.steps)
    }

    /// Returns the step of this id.
    #[must_use]
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps().find(|step| step.id == *id)
    }

    /// Returns the section that holds a step.
    #[must_use]
    pub fn section_of(&self, id: &StepId) -> Option<&Section> {
        self.sections.iter().find(|section| section.steps.iter().any(|step| step.id == *id))
    }

    /// Returns the section of this id.
    #[must_use]
    pub fn section(&self, id: &SectionId) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == *id)
    }

    /// Tells whether a section is only entered on purpose: as the back-out, as a step's alternative or as a response.
    #[must_use]
    pub fn is_dormant(&self, id: &SectionId) -> bool {
        let responses = self.watches.iter().filter_map(|w| w.on_breach.as_ref());
        self.back_out.as_ref() == Some(id)
            || self.steps().flat_map(|s| &s.alternatives).any(|a| a.section == *id)
            || self.steps().filter_map(|s| s.on_fail.as_ref()).chain(responses).any(|r| r.goto == *id)
    }

    /// Returns the watch of this name.
    #[must_use]
    pub fn watch(&self, id: &Variable) -> Option<&Watch> {
        self.watches.iter().find(|watch| watch.id == *id)
    }

    /// Returns the group that a step belongs to.
    #[must_use]
    pub fn group_of(&self, id: &StepId) -> Option<&Group> {
        self.sections.iter().flat_map(|section| &section.groups).find(|group| group.steps.contains(id))
    }

    /// Returns the loop that ends with a step: its own, or the one of the group whose last step it is.
    #[must_use]
    pub fn loop_at(&self, step: &Step) -> Option<Loop> {
        let group =
            || self.group_of(&step.id).filter(|g| g.kind == GroupKind::Repeat && g.steps.last() == Some(&step.id));
        step.repeat.clone().or_else(|| {
            let group = group()?;
            let body = group.steps[..group.steps.len() - 1].to_vec();
            Some(Loop { until: group.until.clone()?, max: group.max.unwrap_or(1), body })
        })
    }
}

/// A site value, fixed at locking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its name; stands in expressions, limits and as `{name}` in instructions.
    pub id: Variable,
    /// What kind of value it is.
    #[serde(rename = "type")]
    pub kind: ParameterType,
    /// Unit of a number.
    #[serde(default)]
    pub unit: Option<UnitId>,
    /// The value when the locker sets none.
    #[serde(default)]
    pub default: Option<String>,
    /// Smallest value.
    #[serde(default)]
    pub min: Option<String>,
    /// Largest value.
    #[serde(default)]
    pub max: Option<String>,
    /// What it means.
    pub text: String,
}

/// Kinds of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParameterType {
    /// A decimal.
    Number,
    /// A length of time.
    Duration,
    /// Text.
    Text,
}

/// Why a parameter value was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parameter `{id}`: {reason}")]
pub struct ParameterFault {
    /// Which parameter.
    pub id: Variable,
    /// What is wrong with the value.
    pub reason: String,
}

impl Parameter {
    /// Checks a value against type and bounds.
    ///
    /// # Errors
    /// When the value is of another type or outside the bounds.
    pub fn check(&self, value: &str) -> Result<(), ParameterFault> {
        let fault = |reason: String| ParameterFault { id: self.id.clone(), reason };
        let outside = || fault(format!("`{value}` is outside {} to {}", show(&self.min), show(&self.max)));
        match self.kind {
            ParameterType::Text if value.trim().is_empty() || value.len() > 1000 => {
                Err(fault("must be 1 to 1000 bytes of text".into()))
            }
            ParameterType::Text => Ok(()),
            ParameterType::Number => {
                let read = |text: &str| text.parse::<Number>().map_err(|e| fault(e.to_string()));
                inside(&read(value)?, self.bound(&self.min, &read)?, self.bound(&self.max, &read)?)
                    .then_some(())
                    .ok_or_else(outside)
            }
            ParameterType::Duration => {
                let read = |text: &str| text.parse::<Span>().map_err(fault);
                inside(&read(value)?, self.bound(&self.min, &read)?, self.bound(&self.max, &read)?)
                    .then_some(())
                    .ok_or_else(outside)
            }
        }
    }

    fn bound<T>(
        &self,
        text: &Option<String>,
        read: &dyn Fn(&str) -> Result<T, ParameterFault>,
    ) -> Result<Option<T>, ParameterFault> {
        text.as_deref().map(read).transpose()
    }
}

fn show(bound: &Option<String>) -> &str {
    bound.as_deref().unwrap_or("unbounded")
}

fn inside<T: PartialOrd>(value: &T, min: Option<T>, max: Option<T>) -> bool {
    min.is_none_or(|m| *value >= m) && max.is_none_or(|m| *value <= m)
}

/// A field of the run header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunField {
    /// Its name.
    pub id: Variable,
    /// What kind of entry it is.
    #[serde(rename = "type")]
    pub kind: RunFieldType,
    /// What to enter; the id when absent.
    #[serde(default)]
    pub text: Option<String>,
    /// Whether a run may be opened without it.
    #[serde(default)]
    pub required: bool,
}

/// Kinds of run header fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunFieldType {
    /// Free text.
    Text,
    /// A label of printable ASCII.
    Identifier,
}

/// What a section is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SectionKind {
    /// Pre-job brief.
    Brief,
    /// Conditions to be met before the work.
    Prerequisites,
    /// The work.
    Body,
    /// Bringing back to service.
    Restoration,
    /// The way to the safe state.
    BackOut,
    /// After the work.
    Closeout,
}

/// The order in which the steps of a section are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// One after the other.
    #[default]
    Sequential,
    /// As it suits.
    Any,
}

/// A part of a procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its name.
    pub id: SectionId,
    /// Title in a few words.
    pub title: String,
    /// What it is for.
    pub kind: SectionKind,
    /// In which order its steps are taken.
    #[serde(default)]
    pub order: Order,
    /// When given and false, every step of the section is not applicable (branch).
    #[serde(default)]
    pub when: Option<Condition>,
    /// Neighbouring steps that belong together.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// The steps.
    pub steps: Vec<Step>,
}
