//! What a kind of work owns: what it waits for, what its acts ask, what its records change. It never sees the run.
//!
//! The run is what surrounds it: [`Around`] for what may be looked at, [`Ask`] for the gates, [`Consequence`] for what
//! follows outside of its own state. The order in which gates are asked is the order in which they are recorded.

use crate::kernel::canon::digest::LineDigest;
use crate::kernel::expression::{Evaluated, Expression, Fault};
use crate::kernel::model::deviation::Trigger;
use crate::kernel::model::gate::{Gate, GateCode};
use crate::kernel::model::input::{EntryVerdict, Input};
use crate::kernel::model::name::{OptionId, PersonId, Role, RunId, StepId, Tag, Variable};
use crate::kernel::model::time::{Moment, Timestamp};
use std::fmt::{Debug, Display};

/// A kind of work that has acts of its own.
pub trait Kind: Sized {
    /// What is remembered of it in one attempt.
    type State: Clone + Debug + Default + PartialEq + Eq;
    /// What it waits for.
    type Waits;

    /// Returns the input that its acts fill: its values count like those that are entered one by one.
    fn input(&self) -> Option<&Input> {
        None
    }

    /// Returns what it waits for now.
    fn waits(&self, state: &Self::State, around: &dyn Around) -> Vec<Self::Waits>;

    /// Returns the act that gives it what it waits for and lets the step come out well, and the role that does it where
    /// it is not the performer's. None where nothing passes.
    fn pass<I: super::Acts>(&self, waits: &Self::Waits, at: &dyn Pass) -> Option<(Option<Role>, I)>;
}

/// An act that only one kind of work knows.
pub trait Act {
    /// The kind.
    type Kind: Kind;
    /// What it becomes.
    type Recorded;

    /// Returns the step that it is meant for.
    fn step(&self) -> &StepId;

    /// Asks its gates, after those that every act asks: the run goes on, the step is known and active.
    fn decide(&self, at: &At<'_, Self::Kind>, ask: &mut dyn Ask) -> Option<Self::Recorded>;
}

/// What is recorded of an act.
pub trait Recorded {
    /// The kind.
    type Kind: Kind;
    /// The act that it came from.
    type Act;

    /// Returns the step that it is about.
    fn step(&self) -> &StepId;

    /// Remembers it, and returns what follows outside of the state of its kind.
    fn after(&self, wanted: Option<&Self::Kind>, state: &mut <Self::Kind as Kind>::State, by: &By) -> Vec<Consequence>;

    /// Returns the act that it came from.
    fn act(self) -> Self::Act;
}

/// Where an act is done.
pub struct At<'a, K: Kind> {
    /// What the author wants; none at a step of another kind, which is a gate and no crash.
    pub wanted: Option<&'a K>,
    /// What is remembered of it in this attempt; none before the first.
    pub state: Option<&'a K::State>,
    /// Everything else.
    pub around: &'a dyn Around,
}

/// What a kind of work may look at.
pub trait Around {
    /// The run.
    fn run(&self) -> &RunId;
    /// The attempt, from 1.
    fn attempt(&self) -> u32;
    /// The records of the attempt, which a second person judges.
    fn records(&self) -> Vec<LineDigest>;
    /// A text of the author, with the site's values in it.
    fn text(&self, text: &str) -> String;
    /// Tells whether a value counts for an input that has one.
    fn is_entered(&self, input: &Variable) -> bool;
    /// How many values are still to be entered.
    fn inputs_left(&self) -> usize;
    /// Works a formula out over what is recorded now.
    ///
    /// # Errors
    /// What is missing in it.
    fn evaluate(&self, formula: &Expression) -> Result<Evaluated, Fault>;
    /// Reads a value and holds it against its limits; what was read again is not implausible any more.
    ///
    /// # Errors
    /// Why it is no value of this input.
    fn judge(&self, input: &Input, raw: &str, again: bool) -> Result<(String, EntryVerdict), String>;
    /// The row of a table in which a column holds the same already, where no two may.
    fn stands_at(&self, table: &Input, column: &Input, value: &str) -> Option<OptionId>;
    /// When the least time of the step is over, while it runs.
    fn ready_at(&self) -> Option<Timestamp>;
}

/// The gates of an act. Everything that is asked is written down, whatever is found.
pub trait Ask {
    /// Asks one gate and returns whether it is open.
    fn ask(&mut self, gate: GateCode, open: bool, inputs: &[(&str, &dyn Display)]) -> bool;
    /// The step is of the kind that the act belongs to.
    fn kind(&mut self, fits: bool);
    /// The person acts in this role.
    fn role(&mut self, role: &Role);
    /// The person acts as the performer of the step.
    fn performer(&mut self);
    /// Warnings are read and the component identified.
    fn identified(&mut self);
    /// Everything is there that the step needs before it is performed.
    fn ready(&mut self);
    /// The named instrument is registered, where the input wants one, and can read this value.
    fn instrument(&mut self, input: &Input, named: Option<&Tag>, value: &str);
    /// Nobody who did a part of the step acts.
    fn other_person(&mut self);
    /// Nobody is counted twice.
    fn first_time(&mut self, again: bool);
    /// Who acts.
    fn person(&self) -> PersonId;
    /// Returns the gates when all are open.
    fn passed(&mut self) -> Option<Vec<Gate>>;
}

/// What a walk through a procedure on paper knows.
pub trait Pass {
    /// The step.
    fn step(&self) -> StepId;
    /// A value of an input that passes.
    fn value(&self, input: &Input) -> Option<String>;
    /// An instrument, where the input wants one.
    fn instrument(&self, input: &Input) -> Option<Tag>;
}

/// Who did what was recorded, and when.
pub struct By<'a> {
    /// Who.
    pub person: &'a PersonId,
    /// When.
    pub at: &'a Moment,
}

/// What follows from a record outside of the state of its kind.
pub enum Consequence {
    /// The step is performed.
    Performed,
    /// The step was performed without the time that was to pass.
    TooEarly,
    /// The step did not come out as its instruction says.
    Failed {
        /// What about it.
        about: &'static str,
        /// What was found instead.
        found: String,
    },
    /// A value counts from now on.
    Entered(Entered),
    /// Something is to be written down.
    Departure {
        /// What kind of departure.
        trigger: Trigger,
        /// What was asked for.
        requirement: String,
        /// What was found.
        found: String,
        /// What it is about.
        about: String,
    },
}

/// A value that counts from now on.
pub struct Entered {
    /// For which input.
    pub input: Variable,
    /// In which row.
    pub row: Option<OptionId>,
    /// In which column.
    pub column: Option<Variable>,
    /// With which instrument.
    pub instrument: Option<Tag>,
    /// How it came about: as keyed, or the formula with its values.
    pub raw: String,
    /// As read.
    pub value: String,
    /// What the limits say.
    pub verdict: EntryVerdict,
}

/// How a step holds what belongs to one kind.
pub trait Held<K> {
    /// Returns it where the author wrote it.
    fn held(&self) -> Option<&K>;
}

impl<K> Held<K> for Option<K> {
    fn held(&self) -> Option<&K> {
        self.as_ref()
    }
}

impl<T> Held<Self> for Vec<T> {
    fn held(&self) -> Option<&Self> {
        (!self.is_empty()).then_some(self)
    }
}

/// A document that has a place for what one kind needs.
pub trait Holds<K> {
    /// Returns it; none at a step of another kind.
    fn own(&self) -> Option<&K>;
}

/// A state that has a place for what is remembered of one kind.
pub trait Remembers<K: Kind> {
    /// Returns it.
    fn of(&self) -> &K::State;
    /// Returns it to be changed.
    fn of_mut(&mut self) -> &mut K::State;
}

/// Texts that people type are bounded, so that no record outgrows its line.
#[must_use]
pub fn is_given(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= 8000
}
