//! Signing off a bundle from the verdict screen.

use super::effect::SignOffAct;
use crate::bundle::Source;
use crate::desk::countersign::{self, Wanted};
use crate::kernel::model::sign_off::Decision;
use crate::session::Station;
use crate::verify::{Anchors, judge};

/// Prepares, signs and attaches; every sign-off that counts was before the person's eyes.
///
/// # Errors
/// Why nothing was added, in words.
pub(super) fn sign_off(station: &Station, act: &SignOffAct) -> Result<(), String> {
    let words = |error: &dyn std::error::Error| match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    };
    let source = Source::open(&act.bundle).map_err(|e| words(&e))?;
    let judged = judge(&source, &Anchors::none(), None).map_err(|e| words(&e))?;
    let (Some(run), Some(seal)) = (judged.run, judged.seal) else {
        return Err("the bundle is damaged; a sign-off over it would mean nothing".into());
    };
    let decision = match act.decision.as_str() {
        "approve" => Decision::Approve,
        "reject" => Decision::Reject,
        "return" => Decision::Return,
        _ => Decision::Acknowledge,
    };
    let subject = countersign::subject(&run, &act.subject).ok_or("there is nothing of this name to sign")?;
    let wanted = Wanted {
        person: act.person.clone(),
        role: None,
        decision,
        meaning: None,
        subject,
        comment: act.comment.clone(),
        final_class: None,
        sees: judged.signoffs.iter().filter(|s| s.counted).map(|s| s.digest).collect(),
        time: station.clock.now().time,
    };
    let statement = countersign::prepare(&run, seal, wanted).map_err(|e| words(&e))?;
    let name = act.person.as_str().parse().map_err(|_| "that is no person id".to_owned())?;
    let signer = station.keys().open(&name, &act.passphrase).map_err(|e| words(&e))?;
    let signature = countersign::sign(&statement, &signer);
    countersign::attach(&act.bundle, &run, seal, &statement, signature.as_bytes()).map_err(|e| words(&e)).map(|_| ())
}
