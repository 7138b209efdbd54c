//! `asrun doctor`: where things are and whether they are well.

use super::output::{CliError, Exit};
use crate::kernel::text::escape;
use crate::keys::KeyFolder;
use crate::session::runs::list;
use crate::session::{Clock as _, HostClock, installed_roster};
use crate::store::Home;

/// The command has no options.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// Carries the command out: 1 when something needs attention.
pub(super) fn run(_: &Args, home: &Home) -> Result<Exit, CliError> {
    let mut well = true;
    let mut say = |fine: bool, what: &str, text: String| {
        well &= fine;
        say!("{} {what:<10} {}", if fine { "ok  " } else { "LOOK" }, escape(&text));
    };
    let there = home.root().is_dir();
    say(there, "home", format!("{}{}", home.root().display(), if there { "" } else { " does not exist yet" }));
    let clock = HostClock::new();
    let now = clock.now();
    say(true, "clock", format!("{} UTC, offset {}, time confidence: self", now.time, clock.offset()));
    match installed_roster(home) {
        Ok((roster, ..)) => {
            let fine = roster.in_force(now.time);
            say(
                fine,
                "roster",
                format!(
                    "{} serial {}, {} persons, until {}",
                    roster.site,
                    roster.serial,
                    roster.persons.len(),
                    roster.expires
                ),
            );
        }
        Err(error) => say(false, "roster", error.to_string()),
    }
    for key in KeyFolder::new(home.keys()).list().unwrap_or_default() {
        match key {
            Ok(key) => say(true, "key", format!("{} {}", key.path().display(), key.public().id())),
            Err(error) => say(false, "key", error.to_string()),
        }
    }
    for run in list(home) {
        let note = match (&run.trouble, run.sealed) {
            (Some(trouble), _) => trouble.clone(),
            (None, true) => "sealed; export it to keep a copy elsewhere".to_owned(),
            (None, false) => format!("not sealed ({})", run.phase.word()),
        };
        say(run.trouble.is_none(), "run", format!("{} {note}", run.id));
    }
    for folder in home.leftovers() {
        let advice = "an import did not end; unless one is at work, nothing needs this folder: remove it";
        say(false, "leftover", format!("{}: {advice}", folder.display()));
    }
    Ok(if well { Exit::Success } else { Exit::Fail })
}
