//! A program or roster that changed between two starts: nothing is done until somebody says on the record that he saw it.

use super::super::gates::Asking;
use super::super::{Intent, Run};
use super::said;
use crate::kernel::model::gate::GateCode;
use crate::kernel::records::event::{ChangeAcknowledged, Event};

impl Run {
    /// An unacknowledged change lets nothing pass but what makes the place safe, words, and the acknowledgement.
    pub(super) fn unchanged(&self, ask: &mut Asking, intent: &Intent) -> bool {
        let Some(change) = self.change().filter(|_| is_work(intent)) else { return true };
        ask.ask(GateCode::Unchanged, false, &[("changed", &change.words().join("; "))])
    }

    pub(super) fn acknowledge_change(&self, ask: &mut Asking, comment: Option<&String>) -> Option<Event> {
        ask.open();
        let change = self.change();
        ask.any_role();
        ask.ask(GateCode::SignatureWanted, change.is_some(), &[("changed", &change.is_some())]);
        ask.ask(GateCode::Comment, comment.is_none_or(|c| said(c)), &[("comment", &comment.is_some())]);
        let gates = ask.passed()?;
        let (changed, comment) = (change?, comment.cloned());
        Some(ChangeAcknowledged { comment, gates, program: changed.program, roster: changed.roster }.into())
    }
}

fn is_work(intent: &Intent) -> bool {
    !matches!(
        intent,
        Intent::Open { .. }
            | Intent::Unlock { .. }
            | Intent::LockSession { .. }
            | Intent::AcknowledgeChange { .. }
            | Intent::Note { .. }
            | Intent::StopWork { .. }
            | Intent::Abort { .. }
            | Intent::ConfirmSafeState { .. }
    )
}
