//! The final state of a run as a file: the fold of the journal and nothing else (FORMAT.md §6).

use super::{Attempt, Entry, HeldPermit, Instrument, Material, Note, Phase, Run, Signature, StepState, Tier};
use crate::kernel::documents::procedure::Section;
use crate::kernel::documents::step::{Step, VerificationMode};
use crate::kernel::model::deviation::Deviation;
use crate::kernel::model::evidence::EvidenceItem;
use crate::kernel::model::name::{
    DeviationId, Identifier, OptionId, PersonId, RequirementId, RunId, SectionId, StepId, Tag, Variable,
};
use crate::kernel::model::opening::{Binding, Mode};
use crate::kernel::model::outcome::{AttemptReason, CheckResult, Match, StepOutcome};
use crate::kernel::model::time::{Moment, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The format line of the state file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum StateFormat {
    /// The only version.
    #[serde(rename = "asrun.state.v1")]
    V1,
}

/// `data/state.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StateFile {
    /// Whether the run was aborted.
    pub aborted: bool,
    /// Steps of the wall clock, in milliseconds.
    pub clock_steps: Vec<i64>,
    /// Persons and roles.
    pub crew: Vec<Binding>,
    /// How many acts were refused.
    pub denials: u64,
    /// Every deviation.
    pub deviations: Vec<Deviation>,
    /// Every attached file.
    pub evidence: Vec<EvidenceItem>,
    /// How each file came in, in the order of the files.
    pub evidence_tiers: Vec<Tier>,
    /// The run header.
    pub fields: BTreeMap<Variable, String>,
    /// Always `asrun.state.v1`.
    pub format: StateFormat,
    /// Registered instruments.
    pub instruments: BTreeMap<Tag, Instrument>,
    /// Registered lots of material.
    pub materials: BTreeMap<Tag, Material>,
    /// Live or training.
    pub mode: Mode,
    /// Remarks.
    pub notes: Vec<Note>,
    /// What was left open, in words.
    pub open_items: Vec<String>,
    /// Registered permits.
    pub permits: BTreeMap<Identifier, HeldPermit>,
    /// Where the run stands.
    pub phase: Phase,
    /// Requests to other machines.
    pub requests: Vec<super::request::Requested>,
    /// The run.
    pub run: RunId,
    /// Signatures on steps and the run.
    pub signatures: Vec<Signature>,
    /// Every step.
    pub steps: Vec<StepSummary>,
}

/// One step in the state file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepSummary {
    /// Every attempt.
    pub attempts: Vec<AttemptSummary>,
    /// Why it is not applicable, skipped or failed.
    pub because: Option<String>,
    /// Deviations at this step.
    pub deviations: Vec<DeviationId>,
    /// The step.
    pub id: StepId,
    /// What it rests on and what changed, while nobody confirmed it.
    pub reconfirm: Option<String>,
    /// The step before which it must be returned to, while it is postponed.
    pub return_before: Option<StepId>,
    /// Its section.
    pub section: SectionId,
    /// Where it stands.
    pub state: StepState,
}

/// One attempt in the state file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AttemptSummary {
    /// The result of a check.
    pub check: Option<CheckResult>,
    /// How the component was identified.
    pub component: Option<Match>,
    /// The branch that was chosen.
    pub decision: Option<OptionId>,
    /// How performing ended.
    pub outcome: Option<StepOutcome>,
    /// When it was performed.
    pub performed_at: Option<Timestamp>,
    /// Who performed it.
    pub performed_by: Option<PersonId>,
    /// Why it is tried again; none for the first attempt.
    pub reason: Option<AttemptReason>,
    /// When it was begun.
    pub started: Option<Timestamp>,
    /// How each value came in, in the order of the values.
    pub tiers: Vec<Tier>,
    /// Every value, corrected ones included.
    pub values: Vec<Entry>,
    /// Whether both saw the same.
    pub verification: Option<Match>,
    /// Who verified.
    pub verified_by: Option<PersonId>,
}

impl AttemptSummary {
    fn of(attempt: &Attempt) -> Self {
        Self {
            check: attempt.check,
            component: attempt.component,
            decision: attempt.decision.clone(),
            outcome: attempt.performed.as_ref().map(|p| p.outcome),
            performed_at: attempt.performed.as_ref().map(|p| p.at.time()),
            performed_by: attempt.performed.as_ref().map(|p| p.by.clone()),
            reason: attempt.reason,
            started: attempt.started.as_ref().map(Moment::time),
            tiers: attempt.entries.iter().map(|entry| attempt.tier(entry)).collect(),
            values: attempt.entries.clone(),
            verification: attempt.verified.as_ref().map(|v| v.result),
            verified_by: attempt.verified.as_ref().map(|v| v.by.clone()),
        }
    }
}

impl Run {
    /// Returns the state file; none before the run is opened.
    #[must_use]
    pub fn state_file(&self) -> Option<StateFile> {
        let (opened, _) = self.opened.as_ref()?;
        let open = self.needed_steps().filter(|s| !self.is_closed(&s.id)).map(|s| format!("step {}", s.id));
        Some(StateFile {
            aborted: self.aborted,
            clock_steps: self.clocks.steps.clone(),
            crew: self.crew.clone(),
            denials: self.denials,
            deviations: self.deviations.clone(),
            evidence: self.evidence.clone(),
            evidence_tiers: self.evidence.iter().map(|item| self.tier_of_file(item)).collect(),
            fields: opened.fields.clone(),
            format: StateFormat::V1,
            instruments: self.instruments.clone(),
            materials: self.materials.clone(),
            mode: opened.mode,
            notes: self.notes.clone(),
            open_items: open.collect(),
            permits: self.permits.clone(),
            phase: self.phase,
            requests: self.requests.clone(),
            run: self.id.clone(),
            signatures: self.signatures.clone(),
            steps: self.step_summaries(),
        })
    }

    fn step_summaries(&self) -> Vec<StepSummary> {
        let sections = self.plan.procedure.sections.iter();
        let steps = sections.flat_map(|section| section.steps.iter().map(move |step| (section, step)));
        let summary = |(section, step): (&Section, &Step)| {
            let known = &self.steps[&step.id];
            let here = self.deviations.iter().filter(|d| d.facts.step.as_ref() == Some(&step.id));
            StepSummary {
                attempts: known.attempts.iter().map(AttemptSummary::of).collect(),
                because: known.because.clone(),
                deviations: here.map(|d| d.id.clone()).collect(),
                id: step.id.clone(),
                reconfirm: known.reconfirm.clone(),
                return_before: known.return_before.clone(),
                section: section.id.clone(),
                state: known.state,
            }
        };
        steps.map(summary).collect()
    }

    /// Tells whether a person must not see what the performer observed at a step: a blind verification is due from him.
    #[must_use]
    pub fn hides_from(&self, person: &PersonId, id: &StepId) -> bool {
        let Some(verification) = self.authored(id).and_then(|s| s.verification.as_ref()) else { return false };
        let Some(attempt) = self.steps.get(id).and_then(|s| s.current()) else { return false };
        let blind = self.is_read_blind(id);
        let verifier = self.roles_of(person).any(|r| *r == verification.by);
        blind && verifier && attempt.verified.is_none() && !attempt.actors.contains(person)
    }

    /// Tells whether somebody else reads the values of a step for himself, without seeing what was entered.
    #[must_use]
    pub fn is_read_blind(&self, id: &StepId) -> bool {
        let verification = self.authored(id).and_then(|s| s.verification.as_ref());
        verification.is_some_and(|v| v.blind || v.mode == VerificationMode::Independent)
    }

    /// Returns what to call a value of a step on screen.
    #[must_use]
    pub fn value_label(
        &self,
        step: &StepId,
        input: &Variable,
        row: Option<&OptionId>,
        column: Option<&Variable>,
    ) -> String {
        let authored = self.authored(step).and_then(|s| s.input(input));
        authored.map_or_else(|| input.to_string(), |i| i.value_label(row, column))
    }

    /// Returns what to call a file that a step asks for, in the author's words.
    #[must_use]
    pub fn evidence_label(&self, step: &StepId, requirement: &RequirementId) -> String {
        let asked = self.authored(step).and_then(|s| s.evidence.iter().find(|e| e.id == *requirement));
        asked.map_or_else(|| requirement.to_string(), |e| self.plan.text(&e.prompt))
    }
}
