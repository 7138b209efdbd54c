//! The clock, the roster in force and the keys.

use super::{Line, Mark};
use crate::keys::KeyFolder;
use crate::session::{Clock as _, HostClock, installed_roster};
use crate::store::Home;

pub(super) fn look(home: &Home) -> Vec<Line> {
    let clock = HostClock::new();
    let now = clock.now();
    let told = format!("{} UTC, offset {}, time confidence: self", now.time, clock.offset());
    let mut lines = vec![Line::new(Mark::Well, "clock", told)];
    lines.push(match installed_roster(home) {
        Ok((roster, ..)) => {
            let (site, serial, persons) = (&roster.site, roster.serial, roster.persons.len());
            let told = format!("{site} serial {serial}, {persons} persons, until {}", roster.expires);
            Line::new(Mark::well(roster.in_force(now.time)), "roster", told)
        }
        Err(error) => Line::new(Mark::Look, "roster", error.to_string()),
    });
    lines.extend(keys(home));
    lines
}

fn keys(home: &Home) -> Vec<Line> {
    match KeyFolder::new(home.keys()).list() {
        Ok(keys) => keys
            .into_iter()
            .map(|key| match key {
                Ok(key) => Line::new(Mark::Well, "key", format!("{} {}", key.path().display(), key.public().id())),
                Err(error) => Line::new(Mark::Look, "key", error.to_string()),
            })
            .collect(),
        Err(error) => vec![Line::new(Mark::Look, "keys", error.to_string())],
    }
}
