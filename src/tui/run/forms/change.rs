//! What changed between two starts, and that somebody has seen it.

use super::Plain;
use crate::kernel::run::Run;
use crate::tui::run::dialog::Dialog;
use crate::tui::widgets::form::Field;

/// One question: has the person seen that program or roster changed?
#[must_use]
pub fn acknowledge_change(run: &Run) -> Option<Dialog> {
    let change = run.change()?;
    let mut intro = vec!["Since the run was last worked on this changed:".to_owned()];
    intro.extend(change.words().iter().map(|line| format!("  {line}")));
    intro.push("Nothing else is done before somebody has seen it. Stop work and abort go on as always.".into());
    intro.push("Go on with the run under what is here now?".into());
    let fields = vec![Field::text("comment", "Remark", false)];
    Some(Plain::new("acknowledge_change").form("Something changed", intro, fields))
}
