//! The forms of a departure from the plan.

mod amend;
mod form;
mod statement;

pub use amend::amend;
pub use form::{about, deviation, deviation_facts, refold_deviation, ruling_words};
pub use statement::statement;
