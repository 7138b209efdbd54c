//! What is registered in a run: instruments, material, permits.

use crate::kernel::model::instrument::InstrumentRange;
use crate::kernel::model::name::Identifier;
use crate::kernel::model::time::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A registered instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Instrument {
    /// Calibration is due at this moment.
    pub cal_due: Timestamp,
    /// What it is.
    pub name: String,
    /// What it measures.
    pub quantities: BTreeSet<Identifier>,
    /// Its range.
    pub range: Option<InstrumentRange>,
}

/// A registered lot of material.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Material {
    /// It may be used until this moment.
    pub expires: Option<Timestamp>,
    /// What it is.
    pub name: String,
    /// How much.
    pub quantity: Option<String>,
}

/// A registered permit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeldPermit {
    /// Its number.
    pub number: String,
    /// From when it holds.
    pub valid_from: Timestamp,
    /// Until when it holds.
    pub valid_until: Timestamp,
}
