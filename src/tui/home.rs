//! What the home holds, for the library.

use super::effect::{KeyTrouble, Outcome, PackageFacts};
use crate::session::health::Depth;
use crate::session::runs::list;
use crate::session::{Held, Material, Owner, StartError, Station};
use crate::verify::Anchors;
use std::path::PathBuf;

/// Lists packages and runs.
pub(super) fn listed(station: &Station) -> Outcome {
    let packages = super::folder::packages(&station.home, station.clock.now().time);
    Outcome::Home(packages, list(&station.home, Depth::Names))
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
