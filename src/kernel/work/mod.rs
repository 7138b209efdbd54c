//! The kinds of work that a step can be, as an author writes them.

pub mod calculate;
pub mod call;
pub mod communicate;
pub mod poll;
pub mod witness;
