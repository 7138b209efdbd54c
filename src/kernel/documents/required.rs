//! Files that a profile demands of steps, whatever their author asked for (FORMAT.md §2).

use crate::kernel::documents::policy::Policy;
use crate::kernel::documents::procedure::Procedure;
use crate::kernel::documents::step::{EvidenceRequirement, Step, StepType};
use crate::kernel::model::count::once;
use crate::kernel::model::evidence::EvidenceKind;
use crate::kernel::model::name::RequirementId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// How the names of requirements begin that come from the profile; no author may give one.
pub const OF_PROFILE: &str = "profile.";

/// Files that a profile demands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Required {
    /// Of which steps.
    pub steps: Which,
    /// What each file shows.
    pub evidence: EvidenceKind,
    /// How many distinct files at least.
    #[serde(default = "once")]
    pub count: NonZeroU32,
}

/// Of which steps something is demanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "`all`, `critical`, or a type of step")]
pub enum Which {
    /// By what the step means.
    Named(Named),
    /// By its type.
    Type(StepType),
}

/// Steps that are named by what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Named {
    /// Every step.
    All,
    /// Those that are irreversible, or unacceptable when wrong.
    Critical,
}

impl Which {
    /// Tells whether a step is one of them.
    #[must_use]
    pub fn is(self, step: &Step) -> bool {
        match self {
            Self::Named(Named::All) => true,
            Self::Named(Named::Critical) => step.critical,
            Self::Type(kind) => step.kind == kind,
        }
    }
}

impl Required {
    /// Returns the requirement that stands for the demand; its name cannot be given by an author.
    fn requirement(&self, min: u32) -> Option<EvidenceRequirement> {
        let id: RequirementId = format!("{OF_PROFILE}{}", self.evidence.word()).parse().ok()?;
        Some(EvidenceRequirement { id, kind: self.evidence, min, required: true, prompt: Self::prompt(self.evidence) })
    }

    /// Returns what to show in the file.
    #[must_use]
    pub fn prompt(kind: EvidenceKind) -> String {
        match kind {
            EvidenceKind::Any => "A file that the profile demands".into(),
            EvidenceKind::Photo | EvidenceKind::Document | EvidenceKind::Output => {
                format!("The {} that the profile demands", kind.word())
            }
        }
    }

    /// Asks for what the author's own requirements of this kind leave open.
    fn ask(&self, step: &mut Step) {
        let fits =
            |e: &&EvidenceRequirement| e.required && (e.kind == self.evidence || self.evidence == EvidenceKind::Any);
        let asked = step.evidence.iter().filter(fits).fold(0u32, |sum, e| sum.saturating_add(e.min));
        let open = self.count.get().saturating_sub(asked);
        let Some(requirement) = self.requirement(open).filter(|_| open > 0) else { return };
        match step.evidence.iter_mut().find(|e| e.id == requirement.id) {
            Some(known) => known.min = known.min.saturating_add(open),
            None => step.evidence.push(requirement),
        }
    }
}

impl Procedure {
    /// Returns the procedure as it is executed under a profile: with the files that the profile demands besides.
    #[must_use]
    pub fn under(mut self, policy: &Policy) -> Self {
        for step in self.sections.iter_mut().flat_map(|section| &mut section.steps) {
            for required in &policy.require {
                if required.steps.is(step) {
                    required.ask(step);
                }
            }
        }
        self
    }
}
