//! Reading a run for replay; every record is checked by the kernel.

use super::effect::Recording;
use super::words::chain;
use crate::bundle::Source;
use crate::kernel::model::record::SignedRecord;
use crate::kernel::run::Run;
use crate::session::Material;
use crate::store::RunPaths;
use crate::verify::{self, Anchors};
use std::path::Path;

/// Reads a run folder or a sealed bundle for replay; every record is checked by the kernel.
///
/// # Errors
/// Why nothing of it can be read.
pub fn recording(path: &Path) -> Result<Recording, String> {
    if path.is_dir() && !path.join("receipt.json").is_file() {
        let paths = RunPaths { dir: path.to_owned(), local: path.with_extension("local") };
        let lines = crate::store::read_lines(&paths).map_err(|e| chain(&e))?;
        let material = Material::of_run(&paths).map_err(|e| chain(&e))?;
        return folded(path, &material, lines.whole);
    }
    let source = Source::open(path).map_err(|e| chain(&e))?;
    let judged = verify::judge(&source, &Anchors::none(), None).map_err(|e| chain(&e))?;
    let Some(run) = judged.run else { return Err("the journal is damaged; the verdict says where".into()) };
    let draft = Run::draft(run.plan().clone(), run.roster().clone(), run.id().clone());
    Ok(Recording { path: path.to_owned(), draft, records: judged.records, broken: None })
}

fn folded(path: &Path, material: &Material, lines: Vec<Vec<u8>>) -> Result<Recording, String> {
    let first = lines.first().ok_or("the journal is empty")?;
    let first = SignedRecord::parse(first).map_err(|e| e.to_string())?;
    let draft = Run::draft(material.plan.clone(), material.roster.clone(), first.record().run.clone());
    let mut run = draft.clone();
    let (mut records, mut broken) = (Vec::new(), None);
    for (number, line) in (1..).zip(lines) {
        let checked = SignedRecord::parse(&line)
            .map_err(|e| e.to_string())
            .and_then(|r| run.admits(&r).map(|()| r).map_err(|e| e.to_string()));
        match checked {
            Ok(record) => {
                run.after(&record);
                records.push(record);
            }
            Err(why) => {
                broken = Some(format!("record {number}: {why}"));
                break;
            }
        }
    }
    Ok(Recording { path: path.to_owned(), draft, records, broken })
}
