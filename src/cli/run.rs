//! `asrun run`: the terminal, on one run.

use super::output::{CliError, Exit};
use super::terminal;
use crate::kernel::model::name::RunId;
use crate::store::Home;
use crate::tui::ground::effect::Effect;
use std::path::PathBuf;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A package to open, or a run to take up again
    #[arg(value_name = "FILE.lep|RUN")]
    target: String,
}

/// Carries the command out.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    let effect = match args.target.parse::<RunId>() {
        Ok(id) => Effect::Resume(id),
        Err(_) => Effect::ReadPackage(PathBuf::from(&args.target)),
    };
    terminal::open(home, vec![effect])
}
