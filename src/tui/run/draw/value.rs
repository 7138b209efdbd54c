//! Values: limits and verdicts in the step, gauge and table beside the field that takes one.

use super::table::{self, table};
use crate::kernel::documents::step::{Step, StepType};
use crate::kernel::model::input::{Input, InputType};
use crate::kernel::model::name::{OptionId, Variable};
use crate::kernel::model::number::Number;
use crate::kernel::model::outcome::CheckResult;
use crate::kernel::run::{Entry, Outstanding};
use crate::kernel::text::{counted, escape};
use crate::telling::value;
use crate::tui::ground::theme::{Look, Role};
use crate::tui::run::RunScreen;
use crate::tui::run::forms::limits;
use crate::tui::widgets::form::wrap;
use crate::tui::widgets::gauge::Gauge;
use ratatui::text::{Line, Span};
use std::borrow::Cow;

/// Which value of a step: input, row and column.
pub(super) type Place<'a> = (&'a Variable, Option<&'a OptionId>, Option<&'a Variable>);

impl RunScreen {
    /// Inputs with their limits, values with their verdicts; corrected ones are said to be replaced.
    pub(super) fn values(&self, step: &Step, look: Look, width: usize) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        let mut say = |role: Role, text: String| {
            let wrapped = wrap(&escape(&text), width).into_iter();
            lines.extend(wrapped.map(|l| Line::from(Span::styled(l, look.style(role)))));
        };
        let attempt = self.run.step(&step.id).and_then(|s| s.current());
        let hidden = self.hides(&step.id);
        let made = step.made().map(|(_, made)| made);
        let result = made.filter(|made| made.kind != InputType::Table);
        for input in step.inputs.iter().chain(made) {
            let mine: Vec<&Entry> = attempt.iter().flat_map(|a| &a.entries).filter(|e| e.input == input.id).collect();
            if step.kind == StepType::Decision {
                let chosen = attempt.and_then(|a| a.decision.clone()).map(|d| d.to_string()).unwrap_or_default();
                say(Role::Text, format!("{}: {chosen}", input.label()));
                continue;
            }
            let is_table = input.kind == InputType::Table;
            let filled = mine.iter().filter(|e| !e.superseded).count();
            let cells = match (is_table, input.rows.len()) {
                (false, _) => String::new(),
                (true, 0) => format!("  {}", counted(table::rows(input, &mine).len(), "row", "rows")),
                (true, rows) => format!("  {filled} of {}", counted(rows * input.columns.len(), "cell", "cells")),
            };
            let range = limits(&self.run, input).join("; ");
            say(Role::Text, format!("{}{}{cells}   {range}", input.label(), self.unit(input)));
            if hidden && !mine.is_empty() {
                say(Role::Text, "   (hidden: read it for yourself)".into());
                continue;
            }
            // A table shows what stands in it; what was replaced in it follows line by line.
            for entry in mine.iter().filter(|e| !is_table || e.superseded) {
                let role = if entry.verdict.passes() || entry.superseded { Role::Ok } else { Role::Fail };
                if Some(input) == result {
                    say(Role::Text, format!("   {}", entry.raw));
                }
                say(role, self.entry_words(entry, input));
            }
        }
        let check = attempt.and_then(|a| a.check).filter(|_| !hidden);
        if let Some(check) = check {
            let (role, word) = if check == CheckResult::Pass { (Role::Ok, "pass") } else { (Role::Fail, "FAIL") };
            say(role, format!("Result: {word}"));
        }
        if !hidden {
            for input in step.inputs.iter().chain(made).filter(|i| i.kind == InputType::Table) {
                lines.extend(self.table_of(step, (&input.id, None, None), look, width));
            }
        }
        lines
    }

    fn unit(&self, input: &Input) -> String {
        input.unit.as_ref().map(|u| format!(" {}", self.run.plan().pack.symbol(u))).unwrap_or_default()
    }

    fn entry_words(&self, entry: &Entry, input: &Input) -> String {
        let cell = [entry.row.as_ref().map(ToString::to_string), entry.column.as_ref().map(ToString::to_string)];
        let cell = cell.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let old = if entry.superseded { " (replaced)" } else { "" };
        let by = entry.instrument.as_ref().map(|i| format!("  with {i}")).unwrap_or_default();
        let inner = entry.column.as_ref().map_or(Some(input), |column| input.column(column));
        let (unit, verdict) = (self.unit(input), value::verdict(inner, entry.verdict));
        let told = value::plain(inner, &entry.value);
        let plan = self.run.plan();
        let read = plan.pack.in_unit_of(input, &entry.raw, &plan.manifest.parameters);
        let converted = matches!(read, Ok(Cow::Owned(_)));
        let typed = if converted { format!("{} = ", entry.raw.trim()) } else { String::new() };
        format!("   {cell} {typed}{told}{unit}  {verdict}{old}{by}  {}", entry.time.clock())
    }

    /// The table that a value belongs to; nothing for other inputs.
    pub(super) fn table_of(&self, step: &Step, place: Place, look: Look, width: usize) -> Vec<Line<'static>> {
        let Some(input) = step.input(place.0).filter(|i| i.kind == InputType::Table) else { return Vec::new() };
        let attempt = self.run.step(&step.id).and_then(|s| s.current());
        let entries: Vec<&Entry> = attempt.iter().flat_map(|a| &a.entries).filter(|e| e.input == input.id).collect();
        let outstanding = self.run.outstanding(&step.id);
        let awaited = outstanding.iter().find_map(|o| match o {
            Outstanding::Input(name, Some(row), Some(column)) if *name == input.id => Some((row, column)),
            _ => None,
        });
        let next = place.1.zip(place.2).or(awaited);
        table(input, &entries, next, look, width)
    }

    /// The number that is typed between its limits; nothing while it is no number.
    pub(super) fn gauge_of(
        &self,
        step: &Step,
        place: Place,
        typed: Option<&str>,
        look: Look,
        width: usize,
    ) -> Vec<Line<'static>> {
        let outer = step.input(place.0);
        let input = outer.and_then(|o| place.2.and_then(|c| o.column(c)).or(Some(o)));
        let gauge = input.and_then(|input| {
            let plan = self.run.plan();
            let number = plan.pack.in_unit_of(input, typed?, &plan.manifest.parameters).ok()?;
            let value = Number::typed(&number).ok()?;
            let range = input.limits.as_ref()?.accept.as_ref()?.range(&self.run.plan().manifest.parameters);
            let unit = self.unit(input).trim().to_owned();
            Some((matches!(number, Cow::Owned(_)), Gauge { range, value, unit }))
        });
        let Some((converted, gauge)) = gauge else { return Vec::new() };
        let (role, mut words) = gauge.words();
        if converted {
            words = format!("= {} {}: {words}", gauge.value, gauge.unit);
        }
        let words =
            wrap(&words, width).into_iter().map(|w| Line::from(Span::styled(format!(" {w}"), look.style(role))));
        gauge.scale(look, width.saturating_sub(2)).into_iter().chain(words).collect()
    }
}
