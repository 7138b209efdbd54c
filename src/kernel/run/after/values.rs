//! Values and corrections, folded into the run.

use super::super::steps::Place;
use super::super::{Entry, Pending, Run, StepRun, StepState};
use super::Folding;
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::documents::policy::Demand;
use crate::kernel::documents::step::Step;
use crate::kernel::model::deviation::Trigger;
use crate::kernel::model::entry::EntrySource;
use crate::kernel::model::input::{EntryVerdict, Input, MaterialUse};
use crate::kernel::model::name::{OptionId, PersonId, StepId, Tag, Variable};
use crate::kernel::records::event::{StepReconfirmed, ValueCorrected, ValueEntered};
use crate::kernel::work::kind::Entered;

impl Run {
    pub(super) fn entered(&mut self, context: &Folding, data: &ValueEntered) {
        let place = Place { input: &data.input, row: data.row.as_ref(), column: data.column.as_ref() };
        let by = context.record.actor.clone();
        let entry =
            new_entry(by, context, &data.input, (&data.row, &data.column), &data.raw, &data.value, data.verdict);
        let entry = Entry { instrument: data.instrument.clone(), source: Some(data.source), ..entry };
        self.put(&data.step, entry);
        self.demand(context, &data.step, place, &data.value, data.verdict);
        self.instrument_used(context, &data.step, data.instrument.as_ref());
        self.material_used(context, data);
        self.entered_late(context, &data.step, data.input.as_str(), data.late.as_ref());
    }

    pub(in crate::kernel::run) fn instrument_used(&mut self, context: &Folding, step: &StepId, named: Option<&Tag>) {
        let Some((tag, instrument)) = named.and_then(|tag| Some((tag, self.instruments.get(tag)?))) else { return };
        if context.record.time >= instrument.cal_due {
            let requirement = format!("calibration of {tag} not due");
            let found = format!("due {}", instrument.cal_due);
            let expired = context.departure(Trigger::InstrumentExpired, requirement, found);
            self.run_out(expired.at(step).about(tag));
        }
    }

    fn material_used(&mut self, context: &Folding, data: &ValueEntered) {
        let authored = self.authored(&data.step).and_then(|s| s.input(&data.input));
        let cell = authored.and_then(|i| data.column.as_ref().map_or(Some(i), |c| i.column(c)));
        let lot = data.value.parse().ok().filter(|_| cell.is_some_and(|i| i.material == MaterialUse::Required));
        let Some(expires) = lot.and_then(|tag: Tag| self.materials.get(&tag)?.expires) else { return };
        if context.record.time >= expires {
            let (requirement, found) = (format!("lot {} not expired", data.value), format!("expired {expires}"));
            let expired = context.departure(Trigger::MaterialExpired, requirement, found);
            self.run_out(expired.at(&data.step).about(&data.value));
        }
    }

    /// One departure for each instrument or lot that ran out, not one for each reading with it.
    fn run_out(&mut self, expired: Pending) {
        let attempt = expired.step.as_ref().and_then(|step| self.steps[step].current());
        let accepted = attempt.is_some_and(|a| a.accepts(expired.trigger, expired.about.as_deref()));
        let waiting = self.pending.iter().any(|p| p.trigger == expired.trigger && p.about == expired.about);
        if !accepted && !waiting {
            self.pend(expired);
        }
    }

    pub(super) fn reconfirmed(&mut self, context: &Folding, data: &StepReconfirmed) {
        if let Some(known) = self.steps.get_mut(&data.step) {
            known.reconfirm = None;
        }
        let result = self.authored(&data.step).and_then(|s| s.calc.as_ref()).map(|c| c.result.id.clone());
        let (Some(id), Some(new)) = (result, &data.recalculated) else { return };
        let before = self.steps[&data.step].current().and_then(|a| a.entry(&id, None, None)).map(|e| e.value.clone());
        let (raw, value, verdict) = (new.words.clone(), new.value.clone(), new.verdict);
        let result = Entered { input: id.clone(), row: None, column: None, instrument: None, raw, value, verdict };
        self.put_value(context, &data.step, result);
        if before.as_ref() != Some(&new.value) {
            self.flag_dependents(&id, &format!("{id} is {} now", new.value));
        }
    }

    /// Closed steps whose result rests on an input are looked at again when it changes.
    pub(super) fn flag_dependents(&mut self, input: &Variable, words: &str) {
        let rests = |step: &&Step| {
            let calc = step.calc.as_ref().is_some_and(|c| c.expr.variables().contains(input));
            let named = format!("{{{input}}}");
            let equals = step.readings().filter_map(|i| i.equals.as_ref()).any(|text| text.contains(&named));
            let repeat = self.plan.procedure.loop_at(step).is_some_and(|r| r.until.variables().contains(input));
            let own = step.input(input).is_some();
            calc || (!own && (equals || repeat))
        };
        let dependents: Vec<_> = self.plan.procedure.steps().filter(rests).map(|s| s.id.clone()).collect();
        for id in dependents {
            let known = self.steps.get_mut(&id);
            let used = |k: &&mut StepRun| {
                matches!(k.state, StepState::Performed | StepState::Complete)
                    || k.current().is_some_and(|a| !a.entries.is_empty() && k.state == StepState::Active)
            };
            if let Some(known) = known.filter(used) {
                known.reconfirm = Some(words.to_owned());
            }
        }
    }

    pub(in crate::kernel::run) fn put(&mut self, step: &StepId, entry: Entry) {
        self.with_attempt(step, |attempt| {
            let same = |e: &&mut Entry| e.input == entry.input && e.row == entry.row && e.column == entry.column;
            for old in attempt.entries.iter_mut().filter(same) {
                old.superseded = true;
            }
            attempt.entries.push(entry);
        });
    }

    /// A reading outside its limits demands a deviation, unless its loop is there to bring it inside.
    pub(in crate::kernel::run) fn demand(
        &mut self,
        context: &Folding,
        id: &StepId,
        place: Place,
        value: &str,
        verdict: EntryVerdict,
    ) {
        let Place { input, column, .. } = place;
        let Some(step) = self.authored(id).cloned() else { return };
        let trigger = match verdict {
            EntryVerdict::Out | EntryVerdict::ConditionalFail if !self.in_loop(&step, input) => Trigger::OutOfLimit,
            EntryVerdict::Fail if !self.in_loop(&step, input) => Trigger::CheckFailed,
            EntryVerdict::ConditionalPass => Trigger::AlertAcknowledged,
            EntryVerdict::Alert if self.plan.policy.alerts == Demand::Required => Trigger::AlertAcknowledged,
            _ => return,
        };
        let requirement = self.requirement_of(&step, input, column);
        self.pend(context.departure(trigger, requirement, value).at(id).about(about_value(&step, place)));
    }

    pub(super) fn in_loop(&self, step: &Step, input: &Variable) -> bool {
        self.plan.procedure.steps().any(|s| {
            self.plan
                .procedure
                .loop_at(s)
                .is_some_and(|r| (s.id == step.id || r.body.contains(&step.id)) && r.until.variables().contains(input))
        })
    }

    /// Returns what the package asks of an input, in words.
    pub(in crate::kernel::run) fn requirement_of(
        &self,
        step: &Step,
        input: &Variable,
        column: Option<&Variable>,
    ) -> String {
        let Some(mut authored) = step.input(input) else { return String::new() };
        if let Some(column) = column.and_then(|c| authored.column(c)) {
            authored = column;
        }
        let unit = authored.unit.as_ref().map(|u| format!(" {}", self.plan.pack.symbol(u))).unwrap_or_default();
        match self.range_words(authored) {
            Some(range) => format!("{} {range}{unit}", authored.label()),
            None => match self.expected(authored) {
                Some(expected) => format!("{} equal to {expected}", authored.label()),
                None => format!("{} as required", authored.label()),
            },
        }
    }

    pub(super) fn range_words(&self, input: &Input) -> Option<String> {
        let band = input.limits.as_ref()?.accept.as_ref()?;
        Some(band.range(&self.plan.manifest.parameters).to_string())
    }

    pub(super) fn corrected(&mut self, context: &Folding, data: &ValueCorrected) {
        let place = Place { input: &data.input, row: data.row.as_ref(), column: data.column.as_ref() };
        let before: Vec<_> = self.branches();
        let known = &self.steps[&data.step];
        let judged = known.state != StepState::Active;
        // A row that is taken at once is one record with several values.
        let same = |e: &&Entry| {
            e.record == data.was && (&e.input, &e.row, &e.column) == (&data.input, &data.row, &data.column)
        };
        let old = known.current().and_then(|a| a.entries.iter().find(same)).cloned();
        let Some(old) = old else { return };
        let flips = !old.verdict.passes() && old.verdict != EntryVerdict::Implausible && data.verdict.passes();
        let about = self.authored(&data.step).map(|step| about_value(step, place));
        self.pending.retain(|p| p.record != data.was || !p.trigger.is_of_the_reading() || p.about != about);
        let by = context.record.actor.clone();
        let entry =
            new_entry(by, context, &data.input, (&data.row, &data.column), &data.raw, &data.value, data.verdict);
        self.put(&data.step, Entry { instrument: old.instrument.clone(), source: Some(EntrySource::Keyed), ..entry });
        self.reopen_verification(&data.step, data.was);
        let words = format!("{} {} corrected to {}", data.input, old.value, data.value);
        if old.value != data.value {
            self.flag_dependents(&data.input, &words);
        }
        if judged || flips {
            let found = format!("{} corrected to {}: {}", old.value, data.value, data.reason);
            let wanted = self.instruction(&data.step);
            let corrected = context.departure(Trigger::EntryCorrectedAfterSignoff, wanted, found);
            self.pend(corrected.at(&data.step).about(&data.input));
        }
        self.demand(context, &data.step, place, &data.value, data.verdict);
        for (step, excluded) in before {
            let now = self.authored(&step).is_some_and(|s| self.excluded(s).is_some());
            if now != excluded {
                let found = format!("the branch at {step} rests on {} {}", data.input, old.value);
                let wanted = self.instruction(&step);
                let flipped = context.departure(Trigger::BranchOnCorrectedData, wanted, found);
                self.pend(flipped.at(&data.step).about(&step));
            }
        }
    }

    /// Steps whose condition was already acted upon, and how it came out.
    pub(super) fn branches(&self) -> Vec<(StepId, bool)> {
        let steps = self.plan.procedure.steps();
        let acted = steps.filter(|s| self.steps[&s.id].state != StepState::Open);
        let conditional = acted
            .filter(|s| s.when.is_some() || self.plan.procedure.section_of(&s.id).is_some_and(|x| x.when.is_some()));
        conditional.map(|s| (s.id.clone(), self.steps[&s.id].state == StepState::NotApplicable)).collect()
    }

    /// A judged record that changes is judged anew (FORMAT.md §4).
    pub(super) fn reopen_verification(&mut self, step: &StepId, was: LineDigest) {
        let mut reopened = false;
        self.with_attempt(step, |a| {
            if a.verified.as_ref().is_some_and(|v| v.judges.contains(&was)) {
                a.verified = None;
                reopened = true;
            }
        });
        if reopened && self.steps[step].state == StepState::Complete {
            self.set_state(step, StepState::Performed);
        }
    }
}

/// What a departure of a value is about: the input, or the cell where one record holds several.
fn about_value(step: &Step, place: Place) -> String {
    let Place { input, row, column } = place;
    let made = step.made().is_some_and(|(_, made)| made.id == *input);
    match (row, column) {
        (Some(row), Some(column)) if made => format!("{input}/{row}/{column}"),
        _ => input.to_string(),
    }
}

fn new_entry(
    by: PersonId,
    context: &Folding,
    input: &Variable,
    (row, column): (&Option<OptionId>, &Option<Variable>),
    raw: &str,
    value: &str,
    verdict: EntryVerdict,
) -> Entry {
    Entry {
        by,
        column: column.clone(),
        input: input.clone(),
        instrument: None,
        raw: raw.to_owned(),
        record: context.digest,
        row: row.clone(),
        source: None,
        superseded: false,
        time: context.record.time,
        value: value.to_owned(),
        verdict,
    }
}
