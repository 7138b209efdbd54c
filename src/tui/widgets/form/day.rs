//! A day as people write it, and which moment of it counts: what begins on a day begins with it, what ends on a day lasts
//! to its end, at the station.

use crate::kernel::model::time::Timestamp;

/// Which moment of a day counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The first: something begins.
    First,
    /// The last: something lasts through the day.
    Last,
}

/// A field for a day at a station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// Which moment counts.
    pub edge: Edge,
    /// The UTC offset of the station, such as `+01:00`.
    pub offset: String,
}

impl Day {
    /// Reads `2027-01-31`, or a day with a time, both at the station, or a moment as records spell it.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<Timestamp> {
        let text = text.trim();
        if let Ok(moment) = text.parse() {
            return Some(moment);
        }
        let (day, time) = match (text.split_once([' ', 'T']), self.edge) {
            (Some((day, time)), _) => (day, format!("{}:00.000", time.trim())),
            (None, Edge::First) => (text, "00:00:00.000".to_owned()),
            (None, Edge::Last) => (text, "23:59:59.999".to_owned()),
        };
        let plain = day.len() == 10 && time.len() == 12;
        let moment: jiff::Timestamp = format!("{day}T{time}{}", self.offset).parse().ok().filter(|_| plain)?;
        Some(Timestamp::from_millis(moment.as_millisecond()))
    }

    /// Says what is meant by what was typed, or what is wrong with it.
    #[must_use]
    pub fn echo(&self, text: &str) -> Option<String> {
        if text.trim().is_empty() {
            return None;
        }
        let from = if self.edge == Edge::First { "from" } else { "until" };
        Some(match self.read(text) {
            Some(moment) => format!("{from} {moment}"),
            None => "not a date; try 2027-01-31".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(edge: Edge, offset: &str, text: &str) -> Option<String> {
        Day { edge, offset: offset.into() }.read(text).map(|moment| moment.to_string())
    }

    #[test]
    fn a_day_begins_with_its_first_and_ends_with_its_last_moment_at_the_station() {
        let at = |edge, offset| read(edge, offset, "2027-01-31").unwrap();
        assert_eq!(at(Edge::First, "+00:00"), "2027-01-31T00:00:00.000Z");
        assert_eq!(at(Edge::Last, "+00:00"), "2027-01-31T23:59:59.999Z");
        assert_eq!(at(Edge::First, "+05:30"), "2027-01-30T18:30:00.000Z");
        assert_eq!(at(Edge::Last, "-08:00"), "2027-02-01T07:59:59.999Z");
    }

    #[test]
    fn a_time_of_a_day_is_that_moment_whatever_its_edge() {
        for edge in [Edge::First, Edge::Last] {
            assert_eq!(read(edge, "+01:00", "2027-01-31 13:05").as_deref(), Some("2027-01-31T12:05:00.000Z"));
            let exact = "2027-01-31T13:05:00.000Z";
            assert_eq!(read(edge, "+01:00", exact).as_deref(), Some(exact));
        }
    }

    #[test]
    fn what_is_no_day_is_said_and_read_as_none() {
        for text in ["next year", "31.1.2027", "2027-02-30", "2027-01-31 25:00", "2027-1-31", "2027-01-31 1:05"] {
            assert_eq!(read(Edge::Last, "+00:00", text), None, "{text}");
        }
        let day = Day { edge: Edge::Last, offset: "+00:00".into() };
        assert_eq!(day.echo(""), None);
        assert_eq!(day.echo("tomorrow").as_deref(), Some("not a date; try 2027-01-31"));
        assert_eq!(day.echo("2027-01-31").as_deref(), Some("until 2027-01-31T23:59:59.999Z"));
    }
}
