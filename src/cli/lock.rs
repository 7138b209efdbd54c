//! `asrun lock` and `asrun approve`.

use super::check::{open, print};
use super::output::{CliError, Exit};
use super::passphrase::Passphrases;
use crate::authoring::difference::outline;
use crate::authoring::lock::{self, LockError, Wish};
use crate::kernel::model::name::{PersonId, Role, Variable};
use crate::kernel::model::time::Timestamp;
use crate::kernel::text::escape;
use crate::session::{Clock as _, HostClock, MAX_PACKAGE, Station, installed_roster};
use crate::store::{Disk, Home, read_whole};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Options of `lock`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The procedure: its folder or file
    procedure: PathBuf,
    /// The domain pack
    #[arg(long, value_name = "FILE")]
    pack: PathBuf,
    /// The policy profile
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// Fix a parameter
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// The moment of locking; defaults to now
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// Where to write; defaults to `<id>-<revision>.lep`
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Carries `lock` out.
pub(super) fn run(args: &Args, _: &Home) -> Result<Exit, CliError> {
    let file = if args.procedure.is_dir() { args.procedure.join("procedure.yaml") } else { args.procedure.clone() };
    let documents = [open(&file)?, open(&args.pack)?, open(&args.policy)?];
    let set = settings(&args.set)?;
    let at = args.at.unwrap_or_else(|| HostClock::new().now().time);
    let bytes = lock::lock(&documents, &set, at)?;
    let opened = lock::open(&bytes)?;
    let manifest = &opened.plan.manifest;
    let path =
        args.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}-{}.lep", manifest.id, manifest.revision)));
    write(&path, &bytes)?;
    say!("{}", path.display());
    talk!("locked: {}\nnext: asrun approve {} --as PERSON", opened.plan.digest, path.display());
    Ok(Exit::Success)
}

fn settings(texts: &[String]) -> Result<BTreeMap<Variable, String>, CliError> {
    let read = |text: &String| {
        let (name, value) = text.split_once('=')?;
        Some((name.parse::<Variable>().ok()?, value.to_owned()))
    };
    let wrong = || CliError::usage("--set takes NAME=VALUE", "for example --set soak=10s");
    texts.iter().map(|t| read(t).ok_or_else(wrong)).collect()
}

/// Writes a file anew or over an older one.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    Disk::new().replace(path, bytes).map_err(|e| {
        let causes = vec![format!("cannot write `{}`", path.display()), e.to_string()];
        CliError::told(Exit::CouldNotLook, causes, "check the folder and its permissions").not_persisted()
    })
}

/// Options of `approve`.
#[derive(Debug, clap::Args)]
pub(super) struct Approve {
    /// The package
    package: PathBuf,
    /// Who approves
    #[arg(long = "as", value_name = "PERSON")]
    person: PersonId,
    /// In which role; otherwise the first one that is asked for and that the person holds
    #[arg(long)]
    role: Option<Role>,
    /// What the approver wants to say
    #[arg(long)]
    comment: Option<String>,
    #[command(flatten)]
    passphrases: Passphrases,
}

/// Carries `approve` out: what is signed is shown before the passphrase is asked for.
pub(super) fn approve(args: &Approve, home: &Home) -> Result<Exit, CliError> {
    let bytes = package(&args.package)?;
    let opened = lock::open(&bytes)?;
    let station = Station::host(home.clone());
    let (roster, ..) = installed_roster(home)?;
    let at = station.clock.now().time;
    let wish = Wish { person: args.person.clone(), role: args.role.clone(), comment: args.comment.clone() };
    let approval = lock::prepare(&opened, &roster, wish, at)?;
    outline(&opened).iter().for_each(|line| talk!("{}", escape(line)));
    opened.approvers(&roster, at).iter().for_each(|approver| talk!("approved   {}", escape(&approver.to_string())));
    talk!("digest     {}", opened.plan.digest.grouped());
    talk!("signing    {} as {}", escape(&approval.name), approval.role);
    let signer = station.signer(&args.person, &args.passphrases.of(&args.person)?, None)?;
    write(&args.package, &lock::approve(&bytes, &approval, &roster, &signer)?)?;
    say!("{}", args.package.display());
    Ok(Exit::Success)
}

/// Reads the bytes of a package, bounded.
pub(super) fn package(path: &Path) -> Result<Vec<u8>, CliError> {
    Ok(read_whole(path, "the package", MAX_PACKAGE)?)
}

impl From<LockError> for CliError {
    fn from(error: LockError) -> Self {
        if let LockError::Lint(remarks) = &error {
            remarks.iter().for_each(|r| print(r, false));
        }
        Self::of(Exit::Fail, &error, &error.hint())
    }
}
