//! The pure heart: what a run is, how it is encoded, chained and judged.
//!
//! Imports nothing else from this crate. No files, no clock, no randomness, no terminal:
//! time and bytes come in as arguments, so every verdict can be replayed on any machine.
//! Inside, the arrows point one way: canon ← signature ← model ← policy ← run ← closure, verdict.

pub mod canon;
pub mod closure;
pub mod expression;
pub mod media;
pub mod model;
pub mod policy;
pub mod receipt;
pub mod run;
pub mod signature;
pub mod text;
pub mod verdict;
pub mod work_outcome;
