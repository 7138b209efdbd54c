//! Late entry: what was recorded later than it happened (FORMAT.md §4).

use super::time::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When it happened and why it is entered only now; the record keeps its own time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Late {
    /// When it happened.
    pub event_time: Timestamp,
    /// Why it is late.
    pub reason: String,
}
