//! What stands of a run's approvals: in the run itself, and appended to its bundle (FORMAT.md §7).

use super::Run;
use super::approval::excluded;
use crate::kernel::canon::digest::StatementDigest;
use crate::kernel::documents::policy::{Closure, ClosureTime};
use crate::kernel::model::deviation::{Class, Outcome};
use crate::kernel::model::evidence::{Doubt, EvidenceItem};
use crate::kernel::model::name::{PersonId, StepId};
use crate::kernel::model::subject::{Subject, SubjectKind};
use crate::kernel::records::sign_off::{Decision, SignOff};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A sign-off that counts: its signature and roles were checked.
#[derive(Clone, Debug)]
pub struct Counted {
    /// Names the statement.
    pub digest: StatementDigest,
    /// The statement.
    pub statement: Arc<SignOff>,
}

/// What the sign-offs on one subject come to.
#[derive(Debug, Default)]
pub struct Effect {
    /// Who approves, and has not taken it back.
    pub approved: BTreeSet<PersonId>,
    /// Whether somebody holds it open.
    pub returned: bool,
    /// Whether somebody refuses it.
    pub rejected: bool,
    /// The gravest class that a reviewer gave it.
    pub final_class: Option<Class>,
}

impl Effect {
    /// Only statements of roles that the policy names for the subject take part. A rejection is final;
    /// otherwise a later statement that `sees` an earlier one of the same person replaces it, and what is
    /// left unordered resolves to the worst.
    #[must_use]
    pub fn on(signoffs: &[Counted], subject: &Subject, named: &dyn Fn(&SignOff) -> bool) -> Self {
        let about: Vec<&Counted> =
            signoffs.iter().filter(|c| c.statement.subject == *subject && named(&c.statement)).collect();
        let mut effect =
            Self { rejected: about.iter().any(|c| c.statement.decision == Decision::Reject), ..Self::default() };
        let persons: BTreeSet<&PersonId> = about.iter().map(|c| &c.statement.person).collect();
        for person in persons {
            let own: Vec<&&Counted> = about.iter().filter(|c| c.statement.person == *person).collect();
            let seen: BTreeSet<_> = own.iter().flat_map(|c| &c.statement.sees).collect();
            let last: Vec<&&&Counted> = own.iter().filter(|c| !seen.contains(&c.digest)).collect();
            let has = |decision| last.iter().any(|c| c.statement.decision == decision);
            if has(Decision::Return) {
                effect.returned = true;
            } else if has(Decision::Approve) {
                effect.approved.insert(person.clone());
                let classes = last.iter().filter_map(|c| c.statement.final_class);
                effect.final_class = effect.final_class.max(classes.max());
            }
        }
        effect
    }
}

/// Returns who met a closing rule so far: different persons, none of those whom the rule excludes.
#[must_use]
pub fn closers(run: &Run, signoffs: &[Counted], rule: &Closure) -> BTreeSet<PersonId> {
    let subject = Subject { id: run.id().to_string(), kind: SubjectKind::Run };
    let meaning = rule.meaning.meaning();
    let roles: BTreeSet<_> = run.plan().policy.closure.iter().map(|c| &c.role).collect();
    let effect = Effect::on(signoffs, &subject, &|s| roles.contains(&s.role));
    let in_run = run.signatures().iter().filter(|s| {
        let fits = s.subject == subject && s.meaning == meaning && s.role == rule.role;
        rule.when == ClosureTime::Either && !s.stale && fits
    });
    let later = signoffs.iter().map(|c| &c.statement).filter(|s| {
        let fits = s.subject == subject && s.meaning == meaning && s.role == rule.role;
        fits && s.decision == Decision::Approve && effect.approved.contains(&s.person)
    });
    let persons = in_run.map(|s| &s.person).chain(later.map(|s| &s.person));
    persons.filter(|person| excluded(run, rule, person).is_none()).cloned().collect()
}

/// Why the evidence of a step waits for a reviewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubted {
    /// A required file was redacted.
    Redacted,
    /// One file serves two requirements.
    Reused,
    /// A file is of another kind, damaged, or older than it should be.
    Unfit,
}

/// Returns the steps whose evidence was redacted, serves twice or is in doubt, each with the words of the finding; a
/// reviewer accepts it.
#[must_use]
pub fn doubtful_evidence(run: &Run) -> BTreeMap<StepId, (Doubted, String)> {
    let mut first: BTreeMap<_, _> = BTreeMap::new();
    let mut doubtful = BTreeMap::new();
    let reviewed = run.plan().policy.evidence.reuse == Outcome::Review;
    for item in run.evidence() {
        let place = (&item.step, &item.requirement);
        let reused = *first.entry(item.file.blake3).or_insert(place) != place;
        if item.redacted.is_some() && item.requirement.is_some() {
            let message = format!("required evidence of step {} was redacted", item.step);
            doubtful.insert(item.step.clone(), (Doubted::Redacted, message));
        } else if reused && reviewed {
            let message = format!("one file serves two requirements, the second at step {}", item.step);
            doubtful.entry(item.step.clone()).or_insert((Doubted::Reused, message));
        } else if let Some(doubt) = under_review(run, item) {
            let message = format!("a file of step {} {}", item.step, doubt.words());
            doubtful.entry(item.step.clone()).or_insert((Doubted::Unfit, message));
        }
    }
    doubtful
}

/// Returns the first doubt about a file that the profile leaves to a reviewer.
fn under_review(run: &Run, item: &EvidenceItem) -> Option<Doubt> {
    let step = run.plan().procedure.step(&item.step)?;
    let wanted = step.evidence.iter().find(|e| Some(&e.id) == item.requirement.as_ref())?;
    let moments = run.moments(&item.step, item.attempt);
    let reviewed = |doubt: &Doubt| run.plan().policy.evidence.on(*doubt) == Outcome::Review;
    Doubt::ALL.into_iter().filter(reviewed).find(|doubt| item.file.raises(*doubt, wanted.kind, moments))
}
