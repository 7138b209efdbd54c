//! The screens beside that of a run.

pub mod answer;
pub mod help;
pub mod library;
pub mod opening;
pub mod replay;
pub mod review;
pub mod verdict;
pub mod way_on;
