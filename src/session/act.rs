//! What a person can have done in an open run, and the one door through which all of it goes.
//!
//! What must be ready before a record stands in the act: the file that is attached, the ticket of a called procedure, the
//! place of a request. What must happen with a record follows from the record (see [`super::effects`]).

use super::{Accepted, Attachment, Session, SubmitError, read_answer};
use crate::kernel::model::evidence::Captured;
use crate::kernel::model::name::{PersonId, Role, StepId};
use crate::kernel::model::opening::LockReason;
use crate::kernel::records::intent::Intent;
use crate::kernel::records::request::Asked;
use crate::store::Progress;
use crate::verify::Standing;
use std::path::PathBuf;

/// An act, with whatever must be ready before its record.
pub enum Act {
    /// All there is to it is in its record.
    Plain(Box<Intent>),
    /// A file is attached.
    Attach(Attachment, Bytes),
    /// The bundle of a called procedure is named; the ticket says that it stands.
    Call(StepId, Box<Standing>),
    /// Somebody at another machine is asked, by a file.
    Request {
        /// For what.
        asked: Asked,
        /// Which role is asked.
        to: Role,
        /// The file, which is never put over another one.
        file: PathBuf,
    },
    /// An answer from another machine is taken in; its signature lies beside it, with `.sig` behind the name.
    Answer(PathBuf),
    /// The session is locked and the key forgotten.
    Lock(LockReason),
}

/// Where the bytes of a file are that is attached.
pub enum Bytes {
    /// In a file that is taken in now.
    File(PathBuf, Progress),
    /// In the store, where a worker put them.
    Stored(Box<Captured>),
}

impl From<Intent> for Act {
    fn from(intent: Intent) -> Self {
        Self::Plain(Box::new(intent))
    }
}

impl From<&Intent> for Act {
    fn from(intent: &Intent) -> Self {
        Self::Plain(Box::new(intent.clone()))
    }
}

impl Session {
    /// Does one act: decides it, signs it, makes it durable, and then whatever follows from it.
    ///
    /// `passphrase` is needed for signature acts where the profile says so; it is checked against the key file.
    ///
    /// # Errors
    /// A refusal by a gate (recorded), a locked session, a missing or wrong passphrase, files that cannot be read or
    /// written, or a failing disk. The error says what is recorded all the same.
    pub fn submit(
        &mut self,
        person: &PersonId,
        act: impl Into<Act>,
        passphrase: Option<&str>,
    ) -> Result<Accepted, SubmitError> {
        match act.into() {
            Act::Plain(intent) => {
                stands_alone(&intent)?;
                self.record(person, &intent, passphrase)
            }
            Act::Attach(to, Bytes::File(path, progress)) => self.attach(person, to, &path, &progress),
            Act::Attach(to, Bytes::Stored(file)) => self.record(person, &to.intent(*file), passphrase),
            Act::Call(step, child) => self.call(person, step, &child, passphrase),
            Act::Request { asked, to, file } => self.request(person, asked, to, &file, passphrase),
            Act::Answer(file) => self.record(person, &read_answer(&file)?, passphrase),
            Act::Lock(reason) => self.lock(person, reason),
        }
    }
}

/// Some intents are whole only together with what the other acts bring, and some begin or end a run.
fn stands_alone(intent: &Intent) -> Result<(), SubmitError> {
    let whole = match intent {
        Intent::Attach { .. } => "the file that is attached",
        Intent::Call(_) => "the bundle that was called",
        Intent::Request { .. } => "the file of the request",
        Intent::LockSession { .. } => "the key that is forgotten",
        Intent::Close { .. } => "the files that are judged before",
        Intent::Open { .. } | Intent::Unlock { .. } => "the key that is opened",
        _ => return Ok(()),
    };
    Err(SubmitError::Input(format!("`{}` is not an act without {whole}", intent.word())))
}
