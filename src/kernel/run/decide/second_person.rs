//! Verification, release of holds, signatures.

use super::super::gates::Asking;
use super::super::outstanding::releases_left;
use super::super::{Approval, Attempt, Least, NotCounted, Run, StepState, who_could};
use super::said;
use crate::kernel::documents::step::{Step, StepSignature, StepType, Verification, VerificationMode};
use crate::kernel::model::gate::GateCode;
use crate::kernel::model::input::InputType;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{PersonId, Role, StepId, Variable};
use crate::kernel::model::number::Number;
use crate::kernel::model::outcome::Match;
use crate::kernel::model::subject::{Subject, SubjectKind};
use crate::kernel::records::event::{Event, HoldReleased, SignatureGiven, VerificationRecorded};
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
        let separated = self.waited(step, ask.now).filter(|waited| waited.least == Least::Separation);
        ask.waited(GateCode::Separation, step, separated.as_ref());
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
        let held = step.kind == StepType::Hold;
        ask.ask(GateCode::StepType, held, &[("step", id), ("type", &step.kind.word())]);
        let open: Vec<_> = releases_left(step, attempt?).map(|(wanted, _)| wanted).collect();
        self.signs_for(ask, &open, attempt?);
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

    /// Signs in a role that is still asked; nobody gives one signature twice.
    fn signs_for(&self, ask: &mut Asking, open: &[&StepSignature], attempt: &Attempt) {
        let gave = |wanted: &StepSignature| attempt.signers(wanted).any(|p| *p == ask.who.person);
        let mine = |wanted: &&&StepSignature| self.roles_of(&ask.who.person).any(|r| *r == wanted.role);
        let own: Vec<&StepSignature> = open.iter().filter(mine).copied().collect();
        let fresh = own.iter().find(|wanted| !gave(wanted)).map(|wanted| &wanted.role);
        let again = !own.is_empty() && fresh.is_none();
        let roles: Vec<&Role> = open.iter().map(|wanted| &wanted.role).collect();
        match (fresh, &roles[..]) {
            (Some(role), _) => ask.role(role),
            (None, [only]) => ask.role(only),
            (None, several) => ask.one_role(GateCode::RoleBound, several),
        };
        ask.first_time(again);
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

    /// The run as a whole is signed when its work is finished, not before. Whoever approves is counted, or refused
    /// with the reason; whoever refuses is heard in any role.
    fn sign_run(&self, ask: &mut Asking, meaning: Meaning, subject: &Subject) {
        let wanted = matches!(meaning, Meaning::Approved | Meaning::Reviewed | Meaning::Rejected)
            && subject.id == self.id.as_str();
        ask.ask(GateCode::SignatureWanted, wanted, &[("subject", &subject.id), ("meaning", &meaning.word())]);
        self.finished(ask);
        let closing = self.plan.policy.closure.iter().map(|c| &c.role);
        let closure: Vec<&Role> = closing.filter(|r| self.roles_of(&ask.who.person).any(|own| own == *r)).collect();
        if meaning == Meaning::Rejected {
            match closure.is_empty() {
                true => ask.any_role(),
                false => ask.one_role(GateCode::RoleBound, &closure),
            };
            return;
        }
        self.counted(ask, meaning, subject);
    }

    /// Acts in the first role of the person in which the approval counts.
    fn counted(&self, ask: &mut Asking, meaning: Meaning, subject: &Subject) {
        let of = |role| Approval { person: &ask.who.person, role, meaning, subject, appended: None };
        let tried: Vec<_> = self.roles_of(&ask.who.person).map(|role| (role, of(role).counts(self))).collect();
        // Of several reasons the one is told that comes closest: not the role, but what stands against the person.
        let other = |why: &NotCounted| !matches!(why, NotCounted::Role { .. });
        let best = tried.iter().find(|(_, answer)| answer.is_ok());
        let best = best.or_else(|| tried.iter().find(|(_, answer)| answer.as_ref().is_err_and(other)));
        let Some((role, answer)) = best.or_else(|| tried.first()) else {
            ask.any_role();
            return;
        };
        ask.role(role);
        match answer {
            Ok(()) => ask.ask(GateCode::Counts, true, &[("person", &ask.who.person), ("role", role)]),
            Err(why) => {
                let could = who_could(self, &of(role), ask.now.time);
                let could = could.iter().map(PersonId::as_str).collect::<Vec<_>>().join(" ");
                let reason = format!("{}: {why}", why.about(subject));
                let inputs: &[(&str, &dyn std::fmt::Display)] =
                    &[("person", &ask.who.person), ("role", role), ("reason", &reason), ("could", &could)];
                ask.ask(GateCode::Counts, false, inputs)
            }
        };
    }

    /// A step is signed for what it asks for; once it is closed, for its doubtful evidence alone.
    fn sign_step(&self, ask: &mut Asking, meaning: Meaning, subject: &Subject) -> Option<()> {
        let id: Option<StepId> = subject.id.parse().ok();
        ask.ask(
            GateCode::KnownStep,
            id.as_ref().is_some_and(|id| self.steps.contains_key(id)),
            &[("step", &subject.id)],
        );
        let id = id?;
        let step = self.authored(&id)?;
        let known = &self.steps[&id];
        if known.state.is_terminal() {
            self.counted(ask, meaning, subject);
            return Some(());
        }
        let of_meaning = |wanted: &&StepSignature| wanted.meaning.meaning() == meaning;
        let attempt = known.current();
        let open = |wanted: &&StepSignature| attempt.is_some_and(|a| a.signatures_left(wanted) > 0);
        let left: Vec<_> = step.later_signatures().filter(of_meaning).filter(open).collect();
        let wanted = !left.is_empty() && known.state == StepState::Performed;
        ask.ask(GateCode::SignatureWanted, wanted, &[("step", &id), ("meaning", &meaning.word())]);
        self.signs_for(ask, &left, attempt?);
        ask.other_person(&id);
        Some(())
    }
}
