//! What works here, out of the key table: narrowed by typing, and done by Enter.

use crate::kernel::documents::package::Plan;
use crate::kernel::text::escape;
use crate::telling::terms::localized;
use crate::tui::ground::keymap::{self, Action, Binding, Place};
use crate::tui::ground::theme::{Look, Role};
use crate::tui::widgets::form::cut;
use crate::tui::widgets::paint::{Pane, centred, pane};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;
use std::sync::Arc;

/// What a key led to.
pub enum Helped {
    /// The help stays.
    Going,
    /// It is left.
    Left,
    /// This key is to be pressed where the help was asked.
    Chosen(KeyEvent),
}

/// The help of a place.
pub struct Help {
    place: Place,
    filter: String,
    at: usize,
    /// What is worked on there.
    plan: Option<Arc<Plan>>,
}

impl Help {
    /// The help of a place, in the words of what is worked on there.
    #[must_use]
    pub fn new(place: Place, plan: Option<Arc<Plan>>) -> Self {
        Self { place, filter: String::new(), at: 0, plan }
    }

    fn rows(&self) -> Vec<&'static Binding> {
        let wanted = self.filter.to_lowercase();
        let fits =
            |b: &&Binding| self.localized(b).to_lowercase().contains(&wanted) || b.key.to_lowercase().contains(&wanted);
        let mut rows: Vec<&'static Binding> = Vec::new();
        for binding in keymap::rows(self.place).filter(fits) {
            // A second key of the same act is the same line.
            if !rows.iter().any(|b| b.action == binding.action) {
                rows.push(binding);
            }
        }
        rows
    }

    fn localized(&self, binding: &Binding) -> String {
        self.plan.as_ref().map_or_else(|| binding.help.to_owned(), |plan| localized(&plan.pack, binding.help))
    }

    /// Every key of an act, the footer's first.
    fn keys(&self, binding: &Binding) -> String {
        let same = keymap::rows(self.place).filter(|b| b.action == binding.action);
        cut(&same.map(|b| b.key).collect::<Vec<_>>().join(" "), 15)
    }

    /// Takes a key.
    pub fn press(&mut self, key: &KeyEvent) -> Helped {
        match key.code {
            KeyCode::Esc | KeyCode::F(1) => return Helped::Left,
            KeyCode::Enter => {
                let chosen =
                    self.rows().get(self.at).filter(|b| b.action != Action::Help).and_then(|b| keymap::key(b.key));
                return chosen.map_or(Helped::Left, Helped::Chosen);
            }
            KeyCode::Down => self.at = (self.at + 1).min(self.rows().len().saturating_sub(1)),
            KeyCode::Up => self.at = self.at.saturating_sub(1),
            KeyCode::Backspace => {
                self.filter.pop();
                self.at = 0;
            }
            KeyCode::Char(c) if !key.modifiers.contains(KeyModifiers::CONTROL) => {
                self.filter.push(c);
                self.at = 0;
            }
            _ => {}
        }
        Helped::Going
    }

    /// Draws the help over whatever is shown.
    pub fn draw(&self, frame: &mut Frame, look: Look) {
        let line = |(index, binding): (usize, &&Binding)| {
            let chosen = index == self.at;
            let role = if chosen { Role::Selected } else { Role::Text };
            Line::from(vec![
                Span::styled(format!(" {:<16}", self.keys(binding)), look.style(if chosen { role } else { Role::Key })),
                Span::styled(escape(&self.localized(binding)).into_owned(), look.style(role)),
            ])
        };
        let mut lines: Vec<Line> = vec![Line::from(format!(" > {}_", cut(&escape(&self.filter), 40)))];
        lines.extend(self.rows().iter().enumerate().map(line));
        let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
        let place = centred(frame.area(), 76, height);
        frame.render_widget(Clear, place);
        let title = "What works here: type to narrow, Enter does it, Esc leaves";
        pane(frame, place, look, Pane { title, focused: true, lines, follow: Some(self.at + 1) });
    }
}
