//! The words for what is: the same in every face.

pub mod terms;
