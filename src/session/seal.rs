//! Closing the record and sealing the bundle in place: no copy of the evidence (FORMAT.md §6).
//!
//! The recorder cannot judge. Before anything is closed or sealed the verifier goes over the very files and writes a
//! ticket; what is wrong is told while it can still be put right. After the seal it judges the bundle once more, and
//! only then anybody says "sealed". What a file of evidence is, is asked of what the system tells of it where it was
//! taken in here; `--thorough` has every byte read (FORMAT.md §6, with what that cannot tell).

use super::fit::Tidied;
use super::{Accepted, SealError, Session};
use crate::bundle;
use crate::bundle::bag::{BagFacts, Payload};
use crate::bundle::{Known, Taken};
use crate::kernel::canon::digest::{FileDigest, SealDigest};
use crate::kernel::canon::{self, NotCanonical};
use crate::kernel::judgement::derived::{self, Carried};
use crate::kernel::media::Look;
use crate::kernel::model::name::PersonId;
use crate::kernel::records::intent::Intent;
use crate::kernel::run::Who;
use crate::kernel::signature::RECEIPT_TYPE;
use crate::keys::Signer;
use crate::store::{Occasion, Sight, StoreError, TakenIn};
use crate::verify::{Judges, Sealable};
use std::fs::File;
use std::path::{Path, PathBuf};

/// A sealed bundle. The verifier has passed it; of evidence that was taken in here and that nobody touched since it took
/// the facts for the bytes, unless all was to be read ([`Session::seal_thoroughly`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Its folder.
    pub bundle: PathBuf,
    /// The digest of its tag manifest.
    pub seal: SealDigest,
    /// What was moved aside or put back on the way.
    pub tidied: Vec<Tidied>,
}

/// A closed record.
#[derive(Debug)]
pub struct Closed {
    /// What was recorded.
    pub accepted: Accepted,
    /// What was moved aside or put back on the way.
    pub tidied: Vec<Tidied>,
    ticket: Sealable,
}

impl Session {
    /// Closes the record: its last record, which names the stored files that no record names. The verifier goes over
    /// the files first, while the run is open.
    ///
    /// # Errors
    /// What must be put right first, or as [`Session::submit`].
    pub fn close(&mut self, person: &PersonId, passphrase: Option<&str>, judges: &Judges) -> Result<Closed, SealError> {
        self.journal.look()?;
        let (tidied, ticket) = self.judged(judges)?;
        let named = self.named();
        let orphans = self.store().orphans(&named)?.into_iter().filter(|o| !self.is_redacted(o)).collect();
        let accepted = self.record(person, &Intent::Close { orphans }, passphrase).map_err(Box::new)?;
        Ok(Closed { accepted, tidied, ticket })
    }

    /// Closes the record where it is open, and seals: what a person at the screen or at the command line means by it.
    ///
    /// # Errors
    /// As [`Session::close`] and [`Session::seal`].
    pub fn finish(&mut self, person: &PersonId, passphrase: &str, judges: &Judges) -> Result<Sealed, SealError> {
        if self.run.closed().is_some() {
            return self.seal(judges);
        }
        let closed = self.close(person, Some(passphrase), judges)?;
        self.seal_judged(&closed.ticket, closed.tidied, judges)
    }

    /// Seals a closed record. An interrupted seal is completed by the next one.
    ///
    /// # Errors
    /// A run that is not closed, what must be put right first, a closer whose session is locked, or a failing disk.
    pub fn seal(&mut self, judges: &Judges) -> Result<Sealed, SealError> {
        self.run.closed().ok_or(SealError::NotClosed)?;
        self.journal.look()?;
        let (tidied, ticket) = self.judged(judges)?;
        self.seal_judged(&ticket, tidied, judges)
    }

    /// Tidies the folder and has the verifier go over it.
    fn judged(&self, judges: &Judges) -> Result<(Vec<Tidied>, Sealable), SealError> {
        let tidied = self.tidy()?;
        let ticket = (judges.sealable)(&self.paths.dir, &self.taken()).map_err(Box::new)?;
        match *ticket.run() == *self.run.id() && ticket.head() == self.run.head() {
            true => Ok((tidied, ticket)),
            false => Err(SealError::Moved),
        }
    }

    /// Has what closes and seals from here on read every file, also those that were taken in here and that nobody touched since.
    pub fn seal_thoroughly(&mut self) {
        self.thorough = true;
    }

    /// What was taken in here; the verifier asks of each file whether anybody touched it.
    fn taken(&self) -> Taken {
        if self.thorough {
            return Taken::new();
        }
        let known = |taken: TakenIn| {
            let path = format!("data/evidence/{}", taken.blake3.hex());
            let look = Look { media_type: taken.media_type, damage: taken.damage };
            let payload = Payload { path: path.clone(), sha256: taken.sha256, blake3: taken.blake3, size: taken.size };
            (path, Known { identity: taken.identity, payload, look })
        };
        TakenIn::of(&self.paths).into_values().map(known).collect()
    }

    fn is_redacted(&self, digest: &canon::digest::EvidenceDigest) -> bool {
        self.run.evidence().iter().any(|e| e.file.blake3 == *digest && e.redacted.is_some())
    }

    /// Writes the remaining files of the bundle and signs the receipt, which goes again when the bundle does not verify.
    fn seal_judged(&mut self, ticket: &Sealable, tidied: Vec<Tidied>, judges: &Judges) -> Result<Sealed, SealError> {
        let closed = self.run.closed().ok_or(SealError::NotClosed)?.clone();
        let key = self.signers.get(&closed.by).map(Signer::id).ok_or_else(|| SealError::Closer(closed.by.clone()))?;
        let entitled = self.entitled(&Who { person: closed.by.clone(), key }, self.now().time);
        entitled.map_err(|withheld| Box::new(self.withheld_from(&closed.by, withheld)))?;
        let signer = self.signers.get(&closed.by).ok_or_else(|| SealError::Closer(closed.by.clone()))?;
        self.store().move_orphans(&self.named())?;
        let state = canon::encode(&self.run.state_file().ok_or(SealError::NotClosed)?)?;
        self.derive(&self.paths.state(), &state)?;
        self.derive(&self.paths.manifest(), &self.inventory()?)?;
        let facts = BagFacts { run: self.run.id().clone(), closed: closed.at };
        let seal = bundle::seal_folder(&self.paths.dir, &self.payload(ticket)?, &facts, &self.station.disk)?;
        let predicate = derived::predicate(&self.run, FileDigest::of(&state)).ok_or(SealError::NotClosed)?;
        let statement = canon::encode(&derived::statement(predicate, seal))?;
        let signature = signer.sign_pae(RECEIPT_TYPE, &statement);
        let envelope = derived::envelope(&statement, signer.id(), signature)?;
        bundle::write_receipt(&self.paths.dir, &envelope, &self.station.disk)?;
        if let Err(unfit) = (judges.sealed)(&self.paths.dir, &self.taken()) {
            // Nobody was told of this receipt yet: without it the run is closed and not sealed, and can be put right.
            let receipt = self.paths.receipt();
            self.station.disk.remove(&receipt).map_err(StoreError::at(&receipt))?;
            return Err(Box::new(unfit).into());
        }
        let sight =
            Sight { run: self.run.id().clone(), records: self.run.seq(), head: self.run.head(), seal: Some(seal) };
        self.keep_in_mind(&sight, Occasion::Sealed);
        Ok(Sealed { bundle: self.paths.dir.clone(), seal, tidied })
    }

    /// What the files under `data/` measure: as judged, and the three that were written since as they lie there.
    fn payload(&self, ticket: &Sealable) -> Result<Vec<Payload>, StoreError> {
        let written = [self.paths.journal(), self.paths.manifest(), self.paths.state()];
        let name = |path: &Path| path.strip_prefix(&self.paths.dir).unwrap_or(path).display().to_string();
        let names = written.each_ref().map(|path| name(path));
        let mut payload: Vec<Payload> =
            ticket.payload().iter().filter(|file| !names.contains(&file.path)).cloned().collect();
        for (path, name) in written.iter().zip(&names) {
            let measured = File::open(path).and_then(|file| bundle::measured(name, file));
            payload.push(measured.map_err(StoreError::at(path))?);
        }
        payload.sort();
        Ok(payload)
    }

    /// Writes a derived file; one that an interrupted seal left with the same bytes is kept.
    fn derive(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        match std::fs::read(path) {
            Ok(found) if found == bytes => Ok(()),
            Ok(_) => self.station.disk.replace(path, bytes).map_err(StoreError::at(path)),
            Err(_) => self.station.disk.write_new(path, bytes).map_err(StoreError::at(path)),
        }
    }

    fn inventory(&self) -> Result<Vec<u8>, NotCanonical> {
        canon::encode(&derived::inventory(&self.run, &self.material.carried()))
    }
}

impl super::Material {
    /// Returns the files of the bundle that are not evidence.
    pub(super) fn carried(&self) -> Vec<Carried> {
        let serial = self.roster.serial;
        vec![
            carried("data/package.lep".into(), "application/x-tar", &self.package),
            carried(format!("data/rosters/{serial}.yaml"), "application/yaml", &self.roster_bytes),
            carried(format!("data/rosters/{serial}.yaml.sig"), "text/plain", &self.roster_signature),
        ]
    }
}

fn carried(path: String, media_type: &str, bytes: &[u8]) -> Carried {
    Carried {
        path,
        media_type: media_type.to_owned(),
        blake3: canon::digest::EvidenceDigest::of(bytes),
        sha256: FileDigest::of(bytes),
        size: bytes.len() as u64,
    }
}
