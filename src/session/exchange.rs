//! Requests that go out to other machines, and the answers that come back (FORMAT.md §4).

use super::{Accepted, Session, SubmitError};
use crate::kernel::canon;
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::records::intent::Intent;
use crate::kernel::records::request::Asked;
use crate::kernel::run::request::MAX_ANSWER;
use crate::store::{StoreError, read_text};
use std::path::{Path, PathBuf};

impl Session {
    /// Records a request and writes its file, which is never put over another one.
    ///
    /// A record cannot be taken back, so the file is begun before it under a passing name: a folder that is not
    /// there, or takes nothing, is found while nothing is recorded.
    ///
    /// # Errors
    /// As [`Session::submit`], or a file that cannot be written; where the request is recorded then, the error says
    /// so, and it can be asked again.
    pub(super) fn request(
        &mut self,
        person: &PersonId,
        asked: Asked,
        to: Role,
        file: &Path,
        passphrase: Option<&str>,
    ) -> Result<Accepted, SubmitError> {
        let disk = self.station.disk.clone();
        let begun = disk.begin_new(file).map_err(StoreError::at(file))?;
        self.counted(|session| {
            let accepted = session.record(person, &Intent::Request { asked, to }, passphrase)?;
            let sent = session.run.requests().last().map(|r| r.id.clone());
            let request = sent.and_then(|id| session.run.request_file(&id));
            let bytes = canon::encode(&request.ok_or_else(|| SubmitError::Input("the request is gone".into()))?)?;
            disk.end_new(begun, &bytes).map_err(StoreError::at(file))?;
            Ok(accepted)
        })
    }
}

/// Reads an answer file and its signature beside it as the act that takes them in.
///
/// # Errors
/// Files that cannot be read.
pub fn read_answer(file: &Path) -> Result<Intent, SubmitError> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".sig");
    let text = |file: &Path, what| read_text(file, what, MAX_ANSWER as u64);
    let (answer, signature) = (text(file, "the answer")?, text(&PathBuf::from(beside), "the answer's signature")?);
    Ok(Intent::ImportAnswer { answer, signature })
}
