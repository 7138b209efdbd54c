//! Called procedures: the bundle of a child run is read, its receipt checked, and its seal recorded (FORMAT.md §4).

use super::{Accepted, Session, SubmitError};
use crate::bundle::{self, Source};
use crate::kernel::canon::{self, base64};
use crate::kernel::model::name::{PersonId, StepId};
use crate::kernel::model::receipt::{Envelope, Statement};
use crate::kernel::run::Intent;
use crate::kernel::signature::{RECEIPT_TYPE, pae};
use std::path::Path;

/// What grades a bundle: nothing, or why it must not be named. Grading is not for this folder; a face hands it in.
pub type Judge = fn(&Source) -> Result<(), String>;

/// The most bytes of a receipt that are read.
const MAX_RECEIPT: u64 = 1 << 20;

impl Session {
    /// Records the bundle of a called procedure.
    ///
    /// The bundle must stand before the judge as it lies there now, and the receipt must bear the signature of a
    /// person in the roster of this run. That it is FINAL is not asked: sign-offs may follow.
    ///
    /// # Errors
    /// A bundle that cannot be read or does not stand, a receipt of a stranger, or as [`Session::submit`].
    pub fn call(
        &mut self,
        person: &PersonId,
        step: StepId,
        path: &Path,
        judge: Judge,
        passphrase: Option<&str>,
    ) -> Result<Accepted, SubmitError> {
        let statement = self
            .read_receipt(path, judge)
            .map_err(|why| SubmitError::Input(format!("the bundle is not taken: {why}")))?;
        let seal = statement.subject.first().and_then(|s| canon::digest::SealDigest::from_hex(&s.digest.sha256));
        let bundle = seal.ok_or_else(|| SubmitError::Input("the receipt names no seal".into()))?;
        let (child, package) = (statement.predicate.run, statement.predicate.package);
        self.submit(person, &Intent::Call { bundle, child, package, step }, passphrase)
    }

    fn read_receipt(&self, path: &Path, judge: Judge) -> Result<Statement, String> {
        let source = Source::open(path).map_err(|e| e.to_string())?;
        judge(&source)?;
        let bytes = source.read(bundle::RECEIPT, MAX_RECEIPT).map_err(|e| e.to_string())?;
        let envelope: Envelope = canon::decode(&bytes).map_err(|e| e.to_string())?;
        let payload = base64::decode(&envelope.payload).ok_or("the receipt is not base64")?;
        let [signature] = envelope.signatures.as_slice() else { return Err("not exactly one signature".into()) };
        let owner = self.run.roster().owner(&signature.keyid).ok_or("the receipt is signed by a stranger")?;
        let grant = owner.keys.iter().find(|grant| grant.key.id() == signature.keyid);
        let signed = grant.is_some_and(|grant| grant.key.verify(&pae(RECEIPT_TYPE, &payload), &signature.sig));
        match signed && envelope.payload_type == RECEIPT_TYPE {
            true => canon::decode(&payload).map_err(|e| e.to_string()),
            false => Err("the signature of the receipt does not hold".into()),
        }
    }
}
