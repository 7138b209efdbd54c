//! Whether the site has the persons that procedure and profile ask for. Dates are not looked at: they are the run's.

use super::{Code, Document, Linter};
use crate::kernel::documents::roster::Roster;
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::text::counted;
use crate::library::crew::{self, Lack};
use std::collections::BTreeSet;

pub(super) fn check(linter: &mut Linter, roster: &Roster) {
    for (n, role) in linter.procedure.roles.iter().enumerate() {
        if holders(roster, [role]).is_empty() {
            linter.say(Code::RoleUnfilled, format!("roles[{n}]"), format!("nobody in the roster holds `{role}`"));
        }
    }
    duties(linter, roster);
    linter.document = Document::Policy;
    demands(linter, roster);
    linter.document = Document::Procedure;
}

fn holders<'a>(roster: &'a Roster, roles: impl IntoIterator<Item = &'a Role>) -> BTreeSet<PersonId> {
    roles.into_iter().flat_map(|role| crew::holders(roster, role)).collect()
}

/// Duties are kept apart: some choice of persons meets every demand of the steps and every closing rule.
fn duties(linter: &mut Linter, roster: &Roster) {
    let Err(lacks) = crew::find(linter.procedure, linter.policy, roster) else { return };
    let steps = linter.steps();
    for lack in lacks {
        match lack {
            Lack::Step { step, role, count } => {
                let place = steps.iter().find(|(.., s)| s.id == step).map(|(_, path, _)| path.clone());
                let message = format!("step {step}: no choice of performer leaves {count} more as `{role}`");
                linter.say(Code::SecondPerson, place.unwrap_or_default(), message);
            }
            Lack::Rule { number, left } => rule_lacks(linter, number, left),
            Lack::Together => {
                let message = "every demand can be met, but not all of them together by these persons";
                linter.of_policy(Code::PolicyUnreachable, "closure", message);
            }
        }
    }
}

fn rule_lacks(linter: &mut Linter, number: usize, left: usize) {
    let rule = &linter.policy.closure[number];
    let not = rule.not.iter().map(Role::as_str).collect::<Vec<_>>().join(" or ");
    let but = if not.is_empty() { String::new() } else { format!(" who did not act as {not}") };
    let message = format!(
        "{}: needs {} as {}{but}, the roster has {left}",
        rule.id,
        counted(rule.count.get(), "person", "persons"),
        rule.role
    );
    linter.of_policy(Code::PolicyUnreachable, &format!("closure[{number}].role"), &message);
}

/// Reviews and approvals find enough persons.
fn demands(linter: &mut Linter, roster: &Roster) {
    let policy = linter.policy;
    let mut wanted = Vec::new();
    let reviews = policy.review.minor.max(policy.review.major).max(policy.review.critical);
    let reviewers: Vec<&Role> = policy.review.by.iter().collect();
    if !reviewers.is_empty() {
        wanted.push(("review.by".to_owned(), "review".to_owned(), reviews, reviewers));
    }
    for (n, approval) in policy.approvals.iter().enumerate() {
        wanted.push((format!("approvals[{n}].role"), "approval".to_owned(), approval.count, vec![&approval.role]));
    }
    // Whoever performs raises the deviations, and does not accept them.
    let performers: BTreeSet<&Role> = linter.procedure.steps().map(|s| &s.performed_by).collect();
    let apart = !policy.review.self_approval;
    for (path, what, count, roles) in wanted {
        let all = holders(roster, roles.iter().copied());
        let without = |role: &Role| {
            let best = crew::holders(roster, role).iter().map(|p| all.len() - usize::from(all.contains(p))).max();
            best.unwrap_or(all.len())
        };
        let least = performers.iter().map(|role| without(role)).min().filter(|_| apart && what == "review");
        let found = least.unwrap_or(all.len());
        if found < count as usize {
            let names = roles.iter().map(|r| r.as_str()).collect::<Vec<_>>().join(" or ");
            let message =
                format!("{what}: needs {} as {names}, the roster has {found}", counted(count, "person", "persons"));
            linter.say(Code::PolicyUnreachable, path, message);
        }
    }
}
