//! `asrun explain`: what any code means that a gate, the linter or the verifier answers with, what to do, and which
//! invariant a finding points at.

use super::output::{CliError, Exit};
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::invariants;
use crate::kernel::model::gate::GateCode;
use crate::library::lint::Code;
use serde::Serialize;
use std::borrow::Cow;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A code such as gate.wait, lint.bands or journal.signature; `list` names all of them
    #[arg(value_name = "CODE")]
    code: String,
    /// Print one JSON object a line
    #[arg(long)]
    pub(super) json: bool,
}

/// Carries the command out.
pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    explain(&args.code, args.json)
}

/// One code in words.
#[derive(Debug, Serialize)]
struct Explained {
    code: &'static str,
    /// Who answers with it: a gate, the linter, the verifier; or an invariant of the format.
    of: &'static str,
    /// What it says, in one line.
    summary: &'static str,
    /// Why it matters, or what it means for whoever relies on the record.
    why: &'static str,
    /// What to do.
    remedy: Cow<'static, str>,
    /// Which invariant does not hold where a finding has this code.
    invariant: Option<&'static str>,
}

/// Prints what a code means, or every code with its summary.
pub(super) fn explain(code: &str, json: bool) -> Result<Exit, CliError> {
    let known = catalogue();
    if code == "list" {
        known.iter().for_each(|one| match json {
            true => say!("{}", described(one)),
            false => say!("{:<30} {:<8} {}", one.code, one.of, one.summary),
        });
        return Ok(Exit::Success);
    }
    let found = known.iter().find(|one| one.code == code);
    let found =
        found.ok_or_else(|| CliError::usage("there is no such code", "`asrun explain list` names all of them"))?;
    match json {
        true => say!("{}", described(found)),
        false => {
            say!("{} ({}): {}\n", found.code, found.of, found.summary);
            say!("{}\n\nWhat to do: {}", found.why, found.remedy);
            if let Some(broken) = found.invariant.and_then(invariants::invariant) {
                say!("\nInvariant {}: {}", broken.number, broken.holds);
            }
        }
    }
    Ok(Exit::Success)
}

fn catalogue() -> Vec<Explained> {
    let gates = GateCode::ALL.iter().map(|gate| Explained {
        code: gate.code(),
        of: "gate",
        summary: gate.message(),
        why: gate.question(),
        remedy: gate.hint().into(),
        invariant: None,
    });
    let remarks = Code::ALL.iter().map(|code| Explained {
        code: code.name(),
        of: code.weight().word(),
        summary: code.summary(),
        why: code.explanation(),
        remedy: code.hint().into(),
        invariant: None,
    });
    let findings = FindingCode::ALL.iter().map(|found| Explained {
        code: found.code(),
        of: "finding",
        summary: found.meaning(),
        why: found.effect(),
        remedy: found.remedy().into(),
        invariant: Some(found.invariant()),
    });
    let invariants = invariants::ALL.iter().map(|one| Explained {
        code: one.number,
        of: "invariant",
        summary: one.holds,
        why: one.reason,
        remedy: pointing_at(one.number).into(),
        invariant: None,
    });
    gates.chain(remarks).chain(findings).chain(invariants).collect()
}

/// Where it shows when an invariant does not hold.
fn pointing_at(number: &str) -> String {
    let codes: Vec<&str> =
        FindingCode::ALL.iter().filter(|found| found.invariant() == number).map(|found| found.code()).collect();
    match codes.is_empty() {
        true => "No finding points at it: it is kept before anything is sealed.".to_owned(),
        false => format!("Look at the findings that point at it: {}.", codes.join(", ")),
    }
}

/// Plain words of ours: they cannot fail to be written.
fn described(one: &Explained) -> String {
    serde_json::to_string(one).unwrap_or_default()
}
