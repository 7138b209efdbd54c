//! `asrun verify`: judges bundles and says why.

use super::output::{CliError, Exit};
use crate::bundle::Source;
use crate::desk::check::{Remark, check_alone};
use crate::kernel::model::policy::Policy;
use crate::kernel::model::time::Timestamp;
use crate::kernel::text::escape;
use crate::kernel::verdict::{Severity, Verdict};
use crate::library::lint::Weight;
use crate::store::read_whole;
use crate::verify::{self, Anchors, Integrity, PolicyAnswer, Report, Ruled, TrustAnswer, WhatIf, codes};
use std::path::{Path, PathBuf};

/// The largest anchor file.
const MAX_ANCHOR: u64 = 1 << 20;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Bundles: folders or .proof files
    #[arg(value_name = "BUNDLE", required_unless_present = "explain")]
    bundles: Vec<PathBuf>,
    /// Whom you trust, obtained by another route: an authority's public key, a roster, or a folder of these
    #[arg(long, value_name = "ANCHOR")]
    trust: Option<PathBuf>,
    /// The moment to judge at; without it nothing is compared with now
    #[arg(long, value_name = "TIME")]
    as_of: Option<Timestamp>,
    /// What if: grade under this policy profile in place of the sealed one; never FINAL
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Print canonical JSON, one report a line
    #[arg(long)]
    json: bool,
    /// Say what a finding code means
    #[arg(long, value_name = "CODE")]
    explain: Option<String>,
}

/// Carries the command out. Of several bundles the worst counts: FAIL, then could not look, then PROVISIONAL.
pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    if let Some(code) = &args.explain {
        return explain(code);
    }
    let anchors = args.trust.as_deref().map_or(Ok(Anchors::none()), read_anchors)?;
    let profile = args.profile.as_deref().map(read_profile).transpose()?;
    let mut worst = Exit::Success;
    for bundle in &args.bundles {
        let exit = match judge(bundle, &anchors, args.as_of, profile.as_ref()) {
            Ok(report) => {
                print(&report, bundle, args.json);
                exit_of(report.verdict)
            }
            Err(error) => {
                error.print();
                error.exit
            }
        };
        worst = worst.max_by(exit);
    }
    Ok(worst)
}

trait Worse {
    fn max_by(self, other: Self) -> Self;
}

impl Worse for Exit {
    fn max_by(self, other: Self) -> Self {
        let weight = |exit| match exit {
            Self::Success => 0,
            Self::Provisional => 1,
            Self::Usage => 2,
            Self::CouldNotLook => 3,
            Self::Fail => 4,
        };
        if weight(other) > weight(self) { other } else { self }
    }
}

/// Returns the exit status of a grade.
pub(super) fn exit_of(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Fail => Exit::Fail,
        Verdict::Provisional => Exit::Provisional,
        Verdict::Final => Exit::Success,
    }
}

/// Reads another policy profile, which must be one that procedures can be locked with.
fn read_profile(path: &Path) -> Result<Policy, CliError> {
    let document = super::check::open(path)?;
    let refused = |remarks: &[Remark]| {
        remarks.iter().for_each(|remark| super::check::print(remark, false));
        let causes = vec![format!("`{}` is no policy profile to grade under", path.display())];
        CliError { exit: Exit::CouldNotLook, causes, hint: "mend it: `asrun check FILE` shows what is wrong".into() }
    };
    let policy = document.parse::<Policy>().map_err(|remark| refused(&[*remark]))?;
    let errors: Vec<Remark> = check_alone(&document).into_iter().filter(|r| r.weight == Weight::Error).collect();
    if errors.is_empty() { Ok(policy) } else { Err(refused(&errors)) }
}

fn judge(
    bundle: &Path,
    anchors: &Anchors,
    as_of: Option<Timestamp>,
    profile: Option<&Policy>,
) -> Result<Report, CliError> {
    let hint = "no verdict was reached; `asrun seal RUN` seals a run, `asrun doctor` shows where things are";
    let source = Source::open(bundle).map_err(|error| CliError::of(Exit::CouldNotLook, &error, hint))?;
    let report = match profile {
        Some(profile) => verify::check_under(&source, anchors, as_of, profile),
        None => verify::check(&source, anchors, as_of),
    };
    report.map_err(|error| CliError::of(Exit::CouldNotLook, &error, "no verdict was reached"))
}

/// Reads trust anchors from a file, or from the `.pub`, `.yaml` and `.yml` files of a folder.
pub(super) fn read_anchors(path: &Path) -> Result<Anchors, CliError> {
    let hint = "check the path given to --trust";
    let unreadable = |error: std::io::Error| CliError::of(Exit::CouldNotLook, &error, hint);
    let files = match std::fs::metadata(path).map_err(unreadable)?.is_dir() {
        false => vec![path.to_owned()],
        true => {
            let entries = std::fs::read_dir(path).map_err(unreadable)?;
            let mut files: Vec<PathBuf> =
                entries.flatten().map(|entry| entry.path()).filter(|p| is_anchor(p)).collect();
            files.sort();
            files
        }
    };
    let mut read = Vec::new();
    for file in files {
        let bytes = read_whole(&file, "the trust anchor", MAX_ANCHOR);
        let bytes = bytes.map_err(|error| CliError::of(Exit::CouldNotLook, &error, hint))?;
        read.push((file.display().to_string(), bytes));
    }
    Anchors::read(read).map_err(|error| {
        CliError::of(
            Exit::CouldNotLook,
            &error,
            "--trust takes an authority's public key, a roster, or a folder of these",
        )
    })
}

fn is_anchor(path: &Path) -> bool {
    path.extension().is_some_and(|extension| ["pub", "yaml", "yml"].iter().any(|known| extension == *known))
}

fn explain(code: &str) -> Result<Exit, CliError> {
    match codes::meaning(code) {
        Some(meaning) => say!("{code}: {meaning}"),
        None => {
            return Err(CliError::usage("no finding has this code", "the format page lists all of them"));
        }
    }
    Ok(Exit::Success)
}

fn print(report: &Report, bundle: &Path, json: bool) {
    let text = match json {
        true => report.to_json().unwrap_or_default(),
        false => labelled(report, text(report, &bundle.display().to_string())).into_bytes(),
    };
    say_on!("{}{}", String::from_utf8_lossy(&text), if json { "\n" } else { "" });
}

/// Says on every line that this is not the sealed profile, so that no line of it can be taken for a verdict.
fn labelled(report: &Report, text: String) -> String {
    let Some(what_if) = &report.what_if else { return text };
    let label = format!("what-if {} | ", escape(&what_if.profile));
    let text = text + &regraded(what_if);
    text.lines().map(|line| format!("{label}{line}").trim_end().to_owned() + "\n").collect()
}

fn regraded(what_if: &WhatIf) -> String {
    let mut out = format!("\nUnder the sealed profile the verdict is {}\n", what_if.sealed_verdict);
    for d in &what_if.deviations {
        let at = d.step.as_ref().map_or("run".to_owned(), |step| format!("step {step}"));
        let words = |r: &Ruled| format!("{} {}, {}, {} to review", r.rule, r.outcome.word(), r.class.word(), r.reviews);
        let refused = if d.refused { ", which refuses it" } else { "" };
        out += &format!("  {} at {at}: {}, {}\n", d.id, d.trigger.word(), d.process.word());
        out += &format!("    sealed    {}\n    what-if   {}{refused}\n", words(&d.sealed), words(&d.under));
    }
    out += "\nNot graded here, since it is asked during a run\n";
    what_if.not_graded.iter().for_each(|what| out += &format!("  - {what}\n"));
    out
}

/// Writes a report for people: the grade, why, the way to FINAL, and what nobody claims.
fn text(report: &Report, bundle: &str) -> String {
    let mut out = format!("{}  {}\n", report.verdict, escape(bundle));
    out += &format!("  integrity  {}\n", integrity(report));
    out += &format!("  policy     {}\n", policy(report));
    out += &format!("  trust      {}\n", trust(report.trust));
    if let (Some(run), Some(profile)) = (&report.run, &report.policy_profile) {
        out += &format!("  run        {run}, profile {}\n", escape(profile));
    }
    for (severity, title) in [(Severity::Fail, "Why it fails"), (Severity::Pending, "Open"), (Severity::Note, "Notes")]
    {
        let lines: Vec<String> = report.findings.iter().filter(|f| f.severity == severity).map(line).collect();
        if !lines.is_empty() {
            out += &format!("\n{title}\n{}", lines.concat());
        }
    }
    if !report.missing_for_final.is_empty() {
        out += "\nThe way to FINAL\n";
        for missing in &report.missing_for_final {
            let by = if missing.by.is_empty() { String::new() } else { format!(" (by {})", missing.by.join(" or ")) };
            out += &format!("  - {}{by}\n", missing.message);
        }
    }
    out += "\nNot claimed, by any verdict\n";
    report.not_claimed.iter().for_each(|claim| out += &format!("  - {claim}\n"));
    out
}

fn line(finding: &crate::kernel::verdict::Finding) -> String {
    let about = match (finding.subject.as_str(), finding.place.as_str()) {
        ("", place) => place.to_owned(),
        (subject, "") => subject.to_owned(),
        (subject, place) if place.ends_with(&format!(":{subject}")) => place.to_owned(),
        (subject, place) => format!("{subject}, {place}"),
    };
    format!("  {:<28} {}\n  {:<28} └─ {about}\n", finding.code, finding.message, "")
}

fn integrity(report: &Report) -> String {
    let checked = &report.checked;
    let (records, signatures) = (checked.records, checked.signatures);
    match report.integrity {
        Integrity::Intact => format!(
            "intact: {records} records replayed, {signatures} signatures hold, {} evidence files with {} bytes",
            checked.evidence_files, checked.evidence_bytes
        ),
        Integrity::Broken => "broken".into(),
        Integrity::NotChecked => "not checked".into(),
    }
}

fn policy(report: &Report) -> &'static str {
    match report.policy {
        PolicyAnswer::Met => "met",
        PolicyAnswer::Pending => "pending",
        PolicyAnswer::Violated => "violated",
        PolicyAnswer::NotChecked => "not checked",
    }
}

fn trust(answer: TrustAnswer) -> &'static str {
    match answer {
        TrustAnswer::Anchored => "anchored",
        TrustAnswer::SelfAsserted => "self-asserted: give --trust to name whom you believe",
        TrustAnswer::NotUnderAnchor => "not under the given anchor",
        TrustAnswer::NotChecked => "not checked",
    }
}
