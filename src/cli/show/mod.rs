//! `asrun show`: the whole record of a bundle or an open run, for reading and printing. One document, two
//! printers.

mod html;
pub(super) mod page;
mod record;
mod text;

use super::output::{CliError, Exit};
use crate::store::Home;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A bundle folder, a .proof file, or a run of this home
    bundle: String,
    /// Print an HTML page instead of text
    #[arg(long)]
    html: bool,
}

/// Carries the command out.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    let path = super::export::locate(&args.bundle, home);
    let hint = "nothing was changed; `asrun runs` lists the runs of this home";
    let shown = page::load(&path).map_err(|error| CliError::of(Exit::CouldNotLook, &error, hint))?;
    let document = record::document(&shown);
    let printed = if args.html { html::html(&document) } else { text::text(&document) };
    say_on!("{printed}");
    Ok(Exit::Success)
}
