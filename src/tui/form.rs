//! Forms: every dialog that asks for something is one of these.

use super::keymap::{self, Action, Place};
use super::theme::{Look, Role};
use crate::kernel::text::escape;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::text::{Line, Span};

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// Text that is not shown.
    Secret,
    /// One of a few options: id and label.
    Choice(Vec<(String, String)>),
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
    /// Text, or the id of the chosen option.
    pub value: String,
}

impl Field {
    /// A text field.
    #[must_use]
    pub fn text(name: &'static str, label: impl Into<String>, required: bool) -> Self {
        Self { name, label: label.into(), kind: Kind::Text, required, value: String::new() }
    }

    /// A passphrase.
    #[must_use]
    pub fn secret(label: impl Into<String>) -> Self {
        Self { name: "passphrase", label: label.into(), kind: Kind::Secret, required: true, value: String::new() }
    }

    /// A choice; nothing is chosen beforehand.
    #[must_use]
    pub fn choice(
        name: &'static str,
        label: impl Into<String>,
        options: Vec<(String, String)>,
        required: bool,
    ) -> Self {
        Self { name, label: label.into(), kind: Kind::Choice(options), required, value: String::new() }
    }

    /// Gives it a first value.
    #[must_use]
    pub fn with(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }
}

/// What became of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// The form goes on.
    Going,
    /// It is handed in.
    Done,
    /// It is left.
    Left,
}

/// Fields with one in focus.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// The fields in reading order.
    pub fields: Vec<Field>,
    /// Which one has the focus.
    pub focus: usize,
}

impl Form {
    /// A form with the focus on its first field that is empty.
    #[must_use]
    pub fn new(fields: Vec<Field>) -> Self {
        let focus = fields.iter().position(|f| f.value.is_empty()).unwrap_or(0);
        Self { fields, focus }
    }

    /// Returns the value of a field; none when empty or absent.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|f| f.name == name).map(|f| f.value.trim()).filter(|v| !v.is_empty())
    }

    /// Returns the labels of required fields that are empty.
    #[must_use]
    pub fn missing(&self) -> Vec<&str> {
        self.fields.iter().filter(|f| f.required && f.value.trim().is_empty()).map(|f| f.label.as_str()).collect()
    }

    /// Takes pasted text into the focused field.
    pub fn paste(&mut self, text: &str) {
        if let Some(field) = self.fields.get_mut(self.focus)
            && !matches!(field.kind, Kind::Choice(_))
        {
            field.value.extend(text.chars().filter(|c| !c.is_control() || *c == '\n'));
        }
    }

    /// Takes a key.
    pub fn press(&mut self, key: &KeyEvent) -> Pressed {
        match keymap::action(Place::Form, key) {
            Some(Action::Submit) => return self.hand_in(),
            Some(Action::Back) => return Pressed::Left,
            Some(Action::NextField) if key.code == KeyCode::Enter && self.focus + 1 >= self.fields.len() => {
                return self.hand_in();
            }
            Some(Action::NextField) => self.focus = (self.focus + 1) % self.fields.len().max(1),
            Some(Action::PreviousField) => {
                self.focus = (self.focus + self.fields.len().max(1) - 1) % self.fields.len().max(1)
            }
            _ => self.edit(key),
        }
        Pressed::Going
    }

    /// Hands the form in, or goes to the first field that is missing.
    fn hand_in(&mut self) -> Pressed {
        match self.fields.iter().position(|f| f.required && f.value.trim().is_empty()) {
            Some(index) => {
                self.focus = index;
                Pressed::Going
            }
            None => Pressed::Done,
        }
    }

    fn edit(&mut self, key: &KeyEvent) {
        let last = self.fields.len().saturating_sub(1);
        let Some(field) = self.fields.get_mut(self.focus) else { return };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match (&field.kind, key.code) {
            (Kind::Choice(options), code) => {
                if let Some(chosen) = choose(options, &field.value, code) {
                    field.value = chosen;
                } else if code == KeyCode::Down {
                    self.focus = (self.focus + 1).min(last);
                } else if code == KeyCode::Up {
                    self.focus = self.focus.saturating_sub(1);
                }
            }
            (_, KeyCode::Char('u')) if control => field.value.clear(),
            (_, KeyCode::Char(c)) if !control => field.value.push(c),
            (_, KeyCode::Backspace) => {
                field.value.pop();
            }
            (_, KeyCode::Down) => self.focus = (self.focus + 1).min(last),
            (_, KeyCode::Up) => self.focus = self.focus.saturating_sub(1),
            _ => {}
        }
    }

    /// Draws the fields as lines of `width`, and tells on which line the focus is.
    #[must_use]
    pub fn lines(&self, look: Look, width: usize) -> (Vec<Line<'static>>, usize) {
        let mut lines = Vec::new();
        let mut focused = 0;
        for (index, field) in self.fields.iter().enumerate() {
            let here = index == self.focus;
            if here {
                focused = lines.len();
            }
            lines.extend(field_lines(field, here, look, width));
        }
        (lines, focused)
    }
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

fn field_lines(field: &Field, here: bool, look: Look, width: usize) -> Vec<Line<'static>> {
    let mark = if here { look.glyphs.current } else { " " };
    let star = if field.required { " *" } else { "" };
    let title = if here { Role::Accent } else { Role::Text };
    let mut lines = vec![Line::from(Span::styled(format!("{mark} {}{star}", field.label), look.style(title)))];
    match &field.kind {
        Kind::Choice(options) => {
            for (index, (id, label)) in options.iter().enumerate() {
                let chosen = *id == field.value;
                // A form with many options shows them only where the focus is.
                if !here && !chosen && options.len() > 3 {
                    continue;
                }
                let dot = if chosen { "(o)" } else { "( )" };
                let number = if index < 9 { (index + 1).to_string() } else { " ".into() };
                let role = if chosen && here { Role::Accent } else { Role::Text };
                lines.push(Line::from(Span::styled(
                    cut(&format!("    {number} {dot} {}", escape(label)), width),
                    look.style(role),
                )));
            }
        }
        Kind::Text | Kind::Secret => {
            let shown = match field.kind {
                Kind::Secret => "*".repeat(field.value.chars().count()),
                _ => escape(&field.value).into_owned(),
            };
            let caret = if here { "_" } else { "" };
            for part in wrap(&format!("{shown}{caret}"), width.saturating_sub(6).max(8)) {
                lines.push(Line::from(Span::styled(format!("    [ {part} ]"), look.style(Role::Text))));
            }
        }
    }
    lines
}

/// Cuts a text to a number of cells.
#[must_use]
pub fn cut(text: &str, width: usize) -> String {
    use unicode_width::UnicodeWidthChar as _;
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= width
    };
    text.chars().take_while(fits).collect()
}

/// Breaks a text into lines of at most `width` cells, at spaces where there are some.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    use unicode_width::UnicodeWidthStr as _;
    let mut lines = vec![String::new()];
    for paragraph in text.split('\n') {
        if lines.last().is_some_and(|l| !l.is_empty()) {
            lines.push(String::new());
        }
        for word in paragraph.split_inclusive(' ') {
            let mut rest = word.to_owned();
            while !rest.is_empty() {
                let used = lines.last().map_or(0, |l| l.width());
                if used + rest.trim_end().width() <= width {
                    if let Some(line) = lines.last_mut() {
                        line.push_str(&rest);
                    }
                    break;
                }
                if used == 0 {
                    let part = cut(&rest, width.max(1));
                    let length = part.len().max(rest.chars().next().map_or(1, char::len_utf8));
                    lines.pop();
                    lines.push(rest[..length].to_owned());
                    rest = rest[length..].to_owned();
                }
                lines.push(String::new());
            }
        }
    }
    if lines.len() > 1 && lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.into_iter().map(|l| l.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: KeyCode) -> KeyEvent {
        KeyEvent::new(code, KeyModifiers::NONE)
    }

    #[test]
    fn a_form_is_not_handed_in_while_something_is_missing() {
        let mut form = Form::new(vec![Field::text("a", "A", true), Field::text("b", "B", true)]);
        form.press(&key(KeyCode::Char('x')));
        form.press(&key(KeyCode::Enter));
        assert_eq!(form.press(&key(KeyCode::Enter)), Pressed::Going);
        form.press(&key(KeyCode::Char('?')));
        assert_eq!(form.press(&key(KeyCode::Enter)), Pressed::Done);
        assert_eq!((form.value("a"), form.value("b")), (Some("x"), Some("?")));
    }

    #[test]
    fn digits_choose_and_letters_do_not_leak_out_of_a_choice() {
        let options = vec![("one".into(), "One".into()), ("two".into(), "Two".into())];
        let mut form = Form::new(vec![Field::choice("c", "C", options, true)]);
        form.press(&key(KeyCode::Char('2')));
        assert_eq!(form.value("c"), Some("two"));
        form.press(&key(KeyCode::Char('9')));
        form.press(&key(KeyCode::Char('q')));
        assert_eq!(form.value("c"), Some("two"));
    }

    #[test]
    fn long_words_and_wide_characters_are_wrapped_inside_the_width() {
        use unicode_width::UnicodeWidthStr as _;
        for text in [
            "a very long line of words that must be broken",
            "Donaudampfschifffahrtsgesellschaft",
            "漢字漢字漢字漢字漢字",
        ] {
            assert!(wrap(text, 10).iter().all(|l| l.width() <= 10), "{:?}", wrap(text, 10));
        }
    }
}
