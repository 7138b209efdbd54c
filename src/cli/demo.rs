//! `asrun demo`: from nothing to a running procedure in one command.

use super::output::{CliError, Exit};
use crate::desk::demo::{DemoError, PASSPHRASE, Site, prepare};
use crate::session::{Clock as _, HostClock};
use crate::store::Home;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Prepare the site without opening the terminal
    #[arg(long)]
    site_only: bool,
}

/// Carries the command out.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    let site = prepare(home, HostClock::new().now().time)?;
    eprintln!("Nordhaven Demo is prepared in {}", home.root().display());
    eprintln!("Everybody's passphrase is `{PASSPHRASE}`. Not for real work.");
    if args.site_only {
        print(&site);
    }
    Ok(Exit::Success)
}

fn print(site: &Site) {
    for package in site.packages.values() {
        println!("{}", package.display());
    }
}

impl From<DemoError> for CliError {
    fn from(error: DemoError) -> Self {
        let hint = match &error {
            DemoError::NotEmpty(_) => "name an empty or new folder: asrun demo --home FOLDER",
            _ => "remove the half-made folder and try again",
        };
        Self::of(Exit::CouldNotLook, &error, hint)
    }
}
