//! Persons: unlocking, passphrases, locking.

use super::{Accepted, Left, Session, SubmitError};
use crate::kernel::documents::clock::clock_is_wrong;
use crate::kernel::documents::standing::Withheld;
use crate::kernel::model::name::PersonId;
use crate::kernel::model::opening::LockReason;
use crate::kernel::model::time::Now;
use crate::kernel::records::intent::Intent;
use crate::kernel::run::Who;
use crate::store::Occasion;

impl Session {
    /// Opens a person's session with the passphrase of the key.
    ///
    /// The first unlock after a run was taken up records a torn tail and the interruption, if there were any.
    ///
    /// # Errors
    /// No key, a wrong passphrase, a key or person that a roster does not let act, a person who is not of the crew, or
    /// a failing disk.
    pub fn unlock(&mut self, person: &PersonId, passphrase: &str) -> Result<Accepted, SubmitError> {
        self.counted(|session| session.open_session(person, passphrase))
    }

    fn open_session(&mut self, person: &PersonId, passphrase: &str) -> Result<Accepted, SubmitError> {
        let signer = self.station.key(person, passphrase)?;
        let who = Who { person: person.clone(), key: signer.id() };
        let first = self.resumed;
        let now = self.now();
        let (program, roster) = (self.station.program(), self.station.roster());
        let intent = Intent::Unlock { key: who.key, program, resumed: first, roster };
        // A clock that is plainly wrong makes every key look out of date: it is named first.
        if let (true, Err(refusal)) = (self.is_before_its_package(&now), self.run.decide(&intent, &who, &now)) {
            return Err(SubmitError::Refused { refusal, left: Left::default() });
        }
        // Before anything is signed: also the records of a torn tail or an interruption bear this key.
        self.entitled(&who, now.time).map_err(|withheld| self.withheld_from(&who.person, withheld))?;
        self.signers.insert(person.clone(), signer);
        if self.run.closed().is_some() {
            // Nothing follows a closed record; the key is needed for the receipt alone.
            return Ok(Accepted::default());
        }
        let mut accepted = Accepted::default();
        if let Err(error) = self.record_what_was_found(&who, &mut accepted) {
            self.signers.remove(person);
            return Err(error);
        }
        // Signing what was found took its time: no record is older than the one before it.
        let now = self.now();
        let open = self.run.sessions().contains(person) && !first;
        if !open {
            match self.run.decide(&intent, &who, &now) {
                Ok(decided) => accepted.and(self.append(decided, &who, &now)?),
                Err(refusal) => {
                    self.signers.remove(person);
                    return Err(SubmitError::Refused { refusal, left: Left::default() });
                }
            }
        }
        self.resumed = false;
        self.last_act = now;
        self.follow_up(&who, &mut accepted)?;
        Ok(accepted)
    }

    fn is_before_its_package(&self, now: &Now) -> bool {
        let (roster, locked) = (self.run.roster(), self.run.plan().manifest.locked_at);
        self.run.closed().is_none() && clock_is_wrong(now.time, Some(roster), Some(locked), None).is_some()
    }

    /// Says what it means that a person may not sign: of a closed run, whose receipt is the closer's alone, more than of
    /// an open one.
    pub(super) fn withheld_from(&self, person: &PersonId, withheld: Withheld) -> SubmitError {
        match self.run.closed().is_some_and(|closed| closed.by == *person) {
            true => SubmitError::Unsealable { withheld: Box::new(withheld) },
            false => withheld.into(),
        }
    }

    /// Records a torn tail, and what a person answers for, before the first unlock.
    fn record_what_was_found(&mut self, who: &Who, accepted: &mut Accepted) -> Result<(), SubmitError> {
        if let Some(torn) = self.torn.clone() {
            accepted.and(self.append_for_system(torn.into(), who)?);
            self.torn = None;
        }
        if let Some(mended) = self.mended.clone() {
            accepted.and(self.append_for_system(mended.into(), who)?);
            self.mended = None;
        }
        Ok(())
    }

    /// Checks a passphrase against the person's key file.
    ///
    /// # Errors
    /// When it does not open the key, or opens another one than the session's.
    pub fn check_passphrase(&self, person: &PersonId, passphrase: &str) -> Result<(), SubmitError> {
        let signer = self.station.key(person, passphrase)?;
        match self.signers.get(person).is_some_and(|open| open.id() == signer.id()) {
            true => Ok(()),
            false => Err(SubmitError::Locked(person.clone())),
        }
    }

    /// Locks a person's session and forgets the key.
    ///
    /// # Errors
    /// When the record cannot be made durable; the key is forgotten all the same.
    pub(super) fn lock(&mut self, person: &PersonId, reason: LockReason) -> Result<Accepted, SubmitError> {
        let recorded = match self.signers.get(person).map(|signer| Who { person: person.clone(), key: signer.id() }) {
            Some(who) => match self.entitled(&who, self.now().time) {
                Ok(()) => self.record(person, &Intent::LockSession { reason }, None),
                Err(withheld) => Ok(self.withdrawn(&who, withheld)),
            },
            None => Err(SubmitError::Locked(person.clone())),
        };
        self.signers.remove(person);
        recorded
    }

    /// Locks every session when nobody acted for as long as the profile allows.
    ///
    /// # Errors
    /// As [`Session::submit`].
    pub fn lock_idle(&mut self, now: &Now) -> Result<Accepted, SubmitError> {
        let limit = self.run.plan().policy.identity.idle_lock.millis();
        let idle = match now.boot == self.last_act.boot {
            true => now.mono_ms - self.last_act.mono_ms,
            false => now.time.since(self.last_act.time),
        };
        if idle < limit || self.run.closed().is_some() {
            return Ok(Accepted::default());
        }
        self.lock_all(LockReason::Idle)
    }

    /// Notes that somebody is at the keyboard, so that idle time starts again.
    pub fn touch(&mut self) {
        self.last_act = self.now();
    }

    /// Locks every session before the program ends.
    ///
    /// # Errors
    /// As [`Session::submit`].
    pub fn end(&mut self) -> Result<Accepted, SubmitError> {
        let ended = match self.run.closed() {
            Some(_) => Ok(Accepted::default()),
            None => self.lock_all(LockReason::Ended),
        };
        self.remember(Occasion::Left);
        ended
    }

    /// Locks the session of somebody who may not act any more: that it is locked is what was asked for.
    fn withdrawn(&mut self, who: &Who, withheld: Withheld) -> Accepted {
        match self.withdraw(who, withheld) {
            SubmitError::Withheld { record, .. } => Accepted::of(record.into_iter().collect()),
            _ => Accepted::default(),
        }
    }

    fn lock_all(&mut self, reason: LockReason) -> Result<Accepted, SubmitError> {
        self.counted(|session| session.lock_each(reason))
    }

    fn lock_each(&mut self, reason: LockReason) -> Result<Accepted, SubmitError> {
        let mut accepted = Accepted::default();
        let persons: Vec<_> = self.signers.keys().cloned().collect();
        for person in persons {
            // Whoever handed over every role has no session left to lock; the key is forgotten all the same.
            match self.run.sessions().contains(&person) {
                true => accepted.and(self.lock(&person, reason)?),
                false => drop(self.signers.remove(&person)),
            }
        }
        Ok(accepted)
    }
}
