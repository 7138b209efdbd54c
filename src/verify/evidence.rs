//! Stage 8: every named file is there once with both digests and its size; nothing else is (FORMAT.md §5).

use super::VerifyError;
use super::bag::{Bag, EVIDENCE, RECOVERED, Unread};
use super::journal::Chain;
use super::seen::{Seen, place};
use crate::bundle::Source;
use crate::bundle::bag::Payload;
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::{Finding, Severity, Stage};
use crate::kernel::media::{Damage, Look};
use crate::kernel::model::evidence::EvidenceItem;
use crate::kernel::records::event::Event;
use crate::kernel::records::record::SignedRecord;
use crate::kernel::run::Run;
use crate::kernel::text::counted;
use std::collections::{BTreeMap, BTreeSet};

/// How much evidence was read, and of which files something was said.
#[derive(Clone, Debug, Default)]
pub(super) struct Measured {
    pub(super) files: u64,
    pub(super) bytes: u64,
    pub(super) told: BTreeSet<String>,
}

/// Compares the files with the records that name them.
pub(super) fn check(run: &Run, bag: &Bag) -> (Seen, Measured) {
    let mut seen = Seen::new(Stage::Evidence);
    let mut measured = Measured::default();
    let named: BTreeMap<String, &EvidenceItem> =
        run.evidence().iter().map(|item| (format!("{EVIDENCE}{}", item.file.blake3.hex()), item)).collect();
    for (path, item) in &named {
        let file = bag.payload.get(path);
        if let Some((code, message)) = fault(path, item, bag) {
            measured.told.insert(path.clone());
            seen.push(about(item, code, path, message));
        }
        if let Some(file) = file.filter(|_| item.redacted.is_none()) {
            measured.files += 1;
            measured.bytes += file.size;
        }
    }
    for path in bag.names().filter(|path| path.starts_with(EVIDENCE) && !named.contains_key(*path)) {
        measured.told.insert(path.clone());
        seen.fail(FindingCode::EvidenceUnnamed, "", path, "no record names this file");
    }
    (seen, measured)
}

/// What is wrong with a file that a record names.
fn fault(path: &str, item: &EvidenceItem, bag: &Bag) -> Option<(FindingCode, String)> {
    let (record, file, unread) = (item.record, bag.payload.get(path), bag.unread(path));
    let there = file.is_some() || unread.is_some();
    if item.redacted.is_some() {
        let message = format!("record {record} says that it was redacted");
        return there.then_some((FindingCode::EvidenceRedactedPresent, message));
    }
    let same =
        |file: &Payload| (file.blake3, file.sha256, file.size) == (item.file.blake3, item.file.sha256, item.file.size);
    match (file, unread) {
        (_, Some(Unread::OtherSize { size, named })) => Some((
            FindingCode::EvidenceDigest,
            format!("{}, where record {record} names {named}; not read", counted(size, "byte", "bytes")),
        )),
        (Some(file), _) if !same(file) => {
            Some((FindingCode::EvidenceDigest, format!("not the bytes that record {record} names")))
        }
        (None, None) if !bag.untouched.about(path) => {
            Some((FindingCode::EvidenceMissing, format!("record {record} names it, and it is missing")))
        }
        (Some(_), None) => {
            let look = bag.looks.get(path).filter(|look| !says(item, look))?;
            let damage = look.damage.map_or("whole", Damage::words);
            Some((FindingCode::EvidenceType, format!("record {record} says otherwise: {}, {damage}", look.media_type)))
        }
        _ => None,
    }
}

/// What lay in the store at closing and no record names is no secret: it may be a file that nobody meant to attach, or
/// one whose record is gone.
pub(super) fn orphans(chain: &Chain) -> Seen {
    let mut seen = Seen::new(Stage::Evidence);
    let last = chain.last.record();
    let Event::RunClosed(closed) = &last.event else { return seen };
    if closed.orphans.is_empty() {
        return seen;
    }
    let named: Vec<String> = closed.orphans.iter().take(3).map(ToString::to_string).collect();
    let count = closed.orphans.len();
    let rest = if count > named.len() { ", …" } else { "" };
    let message =
        format!("{count} stored files that no record names were set aside at closing: {}{rest}", named.join(", "));
    let (stage, severity) = (Stage::Evidence, Severity::Note);
    seen.push(
        Finding::new(stage, severity, FindingCode::EvidenceOrphans, "", place(last.seq), message).of_record(last.seq),
    );
    seen
}

fn about(item: &EvidenceItem, code: FindingCode, path: &str, message: String) -> Finding {
    let finding = Finding::new(Stage::Evidence, Severity::Fail, code, &item.step, path, message);
    finding.of_record(item.record).at_step(&item.step)
}

/// Tells whether a record says of a file what its bytes say.
fn says(item: &EvidenceItem, look: &Look) -> bool {
    (&item.file.media_type, item.file.damage) == (&look.media_type, look.damage)
}

/// Compares recovered files with their records: a whole record among them was cut off by somebody.
pub(super) fn check_recovered(source: &Source, bag: &Bag, chain: &Chain) -> Result<Seen, VerifyError> {
    let mut seen = Seen::new(Stage::Journal);
    let mut named: BTreeMap<_, _> = chain.recovered.iter().map(|(seq, found)| (*seq, found)).collect();
    for path in bag.names().filter(|path| path.starts_with(RECOVERED)) {
        let number = path.strip_prefix(RECOVERED).and_then(|name| name.strip_suffix(".bin"));
        let Some((seq, (record, prev))) = number.and_then(|n| n.parse().ok()).and_then(|seq| named.remove_entry(&seq))
        else {
            seen.fail(FindingCode::RecoveredUnnamed, "", path, "no record names this file");
            continue;
        };
        if let Some(Unread::OtherSize { size, named }) = bag.unread(path) {
            let message = format!("{}, where record {seq} names {named}; not read", counted(size, "byte", "bytes"));
            seen.fail(FindingCode::RecoveredMismatch, seq, path, message);
            continue;
        }
        let Some(bytes) = bag.bytes(source, path)? else { continue };
        if hides_record(&bytes, chain, *prev) {
            seen.fail(
                FindingCode::RecoveredRecord,
                seq,
                path,
                "it holds a complete valid record: not torn, but cut off",
            );
        } else if bag.payload.get(path).is_some_and(|f| (f.sha256, f.size) != (record.sha256, record.length)) {
            seen.fail(FindingCode::RecoveredMismatch, seq, path, format!("not the file that record {seq} names"));
        }
    }
    for seq in named.keys() {
        let path = format!("{RECOVERED}{seq}.bin");
        if !bag.doubt.about(&path) {
            seen.fail_record(FindingCode::RecoveredMissing, *seq, format!("{path} is missing"));
        }
    }
    Ok(seen)
}

/// A torn tail is a part of one line. Anything in it that parses as a record of this run was once whole.
fn hides_record(bytes: &[u8], chain: &Chain, prev: LineDigest) -> bool {
    let whole =
        |line: &[u8]| SignedRecord::parse(line).is_ok_and(|s| s.record().run == chain.run || s.record().prev == prev);
    bytes.split(|byte| *byte == b'\n').any(whole)
}
