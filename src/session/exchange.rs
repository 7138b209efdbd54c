//! Requests that go out to other machines, and the answers that come back (FORMAT.md §4).

use super::{Accepted, Session, SubmitError};
use crate::kernel::canon;
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::model::request::Asked;
use crate::kernel::run::Intent;
use crate::kernel::run::request::MAX_ANSWER;
use crate::store::read_text;
use std::path::{Path, PathBuf};

impl Session {
    /// Records a request and writes its file, which is never put over another one.
    ///
    /// # Errors
    /// As [`Session::submit`], or a file that cannot be written: the request is recorded then, and can be asked again.
    pub fn request(
        &mut self,
        person: &PersonId,
        asked: Asked,
        to: Role,
        file: &Path,
        passphrase: Option<&str>,
    ) -> Result<Accepted, SubmitError> {
        if file.exists() {
            return Err(SubmitError::Input(format!("`{}` is there already; nothing was recorded", file.display())));
        }
        let accepted = self.submit(person, &Intent::Request { asked, to }, passphrase)?;
        let sent = self.run.requests().last().map(|r| r.id.clone());
        let request = sent.and_then(|id| self.run.request_file(&id));
        let bytes = canon::encode(&request.ok_or_else(|| SubmitError::Input("the request is gone".into()))?)?;
        self.station.disk.write_new(file, &bytes).map_err(crate::store::StoreError::at(file))?;
        Ok(accepted)
    }

    /// Takes in an answer file; its signature lies beside it, with `.sig` behind the name.
    ///
    /// # Errors
    /// Files that cannot be read, an answer that does not hold, or as [`Session::submit`].
    pub fn import_answer(
        &mut self,
        person: &PersonId,
        file: &Path,
        passphrase: Option<&str>,
    ) -> Result<Accepted, SubmitError> {
        self.submit(person, &read_answer(file)?, passphrase)
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
