//! Stage 8: every named file is there once with both digests and its size; nothing else is (FORMAT.md §5).

use super::VerifyError;
use super::bag::Bag;
use super::codes;
use super::journal::Chain;
use super::seen::Seen;
use crate::bundle::Source;
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::model::evidence::EvidenceItem;
use crate::kernel::model::record::SignedRecord;
use crate::kernel::run::Run;
use crate::kernel::verdict::{Finding, Severity, Stage};
use std::collections::BTreeMap;

const FOLDER: &str = "data/evidence/";
const RECOVERED: &str = "data/recovered/";

/// How much evidence was read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Measured {
    pub(super) files: u64,
    pub(super) bytes: u64,
}

/// Compares the files with the records that name them.
pub(super) fn check(run: &Run, bag: &Bag) -> (Seen, Measured) {
    let mut seen = Seen::new(Stage::Evidence);
    let mut measured = Measured::default();
    let named: BTreeMap<String, &EvidenceItem> =
        run.evidence().iter().map(|item| (format!("{FOLDER}{}", item.file.blake3.hex()), item)).collect();
    for (path, item) in &named {
        match bag.payload.get(path) {
            Some(_) if item.redacted.is_some() => {
                let message = format!("record {} says that it was redacted", item.record);
                seen.push(about(item, codes::EVIDENCE_REDACTED_PRESENT, path, message));
            }
            None if item.redacted.is_some() || bag.unread.about(path) => {}
            None => {
                let message = format!("record {} names it, and it is missing", item.record);
                seen.push(about(item, codes::EVIDENCE_MISSING, path, message));
            }
            Some(file) => {
                let same =
                    (file.blake3, file.sha256, file.size) == (item.file.blake3, item.file.sha256, item.file.size);
                if !same {
                    let message = format!("not the bytes that record {} names", item.record);
                    seen.push(about(item, codes::EVIDENCE_DIGEST, path, message));
                }
                measured.files += 1;
                measured.bytes += file.size;
            }
        }
    }
    for path in bag.payload.keys().filter(|path| path.starts_with(FOLDER) && !named.contains_key(*path)) {
        seen.fail(codes::EVIDENCE_UNNAMED, "", path, "no record names this file");
    }
    (seen, measured)
}

fn about(item: &EvidenceItem, code: &'static str, path: &str, message: String) -> Finding {
    let finding = Finding::new(Stage::Evidence, Severity::Fail, code, &item.step, path, message);
    finding.of_record(item.record).at_step(&item.step)
}

/// Compares recovered files with their records: a whole record among them was cut off by somebody.
pub(super) fn check_recovered(source: &Source, bag: &Bag, chain: &Chain) -> Result<Seen, VerifyError> {
    let mut seen = Seen::new(Stage::Journal);
    let mut named = chain.recovered();
    for path in bag.payload.keys().filter(|path| path.starts_with(RECOVERED)) {
        let number = path.strip_prefix(RECOVERED).and_then(|name| name.strip_suffix(".bin"));
        let Some((seq, (record, prev))) = number.and_then(|n| n.parse().ok()).and_then(|seq| named.remove_entry(&seq))
        else {
            seen.fail(codes::RECOVERED_UNNAMED, "", path, "no record names this file");
            continue;
        };
        let Some(bytes) = bag.bytes(source, path, &mut seen)? else { continue };
        if hides_record(&bytes, chain, prev) {
            seen.fail(codes::RECOVERED_RECORD, seq, path, "it holds a complete valid record: not torn, but cut off");
        } else if bag.payload.get(path).is_some_and(|f| (f.sha256, f.size) != (record.sha256, record.length)) {
            seen.fail(codes::RECOVERED_MISMATCH, seq, path, format!("not the file that record {seq} names"));
        }
    }
    for seq in named.keys() {
        let path = format!("{RECOVERED}{seq}.bin");
        if !bag.doubt.about(&path) {
            seen.fail_record(codes::RECOVERED_MISSING, *seq, format!("{path} is missing"));
        }
    }
    Ok(seen)
}

/// A torn tail is a part of one line. Anything in it that parses as a record of this run was once whole.
fn hides_record(bytes: &[u8], chain: &Chain, prev: LineDigest) -> bool {
    let run = chain.records.first().map(|signed| &signed.record().run);
    let whole =
        |line: &[u8]| SignedRecord::parse(line).is_ok_and(|s| Some(&s.record().run) == run || s.record().prev == prev);
    bytes.split(|byte| *byte == b'\n').any(whole)
}
