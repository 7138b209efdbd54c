//! A table that is filled in cell by cell: rows and columns, what stands in them, and which cell is next.

use crate::kernel::model::input::{Input, Row};
use crate::kernel::model::name::{OptionId, Variable};
use crate::kernel::run::Entry;
use crate::kernel::text::escape;
use crate::telling::value;
use crate::tui::ground::theme::{Look, Role};
use crate::tui::widgets::form::cut;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

/// The cell that takes the next value.
pub type Cell<'a> = Option<(&'a OptionId, &'a Variable)>;

/// Draws the table into `width` cells; columns out of sight are marked.
pub fn table(input: &Input, entries: &[&Entry], next: Cell, look: Look, width: usize) -> Vec<Line<'static>> {
    let rows = rows(input, entries);
    let names = rows.iter().map(|r| r.text.width()).max().unwrap_or(0).clamp(4, 20).min(width / 3);
    let cell = input.columns.iter().map(|c| c.label().width()).max().unwrap_or(0).clamp(7, 14);
    let shown = (width.saturating_sub(names + 1) / (cell + 1)).clamp(1, input.columns.len().max(1));
    let at = next.and_then(|(_, column)| input.columns.iter().position(|c| c.id == *column)).unwrap_or(0);
    let first = (at + 1).saturating_sub(shown);
    let columns = &input.columns[first..(first + shown).min(input.columns.len())];
    let mut head = pad("", names);
    for column in columns {
        head += &format!(" {}", pad(&escape(column.label()), cell));
    }
    let (left, right) = (first, input.columns.len() - first - columns.len());
    if left + right > 0 {
        head = format!("{} <{left} {right}>", head.trim_end());
    }
    let mut lines = vec![Line::from(Span::styled(cut(&head, width), look.style(Role::Accent)))];
    for row in &rows {
        let mut spans = vec![Span::raw(pad(&escape(&row.text), names))];
        for column in columns {
            let told = |entry: &Entry| value::plain(Some(column), &entry.value).into_owned();
            let entry = entries
                .iter()
                .find(|e| !e.superseded && e.row.as_ref() == Some(&row.id) && e.column.as_ref() == Some(&column.id));
            let here = next == Some((&row.id, &column.id));
            let (role, text) = match entry {
                Some(e) if e.verdict.passes() => (Role::Ok, told(e)),
                Some(e) => (Role::Fail, format!("{} !", told(e))),
                None if here => (Role::Accent, format!("{} next", look.glyphs.current)),
                None => (Role::Text, look.glyphs.open.to_owned()),
            };
            spans.push(Span::styled(format!(" {}", pad(&escape(&text), cell)), look.style(role)));
        }
        lines.push(Line::from(spans));
    }
    lines
}

/// The rows of a table: those that its author wrote, or those that were taken.
pub fn rows(input: &Input, entries: &[&Entry]) -> Vec<Row> {
    if !input.rows.is_empty() {
        return input.rows.clone();
    }
    let mut rows: Vec<Row> = Vec::new();
    for id in entries.iter().filter_map(|entry| entry.row.as_ref()) {
        if !rows.iter().any(|row| row.id == *id) {
            rows.push(Row { id: id.clone(), text: format!("row {id}") });
        }
    }
    rows
}

fn pad(text: &str, width: usize) -> String {
    let text = cut(text, width);
    let room = width.saturating_sub(text.width());
    text + &" ".repeat(room)
}
