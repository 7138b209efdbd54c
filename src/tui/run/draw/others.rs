//! What a step tells others and what they did at it: the message, the answers, the witness, the verifier.

use crate::kernel::model::event::Match;
use crate::kernel::model::poll::PollAnswer;
use crate::kernel::model::step::Step;
use crate::kernel::model::term::Noun;
use crate::kernel::run::Attempt;
use crate::tui::run::RunScreen;
use crate::tui::terms::{self, said};
use crate::tui::theme::Role;

impl RunScreen {
    /// What is said or called comes from the author; what was done of it, and by whom, from the record.
    pub(super) fn others(&self, step: &Step) -> Vec<(Role, String)> {
        let plan = self.run.plan();
        let message = step.communicate.as_ref().map(|c| format!("To {}: \"{}\"", c.to, plan.text(&c.message)));
        let call = step.call.as_ref().map(|c| format!("Procedure {}  package {}", c.procedure, &c.package.hex()[..16]));
        let mut lines: Vec<_> = message.into_iter().chain(call).map(|text| (Role::Text, text)).collect();
        if let Some(attempt) = self.run.step(&step.id).and_then(|s| s.current()) {
            lines.extend(self.answers(step, attempt));
            lines.extend(self.attendance(step, attempt).map(|text| (Role::Text, text)));
            lines.extend(self.hands(attempt));
        }
        lines
    }

    fn answers(&self, step: &Step, attempt: &Attempt) -> Vec<(Role, String)> {
        let given = step.poll.iter().filter_map(|role| Some((role, attempt.polled.get(role)?)));
        given
            .map(|(role, answer)| match answer {
                PollAnswer::Go => (Role::Ok, format!("{}: GO", terms::role(&self.run, role))),
                PollAnswer::NoGo => (Role::Fail, format!("{}: NO GO", terms::role(&self.run, role))),
            })
            .collect()
    }

    fn attendance(&self, step: &Step, attempt: &Attempt) -> impl Iterator<Item = String> {
        let witness = step.witness.as_ref().map(|w| terms::role(&self.run, &w.by)).unwrap_or_default();
        let told = attempt.notified.map(|at| format!("Notice to the {witness} at {}", at.clock()));
        let came = attempt.attended.map(|outcome| format!("The {witness}: {}", outcome.word().replace('_', " ")));
        told.into_iter().chain(came)
    }

    /// Who performed, who verified, what was released, called and signed.
    fn hands(&self, attempt: &Attempt) -> Vec<(Role, String)> {
        let pack = &self.run.plan().pack;
        let mut lines = Vec::new();
        lines.extend(attempt.called.map(|bundle| (Role::Ok, format!("Bundle {}", &bundle.hex()[..16]))));
        lines.extend(
            attempt.performed.iter().map(|done| (Role::Ok, format!("Performed by {} at {}", done.by, done.at.clock()))),
        );
        lines.extend(attempt.verified.iter().map(|verified| match verified.result {
            Match::Match => (Role::Ok, format!("Verified by {}", verified.by)),
            Match::Mismatch => (Role::Fail, format!("Verified by {}: DOES NOT AGREE", verified.by)),
        }));
        if attempt.released {
            lines.push((Role::Ok, format!("{} released", pack.noun(Noun::Hold))));
        }
        for (role, meaning) in &attempt.signed {
            lines.push((
                Role::Ok,
                format!("Signed by the {}: {}", terms::role(&self.run, role), said(pack, meaning.word())),
            ));
        }
        lines
    }
}
