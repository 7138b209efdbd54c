//! What the home holds, for the library, and the way on for a run of it that is not taken up.

use crate::bundle;
use crate::session::archive::{archive, archived};
use crate::session::health::{Depth, Noted, State, look_in, note, note_verified};
use crate::session::runs::list;
use crate::session::{Held, Material, Owner, Session, StartError, Station};
use crate::store::{Occasion, Sight};
use crate::telling::trouble::Trouble;
use crate::tui::acts::exchange::people;
use crate::tui::ground::effect::{KeyTrouble, Outcome, PackageFacts, UnwellFacts, WayOn, WayOnAct};
use crate::tui::words::chain;
use crate::verify::{Anchors, Judged};
use std::error::Error;
use std::path::{Path, PathBuf};

/// Lists packages, runs, archived runs, and keys that need somebody.
pub(in crate::tui) fn listed(station: &Station) -> [Outcome; 3] {
    let packages = crate::tui::acts::folder::packages(&station.home, station.clock.now().time);
    let runs = Outcome::Home(packages, list(&station.home, Depth::Names));
    [runs, Outcome::Archives(archived(&station.home)), keys(station)]
}

/// Tells which keys of the home sign nothing, or not for long.
pub(in crate::tui) fn keys(station: &Station) -> Outcome {
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
pub(in crate::tui) fn package(station: &Station, path: PathBuf) -> Result<Outcome, StartError> {
    let material = Material::of_package(&station.home, &path, station.clock.now().time)?;
    Ok(Outcome::Package(Box::new(PackageFacts { path, plan: material.plan, roster: material.roster })))
}

/// The authority that this station knows, as the anchor of what it judges. One that is there and cannot be read is told:
/// without it nothing is anchored.
pub(in crate::tui) fn anchors(station: &Station, tell: impl FnOnce(String)) -> Anchors {
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

/// Says why a run is not taken up; where it can be put right or aside, somebody is asked.
pub(in crate::tui) fn not_taken_up(station: &Station, error: &StartError) -> Outcome {
    let (run, ways) = match error {
        StartError::Unwell { run, health } => (run, ways(health.state)),
        StartError::Rescued { run, .. } => (run, ways(State::Rescued)),
        _ => return Outcome::Refused(None, Trouble::of(error, error.hint())),
    };
    if ways.is_empty() {
        return Outcome::Refused(None, Trouble::of(error, error.hint()));
    }
    let words = match error {
        StartError::Unwell { health, .. } => health.words(),
        other => chain(other),
    };
    Outcome::Unwell(Box::new(UnwellFacts { run: run.clone(), words, people: people(station), ways }))
}

/// What can be done about a run; going on with it is proposed first.
fn ways(state: State) -> Vec<WayOn> {
    let mend = state.can_be_mended().then_some(WayOn::Mend);
    mend.into_iter().chain(state.can_be_put_aside().then_some(WayOn::Archive)).collect()
}

/// Writes the `.proof` file of a sealed run beside the runs, and notes how far it goes.
pub(in crate::tui) fn export(station: &Station, path: &Path) -> Outcome {
    let to = path.with_extension("proof");
    if let Err(error) = bundle::export(path, &to, &station.disk) {
        return Outcome::Refused(None, Trouble::of(&error, "the bundle is as it was"));
    }
    let reading = look_in(&station.home, path, Depth::Names);
    let noted = reading.run.map_or(Ok(()), |run| note(station, &run, reading.seal, Occasion::Exported));
    let rest = noted.err().map(|error| format!("; this station could not note it: {error}")).unwrap_or_default();
    Outcome::Told(format!("written and read back: {}{rest}", to.display()))
}

/// Notes that a bundle was verified here; returns what this station knows beside the verdict.
pub(in crate::tui) fn verified(station: &Station, bundle: &Path, judged: &Judged) -> Option<String> {
    match note_verified(station, bundle, &Sight::of(judged.run.as_ref()?, judged.seal)) {
        Ok(Noted::Yes | Noted::Stranger) => None,
        Ok(Noted::Unwell(words)) => Some(format!("what this station knows beside the verdict: {words}")),
        Err(error) => Some(format!("this station could not note it: {error}")),
    }
}

/// Puts a run right or aside, as `asrun doctor --fix` and `asrun archive` do.
pub(in crate::tui) fn go_on(station: &Station, act: &WayOnAct) -> Outcome {
    let WayOnAct { run, person, passphrase, reason, .. } = act;
    let refused = |error: &dyn Error, hint: String| Outcome::Refused(None, Trouble::of(error, hint));
    match act.way {
        WayOn::Mend => match Session::mend(station.clone(), run, person, passphrase, reason) {
            Ok(mended) => Outcome::WentOn(mended.words().join("; ")),
            Err(error) => refused(&error, error.hint()),
        },
        WayOn::Archive => match archive(station, run, person, passphrase, reason) {
            Ok(archived) => Outcome::WentOn(archived.words()),
            Err(error) => refused(&error, error.hint()),
        },
    }
}
