//! Drawing the run screen. Nothing here can change anything.

mod header;
mod picker;
mod step;

pub use header::{header, step_list, step_mark};

use super::RunScreen;
use super::dialog::{Dialog, Purpose};
use super::forms::{distance, ruling_words};
use crate::kernel::text::escape;
use crate::tui::form::{cut, wrap};
use crate::tui::paint::{Pane, centred, footer, pane};
use crate::tui::theme::{Look, Role};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

impl RunScreen {
    /// Draws the screen.
    pub fn draw(&self, frame: &mut Frame, look: Look) {
        let area = frame.area();
        let rows = [Constraint::Length(2), Constraint::Min(1), Constraint::Length(1), Constraint::Length(1)];
        let [top, body, told, keys] = Layout::vertical(rows).areas(area);
        frame.render_widget(Paragraph::new(header(&self.run, look, area.width)), top);
        self.draw_body(frame, body, look);
        let (role, text) = &self.notice;
        frame.render_widget(
            Paragraph::new(Span::styled(cut(&format!(" {}", escape(text)), area.width as usize), look.style(*role))),
            told,
        );
        frame.render_widget(Paragraph::new(footer(self.place(), look, area.width)), keys);
        self.draw_on_top(frame, body, look);
    }

    fn draw_body(&self, frame: &mut Frame, body: Rect, look: Look) {
        let shown = self.shown();
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
        let (title, lines) = match shown.as_ref().and_then(|id| self.run.authored(id)) {
            Some(authored) => {
                let viewing = if self.looking.is_some() { "  (looking; . goes back)" } else { "" };
                (
                    format!("{}  {}{viewing}", authored.id, authored.title),
                    self.step_lines(authored, look, step.width as usize),
                )
            }
            None => (self.run.plan().procedure.title.clone(), self.end_lines(look)),
        };
        pane(frame, step, look, Pane { title: &title, focused: true, lines, follow: None });
    }

    fn draw_on_top(&self, frame: &mut Frame, body: Rect, look: Look) {
        if let Some(picker) = &self.picker {
            picker.draw(frame, body, look);
        }
        if let Some(at) = self.acts {
            let acts = self.act_list();
            let line = |(index, act): (usize, &super::Act)| {
                let role = if index == at { Role::Selected } else { Role::Text };
                let off = act.off.map(|o| format!("  (off: {o})")).unwrap_or_default();
                Line::from(Span::styled(format!(" {}{off}", act.title), look.style(role)))
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
        for text in &dialog.intro {
            let role = if text.starts_with("[!]") { Role::Fail } else { Role::Text };
            lines.extend(
                wrap(&escape(text), inner)
                    .into_iter()
                    .map(|l| Line::from(Span::styled(format!(" {l}"), look.style(role)))),
            );
        }
        // What the policy and the limits say stands above the fields, where it is seen before signing.
        for (role, text) in self.afterthoughts(dialog) {
            let styled = |l: String| Line::from(Span::styled(format!(" {l}"), look.style(role)));
            lines.extend(wrap(&text, inner).into_iter().map(styled));
        }
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
    fn afterthoughts(&self, dialog: &Dialog) -> Vec<(Role, String)> {
        match &dialog.purpose {
            Purpose::Deviation(step) => {
                ruling_words(&self.run, step.as_ref(), &dialog.form).into_iter().map(|w| (Role::Deviation, w)).collect()
            }
            Purpose::Enter(step, input, _, column) => {
                let outer = self.run.authored(step).and_then(|s| s.input(input));
                let input = outer.and_then(|o| column.as_ref().and_then(|c| o.column(c)).or(Some(o)));
                let said = input.and_then(|i| distance(&self.run, i, dialog.form.value("value")?));
                said.map(|w| (if w.contains("inside") { Role::Ok } else { Role::Fail }, w)).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn enter_line(&self, look: Look) -> Line<'static> {
        let words = self.next().words();
        Line::from(vec![
            Span::styled(format!("{} Enter  ", look.glyphs.current), look.style(Role::Key)),
            Span::styled(words, look.style(Role::Accent)),
        ])
    }

    fn context(&self, look: Look) -> Vec<Line<'static>> {
        let run = &self.run;
        let mut lines: Vec<(Role, String)> = vec![(Role::Accent, "CREW".into())];
        for binding in run.crew() {
            let open = if run.sessions().contains(&binding.person) { " unlocked" } else { "" };
            lines.push((Role::Text, format!("{} {}{open}", binding.person, binding.role)));
        }
        lines.push((Role::Accent, "INSTRUMENTS".into()));
        lines.extend(
            run.instruments()
                .iter()
                .map(|(tag, i)| (Role::Text, format!("{tag} due {}", &i.cal_due.to_string()[..10]))),
        );
        lines.push((Role::Accent, "DEVIATIONS".into()));
        lines.extend(run.deviations().iter().map(|d| {
            let step = d.facts.step.as_ref().map(ToString::to_string).unwrap_or_default();
            (Role::Deviation, format!("{} {step} {} {}", d.id, d.class().word(), d.ruling.outcome.word()))
        }));
        lines.push((Role::Accent, "EVIDENCE".into()));
        lines.extend(run.evidence().iter().rev().take(8).map(|e| (Role::Text, format!("{} {}", e.step, e.file.name))));
        lines.push((Role::Accent, "NOTES".into()));
        lines.extend(run.notes().iter().rev().take(4).map(|n| (Role::Text, n.text.clone())));
        lines
            .into_iter()
            .map(|(role, text)| Line::from(Span::styled(escape(&text).into_owned(), look.style(role))))
            .collect()
    }
}
