//! `asrun roster`: who may act at this site.

use super::check::open;
use super::output::{CliError, Exit};
use super::passphrase::Passphrases;
use crate::kernel::text::escape;
use crate::keys::KeyFolder;
use crate::session::Station;
use crate::site::roster::{self, RosterError, allowed_signers};
use crate::store::{Disk, Home};
use std::path::{Path, PathBuf};

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Raise the serial and sign with the authority's key; writes FILE and FILE.sig
    Sign {
        /// The roster
        file: PathBuf,
        #[command(flatten)]
        passphrases: Passphrases,
    },
    /// Install a signed roster (newer serials of the same authority only)
    Install {
        /// The roster; its signature lies beside it as FILE.sig
        file: PathBuf,
    },
    /// Print the roster in force
    Show,
    /// Print the roster for other tools
    Export {
        /// As OpenSSH's allowed_signers file
        #[arg(long)]
        allowed_signers: bool,
    },
}

/// Carries the command out.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    match &args.act {
        Act::Sign { file, passphrases } => sign(file, passphrases, home),
        Act::Install { file } => {
            let (text, signature) = (open(file)?, open(&beside(file))?);
            let roster = roster::install(home, &text.bytes, &signature.bytes, &Disk::new())?;
            say!("roster {} of {} is in force", roster.serial, roster.site);
            let station = Station::host(home.clone());
            let (keys, at) = (station.keyring()?, station.clock.now().time);
            keys.iter().filter_map(|key| key.trouble(at)).for_each(|trouble| talk!("{}", escape(&trouble)));
            Ok(Exit::Success)
        }
        Act::Show => {
            let (_, bytes, _) = crate::session::installed_roster(home)?;
            say_on!("{}", String::from_utf8_lossy(&bytes));
            Ok(Exit::Success)
        }
        Act::Export { allowed_signers: true } => {
            let (roster, ..) = crate::session::installed_roster(home)?;
            say_on!("{}", allowed_signers(&roster));
            Ok(Exit::Success)
        }
        Act::Export { .. } => Err(CliError::usage("in which form?", "--allowed-signers is for ssh-keygen")),
    }
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".sig");
    PathBuf::from(name)
}

fn sign(file: &Path, passphrases: &Passphrases, home: &Home) -> Result<Exit, CliError> {
    let read = open(file)?;
    let authority = "authority".parse().map_err(|_| CliError::usage("no authority", "asrun key new --authority"))?;
    let name = "authority".parse().map_err(|_| CliError::usage("no authority", "asrun key new --authority"))?;
    let signer = KeyFolder::new(home.keys()).open(&name, &passphrases.of(&authority)?)?;
    let (text, signature) = roster::sign(home, &String::from_utf8_lossy(&read.bytes), &signer)?;
    let disk = Disk::new();
    for (path, bytes) in [(file.to_owned(), text.as_bytes()), (beside(file), signature.as_bytes())] {
        disk.replace(&path, bytes).map_err(crate::store::StoreError::at(&path))?;
        say!("{}", path.display());
    }
    Ok(Exit::Success)
}

impl From<RosterError> for CliError {
    fn from(error: RosterError) -> Self {
        Self::of(Exit::Fail, &error, "the station's roster is as it was")
    }
}
