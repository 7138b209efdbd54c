//! Evidence: bytes are safe before the record that names them.

use super::{Accepted, Session, SubmitError};
use crate::kernel::canon::digest::EvidenceDigest;
use crate::kernel::model::evidence::{Captured, Origin, Sensitivity};
use crate::kernel::model::name::{PersonId, RequirementId, StepId};
use crate::kernel::records::intent::Intent;
use crate::store::{CaptureError, Progress, Stored};
use std::collections::BTreeSet;
use std::path::Path;

/// Returns what the record says of a stored file.
#[must_use]
pub fn captured(stored: Stored, origin: Origin) -> Captured {
    Captured {
        blake3: stored.blake3,
        sha256: stored.sha256,
        size: stored.size,
        media_type: stored.look.media_type,
        damage: stored.look.damage,
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
    /// A file that cannot be taken in, or as [`Session::submit`]; the copy of a file that was taken in stays then.
    pub(super) fn attach(
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
        let copy = (!stored.already_there).then(|| self.store().path(&stored.blake3));
        let recorded = self.record(person, &to.intent(captured(stored, Origin::File)), None);
        // The copy stays until sealing sets it aside: a record may still name it.
        recorded.map_err(|error| match copy {
            Some(copy) => error.with_file(&copy),
            None => error,
        })
    }

    /// Returns the digests that records name and whose bytes are kept.
    pub(super) fn named(&self) -> BTreeSet<EvidenceDigest> {
        self.run.evidence().iter().filter(|e| e.redacted.is_none()).map(|e| e.file.blake3).collect()
    }
}
