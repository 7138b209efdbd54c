//! What a run is worth: what keeps it from FINAL, the grade, and what is derived from its end.

pub mod closure;
pub mod derived;
pub mod findings;
pub mod invariants;
pub mod verdict;
pub mod work_outcome;
