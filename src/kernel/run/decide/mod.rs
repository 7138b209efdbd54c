//! Deciding: an intent becomes the event that would be recorded, or a refusal.

mod change;
mod crew;
mod deviations;
mod entries;
mod phases;
mod reconfirm;
mod registers;
mod requests;
mod second_person;
mod steps;
mod turnovers;
mod watches;

pub use deviations::{facts_for, facts_of};

use super::gates::Asking;
use super::{Intent, Run};
use crate::kernel::model::gate::{Gate, GateCode, GateOutcome};
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::model::time::Now;
use crate::kernel::records::event::{Event, GateDenied};
use crate::kernel::signature::KeyId;
pub(super) use crate::kernel::work::kind::is_given as said;
use crate::kernel::work::works;

/// Who acts, and with which key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The person.
    pub person: PersonId,
    /// The key that signs.
    pub key: KeyId,
}

/// What would be recorded, and in which role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The event.
    pub event: Event,
    /// The role of the actor.
    pub role: Role,
}

/// An act that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Every gate that was evaluated, the closed ones among them.
    pub gates: Vec<Gate>,
    /// The denial as a record, when the person has an open session.
    pub denial: Option<Decided>,
}

impl Refusal {
    /// Returns the codes of the closed gates; never empty.
    #[must_use]
    pub fn codes(&self) -> Vec<GateCode> {
        self.gates.iter().filter(|g| g.outcome == GateOutcome::Deny).map(|g| g.gate).collect()
    }

    /// Returns what happened, in one sentence for each closed gate.
    #[must_use]
    pub fn message(&self) -> String {
        let denied = self.gates.iter().filter(|g| g.outcome == GateOutcome::Deny);
        let sentences = denied.map(|g| {
            let inputs =
                g.inputs.iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| format!("{k} {v}")).collect::<Vec<_>>();
            format!("{} ({})", g.gate.message(), inputs.join(", "))
        });
        sentences.collect::<Vec<_>>().join("; ")
    }

    /// Returns what can be done about the first closed gate.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        self.codes().first().map_or("", |c| c.hint())
    }
}

/// Decides by what an act is; what only one kind of work knows is decided by that kind.
macro_rules! decided {
    ([|$work:ident| $works:expr; $intent:ident; $($own:tt)*] $(
        $(#[$doc:meta])* $kind:ident = $word:literal [$($columns:tt)*]
        $(=> $module:ident: $owned:ty {
            $(#[$mdoc:meta])* member $member:ident: $type:ty;
            acts { $($(#[$adoc:meta])* $act:ident,)* }
            records { $($records:tt)* }
        })?
    )*) => {
        match $intent {
            $($own)*
            $($($(Intent::$act($work) => $works,)*)?)*
        }
    };
}

impl Run {
    /// Decides an intent: the same answer for the same run, person and moment, on any machine.
    ///
    /// # Errors
    /// When a gate is closed.
    pub fn decide(&self, intent: &Intent, who: &Who, now: &Now) -> Result<Decided, Box<Refusal>> {
        let mut ask = Asking::new(self, who, now);
        // At an opening the clock is always on the record; later it is named where it is the cause.
        let right = if starts(intent) || ask.clock_is_the_cause() { ask.clock() } else { true };
        let known = right && ask.person() && (starts(intent) || ask.session());
        let event = match known && self.unchanged(&mut ask, intent) {
            true => self.event(&mut ask, intent),
            false => None,
        };
        let role = ask.role.clone().or_else(|| self.roles_of(&who.person).next().cloned());
        match (event, role) {
            (Some(event), Some(role)) => Ok(Decided { event, role }),
            (_, role) => {
                let gates = ask.into_gates();
                let codes = gates.iter().filter(|g| g.outcome == GateOutcome::Deny).map(|g| g.gate).collect();
                let recordable = self.has_session(&who.person, now) && self.closed.is_none() && !knows_no_key(&gates);
                let bound = self.roles_of(&who.person).next().cloned().or(role).filter(|_| recordable);
                let denied = GateDenied { codes, gates: gates.clone(), intent: Box::new(intent.clone()) };
                Err(Box::new(Refusal { gates, denial: bound.map(|role| Decided { event: denied.into(), role }) }))
            }
        }
    }

    fn event(&self, ask: &mut Asking, intent: &Intent) -> Option<Event> {
        works! { decided! |act| self.works(ask, act); intent;
            Intent::Open { .. } => self.open(ask, intent),
            Intent::Unlock { .. } => self.unlock(ask, intent),
            Intent::AcknowledgeChange { comment } => self.acknowledge_change(ask, comment.as_ref()),
            Intent::LockSession { reason } => self.lock_session(ask, *reason),
            Intent::BindCrew { person, role } => self.bind_crew(ask, person, role),
            Intent::RegisterInstrument { .. } => self.register_instrument(ask, intent),
            Intent::Begin { step } => self.begin(ask, step),
            Intent::Acknowledge { advisory, step } => self.acknowledge(ask, *advisory, step),
            Intent::ConfirmComponent { step, tag } => self.confirm_component(ask, step, tag),
            Intent::Enter { .. } => self.enter(ask, intent),
            Intent::Correct { .. } => self.correct(ask, intent),
            Intent::RegisterMaterial { .. } => self.register_material(ask, intent),
            Intent::RegisterPermit { .. } => self.register_permit(ask, intent),
            Intent::Observe { .. } => self.observe(ask, intent),
            Intent::Defer { step } => self.defer(ask, step),
            Intent::Reconfirm { comment, step } => self.reconfirm(ask, comment.as_ref(), step),
            Intent::Turnover { remarks, role, to } => self.give_turnover(ask, remarks.as_ref(), role, to),
            Intent::AcceptTurnover {} => self.accept_turnover(ask),
            Intent::Check { .. } => self.check(ask, intent),
            Intent::Decide { option, step } => self.take_decision(ask, option, step),
            Intent::Attach { .. } => self.attach(ask, intent),
            Intent::Redact { blake3, reason } => self.redact(ask, *blake3, reason),
            Intent::Perform { late, outcome, step } => self.perform(ask, late.as_ref(), *outcome, step),
            Intent::Verify { agree, step, values } => self.verify(ask, *agree, step, values),
            Intent::ReleaseHold { comment, step } => self.release_hold(ask, comment.as_ref(), step),
            Intent::Redo { step } => self.redo(ask, step),
            Intent::NotApplicable { step } => self.not_applicable(ask, step),
            Intent::Skip { step } => self.skip(ask, step),
            Intent::Deviate { about, statement, step } => self.deviate(ask, about.as_deref(), statement, step.as_ref()),
            Intent::AmendDeviation { deviation, reason, statement } => self.amend(ask, deviation, reason, statement),
            Intent::ReviewDeviation { .. } => self.review(ask, intent),
            Intent::Sign { comment, meaning, subject } => self.sign(ask, comment.as_ref(), *meaning, subject),
            Intent::Request { asked, to } => self.request(ask, asked, to),
            Intent::ImportAnswer { answer, signature } => self.import_answer(ask, answer, signature),
            Intent::Note { kind, step, text } => self.note(ask, *kind, step.as_ref(), text),
            Intent::Pause { code, reason } => self.pause(ask, code.as_ref(), reason),
            Intent::Resume { comment } => self.resume(ask, comment.as_ref()),
            Intent::StopWork { reason } => self.stop_work(ask, reason),
            Intent::Abort { emergency, reason } => self.abort(ask, *emergency, reason),
            Intent::ConfirmSafeState { comment } => self.confirm_safe_state(ask, comment.as_ref()),
            Intent::Close { orphans } => self.close(ask, orphans),
        }
    }
}

/// Opening and unlocking are the two acts that come before a session.
fn starts(intent: &Intent) -> bool {
    matches!(intent, Intent::Open { .. } | Intent::Unlock { .. })
}

fn knows_no_key(gates: &[Gate]) -> bool {
    let no_key = |g: &Gate| matches!(g.gate, GateCode::KnownPerson | GateCode::Clock) && g.outcome == GateOutcome::Deny;
    gates.iter().any(no_key)
}
