//! How the work came out: a fact of the record, told beside the verdict and never mixed with it.
//!
//! A run whose work failed may be a good record (PROVISIONAL, FINAL where the profile accepts it), and a run whose
//! work was done may lack a signature. Whoever reads a report wants both answers.

use crate::kernel::run::{Phase, Run, StepState};
use std::fmt;

/// How the work of a run came out (FORMAT.md §9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkOutcome {
    /// The work goes on.
    Open,
    /// Every needed step was done; what does not apply is not needed.
    Done,
    /// Some needed steps were left out, postponed or never begun.
    Partly,
    /// A needed step failed.
    Failed,
    /// The work was broken off, and somebody confirmed that it is safe.
    AbortedSafe,
    /// The work was broken off, and nobody confirmed yet that it is safe.
    Aborted,
}

impl WorkOutcome {
    /// Returns how the work of a run came out.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        match run.phase() {
            Phase::Aborting => return Self::Aborted,
            _ if run.was_aborted() => return Self::AbortedSafe,
            _ if run.closed().is_none() => return Self::Open,
            _ => {}
        }
        let state = |id| run.step(id).map(|step| step.state).unwrap_or_default();
        let states: Vec<StepState> = run.needed_steps().map(|step| state(&step.id)).collect();
        let left = |state: &StepState| match state {
            // What a condition or an accepted departure makes not applicable is not needed.
            StepState::Complete | StepState::Failed | StepState::NotApplicable => false,
            StepState::Skipped | StepState::Deferred | StepState::Open | StepState::Active | StepState::Performed => {
                true
            }
        };
        if states.contains(&StepState::Failed) {
            Self::Failed
        } else if states.iter().any(left) {
            Self::Partly
        } else {
            Self::Done
        }
    }

    /// Returns the word for reports and screens.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Partly => "partly done",
            Self::Failed => "failed",
            Self::AbortedSafe => "aborted, made safe",
            Self::Aborted => "aborted, not confirmed safe",
        }
    }
}

impl fmt::Display for WorkOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
