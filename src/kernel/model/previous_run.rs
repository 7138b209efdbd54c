//! The run that was sealed before this one.

use crate::kernel::canon::digest::FileDigest;
use crate::kernel::model::name::RunId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Names a run that came before on the same station.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviousRun {
    /// Digest of the manifest under which it was archived; none where it was not.
    pub archived: Option<FileDigest>,
    /// The run.
    pub run: RunId,
    /// Digest of the last line of it that was acknowledged, as far as the station knew.
    pub head: crate::kernel::canon::digest::LineDigest,
}
