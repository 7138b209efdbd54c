//! The rules once more, in a few plain sentences, without the kernel's gates.

use asrun::kernel::documents::procedure::Order;
use asrun::kernel::model::deviation::Trigger;
use asrun::kernel::model::name::{PersonId, StepId};
use asrun::kernel::model::opening::Binding;
use asrun::kernel::model::outcome::StepOutcome;
use asrun::kernel::records::event::Event;

use asrun::kernel::documents::step::VerificationMode;
use asrun::kernel::model::timing::StepClock;
use asrun::kernel::records::record::SignedRecord;
use asrun::kernel::run::{Phase, Run, StepState};

/// Says what is wrong with a record that was accepted, given the run before it.
pub fn objection(before: &Run, line: &SignedRecord) -> Option<String> {
    let record = line.record();
    let (actor, event) = (&record.actor, &record.event);
    let no = |text: &str| Some(format!("{text}: {} by {actor}", event.kind()));
    if before.phase() == Phase::Closed {
        return no("a record behind the end");
    }
    let opens = matches!(event, Event::RunOpened(_) | Event::SessionOpened(_));
    if !opens && !before.sessions().contains(actor) {
        return no("an act without a session");
    }
    if !opens && !before.crew().contains(&Binding { person: actor.clone(), role: record.role.clone() }) {
        return no("an act in a role that is not bound");
    }
    if before.change().is_some() && is_work(event) {
        return no("work although program or roster changed and nobody said so");
    }
    if before.phase().is_standing() && is_work(event) {
        return no("work while the run stands");
    }
    match event {
        Event::StepStarted(d) => out_of_turn(before, &d.step).and_then(|s| no(&format!("step {} before {s}", d.step))),
        Event::VerificationRecorded(d) if d.mode != VerificationMode::Own => {
            worked(before, actor, &d.step).then(|| no("a verification by who did the work")).flatten()
        }
        Event::HoldReleased(d) => worked(before, actor, &d.step).then(|| no("a release by who did the work")).flatten(),
        Event::StepPerformed(d) if d.outcome == StepOutcome::Done && hurried(before, &d.step, line) => {
            no("performed before its least time")
        }
        Event::StepPerformed(d) if d.outcome == StepOutcome::Done => {
            unfinished(before, &d.step).and_then(|what| no(&format!("performed without {what}")))
        }
        Event::StepCompleted(d) if d.deviation.is_none() => {
            let open = before.pending().iter().any(|p| p.step.as_ref() == Some(&d.step));
            open.then(|| no("complete with a departure that is not written down")).flatten()
        }
        Event::DeviationReviewed(d) => {
            let raised = before.deviation(&d.deviation).is_some_and(|x| x.raised_by == *actor);
            raised.then(|| no("a review by who raised it")).flatten()
        }
        Event::RunClosed(_) => {
            let open = before.needed_steps().find(|s| !before.is_closed(&s.id)).filter(|_| !before.was_aborted());
            open.and_then(|s| no(&format!("closed with step {} open", s.id)))
        }
        _ => None,
    }
}

fn is_work(event: &Event) -> bool {
    matches!(
        event,
        Event::StepStarted(_)
            | Event::StepPerformed(_)
            | Event::ValueEntered(_)
            | Event::CheckRecorded(_)
            | Event::DecisionTaken(_)
            | Event::HoldReleased(_)
            | Event::VerificationRecorded(_)
    )
}

fn worked(run: &Run, person: &PersonId, id: &StepId) -> bool {
    run.step(id).and_then(|s| s.current()).is_some_and(|a| a.actors.contains(person))
}

/// In a sequential section every earlier step is closed or postponed, or shares a group, or a deviation let it go ahead.
fn out_of_turn(run: &Run, id: &StepId) -> Option<StepId> {
    let procedure = &run.plan().procedure;
    let section = procedure.section_of(id)?;
    if section.order == Order::Any || run.step(id)?.ahead || run.step(id)?.state == StepState::Deferred {
        return None;
    }
    let group = procedure.group_of(id);
    let before = section.steps.iter().take_while(|s| s.id != *id);
    let open = |s: &&asrun::kernel::documents::step::Step| {
        let known = &run.step(&s.id).unwrap();
        let together = group.is_some_and(|g| g.kind.is_free() && g.steps.contains(&s.id));
        !run.is_closed(&s.id) && known.state != StepState::Deferred && !together
    };
    before.into_iter().find(open).map(|s| s.id.clone())
}

/// A plain required input without any value, or a missing result, is never performed over.
fn unfinished(run: &Run, id: &StepId) -> Option<String> {
    let step = run.authored(id)?;
    let attempt = run.step(id)?.current()?;
    let empty =
        |i: &&asrun::kernel::model::input::Input| i.required && !attempt.entries.iter().any(|e| e.input == i.id);
    if let Some(input) = step.inputs.iter().find(empty) {
        return Some(input.id.to_string());
    }
    (step.kind.has_result() && attempt.check.is_none()).then(|| "a result".to_owned())
}

/// On a clock that never stops the least time passes by both clocks of one start of the machine, from the last step of
/// the wall clock where there was one; after another start it passes again, or a deviation says that nobody can prove it.
fn hurried(run: &Run, id: &StepId, line: &SignedRecord) -> bool {
    let Some(timing) = run.authored(id).and_then(|s| s.timing.as_ref()) else { return false };
    let (Some(wait), Some(attempt)) = (&timing.min_wait, run.step(id).and_then(|s| s.current())) else { return false };
    let (least, record) = (wait.millis(&run.plan().manifest.parameters), line.record());
    let Some(started) = attempt.started.as_ref().filter(|_| timing.clock == StepClock::Process) else { return false };
    if started.clocks.boot == record.boot {
        let by_wall = record.time.since(started.time()) >= least || !run.clock_steps().is_empty();
        return !by_wall || record.mono_ms - started.clocks.mono_ms < least;
    }
    !attempt.accepts(Trigger::TimeUnproven, Some("min_wait")) && record.mono_ms < least
}
