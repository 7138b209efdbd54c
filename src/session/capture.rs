//! Evidence: bytes are safe before the record that names them.

use super::{Accepted, Session, SubmitError};
use crate::kernel::canon::digest::EvidenceDigest;
use crate::kernel::model::evidence::{Captured, Origin, Sensitivity};
use crate::kernel::model::name::{PersonId, RequirementId, StepId};
use crate::kernel::run::Intent;
use crate::store::{CaptureError, Progress, StoreError, Stored};
use std::collections::BTreeSet;
use std::path::Path;

/// Returns what the record says of a stored file.
#[must_use]
pub fn captured(stored: Stored, origin: Origin) -> Captured {
    Captured {
        blake3: stored.blake3,
        sha256: stored.sha256,
        size: stored.size,
        media_type: stored.media_type,
        name: stored.name,
        origin,
        mtime: stored.mtime,
    }
}

/// What a file is attached to.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// The step.
    pub step: StepId,
    /// The requirement; none for an extra file.
    pub requirement: Option<RequirementId>,
    /// What it shows.
    pub caption: Option<String>,
    /// Who should see it.
    pub sensitivity: Sensitivity,
}

impl Attachment {
    /// Returns the act that records a stored file.
    #[must_use]
    pub fn intent(self, file: Captured) -> Intent {
        Intent::Attach {
            caption: self.caption,
            file,
            requirement: self.requirement,
            sensitivity: self.sensitivity,
            step: self.step,
        }
    }
}

impl Session {
    /// Takes a file into the store and records it.
    ///
    /// # Errors
    /// A file that cannot be taken in (nothing is recorded), or as [`Session::submit`].
    pub fn attach(
        &mut self,
        person: &PersonId,
        to: Attachment,
        path: &Path,
        progress: &Progress,
    ) -> Result<Accepted, SubmitError> {
        if !self.is_unlocked(person) {
            return Err(SubmitError::Locked(person.clone()));
        }
        let stored = match self.store().put(path, progress) {
            // The same bytes were captured before, and the copy in the store was damaged since: these replace it.
            Err(CaptureError::Damaged(digest)) => {
                self.clear_damaged(&digest)?;
                self.store().put(path, progress)?
            }
            stored => stored?,
        };
        self.submit(person, &to.intent(captured(stored, Origin::File)), None)
    }

    /// Records that a file's bytes are dropped, and then drops them.
    ///
    /// # Errors
    /// As [`Session::submit`], or when the file cannot be removed; then sealing removes it.
    pub fn redact(&mut self, person: &PersonId, blake3: EvidenceDigest, reason: &str) -> Result<Accepted, SubmitError> {
        let accepted = self.submit(person, &Intent::Redact { blake3, reason: reason.to_owned() }, None)?;
        self.drop_redacted()?;
        Ok(accepted)
    }

    /// Removes the bytes of redacted files; a crash after the record left them there.
    pub(super) fn drop_redacted(&self) -> Result<(), StoreError> {
        let store = self.store();
        for item in self.run.evidence().iter().filter(|e| e.redacted.is_some()) {
            let path = store.path(&item.file.blake3);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(StoreError::at(&path)(error)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Returns the digests that records name and whose bytes are kept.
    pub(super) fn named(&self) -> BTreeSet<EvidenceDigest> {
        self.run.evidence().iter().filter(|e| e.redacted.is_none()).map(|e| e.file.blake3).collect()
    }
}
