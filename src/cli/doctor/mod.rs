//! `asrun doctor`: where things are and whether they are well. One file for each thing that is looked at.

mod disk;
mod folders;
mod runs;
mod site;

use super::output::{CliError, Exit};
use crate::kernel::text::escape;
use crate::store::Home;

/// The command has no options.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

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
            Self::Look => "LOOK",
        }
    }
}

impl Line {
    fn new(mark: Mark, what: &'static str, text: impl Into<String>) -> Self {
        Self { mark, what, text: text.into() }
    }
}

/// Carries the command out: 1 when something needs attention.
pub(super) fn run(_: &Args, home: &Home) -> Result<Exit, CliError> {
    let lines = [disk::look(home), site::look(home), runs::look(home), folders::look(home)].concat();
    for line in &lines {
        say!("{} {:<10} {}", line.mark.word(), line.what, escape(&line.text));
    }
    let well = lines.iter().all(|line| line.mark != Mark::Look);
    Ok(if well { Exit::Success } else { Exit::Fail })
}
