//! `asrun doctor --fix`: a way on for a run that cannot be taken up by itself, which a person signs.

use crate::cli::output::{CliError, Exit};
use crate::cli::passphrase::Passphrases;
use crate::kernel::model::name::{PersonId, RunId};
use crate::session::{Mended, Session, Station};
use crate::store::{Home, PutBack};

pub(super) fn fix(
    home: &Home,
    run: &RunId,
    person: &PersonId,
    reason: &str,
    passphrases: &Passphrases,
) -> Result<Exit, CliError> {
    if reason.trim().is_empty() {
        return Err(CliError::usage("the reason is empty", "say why the journal may be relied on"));
    }
    let passphrase = passphrases.of(person)?;
    let mended = Session::mend(Station::host(home.clone()), run, person, &passphrase, reason)?;
    told(&mended).iter().for_each(|line| say!("{line}"));
    Ok(Exit::Success)
}

fn told(mended: &Mended) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(fault) = mended.head {
        lines.push(format!("the head file {fault}; it is written again"));
    }
    if let Some((range, done)) = mended.rescued {
        let how = match done {
            PutBack::Nothing => "stood in the journal already",
            PutBack::Completed => "were completed in the journal",
            PutBack::Written => "were written back into the journal",
        };
        lines.push(format!("records {} to {} {how}", range.first, range.last));
    }
    lines.push(match (mended.record, lines.is_empty()) {
        (Some(record), _) => format!("record {record} says so; take the run up again"),
        (None, true) => "there was nothing to mend".to_owned(),
        (None, false) => "the record was closed before and takes no other; `asrun seal RUN` goes on".to_owned(),
    });
    lines
}
