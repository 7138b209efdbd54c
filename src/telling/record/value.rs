//! Values: readings, table cells, corrections, calculations, watches, and limits of time.

use super::super::block::Block;
use super::super::value::{plain as value_words, verdict};
use super::step::late;
use super::teller::{Chapter, Said, Teller, and, plain};
use crate::kernel::documents::term::Noun;
use crate::kernel::model::input::{Input, InputType};
use crate::kernel::model::name::{OptionId, StepId, UnitId, Variable};
use crate::kernel::records::event::{
    CalculationMade, Event, SampleTaken, TimerExpired, ValueCorrected, ValueEntered, WatchObserved,
};
use crate::kernel::records::record::SignedRecord;
use crate::kernel::run::{Entry, Tier};
use crate::kernel::work::sample::Reading;

/// Where a value stands at a step.
struct Cell<'a> {
    step: &'a StepId,
    input: &'a Variable,
    row: Option<&'a OptionId>,
    column: Option<&'a Variable>,
}

impl Teller<'_> {
    pub(super) fn entered(&self, d: &ValueEntered) -> Said {
        let (row, column) = (d.row.as_ref(), d.column.as_ref());
        let cell = Cell { step: &d.step, input: &d.input, row, column };
        let text = format!(
            "{}: {}, {}{}{}{}{}{}",
            self.label(&cell),
            self.reading(&cell, &d.value, d.unit.as_ref()),
            verdict(self.judged_by(&cell), d.verdict),
            self.limit(self.judged_by(&cell)),
            keyed(&d.raw, &d.value),
            and("with ", d.instrument.as_ref()),
            and("", Some(self.tier(d).words())),
            late(d.late.as_ref()),
        );
        Said::new("Value", text)
    }

    /// How far a value rests on one person alone.
    fn tier(&self, d: &ValueEntered) -> Tier {
        let attempts = self.run().step(&d.step).map_or(&[][..], |known| &known.attempts);
        let attempt = attempts.get(d.attempt.saturating_sub(1) as usize);
        let same = |e: &&Entry| (&e.input, &e.row, &e.column, &e.raw) == (&d.input, &d.row, &d.column, &d.raw);
        let entry = attempt.and_then(|a| Some((a, a.entries.iter().find(same)?)));
        entry.map_or(Tier::of(d.source), |(attempt, entry)| attempt.tier(entry))
    }

    /// What it was, struck out, and what it is now.
    pub(super) fn corrected(&self, d: &ValueCorrected) -> Said {
        let (row, column) = (d.row.as_ref(), d.column.as_ref());
        let cell = Cell { step: &d.step, input: &d.input, row, column };
        let now = self.reading(&cell, &d.value, None);
        let was = self.record(&d.was).and_then(value_of);
        let was = was.map_or_else(|| d.was.to_string(), |was| self.reading(&cell, was, None));
        let text = format!(
            "{}: {now}, {}{}{}; because {}",
            self.label(&cell),
            verdict(self.judged_by(&cell), d.verdict),
            self.limit(self.judged_by(&cell)),
            keyed(&d.raw, &d.value),
            d.reason,
        );
        Said::new("Corrected", text).under([Block::Was(was, now)])
    }

    pub(in crate::telling) fn calculated(&self, d: &CalculationMade) -> Said {
        let cell = Cell { step: &d.step, input: &d.input, row: None, column: None };
        let value = self.reading(&cell, &d.value, d.unit.as_ref());
        let limit = self.limit(self.judged_by(&cell));
        Said::new(
            "Calculated",
            format!(
                "{}: {value}, {}{limit}; {}",
                self.label(&cell),
                verdict(self.judged_by(&cell), d.verdict),
                d.words
            ),
        )
    }

    /// One row of a sample: every reading of it with its verdict.
    pub(in crate::telling) fn sampled(&self, d: &SampleTaken) -> Said {
        let reading = |(column, reading): (&Variable, &Reading)| {
            let cell = Cell { step: &d.step, input: &d.sample, row: None, column: Some(column) };
            let authored = self.judged_by(&cell);
            let label = authored.map_or(column.as_str(), Input::label);
            let value = self.reading(&cell, &reading.value, None);
            let (verdict, limit, keyed) =
                (verdict(authored, reading.verdict), self.limit(authored), keyed(&reading.raw, &reading.value));
            format!("{label}: {value}, {verdict}{limit}{keyed}")
        };
        let cell = Cell { step: &d.step, input: &d.sample, row: None, column: None };
        let readings = d.readings.iter().map(reading).collect::<Vec<_>>().join("; ");
        let again = and("", d.read_again.then_some("read again"));
        let text =
            format!("{}, row {}: {readings}{}{again}", self.label(&cell), d.row, and("with ", d.instrument.as_ref()));
        Said::new("Sample", text)
    }

    pub(super) fn watched(&self, d: &WatchObserved) -> Said {
        let watch = self.plan().procedure.watch(&d.watch);
        let input = watch.and_then(|watch| watch.input.as_ref());
        let text = watch.map_or_else(String::new, |watch| format!(" {}", self.plan().text(&watch.text)));
        let value = format!("{}{}", value_words(input, &d.value), self.symbol(d.unit.as_ref()));
        let (verdict, limit, keyed) = (verdict(input, d.verdict), self.limit(input), keyed(&d.raw, &d.value));
        Said::new(self.noun(Noun::Watch), format!("{}{text}: {value}, {verdict}{limit}{keyed}", d.watch))
    }

    pub(super) fn expired(&self, d: &TimerExpired) -> (Chapter, Said) {
        let at = d.step.as_ref().map(|step| format!("step {}", self.step(step)));
        let watch = d.watch.as_ref().map(|watch| format!("{} {watch}", self.noun(Noun::Watch).within()));
        let place = match (&d.step, &d.watch) {
            (Some(step), _) => Chapter::Step(step.clone()),
            (None, Some(_)) => Chapter::Watch,
            (None, None) => Chapter::Course,
        };
        let about = format!("{}{}", and("", at), and("", watch));
        (place, Said::new("OUT OF TIME", format!("{} was due {}{about}", plain(d.limit), d.due)))
    }

    fn input(&self, cell: &Cell) -> Option<&Input> {
        self.authored(cell.step)?.input(cell.input)
    }

    /// The input whose limits count: the column of a table, or the input itself.
    fn judged_by(&self, cell: &Cell) -> Option<&Input> {
        let input = self.input(cell)?;
        cell.column.map_or(Some(input), |column| input.column(column))
    }

    /// The words that stand before a value: label, row and column as the author wrote them.
    fn label(&self, cell: &Cell) -> String {
        let input = self.input(cell);
        let label = input.map_or(cell.input.as_str(), Input::label);
        let row = cell.row.map(|id| {
            let row = input.and_then(|input| input.rows.iter().find(|row| row.id == *id));
            row.map_or_else(|| id.to_string(), |row| format!("{} ({id})", row.text))
        });
        let column = cell.column.map(|id| {
            let column = input.and_then(|input| input.column(id));
            column.map_or(id.as_str(), Input::label)
        });
        let row = row.map_or_else(String::new, |row| format!(", {row}"));
        let column = column.map_or_else(String::new, |column| format!(", {column}"));
        format!("{label}{row}{column}")
    }

    /// A value with its unit, or the words of the chosen options.
    fn reading(&self, cell: &Cell, value: &str, unit: Option<&UnitId>) -> String {
        let input = self.judged_by(cell);
        let unit = unit.or_else(|| input.and_then(|input| input.unit.as_ref()));
        let words = input.map_or_else(String::new, |input| chosen(input, value));
        format!("{}{}{words}", value_words(input, value), self.symbol(unit))
    }

    fn symbol(&self, unit: Option<&UnitId>) -> String {
        unit.map_or_else(String::new, |unit| format!(" {}", self.plan().pack.symbol(unit)))
    }

    fn limit(&self, input: Option<&Input>) -> String {
        let band = input.and_then(|input| input.limits.as_ref()).and_then(|limits| limits.accept.as_ref());
        and("limit ", band.map(|band| band.range(&self.plan().manifest.parameters)))
    }
}

/// The words of the options that a choice names by their ids.
fn chosen(input: &Input, value: &str) -> String {
    if !matches!(input.kind, InputType::Choice | InputType::Multi) {
        return String::new();
    }
    let options = value.split(',').filter_map(|id| input.options.iter().find(|option| option.id.as_str() == id));
    let words = options.filter_map(|option| option.text.as_deref()).collect::<Vec<_>>();
    if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) }
}

fn keyed(raw: &str, value: &str) -> String {
    and("keyed ", Some(raw).filter(|raw| *raw != value))
}

fn value_of(signed: &SignedRecord) -> Option<&str> {
    match &signed.record().event {
        Event::ValueEntered(d) => Some(&d.value),
        Event::ValueCorrected(d) => Some(&d.value),
        _ => None,
    }
}
