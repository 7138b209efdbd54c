//! `asrun export`: a sealed run as one `.proof` file, read again and verified before it is named done.

use super::import::noted;
use super::output::{CliError, Exit};
use super::verify::exit_of;
use crate::bundle::{self, BundleError, OpenError, Source};
use crate::kernel::judgement::verdict::Verdict;
use crate::kernel::text::{counted, escape};
use crate::session::archive::{self, Archived};
use crate::session::{Station, health};
use crate::store::{Disk, Home, Occasion};
use crate::verify::{self, Anchors};
use std::path::PathBuf;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The run of this home, or a bundle folder
    run: String,
    /// The file to write; otherwise `<run>.proof` in the current folder
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Carries the command out.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    if let Some(archived) = archived(&args.run, home) {
        return write_out(&archived, args);
    }
    let from = locate(&args.run, home);
    let name = from.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_else(|| "bundle".into());
    let to = args.output.clone().unwrap_or_else(|| PathBuf::from(format!("{name}.proof")));
    let failed = |error: BundleError| {
        let hint = match error {
            BundleError::Open(OpenError::Unsealed(_)) => "no file was written; `asrun seal RUN` seals it first",
            _ => "the bundle is as it was, and no file was left behind; `asrun verify` says what is wrong",
        };
        CliError::of(Exit::CouldNotLook, &error, hint)
    };
    let exported = bundle::export(&from, &to, &Disk::new()).map_err(failed)?;
    let unread = |error: &dyn std::error::Error| {
        CliError::of(Exit::CouldNotLook, error, "the copy was written but could not be verified: do not rely on it")
    };
    let copy = Source::open(&to).map_err(|error| unread(&error))?;
    let judged = verify::judge(&copy, &Anchors::none(), None).map_err(|error| unread(&error))?;
    let report = judged.report;
    // What a stranger calls a run of this site is no memory of it.
    if let Some(run) = judged.run.as_ref().filter(|run| home.run(run.id()).dir == from) {
        noted(health::note(&Station::host(home.clone()), run, judged.seal, Occasion::Exported));
    }
    say!("{}", to.display());
    talk!(
        "exported: {}, {}, read again and verified: {}",
        counted(exported.members, "file", "files"),
        counted(exported.bytes, "byte", "bytes"),
        report.verdict
    );
    // An export that was written is done; only a copy that fails says so.
    Ok(if report.verdict == Verdict::Fail { exit_of(report.verdict) } else { Exit::Success })
}

/// Writes what holds of an archived run into a folder; it is no bundle, and nobody can take it for one.
fn write_out(archived: &Archived, args: &Args) -> Result<Exit, CliError> {
    let to = args.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}.archived", args.run)));
    let failed =
        |error| CliError::of(Exit::CouldNotLook, &error, "the archived run is as it was; choose another folder");
    let reading = archive::write_out(archived, &Disk::new(), &to).map_err(failed)?;
    say!("{}", to.display());
    talk!(
        "{}, with files; {}",
        counted(reading.records.len(), "record that holds", "records that hold"),
        escape(&archived.words())
    );
    Ok(Exit::Success)
}

/// A run of this home by its id, archived or not, or a path.
pub(super) fn locate(run: &str, home: &Home) -> PathBuf {
    match (archived(run, home), run.parse()) {
        (Some(archived), _) => archived.run(),
        (None, Ok(id)) => home.run(&id).dir,
        (None, Err(_)) => PathBuf::from(run),
    }
}

/// The archived run of this id, where no other one of it is in the home.
pub(super) fn archived(run: &str, home: &Home) -> Option<Archived> {
    let id = run.parse().ok()?;
    if home.run(&id).dir.exists() { None } else { archive::archived_run(home, &id) }
}
