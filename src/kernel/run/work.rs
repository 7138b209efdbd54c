//! How the kinds of work meet the run: what they may look at, how their gates are asked, what follows from their records.

use super::after::Folding;
use super::gates::Asking;
use super::steps::Place;
use super::{Attempt, Entry, Least, Outstanding, Run};
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::documents::step::Step;
use crate::kernel::expression::{Evaluated, Expression, Fault};
use crate::kernel::model::deviation::Trigger;
use crate::kernel::model::gate::{Gate, GateCode};
use crate::kernel::model::input::{EntryVerdict, Input};
use crate::kernel::model::name::{OptionId, PersonId, Role, RunId, StepId, Tag, Variable};
use crate::kernel::model::outcome::StepOutcome;
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::event::Event;
use crate::kernel::work::kind::{Act, Around, Ask, At, By, Consequence, Entered, Holds, Recorded, Remembers};
use crate::kernel::work::{States, Waits};
use std::fmt::Display;

/// A step in its run, as a kind of work sees it.
pub(super) struct Site<'a> {
    pub(super) run: &'a Run,
    pub(super) step: &'a Step,
}

impl Site<'_> {
    fn attempt(&self) -> Option<&Attempt> {
        self.run.steps.get(&self.step.id)?.current()
    }
}

impl Around for Site<'_> {
    fn run(&self) -> &RunId {
        &self.run.id
    }

    fn attempt(&self) -> u32 {
        self.run.steps[&self.step.id].attempt()
    }

    fn records(&self) -> Vec<LineDigest> {
        self.attempt().map(|attempt| attempt.records.clone()).unwrap_or_default()
    }

    fn text(&self, text: &str) -> String {
        self.run.plan.text(text)
    }

    fn is_entered(&self, input: &Variable) -> bool {
        self.attempt().is_some_and(|attempt| attempt.entry(input, None, None).is_some())
    }

    fn inputs_left(&self) -> usize {
        let Some(attempt) = self.attempt() else { return 0 };
        let left = self.run.before_performing(self.step, attempt);
        left.iter().filter(|outstanding| matches!(outstanding, Outstanding::Input(..))).count()
    }

    fn evaluate(&self, formula: &Expression) -> Result<Evaluated, Fault> {
        formula.evaluate(&|name| self.run.value_of(name))
    }

    fn judge(&self, input: &Input, raw: &str, again: bool) -> Result<(String, EntryVerdict), String> {
        if raw.len() > 8000 {
            return Err("longer than 8000 bytes".to_owned());
        }
        let expected = self.run.expected(input);
        self.run.plan.judge(input, raw, expected.as_deref(), &|_| again).map_err(|fault| fault.0)
    }

    fn stands_at(&self, table: &Input, column: &Input, value: &str) -> Option<OptionId> {
        self.attempt().filter(|_| column.distinct)?.row_holding(&table.id, Some(&column.id), value, None)
    }

    fn ready_at(&self) -> Option<Timestamp> {
        self.run.ready_at(self.step)
    }
}

/// The gates of an act at a step.
pub(super) struct AskingAt<'a, 'r> {
    pub(super) ask: &'a mut Asking<'r>,
    pub(super) step: &'r Step,
}

impl Ask for AskingAt<'_, '_> {
    fn ask(&mut self, gate: GateCode, open: bool, inputs: &[(&str, &dyn Display)]) -> bool {
        self.ask.ask(gate, open, inputs)
    }

    fn kind(&mut self, fits: bool) {
        self.ask.ask(GateCode::StepType, fits, &[("step", &self.step.id), ("type", &self.step.kind.word())]);
    }

    fn role(&mut self, role: &Role) {
        self.ask.role(role);
    }

    fn performer(&mut self) {
        self.ask.role(&self.step.performed_by);
    }

    fn identified(&mut self) {
        self.ask.run.identified(self.ask, self.step);
    }

    fn ready(&mut self) {
        self.ask.run.ready_to_perform(self.ask, self.step);
    }

    fn instrument(&mut self, input: &Input, named: Option<&Tag>, value: &str) {
        self.ask.run.instrument(self.ask, input, named, value);
    }

    fn other_person(&mut self) {
        self.ask.other_person(&self.step.id);
    }

    fn first_time(&mut self, again: bool) {
        self.ask.first_time(again);
    }

    fn person(&self) -> PersonId {
        self.ask.who.person.clone()
    }

    fn passed(&mut self) -> Option<Vec<Gate>> {
        self.ask.passed()
    }
}

impl Run {
    /// Decides an act that only one kind of work knows.
    pub(super) fn works<A>(&self, ask: &mut Asking, act: &A) -> Option<Event>
    where
        A: Act,
        Step: Holds<A::Kind>,
        States: Remembers<A::Kind>,
        A::Recorded: Into<Event>,
    {
        ask.working();
        let step = ask.step(act.step())?;
        ask.active(step);
        let site = Site { run: self, step };
        let state = site.attempt().map(|attempt| Remembers::<A::Kind>::of(&attempt.work));
        let at = At { wanted: step.own(), state, around: &site };
        act.decide(&at, &mut AskingAt { ask, step }).map(Into::into)
    }

    /// Folds what is recorded of an act that only one kind of work knows.
    pub(super) fn worked<R>(&mut self, context: &Folding, recorded: &R)
    where
        R: Recorded,
        Step: Holds<R::Kind>,
        States: Remembers<R::Kind>,
    {
        let Some(step) = self.authored(recorded.step()).cloned() else { return };
        let by = By { person: &context.record.actor, at: &context.record.moment() };
        let mut follows = Vec::new();
        self.with_attempt(&step.id, |attempt| follows = recorded.after(step.own(), attempt.work.of_mut(), &by));
        for consequence in follows {
            self.follow(context, &step, consequence);
        }
    }

    fn follow(&mut self, context: &Folding, step: &Step, consequence: Consequence) {
        let id = &step.id;
        match consequence {
            Consequence::Performed => self.performed(context, id, StepOutcome::Done),
            Consequence::TooEarly => self.too_early(context, step),
            Consequence::Failed { about, found } => self.failed(context, id, about, &found),
            Consequence::Entered(entered) => self.put_value(context, id, entered),
            Consequence::Departure { trigger, requirement, found, about } => {
                self.pend(context.departure(trigger, requirement, found).at(id).about(about));
            }
        }
    }

    /// The work went on before the least time of the step was over.
    fn too_early(&mut self, context: &Folding, step: &Step) {
        let waited = self.waited(step, &context.record.now()).filter(|waited| !waited.is_over());
        let requirement = self.least_words(step).unwrap_or_default();
        let Some(waited) = waited else { return };
        let (trigger, found) = match waited.is_unproven() && waited.whole.is_over(waited.millis) {
            true => (Trigger::TimeUnproven, waited.whole.words()),
            false => (Trigger::WitnessNoticeShort, "went on before it was over".to_owned()),
        };
        self.pend(context.departure(trigger, requirement, found).at(&step.id).about(Least::Notice.word()));
    }

    /// A value that a kind of work makes is judged like a reading.
    pub(super) fn put_value(&mut self, context: &Folding, step: &StepId, entered: Entered) {
        let Entered { input, row, column, instrument, raw, value, verdict } = entered;
        let (record, by, time) = (context.digest, context.record.actor.clone(), context.record.time);
        let (source, superseded) = (None, false);
        let entry = Entry { by, column, input, instrument, raw, record, row, source, superseded, time, value, verdict };
        self.put(step, entry.clone());
        let place = Place { input: &entry.input, row: entry.row.as_ref(), column: entry.column.as_ref() };
        self.demand(context, step, place, &entry.value, verdict);
        self.instrument_used(context, step, entry.instrument.as_ref());
    }
}

impl Run {
    /// Returns what the kind of a step waits for now.
    pub(super) fn work_waits(&self, step: &Step, attempt: &Attempt) -> Vec<Waits> {
        Waits::of(step, &attempt.work, &Site { run: self, step })
    }
}
