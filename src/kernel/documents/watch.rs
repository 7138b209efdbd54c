//! Watches: conditions that are looked at again and again while the work goes on (FORMAT.md §2).

use crate::kernel::model::input::Input;
use crate::kernel::model::name::{SectionId, StepId, Variable};
use crate::kernel::model::timing::Lapse;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the work goes when something fails: a section that is only entered on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// The section.
    pub goto: SectionId,
}

/// A condition that is observed again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    /// Its name.
    pub id: Variable,
    /// What is to be so.
    pub text: String,
    /// How often it is looked at, at least.
    pub every: Lapse,
    /// The step with whose beginning it starts; the opening of the run when absent.
    #[serde(default)]
    pub from: Option<StepId>,
    /// The step with whose closing it ends; the end of the run when absent.
    #[serde(default)]
    pub until: Option<StepId>,
    /// What is read; yes or no when absent.
    #[serde(default)]
    pub input: Option<Input>,
    /// The prepared response to a breach.
    #[serde(default)]
    pub on_breach: Option<Response>,
}
