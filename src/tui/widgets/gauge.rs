//! A number between its limits: as a scale, and in words with the distance to the limit.
//!
//! It shows and does not judge: the verdict of an entry is the kernel's.

use crate::kernel::model::limits::Range;
use crate::kernel::model::number::Number;
use crate::tui::ground::theme::{Look, Role};
use ratatui::text::{Line, Span};
use rust_decimal::prelude::ToPrimitive as _;

/// A number typed or recorded, with its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gauge {
    /// The limits.
    pub range: Range,
    /// The number.
    pub value: Number,
    /// The unit of both, as it is printed.
    pub unit: String,
}

impl Gauge {
    /// Returns position and distance in words, and what that means.
    #[must_use]
    pub fn words(&self) -> (Role, String) {
        match (self.range.min, self.range.max) {
            (Some(min), _) if self.value < min => (Role::Fail, self.outside(min, "BELOW the lower")),
            (_, Some(max)) if self.value > max => (Role::Fail, self.outside(max, "ABOVE the upper")),
            _ if !self.range.contains(self.value) => (Role::Fail, "ON the limit, which is excluded".to_owned()),
            _ => (Role::Ok, self.inside()),
        }
    }

    fn outside(&self, limit: Number, side: &str) -> String {
        format!("{} {side} limit ({})", self.apart(limit), self.with_unit(limit))
    }

    fn inside(&self) -> String {
        let to = |limit: Option<Number>, side| limit.map(|limit| (self.value.distance(limit), limit, side));
        let sides = [to(self.range.min, "above the lower"), to(self.range.max, "below the upper")];
        let nearest = sides.into_iter().flatten().min_by_key(|(distance, ..)| (distance.is_none(), *distance));
        let words = |(_, limit, side): (_, Number, &str)| {
            format!("inside the limits, {} {side} limit ({})", self.apart(limit), self.with_unit(limit))
        };
        nearest.map_or_else(|| "no limits".to_owned(), words)
    }

    fn apart(&self, limit: Number) -> String {
        self.value.distance(limit).map_or_else(|| "far".to_owned(), |distance| self.with_unit(distance))
    }

    fn with_unit(&self, number: Number) -> String {
        if self.unit.is_empty() { number.to_string() } else { format!("{number} {}", self.unit) }
    }

    /// The scale: a quarter of its room lies beyond each limit, and an arrow stands for more than that.
    /// None without two limits, or where there is no room for it.
    #[must_use]
    pub fn scale(&self, look: Look, width: usize) -> Option<Line<'static>> {
        let (min, max) = (self.range.min?, self.range.max?);
        let (low, high) = (format!("{min} "), format!(" {max}"));
        let room = width.saturating_sub(low.len() + high.len()).min(60);
        if room < 12 || min >= max {
            return None;
        }
        let margin = room / 4 + 1;
        let rail = room - 2 * margin;
        let (line, end) = if look.glyphs.lines { ("─", "┼") } else { ("-", "|") };
        let mut marks: Vec<(Role, &str)> = vec![(Role::Text, " "); room];
        marks[margin..=margin + rail].fill((Role::Text, line));
        marks[margin] = (Role::Key, end);
        marks[margin + rail] = (Role::Key, end);
        let (at, glyph) = match self.place(min, max, rail, margin) {
            Place::Left => (0, "<"),
            Place::Right => (room - 1, ">"),
            Place::At(at) => (at, "*"),
        };
        marks[at.min(room - 1)] = (self.words().0, glyph);
        let mut spans = vec![Span::raw(low)];
        spans.extend(marks.into_iter().map(|(role, mark)| Span::styled(mark, look.style(role))));
        spans.push(Span::raw(high));
        Some(Line::from(spans))
    }

    /// Where the number stands. Binary fractions are good enough for a column of the screen, never for a verdict;
    /// so a number outside is kept off the limit's own column.
    fn place(&self, min: Number, max: Number, rail: usize, margin: usize) -> Place {
        let real = |number: Number| number.0.to_f64().unwrap_or(0.0);
        let share = (real(self.value) - real(min)) / (real(max) - real(min));
        let cells = f64::from(u16::try_from(rail).unwrap_or(u16::MAX));
        let offset = (share * cells).round().clamp(-1000.0, 1000.0).to_i64().unwrap_or(0);
        let offset = match () {
            () if self.value < min => offset.min(-1),
            () if self.value > max => offset.max(i64::try_from(rail).unwrap_or(0) + 1),
            () => offset,
        };
        match usize::try_from(i64::try_from(margin).unwrap_or(0) + offset) {
            Err(_) => Place::Left,
            Ok(at) if at >= rail + 2 * margin => Place::Right,
            Ok(at) => Place::At(at),
        }
    }
}

enum Place {
    Left,
    At(usize),
    Right,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gauge(value: &str) -> Gauge {
        let number = |text: &str| Number::typed(text).unwrap();
        let range = Range { min: Some(number("3.8")), max: Some(number("4.4")), inclusive: true };
        Gauge { range, value: number(value), unit: "bar".into() }
    }

    fn scale(value: &str) -> String {
        gauge(value).scale(Look::plain(), 40).unwrap().to_string()
    }

    #[test]
    fn the_words_say_where_and_how_far() {
        assert_eq!(gauge("4.6").words(), (Role::Fail, "0.2 bar ABOVE the upper limit (4.4 bar)".into()));
        assert_eq!(gauge("3.79").words(), (Role::Fail, "0.01 bar BELOW the lower limit (3.8 bar)".into()));
        assert_eq!(
            gauge("4.3").words(),
            (Role::Ok, "inside the limits, 0.1 bar below the upper limit (4.4 bar)".into())
        );
        assert_eq!(gauge("4.4").words().0, Role::Ok);
    }

    #[test]
    fn a_number_beyond_the_scale_is_an_arrow_and_one_just_outside_never_sits_on_the_limit() {
        assert!(scale("4.1").contains("-*-"), "{}", scale("4.1"));
        assert!(scale("400").contains("> 4.4") && scale("-400").contains("3.8 <"));
        assert!(scale("4.4001").contains("|*"), "{}", scale("4.4001"));
        assert!(scale("3.7999").contains("*|"), "{}", scale("3.7999"));
    }
}
