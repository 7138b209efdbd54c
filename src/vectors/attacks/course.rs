//! What may happen on an honest run: clocks that are set, long pauses, files that are set aside, runs one after another.

use super::journal::relined;
use super::{Built, OTHER, approved, worked};
use crate::kernel::canon::digest::{EvidenceDigest, FileDigest, LineDigest};
use crate::kernel::model::previous_run::PreviousRun;
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::event::{Event, RunMended};
use crate::kernel::records::record::Record;
use crate::kernel::run::{Decided, Who};
use crate::vectors::forge::{Forge, PHOTO, RUN, sign, unlock};
use crate::vectors::good;
use crate::vectors::made::Made as _;
use crate::vectors::site::{Site, key};
use serde_json::json;

pub(super) fn build(attack: &str) -> Option<Built> {
    if let Some(previous) = previous(attack) {
        let mut forge = Forge::open_after(Some(previous), "ada", Site::new(), "live", OTHER);
        forge.work();
        forge.close();
        return approved(&forge);
    }
    let mut forge = match attack {
        "wall-clock-set" => {
            let mut forge = Forge::open(Site::new(), "live", RUN);
            forge.now.time = Timestamp::from_millis(forge.now.time.millis() + 60_000);
            forge.work();
            forge
        }
        "pause-longer-than-allowed" => {
            let mut forge = worked(Site::new(), "live", RUN);
            forge.does("ada", json!({"intent": "pause", "reason": "the shift ended"}));
            let hours = 13 * 3_600_000;
            forge.now.time = Timestamp::from_millis(forge.now.time.millis() + hours);
            forge.now.mono_ms += hours;
            forge.does("ada", json!({"intent": "resume"}));
            forge
        }
        "head-mended" => {
            let mut forge = worked(Site::new(), "live", RUN);
            mended(&mut forge);
            forge.act("ada", &unlock("ada", true));
            forge.does("ada", json!({"intent": "resume"}));
            forge
        }
        "evidence-reused" => {
            let one = "- {id: photo, kind: any, min: 1, required: true, prompt: Gauge readable}";
            let two = format!("{one}\n          - {{id: second, kind: any, min: 1, required: true, prompt: Again}}");
            let mut forge = Forge::open(Site::with(one, &two), "live", RUN);
            forge.work_with(|forge| forge.attach_to("second", PHOTO, &json!({})));
            forge
        }
        "layer-demanded" => {
            let clock = "clock: {max_step: 2s, max_pause: 12h}";
            worked(Site::with(clock, &format!("{clock}\nlayers: [timestamp]")), "live", RUN)
        }
        "files-set-aside" => {
            let mut forge = worked(Site::new(), "live", RUN);
            let orphan = EvidenceDigest::of(b"a file that a crash left");
            forge.does("ada", json!({"intent": "close", "orphans": [orphan]}));
            return approved(&forge);
        }
        "good" => return Some((good().1, None)),
        "sealed-again" => {
            let mut forge = worked(Site::new(), "live", RUN);
            forge.does("ada", json!({"intent": "note", "text": "nothing to see here"}));
            forge
        }
        "journal-begins-later" => {
            let mut forge = good().0;
            let mut prev = forge.lines[0].record().prev;
            for (seq, line) in (1..).zip(forge.lines.split_off(1)) {
                let record = Record { seq, prev, ..line.record().clone() };
                let actor = record.actor.to_string();
                let line = sign(record, &actor);
                prev = line.digest();
                forge.lines.push(line);
            }
            forge.lines.remove(0);
            return relined(&forge);
        }
        _ => return None,
    };
    forge.close();
    approved(&forge)
}

/// Somebody answers for a head file that was lost, before taking the run up.
fn mended(forge: &mut Forge) {
    let event = json!({"head": "missing", "reason": "the disk was copied without it", "rescued": null});
    let event: RunMended = serde_json::from_value(event).made();
    let who = Who { person: "ada".parse().made(), key: key("ada").public().id() };
    forge.append(Decided { event: Event::from(event), role: "performer".parse().made() }, &who);
}

/// What a run says of the one before it on its station.
fn previous(attack: &str) -> Option<PreviousRun> {
    let head = || good().0.run.head();
    let (archived, head) = match attack {
        "run-after-another" | "run-after-one-that-is-not-here" => (None, head()),
        "run-after-one-with-another-head" => (None, LineDigest::of(b"a record that was lost")),
        "run-after-one-that-was-archived" => (Some(FileDigest::of(b"the manifest of the archive")), head()),
        _ => return None,
    };
    let run = match attack {
        "run-after-one-that-is-not-here" | "run-after-one-that-was-archived" => "01JDZ3Q4M5N6P7R8S9T0V1W2X1",
        _ => RUN,
    };
    Some(PreviousRun { archived, run: run.parse().made(), head })
}
