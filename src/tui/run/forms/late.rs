//! Late entry: when it happened and why it is entered only now. Folded away until it is asked for.

use crate::kernel::model::late::Late;
use crate::kernel::model::time::Timestamp;
use crate::tui::widgets::form::{Field, Form};

/// The fields of a late entry, put away.
pub(in crate::tui) fn late_fields() -> [Field; 2] {
    [
        Field::text("late_at", "When it happened (UTC), such as 13:05 or 2027-01-31 13:05", false).folded(),
        Field::text("late_why", "Why it is entered only now", false).folded(),
    ]
}

/// Asks for a late entry; tells whether the form can be one.
pub fn unfold_late(form: &mut Form) -> bool {
    for name in ["late_at", "late_why"] {
        form.unfold(name, true, true);
    }
    form.field("late_at").is_some()
}

/// Reads the late entry of a form; none where it was not asked for.
///
/// # Errors
/// What cannot be read, in words for the person who fills it in.
pub fn late(form: &Form, now: Timestamp) -> Result<Option<Late>, &'static str> {
    let (Some(at), Some(reason)) = (form.value("late_at"), form.value("late_why")) else { return Ok(None) };
    let event_time = moment(at, now).ok_or("write when it happened as 13:05 or 2027-01-31 13:05")?;
    Ok(Some(Late { event_time, reason: reason.to_owned() }))
}

/// A time of this day, a day with a time, or the moment as records spell it.
fn moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    let today = now.to_string();
    let (day, time) = match text.split_once([' ', 'T']) {
        Some((day, time)) => (day, time),
        None => (today.get(..10)?, text),
    };
    let time = time.trim().trim_end_matches('Z');
    let rest = match time.len() {
        5 => ":00.000Z",
        8 => ".000Z",
        _ => "Z",
    };
    format!("{day}T{time}{rest}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_in_the_ways_that_people_write_it() {
        let now: Timestamp = "2027-01-31T14:00:00.000Z".parse().unwrap();
        for text in ["13:05", "13:05:00", "2027-01-31 13:05", "2027-01-31T13:05:00.000Z"] {
            assert_eq!(moment(text, now).unwrap().to_string(), "2027-01-31T13:05:00.000Z", "{text}");
        }
        for text in ["", "noon", "25:00", "31.1. 13:05", "2027-13-01 10:00", "é1:05"] {
            assert_eq!(moment(text, now), None, "{text}");
        }
    }
}
