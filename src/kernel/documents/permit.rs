//! Permits that the work needs (FORMAT.md §2).

use crate::kernel::model::name::Identifier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A permit that steps ask for by name; number and validity are registered in the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Permit {
    /// Its name in the procedure.
    pub id: Identifier,
    /// What it permits.
    pub text: String,
}
