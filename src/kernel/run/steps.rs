//! What a run knows of each step: where it stands, its attempts and entries.

use crate::kernel::canon::digest::LineDigest;
use crate::kernel::documents::step::StepSignature;
use crate::kernel::model::count::left;
use crate::kernel::model::deviation::Trigger;
use crate::kernel::model::entry::EntrySource;
use crate::kernel::model::input::EntryVerdict;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{DeviationId, OptionId, PersonId, Role, SectionId, StepId, Tag, Variable};
use crate::kernel::model::outcome::{AttemptReason, CheckResult, Match, StepOutcome};
use crate::kernel::model::time::{Moment, Timestamp};
use crate::kernel::model::timing::TimeLimit;
use crate::kernel::signature::KeyId;
use crate::kernel::work::States;
use std::collections::BTreeSet;

/// Where a step stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Not begun in its current attempt.
    #[default]
    Open,
    /// Being worked on.
    Active,
    /// Performed; something else is still awaited.
    Performed,
    /// Done.
    Complete,
    /// Failed; the work goes on without it.
    Failed,
    /// Not applicable.
    NotApplicable,
    /// Left out.
    Skipped,
    /// Postponed; it must be returned to.
    Deferred,
}

impl StepState {
    /// Tells whether the step is closed.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Open | Self::Active | Self::Performed | Self::Deferred)
    }

    /// Returns the word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Active => "active",
            Self::Performed => "performed",
            Self::Complete => "complete",
            Self::Failed => "failed",
            Self::NotApplicable => "not_applicable",
            Self::Skipped => "skipped",
            Self::Deferred => "deferred",
        }
    }
}

/// The way on that a deviation prescribes and that is not taken yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Do it again.
    Redo(DeviationId),
    /// Run the alternative section.
    Alternative(DeviationId, SectionId),
    /// Mark it not applicable.
    NotApplicable(DeviationId),
    /// Leave it out.
    Skip(DeviationId),
    /// Postpone it until before another step.
    Defer(DeviationId, StepId),
    /// Abort.
    BackOut(DeviationId),
    /// Close it as failed.
    Fail(DeviationId),
}

/// A value that was entered.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Entry {
    /// Who.
    pub by: PersonId,
    /// Column of a table.
    pub column: Option<Variable>,
    /// Input.
    pub input: Variable,
    /// Instrument.
    pub instrument: Option<Tag>,
    /// As keyed.
    pub raw: String,
    /// The record.
    pub record: LineDigest,
    /// Row of a table.
    pub row: Option<OptionId>,
    /// Whether it was keyed or scanned; none of a calculation.
    pub source: Option<EntrySource>,
    /// Whether a later entry stands in its place.
    pub superseded: bool,
    /// When.
    pub time: Timestamp,
    /// As read.
    pub value: String,
    /// What the limits say.
    pub verdict: EntryVerdict,
}

/// Names an input or a cell of a table.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) input: &'a Variable,
    pub(super) row: Option<&'a OptionId>,
    pub(super) column: Option<&'a Variable>,
}

/// That a step was performed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Performed {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// How it ended.
    pub outcome: StepOutcome,
}

/// That a step was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Who.
    pub by: PersonId,
    /// Whether both saw the same.
    pub result: Match,
    /// The records that were judged.
    pub judges: Vec<LineDigest>,
}

/// One try at a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempt {
    /// When it was begun.
    pub started: Option<Moment>,
    /// Why it is tried again; none for the first attempt.
    pub reason: Option<AttemptReason>,
    /// Which pass of its loop, from 1.
    pub pass: u32,
    /// Advisories that were acknowledged.
    pub acknowledged: BTreeSet<u32>,
    /// Who acknowledged the brief itself.
    pub briefed: BTreeSet<PersonId>,
    /// How the component was identified.
    pub component: Option<Match>,
    /// Every value, corrected ones included.
    pub entries: Vec<Entry>,
    /// The result of a check.
    pub check: Option<CheckResult>,
    /// The branch that was chosen.
    pub decision: Option<OptionId>,
    /// What is remembered of kinds of work with acts of their own.
    pub work: States,
    /// That it was performed.
    pub performed: Option<Performed>,
    /// That it was verified.
    pub verified: Option<Verified>,
    /// Whether the hold is waiting.
    pub hold_reached: bool,
    /// Whether the hold was released.
    pub released: bool,
    /// Signatures of others: in which role, what it means, and who gave it.
    pub signed: BTreeSet<(Role, Meaning, PersonId)>,
    /// Everybody who did a part of it.
    pub actors: BTreeSet<PersonId>,
    /// Their keys.
    pub keys: BTreeSet<KeyId>,
    /// The records that a judge looks at.
    pub records: Vec<LineDigest>,
    /// Departures that deviations accepted, by trigger and subject.
    pub accepted: BTreeSet<(Trigger, Option<String>)>,
}

/// Everything known of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepRun {
    /// Where it stands.
    pub state: StepState,
    /// Every attempt, the first included once begun.
    pub attempts: Vec<Attempt>,
    /// The way on that a deviation prescribes.
    pub exit: Option<Exit>,
    /// Why it is not applicable.
    pub because: Option<String>,
    /// Which limits of time ran out in the current attempt.
    pub expired: BTreeSet<TimeLimit>,
    /// What it rests on and what changed, until somebody confirms that it still holds.
    pub reconfirm: Option<String>,
    /// The step before which it must be returned to, when it is postponed.
    pub return_before: Option<StepId>,
    /// Whether a deviation lets it be taken before its turn.
    pub ahead: bool,
    /// Whether the program ended in the middle of it, and it has to begin anew.
    pub cut: bool,
}

impl StepRun {
    /// Returns the number of the current attempt, from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        u32::try_from(self.attempts.len()).unwrap_or(u32::MAX).max(1)
    }

    /// Returns the current attempt.
    #[must_use]
    pub fn current(&self) -> Option<&Attempt> {
        self.attempts.last()
    }
}

impl Attempt {
    /// Returns the value that counts for an input or a cell.
    #[must_use]
    pub fn entry(&self, input: &Variable, row: Option<&OptionId>, column: Option<&Variable>) -> Option<&Entry> {
        self.entries
            .iter()
            .rev()
            .find(|e| !e.superseded && e.input == *input && e.row.as_ref() == row && e.column.as_ref() == column)
    }

    /// Returns a row in which a column holds the same value, another one than this.
    #[must_use]
    pub fn row_holding(
        &self,
        input: &Variable,
        column: Option<&Variable>,
        value: &str,
        than: Option<&OptionId>,
    ) -> Option<OptionId> {
        let same = |e: &&Entry| e.input == *input && e.column.as_ref() == column && e.value == value;
        let others = self.entries.iter().filter(|e| !e.superseded && e.row.as_ref() != than);
        others.filter(same).find_map(|e| e.row.clone())
    }

    /// Tells whether something was entered in a row.
    #[must_use]
    pub fn has_row(&self, input: &Variable, row: &OptionId) -> bool {
        self.entries.iter().any(|e| e.input == *input && e.row.as_ref() == Some(row))
    }

    /// Returns who gave a signature that the step asks for.
    pub fn signers<'a>(&'a self, wanted: &'a StepSignature) -> impl Iterator<Item = &'a PersonId> {
        let meaning = wanted.meaning.meaning();
        self.signed
            .iter()
            .filter(move |(role, given, _)| *role == wanted.role && *given == meaning)
            .map(|(.., who)| who)
    }

    /// Returns how many persons still have to give a signature that the step asks for.
    #[must_use]
    pub fn signatures_left(&self, wanted: &StepSignature) -> u32 {
        left(wanted.count, self.signers(wanted).count())
    }

    /// Tells whether a deviation accepted a departure.
    #[must_use]
    pub fn accepts(&self, trigger: Trigger, about: Option<&str>) -> bool {
        self.accepted.contains(&(trigger, about.map(str::to_owned)))
    }
}
