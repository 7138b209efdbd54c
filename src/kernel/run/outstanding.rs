//! What a step still waits for: shown to people, and asked by the gates.

use super::values::{as_found, as_left};
use super::{Attempt, Pending, Run, StepState};
use crate::kernel::documents::procedure::SectionKind;
use crate::kernel::documents::step::{Step, StepMeaning, StepSignature, StepType, VerificationMode};
use crate::kernel::model::deviation::Trigger;
use crate::kernel::model::input::{EntryVerdict, Input, InputType};
use crate::kernel::model::name::{OptionId, PersonId, RequirementId, Role, StepId, Tag, Variable};
use crate::kernel::model::outcome::Match;
use crate::kernel::model::time::{Now, Timestamp};
use crate::kernel::work::{Waits, witness};
use std::collections::BTreeSet;

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
    /// Something that only the step's kind of work knows.
    Work(Waits),
    /// Time must pass, until this moment.
    Wait(Timestamp),
    /// Time has passed that no clock proves: it passes again, until this moment, or that is written down.
    WaitAgain(Timestamp),
    /// Somebody must confirm that the step still holds.
    Reconfirm,
    /// The performer must perform it.
    Perform,
    /// A second person must verify.
    Verification(Role),
    /// A hold must be released by so many persons of a role.
    Release(Role, u32),
    /// Signatures of so many other persons of a role.
    Signature(Role, StepMeaning, u32),
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
            // The time of a notice runs while the rest is done.
            let is_notice =
                |act: &Outstanding| matches!(act, Outstanding::Work(Waits::Witness(witness::Waits::Notice(_))));
            let (notice, acts): (Vec<_>, Vec<_>) = self.act_of(step, attempt).into_iter().partition(is_notice);
            list.extend(notice);
            list.extend(self.before_performing(step, attempt));
            list.extend(self.ready_at(step).filter(|_| step.kind != StepType::Witness).map(Outstanding::Wait));
            list.extend(acts);
        }
        list.extend(after_performing(step, attempt));
        list
    }

    /// Returns what a step waits for at a moment: time that has passed by then is not waited for any more.
    #[must_use]
    pub fn outstanding_at(&self, id: &StepId, now: &Now) -> Vec<Outstanding> {
        let waited = self.authored(id).and_then(|step| self.waited(step, now));
        let at_moment = |outstanding| match (outstanding, &waited) {
            (Outstanding::Wait(_), Some(waited)) => {
                let until = Timestamp::from_millis(now.time.millis() + waited.left());
                match (waited.is_over(), waited.is_unproven()) {
                    (true, _) => None,
                    (false, true) => Some(Outstanding::WaitAgain(until)),
                    (false, false) => Some(Outstanding::Wait(until)),
                }
            }
            (other, _) => Some(other),
        };
        self.outstanding(id).into_iter().filter_map(at_moment).collect()
    }

    /// Returns the act that ends the active part of a step.
    fn act_of(&self, step: &Step, attempt: &Attempt) -> Vec<Outstanding> {
        match step.kind {
            StepType::Decision => vec![Outstanding::Decision],
            StepType::Acknowledge if !self.is_briefed_by_all(step) => vec![Outstanding::Brief(None)],
            StepType::Acknowledge => self.unbriefed(attempt).map(|p| Outstanding::Brief(Some(p.clone()))).collect(),
            StepType::Hold => {
                releases_left(step, attempt).map(|(s, left)| Outstanding::Release(s.role.clone(), left)).collect()
            }
            // The table of kinds says it of every other kind: `done` ends it, or an act of its own.
            kind if kind.is_performed() => vec![Outstanding::Perform],
            _ => self.of_its_kind(step, attempt),
        }
    }

    fn of_its_kind(&self, step: &Step, attempt: &Attempt) -> Vec<Outstanding> {
        self.work_waits(step, attempt).into_iter().map(Outstanding::Work).collect()
    }

    /// Tells whether a step is the brief of a crew: everybody acknowledges it.
    pub(super) fn is_briefed_by_all(&self, step: &Step) -> bool {
        self.section_of(&step.id).is_some_and(|s| s.kind == SectionKind::Brief)
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
        if step.kind.is_performed() {
            list.extend(self.of_its_kind(step, attempt));
        }
        if step.kind.has_result() && attempt.check.is_none() {
            list.push(Outstanding::Result);
        }
        list.extend(self.missing_evidence(step, attempt).map(Outstanding::Evidence));
        list
    }

    /// Returns evidence requirements that neither files of this attempt nor a deviation satisfy: as with values, what was
    /// captured before a step was opened again shows the earlier attempt.
    pub(super) fn missing_evidence<'a>(
        &'a self,
        step: &'a Step,
        attempt: &'a Attempt,
    ) -> impl Iterator<Item = RequirementId> + 'a {
        let number = self.steps[&step.id].attempt();
        step.evidence.iter().filter(|r| r.required).filter_map(move |requirement| {
            let files: BTreeSet<_> = self
                .evidence
                .iter()
                .filter(|e| e.step == step.id && e.attempt == number && e.requirement.as_ref() == Some(&requirement.id))
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
        let left = attempt.signatures_left(wanted);
        if left > 0 {
            list.push(Outstanding::Signature(wanted.role.clone(), wanted.meaning, left));
        }
    }
    list
}

/// Returns what a hold still needs to be released, with how many persons.
pub(super) fn releases_left<'a>(
    step: &'a Step,
    attempt: &'a Attempt,
) -> impl Iterator<Item = (&'a StepSignature, u32)> {
    step.releases().map(|wanted| (wanted, attempt.signatures_left(wanted))).filter(|(_, left)| *left > 0)
}
