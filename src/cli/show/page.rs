//! What is shown: the run, its records, its grade.
//!
//! Sealed runs are judged first, so that the grade stands above the record; an open run is folded as far as its
//! journal goes and says that it is not sealed.

use super::super::report;
use crate::bundle::{OpenError, Source};
use crate::kernel::documents::approval::Approver;
use crate::kernel::records::record::SignedRecord;
use crate::kernel::run::Run;
use crate::session::archive::archived;
use crate::session::health::{Depth, Health, Reading, look_in, look_keeping};
use crate::session::{MAX_PACKAGE, open_package};
use crate::store::{Home, read_whole};
use crate::telling::block::Block;
use crate::telling::record::{self, AsRun};
use crate::verify::{self, Anchors, Report, Shelved, VerifyError};
use std::path::{Path, PathBuf};

/// Why a record cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum ShowError {
    /// It cannot be opened.
    #[error("cannot open it")]
    Open(#[from] OpenError),
    /// It cannot be verified to the end.
    #[error("cannot read it to the end")]
    Verify(#[from] VerifyError),
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
    /// Who approved the package.
    pub(in crate::cli) approvers: Vec<Approver>,
    /// Sign-offs, counted or not.
    pub(in crate::cli) signoffs: Vec<Shelved>,
    /// Whether a folder is what was recorded there; nobody can tell of a `.proof` file.
    pub(in crate::cli) health: Option<Health>,
    /// Under which words it was archived, where it was.
    pub(in crate::cli) archived: Option<String>,
}

impl Shown {
    /// Writes the document: the record, with its grade and what was signed off later.
    pub(in crate::cli) fn document(&self) -> Vec<Block> {
        let mut signoffs: Vec<_> = self.signoffs.iter().collect();
        signoffs.sort_by_key(|shelved| (shelved.statement.time, shelved.digest));
        record::document(&AsRun {
            run: self.run.as_ref(),
            records: &self.records,
            approvers: &self.approvers,
            verdict: self.verdict(),
            signoffs: signoffs.iter().map(|shelved| (&*shelved.statement, shelved.counted)).collect(),
        })
    }

    fn verdict(&self) -> Vec<Block> {
        let mut page = vec![Block::Heading("Verdict".into())];
        page.extend(self.archived.iter().map(|words| Block::Item(words.clone())));
        page.extend(self.health.iter().map(|health| Block::Item(health.words())));
        let Some(report) = &self.report else {
            page.push(Block::Item("not sealed: there is no verdict".into()));
            return page;
        };
        page.push(Block::Item(report.verdict.to_string()));
        page.extend(report::blocks(report));
        page
    }
}

/// Reads a bundle, judged under the given anchors, or the folder of a run as far as its records hold. What the home
/// remembers of a run of its own is held against it.
///
/// # Errors
/// When nothing can be read there.
pub(in crate::cli) fn load(path: &Path, anchors: &Anchors, home: &Home) -> Result<Shown, ShowError> {
    let archived = archived(home).into_iter().find(|archived| archived.run() == path).map(|a| a.words());
    match (loaded(path, anchors, home), archived) {
        (Ok(shown), archived) => Ok(Shown { archived, ..shown }),
        (Err(_), Some(reason)) => Err(ShowError::Run { path: path.to_owned(), reason }),
        (Err(error), None) => Err(error),
    }
}

/// Who approved the package of a run that is not sealed.
fn approvers(dir: &Path, run: &Run) -> Vec<Approver> {
    let package = read_whole(&dir.join("data/package.lep"), "the package", MAX_PACKAGE);
    let package = package.ok().and_then(|bytes| open_package(&bytes).ok());
    let told = package.zip(run.opened()).map(|(package, (_, at))| package.approvers(run.roster(), at));
    told.unwrap_or_default()
}

fn loaded(path: &Path, anchors: &Anchors, home: &Home) -> Result<Shown, ShowError> {
    let folder = path.is_dir() || !path.exists();
    let looked = |look: fn(&Home, &Path, Depth) -> Reading| folder.then(|| look(home, path, Depth::Bytes));
    match Source::open(path) {
        Ok(source) => {
            let (reading, judged) = (looked(look_in), verify::judge_keeping(&source, anchors, None)?);
            let health = reading.as_ref().map(|reading| reading.health.clone());
            // Where the verifier proves no run, what holds of it is shown as far as it goes.
            let proved_less = judged.run.is_none() && reading.is_some_and(|reading| reading.run.is_some());
            let (run, records) = match proved_less.then(|| looked(look_keeping)).flatten() {
                Some(reading) => (reading.run, reading.records),
                None => (judged.run, judged.records),
            };
            let approvers = judged.report.package_approvals.clone();
            let (report, signoffs) = (Some(judged.report), judged.signoffs);
            Ok(Shown { run, records, report, approvers, signoffs, health, archived: None })
        }
        Err(OpenError::Unsealed(_)) => match looked(look_keeping) {
            Some(Reading { records, run, health, .. }) if !records.is_empty() => {
                let approvers = run.as_ref().map(|run| approvers(path, run)).unwrap_or_default();
                let (report, signoffs, health) = (None, Vec::new(), Some(health));
                Ok(Shown { run, records, report, approvers, signoffs, health, archived: None })
            }
            reading => {
                let reason = reading.map_or_else(|| "it is no folder".to_owned(), |r| r.health.words());
                Err(ShowError::Run { path: path.to_owned(), reason })
            }
        },
        Err(error) => match looked(look_in).filter(|reading| reading.health.of_at_least.is_some()) {
            Some(reading) => Err(ShowError::Run { path: path.to_owned(), reason: reading.health.words() }),
            None => Err(error.into()),
        },
    }
}
