//! `asrun replay`: a run or bundle, record by record, read-only.

use super::output::{CliError, Exit};
use super::terminal;
use crate::store::Home;
use crate::tui::effect::Effect;
use std::path::PathBuf;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A bundle folder, a `.proof` file, or the folder of an open run
    bundle: PathBuf,
}

/// Carries the command out.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    terminal::open(home, vec![Effect::Replay(args.bundle.clone())])
}
