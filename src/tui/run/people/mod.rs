//! The forms in which another person has a say: reviews, releases, signatures, turnover, answers from elsewhere.

pub(in crate::tui) mod exchange;
mod second_person;
mod signature;
mod turnover;

pub use second_person::{
    anybody_else, observation, person, refold_review, release, review, review_intent, verify_intent,
};
pub use signature::{passphrase, unlock};
pub use turnover::{accept_turnover, turnover};
