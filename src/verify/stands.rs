//! Whether a bundle stands: the short answer for a record that names another one.

use super::{Anchors, judge};
use crate::bundle::Source;
use crate::kernel::verdict::{Severity, Verdict};

/// How many findings are named.
const NAMED: usize = 3;

/// Tells whether a bundle is graded other than FAIL on its own word.
///
/// Whom its signers answer to is asked of an anchor, which is not given here; who takes the bundle
/// asks on his own whether he knows the signer.
///
/// # Errors
/// Why it cannot be judged, or the first findings that grade it FAIL.
pub fn stands(source: &Source) -> Result<(), String> {
    let judged = judge(source, &Anchors::none(), None).map_err(|error| format!("{error}; nobody could judge it"))?;
    let report = judged.report;
    if report.verdict != Verdict::Fail {
        return Ok(());
    }
    let grave = report.findings.iter().filter(|finding| finding.severity == Severity::Fail);
    let named = grave.take(NAMED).map(|finding| format!("{}, {}", finding.code, finding.message));
    Err(format!("it is graded FAIL: {}", named.collect::<Vec<_>>().join("; ")))
}
