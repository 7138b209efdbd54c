//! `asrun replay`: in the terminal, read-only; printed, one line for each record, where there is no terminal.

use super::output::{CliError, Exit};
use super::show::json::state;
use super::show::page;
use crate::kernel::records::record::SignedRecord;
use crate::kernel::run::Run;
use crate::kernel::text::{counted, escape};
use crate::store::Home;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A bundle folder, a .proof file, or a run of this home
    bundle: String,
    /// Print the records although there is a terminal
    #[arg(long)]
    print: bool,
    /// Print the stored lines, and at last everything that is known of the run, as JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Only up to this record
    #[arg(long, value_name = "N")]
    at: Option<u64>,
}

/// Carries the command out.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    let path = super::export::locate(&args.bundle, home);
    #[cfg(feature = "tui")]
    if !args.print && !args.json && args.at.is_none() && super::terminal::is_there() {
        return super::terminal::open(home, vec![crate::tui::ground::effect::Effect::Replay(path)]);
    }
    let hint = "`asrun runs` lists the runs of this home";
    let shown = page::load(&path, &crate::verify::Anchors::none(), home)
        .map_err(|error| CliError::of(Exit::CouldNotLook, &error, hint))?;
    let wanted = args.at.unwrap_or(u64::MAX);
    let records = shown.records.iter().filter(|signed| signed.record().seq <= wanted);
    match args.json {
        true => {
            records.clone().for_each(|signed| say!("{}", String::from_utf8_lossy(signed.bytes())));
            let run = shown.run.as_ref().map(|run| again(run, records));
            say!("{}", state(&shown, run.as_ref()));
        }
        false => records.for_each(|signed| say!("{}", escape(&line(signed)))),
    }
    if let Some(report) = &shown.report {
        talk!("{}: {} replayed", report.verdict, counted(report.checked.records, "record", "records"));
    }
    let Some(health) = &shown.health else { return Ok(Exit::Success) };
    talk!("{}", escape(&health.words()));
    Ok(if health.is_well() { Exit::Success } else { Exit::Fail })
}

/// Folds the first records of a run again.
fn again<'a>(run: &Run, records: impl Iterator<Item = &'a SignedRecord>) -> Run {
    let mut run = Run::draft(run.plan().clone(), run.roster().clone(), run.id().clone());
    records.for_each(|signed| run.after(signed));
    run
}

fn line(signed: &SignedRecord) -> String {
    let record = signed.record();
    let step = record.event.step().map_or(String::new(), |step| format!("  step {step}"));
    let meaning = record.event.meaning().map_or(String::new(), |meaning| format!("  signed: {}", meaning.word()));
    let (seq, time, actor, role) = (record.seq, record.time, &record.actor, &record.role);
    format!("{seq:>5}  {time}  {actor} as {role}  {}{step}{meaning}", record.event.kind())
}
