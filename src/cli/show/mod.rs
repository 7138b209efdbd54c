//! `asrun show`: the whole record of a bundle or an open run, for reading and printing. One document, two
//! printers.

mod html;
pub(super) mod json;
pub(super) mod page;
mod text;

pub(super) use text::text;

use super::output::{CliError, Exit};
use crate::store::Home;
use std::path::PathBuf;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A bundle folder, a .proof file, or a run of this home
    bundle: String,
    /// Print an HTML page instead of text
    #[arg(long)]
    html: bool,
    /// Whom you trust, obtained by another route: an authority's public key, a roster, or a folder of these
    #[arg(long, value_name = "ANCHOR")]
    trust: Option<PathBuf>,
    /// Print everything that is known of the run as one line of JSON
    #[arg(long, conflicts_with = "html")]
    pub(super) json: bool,
}

/// Carries the command out.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    let path = super::export::locate(&args.bundle, home);
    let hint = "`asrun runs` lists the runs of this home";
    let anchors = super::verify::anchors(args.trust.as_deref())?;
    let shown = page::load(&path, &anchors, home).map_err(|error| CliError::of(Exit::CouldNotLook, &error, hint))?;
    if args.json {
        say!("{}", json::state(&shown, shown.run.as_ref()));
        return Ok(Exit::Success);
    }
    let document = shown.document();
    let printed = if args.html { html::html(&document) } else { text(&document) };
    say_on!("{printed}");
    Ok(Exit::Success)
}
