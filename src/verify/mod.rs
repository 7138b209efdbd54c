//! FLOW of judging: from the bytes of a Proof Bundle to one reproducible report (FORMAT.md §9).
//!
//! May import `kernel`, `bundle` and `library` only. One file for each stage, in their fixed order; a stage
//! returns what it saw and the typed thing that it proved, and the next stage runs only on what was proved, so
//! that one damaged byte is reported once, where it is. Deliberately absent: clock, environment, home folder,
//! network, store and private keys (AR-015).

mod account;
mod bag;
mod chains;
mod closing;
mod container;
mod evidence;
mod flow;
mod forks;
mod ground;
mod intact;
mod journal;
mod judges;
mod package;
mod policy;
mod proves;
mod quick;
mod receipt;
mod replay;
mod report;
mod sealable;
mod seen;
mod signoffs;
mod standing;
mod trust;
mod walk;
mod what_if;

pub use account::Account;
pub use chains::follow;
pub use closing::{ClosingRule, Met};
pub use flow::{Judged, check, judge, judge_keeping, judge_under};
pub use forks::{compare, diverges, name_of as fork_name};
pub use intact::{Intact, NotIntact};
pub use judges::{JUDGES, Judges};
pub use proves::StageDone;
pub use quick::{Quick, quick};
pub use report::{Checked, Integrity, Missing, NOT_CLAIMED, PolicyAnswer, Report, TrustAnswer, Verifier};
pub use sealable::{Sealable, Unfit, sealable, sealed};
pub use signoffs::Shelved;
pub use standing::{NotStanding, Standing, standing, standing_at, stands};
pub use trust::{AnchorFault, Anchors};
pub use what_if::{Regraded, Ruled, WhatIf};

use crate::bundle::ReadError;

/// Why nobody could look to the end; no verdict follows from it.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The system refused to read.
    #[error("cannot read the bundle")]
    Read(#[from] ReadError),
    /// Somebody writes into the bundle while it is read.
    #[error("`{0}` changed while it was read")]
    Changed(String),
    /// A stage could not run although nothing was found against its bytes.
    #[error("the check of {0} could not be completed")]
    Incomplete(&'static str),
}

#[cfg(test)]
mod tests;
