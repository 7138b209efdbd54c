//! `asrun signoff`: signs off a sealed run, a deviation or a step, on another day or machine.

use super::import::noted;
use super::output::{CliError, Exit};
use super::passphrase::Passphrases;
use crate::bundle::{Appended, Source};
use crate::countersign::{self, Added, SignOffError, Unopened, Wish};
use crate::kernel::model::deviation::Class;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::records::sign_off::{Decision, MAX_SIGN_OFF};
use crate::session::{Station, health};
use crate::store::{Disk, Home, read_whole};
use crate::verify::{self, Anchors, Intact, Judged, TrustAnswer};
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The bundle: a folder, a .proof file, or a run of this home
    bundle: String,
    /// Who signs
    #[arg(long = "as", value_name = "PERSON", required_unless_present = "attach")]
    person: Option<PersonId>,
    /// approve, reject, return or acknowledge
    #[arg(long, value_parser = word::<Decision>, required_unless_present = "attach")]
    decision: Option<Decision>,
    /// reviewed, approved, disposition_approved or rejected; otherwise what goes with the decision
    #[arg(long, value_parser = word::<Meaning>)]
    meaning: Option<Meaning>,
    /// run, deviation:DEV-0001 or step:4.3
    #[arg(long, default_value = "run")]
    subject: String,
    /// In which role; otherwise the first one held that the profile names here
    #[arg(long)]
    role: Option<Role>,
    /// Why
    #[arg(long)]
    comment: Option<String>,
    /// The class of the deviation from now on: minor, major or critical
    #[arg(long, value_parser = word::<Class>)]
    final_class: Option<Class>,
    /// Only write the statement into this file, to be signed with `ssh-keygen -Y sign -n signoff@asrun`
    #[arg(long, value_name = "FILE", conflicts_with = "attach")]
    prepare: Option<PathBuf>,
    /// Add statements that were signed elsewhere; each lies beside its signature, FILE.sig
    #[arg(long, value_name = "FILE", num_args = 1..)]
    attach: Vec<PathBuf>,
    #[command(flatten)]
    passphrases: Passphrases,
}

/// Reads a word of the language.
fn word<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|error| error.to_string())
}

/// Carries the command out.
pub(super) fn run(args: &Args, home: &Home) -> Result<Exit, CliError> {
    let bundle = super::export::locate(&args.bundle, home);
    let judged = judge(&bundle)?;
    let Some((person, decision)) = args.person.as_ref().zip(args.decision) else {
        return attach_all(args, &bundle, home);
    };
    if !args.attach.is_empty() {
        return attach_all(args, &bundle, home);
    }
    let station = Station::host(home.clone());
    let wish = Wish {
        person: person.clone(),
        role: args.role.clone(),
        decision,
        meaning: args.meaning,
        subject: countersign::subject(&args.subject).map_err(|error| refused(&error))?,
        comment: args.comment.clone(),
        final_class: args.final_class,
    };
    let (intact, now) = (intact(&judged)?, station.clock.now().time);
    if let Some(file) = &args.prepare {
        let statement = countersign::prepare(&intact, wish, now).map_err(|error| refused(&error))?;
        Disk::new()
            .write_new(file, &statement)
            .map_err(|error| CliError::of(Exit::CouldNotLook, &error, "choose another file"))?;
        say!("{}", file.display());
        talk!(
            "sign it: ssh-keygen -Y sign -n signoff@asrun -f KEY {0}; then: asrun signoff BUNDLE --attach {0}",
            file.display()
        );
        return Ok(Exit::Success);
    }
    let passphrase = args.passphrases.of(person)?;
    let site = &intact.run().roster().site;
    let key = || {
        station.signer(person, &passphrase, Some(site)).map_err(|e| {
            let hint = e.hint();
            Unopened::new(e, hint)
        })
    };
    let exit = told(countersign::sign_off((&bundle, &intact), wish, now, key, &station.disk))?;
    seen(&bundle, &judged, &station);
    Ok(exit)
}

/// Notes what was signed off, as the station's memory takes it.
fn seen(bundle: &Path, judged: &Judged, station: &Station) {
    let Some(run) = &judged.run else { return };
    let anchored = || {
        let anchors = super::verify::anchors(Some(&station.home.trust())).ok()?;
        let report = verify::check(&Source::open(bundle).ok()?, &anchors, None).ok()?;
        (report.trust == TrustAnswer::Anchored).then_some(())
    };
    noted(health::note_signed_off(station, bundle, run, judged.seal, || anchored().is_some()).map(drop));
}

fn judge(bundle: &Path) -> Result<Judged, CliError> {
    let source = Source::open(bundle);
    let source = source.map_err(|error| CliError::of(Exit::CouldNotLook, &error, "only sealed runs are signed off"))?;
    verify::judge(&source, &Anchors::none(), None)
        .map_err(|error| CliError::of(Exit::CouldNotLook, &error, "only what can be read as a whole is signed off"))
}

/// Only what verifies is signed off: nothing appended lifts FAIL for broken bytes.
fn intact(judged: &Judged) -> Result<Intact<'_>, CliError> {
    judged
        .intact()
        .map_err(|error| CliError::of(Exit::Fail, &error, "`asrun verify` says why; only a whole bundle is signed off"))
}

/// Adds statements one after the other; what is refused is said, and the others go on.
fn attach_all(args: &Args, bundle: &Path, home: &Home) -> Result<Exit, CliError> {
    let mut exit = Exit::Success;
    for file in &args.attach {
        let added = judge(bundle).and_then(|judged| {
            let mut signature = file.clone().into_os_string();
            signature.push(".sig");
            let (statement, signature) =
                (small(file, "the statement")?, small(Path::new(&signature), "the signature")?);
            intact(&judged)?;
            let (person, key) = countersign::signer_of(&statement, &signature).map_err(|error| refused(&error))?;
            let site = judged.run.as_ref().map(|run| &run.roster().site);
            let station = Station::host(home.clone());
            station.entitled(&person, &key, site)?;
            add(bundle, &judged, &statement, &signature)?;
            seen(bundle, &judged, &station);
            Ok(())
        });
        if let Err(error) = added {
            error.print();
            exit = exit.worse(error.exit);
        }
    }
    Ok(exit)
}

fn small(path: &Path, what: &'static str) -> Result<Vec<u8>, CliError> {
    let hint = "the signature lies beside the statement, with .sig at the end";
    read_whole(path, what, MAX_SIGN_OFF as u64).map_err(|error| CliError::of(Exit::CouldNotLook, &error, hint))
}

fn add(bundle: &Path, judged: &Judged, statement: &[u8], signature: &[u8]) -> Result<Exit, CliError> {
    told(countersign::attach((bundle, &intact(judged)?), statement, signature, &Disk::new()))
}

fn told(added: Result<Added, SignOffError>) -> Result<Exit, CliError> {
    let added = added.map_err(|error| refused(&error))?;
    say!("signoffs/{}.json", added.digest.hex());
    if let Some(cut) = &added.cut {
        talk!("{cut}");
    }
    talk!(
        "{}",
        match added.how {
            Appended::Added => "added",
            Appended::AlreadyThere => "it was there already",
        }
    );
    Ok(Exit::Success)
}

fn refused(error: &SignOffError) -> CliError {
    let exit = if matches!(error, SignOffError::Word(_)) { Exit::Usage } else { Exit::Fail };
    let told = CliError::of(exit, error, &error.hint());
    if matches!(error, SignOffError::Append { .. }) { told.not_persisted() } else { told }
}
