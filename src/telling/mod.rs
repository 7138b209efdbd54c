//! The words for what is: the same in every face.

pub mod block;
pub mod record;
pub mod terms;
