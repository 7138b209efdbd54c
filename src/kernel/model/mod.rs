//! The nouns, one a file. Each is parsed at the door and trusted inside.

pub mod deviation;
pub mod event;
pub mod evidence;
pub mod gate;
pub mod input;
pub mod name;
pub mod number;
pub mod pack;
pub mod package;
pub mod policy;
pub mod procedure;
pub mod receipt;
pub mod record;
pub mod roster;
pub mod sign_off;
pub mod step;
pub mod time;
