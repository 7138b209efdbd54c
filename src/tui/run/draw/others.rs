//! What a step tells others and what they did at it: the message, the answers, the witness, the verifier.

use crate::kernel::documents::step::{Step, StepSignature};
use crate::kernel::documents::term::Noun;
use crate::kernel::model::outcome::Match;
use crate::kernel::run::Attempt;
use crate::telling::terms::{self, localized};
use crate::tui::ground::theme::Role;
use crate::tui::run::{RunScreen, work};

impl RunScreen {
    /// What is said or called comes from the author; what was done of it, and by whom, from the record.
    pub(super) fn others(&self, step: &Step) -> Vec<(Role, String)> {
        let mut lines: Vec<_> = work::written(&self.run, step).into_iter().map(|text| (Role::Text, text)).collect();
        if let Some(attempt) = self.run.step(&step.id).and_then(|s| s.current()) {
            lines.extend(work::done(&self.run, step, attempt));
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

    /// Who performed, who verified, what was released, called and signed.
    fn hands(&self, attempt: &Attempt) -> Vec<(Role, String)> {
        let pack = &self.run.plan().pack;
        let mut lines = Vec::new();
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
            let (role, meaning) = (terms::role(&self.run, role), localized(pack, meaning.word()));
            lines.push((Role::Ok, format!("Signed by {who}, {role}: {meaning}")));
        }
        lines
    }
}
