//! `asrun key`: private keys in OpenSSH's own format.

use super::output::{CliError, Exit};
use super::passphrase::Passphrases;
use crate::kernel::model::name::{Identifier, PersonId};
use crate::kernel::text::escape;
use crate::keys::{Cost, KeyError, KeyFolder};
use crate::session::Station;
use crate::store::{Disk, Home};

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Make a key with a passphrase
    New {
        /// Whose; the file is named after the person
        #[arg(required_unless_present = "authority")]
        person: Option<PersonId>,
        /// Make the key of the site's authority
        #[arg(long)]
        authority: bool,
        #[command(flatten)]
        passphrases: Passphrases,
    },
    /// List the keys of this home
    List,
    /// Print the public key of a person
    Show {
        /// Whose
        person: PersonId,
        /// As PEM, for OpenSSL
        #[arg(long)]
        pem: bool,
    },
}

/// Carries the command out.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    let folder = KeyFolder::new(home.keys());
    match &args.act {
        Act::New { person, authority, passphrases } => {
            let name = if *authority { "authority".parse().ok() } else { person.clone() };
            let person = name.ok_or_else(|| CliError::usage("whose key?", "name a person or --authority"))?;
            home.create(&Disk::new())?;
            let passphrase = passphrases.new_of(&person)?;
            let name: Identifier =
                person.as_str().parse().map_err(|_| CliError::usage("that is no name for a key", "such as a.ortiz"))?;
            let key = folder.create(&name, &passphrase, Cost::Standard)?;
            say!("{}", key.public().to_openssh());
            talk!("made {}\n{}", key.path().display(), key.public().id());
        }
        Act::List => {
            for key in Station::host(home.clone()).keyring()? {
                match &key.file {
                    Ok(file) => {
                        let (id, path, owner) = (file.public().id(), file.path().display(), &key.owner);
                        say!("{id}  {path}  {}  {}", escape(file.comment()), escape(&owner.to_string()));
                    }
                    Err(error) => talk!("unusable: {error}"),
                }
            }
        }
        Act::Show { person, pem } => {
            let missing = || CliError::usage("there is no such key in this home", "asrun key list");
            let key = folder.find(person)?.ok_or_else(missing)?;
            let text = if *pem { key.public().to_pem() } else { key.public().to_openssh() };
            say!("{}", text.trim_end());
        }
    }
    Ok(Exit::Success)
}

impl From<KeyError> for CliError {
    fn from(error: KeyError) -> Self {
        Self::of(Exit::CouldNotLook, &error, "ssh-keygen reads and changes the same files")
    }
}
