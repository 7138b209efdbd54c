//! Whether a run that lies here is what was recorded: journal, head, evidence, package, roster and what this station
//! has seen before are compared, and one answer comes out (FORMAT.md §4, Health).
//!
//! It is no verdict: that a bundle meets its profile, and who signed it under whom, the verifier says. Nothing here
//! repairs anything.

mod follow;
mod look;
mod weigh;

pub use crate::kernel::model::health::{Health, State};
pub use look::{Depth, Noted, Reading, against, look, look_in, look_keeping, note, note_signed_off, note_verified};
pub(in crate::session) use look::{known, look_again, look_at, look_paths};
