//! The ticket for sealing: the verifier has judged the very files that will be sealed, while all of it can still be
//! put right. The recorder cannot judge; it seals what bears this ticket.

use super::flow::{Rehearsed, rehearse};
use super::{Anchors, VerifyError, judge};
use crate::bundle::bag::Payload;
use crate::bundle::{OpenError, Source, Taken};
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::judgement::verdict::{Finding, Severity, Stage};
use crate::kernel::model::name::RunId;
use std::fmt::Write as _;
use std::path::Path;

/// A run folder in which nothing is wrong that would break its bundle.
///
/// Its fields are private, so that nobody seals what was not judged:
///
/// ```compile_fail
/// fn forged(other: asrun::verify::Sealable) -> asrun::verify::Sealable {
///     asrun::verify::Sealable { ..other }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Sealable {
    run: RunId,
    head: LineDigest,
    payload: Vec<Payload>,
}

/// What is wrong with the files of a run, or with its bundle.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// It cannot be opened.
    #[error("the run folder cannot be read")]
    Open(#[from] OpenError),
    /// Nobody could look to the end.
    #[error("the run folder could not be verified")]
    Unjudged(#[from] VerifyError),
    /// The findings; none of them is about what the policy demands of the work.
    #[error("{}", lines(.0))]
    Found(Vec<Finding>),
}

/// Each finding in a line, with its step and what to do.
fn lines(findings: &[Finding]) -> String {
    let mut out = format!("{} to put right", if findings.len() == 1 { "one thing is" } else { "several things are" });
    for finding in findings {
        let step = finding.step.as_ref().map(|step| format!(", step {step}")).unwrap_or_default();
        let more = if finding.more > 0 { format!(", {} more", finding.more) } else { String::new() };
        let _ = write!(out, "; {}{step}{more}: {}", finding.in_a_line(), finding.code.remedy());
    }
    out
}

impl Unfit {
    /// What was found.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Found(findings) => findings,
            Self::Open(_) | Self::Unjudged(_) => &[],
        }
    }
}

impl Sealable {
    /// The run.
    #[must_use]
    pub fn run(&self) -> &RunId {
        &self.run
    }

    /// The last record that was judged.
    #[must_use]
    pub fn head(&self) -> LineDigest {
        self.head
    }

    /// What each file under `data/` measures, so that nothing is read twice.
    #[must_use]
    pub fn payload(&self) -> &[Payload] {
        &self.payload
    }
}

/// Judges the folder of a run that is not sealed yet, open or closed. What the policy demands of the work is not asked:
/// an aborted run is sealed too, and fails by its grade alone. Evidence that was `taken` in and that nobody touched since is
/// not read again.
///
/// # Errors
/// What must be put right first, each with its place.
pub fn sealable(folder: &Path, taken: &Taken) -> Result<Sealable, Unfit> {
    let Rehearsed { findings, run, payload } = rehearse(&Source::unsealed(folder)?.knowing(taken.clone()))?;
    match run.filter(|_| findings.is_empty()) {
        Some(run) => Ok(Sealable { run: run.id().clone(), head: run.head(), payload }),
        None => Err(Unfit::Found(findings)),
    }
}

/// Judges the bundle that was just sealed: it verifies, whatever the policy makes of the work. It is no verdict for
/// anybody else: evidence that was `taken` in and that nobody touched since is not read again.
///
/// # Errors
/// What is wrong with its bytes.
pub fn sealed(folder: &Path, taken: &Taken) -> Result<(), Unfit> {
    let judged = judge(&Source::open(folder)?.knowing(taken.clone()), &Anchors::none(), None)?;
    match judged.intact() {
        Ok(_) => Ok(()),
        Err(_) => {
            let grave = |f: &Finding| f.severity == Severity::Fail && f.stage != Stage::Policy;
            Err(Unfit::Found(judged.report.findings.into_iter().filter(grave).collect()))
        }
    }
}
