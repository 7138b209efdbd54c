//! The ticket for whoever takes a bundle in or names it: the verifier graded it other than FAIL.

use super::{Anchors, Judged, Report, VerifyError, judge};
use crate::bundle::{OpenError, Source};
use crate::kernel::canon::digest::{PackageDigest, SealDigest};
use crate::kernel::judgement::verdict::{Finding, Severity, Verdict};
use crate::kernel::model::name::RunId;
use crate::kernel::signature::KeyId;
use std::path::Path;

/// How many findings are named.
const NAMED: usize = 3;

/// A bundle that is graded other than FAIL on its own word. Whom its signers answer to is asked of an anchor, which is
/// not given here.
///
/// Its fields are private: that a called procedure stands nobody but the verifier can say.
///
/// ```compile_fail
/// fn forged(other: asrun::verify::Standing) -> asrun::verify::Standing {
///     asrun::verify::Standing { ..other }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Standing {
    claimed: Claimed,
    report: Report,
}

/// What the receipt says, once its signature and all of its fields were checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claimed {
    pub(super) key: KeyId,
    pub(super) package: PackageDigest,
    pub(super) run: RunId,
    pub(super) seal: SealDigest,
}

/// Why a bundle is not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotStanding {
    /// It cannot be opened.
    #[error("it cannot be opened: {0}")]
    Open(#[from] OpenError),
    /// Nobody could judge it.
    #[error("{0}; it could not be verified")]
    Unjudged(#[from] VerifyError),
    /// The first findings against it.
    #[error("it is graded FAIL: {}", .0.join("; "))]
    Fail(Vec<String>),
}

impl Standing {
    /// The run.
    #[must_use]
    pub fn run(&self) -> &RunId {
        &self.claimed.run
    }

    /// The package that was executed.
    #[must_use]
    pub fn package(&self) -> PackageDigest {
        self.claimed.package
    }

    /// The seal.
    #[must_use]
    pub fn seal(&self) -> SealDigest {
        self.claimed.seal
    }

    /// The key that signed the receipt.
    #[must_use]
    pub fn key(&self) -> &KeyId {
        &self.claimed.key
    }

    /// What was said of it.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }
}

/// Judges a bundle for whoever takes it in.
///
/// # Errors
/// Why it cannot be judged, or the first findings that grade it FAIL.
pub fn standing(source: &Source) -> Result<Standing, NotStanding> {
    let judged = judge(source, &Anchors::none(), None)?;
    stands(&judged)?;
    let Judged { report, claimed, .. } = judged;
    claimed.map(|claimed| Standing { claimed, report }).ok_or_else(|| NotStanding::Fail(Vec::new()))
}

/// Tells whether a judged bundle stands, for whoever keeps what was proved.
///
/// # Errors
/// The first findings that grade it FAIL.
pub fn stands(judged: &Judged) -> Result<(), NotStanding> {
    let report = &judged.report;
    if judged.claimed.is_some() && report.verdict != Verdict::Fail {
        return Ok(());
    }
    let grave = report.findings.iter().filter(|finding| finding.severity == Severity::Fail);
    Err(NotStanding::Fail(grave.take(NAMED).map(Finding::in_a_line).collect()))
}

/// Judges the bundle at a path for whoever names it.
///
/// # Errors
/// As [`standing`].
pub fn standing_at(path: &Path) -> Result<Standing, NotStanding> {
    standing(&Source::open(path)?)
}
