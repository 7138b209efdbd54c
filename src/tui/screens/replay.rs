//! Replay: the run at any record, drawn from the same state as life, with nothing that could submit.

use crate::kernel::documents::package::Plan;
use crate::kernel::records::event::Event;
use crate::kernel::records::record::SignedRecord;
use crate::kernel::run::{Observation, Run, observations};
use crate::kernel::text::{counted, escape};
use crate::session::health::Health;
use crate::telling::terms::{self, localized};
use crate::tui::ground::effect::Recording;
use crate::tui::ground::keymap::{Action, Place, action};
use crate::tui::ground::theme::{Look, Role};
use crate::tui::run::{header, step_list};
use crate::tui::widgets::form::{cut, wrap};
use crate::tui::widgets::paint::{Pane, footer, pane};
use crate::tui::words::spread;
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use std::sync::Arc;

/// Every so many records the state is kept, so that a seek replays at most this many.
const SNAPSHOT: usize = 64;

/// The state of the replay.
pub struct ReplayScreen {
    records: Vec<SignedRecord>,
    snapshots: Vec<Run>,
    observed: Vec<Observation>,
    state: Run,
    at: usize,
    raw: bool,
    health: Option<Health>,
    /// What happened last.
    pub notice: String,
}

impl ReplayScreen {
    /// Opens a recording on its first exception, or at its end when there is none.
    #[must_use]
    pub fn new(recording: Recording) -> Self {
        let mut snapshots = vec![recording.draft.clone()];
        let mut run = recording.draft;
        for (index, record) in recording.records.iter().enumerate() {
            run.after(record);
            if (index + 1) % SNAPSHOT == 0 {
                snapshots.push(run.clone());
            }
        }
        let observed = observations(run.plan(), &recording.records);
        let count = recording.records.len();
        let first = recording.records.iter().position(is_exception).map_or(count, |i| i + 1);
        let mut screen = Self {
            records: recording.records,
            observed,
            snapshots,
            state: run,
            at: count,
            raw: false,
            health: recording.health,
            notice: "read-only: every record below was checked when it was read".into(),
        };
        screen.seek(first);
        screen
    }

    /// Goes to the state after a number of records: the nearest snapshot, then forward.
    fn seek(&mut self, to: usize) {
        let to = to.min(self.records.len());
        let nearest = (to / SNAPSHOT).min(self.snapshots.len() - 1);
        let mut run = self.snapshots[nearest].clone();
        for record in &self.records[nearest * SNAPSHOT..to] {
            run.after(record);
        }
        self.state = run;
        self.at = to;
    }

    fn find(&self, forward: bool, wanted: fn(&SignedRecord) -> bool) -> Option<usize> {
        match forward {
            true => (self.at..self.records.len()).find(|i| wanted(&self.records[*i])).map(|i| i + 1),
            false => (0..self.at.saturating_sub(1)).rev().find(|i| wanted(&self.records[*i])).map(|i| i + 1),
        }
    }

    /// The next or former record that departs from the plan or is worth a look.
    fn exception(&self, forward: bool) -> Option<usize> {
        let worth = self.observed.iter().map(|o| o.record);
        let found = self.find(forward, is_exception);
        match forward {
            true => worth.filter(|n| *n > self.at).chain(found).min(),
            false => worth.filter(|n| *n < self.at).chain(found).max(),
        }
    }

    /// Returns what was executed.
    #[must_use]
    pub fn plan(&self) -> &Arc<Plan> {
        self.state.plan()
    }

    /// Takes a key; false when the screen is left.
    pub fn press(&mut self, key: &KeyEvent) -> bool {
        let to = match action(Place::Replay, key) {
            Some(Action::Back) => return false,
            Some(Action::Next) => Some(self.at + 1),
            Some(Action::Previous) => Some(self.at.saturating_sub(1)),
            Some(Action::First) => Some(0),
            Some(Action::Last) => Some(self.records.len()),
            Some(Action::NextDeviation) => self.exception(true),
            Some(Action::PreviousDeviation) => self.exception(false),
            Some(Action::NextFile) => self.find(true, is_file),
            Some(Action::PreviousFile) => self.find(false, is_file),
            Some(Action::Raw) => {
                self.raw = !self.raw;
                None
            }
            _ => match key.code {
                KeyCode::Char(digit) => digit.to_digit(10).map(|d| self.records.len() * d as usize / 10),
                _ => None,
            },
        };
        if let Some(to) = to {
            self.seek(to);
        }
        true
    }

    /// Draws the state, the record, and the line of time.
    pub fn draw(&self, frame: &mut Frame, look: Look) {
        let area = frame.area();
        let rows = [
            Constraint::Length(3),
            Constraint::Min(1),
            Constraint::Length(5),
            Constraint::Length(1),
            Constraint::Length(1),
        ];
        let [top, body, time, told, keys] = Layout::vertical(rows).areas(area);
        let (role, words) = match &self.health {
            Some(health) if health.is_well() => (Role::Ok, health.words()),
            Some(health) => (Role::Fail, health.words()),
            None => (Role::Ok, format!("verified: {}", counted(self.records.len(), "record", "records"))),
        };
        let chain = Span::styled(format!(" REPLAY  READ-ONLY   {}", escape(&words)), look.style(role));
        let mut lines = vec![Line::from(chain)];
        lines.extend(header(&self.state, look, area.width));
        frame.render_widget(Paragraph::new(lines), top);
        let [left, right] = Layout::horizontal([Constraint::Percentage(42), Constraint::Percentage(58)]).areas(body);
        let active = self.state.active().map(|s| s.id.clone());
        let (lines, follow) = step_list(&self.state, active.as_ref(), look, usize::from(left.width.saturating_sub(2)));
        let title = format!("State after record {}", self.at);
        pane(frame, left, look, Pane { title: &title, focused: false, lines, follow });
        let lines = self.record_lines(look, usize::from(right.width.saturating_sub(4)));
        let title = format!("Record {} of {}", self.at, self.records.len());
        pane(frame, right, look, Pane { title: &title, focused: true, lines, follow: None });
        let lines = self.timeline(look, usize::from(time.width.saturating_sub(9)));
        pane(frame, time, look, Pane { title: "Timeline", focused: false, lines, follow: None });
        frame.render_widget(Paragraph::new(cut(&format!(" {}", escape(&self.notice)), area.width as usize)), told);
        frame.render_widget(
            Paragraph::new(footer(Place::Replay, Some(&self.state.plan().pack), look, area.width)),
            keys,
        );
    }

    fn record_lines(&self, look: Look, width: usize) -> Vec<Line<'static>> {
        let Some(signed) = self.at.checked_sub(1).and_then(|i| self.records.get(i)) else {
            return vec![Line::from("before the first record")];
        };
        let record = signed.record();
        let mut texts = vec![
            (Role::Accent, localized(&self.plan().pack, record.event.kind())),
            (Role::Text, format!("by     {} as {}", record.actor, terms::role(&self.state, &record.role))),
            (Role::Text, format!("at     {}", record.time)),
            (Role::Text, format!("key    {}", signed.key())),
            (Role::Text, format!("prev   {}", &record.prev.hex()[..32])),
            (Role::Text, format!("line   {}", &signed.digest().hex()[..32])),
            (Role::Ok, "signature and link are valid".to_owned()),
        ];
        let seen = self.observed.iter().filter(|o| o.record == self.at);
        texts.extend(seen.map(|o| (Role::Alert, format!("[i] observation: {}", o.text))));
        let data = match self.raw {
            true => String::from_utf8_lossy(signed.bytes()).into_owned(),
            false => data_words(&record.event),
        };
        texts.push((Role::Text, String::new()));
        texts.push((Role::Text, data));
        let lines = texts.into_iter().flat_map(|(role, text)| {
            let parts = if self.raw {
                wrap(&escape(&text), width.max(8))
            } else {
                text.split('\n').flat_map(|l| wrap(&escape(l), width.max(8))).collect()
            };
            parts.into_iter().map(move |l| Line::from(Span::styled(l, look.style(role)))).collect::<Vec<_>>()
        });
        lines.collect()
    }

    /// Marks of steps, files and exceptions over the whole run, and where this record stands.
    fn timeline(&self, look: Look, width: usize) -> Vec<Line<'static>> {
        let row = |name: &str, mark: char, wanted: fn(&SignedRecord) -> bool| {
            let mut cells = vec![' '; width.max(1)];
            for (index, _) in self.records.iter().enumerate().filter(|(_, r)| wanted(r)) {
                let cell = index * (cells.len() - 1) / self.records.len().max(1);
                cells[cell] = mark;
            }
            Line::from(format!("{name:<6} {}", cells.into_iter().collect::<String>()))
        };
        let here = self.at * width.max(1) / self.records.len().max(1);
        let bar = format!(
            "       {}{}",
            look.glyphs.full.repeat(here.min(width)),
            look.glyphs.empty.repeat(width.saturating_sub(here))
        );
        vec![
            row("steps", '|', is_step),
            row("dev", '!', is_exception),
            Line::from(Span::styled(bar, look.style(Role::Accent))),
        ]
    }
}

fn is_exception(record: &SignedRecord) -> bool {
    matches!(
        record.record().event,
        Event::DeviationRaised(_)
            | Event::ValueCorrected(_)
            | Event::RunAborting(_)
            | Event::StopCalled(_)
            | Event::RunInterrupted(_)
            | Event::RunRecovered(_)
            | Event::RunMended(_)
    )
}

fn is_file(record: &SignedRecord) -> bool {
    matches!(record.record().event, Event::EvidenceCaptured(_))
}

fn is_step(record: &SignedRecord) -> bool {
    matches!(record.record().event, Event::StepStarted(_))
}

/// The data of an event, one member a line, without the gates.
pub(in crate::tui) fn data_words(event: &Event) -> String {
    let Ok(value) = serde_json::to_value(event) else { return String::new() };
    let Some(data) = value["data"].as_object() else { return String::new() };
    let mut lines = Vec::new();
    data.iter().filter(|(name, _)| *name != "gates").for_each(|(name, value)| spread(name, value, &mut lines));
    let gates = event.gates().len();
    if gates > 0 {
        lines.push(format!(
            "gates: {gates} asked, {}",
            if matches!(event, Event::GateDenied(_)) { "denied" } else { "all open" }
        ));
    }
    lines.join("\n")
}
