//! The forms of the run screen, and the acts that they become. May read the run; decides nothing.

mod deviation;
mod second_person;
mod signature;
mod value;

pub use deviation::{deviation, ruling_words, statement};
pub use second_person::{observation, person, review, review_intent, verify_intent};
pub use signature::passphrase;
pub use value::{check, check_intent, correct_intent, correction, decision, distance, limits, value};

use crate::kernel::model::time::Timestamp;
use crate::kernel::run::Run;

fn options(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(id, label)| ((*id).to_owned(), (*label).to_owned())).collect()
}

fn now_of(run: &Run) -> Timestamp {
    run.last().map_or_else(|| Timestamp::from_millis(0), |n| n.time)
}
