//! Files that whoever seals has taken in: measured then, and not read again while nobody touched them (FORMAT.md §6).
//!
//! Only the two looks around a seal are given such a table. A verdict reads every byte.

use super::bag::Payload;
use crate::disk::Identity;
use crate::kernel::media::Look;
use std::collections::BTreeMap;

/// A file as it was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// What the system said of it when its bytes were on the disk.
    pub identity: Identity,
    /// What its bytes measure.
    pub payload: Payload,
    /// What they are.
    pub look: Look,
}

/// Files by their names in the bundle.
pub type Taken = BTreeMap<String, Known>;
