//! `asrun archive`: puts a run aside that is not what was recorded, with a signed manifest.

use super::output::{CliError, Exit};
use super::passphrase::Passphrases;
use crate::kernel::model::name::{PersonId, RunId};
use crate::kernel::text::escape;
use crate::session::Station;
use crate::session::archive::{ArchiveError, archive};
use crate::store::{Home, LockError};

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The run
    run: RunId,
    /// Who archives it and signs the manifest
    #[arg(long = "as", value_name = "PERSON")]
    person: PersonId,
    /// Why it is put aside
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    passphrases: Passphrases,
}

/// Carries the command out.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    let passphrase = args.passphrases.of(&args.person)?;
    let archived = archive(&Station::host(home.clone()), &args.run, &args.person, &passphrase, &args.reason)?;
    say!("{}", archived.dir.display());
    talk!("{}", escape(&archived.words()));
    talk!("what holds can be shown, replayed and exported; a fresh run names it");
    Ok(Exit::Success)
}

impl From<ArchiveError> for CliError {
    fn from(error: ArchiveError) -> Self {
        let exit = match &error {
            ArchiveError::Reason => Exit::Usage,
            ArchiveError::Well { .. } | ArchiveError::Signer(_) | ArchiveError::NotInRoster(_) => Exit::Fail,
            ArchiveError::Lock(LockError::Held { .. }) => Exit::Fail,
            ArchiveError::NoSuchRun(_) | ArchiveError::Lock(_) | ArchiveError::Form(_) | ArchiveError::Store(_) => {
                Exit::CouldNotLook
            }
        };
        let told = Self::of(exit, &error, &error.hint());
        if matches!(error, ArchiveError::Store(_)) { told.not_persisted() } else { told }
    }
}
