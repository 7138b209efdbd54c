//! Many bundles at once: judged side by side, told in order, the worst grade counts.

use super::output::{CliError, Exit};
use super::stream::passing;
use super::verify::{exit_of, print, sight};
use crate::bundle::{RECEIPT, TAG_MANIFEST};
use crate::kernel::judgement::verdict::Severity;
use crate::kernel::text::{counted, escape};
use crate::store::Sight;
use crate::telling::finding;
use crate::verify::{self, Judged, Report};
use rayon::prelude::*;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// A bundle that was asked for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// Where it lies.
    pub(super) path: PathBuf,
    /// Whether it was named itself; one found in a named folder is told in a line.
    pub(super) named: bool,
}

/// Returns the bundles that are meant: each one that was named, and those in a named folder that is none itself.
///
/// # Errors
/// A folder that cannot be read, or holds no bundle.
pub(super) fn bundles(named: Vec<PathBuf>) -> Result<Vec<Asked>, CliError> {
    let mut asked = Vec::new();
    for path in named {
        match is_shelf(&path) {
            false => asked.push(Asked { path, named: true }),
            true => asked.extend(inside(&path)?.into_iter().map(|path| Asked { path, named: false })),
        }
    }
    Ok(asked)
}

/// A folder that is neither a bundle nor a run, but may hold some.
fn is_shelf(path: &Path) -> bool {
    path.is_dir() && !is_sealed(path) && !path.join("data").exists()
}

fn is_sealed(folder: &Path) -> bool {
    [RECEIPT, TAG_MANIFEST].iter().any(|name| folder.join(name).symlink_metadata().is_ok())
}

fn inside(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let unreadable = |error| CliError::of(Exit::CouldNotLook, &error, "check the folder");
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(unreadable)?;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    let open = paths.iter().filter(|path| path.join("data").is_dir() && !is_sealed(path)).count();
    if open > 0 {
        talk!("{} in `{}`: no bundle yet, left out", counted(open, "open run", "open runs"), folder.display());
    }
    let is_proof = |path: &Path| path.is_file() && path.extension().is_some_and(|ending| ending == "proof");
    paths.retain(|path| is_sealed(path) || is_proof(path));
    match paths.is_empty() {
        true => {
            let causes = vec![format!("no bundle in `{}`", folder.display())];
            Err(CliError::told(Exit::CouldNotLook, causes, "name a bundle, or a folder that holds bundles"))
        }
        false => Ok(paths),
    }
}

/// Judges several bundles on all cores and holds them against each other: two of one run, and runs that follow each
/// other. Of each no more is kept than that needs. `seen` tells what the station knows of each beside its verdict, as for a single one.
pub(super) fn together(
    asked: &[Asked],
    judge: impl Fn(&Path) -> Result<Judged, CliError> + Sync,
    seen: impl Fn(&Path, Option<&Sight>),
    json: bool,
) -> Result<Exit, CliError> {
    let progress = Progress::new(asked.len(), json);
    let slim = |judged: Judged| (sight(&judged), judged.for_comparison());
    let found: Vec<_> =
        asked.par_iter().map(|bundle| progress.past(&bundle.path, || judge(&bundle.path).map(slim))).collect();
    progress.over();
    let (mut tally, mut judged, mut told) = (Tally::default(), Vec::new(), Vec::new());
    for (bundle, found) in asked.iter().zip(found) {
        match found {
            Ok((sight, found)) => {
                seen(&bundle.path, sight.as_ref());
                judged.push((bundle.path.as_path(), found));
                told.push(bundle);
            }
            Err(error) => {
                talk!("{}:", escape(&bundle.path.display().to_string()));
                error.tell(json);
                tally.take(error.exit);
            }
        }
    }
    verify::compare(&mut judged);
    verify::follow(&mut judged);
    for (bundle, (path, found)) in told.iter().zip(&judged) {
        match bundle.named || json {
            true => print(&found.report, path, json),
            false => say!("{}", line(&found.report, path)),
        }
        tally.take(exit_of(found.report.verdict));
    }
    if !json {
        say!("{}", tally.words());
    }
    Ok(tally.worst)
}

/// One bundle in a line: its grade, where it lies, and the first thing that stands against FINAL.
fn line(report: &Report, path: &Path) -> String {
    let grave = |severity| report.findings.iter().filter(move |f| f.severity == severity);
    let against: Vec<_> = grave(Severity::Fail).chain(grave(Severity::Pending)).collect();
    let why = against.first().map(|first| {
        let rest = counted(against.len() as u64 - 1, "more", "more");
        let rest = if against.len() > 1 { format!(", {rest}") } else { String::new() };
        format!("  {}{rest}", escape(&finding::brief(first)))
    });
    let verdict = report.verdict.to_string();
    format!("{verdict:<12} {}{}", escape(&path.display().to_string()), why.unwrap_or_default())
}

/// How many bundles came out how.
#[derive(Debug)]
struct Tally {
    worst: Exit,
    counts: [u64; 4],
}

impl Default for Tally {
    fn default() -> Self {
        Self { worst: Exit::Success, counts: [0; 4] }
    }
}

impl Tally {
    fn take(&mut self, exit: Exit) {
        self.worst = self.worst.worse(exit);
        let place = match exit {
            Exit::Success => 0,
            Exit::Provisional => 1,
            Exit::Fail => 2,
            Exit::Usage | Exit::CouldNotLook => 3,
        };
        self.counts[place] += 1;
    }

    fn words(&self) -> String {
        let [sound, provisional, fail, unread] = self.counts;
        let all = counted(self.counts.iter().sum::<u64>(), "bundle", "bundles");
        let unread = if unread > 0 { format!(", {unread} could not be read") } else { String::new() };
        format!("{all}: {sound} FINAL, {provisional} PROVISIONAL, {fail} FAIL{unread}")
    }
}

/// Says on a terminal how far it is: bundles, bytes, speed, and what is left by the bytes so far.
struct Progress {
    shown: bool,
    all: usize,
    done: AtomicU64,
    bytes: AtomicU64,
    since: Instant,
}

impl Progress {
    fn new(all: usize, json: bool) -> Self {
        let shown = !json && std::io::stderr().is_terminal();
        Self { shown, all, done: AtomicU64::new(0), bytes: AtomicU64::new(0), since: Instant::now() }
    }

    fn past<T>(&self, path: &Path, judge: impl FnOnce() -> T) -> T {
        let judged = judge();
        if self.shown {
            let size = size(path);
            let bytes = self.bytes.fetch_add(size, Ordering::Relaxed) + size;
            self.show(self.done.fetch_add(1, Ordering::Relaxed) + 1, bytes);
        }
        judged
    }

    fn show(&self, done: u64, bytes: u64) {
        let seconds = self.since.elapsed().as_secs_f64().max(0.001);
        let speed = bytes as f64 / seconds / 1e6;
        let left = seconds / done as f64 * (self.all as f64 - done as f64);
        let read = bytes as f64 / 1e6;
        let all = counted(self.all, "bundle", "bundles");
        passing(&format!("{done} of {all}, {read:.0} MB read, {speed:.0} MB/s, about {left:.0} s left"));
    }

    fn over(&self) {
        if self.shown {
            passing("");
        }
    }
}

/// How many bytes lie in a bundle.
fn size(path: &Path) -> u64 {
    let Ok(metadata) = path.symlink_metadata() else { return 0 };
    match metadata.is_dir() {
        false => metadata.len(),
        true => {
            let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
            entries.map(|entry| size(&entry.path())).sum()
        }
    }
}
