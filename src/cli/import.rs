//! `asrun import`: packages, sealed bundles and answers come into this home, checked first.

use super::lock::{package, write};
use super::output::{CliError, Exit};
use super::passphrase::Passphrases;
use crate::authoring::difference::differences;
use crate::authoring::lock::{self, LockError};
use crate::bundle::{self, BundleError, MAX_FILE, OpenError, RECEIPT, Source, TAG_MANIFEST};
use crate::kernel::documents::clock::clock_is_wrong;
use crate::kernel::documents::package::Plan;
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::Finding;
use crate::kernel::model::name::{PersonId, RunId};
use crate::kernel::records::record::SignedRecord;
use crate::kernel::text::{counted, escape};
use crate::session::health::{self, Depth};
use crate::session::{Clock as _, HostClock, Shelf, StartError, Station};
use crate::store::{Disk, Home, Memory, Occasion, StoreError};
use crate::verify::{self, Anchors, Judged};
use std::path::{Path, PathBuf};

/// Said after every refusal.
const KEPT: &str = "what is there is never written over; `asrun verify` tells more";
/// The largest tag manifest that is compared; it lists four files.
const MAX_TAGS: u64 = 4096;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A package, a sealed bundle, or with --run an answer whose signature lies beside it
    file: PathBuf,
    /// The run that the answer belongs to
    #[arg(long, requires = "person")]
    run: Option<RunId>,
    /// Who takes the answer in
    #[arg(long = "as", value_name = "PERSON")]
    person: Option<PersonId>,
    #[command(flatten)]
    passphrases: Passphrases,
}

/// Carries the command out: only what may be run here, or stands, is taken into the home.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    if let (Some(run), Some(person)) = (&args.run, &args.person) {
        return super::request::import(&args.file, run, person, &args.passphrases, home);
    }
    match Source::open(&args.file) {
        Ok(source) if source.member(RECEIPT).is_some() || source.member(TAG_MANIFEST).is_some() => {
            bundle(&source, home)
        }
        _ => locked(&args.file, home),
    }
}

/// A package is taken when it may be run under the newest roster of this station and stands in nobody's way.
///
/// Nothing is overwritten. What differs from the package that it comes after is told first.
fn locked(file: &Path, home: &Home) -> Result<Exit, CliError> {
    let bytes = package(file)?;
    let opened = lock::open(&bytes)?;
    let (roster, ..) = crate::session::installed_roster(home)?;
    let now = HostClock::new().now().time;
    if let Some(wrong) = clock_is_wrong(now, Some(&roster), Some(opened.plan.manifest.locked_at), None) {
        return Err(StartError::Clock(wrong).into());
    }
    opened.check_in_force(&roster, now).map_err(LockError::from)?;
    let plan = &opened.plan;
    let shelf = Shelf::of(home, &plan.manifest.id);
    shelf.admits(plan, &roster).map_err(LockError::from)?;
    home.create(&Disk::new())?;
    let path = home.packages().join(format!("{}-{}.lep", plan.manifest.id, plan.manifest.revision));
    match std::fs::read(&path) {
        Ok(here) if here == bytes => talk!("it is there already, byte for byte"),
        Ok(here) => more_approvals(&path, &here, &bytes)?,
        Err(_) => {
            shelf.predecessor(plan).into_iter().for_each(|before| differing(&before.plan, plan));
            Disk::new().write_new(&path, &bytes).map_err(StoreError::at(&path))?;
        }
    }
    if let Some(by) = shelf.successor(plan, &roster, now) {
        talk!("note: revision {} here supersedes it; only a profile that says so opens a run with it", by.revision);
    }
    opened.approvers(&roster, now).iter().for_each(|approver| talk!("approved by {}", escape(&approver.to_string())));
    say!("{}", path.display());
    Ok(Exit::Success)
}

/// The same package comes once more: approvals that are new here are taken over, none is lost.
fn more_approvals(path: &Path, here: &[u8], offered: &[u8]) -> Result<(), CliError> {
    let (joined, added) = lock::join(here, offered)?;
    if added > 0 {
        write(path, &joined)?;
    }
    talk!("it is there already; {} new here", counted(added, "approval is", "approvals are"));
    Ok(())
}

/// Tells what changes for those who work by the new revision.
fn differing(before: &Plan, after: &Plan) {
    let (old, new) = (&before.manifest, &after.manifest);
    talk!("compared with revision {} ({}), which is here:", old.revision, before.digest);
    let differences = differences(before, after);
    if differences.is_empty() {
        talk!("  profile, parameters, pack and procedure say the same");
    }
    differences.iter().for_each(|difference| talk!("  {}", escape(&difference.to_string())));
    if new.supersedes.as_ref() != Some(&old.revision) {
        talk!("  revision {} does not supersede it: both may be run", new.revision);
    }
}

/// A bundle is taken when it stands, when the station has not seen another history of its run, and when it stands again
/// where it was written.
fn bundle(source: &Source, home: &Home) -> Result<Exit, CliError> {
    let judged = verify::judge(source, &Anchors::none(), None).map_err(|error| refused(error.to_string()))?;
    verify::stands(&judged).map_err(|why| refused(why.to_string()))?;
    let run = judged.run.as_ref().ok_or_else(|| refused("it names no run".into()))?;
    let station = Station::host(home.clone());
    home.create(&station.disk)?;
    let to = home.run(run.id()).dir;
    if to.symlink_metadata().is_ok() {
        let added = again(source, &judged, &to, &station)?;
        say!("{}", to.display());
        talk!(
            "it is there already, with the same seal; {} new here",
            counted(added, "file added later is", "files added later are")
        );
        return Ok(Exit::Success);
    }
    let unseen = health::against(&Memory::read(home), run.id(), judged.lines.clone(), judged.seal);
    unseen.map_err(|health| refused(health.words()))?;
    let unpacked = bundle::unpack(source, &to, &station.disk)?;
    verify::standing(&unpacked.source()?).map_err(|why| refused(why.to_string()))?;
    say!("{}", unpacked.keep()?.display());
    talk!("imported and verified: {}; `asrun verify --trust` says under whom", judged.report.verdict);
    noted(health::note(&station, run, judged.seal, Occasion::Imported));
    Ok(Exit::Success)
}

/// Says that the station does not remember what it should: what was done is done.
pub(super) fn noted(done: Result<(), StoreError>) {
    if let Err(error) = done {
        talk!("this station could not note it in its memory: {error}");
    }
}

/// Adds what was signed since to the bundle that is here; returns how many files that were.
fn again(source: &Source, incoming: &Judged, to: &Path, station: &Station) -> Result<usize, CliError> {
    let here = match Source::open(to) {
        Err(OpenError::Unsealed(_)) => return Err(under_way(incoming, to, &station.home)),
        opened => opened?,
    };
    let seal = |source: &Source| source.read(TAG_MANIFEST, MAX_TAGS).map_err(BundleError::from);
    if seal(source)? != seal(&here)? {
        return Err(other_bundle(&here, source, to, station));
    }
    let disk = Disk::new();
    let mut added = 0;
    for member in source.members().iter().filter(|member| bundle::is_appended(&member.name)) {
        let bytes = source.read(&member.name, MAX_FILE as u64).map_err(BundleError::from)?;
        let done = bundle::append(to, &member.name, &bytes, &disk)?;
        added += usize::from(done == bundle::Appended::Added);
    }
    Ok(added)
}

/// The run is still open here: nothing takes its place, and where the two part is told.
fn under_way(incoming: &Judged, to: &Path, home: &Home) -> CliError {
    let here = health::look_keeping(home, to, Depth::Names);
    let lines: Vec<_> = here.records.iter().map(SignedRecord::digest).collect();
    let told = match verify::diverges(&lines, &incoming.lines) {
        Some(record) if record <= here.held => {
            format!("two histories of this run: they differ from record {record} on; do not rely on what follows")
        }
        _ => format!(
            "the run is open here with {} of its {}",
            here.held,
            counted(incoming.lines.len(), "record", "records")
        ),
    };
    refused(format!("{told}: `{}`", to.display()))
}

/// Another seal of a run that is here. Where somebody of its roster signed the other one, its receipt is kept beside the
/// bundle, which fails from now on: two records of one run exist.
fn other_bundle(here: &Source, source: &Source, to: &Path, station: &Station) -> CliError {
    let judge = |source: &Source| verify::judge(source, &Anchors::none(), None).ok();
    let (Some(own), Some(other)) = (judge(here), judge(source)) else {
        return refused(format!("another bundle of this run is here: `{}`", to.display()));
    };
    let (receipt, run, seal) = (other.receipt.clone(), other.run.clone(), other.seal);
    let mut both = [(to, own), (Path::new("the other bundle"), other)];
    verify::compare(&mut both);
    let forked = |finding: &&Finding| [FindingCode::SealForked, FindingCode::NoteContradicts].contains(&finding.code);
    let Some(finding) = both[0].1.report.findings.iter().find(forked) else {
        return refused(format!("another bundle of this run is here: `{}`", to.display()));
    };
    let mut told = format!("{}: {}", finding.code, finding.message);
    if let Some(receipt) = receipt {
        told += match bundle::append(to, &verify::fork_name(&receipt), &receipt, &station.disk) {
            Ok(_) => "; its receipt is kept beside the bundle that is here",
            Err(_) => "; its receipt could not be kept",
        };
    }
    noted(run.map_or(Ok(()), |run| health::note(station, &run, seal, Occasion::Refused)));
    refused(told)
}

fn refused(why: String) -> CliError {
    CliError::told(Exit::Fail, vec!["the bundle was rejected".into(), why], KEPT)
}

impl From<BundleError> for CliError {
    fn from(error: BundleError) -> Self {
        Self::of(Exit::CouldNotLook, &error, KEPT)
    }
}

impl From<OpenError> for CliError {
    fn from(error: OpenError) -> Self {
        Self::of(Exit::CouldNotLook, &error, KEPT)
    }
}
