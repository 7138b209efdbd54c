//! The ticket for whoever signs off a bundle: nobody but the verifier writes one.

use super::{Integrity, Judged};
use crate::kernel::canon::digest::SealDigest;
use crate::kernel::judgement::verdict::{Finding, Severity, Stage};
use crate::kernel::run::{Counted, Run};

/// A bundle whose bytes, signatures and records agree. What is signed over anything else would mean nothing.
///
/// Its field is private, so that no face can take a run and a seal and call them intact:
///
/// ```compile_fail
/// fn forged(judged: &asrun::verify::Judged) -> asrun::verify::Intact<'_> {
///     asrun::verify::Intact { run: judged.run.as_ref().unwrap(), seal: judged.seal.unwrap(), counted: Vec::new() }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Intact<'j> {
    run: &'j Run,
    seal: SealDigest,
    counted: Vec<Counted>,
}

/// A bundle that does not verify: nobody signs it off.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bundle does not verify, and nothing appended can change that: {first}")]
pub struct NotIntact {
    /// The first thing that is wrong, with its place.
    pub first: String,
}

impl Intact<'_> {
    /// The run.
    #[must_use]
    pub fn run(&self) -> &Run {
        self.run
    }

    /// Its seal.
    #[must_use]
    pub fn seal(&self) -> SealDigest {
        self.seal
    }

    /// The sign-offs that count so far.
    #[must_use]
    pub fn counted(&self) -> &[Counted] {
        &self.counted
    }
}

impl Judged {
    /// Writes the ticket. What the policy says against the run does not matter here: an aborted run is signed off too.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    pub fn intact(&self) -> Result<Intact<'_>, NotIntact> {
        match (&self.run, self.seal) {
            (Some(run), Some(seal)) if self.report.integrity == Integrity::Intact => {
                Ok(Intact { run, seal, counted: self.counted() })
            }
            _ => Err(NotIntact { first: self.first_fault() }),
        }
    }

    fn first_fault(&self) -> String {
        let grave = |f: &&Finding| f.severity == Severity::Fail && f.stage != Stage::Policy;
        let first = self.report.findings.iter().find(grave);
        first.map_or_else(|| "it was not verified to its end".into(), Finding::in_a_line)
    }
}
