//! Telling others and hearing them: communication, witnesses, go or no-go, called procedures.

use super::super::gates::Asking;
use super::super::{Intent, Run};
use super::said;
use crate::kernel::documents::step::{Step, StepType};
use crate::kernel::model::gate::GateCode;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{Role, StepId};
use crate::kernel::records::event::{
    CallRecorded, CommunicationRecorded, Event, PollRecorded, WitnessAttended, WitnessNotified,
};
use crate::kernel::work::communicate::CommunicationKind;
use crate::kernel::work::poll::{PollAnswer, PollEntry};
use crate::kernel::work::witness::Attendance;

impl Run {
    pub(super) fn communicate(&self, ask: &mut Asking, intent: &Intent) -> Option<Event> {
        let Intent::Communicate { confirmed, party, repeat_back, step: id } = intent else { return None };
        let step = self.at_work(ask, id, StepType::Communicate)?;
        let wanted = step.communicate.as_ref()?;
        self.ready_to_perform(ask, step);
        ask.ask(GateCode::Comment, said(party), &[("party", party)]);
        let three_way = wanted.kind == CommunicationKind::ThreeWay;
        let understood = repeat_back.as_deref().is_some_and(said) == three_way;
        ask.ask(GateCode::Understood, understood, &[("mode", &if three_way { "three_way" } else { "notify" })]);
        let gates = ask.passed()?;
        Some(
            CommunicationRecorded {
                attempt: self.steps[id].attempt(),
                confirmed: *confirmed || !three_way,
                gates,
                message: self.plan.text(&wanted.message),
                mode: wanted.kind,
                party: party.clone(),
                repeat_back: repeat_back.clone(),
                step: id.clone(),
            }
            .into(),
        )
    }

    /// The step is active, of the right type, and the performer acts.
    fn at_work<'a>(&self, ask: &mut Asking<'a>, id: &StepId, kind: StepType) -> Option<&'a Step> {
        ask.working();
        let step = ask.step(id)?;
        ask.active(step);
        ask.role(&step.performed_by);
        ask.ask(GateCode::StepType, step.kind == kind, &[("step", id), ("type", &step.kind.word())]);
        Some(step)
    }

    pub(super) fn notify_witness(&self, ask: &mut Asking, way: &str, party: &str, id: &StepId) -> Option<Event> {
        self.at_work(ask, id, StepType::Witness)?;
        let first = self.steps[id].current().is_some_and(|a| a.notified.is_none());
        ask.ask(GateCode::WitnessNotified, first, &[("step", id)]);
        ask.ask(GateCode::Comment, said(way) && said(party), &[("party", &party), ("by", &way)]);
        let gates = ask.passed()?;
        let (party, way) = (party.to_owned(), way.to_owned());
        Some(WitnessNotified { attempt: self.steps[id].attempt(), gates, party, step: id.clone(), way }.into())
    }

    /// The witness says that he was there or does not come; the performer says that nobody came.
    pub(super) fn attend(&self, ask: &mut Asking, intent: &Intent) -> Option<Event> {
        let Intent::Attend { comment, outcome, step: id } = intent else { return None };
        ask.working();
        let step = ask.step(id)?;
        ask.active(step);
        ask.ask(GateCode::StepType, step.witness.is_some(), &[("step", id), ("type", &step.kind.word())]);
        let witness = step.witness.as_ref()?;
        let attempt = self.steps[id].current();
        ask.ask(GateCode::WitnessNotified, attempt.is_some_and(|a| a.notified.is_some()), &[("step", id)]);
        self.ready_to_perform(ask, step);
        if *outcome == Attendance::NotAttended {
            ask.role(&step.performed_by);
        } else {
            ask.role(&witness.by);
            ask.other_person(id);
        }
        ask.ask(GateCode::Comment, comment.as_ref().is_none_or(|c| said(c)), &[("comment", &comment.is_some())]);
        let gates = ask.passed()?;
        Some(
            WitnessAttended {
                attempt: self.steps[id].attempt(),
                comment: comment.clone(),
                gates,
                judges: attempt?.records.clone(),
                meaning: (*outcome == Attendance::Attended).then_some(Meaning::Witnessed),
                outcome: *outcome,
                step: id.clone(),
            }
            .into(),
        )
    }

    pub(super) fn poll(&self, ask: &mut Asking, intent: &Intent) -> Option<Event> {
        let Intent::Poll { answer, comment, role, step: id } = intent else { return None };
        ask.working();
        let step = ask.step(id)?;
        ask.active(step);
        let open = self.is_polled(step, role);
        ask.ask(GateCode::PollOpen, open, &[("step", id), ("role", role)]);
        let answered = self.steps[id].current().and_then(|a| a.polled.get(role));
        let again = answered.is_some_and(|a| a.contains_key(&ask.who.person));
        ask.first_time(open && again);
        ask.role(role);
        self.ready_to_perform(ask, step);
        let demanded = *answer == PollAnswer::NoGo;
        let given = comment.as_deref().is_some_and(said);
        ask.ask(GateCode::Comment, given || (!demanded && comment.is_none()), &[("demanded", &demanded)]);
        let gates = ask.passed()?;
        Some(
            PollRecorded {
                answer: *answer,
                attempt: self.steps[id].attempt(),
                comment: comment.clone(),
                gates,
                meaning: answer.meaning(),
                polled: role.clone(),
                step: id.clone(),
            }
            .into(),
        )
    }

    fn is_polled(&self, step: &Step, role: &Role) -> bool {
        let left = |asked: &PollEntry| self.steps[&step.id].current().is_none_or(|a| a.answers_left(asked) > 0);
        step.kind == StepType::GoNoGo && step.poll.iter().any(|asked| asked.role == *role && left(asked))
    }

    pub(super) fn call(&self, ask: &mut Asking, intent: &Intent) -> Option<Event> {
        let Intent::Call { bundle, child, package, step: id } = intent else { return None };
        let step = self.at_work(ask, id, StepType::Call)?;
        self.ready_to_perform(ask, step);
        let wanted = step.call.as_ref()?;
        let fits = wanted.package == *package && *child != self.id;
        ask.ask(GateCode::CalledPackage, fits, &[("wanted", &wanted.package), ("given", package)]);
        let gates = ask.passed()?;
        let (attempt, child, step) = (self.steps[id].attempt(), child.clone(), id.clone());
        Some(CallRecorded { attempt, bundle: *bundle, child, gates, package: *package, step }.into())
    }
}
