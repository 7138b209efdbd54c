//! Stage 9: steps, deviations, evidence and closure against the profile, with the counted sign-offs on top.

use super::seen::Seen;
use crate::kernel::judgement::closure::{assess, harden};
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::{Finding, Severity, Stage};
use crate::kernel::records::receipt::Requirement;
use crate::kernel::records::sign_off::Decision;
use crate::kernel::run::{Counted, Run};

/// What the profile says, also of what others claim, and what is still needed.
pub(super) fn check(run: &Run, counted: &[Counted], mut others: Vec<Finding>) -> (Vec<Finding>, Vec<Requirement>) {
    let mut assessment = assess(run, counted);
    let mut seen = Seen::new(Stage::Policy);
    for layer in &run.plan().policy.layers {
        let message = format!("the profile asks for the layer `{layer}`, which this version cannot check");
        seen.pending(FindingCode::PolicyLayerMissing, layer, "data/package.lep", message);
    }
    for rejection in counted.iter().filter(|c| c.statement.decision == Decision::Reject) {
        let subject = &rejection.statement.subject.id;
        let struck = assessment.findings.iter().any(|f| f.severity == Severity::Fail && f.subject == *subject);
        if !struck {
            let message = format!(
                "{} rejected it as {}, which the profile does not name there",
                rejection.statement.person, rejection.statement.role
            );
            let place = format!("signoffs/{}.json", rejection.digest.hex());
            seen.note(FindingCode::SignoffNoEffect, subject, &place, message);
        }
    }
    assessment.findings.append(&mut seen.into_findings());
    assessment.findings.iter_mut().for_each(|finding| locate(run, finding));
    harden(run, &mut others);
    assessment.findings.append(&mut others);
    (assessment.findings, assessment.requires)
}

/// Says at which step it is, and what record opened the deviation that it is about.
fn locate(run: &Run, finding: &mut Finding) {
    let deviation = run.deviations().iter().find(|deviation| deviation.id.as_str() == finding.subject);
    let step = run.plan().procedure.steps().map(|step| &step.id).find(|id| id.as_str() == finding.subject);
    finding.step = step.or(deviation.and_then(|deviation| deviation.facts.step.as_ref())).cloned();
}
