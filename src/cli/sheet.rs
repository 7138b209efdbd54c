//! `asrun sheet`: lists the sheets that travel with a package, and copies one out to look at.

use super::output::{CliError, Exit};
use crate::authoring::sheet::{self, SheetError};
use crate::kernel::text::{counted, escape};
use crate::store::Home;
use std::path::PathBuf;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A package, a bundle, or a run of this home
    from: String,
    /// The sheet; all are listed without it
    name: Option<String>,
    /// Write a read-only copy there; a text is printed without it
    #[arg(short, long, value_name = "FILE", requires = "name")]
    output: Option<PathBuf>,
}

/// Carries the command out.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    let failed = |error: SheetError| {
        let hint = match error {
            SheetError::Unknown(_) => "`asrun sheet` without a name lists all of them",
            SheetError::Write { .. } => "a sheet is never written over another file; name a new one",
            _ => "name a package, a bundle, or a run of this home",
        };
        CliError::of(Exit::CouldNotLook, &error, hint)
    };
    let package = sheet::package(&super::export::locate(&args.from, home)).map_err(failed)?;
    let Some(name) = &args.name else {
        for sheet in sheet::sheets(&package) {
            let steps =
                sheet.steps.iter().map(crate::kernel::model::name::StepId::as_str).collect::<Vec<_>>().join(", ");
            let steps = if steps.is_empty() { "no step refers to it".to_owned() } else { format!("step {steps}") };
            say!("{}  {}  {}  {steps}", escape(&sheet.name), counted(sheet.size, "byte", "bytes"), sheet.sha256);
        }
        return Ok(Exit::Success);
    };
    let bytes = sheet::bytes(&package, name).map_err(failed)?;
    match &args.output {
        Some(path) => {
            sheet::copy(bytes, path).map_err(failed)?;
            say!("{}", path.display());
        }
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.lines().for_each(|line| say!("{}", escape(line))),
            Err(_) => return Err(CliError::usage("the sheet is no text", "write a copy to a file: -o FILE")),
        },
    }
    Ok(Exit::Success)
}
