//! `asrun seal`: closes and seals a run, or completes an interrupted seal.

use super::output::{CliError, Exit};
use super::passphrase::Passphrases;
use crate::kernel::model::name::{PersonId, RunId};
use crate::session::{Session, Station};
use crate::store::Home;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The run
    run: RunId,
    /// Who closes it and signs the receipt; whoever closed it already, otherwise the performer
    #[arg(long = "as", value_name = "PERSON")]
    person: Option<PersonId>,
    #[command(flatten)]
    passphrases: Passphrases,
}

/// Carries the command out.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    let mut session = Session::resume(Station::host(home.clone()), &args.run)?;
    let closer = session.run().closed().map(|c| c.by.clone());
    let opener = session.run().crew().first().map(|b| b.person.clone());
    let person = closer.clone().or_else(|| args.person.clone()).or(opener);
    let person = person.ok_or_else(|| CliError::usage("the run has no crew", "name a person with --as"))?;
    let passphrase = args.passphrases.of(&person)?;
    session.unlock(&person, &passphrase)?;
    if closer.is_none() {
        session.close(&person, Some(&passphrase))?;
    }
    let sealed = session.seal()?;
    say!("{}", sealed.bundle.display());
    talk!("sealed: {}", sealed.seal);
    Ok(Exit::Success)
}
