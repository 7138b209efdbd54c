//! The words for what is: the same in every face.

pub mod act;
pub mod block;
pub mod finding;
pub mod outstanding;
pub mod record;
pub mod terms;
pub mod told;
pub mod trouble;
pub mod value;
pub mod work;
