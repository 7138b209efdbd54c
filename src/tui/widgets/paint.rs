//! The few shapes that every screen is made of.

use crate::kernel::documents::pack::Pack;
use crate::kernel::text::escape;
use crate::telling::terms::localized;
use crate::tui::ground::keymap::{Place, rows};
use crate::tui::ground::theme::{Look, Role};
use crate::tui::widgets::form::cut;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Borders, Paragraph};

/// A box with a title and lines.
pub struct Pane<'a> {
    /// Its title.
    pub title: &'a str,
    /// Whether keys go there: shown by the border's weight and a mark, not by colour alone.
    pub focused: bool,
    /// What it shows.
    pub lines: Vec<Line<'a>>,
    /// The line that must be visible.
    pub follow: Option<usize>,
}

/// Draws a pane; says when there is more than fits.
pub fn pane(frame: &mut Frame, area: Rect, look: Look, pane: Pane) {
    let inner = usize::from(area.height.saturating_sub(2));
    let first = pane.follow.map_or(0, |line| (line + 2).saturating_sub(inner));
    boxed(frame, area, look, pane, first, Vec::new());
}

/// Draws a pane from a line on, with last lines that stay in sight whatever is scrolled.
pub fn boxed(frame: &mut Frame, area: Rect, look: Look, pane: Pane, first: usize, pinned: Vec<Line>) {
    if area.width < 3 || area.height < 3 {
        frame.render_widget(Paragraph::new(pane.lines), area);
        return;
    }
    let all = usize::from(area.height - 2);
    let inner = all.saturating_sub(pinned.len());
    let first = first.min(pane.lines.len().saturating_sub(inner));
    let hidden = pane.lines.len().saturating_sub(first + inner);
    let mark = if pane.focused { format!("{} ", look.glyphs.current) } else { String::new() };
    let title = cut(&format!(" {mark}{} ", escape(pane.title)), usize::from(area.width.saturating_sub(4)));
    let mut block = Block::new().borders(Borders::ALL).title(Span::styled(title, look.style(Role::Accent)));
    block = match (look.glyphs.lines, pane.focused) {
        (true, true) => block.border_type(BorderType::Thick),
        (true, false) => block.border_type(BorderType::Plain),
        (false, focused) => block.border_set(if focused { ASCII_FOCUSED } else { ASCII }),
    };
    let more = match (first, hidden) {
        (0, 0) => String::new(),
        (0, below) => format!(" +{below} more below "),
        (above, 0) => format!(" +{above} more above "),
        (above, below) => format!(" +{above} more above, +{below} below "),
    };
    block = block.title_bottom(Span::styled(more, look.style(Role::Alert)));
    let visible = pane.lines.into_iter().skip(first).take(inner);
    let visible: Vec<Line> = visible.chain(pinned).collect();
    frame.render_widget(Paragraph::new(visible).block(block), area);
}

const ASCII: ratatui::symbols::border::Set = ratatui::symbols::border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};
const ASCII_FOCUSED: ratatui::symbols::border::Set =
    ratatui::symbols::border::Set { horizontal_top: "=", horizontal_bottom: "=", ..ASCII };

/// Returns a place of at most this size in the middle of `area`.
#[must_use]
pub fn centred(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}

/// The footer: the key table's own words with the field's nouns, cut whole.
#[must_use]
pub fn footer(place: Place, pack: Option<&Pack>, look: Look, width: u16) -> Line<'static> {
    use unicode_width::UnicodeWidthStr as _;
    let mut spans = Vec::new();
    let mut left = usize::from(width);
    let mut shown = Vec::new();
    for binding in rows(place) {
        if shown.contains(&binding.action) {
            continue;
        }
        let title =
            pack.map_or_else(|| binding.title.to_owned(), |p| escape(&localized(p, binding.title)).into_owned());
        // The last hint needs no room behind it.
        let needed = binding.key.width() + title.width() + 2;
        if needed > left {
            continue;
        }
        left = left.saturating_sub(needed + 2);
        shown.push(binding.action);
        spans.push(Span::styled(format!(" {}", binding.key), look.style(Role::Key)));
        spans.push(Span::styled(format!(" {title}  "), look.style(Role::Text)));
    }
    Line::from(spans)
}
