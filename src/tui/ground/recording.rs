//! Reading a run for replay; every record is checked by the kernel.

use crate::bundle::Source;
use crate::kernel::run::Run;
use crate::session::health::{Depth, look_keeping};
use crate::store::Home;
use crate::tui::ground::effect::Recording;
use crate::tui::words::chain;
use crate::verify::{self, Anchors};
use std::path::Path;

/// Reads a run folder or a sealed bundle for replay, as far as its records hold.
///
/// # Errors
/// Why nothing of it can be read.
pub fn recording(path: &Path, home: &Home) -> Result<Recording, String> {
    if path.is_dir() || !path.exists() {
        return folder(path, home);
    }
    let source = Source::open(path).map_err(|e| chain(&e))?;
    let judged = verify::judge_keeping(&source, &Anchors::none(), None).map_err(|e| chain(&e))?;
    let Some(run) = judged.run else { return Err("the journal is damaged; the verdict says where".into()) };
    let draft = Run::draft(run.plan().clone(), run.roster().clone(), run.id().clone());
    Ok(Recording { path: path.to_owned(), draft, records: judged.records, health: None })
}

fn folder(path: &Path, home: &Home) -> Result<Recording, String> {
    let reading = look_keeping(home, path, Depth::Bytes);
    let Some(run) = reading.run.filter(|_| !reading.records.is_empty()) else { return Err(reading.health.words()) };
    let draft = Run::draft(run.plan().clone(), run.roster().clone(), run.id().clone());
    Ok(Recording { path: path.to_owned(), draft, records: reading.records, health: Some(reading.health) })
}
