//! A clock that is plainly wrong, told by what must lie behind it.
//!
//! Everything else that hangs on time (keys, roles, approvals, dates) would be refused with a misleading reason, so
//! this is asked first.

use crate::kernel::documents::roster::Roster;
use crate::kernel::model::time::Timestamp;
use std::fmt;

/// How far a machine at which a package was locked may be ahead of this one, in milliseconds.
const AHEAD_MS: i64 = 600_000;

/// What lies behind every right clock of this station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Landmark {
    /// The program was made.
    ProgramMade,
    /// The roster in force was issued.
    RosterIssued,
    /// The package was locked.
    PackageLocked,
    /// The last record of the run was made.
    LastRecord,
}

impl fmt::Display for Landmark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ProgramMade => "this program was made",
            Self::RosterIssued => "the roster was issued",
            Self::PackageLocked => "the package was locked",
            Self::LastRecord => "the last record of the run was made",
        })
    }
}

/// A clock that says an earlier time than it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the clock of this station is wrong: it says {} UTC, but {landmark} at {} UTC", says.minute(), at.minute())]
pub struct WrongClock {
    /// What it says.
    pub says: Timestamp,
    /// What lies behind every right clock.
    pub landmark: Landmark,
    /// When that was.
    pub at: Timestamp,
}

/// What to do about a wrong clock.
pub const SET_THE_CLOCK: &str = "set the clock of this machine, then do it again; roster and package are not the cause";

/// Returns why a clock is plainly wrong: it says an earlier time than the program that asks it was made at.
///
/// For the station alone: what an older program recorded is not judged by when a newer one was made.
#[must_use]
pub fn clock_is_behind(says: Timestamp, made: Timestamp) -> Option<WrongClock> {
    (says < made).then_some(WrongClock { says, landmark: Landmark::ProgramMade, at: made })
}

/// Returns why a clock is plainly wrong: it says an earlier time than the roster was issued at, the package was locked
/// at, or the last record was made at.
#[must_use]
pub fn clock_is_wrong(
    says: Timestamp,
    roster: Option<&Roster>,
    locked: Option<Timestamp>,
    last: Option<Timestamp>,
) -> Option<WrongClock> {
    let landmarks = [
        (Landmark::RosterIssued, roster.map(|roster| roster.issued)),
        (Landmark::PackageLocked, locked.map(|at| Timestamp::from_millis(at.millis() - AHEAD_MS))),
        (Landmark::LastRecord, last),
    ];
    let earlier = landmarks.into_iter().filter_map(|(landmark, at)| Some((landmark, at?)));
    let (landmark, at) = earlier.filter(|(_, at)| says < *at).max_by_key(|(_, at)| *at)?;
    Some(WrongClock { says, landmark, at })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_clock_before_the_package_was_locked_is_wrong_and_a_little_behind_it_is_not() {
        let locked = Some(at("2026-11-21T08:00:00.000Z"));
        let wrong = clock_is_wrong(at("1970-01-01T00:00:12.000Z"), None, locked, None).unwrap();
        assert_eq!(wrong.landmark, Landmark::PackageLocked);
        assert!(wrong.to_string().starts_with("the clock of this station is wrong: it says 1970-01-01 00:00 UTC, but"));
        assert_eq!(clock_is_wrong(at("2026-11-21T07:55:00.000Z"), None, locked, None), None);
    }

    #[test]
    fn a_clock_before_the_program_was_made_is_wrong() {
        let made = at("2026-11-21T00:00:00.000Z");
        let told = clock_is_behind(at("2026-02-03T04:05:00.000Z"), made).unwrap().to_string();
        let expected = "the clock of this station is wrong: it says 2026-02-03 04:05 UTC, but this program was made at \
                        2026-11-21 00:00 UTC";
        assert_eq!(told, expected);
        assert_eq!(clock_is_behind(made, made), None);
    }

    #[test]
    fn the_latest_landmark_is_named() {
        let locked = Some(at("2026-11-21T08:00:00.000Z"));
        let last = Some(at("2026-11-22T08:00:00.000Z"));
        let wrong = clock_is_wrong(at("2000-01-01T00:00:00.000Z"), None, locked, last).unwrap();
        assert_eq!((wrong.landmark, Some(wrong.at)), (Landmark::LastRecord, last));
        assert_eq!(clock_is_wrong(at("2026-11-22T08:00:00.000Z"), None, locked, last), None);
    }
}
