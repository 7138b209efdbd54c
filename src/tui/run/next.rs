//! What Enter does: the next thing that the run asks for, derived from the run alone.

use crate::kernel::documents::step::StepMeaning;
use crate::kernel::model::deviation::Trigger;
use crate::kernel::model::name::{OptionId, PersonId, RequirementId, Role, StepId, Tag, Variable};
use crate::kernel::model::time::{Now, Timestamp};
use crate::kernel::run::{Exit, Outstanding, Phase, Run, StepState};
use crate::kernel::work::Waits;
use crate::telling::terms::{self, localized};
use crate::telling::work;

/// The next thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Unlock the person's session.
    Unlock,
    /// Say that one has seen what changed between two starts.
    AcknowledgeChange,
    /// Confirm that work goes on.
    Resume,
    /// The person to whom a role is handed takes it over.
    TakeOver(PersonId),
    /// Begin a step.
    Begin(StepId),
    /// Acknowledge an advisory.
    Advisory(StepId, u32),
    /// Acknowledge the brief.
    Brief(StepId),
    /// Another person of the crew acknowledges the brief.
    BriefOf(StepId, PersonId),
    /// Let time pass until this moment.
    Wait(StepId, Timestamp),
    /// Let time pass again that no clock proves, or write that down.
    WaitAgain(StepId, Timestamp),
    /// Do what only the step's kind of work knows.
    Work(StepId, Waits),
    /// Confirm that the step still holds.
    Reconfirm(StepId),
    /// Identify the component.
    Component(StepId, Tag),
    /// Enter a value.
    Input(StepId, Variable, Option<OptionId>, Option<Variable>),
    /// Record pass or fail.
    Result(StepId),
    /// Choose a branch.
    Decision(StepId),
    /// Attach a file.
    Evidence(StepId, RequirementId),
    /// Perform the step.
    Perform(StepId),
    /// Another person must act.
    Another(StepId, Role, Asked),
    /// Write a departure down.
    Deviation(Option<StepId>, Trigger),
    /// Take the way that a deviation prescribes: redo, skip, not applicable.
    Take(StepId, &'static str),
    /// Abort, as a deviation prescribes.
    Abort,
    /// Confirm the safe state.
    SafeState,
    /// Close and seal.
    Seal,
    /// Nothing is left.
    Nothing,
}

/// What another person is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A verification.
    Verify,
    /// The release of a hold.
    Release,
    /// A signature on the step.
    Sign(StepMeaning),
}

/// Returns the next thing to do for a person at the screen.
#[must_use]
pub fn next(run: &Run, person: &PersonId, now: &Now) -> Next {
    if run.phase() == Phase::Closed {
        return Next::Nothing;
    }
    // To go on without the other person would be a departure, so taking over comes first.
    if let Some(turnover) = run.turnover().filter(|_| run.phase() == Phase::Paused) {
        return Next::TakeOver(turnover.to.clone());
    }
    if !run.sessions().contains(person) {
        return Next::Unlock;
    }
    if run.change().is_some() {
        return Next::AcknowledgeChange;
    }
    match run.phase() {
        Phase::Paused | Phase::Stopped | Phase::Interrupted => return Next::Resume,
        Phase::Aborted => return unwritten(run).unwrap_or(Next::Seal),
        _ => {}
    }
    if run.phase() != Phase::Aborting
        && let Some(next) = unwritten(run).or_else(|| prescribed(run))
    {
        return next;
    }
    match run.active() {
        Some(step) => at_step(run, person, &step.id, now),
        None if run.phase() == Phase::Aborting => Next::SafeState,
        None => Next::Seal,
    }
}

fn unwritten(run: &Run) -> Option<Next> {
    run.pending().first().map(|p| Next::Deviation(p.step.clone(), p.trigger))
}

fn prescribed(run: &Run) -> Option<Next> {
    run.plan().procedure.steps().find_map(|step| match run.step(&step.id)?.exit.as_ref()? {
        Exit::Redo(_) => Some(Next::Take(step.id.clone(), "redo")),
        Exit::Skip(_) => Some(Next::Take(step.id.clone(), "skip")),
        Exit::NotApplicable(_) => Some(Next::Take(step.id.clone(), "not_applicable")),
        Exit::Defer(..) => Some(Next::Take(step.id.clone(), "defer")),
        Exit::BackOut(_) => Some(Next::Abort),
        Exit::Alternative(..) | Exit::Fail(_) => None,
    })
}

fn at_step(run: &Run, person: &PersonId, id: &StepId, now: &Now) -> Next {
    if run.step(id).is_some_and(|s| s.state == StepState::Open) {
        return Next::Begin(id.clone());
    }
    let step = id.clone();
    match run.outstanding_at(id, now).into_iter().next() {
        None => Next::Nothing,
        Some(Outstanding::Work(waits)) => Next::Work(step, waits),
        Some(Outstanding::Wait(until)) => Next::Wait(step, until),
        Some(Outstanding::WaitAgain(until)) => Next::WaitAgain(step, until),
        Some(Outstanding::Reconfirm) => Next::Reconfirm(step),
        Some(Outstanding::Deviation(trigger)) => Next::Deviation(Some(step), trigger),
        Some(Outstanding::Advisory(index)) => Next::Advisory(step, index),
        Some(Outstanding::Component(tag)) => Next::Component(step, tag),
        Some(Outstanding::Input(input, row, column)) => Next::Input(step, input, row, column),
        Some(Outstanding::Result) => Next::Result(step),
        Some(Outstanding::Decision) => Next::Decision(step),
        Some(Outstanding::Evidence(requirement)) => Next::Evidence(step, requirement),
        Some(Outstanding::ConcurrentVerification(role) | Outstanding::Verification(role)) => {
            Next::Another(step, role, Asked::Verify)
        }
        Some(Outstanding::Brief(Some(other))) if other != *person => Next::BriefOf(step, other),
        Some(Outstanding::Brief(_)) => Next::Brief(step),
        Some(Outstanding::Perform) => Next::Perform(step),
        Some(Outstanding::Release(role, _)) => Next::Another(step, role, Asked::Release),
        Some(Outstanding::Signature(role, meaning, _)) => Next::Another(step, role, Asked::Sign(meaning)),
    }
}

impl Next {
    /// Returns what Enter does, in the words of the run's field.
    #[must_use]
    pub fn words(&self, run: &Run) -> String {
        let localized = |text: &str| localized(&run.plan().pack, text);
        let named = |role: &Role| terms::role(run, role);
        match self {
            Self::Unlock => "unlock your session".into(),
            Self::AcknowledgeChange => "look at what changed since the run was last worked on".into(),
            Self::Resume => "confirm that work goes on".into(),
            Self::TakeOver(person) => format!("hand over: {person} takes the role over"),
            Self::Begin(step) => format!("begin step {step}"),
            Self::Advisory(..) => "I have read this".into(),
            Self::Brief(_) => "read and acknowledge".into(),
            Self::BriefOf(_, person) => format!("hand over: {person} reads and acknowledges"),
            Self::Work(_, waits) => work::asks(run, waits),
            Self::Wait(_, until) => {
                format!("wait until {}", until.told_at(run.last().map_or(*until, |latest| latest.time)))
            }
            Self::WaitAgain(_, until) => {
                let at = until.told_at(run.last().map_or(*until, |latest| latest.time));
                format!(
                    "{} that no clock proves the wait, or wait again until {at}",
                    localized("record in a deviation")
                )
            }
            Self::Reconfirm(step) => format!("confirm that step {step} still holds"),
            Self::Component(_, tag) => format!("type or scan the tag {tag}"),
            Self::Input(step, input, row, column) => {
                format!("enter {}", run.value_label(step, input, row.as_ref(), column.as_ref()))
            }
            Self::Result(_) => "record pass or fail".into(),
            Self::Decision(_) => "choose".into(),
            Self::Evidence(step, requirement) => format!("attach: {}", run.evidence_label(step, requirement)),
            Self::Perform(step) => format!("step {step} is done"),
            Self::Another(_, role, Asked::Verify) => format!("hand over: {} verifies", named(role)),
            Self::Another(_, role, Asked::Release) => {
                format!("hand over: {} {}", named(role), localized("releases the hold"))
            }
            Self::Another(_, role, Asked::Sign(meaning)) => {
                format!("hand over: {} signs {}", named(role), localized(meaning.word()))
            }
            Self::Deviation(_, trigger) => {
                format!("{} ({})", localized("record the deviation"), terms::trigger(run, *trigger))
            }
            Self::Take(step, way) => {
                format!("{} step {step}, {}", way.replace('_', " "), localized("as the deviation says"))
            }
            Self::Abort => localized("abort, as the deviation says"),
            Self::SafeState => "confirm the safe state".into(),
            Self::Seal => "check and seal".into(),
            Self::Nothing => "nothing is left to do".into(),
        }
    }
}
