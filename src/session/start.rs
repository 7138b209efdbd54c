//! Beginning a run.

use super::archive::archived_run;
use super::standing::Installed;
use super::{Accepted, Left, Material, Session, StartError, Station, SubmitError};
use crate::kernel::canon::digest::{FileDigest, LineDigest};
use crate::kernel::model::name::{PersonId, RunId, Variable};
use crate::kernel::model::opening::{Binding, ClockTrust, Mode};
use crate::kernel::model::previous_run::PreviousRun;
use crate::kernel::model::time::Now;
use crate::kernel::records::intent::Intent;
use crate::kernel::run::{Decided, Run, Who};
use crate::keys::Signer;
use crate::store::{Home, Journal, Lock, Memory, Occasion, acknowledged, last_line};
use std::collections::BTreeMap;

/// What the opener says of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Live or training.
    pub mode: Mode,
    /// The run header.
    pub fields: BTreeMap<Variable, String>,
    /// Persons and roles beside the opener.
    pub crew: Vec<Binding>,
}

impl Session {
    /// Begins a run: nothing is written before the kernel has said yes.
    ///
    /// # Errors
    /// A wrong passphrase, a key that the roster does not let sign, a package or roster that is not in force, missing
    /// fields, or a failing disk.
    pub fn start(
        station: Station,
        material: Material,
        person: &PersonId,
        passphrase: &str,
        opening: Opening,
    ) -> Result<(Self, Accepted), StartError> {
        let now = station.clock.now();
        let signer = station.key(person, passphrase).map_err(Box::new)?;
        let who = Who { person: person.clone(), key: signer.id() };
        let mut installed = Installed::default();
        match installed.look(&station.home) {
            Some(newest) if newest.serial > material.roster.serial => {
                let why = format!("roster {} was installed meanwhile; take the package again", newest.serial);
                return Err(StartError::Roster(why));
            }
            Some(_) | None => {}
        }
        let entitled = material.roster.entitled(person, &who.key, now.time);
        entitled.map_err(|withheld| Box::new(SubmitError::from(withheld)))?;
        let run = Run::draft(material.plan.clone(), material.roster.clone(), new_run_id(now.time.millis())?);
        let intent = Intent::Open {
            clock: ClockTrust::Own,
            crew: opening.crew,
            fields: opening.fields,
            mode: opening.mode,
            offset: station.clock.offset(),
            previous_run: previous_run(&station.home),
            program: station.program(),
            roster: FileDigest::of(&material.roster_bytes),
            superseded_by: material.superseded_by,
        };
        let decided = run
            .decide(&intent, &who, &now)
            .map_err(|refusal| Box::new(SubmitError::Refused { refusal, left: Left::default() }))?;
        let (id, folder) = (run.id().clone(), station.home.run(run.id()).dir);
        let begun = |error| StartError::Begun { run: id, folder, source: Box::new(error) };
        Self::begin(station, material, run, (installed, signer, who), (decided, now)).map_err(begun)
    }

    /// Makes the folder of a run that the kernel allowed, and records its opening.
    fn begin(
        station: Station,
        material: Material,
        run: Run,
        (installed, signer, who): (Installed, Signer, Who),
        (decided, now): (Decided, Now),
    ) -> Result<(Self, Accepted), StartError> {
        let paths = station.home.run(run.id());
        paths.create(&station.disk)?;
        let lock = Lock::take(&paths, &station.disk, &format!("{} with asrun", who.person), now.time)?;
        material.write(&paths, &station.disk)?;
        let journal = Journal::create(&paths, &station.disk, lock)?;
        let signers = BTreeMap::from([(who.person.clone(), signer)]);
        let over = Self::over(station, material, paths, journal, run);
        let mut session = Self { signers, installed, last_act: now.clone(), ..over };
        let opened = session.counted(|session| {
            let mut accepted = Accepted::default();
            accepted.and(session.append(decided, &who, &now)?);
            session.remember(Occasion::Opened);
            session.follow_up(&who, &mut accepted)?;
            Ok(accepted)
        });
        let accepted = opened.map_err(Box::new)?;
        Ok((session, accepted))
    }
}

/// Returns the last run opened on this station, with the last record that was acknowledged of it.
fn previous_run(home: &Home) -> Option<PreviousRun> {
    let memory = Memory::read(home);
    let run = memory.last_opened()?.clone();
    let paths = home.run(&run);
    if let Some(archived) = archived_run(home, &run).filter(|_| !paths.dir.exists()) {
        let head = archived.manifest.acknowledged.map(|head| head.head).or(archived.manifest.last)?;
        return Some(PreviousRun { archived: Some(archived.digest), head, run });
    }
    let kept = acknowledged(&paths).ok().and_then(|head| head.head);
    let seen = || memory.of(&run).iter().max_by_key(|seen| seen.records).map(|seen| seen.head);
    let head = kept.or_else(|| last_line(&paths).map(|line| LineDigest::of(&line))).or_else(seen)?;
    Some(PreviousRun { archived: None, head, run })
}

fn new_run_id(millis: i64) -> Result<RunId, StartError> {
    let mut random = [0; 16];
    let failed = |e: getrandom::Error| StartError::Roster(format!("no randomness for a run id: {e}"));
    getrandom::fill(&mut random).map_err(failed)?;
    let millis = u64::try_from(millis).unwrap_or(0);
    let id = ulid::Ulid::from_parts(millis, u128::from_be_bytes(random));
    id.to_string().parse().map_err(|e| StartError::Roster(format!("{e}")))
}
