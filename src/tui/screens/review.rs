//! Reviewing a sealed run before signing for it: everything that did not go as written is opened once.

use crate::kernel::documents::pack::Pack;
use crate::kernel::records::event::Event;
use crate::kernel::records::record::SignedRecord;
use crate::kernel::text::{counted, escape};
use crate::telling::terms::localized;
use crate::tui::ground::effect::Recording;
use crate::tui::ground::keymap::{Action, Place, action};
use crate::tui::ground::theme::{Look, Role};
use crate::tui::screens::replay::data_words;
use crate::tui::widgets::form::{cut, wrap};
use crate::tui::widgets::paint::{Pane, pane};
use ratatui::Frame;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use std::collections::BTreeSet;

/// A record that a reviewer must look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// Which record.
    pub record: u64,
    /// What it is, in one line.
    pub title: String,
    /// All of it, in lines.
    pub detail: String,
}

/// Returns what did not go as written, in the order of the record.
#[must_use]
pub fn exceptions(pack: &Pack, records: &[SignedRecord]) -> Vec<Exception> {
    let found = records.iter().filter(|signed| signed.record().event.is_exception()).map(|signed| {
        let record = signed.record();
        let title = localized(pack, what(&record.event));
        let step = record.event.step().map(|s| format!("  step {s}")).unwrap_or_default();
        let by = format!("by {} as {} at {}", record.actor, pack.role(&record.role).within(), record.time);
        let words = data_words(&record.event);
        let mut lines: Vec<&str> = words.lines().collect();
        lines.sort_by_key(|line| weight(line));
        let detail = format!("{title}{step}\n{by}\n\n{}", lines.join("\n"));
        Exception { record: record.seq, title: format!("{title}{step}"), detail }
    });
    found.collect()
}

/// What a reviewer judges comes first, what links it into the record last.
fn weight(line: &str) -> u8 {
    let first =
        ["facts requirement", "facts as found", "statement description", "reason", "comment", "text", "raw", "value"];
    let last = ["gates", "meaning", "judges", "was", "facts record", "facts detected"];
    match line {
        line if first.iter().any(|word| line.starts_with(word)) => 0,
        line if last.iter().any(|word| line.starts_with(word)) => 2,
        _ => 1,
    }
}

/// What an exception is called; which records are one stands in their table.
fn what(event: &Event) -> &'static str {
    match event {
        Event::DeviationRaised(_) => "deviation",
        Event::DeviationAmended(_) => "deviation changed",
        Event::ValueEntered(_) => "reading out of limits",
        Event::VerificationRecorded(_) => "verification that differs",
        Event::ComponentConfirmed(_) => "other component",
        Event::ValueCorrected(_) => "correction",
        Event::StepFailed(_) => "step failed",
        Event::StepSkipped(_) => "step left out",
        Event::StepNotApplicable(_) => "step not applicable",
        Event::StopCalled(_) => "work was stopped",
        Event::ChangeAcknowledged(_) => "program or roster changed",
        Event::RunInterrupted(_) => "the program ended in the middle",
        Event::RunAborting(_) => "the run was aborted",
        Event::RunRecovered(_) => "a torn record was recovered",
        Event::RunMended(_) => "the record was mended by hand",
        Event::IntegrityEvent(_) => "the clock or the journal was not as it should be",
        Event::GateDenied(_) => "refused act",
        Event::EvidenceRedacted(_) => "redaction",
        other => other.kind(),
    }
}

/// What a key led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reviewing {
    /// The review goes on.
    Going,
    /// It is left.
    Left,
    /// The person wants to sign.
    Signs,
}

/// The list of exceptions, and which of them were opened.
#[derive(Clone, Debug)]
pub struct Review {
    exceptions: Vec<Exception>,
    at: usize,
    open: bool,
    scroll: usize,
    opened: BTreeSet<usize>,
}

impl Review {
    /// The review of a recording.
    #[must_use]
    pub fn of(recording: &Recording) -> Self {
        let exceptions = exceptions(&recording.draft.plan().pack, &recording.records);
        Self { exceptions, at: 0, open: false, scroll: 0, opened: BTreeSet::new() }
    }

    /// Returns how many exceptions nobody opened yet.
    #[must_use]
    pub fn unopened(&self) -> usize {
        self.exceptions.len() - self.opened.len()
    }

    /// Tells whether everything went as written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.exceptions.is_empty()
    }

    /// Takes a key.
    pub fn press(&mut self, key: &KeyEvent) -> Reviewing {
        match action(Place::Review, key) {
            Some(Action::Back) if self.open => self.open = false,
            Some(Action::Back) => return Reviewing::Left,
            Some(Action::Next) if self.open => self.scroll += 1,
            Some(Action::Previous) if self.open => self.scroll = self.scroll.saturating_sub(1),
            Some(Action::Next) => self.at = (self.at + 1).min(self.exceptions.len().saturating_sub(1)),
            Some(Action::Previous) => self.at = self.at.saturating_sub(1),
            Some(Action::Confirm) if self.open => self.open = false,
            Some(Action::Confirm) => self.open_at(self.at),
            Some(Action::Unopened) => {
                let next = (0..self.exceptions.len()).find(|i| !self.opened.contains(i));
                next.into_iter().for_each(|at| self.open_at(at));
            }
            Some(Action::SignOff) => return Reviewing::Signs,
            _ => {}
        }
        Reviewing::Going
    }

    fn open_at(&mut self, at: usize) {
        if at < self.exceptions.len() {
            self.at = at;
            self.open = true;
            self.scroll = 0;
            self.opened.insert(at);
        }
    }

    /// Draws the list and the exception that is chosen.
    pub fn draw(&self, frame: &mut Frame, body: Rect, look: Look) {
        let share = if self.open {
            [Constraint::Length(0), Constraint::Min(1)]
        } else {
            [Constraint::Min(1), Constraint::Length(0)]
        };
        let [list, detail] = Layout::horizontal(share).areas(body);
        if self.open {
            let Some(exception) = self.exceptions.get(self.at) else { return };
            let width = usize::from(detail.width.saturating_sub(4)).max(8);
            let lines =
                exception.detail.split('\n').flat_map(|l| wrap(&escape(l), width)).map(Line::from).skip(self.scroll);
            let title = format!("Record {}", exception.record);
            pane(frame, detail, look, Pane { title: &title, focused: true, lines: lines.collect(), follow: None });
            return;
        }
        let line = |(index, exception): (usize, &Exception)| {
            let mark = if self.opened.contains(&index) { look.glyphs.done } else { look.glyphs.open };
            let role = if index == self.at { Role::Selected } else { Role::Text };
            let text = format!(" {mark} {:>5}  {}", exception.record, escape(&exception.title));
            Line::from(Span::styled(cut(&text, usize::from(list.width)), look.style(role)))
        };
        let lines = self.exceptions.iter().enumerate().map(line).collect();
        let title =
            format!("{} of {} opened", self.opened.len(), counted(self.exceptions.len(), "exception", "exceptions"));
        pane(frame, list, look, Pane { title: &title, focused: true, lines, follow: Some(self.at) });
    }
}
