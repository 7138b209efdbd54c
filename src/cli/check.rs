//! `asrun check`: lints authored documents.

use super::output::{CliError, Exit};
use crate::desk::check::{Read, Remark, check, check_alone, read};
use crate::kernel::text::escape;
use crate::library::lint::{Weight, explain};
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
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
    /// Say what to do about a code
    #[arg(long, value_name = "CODE")]
    explain: Option<String>,
}

/// Carries the command out: 1 when there are errors.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    if let Some(code) = &args.explain {
        let text =
            explain(code).ok_or_else(|| CliError::usage("there is no such code", "asrun check prints the codes"))?;
        println!("{code}: {text}");
        return Ok(Exit::Success);
    }
    let roster = crate::session::installed_roster(home).ok().map(|(roster, ..)| roster);
    let mut errors = 0;
    let mut count = 0;
    let mut documents = Vec::new();
    for path in &args.paths {
        let file = if path.is_dir() { path.join("procedure.yaml") } else { path.clone() };
        documents.push(open(&file)?);
    }
    for document in &documents {
        let remarks = match is_procedure(document) {
            false => check_alone(document),
            true => {
                let pack = companion(args.pack.as_deref(), &documents, "pack")?;
                let policy = companion(args.policy.as_deref(), &documents, "policy")?;
                check(document, &pack, &policy, roster.as_ref())
            }
        };
        errors += remarks.iter().filter(|r| r.weight == Weight::Error).count();
        count += remarks.len();
        remarks.iter().for_each(|r| print(r, args.json));
    }
    eprintln!("{} documents, {errors} errors, {} warnings", args.paths.len(), count - errors);
    Ok(if errors == 0 { Exit::Success } else { Exit::Fail })
}

fn is_procedure(document: &Read) -> bool {
    let text = String::from_utf8_lossy(&document.bytes);
    !text
        .lines()
        .any(|l| matches!(l.trim(), "format: asrun.pack.v1" | "format: asrun.policy.v1" | "format: asrun.roster.v1"))
}

/// The pack or policy that a procedure is checked with: the one named, or else the first of the same call.
fn companion(given: Option<&Path>, documents: &[Read], what: &str) -> Result<Read, CliError> {
    let format = format!("format: asrun.{what}.v1");
    let is_one = |d: &&Read| String::from_utf8_lossy(&d.bytes).lines().any(|l| l.starts_with(&format));
    let found = given.or_else(|| documents.iter().find(is_one).map(|d| d.path.as_path()));
    let hint = format!("name it: --{what} FILE");
    open(found.ok_or_else(|| CliError::usage(&format!("a procedure is checked with a {what}"), &hint))?)
}

/// Reads a document or says why it cannot be read.
pub(super) fn open(path: &Path) -> Result<Read, CliError> {
    read(path).map_err(|e| CliError {
        exit: Exit::CouldNotLook,
        causes: vec![format!("cannot read `{}`", path.display()), e.to_string()],
        hint: "check the path".into(),
    })
}

/// Prints one remark with its source line and a mark under its place.
pub(super) fn print(remark: &Remark, json: bool) {
    if json {
        // A remark is plain data: it cannot fail to be written.
        println!("{}", serde_json::to_string(remark).unwrap_or_default());
        return;
    }
    let d = &remark.diagnostic;
    let word = if remark.weight == Weight::Error { "error" } else { "warning" };
    println!("{word}[{}]: {}", d.code, escape(&d.message));
    println!("  --> {}:{}:{}", escape(&d.file), d.line, d.column);
    if !remark.source.is_empty() {
        let number = d.line.to_string();
        let gap = " ".repeat(number.len());
        let column = usize::try_from(d.column.saturating_sub(1)).unwrap_or(0);
        println!("{gap} |\n{number} | {}\n{gap} | {}^", escape(&remark.source), " ".repeat(column.min(160)));
    }
    println!("  = {}\n", d.hint);
}
