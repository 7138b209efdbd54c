//! What a step tells others and what they did at it: the message, the answers, the witness, the verifier.

use crate::kernel::documents::step::{Step, StepSignature};
use crate::kernel::documents::term::Noun;
use crate::kernel::model::outcome::Match;
use crate::kernel::run::Attempt;
use crate::kernel::work::poll::{PollAnswer, PollEntry};
use crate::telling::terms::{self, said};
use crate::tui::ground::theme::Role;
use crate::tui::run::RunScreen;

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

    /// Who releases a hold, every role that is asked: "supervisor and 2 qa".
    pub(super) fn releasers(&self, step: &Step) -> String {
        let words = |wanted: &StepSignature| match wanted.count.get() {
            1 => terms::role(&self.run, &wanted.role),
            several => format!("{several} {}", terms::role(&self.run, &wanted.role)),
        };
        step.releases().map(words).collect::<Vec<_>>().join(" and ")
    }

    fn answers(&self, step: &Step, attempt: &Attempt) -> Vec<(Role, String)> {
        let of_role = |asked: &PollEntry| attempt.polled.get(&asked.role).into_iter().flatten();
        let given = step.poll.iter().flat_map(|asked| of_role(asked).map(move |(who, answer)| (asked, who, answer)));
        given
            .map(|(asked, who, answer)| {
                let role = terms::role(&self.run, &asked.role);
                let who = if asked.count.get() > 1 { format!(" ({who})") } else { String::new() };
                match answer {
                    PollAnswer::Go => (Role::Ok, format!("{role}: GO{who}")),
                    PollAnswer::NoGo => (Role::Fail, format!("{role}: NO GO{who}")),
                }
            })
            .collect()
    }

    fn attendance(&self, step: &Step, attempt: &Attempt) -> impl Iterator<Item = String> {
        let witness = step.witness.as_ref().map(|w| terms::role(&self.run, &w.by)).unwrap_or_default();
        let told = attempt.notified.as_ref().map(|at| format!("Notice to the {witness} at {}", at.time().clock()));
        let came = attempt.attended.map(|outcome| format!("The {witness}: {}", outcome.word().replace('_', " ")));
        told.into_iter().chain(came)
    }

    /// Who performed, who verified, what was released, called and signed.
    fn hands(&self, attempt: &Attempt) -> Vec<(Role, String)> {
        let pack = &self.run.plan().pack;
        let mut lines = Vec::new();
        lines.extend(attempt.called.map(|bundle| (Role::Ok, format!("Bundle {}", &bundle.hex()[..16]))));
        lines.extend(
            attempt
                .performed
                .iter()
                .map(|done| (Role::Ok, format!("Performed by {} at {}", done.by, done.at.time().clock()))),
        );
        lines.extend(attempt.verified.iter().map(|verified| match verified.result {
            Match::Match => (Role::Ok, format!("Verified by {}", verified.by)),
            Match::Mismatch => (Role::Fail, format!("Verified by {}: DOES NOT AGREE", verified.by)),
        }));
        if attempt.released {
            lines.push((Role::Ok, format!("{} released", pack.noun(Noun::Hold))));
        }
        for (role, meaning, who) in &attempt.signed {
            let (role, meaning) = (terms::role(&self.run, role), said(pack, meaning.word()));
            lines.push((Role::Ok, format!("Signed by {who}, {role}: {meaning}")));
        }
        lines
    }
}
