//! `asrun archive`: puts a run aside that is not what was recorded, with a signed manifest.

use super::output::{CliError, Exit};
use super::passphrase::Passphrases;
use crate::kernel::model::name::{PersonId, RunId};
use crate::kernel::text::escape;
use crate::session::Station;
use crate::session::SubmitError;
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
        let (exit, hint) = match &error {
            ArchiveError::NoSuchRun(_) => (Exit::CouldNotLook, "`asrun runs` lists the runs of this home"),
            ArchiveError::Well { health, .. } if health.is_well() => {
                (Exit::Fail, "nothing was moved; take it up, or seal it")
            }
            ArchiveError::Well { health, .. } => (Exit::Fail, health.state.hint()),
            ArchiveError::Reason => (Exit::Usage, "nothing was moved; the reason stands in the manifest that you sign"),
            ArchiveError::Signer(error) => match **error {
                SubmitError::Withheld { ref withheld, .. } => (Exit::Fail, withheld.hint()),
                _ => (Exit::Fail, "nothing was moved; check the passphrase and `asrun key list`"),
            },
            ArchiveError::NotInRoster(_) => {
                (Exit::Fail, "nothing was moved; check the passphrase and `asrun key list`")
            }
            ArchiveError::Lock(LockError::Held { .. }) => {
                (Exit::Fail, "nothing was moved; leave the other program first")
            }
            ArchiveError::Lock(_) | ArchiveError::Form(_) => (Exit::CouldNotLook, "nothing was moved"),
            ArchiveError::Store(_) => (Exit::CouldNotLook, "mend the disk, then archive it again"),
        };
        Self::of(exit, &error, hint)
    }
}
