//! What one stage saw.

use crate::kernel::verdict::{Finding, Severity, Stage};
use std::fmt::Display;

/// Collects the findings of one stage.
#[derive(Debug)]
pub(super) struct Seen {
    stage: Stage,
    pub(super) findings: Vec<Finding>,
}

impl Seen {
    pub(super) fn new(stage: Stage) -> Self {
        Self { stage, findings: Vec::new() }
    }

    pub(super) fn fail(&mut self, code: &'static str, subject: impl Display, place: &str, message: impl Display) {
        self.push(Severity::Fail, code, subject, place, message);
    }

    pub(super) fn pending(&mut self, code: &'static str, subject: impl Display, place: &str, message: impl Display) {
        self.push(Severity::Pending, code, subject, place, message);
    }

    pub(super) fn note(&mut self, code: &'static str, subject: impl Display, place: &str, message: impl Display) {
        self.push(Severity::Note, code, subject, place, message);
    }

    pub(super) fn failed(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Fail)
    }

    fn push(
        &mut self,
        severity: Severity,
        code: &'static str,
        subject: impl Display,
        place: &str,
        message: impl Display,
    ) {
        self.findings.push(Finding::new(self.stage, severity, code, subject, place, message));
    }
}
