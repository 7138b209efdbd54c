//! Whether a bundle stands: the short answer for whoever takes it in or names it.

use super::{Anchors, Report, judge};
use crate::bundle::Source;
use crate::kernel::verdict::{Severity, Verdict};

/// How many findings are named.
const NAMED: usize = 3;

/// Returns the report of a bundle that is graded other than FAIL on its own word.
///
/// Whom its signers answer to is asked of an anchor, which is not given here.
///
/// # Errors
/// Why it cannot be judged, or the first findings that grade it FAIL.
pub fn standing(source: &Source) -> Result<Report, String> {
    let judged = judge(source, &Anchors::none(), None).map_err(|error| format!("{error}; nobody could judge it"))?;
    let report = judged.report;
    if report.verdict != Verdict::Fail {
        return Ok(report);
    }
    let grave = report.findings.iter().filter(|finding| finding.severity == Severity::Fail);
    let named = grave.take(NAMED).map(|finding| format!("{}, {}", finding.code, finding.message));
    Err(format!("it is graded FAIL: {}", named.collect::<Vec<_>>().join("; ")))
}

/// Tells whether a bundle stands, for whoever wants no report.
///
/// # Errors
/// As [`standing`].
pub fn stands(source: &Source) -> Result<(), String> {
    standing(source).map(drop)
}
