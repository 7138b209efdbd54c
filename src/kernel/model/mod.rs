//! The nouns, one a file. Each is parsed at the door and trusted inside.

pub mod name;
pub mod number;
pub mod time;
