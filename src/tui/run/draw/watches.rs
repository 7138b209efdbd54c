//! The strip of watches: what is looked at again and again stays in sight whatever is done meanwhile.

use super::super::{RunScreen, elapsed};
use crate::kernel::documents::term::Noun;
use crate::kernel::documents::watch::Watch;
use crate::kernel::model::time::Timestamp;
use crate::kernel::text::escape;
use crate::telling::terms;
use crate::tui::ground::theme::{Look, Role};
use crate::tui::widgets::form::cut;
use ratatui::text::{Line, Span};

/// The most watches with a line of their own; the strip must leave room for the step.
const MOST: usize = 3;

impl RunScreen {
    /// One line for each watch that runs, the one that is due first on top.
    pub(super) fn watch_lines(&self, look: Look, width: usize) -> Vec<Line<'static>> {
        let mut running: Vec<_> = self.run.running_watches().collect();
        running.sort_by_key(|(_, due)| *due);
        let more = running.len().saturating_sub(MOST);
        let lines = running.into_iter().take(MOST).enumerate().map(|(index, (watch, due))| {
            let left_out = if more > 0 && index + 1 == MOST { format!("  (and {more} more)") } else { String::new() };
            self.watch_line(watch, due, &left_out, look, width)
        });
        lines.collect()
    }

    /// The words say that a watch is overdue; the colour only repeats it. When it is due never gives way to the text.
    fn watch_line(&self, watch: &Watch, due: Timestamp, more: &str, look: Look, width: usize) -> Line<'static> {
        let known = self.run.watches().get(&watch.id);
        let late = known.is_some_and(|w| w.overdue) || self.now.is_some_and(|now| due <= now);
        let last = known.and_then(|w| Some((w.value.clone()?, w.observed.as_ref()?.time())));
        let unit = watch.input.as_ref().and_then(|i| i.unit.as_ref());
        let unit = unit.map(|u| format!(" {}", self.run.plan().pack.symbol(u))).unwrap_or_default();
        let last =
            last.map_or("not looked at yet".to_owned(), |(value, at)| format!("{value}{unit} at {}", at.clock()));
        let left = self.now.map(|now| elapsed(due.since(now).abs())).unwrap_or_else(|| due.clock());
        let named = || escape(&terms::noun(&self.run, Noun::Watch)).into_owned();
        let (mark, role, due) = match (late, self.now) {
            (true, _) => ("[!] OVERDUE".to_owned(), Role::Alert, format!("since {left}")),
            (false, Some(_)) => (named(), Role::Text, format!("due in {left}")),
            (false, None) => (named(), Role::Text, format!("due at {left}")),
        };
        let tail = escape(&format!("  {last}  {due}{more}")).into_owned();
        let room = width.saturating_sub(mark.chars().count() + tail.chars().count() + 3).max(12);
        let text = cut(&escape(&self.run.plan().text(&watch.text)), room);
        Line::from(Span::styled(cut(&format!(" {mark} {text}{tail}"), width), look.style(role)))
    }
}
