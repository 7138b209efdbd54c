//! The command line: one file for each command, which parses, calls a flow and prints.
//!
//! Results go to standard output, talk to standard error. No rule lives here.

#[macro_use]
mod stream;
pub mod output;
pub mod passphrase;

mod archive;
mod check;
mod demo;
mod doctor;
mod drive;
mod explain;
mod export;
mod import;
mod key;
mod lock;
mod many;
mod new;
mod quick;
mod replay;
mod report;
mod request;
mod roster;
#[cfg(feature = "tui")]
mod run;
mod runs;
mod seal;
mod sheet;
mod show;
mod signoff;
#[cfg(feature = "tui")]
mod terminal;
#[cfg(feature = "vectors")]
mod vectors;
mod verify;

use crate::kernel::text::harmless;
use crate::store::Home;
use clap::{Parser, Subcommand};
use output::{CliError, Exit};
use std::borrow::Cow;
use std::path::PathBuf;
use std::process::ExitCode;

/// Guided procedure execution with a signed as-run record. Without a command: the terminal, on the library.
#[derive(Debug, Parser)]
#[command(name = "asrun", version, about, max_term_width = 100, propagate_version = true)]
pub struct Cli {
    /// Use this folder as home (keys, rosters, packages, runs)
    #[arg(long, global = true, env = "ASRUN_HOME", value_name = "FOLDER")]
    home: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show or answer a request of a run at another machine
    Answer(request::Answer),
    /// Approve a package: add a signature over it
    Approve(lock::Approve),
    /// Put a run aside that is not what was recorded, with a signed manifest
    Archive(archive::Args),
    /// Check authored documents and show what to fix
    Check(check::Args),
    /// Print completions for a shell
    Completions(new::Completions),
    /// Prepare the demonstration site and open a run on it
    Demo(demo::Args),
    /// Check the installation
    Doctor(doctor::Args),
    /// Drive a session without a screen: JSON intents in, JSON answers out
    Drive(drive::Args),
    /// Say what a code of a gate, the linter or the verifier means
    Explain(explain::Args),
    /// Write a sealed run as one .proof file
    Export(export::Args),
    /// Import a package or a sealed bundle into this home, or an answer into a run, after verifying it
    Import(import::Args),
    /// Make, list and show keys
    Key(key::Args),
    /// Lock a procedure, a pack and a policy into a package
    Lock(lock::Args),
    /// Print the manual page
    Man,
    /// Begin a procedure, pack or policy
    New(new::Args),
    /// Put captured files back into an open run, byte for byte; nothing is recorded
    Reattach(seal::Reattach),
    /// Replay a run or bundle, record by record, read-only
    Replay(replay::Args),
    /// Ask somebody at another machine: write a request file
    Request(request::Request),
    /// Sign, install, show and export the roster
    Roster(roster::Args),
    /// Open the terminal on a package or run
    #[cfg(feature = "tui")]
    Run(run::Args),
    /// List the runs of this home
    Runs(runs::Args),
    /// Close and seal a run, or complete an interrupted seal
    Seal(seal::Args),
    /// List the sheets of a package, or copy one out to look at
    Sheet(sheet::Args),
    /// Print the whole record of a bundle or run
    Show(show::Args),
    /// Sign off a sealed run, its deviations or steps
    Signoff(signoff::Args),
    /// Write damaged and sound bundles with the answer that a verifier must give
    #[cfg(feature = "vectors")]
    Vectors(vectors::Args),
    /// Verify bundles and say why
    Verify(verify::Args),
}

impl Cli {
    /// Reads the command line, carries it out, prints what went wrong, and returns the status to end with.
    #[must_use]
    pub fn main() -> ExitCode {
        let exit = match Self::try_parse() {
            Ok(cli) => cli.run().unwrap_or_else(|error| {
                error.tell(cli.answers_in_json());
                error.exit
            }),
            Err(told) => words(&told),
        };
        stream::settled(exit).into()
    }

    fn answers_in_json(&self) -> bool {
        match &self.command {
            Some(Command::Check(args)) => args.json,
            Some(Command::Explain(args)) => args.json,
            Some(Command::Replay(args)) => args.json,
            Some(Command::Runs(args)) => args.json,
            Some(Command::Show(args)) => args.json,
            Some(Command::Verify(args)) => args.json,
            _ => false,
        }
    }

    fn home(&self) -> Result<Home, CliError> {
        Ok(Home::locate(self.home.clone())?)
    }

    /// Carries the command out.
    ///
    /// # Errors
    /// Whatever kept it from being carried out, with a hint.
    pub fn run(&self) -> Result<Exit, CliError> {
        let home = self.home()?;
        match &self.command {
            None => library(&home),
            Some(Command::Answer(args)) => request::answer(args, &home),
            Some(Command::Approve(args)) => lock::approve(args, &home),
            Some(Command::Archive(args)) => archive::run(args, &home),
            Some(Command::Check(args)) => check::run(args, &home),
            Some(Command::Completions(args)) => Ok(new::completions(args)),
            Some(Command::Demo(args)) => demo::run(args, self.home.is_some(), &home),
            Some(Command::Doctor(args)) => doctor::run(args, &home),
            Some(Command::Drive(args)) => drive::run(args, &home),
            Some(Command::Explain(args)) => explain::run(args),
            Some(Command::Export(args)) => export::run(args, &home),
            Some(Command::Import(args)) => import::run(args, &home),
            Some(Command::Key(args)) => key::run(args, &home),
            Some(Command::Lock(args)) => lock::run(args, &home),
            Some(Command::Man) => new::man(),
            Some(Command::New(args)) => new::run(args),
            Some(Command::Reattach(args)) => seal::reattach(args, &home),
            Some(Command::Replay(args)) => replay::run(args, &home),
            Some(Command::Request(args)) => request::send(args, &home),
            Some(Command::Roster(args)) => roster::run(args, &home),
            #[cfg(feature = "tui")]
            Some(Command::Run(args)) => run::run(args, &home),
            Some(Command::Runs(args)) => runs::run(args, &home),
            Some(Command::Seal(args)) => seal::run(args, &home),
            Some(Command::Sheet(args)) => sheet::run(args, &home),
            Some(Command::Show(args)) => show::run(args, &home),
            Some(Command::Signoff(args)) => signoff::run(args, &home),
            #[cfg(feature = "vectors")]
            Some(Command::Vectors(args)) => vectors::run(args),
            Some(Command::Verify(args)) => verify::run(args, &home),
        }
    }
}

/// Prints what the parser has to say: help, the version, or what is wrong with the command line.
fn words(told: &clap::Error) -> Exit {
    let text = told.render().to_string();
    match harmless(&text, false) {
        Cow::Borrowed(_) if told.print().is_err() => stream::unwritten(),
        Cow::Borrowed(_) => {}
        // Whatever stood on the command line comes back escaped, and then without colours.
        Cow::Owned(text) => stream::talk(format_args!("{text}")),
    }
    if told.use_stderr() { Exit::Usage } else { Exit::Success }
}

/// Without a command the terminal opens on the library.
#[cfg(feature = "tui")]
fn library(home: &Home) -> Result<Exit, CliError> {
    terminal::open(home, Vec::new())
}

#[cfg(not(feature = "tui"))]
fn library(_: &Home) -> Result<Exit, CliError> {
    Err(CliError::usage("name a command", "`asrun --help` lists them"))
}
