//! A form in a box of its own, over whatever it is about.

use super::{Form, wrap};
use crate::kernel::text::escape;
use crate::tui::ground::theme::Look;
use crate::tui::widgets::paint::{Pane, centred, pane};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Clear;

/// Draws a form under what is said of it.
pub fn draw_form(frame: &mut Frame, body: Rect, look: Look, title: &str, intro: &[String], form: &Form) {
    let width = body.width.min(90);
    let inner = usize::from(width.saturating_sub(4));
    let mut lines: Vec<Line> =
        intro.iter().flat_map(|t| wrap(&escape(t), inner)).map(|l| Line::from(format!(" {l}"))).collect();
    lines.push(Line::default());
    let before = lines.len();
    let (fields, at) = form.lines(look, inner);
    lines.extend(fields);
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(body.height);
    let place = centred(body, width, height);
    frame.render_widget(Clear, place);
    pane(frame, place, look, Pane { title, focused: true, lines, follow: Some(before + at + 2) });
}
