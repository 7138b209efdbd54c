//! Called procedures: the seal of a child run is recorded, once the verifier let its bundle stand (FORMAT.md §4).

use super::{Accepted, Session, SubmitError};
use crate::kernel::model::name::{PersonId, StepId};
use crate::kernel::work::call::Call;
use crate::verify::Standing;

impl Session {
    /// Records the bundle of a called procedure. The ticket says that it stands and that its receipt is signed; here
    /// the signer must be a person in the roster of this run. That it is FINAL is not asked: sign-offs may follow.
    ///
    /// # Errors
    /// A receipt of a stranger or under a key that was revoked since, or as [`Session::submit`].
    pub(super) fn call(
        &mut self,
        person: &PersonId,
        step: StepId,
        child: &Standing,
        passphrase: Option<&str>,
    ) -> Result<Accepted, SubmitError> {
        let Some(owner) = self.run.roster().owner(child.key()).map(|person| person.id.clone()) else {
            let why = "the bundle was rejected: its receipt is signed by somebody who is not in the roster of this run";
            return Err(SubmitError::Input(why.into()));
        };
        self.not_revoked(&owner, child.key())?;
        let (bundle, package, child) = (child.seal(), child.package(), child.run().clone());
        self.record(person, &Call { bundle, child, package, step }.into(), passphrase)
    }
}
