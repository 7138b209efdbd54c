//! The pure heart: what a run is, how it is encoded, chained and judged.
//!
//! Imports nothing else from this crate. No files, no clock, no randomness, no terminal:
//! time and bytes come in as arguments, so every verdict can be replayed on any machine.

pub mod canon;
pub mod expression;
pub mod model;
pub mod signature;
pub mod verdict;
