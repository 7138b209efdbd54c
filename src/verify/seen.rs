//! What one stage saw.

use crate::bundle::JOURNAL;
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::{Finding, Flood, Severity, Stage};
use std::fmt::Display;

/// Names a line of the journal.
pub(super) fn place(seq: u64) -> String {
    format!("{JOURNAL}:{seq}")
}

/// Collects the findings of one stage.
#[derive(Debug)]
pub(super) struct Seen {
    stage: Stage,
    failed: bool,
    flood: Flood,
}

impl Seen {
    pub(super) fn new(stage: Stage) -> Self {
        Self { stage, failed: false, flood: Flood::default() }
    }

    pub(super) fn fail(&mut self, code: FindingCode, subject: impl Display, place: &str, message: impl Display) {
        self.push(Finding::new(self.stage, Severity::Fail, code, subject, place, message));
    }

    pub(super) fn pending(&mut self, code: FindingCode, subject: impl Display, place: &str, message: impl Display) {
        self.push(Finding::new(self.stage, Severity::Pending, code, subject, place, message));
    }

    pub(super) fn note(&mut self, code: FindingCode, subject: impl Display, place: &str, message: impl Display) {
        self.push(Finding::new(self.stage, Severity::Note, code, subject, place, message));
    }

    /// What is wrong with one record.
    pub(super) fn fail_record(&mut self, code: FindingCode, seq: u64, message: impl Display) {
        self.push(Finding::new(self.stage, Severity::Fail, code, seq, place(seq), message).of_record(seq));
    }

    /// Adds to the first failure of a code what is known only behind it.
    pub(super) fn add_to_first(&mut self, code: FindingCode, words: &str) {
        self.flood.add_to_first(code, Severity::Fail, words);
    }

    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    pub(super) fn push(&mut self, finding: Finding) {
        self.failed |= finding.severity == Severity::Fail;
        self.flood.push(finding);
    }

    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.flood.into_findings()
    }
}
