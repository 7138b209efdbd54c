//! Every closing rule of the profile: who met it and when, or what is missing and who cannot supply it.

use crate::kernel::documents::policy::{Closure, ClosureTime};
use crate::kernel::model::name::PersonId;
use crate::kernel::model::subject::{Subject, SubjectKind};
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::sign_off::Decision;
use crate::kernel::run::{Counted, Run, closers};
use crate::kernel::text::escape;
use serde::Serialize;

/// One rule and how it stands; every text is escaped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClosingRule {
    /// How many different persons it asks for.
    pub count: u32,
    /// Its name in the profile.
    pub id: String,
    /// What the signature must mean.
    pub meaning: &'static str,
    /// Who met it, in order of time.
    pub met: Vec<Met>,
    /// How many are missing.
    pub missing: u32,
    /// Whoever acted as one of these does not count.
    pub not: Vec<String>,
    /// In which role it is signed.
    pub role: String,
}

/// A signature that counts for a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Met {
    /// When it was signed, on the signer's own word.
    pub time: Timestamp,
    /// The printed name.
    pub name: String,
    /// Who.
    pub person: String,
    /// Whether it was signed over the seal; else in the run.
    pub after: bool,
}

/// Returns the rules of the run's profile in their order.
pub(super) fn closing(run: &Run, signoffs: &[Counted]) -> Vec<ClosingRule> {
    run.plan().policy.closure.iter().map(|rule| one(run, signoffs, rule)).collect()
}

fn one(run: &Run, signoffs: &[Counted], rule: &Closure) -> ClosingRule {
    let mut met: Vec<Met> = closers(run, signoffs, rule).iter().map(|who| signed(run, signoffs, rule, who)).collect();
    met.sort();
    let count = rule.count.get();
    ClosingRule {
        count,
        id: rule.id.to_string(),
        meaning: rule.meaning.meaning().word(),
        missing: count.saturating_sub(u32::try_from(met.len()).unwrap_or(u32::MAX)),
        met,
        not: rule.not.iter().map(ToString::to_string).collect(),
        role: rule.role.to_string(),
    }
}

/// When and where a person who counts for a rule signed: the last word that counts.
fn signed(run: &Run, signoffs: &[Counted], rule: &Closure, person: &PersonId) -> Met {
    let subject = Subject { id: run.id().to_string(), kind: SubjectKind::Run };
    let meaning = rule.meaning.meaning();
    let in_run = run.signatures().iter().filter(|s| {
        let fits = s.subject == subject && s.meaning == meaning && s.role == rule.role;
        rule.when == ClosureTime::Either && fits && !s.stale && s.person == *person
    });
    let later = signoffs.iter().map(|counted| &counted.statement).filter(|s| {
        let fits = s.subject == subject && s.meaning == meaning && s.role == rule.role;
        fits && s.decision == Decision::Approve && s.person == *person
    });
    let signed = in_run.map(|s| (s.time, false)).chain(later.map(|s| (s.time, true))).max();
    let name = run.roster().person(person).map_or_else(|| person.to_string(), |known| known.name.clone());
    let (time, after) = signed.unwrap_or((Timestamp::from_millis(0), false));
    Met { time, name: escape(&name).into_owned(), person: person.to_string(), after }
}

impl ClosingRule {
    /// Tells the rule in one sentence.
    #[must_use]
    pub fn told(&self) -> String {
        let met = self.met.iter().map(|met| {
            let place = if met.after { "over the seal" } else { "in the run" };
            format!("{} ({}), {}, {place}", met.name, met.person, met.time)
        });
        let met = met.collect::<Vec<_>>().join("; ");
        let (id, count, meaning, role) = (&self.id, self.count, self.meaning, &self.role);
        let rule = format!("{id}: {meaning} by {count} as {role}");
        let excluded = match self.not.as_slice() {
            [] => String::new(),
            roles => format!("; whoever acted as {} does not count", roles.join(" or ")),
        };
        match (self.missing, met.is_empty()) {
            (0, _) => format!("{rule}: met by {met}"),
            (missing, true) => format!("{rule}: {missing} missing{excluded}"),
            (missing, false) => format!("{rule}: met by {met}; {missing} missing{excluded}"),
        }
    }
}
