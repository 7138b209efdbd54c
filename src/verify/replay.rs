//! Stage 7: every record decided again by the kernel that recorded it, derived files recomputed (AR-005).

use super::bag::{Bag, INVENTORY, PACKAGE, STATE};
use super::seen::{Seen, place};
use crate::bundle::bag::Payload;
use crate::kernel::canon;
use crate::kernel::documents::package::Plan;
use crate::kernel::documents::roster::Roster;
use crate::kernel::judgement::derived::{Carried, inventory};
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::{Finding, Severity, Stage};
use crate::kernel::model::name::RunId;
use crate::kernel::records::record::SignedRecord;
use crate::kernel::run::{Contradiction, Run};
use std::sync::Arc;

/// Folds the journal, record by record; the run is proved only when every record was admitted.
pub(super) struct Replay {
    run: Option<Run>,
    seen: Seen,
}

impl Replay {
    /// Begins with a run that nobody has opened yet.
    pub(super) fn new(plan: Arc<Plan>, roster: Arc<Roster>, id: RunId) -> Self {
        Self { run: Some(Run::draft(plan, roster, id)), seen: Seen::new(Stage::Replay) }
    }

    /// Takes the next record; behind one that was not admitted nothing is asked any more.
    pub(super) fn take(&mut self, signed: &SignedRecord) {
        let Some(run) = &mut self.run else { return };
        match run.admits(signed) {
            Ok(()) => run.after(signed),
            Err(contradiction) => {
                self.seen.push(finding(signed, &contradiction));
                self.run = None;
            }
        }
    }

    /// Returns what was seen, and the run when every record was admitted.
    pub(super) fn done(self) -> (Seen, Option<Run>) {
        (self.seen, self.run)
    }
}

fn finding(signed: &SignedRecord, contradiction: &Contradiction) -> Finding {
    let code = match contradiction {
        Contradiction::Clocks(_) => FindingCode::ReplayClocks,
        Contradiction::Offset { .. } => FindingCode::RecoveredOffset,
        _ => FindingCode::ReplayContradiction,
    };
    let (step, seq) = (signed.record().event.step().cloned(), signed.record().seq);
    let finding = Finding::new(Stage::Replay, Severity::Fail, code, seq, place(seq), contradiction).of_record(seq);
    Finding { step, ..finding }
}

/// Compares `data/state.json` and `data/manifest.json` with what the run yields.
pub(super) fn check_derived(bag: &Bag, run: &Run) -> Seen {
    let mut seen = Seen::new(Stage::Replay);
    let state = run.state_file().and_then(|state| canon::encode(&state).ok());
    if bag.holds_other(STATE, state.as_deref()) {
        seen.fail(FindingCode::ReplayState, "", STATE, "not the fold of the journal");
    }
    let carried: Vec<Carried> = bag.payload.values().filter_map(carried).collect();
    let doubtful = carried.iter().any(|file| bag.doubt.about(&file.path));
    let inventory = canon::encode(&inventory(run, &carried)).ok();
    if !doubtful && bag.holds_other(INVENTORY, inventory.as_deref()) {
        seen.fail(FindingCode::ReplayManifest, "", INVENTORY, "not the inventory of package, rosters and evidence");
    }
    seen
}

/// Returns the package and roster files as the inventory lists them.
#[must_use]
pub fn carried(file: &Payload) -> Option<Carried> {
    let media_type = match file.path.as_str() {
        PACKAGE => "application/x-tar",
        path if path.starts_with("data/rosters/") && path.ends_with(".yaml") => "application/yaml",
        path if path.starts_with("data/rosters/") && path.ends_with(".sig") => "text/plain",
        _ => return None,
    };
    let (path, media_type) = (file.path.clone(), media_type.to_owned());
    Some(Carried { path, media_type, blake3: file.blake3, sha256: file.sha256, size: file.size })
}
