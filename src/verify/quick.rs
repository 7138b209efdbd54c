//! A quick look that is no verdict: the lists of the bag against every file, and the journal by form, number and link.
//!
//! Signatures, roles, trust, the package, decisions, derived files, policy and sign-offs are not asked. Whoever rewrites
//! journal and lists together passes it; so it finds what was damaged or is not all there, and nothing else.

use super::bag::Bag;
use super::report::told;
use super::walk::Asked;
use super::{VerifyError, container, journal, receipt};
use crate::bundle::Source;
use crate::kernel::judgement::verdict::{Finding, Severity};

/// What a quick look saw. There is no grade in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quick {
    /// What is wrong; never that nothing is.
    pub findings: Vec<Finding>,
    /// Records that link, from the first on.
    pub records: u64,
    /// Files under `data/` that were read.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Looks quickly at a bundle.
///
/// # Errors
/// When somebody could not look to the end.
pub fn quick(source: &Source) -> Result<Quick, VerifyError> {
    let (mut findings, doubt) = container::look(source);
    let (of_receipt, claim) = receipt::read(source, &doubt)?;
    let (of_journal, survey) = journal::survey(source, &doubt)?;
    let mut bag = Bag::read(source, doubt, survey.as_ref())?;
    let of_bag = bag.check(claim.map(|claim| claim.seal));
    for seen in [of_receipt, of_journal, of_bag] {
        findings.extend(seen.into_findings());
    }
    findings.extend(bag.of_seal.take());
    findings.append(&mut bag.of_evidence);
    let mut records = 0;
    if let Some(survey) = survey {
        let asked = Asked { trusted: None, sealed: true, keeps: false };
        let walked = journal::walk(source, &survey, asked, None)?;
        findings.extend(walked.seen.into_findings());
        records = walked.digests.len() as u64;
    }
    let findings = told(findings.into_iter().filter(|finding| finding.severity == Severity::Fail).collect());
    let bytes = bag.payload.values().map(|file| file.size).sum();
    Ok(Quick { findings, records, files: bag.payload.len() as u64, bytes })
}
