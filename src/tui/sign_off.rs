//! Signing off a bundle from the verdict screen.

use super::effect::SignOffAct;
use crate::bundle::Source;
use crate::desk::countersign::{self, Sealed, Wish};
use crate::kernel::model::event::{Subject, SubjectKind};
use crate::kernel::model::sign_off::Decision;
use crate::session::Station;
use crate::verify::{Anchors, judge};
use std::path::Path;

/// Prepares, signs and attaches; every sign-off that counts so far was before the person's eyes.
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
    let (Some(run), Some(seal)) = (&judged.run, judged.seal) else {
        return Err("the bundle is damaged; a sign-off over it would mean nothing".into());
    };
    let counted = judged.counted();
    let sealed = Sealed { run, seal, counted };
    let decision = match act.decision.as_str() {
        "approve" => Decision::Approve,
        "reject" => Decision::Reject,
        "return" => Decision::Return,
        _ => Decision::Acknowledge,
    };
    let subject = act.subject.split_once(':').map(|(kind, id)| {
        let kind = if kind == "deviation" { SubjectKind::Deviation } else { SubjectKind::Step };
        Subject { id: id.to_owned(), kind }
    });
    let wish = Wish {
        person: act.person.clone(),
        role: None,
        decision,
        meaning: None,
        subject,
        comment: act.comment.clone(),
        final_class: None,
    };
    let statement = countersign::prepare(&sealed, wish, station.clock.now().time).map_err(|e| words(&e))?;
    let name = act.person.as_str().parse().map_err(|_| "that is no person id".to_owned())?;
    let signer = station.keys().open(&name, &act.passphrase).map_err(|e| words(&e))?;
    let signature = countersign::sign(&statement, &signer);
    let put = |path: &Path, bytes: &[u8]| {
        if let Some(folder) = path.parent() {
            station.disk.create_folder(folder)?;
        }
        station.disk.write_new(path, bytes)
    };
    countersign::attach(&act.bundle, &sealed, &statement, &signature, &put).map_err(|e| words(&e)).map(|_| ())
}
