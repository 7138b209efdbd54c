//! The folders of open runs: what would keep them from being sealed, told on the day it happens.

use super::{Line, Mark};
use crate::kernel::model::name::RunId;
use crate::session::amiss_in;
use crate::store::Home;

pub(super) fn look(home: &Home) -> Vec<Line> {
    let entries = std::fs::read_dir(home.runs()).into_iter().flatten().flatten();
    let mut runs: Vec<RunId> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    runs.sort();
    let of = |run: &RunId| {
        let lines =
            amiss_in(home, run).into_iter().map(|amiss| Line::new(Mark::Look, "folder", format!("{run} {amiss}")));
        lines.collect::<Vec<_>>()
    };
    runs.iter().flat_map(of).collect()
}
