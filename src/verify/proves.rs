//! What a report proves, said beside what it does not claim: only what a finished stage showed.

use super::report::{Checked, Integrity, PolicyAnswer, TrustAnswer};
use crate::kernel::judgement::verdict::Stage;
use crate::kernel::text::counted;
use serde::Serialize;

/// Whether a stage of the check ran on proved ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StageDone {
    /// It ran to its end; else what it needs was missing or damaged, which a finding tells.
    pub done: bool,
    /// Which.
    pub stage: Stage,
}

/// What the sentences are made of.
pub(super) struct Shown<'a> {
    pub(super) integrity: Integrity,
    pub(super) policy: PolicyAnswer,
    pub(super) trust: TrustAnswer,
    pub(super) replayed: bool,
    pub(super) checked: &'a Checked,
    pub(super) profile: Option<&'a str>,
}

/// Returns what was proved, in whole sentences; nothing where the bytes are not whole.
pub(super) fn proves(shown: &Shown) -> Vec<String> {
    if shown.integrity != Integrity::Intact || !shown.replayed {
        return Vec::new();
    }
    let checked = shown.checked;
    let mut proved = vec![
        "every sealed file has the bytes that were sealed".to_owned(),
        format!(
            "{} without a gap, each signed by the person it names",
            counted(checked.records, "record follows another", "records follow one another")
        ),
        "each record is what the rules would have recorded there; state and inventory follow from them".to_owned(),
        format!(
            "{} named by the records",
            counted(checked.evidence_files, "evidence file is the one", "evidence files are those")
        ),
    ];
    if shown.trust == TrustAnswer::Anchored {
        proved.push("who signed stands in a roster under the given anchor".to_owned());
    }
    if let (PolicyAnswer::Met, Some(profile)) = (shown.policy, shown.profile) {
        proved.push(format!("every demand of the profile {profile} is met"));
    }
    proved
}
