//! `asrun doctor --fix`: a way on for a run that cannot be taken up by itself, which a person signs.

use crate::cli::output::{CliError, Exit};
use crate::cli::passphrase::Passphrases;
use crate::kernel::model::name::{PersonId, RunId};
use crate::session::{Session, Station};
use crate::store::Home;

pub(super) fn fix(
    home: &Home,
    run: &RunId,
    person: &PersonId,
    reason: &str,
    passphrases: &Passphrases,
) -> Result<Exit, CliError> {
    if reason.trim().is_empty() {
        return Err(CliError::usage("the reason is empty", "say why the journal may be relied on"));
    }
    let passphrase = passphrases.of(person)?;
    let mended = Session::mend(Station::host(home.clone()), run, person, &passphrase, reason)?;
    mended.words().iter().for_each(|line| say!("{line}"));
    Ok(Exit::Success)
}
