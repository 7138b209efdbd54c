//! How many different persons something needs.

use std::num::NonZeroU32;

/// One person, where a document does not say how many.
pub(in crate::kernel) fn once() -> NonZeroU32 {
    NonZeroU32::MIN
}
