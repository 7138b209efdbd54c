//! Values, corrections and files.

use super::super::gates::Asking;
use super::super::steps::Place;
use super::super::values::{as_found, as_left};
use super::super::{Entry, Intent, Run, StepState};
use super::said;
use crate::kernel::canon::digest::EvidenceDigest;
use crate::kernel::documents::step::{EvidenceRequirement, Step, StepType};
use crate::kernel::media::Damage;
use crate::kernel::model::deviation::Outcome;
use crate::kernel::model::evidence::{Captured, Doubt};
use crate::kernel::model::gate::GateCode;
use crate::kernel::model::input::{EntryVerdict, Input, InputType, InstrumentUse, MaterialUse};
use crate::kernel::model::instrument::InstrumentRange;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{OptionId, StepId, Tag, UnitId};
use crate::kernel::model::number::Number;
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::event::{Event, EvidenceCaptured, EvidenceRedacted, ValueCorrected, ValueEntered};

impl Run {
    /// Finds the input that a place names: the input itself, or the column of a table.
    fn input_at<'a>(&self, ask: &mut Asking, step: &'a Step, place: &Place) -> Option<&'a Input> {
        let tables = step.made().map(|(_, made)| made).filter(|made| made.kind == InputType::Table);
        let keyed = step.inputs.iter().chain(tables).find(|i| i.id == *place.input);
        let attempt = self.steps[&step.id].current();
        let taken = |row: &OptionId| attempt.is_some_and(|a| a.has_row(place.input, row));
        let found = keyed.filter(|_| step.kind != StepType::Decision).and_then(|input| {
            match (input.kind, place.row, place.column) {
                (InputType::Table, Some(row), Some(column)) => {
                    let known = taken(row) || input.rows.iter().any(|r| r.id == *row);
                    input.column(column).filter(|_| known)
                }
                (InputType::Table, ..) => None,
                (_, Some(row), None) if input.as_found_as_left => {
                    (row == as_found() || row == as_left()).then_some(input)
                }
                (_, None, None) if !input.as_found_as_left => Some(input),
                _ => None,
            }
        });
        let cell = place.row.map(ToString::to_string).unwrap_or_default();
        ask.ask(GateCode::KnownInput, found.is_some(), &[("input", place.input), ("row", &cell)]);
        found
    }

    fn judged(
        &self,
        ask: &mut Asking,
        step: &Step,
        input: &Input,
        place: &Place,
        raw: &str,
    ) -> Option<(String, EntryVerdict)> {
        let attempt = self.steps[&step.id].current();
        let before = attempt.and_then(|a| a.entry(place.input, place.row, place.column));
        let repeats = |value: &str| before.is_some_and(|e| e.verdict == EntryVerdict::Implausible && e.value == value);
        let expected = self.expected(input);
        let judged = match raw.len() {
            0..=8000 => self.plan.judge(input, raw, expected.as_deref(), &repeats).map_err(|e| e.0),
            _ => Err("longer than 8000 bytes".to_owned()),
        };
        let judged = judged.and_then(|(value, verdict)| match self.elsewhere(step, input, place, &value) {
            Some(row) => Err(format!("`{value}` stands at {row} already")),
            None => Ok((value, verdict)),
        });
        let fault = judged.as_ref().err().cloned().unwrap_or_default();
        ask.ask(GateCode::EntryForm, judged.is_ok(), &[("input", place.input), ("fault", &fault)]);
        judged.ok()
    }

    /// Returns another row of a column that holds the same, where no two may.
    fn elsewhere(&self, step: &Step, input: &Input, place: &Place, value: &str) -> Option<OptionId> {
        let attempt = self.steps[&step.id].current().filter(|_| input.distinct)?;
        attempt.row_holding(place.input, place.column, value, place.row)
    }

    pub(super) fn enter(&self, ask: &mut Asking, intent: &Intent) -> Option<Event> {
        let Intent::Enter { column, input, instrument, late, raw, row, source, step: id } = intent else { return None };
        ask.working();
        let step = ask.step(id)?;
        ask.active(step);
        ask.role(&step.performed_by);
        self.identified(ask, step);
        let place = Place { input, row: row.as_ref(), column: column.as_ref() };
        let authored = self.input_at(ask, step, &place)?;
        let before = self.steps[id].current().and_then(|a| a.entry(input, row.as_ref(), column.as_ref()));
        let free = before.is_none_or(|e| e.verdict == EntryVerdict::Implausible);
        ask.ask(GateCode::EntryFree, free, &[("input", input)]);
        let judged = self.judged(ask, step, authored, &place, raw);
        let (value, verdict) = judged.unwrap_or_else(|| (String::new(), EntryVerdict::Implausible));
        self.instrument(ask, authored, instrument.as_ref(), &value);
        if authored.material == MaterialUse::Required {
            let known = value.parse::<Tag>().is_ok_and(|lot| self.materials.contains_key(&lot));
            ask.ask(GateCode::MaterialKnown, known, &[("lot", &value)]);
        }
        self.late(ask, late.as_ref());
        let gates = ask.passed()?;
        Some(
            ValueEntered {
                attempt: self.steps[id].attempt(),
                column: column.clone(),
                gates,
                input: input.clone(),
                instrument: instrument.clone(),
                late: late.clone(),
                raw: raw.clone(),
                row: row.clone(),
                source: *source,
                step: id.clone(),
                unit: authored.unit.clone(),
                value,
                verdict,
            }
            .into(),
        )
    }

    /// The named instrument is registered and its range holds the reading; expiry is a departure, not a refusal.
    pub(in crate::kernel::run) fn instrument(&self, ask: &mut Asking, input: &Input, named: Option<&Tag>, value: &str) {
        let needed = input.instrument == InstrumentUse::Required;
        let known = named.and_then(|tag| self.instruments.get(tag));
        let named_text = named.map(ToString::to_string).unwrap_or_default();
        if needed || named.is_some() {
            ask.ask(GateCode::InstrumentKnown, known.is_some(), &[("instrument", &named_text)]);
        }
        let unit = self.plan.pack.units.iter().find(|u| Some(&u.id) == input.unit.as_ref());
        if let Some((instrument, unit)) = known.zip(unit) {
            let measures = instrument.quantities.contains(&unit.quantity);
            let inputs: [(&str, &dyn std::fmt::Display); 2] =
                [("instrument", &named_text), ("quantity", &unit.quantity)];
            ask.ask(GateCode::InstrumentQuantity, measures, &inputs);
        }
        let range = known.and_then(|i| i.range.as_ref()).zip(input.unit.as_ref());
        let in_unit = |(range, unit): (&InstrumentRange, &UnitId)| {
            let bound = |number| self.plan.pack.converted(number, &range.unit, unit);
            bound(range.min).zip(bound(range.max))
        };
        if let (Some((min, max)), Ok(number)) = (range.and_then(in_unit), value.parse::<Number>()) {
            let inside = min <= number && number <= max;
            ask.ask(GateCode::InstrumentRange, inside, &[("instrument", &named_text), ("value", &number)]);
        }
    }

    pub(super) fn correct(&self, ask: &mut Asking, intent: &Intent) -> Option<Event> {
        let Intent::Correct { column, input, raw, reason, row, step: id } = intent else { return None };
        ask.open();
        let step = ask.step(id)?;
        ask.role(&step.performed_by);
        ask.ask(GateCode::Comment, said(reason), &[("reason", &said(reason))]);
        let place = Place { input, row: row.as_ref(), column: column.as_ref() };
        let authored = self.input_at(ask, step, &place)?;
        let before = self.steps[id]
            .current()
            .and_then(|a| a.entry(input, row.as_ref(), column.as_ref()))
            .map(|e: &Entry| e.record);
        let open = before.is_some() && self.steps[id].state != StepState::Open;
        ask.ask(GateCode::EntryPresent, open, &[("input", input)]);
        let judged = self.judged(ask, step, authored, &place, raw);
        let gates = ask.passed()?;
        let (value, verdict) = judged?;
        Some(
            ValueCorrected {
                attempt: self.steps[id].attempt(),
                column: column.clone(),
                gates,
                input: input.clone(),
                meaning: Meaning::EntryCorrected,
                raw: raw.clone(),
                reason: reason.clone(),
                row: row.clone(),
                step: id.clone(),
                value,
                verdict,
                was: before?,
            }
            .into(),
        )
    }

    pub(super) fn attach(&self, ask: &mut Asking, intent: &Intent) -> Option<Event> {
        let Intent::Attach { caption, file, requirement, sensitivity, step: id } = intent else { return None };
        ask.open();
        let step = ask.step(id)?;
        self.attachable(ask, id);
        ask.any_role();
        let known = requirement.as_ref().is_none_or(|r| step.evidence.iter().any(|e| e.id == *r));
        ask.ask(
            GateCode::KnownRequirement,
            known,
            &[("requirement", &requirement.as_ref().map(ToString::to_string).unwrap_or_default())],
        );
        ask.ask(
            GateCode::Comment,
            caption.as_ref().is_none_or(|c| c.len() <= 2000),
            &[("caption", &caption.is_some())],
        );
        if let Some(wanted) = step.evidence.iter().find(|e| Some(&e.id) == requirement.as_ref()) {
            self.fitting(ask, id, wanted, file);
        }
        let first = self.evidence.iter().find(|e| e.file.blake3 == file.blake3);
        let again = first.is_some_and(|e| (&e.step, &e.requirement) != (id, requirement));
        if again {
            let outcome = self.plan.policy.evidence.reuse;
            ask.ask(
                GateCode::EvidenceReuse,
                outcome != Outcome::Block,
                &[("file", &file.blake3), ("policy", &outcome.word())],
            );
        }
        let gates = ask.passed()?;
        Some(
            EvidenceCaptured {
                attempt: self.steps[id].attempt(),
                caption: caption.clone(),
                duplicate_of: first.map(|e| e.record),
                file: file.clone(),
                gates,
                requirement: requirement.clone(),
                sensitivity: *sensitivity,
                step: id.clone(),
            }
            .into(),
        )
    }

    /// The file is what the requirement asks for, or the profile lets it pass; what was found stands in the gates.
    fn fitting(&self, ask: &mut Asking, id: &StepId, wanted: &EvidenceRequirement, file: &Captured) {
        let moments = self.moments(id, self.steps[id].attempt());
        let time = |moment: Option<Timestamp>| moment.map_or_else(|| "unknown".to_owned(), |m| m.to_string());
        let damage = file.damage.map_or("none", Damage::words);
        for doubt in Doubt::ALL {
            let ruled = self.plan.policy.evidence.on(doubt);
            let open = ruled != Outcome::Block || !file.raises(doubt, wanted.kind, moments);
            let policy = ruled.word();
            match doubt {
                Doubt::Kind => ask.ask(
                    GateCode::EvidenceKind,
                    open,
                    &[("kind", &wanted.kind.word()), ("media_type", &file.media_type), ("policy", &policy)],
                ),
                Doubt::Damaged => ask.ask(GateCode::EvidenceWhole, open, &[("damage", &damage), ("policy", &policy)]),
                Doubt::OlderThanRun => ask.ask(
                    GateCode::EvidenceOlderThanRun,
                    open,
                    &[("written", &time(file.mtime)), ("opened", &time(moments.run)), ("policy", &policy)],
                ),
                Doubt::BeforeStep => ask.ask(
                    GateCode::EvidenceBeforeStep,
                    open,
                    &[("written", &time(file.mtime)), ("begun", &time(moments.step)), ("policy", &policy)],
                ),
            };
        }
    }

    /// Files may be added once a step was begun, also while a deviation is due: they show what happened.
    fn attachable(&self, ask: &mut Asking, id: &StepId) {
        let state = self.steps[id].state;
        let begun = !self.steps[id].attempts.is_empty() && state != StepState::NotApplicable;
        ask.ask(GateCode::StepActive, begun, &[("step", id), ("state", &state.word())]);
    }

    pub(super) fn redact(&self, ask: &mut Asking, blake3: EvidenceDigest, reason: &str) -> Option<Event> {
        ask.open();
        ask.any_role();
        let present = self.evidence.iter().any(|e| e.file.blake3 == blake3 && e.redacted.is_none());
        ask.ask(GateCode::EvidencePresent, present, &[("file", &blake3)]);
        ask.ask(GateCode::Comment, said(reason), &[("reason", &said(reason))]);
        let gates = ask.passed()?;
        Some(EvidenceRedacted { blake3, gates, reason: reason.to_owned() }.into())
    }
}
