//! A run that is not taken up as it is: what can be done is asked over the library, and signed by who says so.

use crate::tui::ground::effect::{Effect, UnwellFacts, WayOn, WayOnAct};
use crate::tui::ground::theme::Look;
use crate::tui::widgets::form::{Field, Form, Pressed, draw_form};
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;

/// The question, with what was found.
pub struct WayOnForm {
    facts: UnwellFacts,
    form: Form,
    /// Whether it is being done outside; keys wait for it.
    sent: bool,
}

impl WayOn {
    fn word(self) -> &'static str {
        match self {
            Self::Mend => "mend",
            Self::Archive => "archive",
        }
    }

    /// What a person chooses.
    fn label(self) -> &'static str {
        match self {
            Self::Mend => "answer for its records, and go on with it",
            Self::Archive => "put it aside, and open a fresh run",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Mend => "Answer for this run?",
            Self::Archive => "Put this run aside?",
        }
    }

    fn reason(self) -> &'static str {
        match self {
            Self::Mend => "Why the journal may be relied on",
            Self::Archive => "Why it is put aside",
        }
    }

    /// What will be done, before anybody signs.
    fn told(self) -> &'static str {
        match self {
            Self::Mend => {
                "Compare the last record with what is known of the run first. What was acknowledged is put back where it \
                 is missing, each line checked; that you answer for it is a record under your key. Esc leaves it as it is."
            }
            Self::Archive => {
                "It lies as it was found. It can be moved to the archive, byte for byte, with a manifest that you sign; \
                 what holds of it can still be replayed. Esc leaves it where it is."
            }
        }
    }
}

impl WayOnForm {
    /// Asks about a run that was not taken up.
    #[must_use]
    pub fn new(facts: UnwellFacts) -> Self {
        let people: Vec<_> = facts.people.iter().map(|p| (p.to_string(), p.to_string())).collect();
        let only = people.first().filter(|_| people.len() == 1).map(|(id, _)| id.clone()).unwrap_or_default();
        let first = facts.ways.first().copied().unwrap_or(WayOn::Archive);
        let mut fields = Vec::new();
        if facts.ways.len() > 1 {
            let ways = facts.ways.iter().map(|way| (way.word().to_owned(), way.label().to_owned())).collect();
            fields.push(Field::choice("way", "What shall be done", ways, true).with(first.word()));
        }
        fields.push(Field::choice("person", "You are", people, true).with(only));
        let why = if facts.ways.len() > 1 { "Why" } else { first.reason() };
        fields.push(Field::text("reason", why, true));
        fields.push(Field::secret("Your passphrase"));
        Self { facts, form: Form::new(fields), sent: false }
    }

    /// What is chosen, or the only way there is.
    fn way(&self) -> WayOn {
        let chosen = self.form.value("way");
        let named = self.facts.ways.iter().find(|way| Some(way.word()) == chosen);
        named.or(self.facts.ways.first()).copied().unwrap_or(WayOn::Archive)
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        self.form.paste(text);
    }

    /// It was not done: the form is there again, without its passphrase.
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
                (act.map(|act| Effect::WayOn(Box::new(act))), false)
            }
        }
    }

    fn act(&self) -> Option<WayOnAct> {
        Some(WayOnAct {
            way: self.way(),
            run: self.facts.run.clone(),
            person: self.form.value("person")?.parse().ok()?,
            reason: self.form.value("reason")?.trim().to_owned(),
            passphrase: self.form.value("passphrase")?.to_owned(),
        })
    }

    /// Draws the question over the library.
    pub fn draw(&self, frame: &mut Frame, body: Rect, look: Look) {
        let way = self.way();
        let intro =
            [format!("Run {} is not taken up.", self.facts.run), self.facts.words.clone(), way.told().to_owned()];
        draw_form(frame, body, look, way.title(), &intro, &self.form);
    }
}
