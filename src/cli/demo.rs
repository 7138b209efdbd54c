//! `asrun demo`: from nothing to a running procedure in one command.

use super::output::{CliError, Exit};
use crate::session::{Clock as _, HostClock};
use crate::site::demo::{DemoError, PASSPHRASE, Site, prepare};
use crate::store::Home;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Prepare the site without opening the terminal
    #[arg(long)]
    site_only: bool,
}

/// Carries the command out. Without a home of its own the demonstration lives in `demo` below the usual one.
pub(super) fn run(args: &Args, home_given: bool, home: &Home) -> Result<Exit, CliError> {
    let home = if home_given { home.clone() } else { Home::at(home.root().join("demo")) };
    let site = prepare(&home, HostClock::new().now().time)?;
    talk!("Nordhaven Demo is prepared in {}", home.root().display());
    talk!("Everybody's passphrase is `{PASSPHRASE}`. Not for real work.");
    if args.site_only {
        for package in site.packages.values() {
            say!("{}", package.display());
        }
        return Ok(Exit::Success);
    }
    open(&site, &home)
}

/// Opens the first package, which is the certificate rotation.
#[cfg(feature = "tui")]
fn open(site: &Site, home: &Home) -> Result<Exit, CliError> {
    let package = site.packages.get("tls-rotation").or_else(|| site.packages.values().next());
    let effects = package.map(|p| crate::tui::ground::effect::Effect::ReadPackage(p.clone())).into_iter().collect();
    super::terminal::open(home, effects)
}

#[cfg(not(feature = "tui"))]
fn open(_: &Site, _: &Home) -> Result<Exit, CliError> {
    Err(CliError::usage("this build has no terminal", "`asrun demo --site-only`, then `asrun drive`"))
}

impl From<DemoError> for CliError {
    fn from(error: DemoError) -> Self {
        let hint = match &error {
            DemoError::NotEmpty(_) => "name an empty or new folder: asrun demo --home FOLDER",
            _ => "fix the cause and try again: it goes on where it stopped",
        };
        Self::of(Exit::CouldNotLook, &error, hint)
    }
}
