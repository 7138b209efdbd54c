//! Signing off a bundle from the verdict screen.

use crate::bundle::Source;
use crate::countersign::{self, Added, SignOffError, Unopened, Wish};
use crate::kernel::canon::digest::SealDigest;
use crate::kernel::run::Run;
use crate::session::Station;
use crate::session::health::note_signed_off;
use crate::telling::trouble::Trouble;
use crate::tui::acts::home;
use crate::tui::ground::effect::{Outcome, SignOffAct};
use crate::tui::words::chain;
use crate::verify::{Anchors, Intact, TrustAnswer, check, judge};
use std::path::Path;

/// Judges, prepares, signs and attaches; every sign-off that counts so far was before the person's eyes. Returns what
/// was added, and what the station could not note of it.
///
/// # Errors
/// Why it was not added, and what to do, as an outcome.
pub(in crate::tui) fn sign_off(station: &Station, act: &SignOffAct) -> Result<(Added, Option<String>), Outcome> {
    let unread = |why: String| {
        Outcome::Refused(None, Trouble::told(why, "`asrun verify` says why; only a whole bundle is signed off"))
    };
    let source = Source::open(&act.bundle).map_err(|e| unread(chain(&e)))?;
    let judged = judge(&source, &Anchors::none(), None).map_err(|e| unread(chain(&e)))?;
    let intact = judged.intact().map_err(|e| unread(chain(&e)))?;
    let added =
        added(station, act, &intact).map_err(|error| Outcome::Refused(None, Trouble::of(&error, error.hint())))?;
    Ok((added, judged.run.as_ref().and_then(|run| remembered(station, &act.bundle, run, judged.seal))))
}

/// Notes what was signed off; returns why it could not be.
fn remembered(station: &Station, bundle: &Path, run: &Run, seal: Option<SealDigest>) -> Option<String> {
    let anchored = || {
        let anchors = home::anchors(station, drop);
        let report = check(&Source::open(bundle).ok()?, &anchors, None).ok()?;
        (report.trust == TrustAnswer::Anchored).then_some(())
    };
    let noted = note_signed_off(station, bundle, run, seal, || anchored().is_some());
    noted.err().map(|error| format!("this station could not note it: {error}"))
}

fn added(station: &Station, act: &SignOffAct, intact: &Intact<'_>) -> Result<Added, SignOffError> {
    let wish = Wish {
        person: act.person.clone(),
        role: None,
        decision: act.decision,
        meaning: None,
        subject: countersign::subject(&act.subject)?,
        comment: act.comment.clone(),
        final_class: None,
    };
    let key = || {
        let signer = station.signer(&act.person, &act.passphrase, Some(&intact.run().roster().site));
        signer.map_err(|error| {
            let hint = error.hint();
            Unopened::new(error, hint)
        })
    };
    countersign::sign_off((&act.bundle, intact), wish, station.clock.now().time, key, &station.disk)
}
