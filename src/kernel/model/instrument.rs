//! What an instrument can read.

use crate::kernel::model::name::UnitId;
use crate::kernel::model::number::Number;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The range of an instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InstrumentRange {
    /// Smallest reading.
    pub min: Number,
    /// Largest reading.
    pub max: Number,
    /// In which unit.
    pub unit: UnitId,
}
