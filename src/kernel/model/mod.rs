//! The small nouns, one a file. Each is parsed at the door and trusted inside.

pub mod advisory;
pub(in crate::kernel) mod count;
pub mod deviation;
pub mod entry;
pub mod evidence;
pub mod fault;
pub mod gate;
pub mod health;
pub mod input;
pub mod instrument;
pub mod late;
pub mod limits;
pub mod meaning;
pub mod name;
pub mod number;
pub mod opening;
pub mod outcome;
pub mod previous_run;
pub mod subject;
pub mod time;
pub mod timing;
pub mod trigger;
pub mod verification;
