//! `asrun check`: lints authored documents.

use super::output::{CliError, Exit};
use crate::authoring::check::{Read, Remark, check, check_alone, read, roster};
use crate::authoring::simulate::{Simulation, simulate};
use crate::kernel::documents::pack::Pack;
use crate::kernel::documents::policy::Policy;
use crate::kernel::documents::procedure::Procedure;
use crate::kernel::documents::roster::Roster;
use crate::kernel::judgement::verdict::Verdict;
use crate::kernel::text::{counted, escape};
use crate::library::lint::Weight;
use crate::library::{DocumentKind, kind_of};
use crate::store::Home;
use std::path::{Path, PathBuf};

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Procedures (folders or files), packs, policies
    #[arg(value_name = "PATH", required_unless_present = "explain")]
    paths: Vec<PathBuf>,
    /// The domain pack that procedures are checked with
    #[arg(long, value_name = "FILE")]
    pack: Option<PathBuf>,
    /// The policy profile that procedures are checked with
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The persons that roles are looked for among; the installed roster when absent
    #[arg(long, value_name = "FILE")]
    roster: Option<PathBuf>,
    /// Walk every branch, and every departure one at a time, through the real rules; with --roster by its persons
    #[arg(long)]
    simulate: bool,
    /// Print one JSON object a line
    #[arg(long)]
    pub(super) json: bool,
    /// Say what a code means and what to do about it; `list` names all of them
    #[arg(long, value_name = "CODE")]
    explain: Option<String>,
}

/// Carries the command out: 1 when there are errors.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    if let Some(code) = &args.explain {
        return super::explain::explain(code, args.json);
    }
    let files = args.paths.iter().map(|p| if p.is_dir() { p.join("procedure.yaml") } else { p.clone() });
    let documents = files.map(|file| open(&file)).collect::<Result<Vec<_>, _>>()?;
    let mut remarks: Vec<Remark> = Vec::new();
    let persons = match persons(args, home)? {
        Ok(persons) => persons,
        Err(remark) => {
            remarks.push(*remark);
            None
        }
    };
    let mut simulated = Vec::new();
    for document in &documents {
        let found = match is_procedure(document) {
            false => check_alone(document),
            true => {
                let pack = companion(args.pack.as_deref(), &documents, DocumentKind::Pack)?;
                let policy = companion(args.policy.as_deref(), &documents, DocumentKind::Policy)?;
                check(document, &pack, &policy, persons.as_ref())
            }
        };
        if args.simulate && is_procedure(document) && !found.iter().any(|r| r.weight == Weight::Error) {
            simulated.push(document);
        }
        // A pack or profile that stands beside its procedure is judged with it; nobody reads a remark twice.
        let new: Vec<Remark> = found.into_iter().filter(|r| !remarks.contains(r)).collect();
        remarks.extend(new);
    }
    remarks.iter().for_each(|r| print(r, args.json));
    for document in simulated {
        let pack = companion(args.pack.as_deref(), &documents, DocumentKind::Pack)?;
        let policy = companion(args.policy.as_deref(), &documents, DocumentKind::Policy)?;
        walk(document, [&pack, &policy], persons.as_ref().filter(|_| args.roster.is_some()), args.json)?;
    }
    let count = |weight| remarks.iter().filter(|r| r.weight == weight).count();
    let (errors, warnings, advice) = (count(Weight::Error), count(Weight::Warning), count(Weight::Advice));
    talk!(
        "{}, {} to fix, {}, {}",
        counted(documents.len(), "document", "documents"),
        counted(errors, "error", "errors"),
        counted(warnings, "warning", "warnings"),
        counted(advice, "suggestion", "suggestions")
    );
    Ok(if errors == 0 { Exit::Success } else { Exit::Fail })
}

/// Simulates a procedure that was found free of errors.
fn walk(document: &Read, beside: [&Read; 2], roster: Option<&Roster>, json: bool) -> Result<(), CliError> {
    let [pack, policy] = beside;
    let (Ok(procedure), Ok(pack), Ok(policy)) =
        (document.parse::<Procedure>(), pack.parse::<Pack>(), policy.parse::<Policy>())
    else {
        return Ok(());
    };
    let hint = "the procedure can be checked, but nobody could open a run of it";
    let simulation = simulate(&procedure, &pack, &policy, roster).map_err(|why| CliError::usage(&why, hint))?;
    match json {
        true => {
            let file = document.path.display().to_string();
            say!("{}", serde_json::json!({"file": file, "simulation": simulation}));
        }
        false => say_on!("{}", escape_lines(&described_walks(&procedure, &simulation))),
    }
    Ok(())
}

fn described_walks(procedure: &Procedure, simulation: &Simulation) -> String {
    let mut out = format!(
        "{} through {} of {} {}\n",
        counted(simulation.walks, "walk", "walks"),
        counted(simulation.branches, "branch", "branches"),
        procedure.id,
        procedure.revision
    );
    for verdict in [Verdict::Final, Verdict::Provisional, Verdict::Fail] {
        match simulation.ways.iter().find(|w| w.verdict == verdict) {
            Some(way) => {
                out += &format!("  {verdict:<12} {} ({})\n", way.words, counted(way.records, "record", "records"));
            }
            None => out += &format!("  {verdict:<12} no way was found\n"),
        }
    }
    let list = |title: &str, items: Vec<String>| match items.is_empty() {
        true => String::new(),
        false => format!("{title}\n{}", items.iter().map(|i| format!("  - {i}\n")).collect::<String>()),
    };
    out += &list("Steps that no walk began", simulation.unreached.iter().map(ToString::to_string).collect());
    out += &list(
        "Steps that are begun after a deviation alone",
        simulation.departing.iter().map(ToString::to_string).collect(),
    );
    out += &list("Refused by the profile", simulation.blocked.iter().cloned().collect());
    out += &list("Walks that could not go on", simulation.stuck.iter().cloned().collect());
    out += &list("Cut", simulation.cut.iter().cloned().collect());
    out + "\n"
}

/// Texts of a procedure are escaped line by line, so that the lines stay.
fn escape_lines(text: &str) -> String {
    text.lines().map(|line| escape(line).into_owned() + "\n").collect()
}

/// The roster that was named, or else the one in force here, if there is one.
fn persons(args: &Args, home: &Home) -> Result<Result<Option<Roster>, Box<Remark>>, CliError> {
    match &args.roster {
        Some(path) => Ok(roster(&open(path)?).map(Some)),
        None => Ok(Ok(crate::session::installed_roster(home).ok().map(|(roster, ..)| roster))),
    }
}

/// What names no format is taken for a procedure: its first fault is then that it names none.
fn is_procedure(document: &Read) -> bool {
    matches!(kind_of(&document.bytes), None | Some(DocumentKind::Procedure))
}

/// The pack or policy that a procedure is checked with: the one named, or else the first of the same call.
fn companion(given: Option<&Path>, documents: &[Read], kind: DocumentKind) -> Result<Read, CliError> {
    let what = if kind == DocumentKind::Pack { "pack" } else { "policy" };
    let is_one = |d: &&Read| kind_of(&d.bytes) == Some(kind);
    let found = given.or_else(|| documents.iter().find(is_one).map(|d| d.path.as_path()));
    let hint = format!("name it: --{what} FILE");
    open(found.ok_or_else(|| CliError::usage(&format!("a procedure is checked with a {what}"), &hint))?)
}

/// Reads a document or says why it cannot be read.
pub(super) fn open(path: &Path) -> Result<Read, CliError> {
    Ok(read(path)?)
}

/// Prints one remark with its source line and a mark under its place.
pub(super) fn print(remark: &Remark, json: bool) {
    if json {
        // A remark is plain data: it cannot fail to be written.
        say!("{}", serde_json::to_string(remark).unwrap_or_default());
        return;
    }
    let d = &remark.diagnostic;
    say!("{}[{}]: {}", remark.weight.word(), d.code, escape(&d.message));
    say!("  --> {}:{}:{}", escape(&d.file), d.line, d.column);
    if !remark.source.is_empty() {
        let number = d.line.to_string();
        let gap = " ".repeat(number.len());
        let column = usize::try_from(d.column.saturating_sub(1)).unwrap_or(0);
        say!("{gap} |\n{number} | {}\n{gap} | {}^", escape(&remark.source), " ".repeat(column.min(160)));
    }
    say!("  = {}\n", d.hint);
}
