//! Signing off a bundle from the verdict screen.

use super::effect::SignOffAct;
use super::words::chain;
use crate::bundle::Source;
use crate::desk::countersign::{self, Added, Wish};
use crate::session::Station;
use crate::verify::{Anchors, judge};

/// Judges, prepares, signs and attaches; every sign-off that counts so far was before the person's eyes.
///
/// # Errors
/// Why nothing was added, in words.
pub(super) fn sign_off(station: &Station, act: &SignOffAct) -> Result<Added, String> {
    let source = Source::open(&act.bundle).map_err(|e| chain(&e))?;
    let judged = judge(&source, &Anchors::none(), None).map_err(|e| chain(&e))?;
    let intact = judged.intact().map_err(|e| chain(&e))?;
    let wish = Wish {
        person: act.person.clone(),
        role: None,
        decision: act.decision,
        meaning: None,
        subject: countersign::subject(&act.subject).map_err(|e| chain(&e))?,
        comment: act.comment.clone(),
        final_class: None,
    };
    let site = &intact.run().roster().site;
    let key = || station.signer(&act.person, &act.passphrase, Some(site));
    let now = station.clock.now().time;
    countersign::sign_off((&act.bundle, &intact), wish, now, key, &station.disk).map_err(|e| chain(&e))
}
