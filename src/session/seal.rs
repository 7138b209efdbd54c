//! Closing the record and sealing the bundle in place: no copy of the evidence (FORMAT.md §6).

use super::{Accepted, SealError, Session, SubmitError};
use crate::bundle;
use crate::bundle::bag::BagFacts;
use crate::kernel::canon::digest::{FileDigest, SealDigest};
use crate::kernel::canon::{self, NotCanonical};
use crate::kernel::model::name::PersonId;
use crate::kernel::receipt::{self, Carried};
use crate::kernel::run::Intent;
use crate::kernel::signature::RECEIPT_TYPE;
use crate::store::{Occasion, Sight, StoreError};
use std::path::{Path, PathBuf};

/// A sealed bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Its folder.
    pub bundle: PathBuf,
    /// The digest of its tag manifest.
    pub seal: SealDigest,
}

impl Session {
    /// Closes the record: its last record, which names the stored files that no record names.
    ///
    /// # Errors
    /// As [`Session::submit`].
    pub fn close(&mut self, person: &PersonId, passphrase: Option<&str>) -> Result<Accepted, SubmitError> {
        let named = self.named();
        let orphans = self.store().orphans(&named)?.into_iter().filter(|o| !self.is_redacted(o)).collect();
        self.submit(person, &Intent::Close { orphans }, passphrase)
    }

    fn is_redacted(&self, digest: &canon::digest::EvidenceDigest) -> bool {
        self.run.evidence().iter().any(|e| e.file.blake3 == *digest && e.redacted.is_some())
    }

    /// Writes the remaining files of the bundle and signs the receipt. An interrupted seal is completed by the next one.
    ///
    /// # Errors
    /// A run that is not closed, a closer whose session is locked, or a failing disk.
    pub fn seal(&mut self) -> Result<Sealed, SealError> {
        let closed = self.run.closed().ok_or(SealError::NotClosed)?.clone();
        let signer = self.signers.get(&closed.by).ok_or_else(|| SealError::Closer(closed.by.clone()))?;
        self.drop_redacted()?;
        self.store().move_orphans(&self.named())?;
        let state = canon::encode(&self.run.state_file().ok_or(SealError::NotClosed)?)?;
        self.derive(&self.paths.state(), &state)?;
        self.derive(&self.paths.manifest(), &self.inventory()?)?;
        let put = |path: &Path, bytes: &[u8]| self.station.disk.write_new(path, bytes);
        let payload = bundle::measure(&self.paths.dir)?;
        let facts = BagFacts { run: self.run.id().clone(), closed: closed.at };
        let seal = bundle::seal_folder(&self.paths.dir, &payload, &facts, &put)?;
        let predicate = receipt::predicate(&self.run, FileDigest::of(&state)).ok_or(SealError::NotClosed)?;
        let statement = canon::encode(&receipt::statement(predicate, seal))?;
        let signature = signer.sign_pae(RECEIPT_TYPE, &statement);
        bundle::write_receipt(&self.paths.dir, &receipt::envelope(&statement, signer.id(), signature)?, &put)?;
        let sight =
            Sight { run: self.run.id().clone(), records: self.run.seq(), head: self.run.head(), seal: Some(seal) };
        self.keep_in_mind(&sight, Occasion::Sealed);
        Ok(Sealed { bundle: self.paths.dir.clone(), seal })
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
        canon::encode(&receipt::inventory(&self.run, &self.material.carried()))
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
