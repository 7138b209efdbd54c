//! The clock, the roster in force and the keys.

use super::{Line, Mark};
use crate::kernel::documents::clock::{SET_THE_CLOCK, clock_is_wrong};
use crate::kernel::model::time::Timestamp;
use crate::kernel::text::counted;
use crate::session::{Clock as _, Held, HostClock, Station, earlier_than_this_program, installed_roster};
use crate::store::Home;

pub(super) fn look(home: &Home) -> Vec<Line> {
    let clock = HostClock::new();
    let now = clock.now();
    let told = format!("{} UTC, offset {}, time confidence: self", now.time, clock.offset());
    let roster = installed_roster(home);
    let mut lines = vec![Line::new(Mark::Well, "clock", told)];
    let wrong = clock_is_wrong(now.time, roster.as_ref().ok().map(|(roster, ..)| roster), None, None);
    let wrong = wrong.or_else(|| earlier_than_this_program(now.time));
    lines.extend(wrong.map(|wrong| Line::new(Mark::Look, "clock", format!("{wrong}; {SET_THE_CLOCK}"))));
    lines.push(match roster {
        Ok((roster, ..)) => {
            let (site, serial, persons) = (&roster.site, roster.serial, roster.persons.len());
            let told =
                format!("{site} serial {serial}, {}, until {}", counted(persons, "person", "persons"), roster.expires);
            Line::new(Mark::well(roster.in_force(now.time)), "roster", told)
        }
        Err(error) => Line::new(Mark::Look, "roster", error.to_string()),
    });
    lines.extend(keys(home, now.time));
    lines
}

fn keys(home: &Home, at: Timestamp) -> Vec<Line> {
    let told = |key: Held| match (key.trouble(at), key.file) {
        (Some(trouble), _) => Line::new(Mark::Look, "key", trouble),
        (None, Ok(file)) => {
            let text = format!("{} {}, {}", file.path().display(), file.public().id(), key.owner);
            Line::new(Mark::Well, "key", text)
        }
        (None, Err(error)) => Line::new(Mark::Look, "key", error.to_string()),
    };
    match Station::host(home.clone()).keyring() {
        Ok(keys) => keys.into_iter().map(told).collect(),
        Err(error) => vec![Line::new(Mark::Look, "keys", error.to_string())],
    }
}
