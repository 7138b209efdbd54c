//! Drawing the run screen. Nothing here can change anything.

mod header;
mod others;
mod picker;
mod step;
mod table;
mod value;
mod watches;

pub use header::{header, step_list, step_mark};

use super::deviation::ruling_words;
use super::dialog::{Dialog, Purpose};
use super::{Next, RunScreen, elapsed};
use crate::kernel::documents::step::{Step, StepType};
use crate::kernel::documents::term::Noun;
use crate::kernel::model::name::StepId;
use crate::kernel::model::time::{Moment, Timestamp};
use crate::kernel::run::{Phase, StepState};
use crate::kernel::text::escape;
use crate::kernel::work::{Waits, witness};
use crate::session::Checked;
use crate::telling::terms;
use crate::tui::ground::effect::KeyTrouble;
use crate::tui::ground::theme::{Look, Role};
use crate::tui::widgets::form::{cut, wrap};
use crate::tui::widgets::paint::{Pane, boxed, centred, footer, pane};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

impl RunScreen {
    /// Draws the screen.
    pub fn draw(&self, frame: &mut Frame, look: Look) {
        let area = frame.area();
        // What was refused and what to do about it is read whole, not cut at the edge.
        let (role, text) = &self.notice;
        let told_lines = wrap(&escape(text), usize::from(area.width.saturating_sub(1)).max(8));
        let height = u16::try_from(told_lines.len()).unwrap_or(1).clamp(1, 3);
        let mut watched = self.watch_lines(look, usize::from(area.width));
        watched.extend(self.request_line(look, usize::from(area.width)));
        watched.extend(self.key_lines(look, usize::from(area.width)));
        let strip = u16::try_from(watched.len()).unwrap_or(0);
        let rows = [2, strip].map(Constraint::Length).into_iter();
        let rows = rows.chain([Constraint::Min(1), Constraint::Length(height), Constraint::Length(1)]);
        let [top, watches, body, told, keys] = Layout::vertical(rows).areas(area);
        frame.render_widget(Paragraph::new(watched), watches);
        frame.render_widget(Paragraph::new(self.head(look, area.width)), top);
        self.draw_body(frame, body, look);
        let told_lines: Vec<Line> = told_lines.into_iter().map(|l| styled(look, *role, format!(" {l}"))).collect();
        frame.render_widget(Paragraph::new(told_lines), told);
        frame.render_widget(Paragraph::new(footer(self.place(), Some(&self.run.plan().pack), look, area.width)), keys);
        self.draw_on_top(frame, body, look);
    }

    /// Keys of the crew that sign nothing here, or not for long.
    fn key_lines(&self, look: Look, width: usize) -> Vec<Line<'static>> {
        let ours = |trouble: &&KeyTrouble| self.run.crew().iter().any(|b| Some(&b.person) == trouble.person.as_ref());
        let told = self.keys.iter().filter(ours).take(2);
        told.map(|t| styled(look, Role::Alert, cut(&format!(" ! {}", escape(&t.text)), width))).collect()
    }

    /// The head, with how far the journal was read again beside the work.
    fn head(&self, look: Look, width: u16) -> Vec<Line<'static>> {
        let mut lines = header(&self.run, look, width);
        let told = match &self.checked {
            Checked { broken: Some(broken), .. } => Some((Role::Fail, format!("  BROKEN at record {}", broken.seq))),
            Checked { upto: 0, broken: None } => None,
            Checked { upto, broken: None } => Some((Role::Text, format!(", read again to record {upto}"))),
        };
        // In front of the banner, which may be cut at the edge.
        if let (Some((role, text)), Some(last)) = (told, lines.last_mut()) {
            last.spans.insert(2.min(last.spans.len()), Span::styled(text, look.style(role)));
        }
        lines
    }

    fn draw_body(&self, frame: &mut Frame, body: Rect, look: Look) {
        let shown = self.shown();
        if let Some(step) = self.run.active().filter(|s| self.looking.is_none() && self.is_held(s)) {
            return self.draw_hold(frame, body, look, step);
        }
        let left = match body.width {
            0..=59 => 0,
            60..=99 => 28,
            _ => 36,
        };
        let right = if body.width >= 116 { 32 } else { 0 };
        let [list, step, context] =
            Layout::horizontal([Constraint::Length(left), Constraint::Min(1), Constraint::Length(right)]).areas(body);
        if left > 0 {
            let (lines, at) = step_list(&self.run, shown.as_ref(), look, left as usize - 2);
            pane(frame, list, look, Pane { title: "Steps", focused: false, lines, follow: at });
        }
        if right > 0 {
            pane(
                frame,
                context,
                look,
                Pane { title: "Context", focused: false, lines: self.context(look), follow: None },
            );
        }
        self.draw_step(frame, step, look, shown.as_ref());
    }

    /// The step; what Enter does stays in sight however long the text is.
    fn draw_step(&self, frame: &mut Frame, area: Rect, look: Look, shown: Option<&StepId>) {
        let (title, lines) = match shown.and_then(|id| self.run.authored(id)) {
            Some(authored) => {
                let viewing = if self.looking.is_some() { "  (looking; . goes back)" } else { "" };
                let lines = self.step_lines(authored, look, usize::from(area.width));
                (format!("{}  {}{viewing}", authored.id, authored.title), lines)
            }
            None => (self.run.plan().procedure.title.clone(), self.end_lines(look, usize::from(area.width))),
        };
        let pinned = match self.looking {
            None if area.height > 8 => self.pinned(look, area.width),
            None if area.height > 3 => self.enter_lines(look, area.width),
            _ => Vec::new(),
        };
        boxed(frame, area, look, Pane { title: &title, focused: true, lines, follow: None }, self.scroll, pinned);
    }

    /// A hold is a locked door with a name on it: nothing else is on the screen.
    fn draw_hold(&self, frame: &mut Frame, body: Rect, look: Look, step: &Step) {
        let since = self.run.step(&step.id).and_then(|s| s.current()?.started.as_ref().map(Moment::time));
        let waited = since.zip(self.now).map(|(since, now)| format!("  ({})", elapsed(now.since(since))));
        let since = since.map(Timestamp::clock).unwrap_or_default();
        let hold = self.run.plan().pack.noun(Noun::Hold).capitals();
        let banner = format!(" {} {hold} POINT {}  WORK WAITS FOR RELEASE ", look.glyphs.hold, step.id);
        let holders = self.run.crew().iter().filter(|b| step.releases().any(|s| s.role == b.role));
        let holders = holders.map(|b| b.person.to_string());
        let role = self.releasers(step);
        let mut lines = vec![
            Line::default(),
            Line::from(Span::styled(banner, look.style(Role::Hold))),
            Line::default(),
            Line::from(format!("  only {role} releases it: {}", holders.collect::<Vec<_>>().join(", "))),
            Line::from(format!("  waiting since {since}{}", waited.unwrap_or_default())),
            Line::from("  the run can be left here and taken up again; nothing is lost"),
            Line::default(),
        ];
        lines.extend(self.step_lines(step, look, usize::from(body.width)));
        let pane = Pane { title: &step.title, focused: true, lines, follow: None };
        boxed(frame, body, look, pane, self.scroll, self.pinned(look, body.width));
    }

    pub(super) fn is_held(&self, step: &Step) -> bool {
        let active = self.run.step(&step.id).is_some_and(|s| s.state == StepState::Active);
        step.kind == StepType::Hold && active && self.run.phase() == Phase::Running
    }

    fn draw_on_top(&self, frame: &mut Frame, body: Rect, look: Look) {
        if let Some(picker) = &self.picker {
            picker.draw(frame, body, look);
        }
        if let Some(at) = self.acts {
            let acts = self.act_list();
            let line = |(index, act): (usize, &super::Act)| {
                let role = if index == at { Role::Selected } else { Role::Text };
                let off = act.off.as_ref().map(|o| format!("  (off: {o})")).unwrap_or_default();
                Line::from(Span::styled(escape(&format!(" {}{off}", act.title)).into_owned(), look.style(role)))
            };
            let lines = acts.iter().enumerate().map(line).collect();
            let place = centred(body, 72, acts.len() as u16 + 2);
            frame.render_widget(Clear, place);
            pane(frame, place, look, Pane { title: "Acts", focused: true, lines, follow: Some(at) });
        }
        if let Some(dialog) = &self.dialog {
            self.draw_dialog(frame, body, look, dialog);
        }
    }

    fn draw_dialog(&self, frame: &mut Frame, body: Rect, look: Look, dialog: &Dialog) {
        let width = body.width.min(90);
        let inner = usize::from(width.saturating_sub(4));
        let mut lines: Vec<Line> = Vec::new();
        for told in &dialog.intro {
            let role = Role::of(told.tone);
            lines.extend(
                wrap(&format!("{}{told}", told.tone.mark()), inner)
                    .into_iter()
                    .map(|l| Line::from(Span::styled(format!(" {l}"), look.style(role)))),
            );
        }
        // What the policy and the limits say stands above the fields, where it is seen before signing.
        lines.extend(self.afterthoughts(dialog, look, inner));
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        let before = lines.len();
        let (fields, at) = dialog.form.lines(look, inner);
        lines.extend(fields);
        let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(body.height);
        let place = centred(body, width, height);
        frame.render_widget(Clear, place);
        pane(frame, place, look, Pane { title: &dialog.title, focused: true, lines, follow: Some(before + at + 2) });
    }

    /// What the program can say while a form is filled in.
    fn afterthoughts(&self, dialog: &Dialog, look: Look, width: usize) -> Vec<Line<'static>> {
        match &dialog.purpose {
            Purpose::Deviation(step) | Purpose::Amend(_, step) => {
                let words = ruling_words(&self.run, step.as_ref(), &dialog.form).into_iter();
                words.flat_map(|w| wrap(&w, width)).map(|w| styled(look, Role::Deviation, format!(" {w}"))).collect()
            }
            Purpose::Enter(step, input, row, column) => {
                let Some(authored) = self.run.authored(step) else { return Vec::new() };
                let place = (input, row.as_ref(), column.as_ref());
                let mut lines = self.table_of(authored, place, look, width);
                lines.extend(self.gauge_of(authored, place, dialog.form.value("value"), look, width));
                lines
            }
            _ => Vec::new(),
        }
    }

    fn pinned(&self, look: Look, width: u16) -> Vec<Line<'static>> {
        std::iter::once(Line::default()).chain(self.enter_lines(look, width)).collect()
    }

    /// What Enter does, as many lines as it takes.
    fn enter_lines(&self, look: Look, width: u16) -> Vec<Line<'static>> {
        const KEY: &str = "Enter  ";
        let next = self.next();
        let left = match (&next, self.now) {
            (Next::Wait(_, until), Some(now)) => format!("  ({} left)", elapsed(until.since(now))),
            (Next::Work(step, Waits::Witness(witness::Waits::Attendance(..))), Some(now)) => {
                self.notice_left(step, now)
            }
            _ => String::new(),
        };
        let words = format!("{}{left}", escape(&next.words(&self.run)));
        let lead = KEY.len() + 2;
        let parts = wrap(&words, usize::from(width).saturating_sub(lead + 2).max(8));
        let line = |(index, part): (usize, String)| {
            let key = if index == 0 { format!("{} {KEY}", look.glyphs.current) } else { " ".repeat(lead) };
            Line::from(vec![Span::styled(key, look.style(Role::Key)), Span::styled(part, look.style(Role::Accent))])
        };
        parts.into_iter().enumerate().map(line).collect()
    }

    /// How long a witness must be waited for, before the work may go on alone.
    fn notice_left(&self, step: &StepId, now: Timestamp) -> String {
        let until = self.run.authored(step).and_then(|s| self.run.ready_at(s));
        match until.map(|until| until.since(now)).filter(|left| *left > 0) {
            Some(left) => format!("  ({} left)", elapsed(left)),
            None => "  (the notice is over)".into(),
        }
    }

    fn context(&self, look: Look) -> Vec<Line<'static>> {
        let run = &self.run;
        let capitals = |noun| run.plan().pack.noun(noun).capitals();
        let mut lines: Vec<(Role, String)> = vec![(Role::Accent, "CREW".into())];
        for binding in run.crew() {
            let open = if run.sessions().contains(&binding.person) { " unlocked" } else { "" };
            lines.push((Role::Text, format!("{} {}{open}", binding.person, terms::role(run, &binding.role))));
        }
        lines.push((Role::Accent, capitals(Noun::Instrument)));
        lines.extend(
            run.instruments()
                .iter()
                .map(|(tag, i)| (Role::Text, format!("{tag} due {}", &i.cal_due.to_string()[..10]))),
        );
        lines.push((Role::Accent, capitals(Noun::Deviation)));
        lines.extend(run.deviations().iter().map(|d| {
            let step = d.facts.step.as_ref().map(ToString::to_string).unwrap_or_default();
            (Role::Deviation, format!("{} {step} {} {}", d.id, d.class().word(), terms::outcome(run, d.ruling.outcome)))
        }));
        lines.push((Role::Accent, capitals(Noun::Evidence)));
        let open = |step: &StepId| !self.hides(step);
        lines.extend(
            run.evidence()
                .iter()
                .rev()
                .filter(|e| open(&e.step))
                .take(8)
                .map(|e| (Role::Text, format!("{} {}", e.step, e.file.name))),
        );
        lines.push((Role::Accent, "NOTES".into()));
        lines.extend(
            run.notes()
                .iter()
                .rev()
                .filter(|n| n.step.as_ref().is_none_or(open))
                .take(4)
                .map(|n| (Role::Text, n.text.clone())),
        );
        lines
            .into_iter()
            .map(|(role, text)| Line::from(Span::styled(escape(&text).into_owned(), look.style(role))))
            .collect()
    }
}

fn styled(look: Look, role: Role, text: String) -> Line<'static> {
    Line::from(Span::styled(text, look.style(role)))
}
