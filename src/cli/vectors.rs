//! `asrun vectors`: damaged and sound bundles as files, each with the answer that a verifier must give.

use super::output::{CliError, Exit};
use crate::kernel::text::counted;
use crate::store::Disk;
use crate::vectors::{self, VectorsError};
use std::path::PathBuf;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder to write; it is new or empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Carries the command out.
pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let written = vectors::write(&args.out, &Disk::new()).map_err(|error| {
        let hint = match error {
            VectorsError::NotEmpty(_) => "name a folder that is new or empty",
            VectorsError::Disk { .. } | VectorsError::Form(_) => {
                "nothing is left under that name; look for space and rights, and write them again"
            }
        };
        CliError::of(Exit::CouldNotLook, &error, hint)
    })?;
    say!("{}", args.out.display());
    talk!(
        "{} in {}, {}",
        counted(written.cases, "case", "cases"),
        counted(written.files, "file", "files"),
        written.digest
    );
    Ok(Exit::Success)
}
