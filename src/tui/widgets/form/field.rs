//! One field: what it holds, how it takes keys, how it is drawn.

use super::day::Day;
use super::prose::{cut, wrap};
use crate::kernel::text::escape;
use crate::tui::ground::theme::{Look, Role};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::text::{Line, Span};
use tui_input::{Input, InputRequest};
use zeroize::Zeroize as _;

/// The most characters that a field takes: a record line holds no more than a megabyte in all.
const LONGEST: usize = 20_000;

/// Stands for the caret while text is wrapped; private use, so that no text holds it.
const CARET: char = '\u{e000}';

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// Text that is not shown.
    Secret,
    /// A day, of which one moment counts.
    Day(Day),
    /// One of a few options: id and label.
    Choice(Vec<(String, String)>),
    /// Any of a few options: id and label.
    Several(Vec<(String, String)>),
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name for the program.
    pub name: &'static str,
    /// What to call it.
    pub label: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether it must be filled in.
    pub required: bool,
    /// Text, the id of the chosen option, or the ids of those chosen, one a line.
    pub value: String,
    /// Whether it is put away until it is needed.
    pub folded: bool,
    /// Whether the form was to be handed in without it.
    pub(in crate::tui) missed: bool,
    /// Where text is inserted, in characters; among several options the one that Space marks.
    caret: usize,
}

impl Field {
    fn new(name: &'static str, label: impl Into<String>, kind: Kind, required: bool) -> Self {
        Self { name, label: label.into(), kind, required, value: String::new(), folded: false, missed: false, caret: 0 }
    }

    /// The same field, which must be filled in.
    #[must_use]
    pub fn needed(self) -> Self {
        Self { required: true, ..self }
    }

    /// A text field.
    #[must_use]
    pub fn text(name: &'static str, label: impl Into<String>, required: bool) -> Self {
        Self::new(name, label, Kind::Text, required)
    }

    /// A day at a station.
    #[must_use]
    pub fn day(name: &'static str, label: impl Into<String>, day: Day, required: bool) -> Self {
        Self::new(name, label, Kind::Day(day), required)
    }

    /// A passphrase.
    #[must_use]
    pub fn secret(label: impl Into<String>) -> Self {
        Self::new("passphrase", label, Kind::Secret, true)
    }

    /// A choice; nothing is chosen beforehand.
    #[must_use]
    pub fn choice(
        name: &'static str,
        label: impl Into<String>,
        options: Vec<(String, String)>,
        required: bool,
    ) -> Self {
        Self::new(name, label, Kind::Choice(options), required)
    }

    /// Any number of options; none is chosen beforehand.
    #[must_use]
    pub fn several(name: &'static str, label: impl Into<String>, options: Vec<(String, String)>) -> Self {
        Self::new(name, label, Kind::Several(options), false)
    }

    /// Gives it a first value.
    #[must_use]
    pub fn with(mut self, value: impl Into<String>) -> Self {
        self.set(&value.into());
        self
    }

    /// Gives it a value; an option that is not offered is not taken.
    pub fn set(&mut self, value: &str) {
        let offered = |options: &[(String, String)], wanted: &str| options.iter().any(|(id, _)| id == wanted);
        self.value = match &self.kind {
            Kind::Choice(options) if !offered(options, value) => String::new(),
            Kind::Several(options) => value.split('\n').filter(|v| offered(options, v)).collect::<Vec<_>>().join("\n"),
            Kind::Text | Kind::Day(_) | Kind::Secret => readable(value).take(LONGEST).collect(),
            Kind::Choice(_) => value.to_owned(),
        };
        if !matches!(self.kind, Kind::Several(_)) {
            self.caret = self.value.chars().count();
        }
    }

    /// Puts it away until it is needed.
    #[must_use]
    pub fn folded(mut self) -> Self {
        self.folded = true;
        self
    }

    /// Returns the ids that are chosen among several.
    pub fn chosen(&self) -> impl Iterator<Item = &str> {
        self.value.split('\n').filter(|v| !v.is_empty())
    }

    /// Tells whether it must be filled in and is not.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.required && !self.folded && self.value.trim().is_empty()
    }

    /// Forgets a passphrase.
    pub fn wipe(&mut self) {
        if self.kind == Kind::Secret {
            self.value.zeroize();
            self.caret = 0;
        }
    }

    /// Takes pasted text; control bytes are dropped.
    pub fn paste(&mut self, text: &str) {
        if matches!(self.kind, Kind::Text | Kind::Day(_) | Kind::Secret) {
            let room = LONGEST.saturating_sub(self.value.chars().count());
            let before: String = self.value.chars().take(self.caret).collect();
            let added: String = readable(text).take(room).collect();
            let after: String = self.value.chars().skip(self.caret).collect();
            self.caret += added.chars().count();
            self.value = before + &added + &after;
        }
    }

    /// Takes a key; tells whether it meant something here.
    pub fn press(&mut self, key: &KeyEvent) -> bool {
        match &self.kind {
            Kind::Choice(options) => {
                let chosen = choose(options, &self.value, key.code);
                let taken = chosen.is_some();
                self.value = chosen.unwrap_or_else(|| std::mem::take(&mut self.value));
                taken
            }
            Kind::Several(options) => {
                let ids: Vec<String> = options.iter().map(|(id, _)| id.clone()).collect();
                self.mark(&ids, key.code)
            }
            Kind::Text | Kind::Day(_) | Kind::Secret => self.edit(key),
        }
    }

    fn mark(&mut self, ids: &[String], code: KeyCode) -> bool {
        let last = ids.len().saturating_sub(1);
        match code {
            KeyCode::Right => self.caret = (self.caret + 1).min(last),
            KeyCode::Left => self.caret = self.caret.saturating_sub(1),
            KeyCode::Char(digit) if digit.to_digit(10).is_some_and(|d| d > 0 && d as usize <= ids.len()) => {
                self.caret = digit.to_digit(10).map_or(0, |d| d as usize - 1);
                self.toggle(&ids[self.caret]);
            }
            KeyCode::Char(' ') if !ids.is_empty() => self.toggle(&ids[self.caret]),
            _ => return false,
        }
        true
    }

    fn toggle(&mut self, id: &str) {
        let mut chosen: Vec<&str> = self.value.split('\n').filter(|v| !v.is_empty()).collect();
        match chosen.iter().position(|c| *c == id) {
            Some(at) => drop(chosen.remove(at)),
            None => chosen.push(id),
        }
        self.value = chosen.join("\n");
    }

    fn edit(&mut self, key: &KeyEvent) -> bool {
        let Some(request) = request(key) else { return false };
        if matches!(request, InputRequest::InsertChar(_)) && self.value.len() >= LONGEST {
            return true;
        }
        let mut input = Input::new(std::mem::take(&mut self.value)).with_cursor(self.caret);
        input.handle(request);
        self.caret = input.cursor();
        self.value = input.value().to_owned();
        true
    }

    /// Draws it as lines of `width`.
    #[must_use]
    pub fn lines(&self, here: bool, look: Look, width: usize) -> Vec<Line<'static>> {
        let mark = if here { look.glyphs.current } else { " " };
        let (star, title) = match (self.required, here) {
            _ if self.missed && self.is_missing() => (" * is needed", Role::Alert),
            (true, true) => (" *", Role::Accent),
            (true, false) => (" *", Role::Text),
            (false, true) => ("", Role::Accent),
            (false, false) => ("", Role::Text),
        };
        let label = escape(&self.label).into_owned();
        let label = wrap(&label, width.saturating_sub(6).max(8));
        let mut lines: Vec<Line> = Vec::new();
        for (index, part) in label.iter().enumerate() {
            let (lead, end) = (if index == 0 { mark } else { " " }, if index + 1 == label.len() { star } else { "" });
            lines.push(Line::from(Span::styled(format!("{lead} {part}{end}"), look.style(title))));
        }
        match &self.kind {
            Kind::Choice(options) => lines.extend(self.options(options, here, look, width, ["( )", "(o)"])),
            Kind::Several(options) => lines.extend(self.options(options, here, look, width, ["[ ]", "[x]"])),
            Kind::Text | Kind::Secret => lines.extend(self.typed(here, look, width)),
            Kind::Day(day) => {
                lines.extend(self.typed(here, look, width));
                lines.extend(day.echo(&self.value).map(|echo| Line::from(format!("    {echo}"))));
            }
        }
        lines
    }

    fn options(
        &self,
        options: &[(String, String)],
        here: bool,
        look: Look,
        width: usize,
        marks: [&str; 2],
    ) -> Vec<Line<'static>> {
        let several = matches!(self.kind, Kind::Several(_));
        let mut lines = Vec::new();
        for (index, (id, label)) in options.iter().enumerate() {
            let chosen = if several { self.chosen().any(|c| c == id) } else { *id == self.value };
            // A field with many options shows them only where the focus is.
            if !here && !chosen && (several || options.len() > 3) {
                continue;
            }
            let number = if index < 9 { (index + 1).to_string() } else { " ".into() };
            let at = if several && here && index == self.caret { look.glyphs.current } else { " " };
            let role = if chosen && here { Role::Accent } else { Role::Text };
            let text = format!("   {at}{number} {} {}", marks[usize::from(chosen)], escape(label));
            lines.push(Line::from(Span::styled(cut(&text, width), look.style(role))));
        }
        lines
    }

    fn typed(&self, here: bool, look: Look, width: usize) -> Vec<Line<'static>> {
        let shown: String = match self.kind {
            Kind::Secret => "*".repeat(self.value.chars().count()),
            _ => self.value.clone(),
        };
        let before: String = shown.chars().take(self.caret).collect();
        let after: String = shown.chars().skip(self.caret).collect();
        let caret = if here { CARET.to_string() } else { String::new() };
        let text = format!("{}{caret}{}", escape(&before), escape(&after));
        let wrapped = wrap(&text, width.saturating_sub(6).max(8));
        wrapped.iter().map(|part| typed_line(part, look)).collect()
    }
}

/// One line of typed text; the caret covers the character that it stands before.
fn typed_line(part: &str, look: Look) -> Line<'static> {
    let text = look.style(Role::Text);
    match part.split_once(CARET) {
        None => Line::from(Span::styled(format!("    [ {part} ]"), text)),
        Some((before, "")) => Line::from(Span::styled(format!("    [ {before}_ ]"), text)),
        Some((before, after)) => {
            let width = after.chars().next().map_or(0, char::len_utf8);
            let (under, rest) = after.split_at(width);
            Line::from(vec![
                Span::styled(format!("    [ {before}"), text),
                Span::styled(under.to_owned(), look.style(Role::Selected)),
                Span::styled(format!("{rest} ]"), text),
            ])
        }
    }
}

fn readable(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| (!c.is_control() || *c == '\n') && *c != CARET)
}

/// What an editing key asks for; arrows, Home, End, Delete, and the control keys of shells.
fn request(key: &KeyEvent) -> Option<InputRequest> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    Some(match key.code {
        KeyCode::Char('w') if control => InputRequest::DeletePrevWord,
        KeyCode::Char('u') if control => InputRequest::DeleteLine,
        KeyCode::Char('k') if control => InputRequest::DeleteTillEnd,
        KeyCode::Left if control => InputRequest::GoToPrevWord,
        KeyCode::Right if control => InputRequest::GoToNextWord,
        KeyCode::Char(c) if !control && c != CARET => InputRequest::InsertChar(c),
        KeyCode::Backspace => InputRequest::DeletePrevChar,
        KeyCode::Delete => InputRequest::DeleteNextChar,
        KeyCode::Left => InputRequest::GoToPrevChar,
        KeyCode::Right => InputRequest::GoToNextChar,
        KeyCode::Home => InputRequest::GoToStart,
        KeyCode::End => InputRequest::GoToEnd,
        _ => return None,
    })
}

fn choose(options: &[(String, String)], value: &str, code: KeyCode) -> Option<String> {
    let at = options.iter().position(|(id, _)| id == value);
    let last = options.len().checked_sub(1)?;
    let index = match code {
        KeyCode::Right | KeyCode::Char(' ') => at.map_or(0, |i| if i == last { 0 } else { i + 1 }),
        KeyCode::Left => at.map_or(last, |i| if i == 0 { last } else { i - 1 }),
        KeyCode::Char(digit) => (digit.to_digit(10)? as usize).checked_sub(1).filter(|i| *i <= last)?,
        _ => return None,
    };
    options.get(index).map(|(id, _)| id.clone())
}
