//! Whether the site has the persons that procedure and profile ask for. Dates are not looked at: they are the run's.

use super::{Code, Document, Linter};
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::model::roster::Roster;
use crate::kernel::model::step::{StepMeaning, VerificationMode};
use std::collections::BTreeSet;

pub(super) fn check(linter: &mut Linter, roster: &Roster) {
    for (n, role) in linter.procedure.roles.iter().enumerate() {
        if holders(roster, [role]).is_empty() {
            linter.say(Code::RoleUnfilled, format!("roles[{n}]"), format!("nobody in the roster holds `{role}`"));
        }
    }
    second_persons(linter, roster);
    linter.document = Document::Policy;
    demands(linter, roster);
    linter.document = Document::Procedure;
}

fn holders<'a>(roster: &'a Roster, roles: impl IntoIterator<Item = &'a Role>) -> BTreeSet<&'a PersonId> {
    let roles: Vec<&Role> = roles.into_iter().collect();
    let holds = |p: &&crate::kernel::model::roster::Person| p.roles.iter().any(|g| roles.contains(&&g.role));
    roster.persons.iter().filter(holds).map(|p| &p.id).collect()
}

/// Whoever verifies or releases is another person than the performer.
fn second_persons(linter: &mut Linter, roster: &Roster) {
    for (_, path, step) in linter.steps() {
        let second = step.verification.iter().filter(|v| v.mode != VerificationMode::Own);
        let verifies = second.map(|v| ("verification.by", &v.by));
        let releases = step.releases().chain(step.later_signatures().filter(|s| s.meaning != StepMeaning::Performed));
        let releases = releases.map(|s| ("signoff", &s.role));
        for (part, role) in verifies.chain(releases) {
            let (first, second) = (holders(roster, [&step.performed_by]), holders(roster, [role]));
            if !first.is_empty() && !second.is_empty() && first.union(&second).count() < 2 {
                let message = format!("only one person holds `{}` and `{role}`", step.performed_by);
                linter.say(Code::SecondPerson, format!("{path}.{part}"), message);
            }
        }
    }
}

/// Reviews, closing signatures and approvals find enough persons.
fn demands(linter: &mut Linter, roster: &Roster) {
    let policy = linter.policy;
    let mut wanted = Vec::new();
    let reviews = policy.review.minor.max(policy.review.major).max(policy.review.critical);
    let reviewers: Vec<&Role> = policy.review.by.iter().collect();
    if !reviewers.is_empty() {
        wanted.push(("review.by".to_owned(), "review".to_owned(), reviews, reviewers));
    }
    for (n, closure) in policy.closure.iter().enumerate() {
        wanted.push((format!("closure[{n}].role"), closure.id.to_string(), closure.count.get(), vec![&closure.role]));
    }
    for (n, approval) in policy.approvals.iter().enumerate() {
        wanted.push((format!("approvals[{n}].role"), "approval".to_owned(), approval.count, vec![&approval.role]));
    }
    for (path, what, count, roles) in wanted {
        let found = holders(roster, roles.iter().copied()).len();
        if found < count as usize {
            let names = roles.iter().map(|r| r.as_str()).collect::<Vec<_>>().join(" or ");
            let message = format!("{what}: {count} persons as {names} are needed, the roster has {found}");
            linter.say(Code::PolicyUnreachable, path, message);
        }
    }
}
