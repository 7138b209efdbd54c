//! The ground of a run: its package, and who approved it.

use super::journal::Survey;
use super::package;
use super::replay::Replay;
use super::seen::Seen;
use super::trust::Trusted;
use crate::kernel::judgement::verdict::Stage;
use crate::library::OpenedPackage;
use std::sync::Arc;

/// What the first record rests on: asked before the journal is walked, and said only when the journal is whole.
pub(super) struct Ground {
    /// Whether the run was opened on the package that is here.
    pub(super) opened: Seen,
    /// Whether those may approve it who did.
    pub(super) approvals: Option<Seen>,
    /// The replay, where both hold.
    pub(super) replay: Option<Replay>,
}

impl Ground {
    /// Asks whether the run was opened on the package that is here, and who approved it.
    pub(super) fn of(survey: &Survey, package: Option<&OpenedPackage>, trusted: Option<&Trusted>) -> Self {
        let none = || Seen::new(Stage::Package);
        let (Some(package), Some(trusted), Some(opened), Some(at), Some(run)) =
            (package, trusted, &survey.opened, survey.opened_at, &survey.run)
        else {
            return Self { opened: none(), approvals: None, replay: None };
        };
        let opened = package::check_opened(&package.plan, opened);
        let approvals = (!opened.failed()).then(|| package::check_approvals(package, trusted, at));
        let good = approvals.as_ref().is_some_and(|seen| !seen.failed());
        let (plan, roster) = (&package.plan, trusted.roster());
        let replay = good.then(|| Replay::new(Arc::new(plan.clone()), Arc::clone(roster), run.clone()));
        Self { opened, approvals, replay }
    }
}
