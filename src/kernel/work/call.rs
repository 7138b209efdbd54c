//! Calling another procedure: its own run, its own bundle (FORMAT.md §2).

use crate::kernel::canon::digest::PackageDigest;
use crate::kernel::model::name::Identifier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The procedure that a `call` step has executed elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Its id, for the reader.
    pub procedure: Identifier,
    /// The very package.
    pub package: PackageDigest,
}
