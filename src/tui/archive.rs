//! Putting a run aside that is not what was recorded: asked first, over the library, and signed by who says so.

use super::effect::{ArchiveAct, Effect, UnwellFacts};
use super::form::{Field, Form, Pressed, draw_form};
use super::theme::Look;
use ratatui::Frame;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::Rect;

/// The question, with what was found.
pub struct ArchiveForm {
    facts: UnwellFacts,
    form: Form,
    /// Whether it is being done outside; keys wait for it.
    sent: bool,
}

impl ArchiveForm {
    /// Asks about a run that was not taken up.
    #[must_use]
    pub fn new(facts: UnwellFacts) -> Self {
        let people: Vec<_> = facts.people.iter().map(|p| (p.to_string(), p.to_string())).collect();
        let only = people.first().filter(|_| people.len() == 1).map(|(id, _)| id.clone()).unwrap_or_default();
        let fields = vec![
            Field::choice("person", "You are", people, true).with(only),
            Field::text("reason", "Why it is put aside", true),
            Field::secret("Your passphrase"),
        ];
        Self { facts, form: Form::new(fields), sent: false }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        self.form.paste(text);
    }

    /// Nothing was moved: the form is there again, without its passphrase.
    pub fn refused(&mut self) {
        self.sent = false;
        self.form.rest();
    }

    /// Takes a key; tells what follows, and whether the question is left.
    pub fn press(&mut self, key: &KeyEvent) -> (Option<Effect>, bool) {
        if self.sent {
            return (None, false);
        }
        match self.form.press(key) {
            Pressed::Left => (None, true),
            Pressed::Going => (None, false),
            Pressed::Done => {
                let act = self.act();
                self.form.wipe();
                self.sent = act.is_some();
                (act.map(|act| Effect::Archive(Box::new(act))), false)
            }
        }
    }

    fn act(&self) -> Option<ArchiveAct> {
        Some(ArchiveAct {
            run: self.facts.run.clone(),
            person: self.form.value("person")?.parse().ok()?,
            reason: self.form.value("reason")?.trim().to_owned(),
            passphrase: self.form.value("passphrase")?.to_owned(),
        })
    }

    /// Draws the question over the library.
    pub fn draw(&self, frame: &mut Frame, body: Rect, look: Look) {
        let intro = [
            format!("Run {} is not taken up.", self.facts.run),
            self.facts.words.clone(),
            "Nothing was changed. It can be moved to the archive, byte for byte, with a manifest that you sign; what holds \
             of it can still be replayed. Esc leaves it where it is."
                .to_owned(),
        ];
        draw_form(frame, body, look, "Put this run aside?", &intro, &self.form);
    }
}
