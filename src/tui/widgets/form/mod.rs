//! Forms: every dialog that asks for something is one of these. Knows keys and text, nothing of runs.

mod day;
mod dialog;
mod field;
mod prose;

pub use day::{Day, Edge};
pub use dialog::draw_form;
pub use field::{Field, Kind};
pub use prose::{cut, wrap};

use crate::kernel::model::time::Timestamp;
use crate::tui::ground::keymap::{self, Action, Place};
use crate::tui::ground::theme::Look;
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::text::Line;

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

/// Fields with one in focus. A folded field is not shown, takes no key and has no value.
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
        let mut form = Self { fields, focus: 0 };
        form.rest();
        form
    }

    /// Puts the focus on the first field that is empty.
    pub fn rest(&mut self) {
        let mut open = self.fields.iter().enumerate().filter(|(_, f)| !f.folded);
        let first = open.clone().next().map_or(0, |(index, _)| index);
        self.focus = open.find(|(_, f)| f.value.is_empty()).map_or(first, |(index, _)| index);
    }

    /// Returns the value of a field; none when empty, folded or absent.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|f| f.name == name && !f.folded);
        field.map(|f| f.value.trim()).filter(|v| !v.is_empty())
    }

    /// Returns the moment that a day means; none when it is empty, folded, absent or no day.
    #[must_use]
    pub fn moment(&self, name: &str) -> Option<Timestamp> {
        match &self.fields.iter().find(|f| f.name == name)?.kind {
            Kind::Day(day) => day.read(self.value(name)?),
            Kind::Text | Kind::Secret | Kind::Choice(_) | Kind::Several(_) => None,
        }
    }

    /// Returns a field to be changed.
    pub fn field(&mut self, name: &str) -> Option<&mut Field> {
        self.fields.iter_mut().find(|f| f.name == name)
    }

    /// Shows or folds a field; a field that is demanded is shown.
    pub fn unfold(&mut self, name: &str, shown: bool, demanded: bool) {
        if let Some(field) = self.field(name) {
            field.folded = !shown && !demanded;
            field.required = demanded;
        }
    }

    /// Forgets every passphrase.
    pub fn wipe(&mut self) {
        self.fields.iter_mut().for_each(Field::wipe);
    }

    /// Takes pasted text into the focused field.
    pub fn paste(&mut self, text: &str) {
        if let Some(field) = self.fields.get_mut(self.focus) {
            field.paste(text);
        }
    }

    /// Takes a key.
    pub fn press(&mut self, key: &KeyEvent) -> Pressed {
        let last = self.fields.iter().rposition(|f| !f.folded).is_none_or(|last| self.focus >= last);
        match keymap::action(Place::Form, key) {
            Some(Action::Submit) => return self.hand_in(),
            Some(Action::Back) => return Pressed::Left,
            Some(Action::NextField) if key.code == KeyCode::Enter && last => return self.hand_in(),
            Some(Action::NextField) => self.step(true),
            Some(Action::PreviousField) => self.step(false),
            _ => {
                let taken = self.fields.get_mut(self.focus).is_some_and(|f| f.press(key));
                match key.code {
                    KeyCode::Down if !taken && !last => self.step(true),
                    KeyCode::Up if !taken && self.fields[..self.focus].iter().any(|f| !f.folded) => self.step(false),
                    _ => {}
                }
            }
        }
        Pressed::Going
    }

    /// Goes to the next or the former field that is shown, round the ends.
    fn step(&mut self, forward: bool) {
        let count = self.fields.len();
        for _ in 0..count {
            self.focus = if forward { (self.focus + 1) % count } else { (self.focus + count - 1) % count };
            if !self.fields[self.focus].folded {
                return;
            }
        }
    }

    /// Hands the form in, or goes to the first field that is missing.
    fn hand_in(&mut self) -> Pressed {
        self.fields.iter_mut().for_each(|field| field.missed = field.is_missing());
        match self.fields.iter().position(Field::is_missing) {
            Some(index) => {
                self.focus = index;
                Pressed::Going
            }
            None => Pressed::Done,
        }
    }

    /// Draws the fields as lines of `width`, and tells on which line the focus is.
    #[must_use]
    pub fn lines(&self, look: Look, width: usize) -> (Vec<Line<'static>>, usize) {
        let mut lines = Vec::new();
        let mut focused = 0;
        for (index, field) in self.fields.iter().enumerate().filter(|(_, f)| !f.folded) {
            if index == self.focus {
                focused = lines.len();
            }
            lines.extend(field.lines(index == self.focus, look, width));
        }
        (lines, focused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::KeyModifiers;

    fn key(code: KeyCode) -> KeyEvent {
        KeyEvent::new(code, KeyModifiers::NONE)
    }

    fn types(form: &mut Form, text: &str) {
        for character in text.chars() {
            form.press(&key(KeyCode::Char(character)));
        }
    }

    #[test]
    fn a_form_is_not_handed_in_while_something_is_missing() {
        let mut form = Form::new(vec![Field::text("a", "A", true), Field::text("b", "B", true)]);
        form.press(&key(KeyCode::Char('x')));
        form.press(&key(KeyCode::Enter));
        let shown = |form: &Form| {
            form.lines(Look::plain(), 40).0.iter().map(|line| line.to_string() + "\n").collect::<String>()
        };
        assert!(!shown(&form).contains("is needed"), "{}", shown(&form));
        assert_eq!(form.press(&key(KeyCode::Enter)), Pressed::Going);
        assert!(shown(&form).contains("B * is needed"), "{}", shown(&form));
        form.press(&key(KeyCode::Char('?')));
        assert!(!shown(&form).contains("is needed"), "{}", shown(&form));
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
    fn the_caret_moves_inside_the_text_and_words_are_erased() {
        let mut form = Form::new(vec![Field::text("a", "A", true)]);
        types(&mut form, "valve pases");
        for _ in 0..2 {
            form.press(&key(KeyCode::Left));
        }
        types(&mut form, "s");
        assert_eq!(form.value("a"), Some("valve passes"));
        form.press(&key(KeyCode::Home));
        types(&mut form, "The ");
        form.press(&key(KeyCode::Delete));
        form.press(&key(KeyCode::End));
        form.press(&KeyEvent::new(KeyCode::Char('w'), KeyModifiers::CONTROL));
        assert_eq!(form.value("a"), Some("The alve"));
        form.paste("x\u{1b}y");
        assert_eq!(form.value("a"), Some("The alve xy"));
    }

    #[test]
    fn the_caret_is_drawn_where_it_stands() {
        let mut field = Field::text("a", "A", true);
        for c in "ab c".chars() {
            field.press(&key(KeyCode::Char(c)));
        }
        field.press(&key(KeyCode::Left));
        let line = field.lines(true, Look::plain(), 40).remove(1);
        assert_eq!(line.to_string(), "    [ ab c ]");
        assert_eq!(line.spans[1].content, "c", "{line:?}");
    }

    #[test]
    fn several_options_are_marked_and_unmarked() {
        let options = ["a", "b", "c"].map(|o| (o.to_owned(), o.to_owned())).to_vec();
        let mut form = Form::new(vec![Field::several("s", "S", options)]);
        for code in [KeyCode::Char('3'), KeyCode::Char('1'), KeyCode::Char('3'), KeyCode::Left, KeyCode::Char(' ')] {
            form.press(&key(code));
        }
        assert_eq!(form.fields[0].chosen().collect::<Vec<_>>(), ["a", "b"], "{form:?}");
    }

    #[test]
    fn a_folded_field_takes_no_focus_and_has_no_value() {
        let mut form = Form::new(vec![
            Field::text("a", "A", true),
            Field::text("b", "B", true).with("x").folded(),
            Field::text("c", "C", false),
        ]);
        types(&mut form, "1");
        form.press(&key(KeyCode::Enter));
        types(&mut form, "2");
        assert_eq!((form.value("b"), form.value("c")), (None, Some("2")));
        assert_eq!(form.press(&key(KeyCode::Enter)), Pressed::Done);
    }
}
