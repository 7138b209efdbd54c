//! A form with its purpose: what handing it in does.

use super::forms;
use super::next::Asked;
use crate::kernel::model::name::{DeviationId, OptionId, PersonId, Role, StepId, Variable};
use crate::kernel::records::intent::Intent;
use crate::kernel::run::Run;
use crate::telling::told::Told;
use crate::tui::run::{deviation, people};
use crate::tui::widgets::form::{Field, Form};

/// Why a form was opened; decides what handing it in does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Unlock a person's session, then do the act.
    Unlock(PersonId, Option<Box<Intent>>),
    /// Sign an act with the passphrase.
    Sign(PersonId, Box<Intent>),
    /// Identify a component.
    Component(StepId),
    /// Enter a value.
    Enter(StepId, Variable, Option<OptionId>, Option<Variable>),
    /// Record a result.
    Check(StepId),
    /// Choose a branch.
    Decide(StepId),
    /// Write a deviation.
    Deviation(Option<StepId>),
    /// Change a deviation, at its step.
    Amend(DeviationId, Option<StepId>),
    /// Choose which of several is meant.
    Which(Which),
    /// Correct a value.
    Correct(StepId),
    /// Leave a remark.
    Note(Option<StepId>),
    /// Pause.
    Pause,
    /// Go on.
    Resume,
    /// Stop work.
    StopWork,
    /// Abort.
    Abort,
    /// Confirm the safe state.
    SafeState,
    /// Register an instrument.
    Instrument,
    /// Bind a person to a role.
    BindCrew,
    /// Perform with another outcome than done.
    Perform(StepId),
    /// Choose the person who acts next.
    Person(StepId, Role, Asked),
    /// The second person's own observation or word.
    Verify(StepId, PersonId),
    /// The second person's comment on a hold or signature.
    Release(StepId, PersonId),
    /// Choose what another person reviews or signs.
    Review(PersonId),
    /// Choose who comes to the screen for a review or signature.
    AnyPerson,
    /// An act whose members are the fields.
    Plain(forms::Plain),
    /// Name the bundle of a called procedure.
    Call(StepId),
    /// Ask somebody at another machine.
    Ask,
    /// Take in an answer from another machine.
    TakeIn,
    /// Put a captured file back.
    Reattach,
    /// Seal the run.
    Seal(PersonId),
}

/// What is chosen before its form opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The watch that is observed.
    Watch,
    /// The deviation that is changed.
    Deviation,
}

/// A form with its title and what is shown above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialog {
    /// Its title.
    pub title: String,
    /// What must be known before it is filled in.
    pub intro: Vec<Told>,
    /// The fields.
    pub form: Form,
    /// What handing it in does.
    pub purpose: Purpose,
}

impl Dialog {
    /// Makes a dialog.
    #[must_use]
    pub fn new(title: impl Into<String>, intro: Vec<String>, fields: Vec<Field>, purpose: Purpose) -> Self {
        let intro = intro.into_iter().map(Told::from).collect();
        Self { title: title.into(), intro, form: Form::new(fields), purpose }
    }

    /// Shows this above the fields.
    #[must_use]
    pub fn telling(self, intro: Vec<Told>) -> Self {
        Self { intro, ..self }
    }

    /// Shows the fields and options that what is filled in so far asks for.
    pub fn refold(&mut self, run: &Run) {
        match &self.purpose {
            Purpose::Deviation(step) | Purpose::Amend(_, step) => {
                deviation::refold_deviation(run, step.as_ref(), &mut self.form);
                let facts = deviation::deviation_facts(run, step.as_ref(), &self.form);
                self.intro = facts.into_iter().map(Told::from).collect();
            }
            Purpose::Ask => crate::tui::run::people::exchange::refold_ask(run, &mut self.form),
            Purpose::Review(_) => people::refold_review(&mut self.form),
            _ => {}
        }
    }
}
