//! What a run knows of the station that writes it: which program, and which roster is in force there.

use super::Run;
use crate::kernel::model::opening::{Program, StationRoster};

/// Program and roster as they were acknowledged, and as they are now.
#[derive(Clone, Debug)]
pub(super) struct Station {
    pub(super) acknowledged: (Program, Option<StationRoster>),
    pub(super) present: (Program, Option<StationRoster>),
}

/// What changed between two starts and nobody has acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The program that writes now, where it is another one.
    pub program: Option<Program>,
    /// The roster in force at the station, where it is a newer one.
    pub roster: Option<StationRoster>,
    was: (Program, u32),
}

impl Change {
    /// Returns what changed, a line each.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let (program, serial) = &self.was;
        let newer = self.program.iter().map(|now| format!("program: {} before, {} now", named(program), named(now)));
        let roster = self.roster.iter().map(|now| format!("roster: serial {serial} before, {} now", now.serial));
        newer.chain(roster).collect()
    }
}

fn named(program: &Program) -> String {
    let digest = program.digest.map(|digest| format!(" ({})", &digest.to_string()[..19])).unwrap_or_default();
    format!("asrun {}{digest}", program.version)
}

impl Run {
    /// Returns what changed since the run was last worked on, while nobody has acknowledged it.
    #[must_use]
    pub fn change(&self) -> Option<Change> {
        let Station { acknowledged, present } = self.station.as_ref()?;
        let serial = self.serial_of(acknowledged.1.as_ref());
        let program = (present.0 != acknowledged.0).then(|| present.0.clone());
        let roster = present.1.clone().filter(|roster| roster.serial > serial);
        let changed = program.is_some() || roster.is_some();
        changed.then(|| Change { program, roster, was: (acknowledged.0.clone(), serial) })
    }

    /// A station without a roster works under the one that the run was opened with.
    fn serial_of(&self, roster: Option<&StationRoster>) -> u32 {
        roster.map_or(self.roster.serial, |roster| roster.serial.max(self.roster.serial))
    }
}
