//! Attacks that need keys or an archive: the forger holds every key, and only the rules stand in the way.

pub(super) mod archive;
mod course;
mod journal;
mod package;
mod receipt;
mod signoffs;
mod trust;

use super::forge::{Files, Forge, RUN, seal};
use super::forks;
use super::made::Made as _;
use super::site::Site;
use super::{Anchor, approve, good};
use crate::kernel::records::record::Record;
use serde_json::Value;

/// The files of a bundle, and whom the verifier trusts where that is part of the attack.
pub(super) type Built = (Files, Option<Anchor>);

const OTHER: &str = "01JDZ3Q4M5N6P7R8S9T0V1W2X4";
const LATER: &str = "2026-12-01T00:00:00.000Z";

/// Builds a bundle by name.
pub(super) fn build(attack: &str) -> Built {
    let places =
        [course::build, journal::build, receipt::build, signoffs::build, forks::build, trust::build, package::build];
    let built = places.iter().find_map(|build| build(attack));
    built.unwrap_or_else(|| unreachable!("no attack {attack}"))
}

fn worked(site: Site, mode: &str, id: &str) -> Forge {
    let mut forge = Forge::open(site, mode, id);
    forge.work();
    forge
}

fn closed(site: Site) -> Forge {
    let mut forge = worked(site, "live", RUN);
    forge.close();
    forge
}

fn approved(forge: &Forge) -> Option<Built> {
    let mut files = forge.sealed();
    approve(&mut files, forge);
    Some((files, None))
}

/// The journal rewritten with every key, then sealed and approved as if nothing had happened.
fn rewritten(change: impl FnOnce(&mut Vec<Record>)) -> Option<Built> {
    let mut forge = good().0;
    forge.rewrite(change);
    approved(&forge)
}

fn position(records: &[Record], kind: &str) -> usize {
    records.iter().position(|record| record.event.kind() == kind).made()
}

/// Changes the data of the first record of a kind.
fn change(kind: &str, field: &str, value: Value) -> Option<Built> {
    rewritten(|records| {
        let at = position(records, kind);
        let mut event = serde_json::to_value(&records[at].event).made();
        assert_ne!(event["data"][field], value);
        event["data"][field] = value;
        records[at].event = serde_json::from_value(event).made();
    })
}

/// Seals and approves again whatever lies there now.
fn resealed(files: &mut Files, forge: &Forge) {
    files.retain(|name, _| !name.starts_with("signoffs/"));
    seal(files, &forge.run, "ada");
    approve(files, forge);
}
