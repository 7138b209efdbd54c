//! `asrun replay`: in the terminal, read-only; printed, one line for each record, where there is no terminal.

use super::output::{CliError, Exit};
use super::show::page;
use crate::kernel::model::record::SignedRecord;
use crate::kernel::text::escape;
use crate::store::Home;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A bundle folder, a .proof file, or a run of this home
    bundle: String,
    /// Print the records although there is a terminal
    #[arg(long)]
    print: bool,
}

/// Carries the command out.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    let path = super::export::locate(&args.bundle, home);
    #[cfg(feature = "tui")]
    if !args.print && super::terminal::is_there() {
        return super::terminal::open(home, vec![crate::tui::effect::Effect::Replay(path)]);
    }
    let hint = "`asrun runs` lists the runs of this home";
    let shown = page::load(&path, &crate::verify::Anchors::none(), home)
        .map_err(|error| CliError::of(Exit::CouldNotLook, &error, hint))?;
    shown.records.iter().for_each(|signed| say!("{}", escape(&line(signed))));
    if let Some(report) = &shown.report {
        talk!("{}: {} records replayed", report.verdict, report.checked.records);
    }
    let Some(health) = &shown.health else { return Ok(Exit::Success) };
    talk!("{}", escape(&health.words()));
    Ok(if health.is_well() { Exit::Success } else { Exit::Fail })
}

fn line(signed: &SignedRecord) -> String {
    let record = signed.record();
    let step = record.event.step().map_or(String::new(), |step| format!("  step {step}"));
    let meaning = record.event.meaning().map_or(String::new(), |meaning| format!("  signed: {}", meaning.word()));
    let (seq, time, actor, role) = (record.seq, record.time, &record.actor, &record.role);
    format!("{seq:>5}  {time}  {actor} as {role}  {}{step}{meaning}", record.event.kind())
}
