//! Opening the full-screen terminal from the command line.

use super::output::{CliError, Exit};
use crate::session::Station;
use crate::store::Home;
use crate::tui::ground::effect::Effect;
use crate::tui::{Start, run};
use std::io::IsTerminal as _;

/// Tells whether a person sits at a terminal.
pub(super) fn is_there() -> bool {
    std::io::stdout().is_terminal() && std::io::stdin().is_terminal()
}

/// Opens the terminal, stays until it is left, and prints what is to be said afterwards.
pub(super) fn open(home: &Home, effects: Vec<Effect>) -> Result<Exit, CliError> {
    if !is_there() {
        return Err(CliError::usage("this command needs a terminal", "`asrun drive` does the same without one"));
    }
    let start = if effects.is_empty() { Start::Library } else { Start::With(effects) };
    let hint = "everything recorded is safe; `asrun runs` lists it";
    let said = run(Station::host(home.clone()), start).map_err(|e| CliError::of(Exit::CouldNotLook, &e, hint))?;
    if let Some(text) = said {
        say!("{text}");
    }
    Ok(Exit::Success)
}
