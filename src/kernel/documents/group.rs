//! Groups of neighbouring steps in a section (FORMAT.md §2).

use crate::kernel::expression::Expression;
use crate::kernel::model::name::{Identifier, StepId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the steps of a group belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// One after the other, as written: it only gives them a name.
    Sequence,
    /// As it suits.
    AnyOrder,
    /// Equally good ways; the one that is begun is taken, the others do not apply.
    OneOf,
    /// All of them again until a condition holds.
    Repeat,
}

impl GroupKind {
    /// Tells whether its steps may be taken in any order.
    #[must_use]
    pub fn is_free(self) -> bool {
        matches!(self, Self::AnyOrder | Self::OneOf)
    }
}

/// Neighbouring steps that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its name.
    pub id: Identifier,
    /// How they belong together.
    #[serde(rename = "type")]
    pub kind: GroupKind,
    /// Its steps, in the order of the section.
    pub steps: Vec<StepId>,
    /// With `repeat`: holds when it is done.
    #[serde(default)]
    pub until: Option<Expression>,
    /// With `repeat`: the most passes.
    #[serde(default)]
    pub max: Option<u32>,
}
