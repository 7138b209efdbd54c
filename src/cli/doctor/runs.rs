//! The runs of the home, those that were archived, what the station remembers, and what an import left.

use super::{Line, Mark};
use crate::kernel::documents::clock::{SET_THE_CLOCK, clock_is_wrong};
use crate::session::archive::archived;
use crate::session::health::Depth;
use crate::session::runs::{RunSummary, list};
use crate::session::{Clock as _, HostClock};
use crate::store::{Home, Memory};

pub(super) fn look(home: &Home) -> Vec<Line> {
    let runs = list(home, Depth::Bytes);
    let clock = clock(&runs);
    let runs = runs.into_iter().map(|run| {
        let standing = match (run.health.is_well(), run.sealed) {
            (false, _) => run.health.state.hint().to_owned(),
            (true, true) => "sealed; export it to keep a copy elsewhere".to_owned(),
            (true, false) => format!("not sealed ({})", run.phase.word()),
        };
        Line::new(Mark::well(run.health.is_well()), "run", format!("{} {}; {standing}", run.id, run.health))
    });
    let archived = archived(home).into_iter().map(|run| {
        Line::new(Mark::well(run.fault.is_none()), "archived", format!("{} {}", run.manifest.run, run.words()))
    });
    let rescued = home.rescued().into_iter().map(|path| {
        let advice =
            "acknowledged records that wait: `asrun doctor --fix RUN --as PERSON --reason TEXT` puts them back";
        Line::new(Mark::Look, "rescued", format!("{}: {advice}", path.display()))
    });
    let leftovers = home.leftovers().into_iter().map(|folder| {
        let advice = "an import did not end; unless one is at work, nothing needs this folder: remove it";
        Line::new(Mark::Look, "leftover", format!("{}: {advice}", folder.display()))
    });
    std::iter::once(memory(home)).chain(clock).chain(runs).chain(rescued).chain(archived).chain(leftovers).collect()
}

/// A clock that stands before the last record of a run that is worked on here.
fn clock(runs: &[RunSummary]) -> Option<Line> {
    let last = runs.iter().filter(|run| !run.sealed).filter_map(|run| run.last).max();
    let wrong = clock_is_wrong(HostClock::new().now().time, None, None, last)?;
    Some(Line::new(Mark::Look, "clock", format!("{wrong}; {SET_THE_CLOCK}")))
}

fn memory(home: &Home) -> Line {
    let memory = Memory::read(home);
    let text = match memory.fault() {
        Some(fault) => format!("memory.jsonl: {fault}"),
        None => format!("{} sights of runs, kept outside their folders", memory.lines()),
    };
    Line::new(Mark::well(memory.fault().is_none()), "memory", text)
}
