//! `asrun verify`: judges bundles and says why.

use super::import::noted;
use super::many::{self, Asked};
use super::output::{CliError, Exit};
use super::report;
use crate::authoring::check::{Remark, check_alone};
use crate::bundle::Source;
use crate::kernel::documents::policy::Policy;
use crate::kernel::judgement::verdict::Verdict;
use crate::kernel::model::time::Timestamp;
use crate::kernel::text::escape;
use crate::library::lint::Weight;
use crate::session::Station;
use crate::session::health::{self, Noted};
use crate::store::{Home, Sight, read_whole};
use crate::verify::{self, Anchors, Judged, Report};
use std::path::{Path, PathBuf};

/// The largest anchor file.
const MAX_ANCHOR: u64 = 1 << 20;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Bundles: folders, .proof files, or runs of this home; a folder of bundles stands for all of them
    #[arg(value_name = "BUNDLE", required_unless_present = "explain")]
    bundles: Vec<String>,
    /// Whom you trust, obtained by another route: an authority's public key, a roster, or a folder of these
    #[arg(long, value_name = "ANCHOR")]
    trust: Option<PathBuf>,
    /// The moment to verify at; without it nothing is compared with now
    #[arg(long, value_name = "TIME")]
    as_of: Option<Timestamp>,
    /// What if: grade under this policy profile in place of the sealed one; never FINAL
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// No verdict: compare the files with their lists and follow the links of the records, and ask no signature
    #[arg(long, conflicts_with_all = ["trust", "as_of", "profile"])]
    quick: bool,
    /// Print canonical JSON, one report a line
    #[arg(long)]
    pub(super) json: bool,
    /// Say what a code means and what to do about it; `list` names all of them
    #[arg(long, value_name = "CODE")]
    explain: Option<String>,
}

/// Carries the command out. Of several bundles the worst counts: FAIL, then could not be checked, then PROVISIONAL.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    if let Some(code) = &args.explain {
        return super::explain::explain(code, args.json);
    }
    let bundles: Vec<PathBuf> = args.bundles.iter().map(|bundle| super::export::locate(bundle, home)).collect();
    if args.quick {
        return Ok(super::quick::quickly(&many::bundles(bundles)?, args.json));
    }
    let anchors = anchors(args.trust.as_deref())?;
    let profile = args.profile.as_deref().map(|path| read_profile(path, args.json)).transpose()?;
    let judge = |bundle: &Path| judge(bundle, &anchors, args.as_of, profile.as_ref());
    let asked = many::bundles(bundles)?;
    if let [Asked { path: bundle, named: true }] = asked.as_slice() {
        let judged = match judge(bundle) {
            Ok(judged) => judged,
            Err(error) => {
                error.tell(args.json);
                return Ok(error.exit);
            }
        };
        seen(bundle, sight(&judged).as_ref(), home);
        print(&judged.report, bundle, args.json);
        return Ok(exit_of(judged.report.verdict));
    }
    many::together(&asked, judge, |bundle, sight| seen(bundle, sight, home), args.json)
}

/// Tells what this station knows of a run of its home beside the verdict, and notes that it was verified; the verifier
/// itself knows no home.
fn seen(bundle: &Path, sight: Option<&Sight>, home: &Home) {
    let Some(sight) = sight else { return };
    match health::note_verified(&Station::host(home.clone()), bundle, sight) {
        Ok(Noted::Unwell(words)) => talk!("what this station knows beside the verdict: {}", escape(&words)),
        Ok(Noted::Yes | Noted::Stranger) => {}
        Err(error) => noted(Err(error)),
    }
}

/// How far a proved run goes.
pub(super) fn sight(judged: &Judged) -> Option<Sight> {
    judged.run.as_ref().map(|run| Sight::of(run, judged.seal))
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
fn read_profile(path: &Path, json: bool) -> Result<Policy, CliError> {
    let document = super::check::open(path)?;
    let refused = |remarks: &[Remark]| {
        remarks.iter().for_each(|remark| super::check::print(remark, json));
        let causes = vec![format!("`{}` is no policy profile to grade under", path.display())];
        CliError::told(Exit::CouldNotLook, causes, "fix it: `asrun check FILE` shows what is wrong")
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
) -> Result<Judged, CliError> {
    let hint = "no verdict was reached; `asrun seal RUN` seals a run, `asrun doctor` checks the installation";
    let source = Source::open(bundle).map_err(|error| CliError::of(Exit::CouldNotLook, &error, hint))?;
    let judged = match profile {
        Some(profile) => verify::judge_under(&source, anchors, as_of, profile),
        None => verify::judge(&source, anchors, as_of),
    };
    judged.map_err(|error| CliError::of(Exit::CouldNotLook, &error, "no verdict was reached"))
}

/// Reads the anchors that were given; without any, nobody is trusted beforehand.
pub(super) fn anchors(given: Option<&Path>) -> Result<Anchors, CliError> {
    given.map_or(Ok(Anchors::none()), read_anchors)
}

/// Reads trust anchors from a file, or from the `.pub`, `.yaml` and `.yml` files of a folder.
fn read_anchors(path: &Path) -> Result<Anchors, CliError> {
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

pub(super) fn print(report: &Report, bundle: &Path, json: bool) {
    let text = match json {
        true => report.to_json().unwrap_or_default(),
        false => report::text(report, &bundle.display().to_string()).into_bytes(),
    };
    say_on!("{}{}", String::from_utf8_lossy(&text), if json { "\n" } else { "" });
}
