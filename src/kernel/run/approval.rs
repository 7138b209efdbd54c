//! Whether an approval counts (FORMAT.md §7): one question for the act in the run, for the sign-off that is about
//! to be made, and for the one that already lies in a bundle. What the subject asks for is decided here alone.

use super::Run;
use super::standing::{Counted, closers, doubtful_evidence};
use crate::kernel::documents::policy::{Closure, ClosureTime};
use crate::kernel::documents::roster::Person;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{DeviationId, PersonId, Role, RuleId, StepId};
use crate::kernel::model::subject::{Subject, SubjectKind};
use crate::kernel::model::time::Timestamp;
use crate::kernel::policy;
use crate::kernel::records::sign_off::{Decision, SignOff};
use std::fmt;

/// What somebody approves, and as what.
#[derive(Clone, Copy, Debug)]
pub struct Approval<'a> {
    /// Who.
    pub person: &'a PersonId,
    /// In which role.
    pub role: &'a Role,
    /// What the signature means.
    pub meaning: Meaning,
    /// What is approved.
    pub subject: &'a Subject,
    /// The sign-offs that stand already; none while the run is open.
    pub appended: Option<&'a [Counted]>,
}

/// Why an approval does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotCounted {
    /// The profile asks other roles.
    Role {
        /// In which role it was given.
        given: Role,
        /// Who is asked.
        asked: Vec<Role>,
    },
    /// The role is asked for something else.
    Meaning {
        /// What was given.
        given: Meaning,
        /// What is asked of this role.
        asked: Vec<Meaning>,
    },
    /// The closing rule takes only what is signed over the seal.
    BeforeTheSeal(RuleId),
    /// The closing rule excludes whoever acted as this.
    Excluded {
        /// Which rule.
        rule: RuleId,
        /// As what the person acted.
        role: Role,
        /// A step that the person had a hand in.
        step: Option<StepId>,
    },
    /// Nobody accepts a deviation that he wrote down himself.
    RaisedIt(DeviationId),
    /// Nobody judges a step that he had a hand in.
    Worked(StepId),
    /// Nobody judges evidence of a run that he had a hand in.
    Hand(Option<StepId>),
    /// Nothing at this step waits for an approval.
    NothingOpen(StepId),
    /// The run has no such thing.
    Unknown(String),
    /// The same person again.
    Again,
}

fn list<T: fmt::Display>(items: &[T], with: &str) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(with)
}

impl fmt::Display for NotCounted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role { given, asked } if asked.is_empty() => {
                write!(f, "the profile asks nobody here, and not {given}")
            }
            Self::Role { given, asked } => write!(f, "the profile asks {}, not {given}", list(asked, " or ")),
            Self::Meaning { given, asked } => {
                let asked: Vec<_> = asked.iter().map(|m| m.word()).collect();
                write!(f, "this role is asked for {}, not for {}", list(&asked, " or "), given.word())
            }
            Self::BeforeTheSeal(_) => f.write_str("it is signed over the sealed run, not before"),
            Self::Excluded { role, step: Some(step), .. } if role.as_str() == "performer" => {
                write!(f, "the signer performed step {step}")
            }
            Self::Excluded { role, .. } => write!(f, "the signer acted as {role} in this run"),
            Self::RaisedIt(deviation) => write!(f, "the signer wrote {deviation} down"),
            Self::Worked(step) => write!(f, "the signer performed step {step}"),
            Self::Hand(Some(step)) => write!(f, "the signer had a hand in the work, at step {step}"),
            Self::Hand(None) => f.write_str("the signer had a hand in the work"),
            Self::NothingOpen(step) => write!(f, "nothing at step {step} waits for an approval"),
            Self::Unknown(subject) => write!(f, "this run has no {subject}"),
            Self::Again => f.write_str("the signer approved it already, and different persons are counted"),
        }
    }
}

impl NotCounted {
    /// Returns the rule or subject that the reason is about, for the beginning of a sentence.
    #[must_use]
    pub fn about(&self, subject: &Subject) -> String {
        match self {
            Self::Excluded { rule, .. } | Self::BeforeTheSeal(rule) => rule.to_string(),
            _ => subject.id.clone(),
        }
    }
}

impl Approval<'_> {
    /// Asks whether the approval counts.
    ///
    /// # Errors
    /// Why it does not.
    pub fn counts(&self, run: &Run) -> Result<(), NotCounted> {
        match self.subject.kind {
            SubjectKind::Run => self.counts_for_the_run(run),
            SubjectKind::Deviation => self.counts_for_a_deviation(run),
            SubjectKind::Step => self.counts_for_evidence(run),
        }
    }

    fn counts_for_the_run(&self, run: &Run) -> Result<(), NotCounted> {
        let all = &run.plan().policy.closure;
        let of_role: Vec<&Closure> = all.iter().filter(|c| c.role == *self.role).collect();
        if of_role.is_empty() {
            let mut asked: Vec<Role> = all.iter().map(|c| c.role.clone()).collect();
            asked.dedup();
            return Err(NotCounted::Role { given: self.role.clone(), asked });
        }
        let rules: Vec<&Closure> = of_role.iter().copied().filter(|c| c.meaning.meaning() == self.meaning).collect();
        let now = |c: &&&Closure| self.appended.is_some() || c.when == ClosureTime::Either;
        let Some(first) = rules.first() else {
            let asked = of_role.iter().map(|c| c.meaning.meaning()).collect();
            return Err(NotCounted::Meaning { given: self.meaning, asked });
        };
        if !rules.iter().any(|c| now(&c)) {
            return Err(NotCounted::BeforeTheSeal(first.id.clone()));
        }
        let mut reason = None;
        for rule in rules.iter().filter(now) {
            match self.counts_for_rule(run, rule) {
                Ok(()) => return Ok(()),
                Err(why) => reason = reason.or(Some(why)),
            }
        }
        reason.map_or(Ok(()), Err)
    }

    fn counts_for_rule(&self, run: &Run, rule: &Closure) -> Result<(), NotCounted> {
        excluded(run, rule, self.person).map_or(Ok(()), Err)?;
        match closers(run, self.appended.unwrap_or_default(), rule).contains(self.person) {
            true => Err(NotCounted::Again),
            false => Ok(()),
        }
    }

    fn counts_for_a_deviation(&self, run: &Run) -> Result<(), NotCounted> {
        let deviation = run.deviations().iter().find(|d| d.id.as_str() == self.subject.id);
        let deviation = deviation.ok_or_else(|| NotCounted::Unknown(self.subject.id.clone()))?;
        let roles = policy::review_roles(run.plan(), &deviation.statement);
        if !roles.contains(&self.role) {
            let asked = roles.into_iter().cloned().collect();
            return Err(NotCounted::Role { given: self.role.clone(), asked });
        }
        if run.is_party(self.person, deviation) {
            let step = deviation.facts.step.clone().filter(|_| deviation.raised_by != *self.person);
            return Err(step.map_or_else(|| NotCounted::RaisedIt(deviation.id.clone()), NotCounted::Worked));
        }
        let again = deviation.reviews.iter().any(|r| r.person == *self.person);
        match again || self.stands_already() {
            true => Err(NotCounted::Again),
            false => Ok(()),
        }
    }

    /// A doubtful file is accepted by somebody who reviews and had no hand in any work.
    fn counts_for_evidence(&self, run: &Run) -> Result<(), NotCounted> {
        let step: StepId = self.subject.id.parse().map_err(|_| NotCounted::Unknown(self.subject.id.clone()))?;
        if !doubtful_evidence(run).contains_key(&step) {
            return Err(NotCounted::NothingOpen(step));
        }
        let by = &run.plan().policy.review.by;
        if !by.contains(self.role) {
            return Err(NotCounted::Role { given: self.role.clone(), asked: by.clone() });
        }
        if self.meaning != Meaning::Approved {
            return Err(NotCounted::Meaning { given: self.meaning, asked: vec![Meaning::Approved] });
        }
        if run.hands().contains(self.person) {
            return Err(NotCounted::Hand(hand(run, self.person)));
        }
        let in_run = run
            .signatures()
            .iter()
            .any(|s| s.person == *self.person && s.subject == *self.subject && s.meaning == self.meaning && !s.stale);
        match in_run || self.stands_already() {
            true => Err(NotCounted::Again),
            false => Ok(()),
        }
    }

    /// Tells whether the person's last appended word on the subject is this approval; a return lies between otherwise.
    fn stands_already(&self) -> bool {
        let own: Vec<&Counted> =
            self.appended.unwrap_or_default().iter().filter(|c| self.is_own(&c.statement)).collect();
        let seen = |c: &&&Counted| own.iter().any(|other| other.statement.sees.contains(&c.digest));
        own.iter().any(|c| !seen(&c) && c.statement.decision == Decision::Approve)
            && !own.iter().any(|c| !seen(&c) && c.statement.decision == Decision::Return)
    }

    fn is_own(&self, statement: &SignOff) -> bool {
        statement.person == *self.person && statement.subject == *self.subject
    }
}

/// Says why a person's signature does not count for a closing rule, whatever else stands.
#[must_use]
pub fn excluded(run: &Run, rule: &Closure, person: &PersonId) -> Option<NotCounted> {
    let role = rule.not.iter().find(|role| run.acted_as(person, role))?;
    let step = hand(run, person).filter(|_| role.as_str() == "performer");
    Some(NotCounted::Excluded { rule: rule.id.clone(), role: role.clone(), step })
}

/// Returns the first step that a person had a hand in.
fn hand(run: &Run, person: &PersonId) -> Option<StepId> {
    let worked = |id: &&StepId| run.step(id).is_some_and(|s| s.attempts.iter().any(|a| a.actors.contains(person)));
    run.plan().procedure.steps().map(|s| &s.id).find(worked).cloned()
}

/// Returns who of the roster could give an approval that counts, each with the roles that fit, at a moment.
#[must_use]
pub fn who_could(run: &Run, approval: &Approval, at: Timestamp) -> Vec<PersonId> {
    let could = |person: &Person| {
        let held = person.roles.iter().filter(|grant| person.holds(&grant.role, at));
        held.into_iter()
            .any(|grant| Approval { person: &person.id, role: &grant.role, ..*approval }.counts(run).is_ok())
    };
    run.roster().persons.iter().filter(|p| could(p)).map(|p| p.id.clone()).collect()
}

/// Asks whether a statement counts beside those that stand already. Refusing counts from every role that is
/// named, returning holds things open, and acknowledging claims nothing: only approving asks for more.
///
/// # Errors
/// Why it does not.
pub fn statement_counts(run: &Run, statement: &SignOff, standing: &[Counted]) -> Result<(), NotCounted> {
    let SignOff { person, role, meaning, subject, .. } = statement;
    if statement.decision != Decision::Approve {
        return Ok(());
    }
    match (Approval { person, role, meaning: *meaning, subject, appended: Some(standing) }).counts(run) {
        // To accept again with another class is a new word.
        Err(NotCounted::Again) if statement.final_class.is_some() => Ok(()),
        answer => answer,
    }
}
