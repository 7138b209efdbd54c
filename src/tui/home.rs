//! What the home holds, for the library, and the way on for a run of it that is not taken up.

use super::effect::{ArchiveAct, KeyTrouble, Outcome, PackageFacts, UnwellFacts};
use super::exchange::people;
use super::words::chain;
use crate::bundle;
use crate::session::archive::{archive, archived};
use crate::session::health::{Depth, look_in, note};
use crate::session::runs::list;
use crate::session::{Held, Material, Owner, StartError, Station};
use crate::store::Occasion;
use crate::verify::Anchors;
use std::path::{Path, PathBuf};

/// Lists packages, runs, archived runs, and keys that need somebody.
pub(super) fn listed(station: &Station) -> [Outcome; 3] {
    let packages = super::folder::packages(&station.home, station.clock.now().time);
    let runs = Outcome::Home(packages, list(&station.home, Depth::Names));
    [runs, Outcome::Archives(archived(&station.home)), keys(station)]
}

/// Tells which keys of the home sign nothing, or not for long.
pub(super) fn keys(station: &Station) -> Outcome {
    let at = station.clock.now().time;
    let trouble = |key: &Held| {
        let person = match &key.owner {
            Owner::Person(person, _) => Some(person.clone()),
            Owner::Authority | Owner::Nobody | Owner::NotAsked => None,
        };
        key.trouble(at).map(|text| KeyTrouble { person, text })
    };
    Outcome::Keys(station.keyring().unwrap_or_default().iter().filter_map(trouble).collect())
}

/// Reads a package that a run may be opened with, and who may act in it.
pub(super) fn package(station: &Station, path: PathBuf) -> Result<Outcome, StartError> {
    let material = Material::of_package(&station.home, &path, station.clock.now().time)?;
    Ok(Outcome::Package(Box::new(PackageFacts { path, plan: material.plan, roster: material.roster })))
}

/// The authority that this station knows, as the anchor of what it judges. One that is there and cannot be read is told:
/// without it nothing is anchored.
pub(super) fn anchors(station: &Station, tell: impl FnOnce(String)) -> Anchors {
    let path = station.home.trust().join("authority.pub");
    let read = match std::fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Anchors::none(),
        Err(error) => Err(error.to_string()),
        Ok(bytes) => Anchors::read([("authority.pub".to_owned(), bytes)]).map_err(|error| error.to_string()),
    };
    read.unwrap_or_else(|why| {
        tell(format!("no anchor is used: `{}` is not read: {why}", path.display()));
        Anchors::none()
    })
}

/// Says why a run is not taken up; where it can be put aside, somebody is asked.
pub(super) fn not_taken_up(station: &Station, error: &StartError) -> Outcome {
    match error {
        StartError::Unwell { run, health } if health.state.can_be_put_aside() => {
            let (run, words) = (run.clone(), health.words());
            Outcome::Unwell(Box::new(UnwellFacts { run, words, people: people(station) }))
        }
        _ => Outcome::Refused(None, chain(error), error.hint()),
    }
}

/// Writes the `.proof` file of a sealed run beside the runs, and notes how far it goes.
pub(super) fn export(station: &Station, path: &Path) -> Outcome {
    let to = path.with_extension("proof");
    if let Err(error) = bundle::export(path, &to, &station.disk) {
        return Outcome::Refused(None, chain(&error), "the bundle is as it was".to_owned());
    }
    let reading = look_in(&station.home, path, Depth::Names);
    let noted = reading.run.map_or(Ok(()), |run| note(station, &run, reading.seal, Occasion::Exported));
    let rest = noted.err().map(|error| format!("; this station could not note it: {error}")).unwrap_or_default();
    Outcome::Told(format!("written and read back: {}{rest}", to.display()))
}

/// Puts a run aside.
pub(super) fn put_aside(station: &Station, act: &ArchiveAct) -> Outcome {
    match archive(station, &act.run, &act.person, &act.passphrase, &act.reason) {
        Ok(archived) => Outcome::Archived(archived.words()),
        Err(error) => Outcome::Refused(None, chain(&error), "the run lies where it lay".to_owned()),
    }
}
