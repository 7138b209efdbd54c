//! Verification, release of holds, signatures.

use super::super::gates::Asking;
use super::super::outstanding::after_performing;
use super::super::{Outstanding, Run, StepState};
use super::said;
use crate::kernel::model::event::{
    Event, HoldReleased, Match, SignatureGiven, Subject, SubjectKind, VerificationRecorded,
};
use crate::kernel::model::gate::GateCode;
use crate::kernel::model::input::InputType;
use crate::kernel::model::name::{Role, StepId, Variable};
use crate::kernel::model::number::Number;
use crate::kernel::model::record::Meaning;
use crate::kernel::model::step::{Step, Verification, VerificationMode};
use std::collections::BTreeMap;

impl Run {
    pub(super) fn verify(
        &self,
        ask: &mut Asking,
        agree: Option<bool>,
        id: &StepId,
        values: &BTreeMap<Variable, String>,
    ) -> Option<Event> {
        ask.working();
        let step = ask.step(id)?;
        ask.undisturbed(id);
        let wanted = step.verification.as_ref();
        let known = &self.steps[id];
        let attempt = known.current();
        let unverified = attempt.is_some_and(|a| a.verified.is_none());
        let turn = wanted.is_some_and(|v| match v.mode {
            VerificationMode::Concurrent => known.state == StepState::Active,
            _ => known.state == StepState::Performed,
        });
        ask.ask(GateCode::Verifiable, turn && unverified, &[("step", id), ("state", &known.state.word())]);
        let (verification, attempt) = (wanted?, attempt?);
        ask.role(&verification.by);
        match verification.mode {
            VerificationMode::Own => self.same_person(ask, id),
            _ => ask.other_person(id),
        };
        if verification.mode == VerificationMode::Concurrent {
            self.identified(ask, step);
        }
        let due = verification.min_separation.as_ref().map_or(0, |lapse| self.millis(lapse));
        let passed = attempt.performed.as_ref().map_or(i64::MAX, |p| ask.now.time.since(p.at));
        ask.ask(GateCode::Separation, passed >= due, &[("least_ms", &due)]);
        let observed = self.observed(ask, step, verification, values);
        // Where something is observed the result follows from the observation, not from a word.
        let said_no = agree == Some(false) && verification.observe.is_empty();
        let gates = ask.passed()?;
        let observed = observed?;
        let same = verification.observe.iter().all(|name| self.agrees(step, verification, name, observed.get(name)));
        Some(
            VerificationRecorded {
                attempt: known.attempt(),
                blind: verification.blind || verification.mode == VerificationMode::Independent,
                gates,
                judges: attempt.records.clone(),
                meaning: verification.mode.meaning(),
                mode: verification.mode,
                observed,
                result: if same && !said_no { Match::Match } else { Match::Mismatch },
                step: id.clone(),
            }
            .into(),
        )
    }

    /// A self-check is the performer's own: he stops and looks again.
    fn same_person(&self, ask: &mut Asking, id: &StepId) -> bool {
        let mine = self.steps[id].current().is_some_and(|a| a.actors.contains(&ask.who.person));
        ask.ask(GateCode::Verifiable, mine, &[("person", &ask.who.person)])
    }

    /// Reads the verifier's own observations; none may be missing and none may be added.
    fn observed(
        &self,
        ask: &mut Asking,
        step: &Step,
        verification: &Verification,
        values: &BTreeMap<Variable, String>,
    ) -> Option<BTreeMap<Variable, String>> {
        let complete = verification.observe.iter().all(|n| values.contains_key(n))
            && values.keys().all(|n| verification.observe.contains(n));
        ask.ask(GateCode::Observed, complete, &[("wanted", &verification.observe.len()), ("given", &values.len())]);
        let read = |(name, raw): (&Variable, &String)| {
            let input = step.input(name).filter(|i| i.kind != InputType::Table)?;
            let expected = self.expected(input);
            let judged = self.plan.judge(input, raw, expected.as_deref(), &|_| true).ok()?;
            Some((name.clone(), judged.0))
        };
        let observed: Option<BTreeMap<_, _>> = values.iter().map(read).collect();
        ask.ask(GateCode::EntryForm, observed.is_some(), &[("step", &step.id)]);
        observed
    }

    /// Tells whether the verifier read what the performer recorded, within the tolerance.
    fn agrees(&self, step: &Step, verification: &Verification, name: &Variable, observed: Option<&String>) -> bool {
        let recorded = self.steps[&step.id].current().and_then(|a| a.entry(name, None, None)).map(|e| &e.value);
        let (Some(recorded), Some(observed)) = (recorded, observed) else { return false };
        let number = |text: &str| text.parse::<Number>().ok();
        match (step.input(name).map(|i| i.kind), number(recorded), number(observed)) {
            (Some(InputType::Number), Some(a), Some(b)) => match verification.tolerance.get(name) {
                Some(tolerance) => a.distance(b).is_some_and(|d| d <= *tolerance),
                None => a == b,
            },
            _ => recorded == observed,
        }
    }

    pub(super) fn release_hold(&self, ask: &mut Asking, comment: Option<&String>, id: &StepId) -> Option<Event> {
        ask.working();
        let step = ask.step(id)?;
        ask.active(step);
        let attempt = self.steps[id].current();
        let waiting = attempt.is_some_and(|a| a.hold_reached && !a.released);
        ask.ask(GateCode::HoldReached, waiting, &[("step", id)]);
        let role = step.release_role();
        ask.ask(GateCode::StepType, role.is_some(), &[("step", id), ("type", &step.kind.word())]);
        ask.role(role?);
        ask.other_person(id);
        self.ready_to_perform(ask, step);
        ask.ask(GateCode::Comment, comment.is_none_or(|c| said(c)), &[("comment", &comment.is_some())]);
        let gates = ask.passed()?;
        Some(
            HoldReleased {
                attempt: self.steps[id].attempt(),
                comment: comment.cloned(),
                gates,
                judges: attempt?.records.clone(),
                meaning: Meaning::HoldReleased,
                step: id.clone(),
            }
            .into(),
        )
    }

    pub(super) fn sign(
        &self,
        ask: &mut Asking,
        comment: Option<&String>,
        meaning: Meaning,
        subject: &Subject,
    ) -> Option<Event> {
        ask.open();
        match subject.kind {
            SubjectKind::Run => self.sign_run(ask, meaning, subject),
            SubjectKind::Step => self.sign_step(ask, meaning, subject)?,
            SubjectKind::Deviation => {
                ask.ask(GateCode::SignatureWanted, false, &[("subject", &subject.id), ("act", &"review_deviation")]);
            }
        }
        let demanded = meaning == Meaning::Rejected;
        let given = comment.is_some_and(|c| said(c));
        ask.ask(GateCode::Comment, given || (!demanded && comment.is_none()), &[("demanded", &demanded)]);
        let gates = ask.passed()?;
        Some(
            SignatureGiven {
                comment: comment.cloned(),
                gates,
                judges: vec![self.head],
                meaning,
                subject: subject.clone(),
            }
            .into(),
        )
    }

    /// The run as a whole is signed when its work is finished, not before.
    fn sign_run(&self, ask: &mut Asking, meaning: Meaning, subject: &Subject) {
        let wanted = matches!(meaning, Meaning::Approved | Meaning::Reviewed | Meaning::Rejected)
            && subject.id == self.id.as_str();
        ask.ask(GateCode::SignatureWanted, wanted, &[("subject", &subject.id), ("meaning", &meaning.word())]);
        self.finished(ask);
        let closure: Vec<&Role> = self.plan.policy.closure.iter().map(|c| &c.role).collect();
        match self.roles_of(&ask.who.person).any(|r| closure.contains(&r)) {
            true => ask.one_role(GateCode::RoleBound, &closure),
            false => ask.any_role(),
        };
    }

    fn sign_step(&self, ask: &mut Asking, meaning: Meaning, subject: &Subject) -> Option<()> {
        let id: Option<StepId> = subject.id.parse().ok();
        ask.ask(
            GateCode::KnownStep,
            id.as_ref().is_some_and(|id| self.steps.contains_key(id)),
            &[("step", &subject.id)],
        );
        let id = id?;
        let step = self.authored(&id)?;
        let attempt = self.steps[&id].current();
        let awaited = attempt.map(|a| after_performing(step, a)).unwrap_or_default();
        let mine = awaited.iter().find_map(|o| match o {
            Outstanding::Signature(role, m) if *m == meaning && self.roles_of(&ask.who.person).any(|r| r == role) => {
                Some(role)
            }
            _ => None,
        });
        let performed = self.steps[&id].state == StepState::Performed;
        let reviewers: Vec<&Role> = self.plan.policy.review.by.iter().collect();
        let accepts = meaning == Meaning::Approved && self.steps[&id].state.is_terminal();
        ask.ask(
            GateCode::SignatureWanted,
            (mine.is_some() && performed) || accepts,
            &[("step", &id), ("meaning", &meaning.word())],
        );
        match mine {
            Some(role) => ask.role(role),
            None => ask.one_role(GateCode::ReviewRole, &reviewers),
        };
        ask.other_person(&id);
        Some(())
    }
}
