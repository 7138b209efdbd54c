//! What is shown: the run, its records, its grade, and the parts of a document.
//!
//! Sealed runs are judged first, so that the grade stands above the record; an open run is folded as far as its
//! journal goes and says that it is not sealed.

use crate::bundle::{OpenError, Source};
use crate::kernel::model::record::SignedRecord;
use crate::kernel::run::Run;
use crate::library::{self, MAX_DOCUMENT};
use crate::session::{MAX_PACKAGE, open_package};
use crate::store::{WholeError, read_whole};
use crate::verify::{self, Anchors, Report, Shelved, VerifyError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest journal that is read at once.
const MAX_JOURNAL: u64 = 1 << 30;

/// Why a record cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum ShowError {
    /// It cannot be opened.
    #[error("cannot open it")]
    Open(#[from] OpenError),
    /// It cannot be verified to the end.
    #[error("cannot read it to the end")]
    Verify(#[from] VerifyError),
    /// A file of an open run cannot be read.
    #[error("a file of the run is not read")]
    File(#[from] WholeError),
    /// The run cannot be folded.
    #[error("`{}` cannot be read as a run: {reason}", path.display())]
    Run {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// What is shown.
#[derive(Debug)]
pub(in crate::cli) struct Shown {
    /// The run; none where a sealed run's records contradict each other.
    pub(in crate::cli) run: Option<Run>,
    /// Its records.
    pub(in crate::cli) records: Vec<SignedRecord>,
    /// What the verifier says; none of an unsealed run.
    pub(in crate::cli) report: Option<Report>,
    /// Sign-offs, counted or not.
    pub(in crate::cli) signoffs: Vec<Shelved>,
}

/// A part of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Block {
    /// The head of the document.
    Title(String),
    /// What must stand above everything, such as a warning that this is a demonstration.
    Banner(String),
    /// The head of a part.
    Heading(String),
    /// A step.
    Step(String),
    /// A name and what it is.
    Field(String, String),
    /// A line.
    Item(String),
    /// A name and what it is, struck out: a later one stands in its place.
    Struck(String, String),
    /// An entry that was corrected: what it was, what it is now.
    Was(String, String),
}

/// Reads a bundle, judged under the given anchors, or the folder of an open run.
///
/// # Errors
/// When nothing can be read there.
pub(in crate::cli) fn load(path: &Path, anchors: &Anchors) -> Result<Shown, ShowError> {
    match Source::open(path) {
        Ok(source) => {
            let judged = verify::judge(&source, anchors, None)?;
            let (records, signoffs) = (judged.records, judged.signoffs);
            Ok(Shown { run: judged.run, records, report: Some(judged.report), signoffs })
        }
        Err(OpenError::Unsealed(dir)) => unsealed(&dir),
        Err(error) => Err(error.into()),
    }
}

fn unsealed(dir: &Path) -> Result<Shown, ShowError> {
    let read = |name: &str, what, limit| read_whole(&dir.join(name), what, limit);
    let failed = |name: &str, reason: String| ShowError::Run { path: dir.join(name), reason };
    let package = open_package(&read("data/package.lep", "the package", MAX_PACKAGE)?);
    let package = package.map_err(|fault| failed("data/package.lep", fault.to_string()))?;
    let journal = read("data/journal.jsonl", "the journal", MAX_JOURNAL)?;
    let whole = journal.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end);
    let lines = journal[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let records = lines.map(SignedRecord::parse).collect::<Result<Vec<_>, _>>();
    let records = records.map_err(|fault| failed("data/journal.jsonl", fault.to_string()))?;
    let Some(first) = records.first().map(|signed| signed.record().clone()) else {
        return Err(failed("data/journal.jsonl", "no record yet".into()));
    };
    let crate::kernel::model::event::Event::RunOpened(opened) = &first.event else {
        return Err(failed("data/journal.jsonl", "the first record does not open a run".into()));
    };
    let name = format!("data/rosters/{}.yaml", opened.roster_serial);
    let roster = library::read_roster(&name, &read(&name, "the roster", MAX_DOCUMENT as u64)?);
    let roster = roster.map_err(|fault| failed(&name, fault.to_string()))?;
    let mut run = Run::draft(Arc::new(package.plan), Arc::new(roster), first.run.clone());
    for signed in &records {
        run.admits(signed).map_err(|contradiction| failed("data/journal.jsonl", contradiction.to_string()))?;
        run.after(signed);
    }
    Ok(Shown { run: Some(run), records, report: None, signoffs: Vec::new() })
}
