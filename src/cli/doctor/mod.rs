//! `asrun doctor`: where things are and whether they are well. One file for each thing that is looked at.

mod disk;
mod fix;
mod folders;
mod runs;
mod site;

use super::output::{CliError, Exit};
use super::passphrase::Passphrases;
use crate::kernel::model::name::{PersonId, RunId};
use crate::kernel::text::escape;
use crate::store::Home;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Put back what was rescued of this run, and answer for a lost head; recorded under the person's key
    #[arg(long, value_name = "RUN", requires_all = ["person", "reason"])]
    fix: Option<RunId>,
    /// Who answers for it
    #[arg(long = "as", value_name = "PERSON", requires = "fix")]
    person: Option<PersonId>,
    /// Why the journal may be relied on; it stands in the record
    #[arg(long, value_name = "TEXT", requires = "fix")]
    reason: Option<String>,
    #[command(flatten)]
    passphrases: Passphrases,
}

/// What one look found.
#[derive(Clone)]
struct Line {
    mark: Mark,
    what: &'static str,
    text: String,
}

/// Whether somebody has to do something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// As it should be.
    Well,
    /// Good to know: it limits what this station can promise.
    Note,
    /// Somebody should look.
    Look,
}

impl Mark {
    fn well(fine: bool) -> Self {
        if fine { Self::Well } else { Self::Look }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Well => "ok  ",
            Self::Note => "note",
            Self::Look => "WARN",
        }
    }
}

impl Line {
    fn new(mark: Mark, what: &'static str, text: impl Into<String>) -> Self {
        Self { mark, what, text: text.into() }
    }
}

/// Carries the command out: 1 when something needs attention.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    if let (Some(run), Some(person), Some(reason)) = (&args.fix, &args.person, &args.reason) {
        return fix::fix(home, run, person, reason, &args.passphrases);
    }
    let lines = [disk::look(home), site::look(home), runs::look(home), folders::look(home)].concat();
    for line in &lines {
        say!("{} {:<10} {}", line.mark.word(), line.what, escape(&line.text));
    }
    let well = lines.iter().all(|line| line.mark != Mark::Look);
    Ok(if well { Exit::Success } else { Exit::Fail })
}
