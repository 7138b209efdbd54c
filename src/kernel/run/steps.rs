//! What a run knows of each step: attempts, entries, and what is still missing.

use super::{Pending, Run};
use crate::kernel::canon::digest::{LineDigest, SealDigest};
use crate::kernel::expression::{Type, Value};
use crate::kernel::model::deviation::Trigger;
use crate::kernel::model::event::{CheckResult, Match, StepOutcome};
use crate::kernel::model::input::{EntryVerdict, Input, InputType};
use crate::kernel::model::name::{
    DeviationId, OptionId, PersonId, RequirementId, Role, SectionId, StepId, Tag, Variable,
};
use crate::kernel::model::number::Number;
use crate::kernel::model::poll::PollAnswer;
use crate::kernel::model::procedure::{ParameterType, SectionKind};
use crate::kernel::model::record::Meaning;
use crate::kernel::model::step::{Step, StepType, VerificationMode};
use crate::kernel::model::time::Timestamp;
use crate::kernel::model::timing::TimeLimit;
use crate::kernel::model::witness::Attendance;
use crate::kernel::signature::KeyId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

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
    /// Whether a later entry stands in its place.
    pub superseded: bool,
    /// When.
    pub time: Timestamp,
    /// As read.
    pub value: String,
    /// What the limits say.
    pub verdict: EntryVerdict,
}

/// That a step was performed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Performed {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
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
    pub started: Option<Timestamp>,
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
    /// When the witness was given notice.
    pub notified: Option<Timestamp>,
    /// What came of the witness point.
    pub attended: Option<Attendance>,
    /// What each role answered.
    pub polled: BTreeMap<Role, PollAnswer>,
    /// The bundle of the called procedure.
    pub called: Option<SealDigest>,
    /// That it was performed.
    pub performed: Option<Performed>,
    /// That it was verified.
    pub verified: Option<Verified>,
    /// Whether the hold is waiting.
    pub hold_reached: bool,
    /// Whether the hold was released.
    pub released: bool,
    /// Signatures of others.
    pub signed: BTreeSet<(Role, Meaning)>,
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

    /// Tells whether a deviation accepted a departure.
    #[must_use]
    pub fn accepts(&self, trigger: Trigger, about: Option<&str>) -> bool {
        self.accepted.contains(&(trigger, about.map(str::to_owned)))
    }
}

/// Something that a step still waits for; shown to the person and asked by the gates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outstanding {
    /// A departure must be written down.
    Deviation(Trigger),
    /// An advisory must be acknowledged.
    Advisory(u32),
    /// The component must be identified.
    Component(Tag),
    /// A value must be entered.
    Input(Variable, Option<OptionId>, Option<Variable>),
    /// A result must be recorded.
    Result,
    /// A branch must be chosen.
    Decision,
    /// A file must be attached.
    Evidence(RequirementId),
    /// A second person must verify before the act.
    ConcurrentVerification(Role),
    /// The brief must be acknowledged, by this person of the crew where it is everybody's.
    Brief(Option<PersonId>),
    /// The number must be worked out.
    Calculation,
    /// Time must pass, until this moment.
    Wait(Timestamp),
    /// The message must be said, and understood.
    Communication,
    /// The witness must be given notice.
    Notice(Role),
    /// It must be recorded whether the witness came; the work may go on alone after this moment.
    Attendance(Role, Timestamp),
    /// A role must answer go or no-go.
    Poll(Role),
    /// The bundle of the called procedure must be named.
    Call,
    /// Somebody must confirm that the step still holds.
    Reconfirm,
    /// The performer must perform it.
    Perform,
    /// A second person must verify.
    Verification(Role),
    /// A hold must be released.
    Release(Role),
    /// A signature of another person.
    Signature(Role, Meaning),
}

impl Run {
    /// Returns what a step still waits for, in the order in which it is best done.
    #[must_use]
    pub fn outstanding(&self, id: &StepId) -> Vec<Outstanding> {
        let (Some(step), Some(known)) = (self.authored(id), self.steps.get(id)) else { return Vec::new() };
        let mut list: Vec<_> = self.pending_at(id).map(|p| Outstanding::Deviation(p.trigger)).collect();
        list.extend(known.reconfirm.iter().map(|_| Outstanding::Reconfirm));
        let Some(attempt) = known.current().filter(|_| !known.state.is_terminal()) else { return list };
        if known.state == StepState::Active {
            list.extend(self.before_performing(step, attempt));
            list.extend(self.ready_at(step).filter(|_| step.kind != StepType::Witness).map(Outstanding::Wait));
            list.extend(self.act_of(step, attempt));
        }
        list.extend(after_performing(step, attempt));
        list
    }

    /// Returns the act that ends the active part of a step.
    fn act_of(&self, step: &Step, attempt: &Attempt) -> Vec<Outstanding> {
        match step.kind {
            StepType::Decision => vec![Outstanding::Decision],
            StepType::Acknowledge if !self.is_briefed_by_all(step) => vec![Outstanding::Brief(None)],
            StepType::Acknowledge => self.unbriefed(attempt).map(|p| Outstanding::Brief(Some(p.clone()))).collect(),
            StepType::Hold => step.release_role().cloned().map(Outstanding::Release).into_iter().collect(),
            StepType::Communicate => vec![Outstanding::Communication],
            StepType::Witness => step
                .witness
                .iter()
                .map(|w| match self.ready_at(step) {
                    None => Outstanding::Notice(w.by.clone()),
                    Some(until) => Outstanding::Attendance(w.by.clone(), until),
                })
                .collect(),
            StepType::GoNoGo => {
                let open = step.poll.iter().filter(|r| !attempt.polled.contains_key(*r));
                open.cloned().map(Outstanding::Poll).collect()
            }
            StepType::Call => vec![Outstanding::Call],
            _ => vec![Outstanding::Perform],
        }
    }

    /// Tells whether a step is the brief of a crew: everybody acknowledges it.
    pub(super) fn is_briefed_by_all(&self, step: &Step) -> bool {
        self.plan.procedure.section_of(&step.id).is_some_and(|s| s.kind == SectionKind::Brief)
    }

    /// Returns the persons of the crew who have not acknowledged the brief.
    pub(super) fn unbriefed<'a>(&'a self, attempt: &'a Attempt) -> impl Iterator<Item = &'a PersonId> {
        let persons: BTreeSet<_> = self.crew.iter().map(|b| &b.person).collect();
        persons.into_iter().filter(|p| !attempt.briefed.contains(*p))
    }

    /// Returns what must be there before a step is performed, decided, acknowledged or released.
    pub(super) fn before_performing(&self, step: &Step, attempt: &Attempt) -> Vec<Outstanding> {
        let mut list = Vec::new();
        for (index, advisory) in (0u32..).zip(&step.advisories) {
            if advisory.must_acknowledge() && !attempt.acknowledged.contains(&index) {
                list.push(Outstanding::Advisory(index));
            }
        }
        if let Some(component) = &step.component
            && attempt.component != Some(Match::Match)
        {
            list.push(Outstanding::Component(component.tag.clone()));
        }
        if let Some(v) = &step.verification
            && v.mode == VerificationMode::Concurrent
            && !is_verified(attempt)
        {
            list.push(Outstanding::ConcurrentVerification(v.by.clone()));
        }
        for input in step.inputs.iter().filter(|i| i.required && step.kind != StepType::Decision) {
            list.extend(missing_cells(input, attempt));
        }
        if let Some(calc) = &step.calc
            && attempt.entry(&calc.result.id, None, None).is_none()
        {
            list.push(Outstanding::Calculation);
        }
        if step.kind.has_result() && attempt.check.is_none() {
            list.push(Outstanding::Result);
        }
        list.extend(self.missing_evidence(step, attempt).map(Outstanding::Evidence));
        list
    }

    /// Returns evidence requirements that neither files nor a deviation satisfy.
    pub(super) fn missing_evidence<'a>(
        &'a self,
        step: &'a Step,
        attempt: &'a Attempt,
    ) -> impl Iterator<Item = RequirementId> + 'a {
        step.evidence.iter().filter(|r| r.required).filter_map(move |requirement| {
            let files: BTreeSet<_> = self
                .evidence
                .iter()
                .filter(|e| e.step == step.id && e.requirement.as_ref() == Some(&requirement.id))
                .map(|e| e.file.blake3)
                .collect();
            let enough = files.len() >= requirement.min as usize;
            let about = Some(requirement.id.as_str());
            let waived = attempt.accepts(Trigger::EvidenceMissing, about)
                || attempt.accepts(Trigger::EvidenceSubstituted, about);
            (!enough && !waived).then(|| requirement.id.clone())
        })
    }

    /// Returns departures at a step that are not yet written down.
    pub fn pending_at<'a>(&'a self, id: &'a StepId) -> impl Iterator<Item = &'a Pending> {
        self.pending.iter().filter(move |p| p.step.as_ref() == Some(id))
    }

    /// Returns the value of an input, decision or parameter as expressions see it.
    #[must_use]
    pub fn value_of(&self, name: &Variable) -> Option<Value> {
        if let Some(parameter) = self.plan.procedure.parameters.iter().find(|p| p.id == *name) {
            let text = self.plan.manifest.parameters.get(name)?;
            return Some(match parameter.kind {
                ParameterType::Number => Value::Number(text.parse().ok()?),
                _ => Value::Text(text.clone()),
            });
        }
        let found = self.plan.procedure.steps().find(|s| s.input(name).is_some());
        let Some(step) = found else { return self.watched_value(name) };
        let attempt = self.steps.get(&step.id)?.current()?;
        let input = step.input(name)?;
        if step.kind == StepType::Decision {
            return attempt.decision.as_ref().map(|option| Value::Text(option.to_string()));
        }
        let row = input.as_found_as_left.then(|| as_left().clone());
        let entry = attempt.entry(name, row.as_ref(), None).filter(|e| e.verdict != EntryVerdict::Implausible)?;
        value_type(input).and_then(|kind| match kind {
            Type::Number => entry.value.parse::<Number>().ok().map(Value::Number),
            Type::Bool => entry.value.parse().ok().map(Value::Bool),
            Type::Text => Some(Value::Text(entry.value.clone())),
        })
    }

    /// Returns the last reading of a watch.
    fn watched_value(&self, name: &Variable) -> Option<Value> {
        let watch = self.plan.procedure.watches.iter().find(|w| w.input.as_ref().is_some_and(|i| i.id == *name))?;
        let value = self.watches.get(&watch.id)?.value.as_ref()?;
        value.parse::<Number>().ok().map(Value::Number)
    }

    /// Returns the text that an input must equal, with entries of earlier inputs filled in.
    #[must_use]
    pub fn expected(&self, input: &Input) -> Option<String> {
        let template = self.plan.text(input.equals.as_deref()?);
        let known: BTreeMap<_, _> = self
            .plan
            .procedure
            .steps()
            .flat_map(|s| &s.inputs)
            .filter(|i| template.contains(&format!("{{{}}}", i.id)))
            .filter_map(|i| match self.value_of(&i.id)? {
                Value::Text(text) => Some((i.id.clone(), text)),
                other => Some((i.id.clone(), other.to_string())),
            })
            .collect();
        Some(known.iter().fold(template, |text, (name, value)| text.replace(&format!("{{{name}}}"), value)))
    }
}

/// Returns the type that an input has in expressions; tables have none.
#[must_use]
pub fn value_type(input: &Input) -> Option<Type> {
    match input.kind {
        InputType::Number => Some(Type::Number),
        InputType::Bool => Some(Type::Bool),
        InputType::Choice | InputType::Multi | InputType::Text | InputType::Identifier | InputType::Datetime => {
            Some(Type::Text)
        }
        InputType::Table => None,
    }
}

/// Returns the row of a reading that is taken before anything is done.
pub(super) fn as_found() -> &'static OptionId {
    static ROW: LazyLock<OptionId> = LazyLock::new(|| row("as_found"));
    &ROW
}

/// Returns the row of a reading that is taken at the end; it is the one that counts.
pub(super) fn as_left() -> &'static OptionId {
    static ROW: LazyLock<OptionId> = LazyLock::new(|| row("as_left"));
    &ROW
}

fn row(name: &str) -> OptionId {
    name.parse().unwrap_or_else(|_| unreachable!("both rows are identifiers"))
}

fn is_verified(attempt: &Attempt) -> bool {
    attempt.verified.as_ref().is_some_and(|v| v.result == Match::Match)
        || attempt.accepts(Trigger::VerificationMismatch, None)
        || attempt.accepts(Trigger::VerifierUnavailable, Some("verifier"))
}

fn missing_cells<'a>(input: &'a Input, attempt: &'a Attempt) -> Vec<Outstanding> {
    let entered = |row: Option<&OptionId>, column: Option<&Variable>| {
        attempt.entry(&input.id, row, column).is_some_and(|e| e.verdict != EntryVerdict::Implausible)
    };
    if input.as_found_as_left {
        let rows = [as_found(), as_left()].into_iter().filter(|row| !entered(Some(row), None));
        return rows.map(|row| Outstanding::Input(input.id.clone(), Some(row.clone()), None)).collect();
    }
    if input.kind != InputType::Table {
        let missing = !entered(None, None);
        return missing.then(|| Outstanding::Input(input.id.clone(), None, None)).into_iter().collect();
    }
    let cells = input.rows.iter().flat_map(|row| input.columns.iter().map(move |column| (row, column)));
    cells
        .filter(|(_, column)| column.required)
        .filter(|(row, column)| !entered(Some(&row.id), Some(&column.id)))
        .map(|(row, column)| Outstanding::Input(input.id.clone(), Some(row.id.clone()), Some(column.id.clone())))
        .collect()
}

/// Returns what is awaited once a step is performed, decided, acknowledged or released.
pub(super) fn after_performing(step: &Step, attempt: &Attempt) -> Vec<Outstanding> {
    let mut list = Vec::new();
    if let Some(v) = &step.verification
        && v.mode != VerificationMode::Concurrent
        && !is_verified(attempt)
    {
        list.push(Outstanding::Verification(v.by.clone()));
    }
    for wanted in step.later_signatures() {
        if !attempt.signed.contains(&(wanted.role.clone(), wanted.meaning)) {
            list.push(Outstanding::Signature(wanted.role.clone(), wanted.meaning));
        }
    }
    list
}
