//! The runs of the home, and what an import left beside them.

use super::{Line, Mark};
use crate::session::runs::list;
use crate::store::Home;

pub(super) fn look(home: &Home) -> Vec<Line> {
    let runs = list(home).into_iter().map(|run| {
        let note = match (&run.trouble, run.sealed) {
            (Some(trouble), _) => trouble.clone(),
            (None, true) => "sealed; export it to keep a copy elsewhere".to_owned(),
            (None, false) => format!("not sealed ({})", run.phase.word()),
        };
        Line::new(Mark::well(run.trouble.is_none()), "run", format!("{} {note}", run.id))
    });
    let leftovers = home.leftovers().into_iter().map(|folder| {
        let advice = "an import did not end; unless one is at work, nothing needs this folder: remove it";
        Line::new(Mark::Look, "leftover", format!("{}: {advice}", folder.display()))
    });
    runs.chain(leftovers).collect()
}
