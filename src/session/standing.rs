//! Who may act at this station now: the run's own roster is asked, and the one that the station goes by (FORMAT.md §8).
//!
//! Replay asks the run's own roster alone, so that the record stands alone. What the station knows beside it is asked
//! here, before the kernel, and refuses without a record; only the end of the session is recorded.

use super::{Accepted, Session, Station, SubmitError, earlier_than_this_program, installed_roster};
use crate::kernel::documents::clock::{SET_THE_CLOCK, clock_is_wrong};
use crate::kernel::documents::roster::Roster;
use crate::kernel::documents::standing::{Standing, Withheld};
use crate::kernel::model::name::{Identifier, PersonId, Role};
use crate::kernel::model::opening::LockReason;
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::event::Event;
use crate::kernel::records::intent::Intent;
use crate::kernel::run::{Decided, Who};
use crate::kernel::signature::{KeyId, SshSignature};
use crate::keys::Signer;
use crate::store::Home;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;

/// The newest roster that this station installed, read again when its file is another one.
///
/// What was known once is not forgotten while the program runs: a roster that is taken away or damaged changes nothing.
#[derive(Default)]
pub(super) struct Installed {
    seen: Option<Stamp>,
    roster: Option<Arc<Roster>>,
}

/// What tells one roster file from another without reading it: serial, device, inode, size, time of change.
type Stamp = (u32, u64, u64, u64, i64, i64);

impl Installed {
    /// Looks whether another roster was installed: one listing of a small folder and one `stat`.
    pub(super) fn look(&mut self, home: &Home) -> Option<&Arc<Roster>> {
        let stamp = stamp(&home.rosters());
        if stamp != self.seen {
            self.seen = stamp;
            let known = self.roster.as_ref().map_or(0, |r| r.serial);
            if let Some((roster, ..)) = installed_roster(home).ok().filter(|(roster, ..)| roster.serial >= known) {
                self.roster = Some(Arc::new(roster));
            }
        }
        self.roster.as_ref()
    }
}

fn stamp(folder: &Path) -> Option<Stamp> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let serials = entries.filter_map(|e| Some((e.file_name().to_str()?.strip_suffix(".yaml")?.parse().ok()?, e)));
    let (serial, entry): (u32, _) = serials.max_by_key(|(serial, _)| *serial)?;
    let facts = entry.metadata().ok()?;
    Some((serial, facts.dev(), facts.ino(), facts.len(), facts.ctime(), facts.ctime_nsec()))
}

impl Station {
    /// Opens a person's key for a signature outside of a run, when the station's roster lets it sign.
    ///
    /// `site` is that of what is signed, where that is known: the roster of another site says nothing about it. A
    /// station without a roster knows nothing against anybody.
    ///
    /// # Errors
    /// No key, a wrong passphrase, or a key that is revoked, expired or not listed.
    pub fn signer(
        &self,
        person: &PersonId,
        passphrase: &str,
        site: Option<&Identifier>,
    ) -> Result<Signer, SubmitError> {
        let signer = self.key(person, passphrase)?;
        self.entitled(person, &signer.id(), site)?;
        Ok(signer)
    }

    /// Asks the station's roster about a key that signs here, or signed elsewhere what is taken in now.
    ///
    /// # Errors
    /// Why it may not sign.
    pub fn entitled(&self, person: &PersonId, key: &KeyId, site: Option<&Identifier>) -> Result<(), SubmitError> {
        let roster = installed_roster(&self.home).ok().map(|(roster, ..)| roster);
        if let Some(roster) = roster.filter(|roster| site.is_none_or(|site| *site == roster.site)) {
            let at = self.clock.now().time;
            if let Some(wrong) = clock_is_wrong(at, Some(&roster), None, None).or_else(|| earlier_than_this_program(at))
            {
                return Err(SubmitError::Input(format!("{wrong}; {SET_THE_CLOCK}")));
            }
            roster.entitled(person, key, at)?;
        }
        Ok(())
    }

    /// Opens a person's key; what it may sign is asked apart.
    pub(super) fn key(&self, person: &PersonId, passphrase: &str) -> Result<Signer, SubmitError> {
        let name = person.as_str().parse().map_err(|_| SubmitError::Locked(person.clone()))?;
        let opened = self.keys().open(&name, passphrase);
        opened.map_err(|source| SubmitError::Key { person: person.clone(), source })
    }
}

impl Session {
    /// The station's roster, where it is newer than the run's own and of the same site.
    fn newer(&mut self) -> Option<Arc<Roster>> {
        let own = self.run.roster();
        let newer = self.installed.look(&self.station.home)?;
        (newer.site == own.site && newer.serial > own.serial).then(|| Arc::clone(newer))
    }

    /// Asks both rosters whether this key of this person may sign now.
    ///
    /// Now is not before the last record: a clock that was set back is named by the kernel, and ends nobody's session.
    pub(super) fn entitled(&mut self, who: &Who, at: Timestamp) -> Result<(), Withheld> {
        let at = self.run.last().map_or(at, |last| at.max(last.time));
        self.run.roster().entitled(&who.person, &who.key, at)?;
        let Some(newer) = self.newer() else { return Ok(()) };
        newer.entitled(&who.person, &who.key, at)?;
        // Whoever holds none of the bound roles any more has nothing left to do here.
        let bound: Vec<&Role> = self.run.roles_of(&who.person).collect();
        match bound.iter().any(|role| newer.holder(&who.person, role, at).is_ok()) {
            true => Ok(()),
            false => bound.first().map_or(Ok(()), |role| newer.holder(&who.person, role, at).map(drop)),
        }
    }

    /// Asks both rosters whether a key that signed something earlier was revoked since.
    pub(super) fn not_revoked(&mut self, person: &PersonId, key: &KeyId) -> Result<(), Withheld> {
        let at = self.now().time;
        let rosters = [Some(self.run.roster().clone()), self.newer()];
        for roster in rosters.into_iter().flatten() {
            if let Standing::Revoked { .. } = roster.standing(person, key, at) {
                roster.entitled(person, key, at)?;
            }
        }
        Ok(())
    }

    /// Asks the station's newer roster about the role of a decided act, and about whom else it brings in.
    pub(super) fn still_entitled(&mut self, decided: &Decided, at: Timestamp, who: &Who) -> Result<(), Withheld> {
        let Some(newer) = self.newer() else { return Ok(()) };
        newer.holder(&who.person, &decided.role, at)?;
        match &decided.event {
            Event::CrewBound(bound) => brings_in(&newer, &bound.person, &bound.role, at),
            Event::TurnoverGiven(given) => brings_in(&newer, &given.to, &given.handed, at),
            Event::AnswerImported(answer) => {
                newer.holder(&answer.person, &answer.as_role, at)?;
                let key = SshSignature::parse(answer.signature.as_bytes()).map(|s| s.claimed_signer().id());
                key.map_or(Ok(()), |key: KeyId| newer.entitled(&answer.person, &key, at).map(drop))
            }
            _ => Ok(()),
        }
    }

    /// Ends the session of a person who may not act any more: the key is forgotten, and the end is recorded.
    ///
    /// That record is the last one under this key; it lets nobody do anything. Where the run's own roster does not let
    /// the key sign either, nothing is recorded, since it could not be replayed.
    pub(super) fn withdraw(&mut self, who: &Who, withheld: Withheld) -> SubmitError {
        let now = self.now();
        let intent = Intent::LockSession { reason: LockReason::Withdrawn };
        let open = self.run.has_session(&who.person, &now) && self.run.closed().is_none();
        let decided =
            self.run.decide(&intent, who, &now).ok().filter(|_| open && self.signers.contains_key(&who.person));
        let record = decided
            .and_then(|decided| self.append(decided, who, &now).ok())
            .and_then(|done| done.records.first().copied());
        self.signers.remove(&who.person);
        SubmitError::Withheld { withheld: Box::new(withheld), record }
    }

    /// Ends the sessions of all who may not act any more; a face calls it as time passes.
    ///
    /// Returns the records and what is to be said.
    pub fn withdraw_all(&mut self) -> (Accepted, Vec<SubmitError>) {
        let at = self.now().time;
        let unlocked: Vec<Who> =
            self.signers.iter().map(|(person, signer)| Who { person: person.clone(), key: signer.id() }).collect();
        let mut said = Vec::new();
        for who in unlocked {
            if let Err(withheld) = self.entitled(&who, at) {
                said.push(self.withdraw(&who, withheld));
            }
        }
        let records = said.iter().filter_map(|error| match error {
            SubmitError::Withheld { record, .. } => *record,
            _ => None,
        });
        (Accepted::of(records.collect()), said)
    }
}

fn brings_in(roster: &Roster, person: &PersonId, role: &Role, at: Timestamp) -> Result<(), Withheld> {
    roster.able(person, at)?;
    roster.holder(person, role, at).map(drop)
}
