//! The forms of the run screen, and the acts that they become. May read the run; decides nothing.

mod amend;
mod change;
mod deviation;
mod late;
mod plain;
mod second_person;
mod signature;
mod statement;
mod turnover;
mod value;

pub use amend::amend;
pub use change::acknowledge_change;
pub use deviation::{about, deviation, deviation_facts, refold_deviation, ruling_words};
pub use late::{late, unfold_late};
pub use plain::{
    Plain, attend, brief, communicate, material, notify, observe, permit, poll, reconfirm, redact, which_deviation,
    which_watch,
};
pub use second_person::{
    anybody_else, observation, person, refold_review, release, review, review_intent, verify_intent,
};
pub use signature::{passphrase, unlock};
pub use statement::statement;
pub use turnover::{accept_turnover, turnover};
pub use value::{check, check_intent, component, correct_intent, correction, decision, limits, outcome, value};

use crate::kernel::model::time::Now;
use crate::kernel::run::Run;

fn options(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(id, label)| ((*id).to_owned(), (*label).to_owned())).collect()
}

/// The clocks of the last record: what a form shows is decided again when it is handed in.
fn now_of(run: &Run) -> Now {
    run.last().cloned().unwrap_or_else(Now::unknown)
}
