//! `asrun new`, `asrun completions`, `asrun man`.

use super::output::{CliError, Exit};
use crate::authoring::scaffold;
use clap::CommandFactory as _;
use std::path::PathBuf;

/// Options of `new`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What to begin
    #[arg(value_enum)]
    what: What,
    /// Where to write it; a new file
    #[arg(value_name = "FILE")]
    path: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum What {
    Procedure,
    Pack,
    Policy,
}

/// Carries `new` out; without a file the text goes to standard output.
pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let text = match args.what {
        What::Procedure => scaffold::PROCEDURE,
        What::Pack => scaffold::PACK,
        What::Policy => scaffold::POLICY,
    };
    match &args.path {
        None => say_on!("{text}"),
        Some(path) => {
            crate::store::Disk::new().write_new(path, text.as_bytes()).map_err(|e| {
                let causes = vec![format!("cannot write `{}`", path.display()), e.to_string()];
                CliError::told(Exit::CouldNotLook, causes, "name a file that does not exist yet").not_persisted()
            })?;
            say!("{}", path.display());
        }
    }
    Ok(Exit::Success)
}

/// Options of `completions`.
#[derive(Debug, clap::Args)]
pub(super) struct Completions {
    /// For which shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// Prints completions for a shell.
pub(super) fn completions(args: &Completions) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::Cli::command(), "asrun", &mut script);
    say_on!("{}", String::from_utf8_lossy(&script));
    Exit::Success
}

/// Prints the manual page.
pub(super) fn man() -> Result<Exit, CliError> {
    let mut page = Vec::new();
    let man = clap_mangen::Man::new(super::Cli::command());
    man.render(&mut page).map_err(|e| CliError::of(Exit::CouldNotLook, &e, ""))?;
    say_on!("{}", String::from_utf8_lossy(&page));
    Ok(Exit::Success)
}
