//! The evidence picker over the body.

use crate::kernel::text::{counted, escape};
use crate::tui::ground::theme::{Look, Role};
use crate::tui::run::picker::Focus;
use crate::tui::widgets::form::cut;
use crate::tui::widgets::paint::{Pane, pane};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

impl crate::tui::run::picker::Picker {
    /// Draws the picker over the body.
    pub fn draw(&self, frame: &mut Frame, body: Rect, look: Look) {
        frame.render_widget(Clear, body);
        let [top, rest] = Layout::vertical([Constraint::Length(2), Constraint::Min(1)]).areas(body);
        let what =
            format!(" step {}  {}", self.step, self.requirement.as_ref().map(ToString::to_string).unwrap_or_default());
        let filter = if self.focus == Focus::Filter || !self.filter.is_empty() {
            format!("   filter: {}", escape(&self.filter))
        } else {
            "   / filters".into()
        };
        let lines = vec![
            Line::from(Span::styled(format!("{what}: {}", escape(&self.prompt)), look.style(Role::Accent))),
            Line::from(format!(" {}{filter}", escape(&self.folder.display().to_string()))),
        ];
        frame.render_widget(Paragraph::new(lines), top);
        let [list, preview] = Layout::horizontal([Constraint::Percentage(55), Constraint::Percentage(45)]).areas(rest);
        let shown = self.shown();
        let line = |(index, l): (usize, &&crate::tui::ground::effect::FolderLine)| {
            let size = if l.is_folder { "folder".into() } else { bytes(l.size) };
            let mark = if self.marked.contains_key(&l.path) { look.glyphs.done } else { " " };
            let text = format!("{mark}{:<28} {size:>9}", cut(&escape(&l.name), 28));
            let role = if index == self.at { Role::Selected } else { Role::Text };
            Line::from(Span::styled(text, look.style(role)))
        };
        let lines = shown.iter().enumerate().map(line).collect();
        pane(frame, list, look, Pane { title: "Files, newest first", focused: true, lines, follow: Some(self.at) });
        let mut facts: Vec<Line> =
            shown.get(self.at).iter().flat_map(|l| &l.facts).map(|f| Line::from(escape(f).into_owned())).collect();
        facts.push(Line::default());
        facts.extend(self.caption.lines(
            self.focus == Focus::Caption,
            look,
            usize::from(preview.width.saturating_sub(2)),
        ));
        if !self.marked.is_empty() {
            let size: u64 = self.marked.values().sum();
            let text = format!(
                "{}, {}; Enter attaches all that are marked",
                counted(self.marked.len(), "file is marked", "files are marked"),
                bytes(size)
            );
            facts.push(Line::from(Span::styled(text, look.style(Role::Accent))));
        }
        if let Some((done, total)) = self.progress {
            let share = (done * 100).checked_div(total).unwrap_or(100);
            facts.push(Line::default());
            facts.push(Line::from(Span::styled(
                format!("taking in, hashing: {share} % of {} (Esc cancels)", bytes(total)),
                look.style(Role::Alert),
            )));
        }
        pane(frame, preview, look, Pane { title: "Facts", focused: false, lines: facts, follow: None });
    }
}

/// A size in words.
#[must_use]
pub fn bytes(size: u64) -> String {
    match size {
        0..=9_999 => format!("{size} B"),
        10_000..=9_999_999 => format!("{} kB", size / 1000),
        _ => format!("{} MB", size / 1_000_000),
    }
}
