//! How the kinds of work read: what each is called, what it waits for, what became of it.
//!
//! No kind is passed over: a new one is asked for its words here, by the compiler.

use super::record::teller::{Said, Teller, and};
use super::terms::{noun, persons, role};
use super::told::{Told, Tone};
use super::value::{calculated, sampled};
use crate::kernel::documents::pack::Pack;
use crate::kernel::documents::package::Plan;
use crate::kernel::documents::term::Noun;
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::event::WorkRecord;
use crate::kernel::records::intent::WorkAct;
use crate::kernel::run::Run;
use crate::kernel::work::call::CallRecorded;
use crate::kernel::work::communicate::{CommunicationKind, CommunicationRecorded};
use crate::kernel::work::poll::PollAnswer;
use crate::kernel::work::witness::{self, Attendance};
use crate::kernel::work::{StepType, Waits};

/// Returns what a kind is called, as it stands at the head of a step.
#[must_use]
pub fn kind(pack: &Pack, kind: StepType) -> String {
    match kind {
        StepType::Action => "action".into(),
        StepType::Verify => "verify".into(),
        StepType::Check => "check".into(),
        StepType::Record => "record".into(),
        StepType::Sample => "sample".into(),
        StepType::Decision => "decision".into(),
        StepType::Hold => pack.noun(Noun::Hold).within(),
        StepType::Acknowledge => "acknowledge".into(),
        StepType::Calculate => "calculate".into(),
        StepType::Wait => "wait".into(),
        StepType::Witness => pack.noun(Noun::Witness).within(),
        StepType::GoNoGo => "go or no-go".into(),
        StepType::Communicate => "communicate".into(),
        StepType::Inspect => "inspect".into(),
        StepType::Call => "call".into(),
    }
}

/// Returns what a kind waits for, as what somebody does next.
#[must_use]
pub fn asks(run: &Run, waits: &Waits) -> String {
    match waits {
        Waits::Calculate(_) => "calculate".into(),
        Waits::Sample(sample) => format!("take a row ({} more)", sample.left),
        Waits::Communicate(_) => "send message, get repeat-back".into(),
        Waits::Witness(waits) => witness(run, waits),
        Waits::GoNoGo(poll) => format!("{}: go or no-go", role(run, &poll.role)),
        Waits::Call(_) => "name the bundle of the called procedure".into(),
    }
}

/// Returns what a step waits for, where more can be said than what is done next: until when, and of how many.
#[must_use]
pub fn outstanding(run: &Run, waits: &Waits, now: Timestamp) -> String {
    match waits {
        Waits::Witness(witness::Waits::Attendance(by, until)) => {
            format!("the {} attends, or nobody comes until {}", role(run, by), until.told_at(now))
        }
        Waits::GoNoGo(poll) => format!("{}{}", asks(run, waits), persons(poll.left)),
        next => asks(run, next),
    }
}

fn witness(run: &Run, waits: &witness::Waits) -> String {
    match waits {
        witness::Waits::Notice(by) => format!("give the {} notice", role(run, by)),
        witness::Waits::Attendance(by, _) => format!("record whether the {} came", role(run, by)),
    }
}

/// Returns what an act of a kind did, read from the run behind it.
#[must_use]
pub fn done(run: &Run, act: WorkAct) -> Told {
    match act {
        WorkAct::Calculate(d) => calculated(run, &d.step),
        WorkAct::TakeSample(d) => sampled(run, &d.step),
        WorkAct::Communicate(d) => format!("message to {} recorded", d.party).into(),
        WorkAct::NotifyWitness(d) => format!("notice to {} recorded", d.party).into(),
        WorkAct::Attend(d) => format!("{}: {}", noun(run, Noun::Witness), attendance(d.outcome)).into(),
        WorkAct::Poll(d) => answer(&role(run, &d.role), d.answer),
        WorkAct::Call(d) => format!("step {}: called procedure recorded", d.step).into(),
    }
}

/// Returns what a record of a kind says.
pub(in crate::telling) fn recorded(teller: &Teller, record: WorkRecord) -> Said {
    match record {
        WorkRecord::CalculationMade(d) => teller.calculated(d),
        WorkRecord::SampleTaken(d) => teller.sampled(d),
        WorkRecord::CommunicationRecorded(d) => Said::new("Communication", message(d)),
        WorkRecord::WitnessNotified(d) => {
            Said::new(teller.noun(Noun::Witness), format!("notice given to {}, {}", d.party, d.way))
        }
        WorkRecord::WitnessAttended(d) => {
            let (outcome, comment) = (attendance(d.outcome), and("", d.comment.as_ref()));
            Said::new(teller.noun(Noun::Witness), format!("{outcome}{comment}{}", teller.judged(&d.judges)))
        }
        WorkRecord::PollRecorded(d) => {
            let answer = answer(&teller.role(&d.polled), d.answer);
            Said::new("Go or no-go", format!("{answer}{}", and("", d.comment.as_ref())))
        }
        WorkRecord::CallRecorded(d) => Said::new("Called", called(teller.plan(), d)),
    }
}

/// Returns whether a witness came.
#[must_use]
pub fn attendance(outcome: Attendance) -> &'static str {
    match outcome {
        Attendance::Attended => "attended",
        Attendance::Declined => "declined",
        Attendance::NotAttended => "not attended",
    }
}

/// Returns the answer that was given for a role.
#[must_use]
pub fn answer(role: &str, answer: PollAnswer) -> Told {
    match answer {
        PollAnswer::Go => Told::new(Tone::Good, format!("{role}: GO")),
        PollAnswer::NoGo => Told::new(Tone::Bad, format!("{role}: NO GO")),
    }
}

/// Returns what was said to whom, and how it came back.
fn message(d: &CommunicationRecorded) -> String {
    let mode = match d.mode {
        CommunicationKind::Notify => "told",
        CommunicationKind::ThreeWay => "three-way",
    };
    let back = d.repeat_back.as_ref().map_or_else(String::new, |words| format!("; repeated back: \"{words}\""));
    let understood = if d.confirmed { "understood" } else { "NOT UNDERSTOOD" };
    format!("{mode}, to {}: \"{}\"{back}; {understood}", d.party, d.message)
}

/// Returns which run of which procedure was called.
fn called(plan: &Plan, d: &CallRecorded) -> String {
    let call = plan.procedure.step(&d.step).and_then(|step| step.call.as_ref());
    let name = call.map_or_else(String::new, |call| format!("{}, ", call.procedure));
    format!("{name}run {}, bundle {}, package {}", d.child, d.bundle, d.package)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_called_what_the_field_calls_it() {
        let text = r#"{"format":"asrun.pack.v1","id":"p","version":"1","reason_codes":[],
            "terms":{"hold":"Checkpoint","witness":"Surveyor"}}"#;
        let pack: Pack = serde_json::from_str(text).unwrap();
        let called = [StepType::Hold, StepType::Witness, StepType::GoNoGo, StepType::Check].map(|k| kind(&pack, k));
        assert_eq!(called, ["checkpoint", "surveyor", "go or no-go", "check"]);
    }
}
