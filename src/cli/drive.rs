//! `asrun drive`: the same session without a screen.

use super::output::{CliError, Exit};
use super::passphrase::Passphrases;
use crate::drive::{Driver, Start, drive};
use crate::kernel::model::name::RunId;
use crate::session::{Material, Station};
use crate::store::Home;
use std::fs::File;
use std::io::{BufRead, BufReader, stdin, stdout};
use std::path::{Path, PathBuf};

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A package to open, or a run to take up again
    #[arg(value_name = "FILE.lep|RUN")]
    target: String,
    /// Read intents from this file instead of standard input; evidence paths start in its folder
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    #[command(flatten)]
    passphrases: Passphrases,
}

/// Carries the command out: 0 when every line was answered as wanted, 1 otherwise.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    let station = Station::host(home.clone());
    let start = match args.target.parse::<RunId>() {
        Ok(id) => Start::Run(id),
        Err(_) => {
            Start::Package(Box::new(Material::of_package(home, Path::new(&args.target), station.clock.now().time)?))
        }
    };
    let (mut input, folder): (Box<dyn BufRead>, PathBuf) = match &args.script {
        Some(path) => (Box::new(BufReader::new(opened(path)?)), path.parent().unwrap_or(Path::new(".")).to_owned()),
        None => (Box::new(stdin().lock()), PathBuf::from(".")),
    };
    let driver = Driver { station, passphrases: args.passphrases.read()?, folder, judges: crate::verify::JUDGES };
    match drive(&driver, start, &mut input, &mut stdout().lock())? {
        true => Ok(Exit::Success),
        false => Ok(Exit::Fail),
    }
}

fn opened(path: &Path) -> Result<File, CliError> {
    File::open(path).map_err(|e| {
        let causes = vec![format!("cannot read the script `{}`", path.display()), e.to_string()];
        CliError::told(Exit::CouldNotLook, causes, "check the path")
    })
}
