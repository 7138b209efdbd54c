//! What a report tells of the run before it lists findings: four questions and what is taken on trust, each answered
//! from the record in whole sentences, so that every face says the same (FORMAT.md §9).

use super::closing::{ClosingRule, closing};
use super::report::TrustAnswer;
use super::trust::Trusted;
use crate::kernel::judgement::work_outcome::WorkOutcome;
use crate::kernel::model::deviation::Trigger;
use crate::kernel::model::name::PersonId;
use crate::kernel::model::opening::Mode;
use crate::kernel::model::time::Timestamp;
use crate::kernel::run::{Counted, Run, StepState};
use crate::kernel::signature::KeyId;
use crate::kernel::text::{counted, escape};
use serde::Serialize;
use std::collections::BTreeSet;

/// The answers, in the order in which they are read; every text is escaped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// What the record takes on trust: keys, authors, clock.
    pub assumptions: Vec<String>,
    /// Under which authority and policy it ran.
    pub authority: Vec<String>,
    /// Every closing rule: who met it, or what is missing.
    pub closing: Vec<ClosingRule>,
    /// What can be checked without this program, and with what.
    pub independent: Vec<String>,
    /// What ran.
    pub ran: Vec<String>,
    /// Whether scope was controlled.
    pub scope: Vec<String>,
    /// How the work came out.
    pub work: WorkOutcome,
}

/// What the account is made from: a run that was replayed, and who vouches for it.
pub(super) struct Told<'a> {
    pub(super) run: &'a Run,
    pub(super) signers: &'a BTreeSet<(PersonId, KeyId)>,
    pub(super) trusted: &'a Trusted,
    pub(super) approvals: Vec<String>,
    pub(super) signoffs: &'a [Counted],
}

impl Account {
    pub(super) fn of(told: &Told) -> Self {
        let mut account = Self {
            assumptions: told.assumptions(),
            authority: told.authority(),
            closing: closing(told.run, told.signoffs),
            independent: told.independent(),
            ran: told.ran(),
            scope: told.scope(),
            work: WorkOutcome::of(told.run),
        };
        let lists = [&mut account.assumptions, &mut account.authority, &mut account.ran, &mut account.scope];
        lists.into_iter().flatten().for_each(|text| *text = escape(text).into_owned());
        account
    }

    /// Returns each question with its answers.
    #[must_use]
    pub fn questions(&self) -> [(&'static str, &[String]); 5] {
        [
            ("What ran?", &self.ran),
            ("Under which authority and policy?", &self.authority),
            ("Was scope controlled?", &self.scope),
            ("What can be checked independently?", &self.independent),
            ("What is taken on trust?", &self.assumptions),
        ]
    }
}

impl Told<'_> {
    fn person(&self, id: &PersonId) -> String {
        let name = self.run.roster().person(id).map(|person| person.name.as_str());
        name.map_or_else(|| id.to_string(), |name| format!("{name} ({id})"))
    }

    fn ran(&self) -> Vec<String> {
        let (run, manifest) = (self.run, &self.run.plan().manifest);
        let mut told = vec![format!("{}, revision {}: {}", manifest.id, manifest.revision, manifest.title)];
        let mode = match run.mode() {
            Some(Mode::Live) => "live",
            Some(Mode::Training) => "as training",
            None => "not opened",
        };
        if let (Some((_, opened)), Some(closed)) = (run.opened(), run.closed()) {
            let by = self.person(&closed.by);
            told.push(format!("run {}, {mode}, opened {opened}, closed {} by {by}", run.id(), closed.at));
        }
        told.push(format!("outcome of the work: {}", WorkOutcome::of(run)));
        let parameters = manifest.parameters.iter().map(|(name, value)| format!("{name} = {value}"));
        let parameters = parameters.collect::<Vec<_>>().join(", ");
        told.extend((!parameters.is_empty()).then(|| format!("parameters fixed at locking: {parameters}")));
        told
    }

    fn authority(&self) -> Vec<String> {
        let (plan, roster) = (self.run.plan(), self.run.roster());
        let mut told = vec![format!("package {}", plan.digest)];
        told.extend(self.approvals.iter().map(|who| format!("approved by {who}")));
        told.push(format!("policy profile {}, domain pack {}-{}", plan.profile(), plan.pack.id, plan.pack.version));
        let known = match self.trusted.answer {
            TrustAnswer::Anchored => "known from the given anchor",
            TrustAnswer::SelfAsserted => "on the bundle's own word: no anchor was given",
            TrustAnswer::NotUnderAnchor => "not under the given anchor",
            TrustAnswer::NotChecked => "not checked",
        };
        told.push(format!("roster {} of {}, {known}", roster.serial, roster.site));
        told
    }

    fn scope(&self) -> Vec<String> {
        let run = self.run;
        let fields = run.opened().map(|(opened, _)| &opened.fields).into_iter().flatten();
        let fields = fields.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ");
        let crew = run.crew().iter().map(|b| format!("{} as {}", self.person(&b.person), b.role));
        let crew = crew.collect::<Vec<_>>().join(", ");
        let mut told: Vec<String> =
            (!fields.is_empty()).then(|| format!("declared at opening: {fields}")).into_iter().collect();
        told.push(format!("crew: {crew}"));
        told.push(self.steps());
        let of = |trigger| run.deviations().iter().filter(|d| d.facts.trigger == trigger).count();
        let (all, order) = (run.deviations().len(), of(Trigger::OutOfOrder));
        let departures = counted(all, "deviation from plan is", "deviations from plan are");
        told.push(format!("{departures} recorded, {order} of them out of order"));
        let refused = counted(run.denials(), "act was refused and recorded", "acts were refused and recorded");
        let stepped = counted(run.clock_steps().len(), "time", "times");
        told.push(format!("{refused}; the wall clock stepped {stepped}"));
        told
    }

    fn steps(&self) -> String {
        let state = |id| self.run.step(id).map(|step| step.state).unwrap_or_default();
        let states: Vec<StepState> = self.run.needed_steps().map(|step| state(&step.id)).collect();
        let count = |wanted: &[StepState]| states.iter().filter(|state| wanted.contains(state)).count();
        format!(
            "steps: {} needed; {} done, {} failed, {} left out, {} not applicable, {} open",
            states.len(),
            count(&[StepState::Complete]),
            count(&[StepState::Failed]),
            count(&[StepState::Skipped]),
            count(&[StepState::NotApplicable]),
            count(&[StepState::Open, StepState::Active, StepState::Performed, StepState::Deferred])
        )
    }

    fn independent(&self) -> Vec<String> {
        vec![
            "every byte: bagit.py, sha256sum -c, b3sum -c".into(),
            format!(
                "{}, each with its link and signature, and the receipt: openssl, sha256sum",
                counted(self.run.seq(), "record", "records")
            ),
            "roster, package approvals and sign-offs: ssh-keygen -Y verify".into(),
            "not without a program that knows the rules: that they were kept".into(),
        ]
    }

    fn assumptions(&self) -> Vec<String> {
        let mut told: Vec<String> = self.signers.iter().map(|(person, key)| self.key(person, key)).collect();
        told.push("who wrote procedure, pack and profile is not recorded; who approved them is".into());
        let clock = self.run.opened().map(|(opened, _)| opened.clock.word()).unwrap_or("self");
        told.push(format!("times are the station's own; confidence: {clock}"));
        told
    }

    /// How old a key was when the run closed: a key made on the day of the run shows little.
    fn key(&self, person: &PersonId, key: &KeyId) -> String {
        let known = self.run.roster().person(person).and_then(|p| p.keys.iter().find(|grant| grant.key.id() == *key));
        let closed = self.run.closed().map(|closed| closed.at);
        let days = known.zip(closed).map(|(grant, closed)| days_between(grant.valid_from, closed));
        let age = days.map_or_else(
            || "of unknown age".to_owned(),
            |days| format!("valid for {} then", counted(days, "day", "days")),
        );
        format!("{}: key {key}, {age}, held by that person alone", self.person(person))
    }
}

fn days_between(from: Timestamp, until: Timestamp) -> u64 {
    u64::try_from((until.millis() - from.millis()) / 86_400_000).unwrap_or(0)
}
