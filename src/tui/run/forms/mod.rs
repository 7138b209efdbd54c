//! The forms of the run screen, and the acts that they become. May read the run; decides nothing.

mod change;
mod late;
pub(in crate::tui) mod plain;
pub(in crate::tui) mod value;

pub use change::acknowledge_change;
pub use late::{late, unfold_late};
pub use plain::{Plain, brief, material, observe, permit, reconfirm, redact, which_deviation, which_watch};
pub use value::{check, check_intent, component, correct_intent, correction, decision, limits, outcome, value};

use crate::kernel::model::time::Now;
use crate::kernel::run::Run;
use crate::tui::widgets::form::{Day, Edge};

pub(in crate::tui) fn options(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(id, label)| ((*id).to_owned(), (*label).to_owned())).collect()
}

/// A day at the station of a run.
pub(in crate::tui) fn day(run: &Run, edge: Edge) -> Day {
    let offset = run.opened().map_or_else(|| "+00:00".to_owned(), |(opened, _)| opened.offset.clone());
    Day { edge, offset }
}

/// The clocks of the last record: what a form shows is decided again when it is handed in.
pub(in crate::tui) fn now_of(run: &Run) -> Now {
    run.last().cloned().unwrap_or_else(Now::unknown)
}
