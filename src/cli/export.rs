//! `asrun export`: a sealed run as one `.proof` file, read again and verified before it is named done.

use super::output::{CliError, Exit};
use super::verify::exit_of;
use crate::bundle::{self, BundleError, OpenError, Source};
use crate::kernel::verdict::Verdict;
use crate::store::Home;
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
    let exported = bundle::export(&from, &to).map_err(failed)?;
    let unread = |error: &dyn std::error::Error| {
        CliError::of(Exit::CouldNotLook, error, "the copy was written but could not be verified: do not rely on it")
    };
    let copy = Source::open(&to).map_err(|error| unread(&error))?;
    let report = verify::check(&copy, &Anchors::none(), None).map_err(|error| unread(&error))?;
    say!("{}", to.display());
    talk!(
        "exported: {} files, {} bytes, read again and verified: {}",
        exported.members,
        exported.bytes,
        report.verdict
    );
    // An export that was written is done; only a copy that fails says so.
    Ok(if report.verdict == Verdict::Fail { exit_of(report.verdict) } else { Exit::Success })
}

/// A run of this home by its id, or a path.
pub(super) fn locate(run: &str, home: &Home) -> PathBuf {
    match run.parse() {
        Ok(id) => home.run(&id).dir,
        Err(_) => PathBuf::from(run),
    }
}
