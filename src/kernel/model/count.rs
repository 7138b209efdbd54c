//! How many different persons something needs.

use std::num::NonZeroU32;

/// One person, where a document does not say how many.
pub(in crate::kernel) fn once() -> NonZeroU32 {
    NonZeroU32::MIN
}

/// Returns how many of so many different persons are still missing.
pub(in crate::kernel) fn left(wanted: NonZeroU32, given: usize) -> u32 {
    wanted.get().saturating_sub(u32::try_from(given).unwrap_or(u32::MAX))
}
