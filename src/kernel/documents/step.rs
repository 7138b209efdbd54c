//! A step: what is done, checked or recorded, and what it takes to complete it (FORMAT.md §2).

pub use crate::kernel::documents::step_signature::{StepMeaning, StepSignature};
use crate::kernel::documents::watch::Response;
use crate::kernel::expression::Expression;
use crate::kernel::model::advisory::Advisory;
use crate::kernel::model::evidence::EvidenceKind;
use crate::kernel::model::input::Input;
use crate::kernel::model::name::{Identifier, RequirementId, Role, SectionId, StepId, Tag, Variable};
use crate::kernel::model::timing::Timing;
pub use crate::kernel::model::verification::{Verification, VerificationMode};
pub use crate::kernel::work::StepType;
use crate::kernel::work::kind::{Held, Holds, Kind as _};
use crate::kernel::work::works;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Makes the members of a step that belong to one kind each from the table of kinds.
macro_rules! step {
    ([$(#[$about:meta])* pub struct $name:ident { $($shared:tt)* }] $(
        $(#[$doc:meta])* $kind:ident = $word:literal [$($columns:tt)*]
        $(=> $module:ident: $owned:ty {
            $(#[$mdoc:meta])* member $member:ident: $type:ty;
            $($rest:tt)*
        })?
    )*) => {
        $(#[$about])*
        pub struct $name {
            $($shared)*
            $($($(#[$mdoc])* #[serde(default)] pub $member: $type,)?)*
        }

        $($(impl Holds<$owned> for $name {
            fn own(&self) -> Option<&$owned> {
                (self.kind == StepType::$kind).then(|| self.$member.held()).flatten()
            }
        })?)*

        impl $name {
            /// Returns the input that the kind of the step fills by its own acts, and the member that holds it.
            #[must_use]
            pub fn made(&self) -> Option<(&'static str, &Input)> {
                None$($(.or_else(|| Some((stringify!($member), self.$member.held()?.input()?))))?)*
            }

            /// Returns the members that belong to one kind each and are written here.
            #[must_use]
            pub fn written(&self) -> Vec<StepType> {
                let all = [$($((StepType::$kind, self.$member.held().is_some()),)?)*];
                all.into_iter().filter(|(_, written)| *written).map(|(kind, _)| kind).collect()
            }
        }
    };
}

fn performer() -> Role {
    // A constant of the language; the pattern admits it.
    "performer".parse().unwrap_or_else(|_| unreachable!("`performer` is an identifier"))
}

works! { step!
/// A step of a procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Stable id such as `4.3`.
    pub id: StepId,
    /// What kind of work it is.
    #[serde(rename = "type")]
    pub kind: StepType,
    /// At most seven words.
    pub title: String,
    /// Verb, object, limit.
    pub instruction: String,
    /// Why it is done.
    #[serde(default)]
    pub basis: Option<String>,
    /// Warnings, cautions and notes, shown before the controls.
    #[serde(default)]
    pub advisories: Vec<Advisory>,
    /// Irreversible, or with unacceptable consequence if wrong.
    #[serde(default)]
    pub critical: bool,
    /// The component that must be identified first.
    #[serde(default)]
    pub component: Option<Component>,
    /// Steps that must be closed first, beyond simple order.
    #[serde(default)]
    pub requires: Vec<StepId>,
    /// When given and false, the step is not applicable (branch).
    #[serde(default)]
    pub when: Option<Condition>,
    /// The role that performs it.
    #[serde(default = "performer")]
    pub performed_by: Role,
    /// Who verifies it and how.
    #[serde(default)]
    pub verification: Option<Verification>,
    /// What is entered.
    #[serde(default)]
    pub inputs: Vec<Input>,
    /// Which files are attached.
    #[serde(default)]
    pub evidence: Vec<EvidenceRequirement>,
    /// How long it takes and may take.
    #[serde(default)]
    pub timing: Option<Timing>,
    /// Permits without which it may not be begun.
    #[serde(default)]
    pub permits: Vec<Identifier>,
    /// Qualifications that whoever begins it should have.
    #[serde(default)]
    pub qualifications: Vec<Tag>,
    /// The prepared response to a failure, offered first.
    #[serde(default)]
    pub on_fail: Option<Response>,
    /// Repeats earlier steps until a condition holds.
    #[serde(default, rename = "loop")]
    pub repeat: Option<Loop>,
    /// Prepared ways round, chosen through a deviation.
    #[serde(default)]
    pub alternatives: Vec<Alternative>,
    /// Whether a person may mark it not applicable.
    #[serde(default)]
    pub not_applicable: NotApplicable,
    /// Whether it may be done again.
    #[serde(default)]
    pub redo: Redo,
    /// What becomes of it when the program ended in the middle.
    #[serde(default)]
    pub on_interruption: OnInterruption,
    /// Which signatures close it.
    #[serde(default)]
    pub signoff: Vec<StepSignature>,
    /// Drawings and documents.
    #[serde(default)]
    pub references: Vec<Reference>,
}
}

impl Step {
    /// Returns the input of this name; what the kind of the step fills by its own acts is one too.
    #[must_use]
    pub fn input(&self, id: &Variable) -> Option<&Input> {
        self.inputs.iter().chain(self.made().map(|(_, made)| made)).find(|input| input.id == *id)
    }

    /// Returns everything that is read at the step: inputs, the columns of tables, and what its kind fills by its own
    /// acts.
    pub fn readings(&self) -> impl Iterator<Item = &Input> {
        let all = self.inputs.iter().chain(self.made().map(|(_, made)| made));
        all.flat_map(|input| std::iter::once(input).chain(&input.columns))
    }

    /// Returns the section that a prepared way round leads to; without a name, the prepared response.
    #[must_use]
    pub fn way_round(&self, name: Option<&Identifier>) -> Option<&SectionId> {
        match name {
            Some(name) => self.alternatives.iter().find(|a| a.id == *name).map(|a| &a.section),
            None => self.on_fail.as_ref().map(|r| &r.goto),
        }
    }

    /// Tells whether the performer signs with the act that ends the work.
    #[must_use]
    pub fn performer_signs(&self) -> bool {
        self.signoff.iter().any(|s| self.is_signed_in_performing(s))
    }

    fn is_signed_in_performing(&self, wanted: &StepSignature) -> bool {
        wanted.meaning == StepMeaning::Performed && wanted.role == self.performed_by && self.kind.is_performed()
    }

    fn is_release(&self, wanted: &StepSignature) -> bool {
        wanted.meaning == StepMeaning::HoldReleased && self.kind == StepType::Hold
    }

    /// Returns the signatures that release a hold; none at any other step.
    pub fn releases(&self) -> impl Iterator<Item = &StepSignature> {
        self.signoff.iter().filter(|s| self.is_release(s))
    }

    /// Returns the signatures that others give after the step was performed: every demand that no act carries.
    pub fn later_signatures(&self) -> impl Iterator<Item = &StepSignature> {
        self.signoff.iter().filter(|s| !self.is_signed_in_performing(s) && !self.is_release(s))
    }
}

/// A true-or-false expression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Over inputs of earlier steps and parameters.
    pub expr: Expression,
}

/// The component that a step acts on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// The label on the component.
    pub tag: Tag,
}

/// A file that a step asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceRequirement {
    /// Its name.
    pub id: RequirementId,
    /// What the file shows.
    pub kind: EvidenceKind,
    /// How many distinct files at least.
    #[serde(default = "one")]
    pub min: u32,
    /// Whether the step waits for it.
    #[serde(default = "yes")]
    pub required: bool,
    /// What to show in the file.
    pub prompt: String,
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}

/// Repeats steps until a condition holds; every pass is numbered and kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Loop {
    /// Holds when the loop is done.
    pub until: Expression,
    /// The most passes; one more is a deviation.
    pub max: u32,
    /// Earlier steps of the section that are repeated together with this one.
    #[serde(default)]
    pub body: Vec<StepId>,
}

/// A prepared way round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// Its name.
    pub id: Identifier,
    /// The section that is run instead.
    pub section: SectionId,
}

/// Whether a person may mark a step not applicable, and on whose authority.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotApplicable {
    /// Off unless the author allows it.
    #[serde(default)]
    pub allowed: bool,
    /// The role whose member must mark it; the performer when absent.
    #[serde(default)]
    pub authority: Option<Role>,
}

/// Whether and how often a step may be done again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Redo {
    /// On unless the author forbids it.
    #[serde(default = "yes")]
    pub allowed: bool,
    /// The most attempts by redoing.
    #[serde(default)]
    pub max: Option<u32>,
}

impl Default for Redo {
    fn default() -> Self {
        Self { allowed: true, max: None }
    }
}

/// What becomes of a step that was being worked on when the program ended in the middle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnInterruption {
    /// It goes on where it was.
    #[default]
    GoOn,
    /// It begins anew, as a new attempt; what was recorded stays in the old one.
    Restart,
}

/// A document that a step refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Its number or name.
    pub doc: String,
    /// Its revision.
    #[serde(default)]
    pub rev: Option<String>,
    /// A file under `attachments/`.
    #[serde(default)]
    pub attachment: Option<String>,
}

impl Reference {
    /// Returns what to call it: its name, revision and file.
    #[must_use]
    pub fn words(&self) -> String {
        let rev = self.rev.as_ref().map(|rev| format!(", revision {rev}")).unwrap_or_default();
        let file = self.attachment.as_ref().map(|file| format!("  ({file})")).unwrap_or_default();
        format!("{}{rev}{file}", self.doc)
    }
}
