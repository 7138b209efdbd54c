//! The pure heart: what a run is, how it is encoded, chained and judged.
//!
//! Imports nothing else from this crate. No files, no clock, no randomness, no terminal:
//! time and bytes come in as arguments, so every verdict can be replayed on any machine.
//! Inside, a folder imports lower ones only: canon ← signature ← model ← expression
//! ← work ← documents ← records, policy ← run ← fold ← judgement.

pub mod canon;
pub mod documents;
pub mod expression;
pub mod fold;
pub mod judgement;
pub mod media;
pub mod model;
pub mod policy;
pub mod records;
pub mod run;
pub mod signature;
pub mod text;
pub mod work;
