//! `asrun seal`: closes and seals a run, or completes an interrupted seal. `asrun reattach`: puts captured files back.

use super::output::{CliError, Exit};
use super::passphrase::Passphrases;
use crate::kernel::model::name::{PersonId, RunId};
use crate::kernel::text::escape;
use crate::session::{SealError, Session, Station, Tidied};
use crate::store::{Home, Progress};
use crate::verify::JUDGES;
use std::path::PathBuf;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The run
    run: RunId,
    /// Who closes it and signs the receipt; whoever closed it already, otherwise the performer
    #[arg(long = "as", value_name = "PERSON")]
    person: Option<PersonId>,
    /// Read every file again, also those that were taken in here and that nobody touched since
    #[arg(long)]
    thorough: bool,
    #[command(flatten)]
    passphrases: Passphrases,
}

/// Options of `reattach`.
#[derive(Debug, clap::Args)]
pub(super) struct Reattach {
    /// The run
    run: RunId,
    /// Copies of captured files, under any name: each must have exactly the digest that a record names
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// Carries the command out.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    let mut session = Session::resume(Station::host(home.clone()), &args.run)?;
    tell(session.restored());
    let closer = session.run().closed().map(|c| c.by.clone());
    let opener = session.run().crew().first().map(|b| b.person.clone());
    let person = closer.or_else(|| args.person.clone()).or(opener);
    let person = person.ok_or_else(|| CliError::usage("the run has no crew", "name a person with --as"))?;
    let passphrase = args.passphrases.of(&person)?;
    session.unlock(&person, &passphrase)?;
    if args.thorough {
        session.seal_thoroughly();
    }
    let sealed = match session.finish(&person, &passphrase, &JUDGES) {
        Ok(sealed) => sealed,
        Err(error) => {
            list(&error);
            // Locked as it was found: a seal that is refused is no interruption of the work.
            if let Err(end) = session.end() {
                CliError::from(end).print();
            }
            return Err(error.into());
        }
    };
    tell(&sealed.tidied);
    say!("{}", sealed.bundle.display());
    talk!("sealed: {}", sealed.seal);
    Ok(Exit::Success)
}

fn tell(tidied: &[Tidied]) {
    tidied.iter().for_each(|tidied| talk!("{}", escape(&tidied.to_string())));
}

/// Says each thing that must be put right on a line of its own, with the way to it.
fn list(error: &SealError) {
    let SealError::Unfit(unfit) = error else { return };
    for finding in unfit.findings() {
        let step = finding.step.as_ref().map(|step| format!("step {step}, ")).unwrap_or_default();
        talk!("  {} {step}{}\n    {}: {}", finding.code, finding.place, finding.message, finding.code.remedy());
    }
}

/// Puts captured files back, one after the other; what is refused is said, and the others go on.
pub(super) fn reattach(args: &Reattach, home: &Home) -> Result<Exit, CliError> {
    let session = Session::resume(Station::host(home.clone()), &args.run)?;
    tell(session.restored());
    let mut exit = Exit::Success;
    for file in &args.files {
        match session.reattach(file, &Progress::default()) {
            Ok(back) => {
                tell(back.aside.as_slice());
                say!("{back}");
            }
            Err(error) => {
                CliError::of(Exit::Fail, &error, "give a copy of the very file that was captured").print();
                exit = Exit::Fail;
            }
        }
    }
    session.amiss().iter().for_each(|amiss| talk!("still amiss: {}", escape(&amiss.to_string())));
    Ok(exit)
}
