//! Stage 6: the journal: form, sequence, links, then signatures and roles (FORMAT.md §4).

use super::codes;
use super::seen::Seen;
use super::trust::Trusted;
use crate::bundle::JOURNAL;
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::model::event::{Event, RunOpened, RunRecovered};
use crate::kernel::model::record::SignedRecord;
use crate::kernel::verdict::Stage;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Records in canonical form, numbered and linked, from `run.opened` to `run.closed`.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) records: Vec<SignedRecord>,
    pub(super) opened: RunOpened,
}

/// The number of a line.
fn number(index: usize) -> u64 {
    index as u64 + 1
}

/// Reads the lines and follows numbers and links.
pub(super) fn read(bytes: &[u8]) -> (Seen, Option<Chain>) {
    let mut seen = Seen::new(Stage::Journal);
    let Some(whole) = bytes.strip_suffix(b"\n") else {
        seen.fail(codes::JOURNAL_TORN, "", JOURNAL, "the journal does not end with a whole line");
        return (seen, None);
    };
    let lines: Vec<&[u8]> = whole.split(|byte| *byte == b'\n').collect();
    let parsed: Vec<_> = lines.par_iter().map(|line| SignedRecord::parse(line)).collect();
    for (index, line) in parsed.iter().enumerate() {
        if let Err(fault) = line {
            seen.fail_record(codes::JOURNAL_LINE, number(index), fault);
        }
    }
    let records: Vec<SignedRecord> = parsed.into_iter().filter_map(Result::ok).collect();
    if seen.failed() {
        return (seen, None);
    }
    follow(&mut seen, &records);
    let opened = ends(&mut seen, &records);
    let proved = opened.filter(|_| !seen.failed());
    (seen, proved.map(|opened| Chain { records, opened }))
}

/// Each record belongs to the run of the first, counts one up and links to the line before: one fault each.
fn follow(seen: &mut Seen, records: &[SignedRecord]) {
    let Some(first) = records.first().map(SignedRecord::record) else { return };
    let package = match &first.event {
        Event::RunOpened(opened) => LineDigest(opened.package.0),
        _ => first.prev,
    };
    let (mut seq, mut head) = (0, Some(package));
    for (index, signed) in records.iter().enumerate() {
        let (record, at) = (signed.record(), number(index));
        if record.run != first.run {
            seen.fail_record(codes::JOURNAL_FOREIGN, at, format!("a record of run {}", record.run));
        } else if record.seq != seq + 1 {
            let message = format!("number {} follows number {seq}", record.seq);
            seen.fail_record(codes::JOURNAL_SEQUENCE, at, message);
        } else if head.is_some_and(|head| record.prev != head) {
            seen.fail_record(codes::JOURNAL_LINK, at, "`prev` is not the digest of the line before");
        }
        // Whatever stood in place of a foreign record, the next one links to that.
        (seq, head) = (record.seq, (record.run == first.run).then(|| signed.digest()));
    }
}

fn ends(seen: &mut Seen, records: &[SignedRecord]) -> Option<RunOpened> {
    let kind = |signed: Option<&SignedRecord>| signed.map_or("nothing", |s| s.record().event.kind());
    let opened = match records.first().map(|s| &s.record().event) {
        Some(Event::RunOpened(opened)) => Some(opened.clone()),
        _ => None,
    };
    if opened.is_none() && !seen.failed() {
        let message = format!("the first record is {}", kind(records.first()));
        seen.fail_record(codes::JOURNAL_NOT_OPENED, 1, message);
    }
    if kind(records.last()) != "run.closed" && !seen.failed() {
        let message = format!("the last record is {}", kind(records.last()));
        seen.fail_record(codes::JOURNAL_NOT_CLOSED, records.len() as u64, message);
    }
    opened
}

impl Chain {
    /// Checks who signed each record: one fault each, the earliest in this order.
    pub(super) fn check_signers(&self, trusted: &Trusted) -> Seen {
        let mut seen = Seen::new(Stage::Journal);
        let faults: Vec<_> = self.records.par_iter().map(|signed| signer_fault(signed, trusted)).collect();
        for (index, fault) in faults.into_iter().enumerate() {
            if let Some((code, message)) = fault {
                seen.fail_record(code, number(index), message);
            }
        }
        seen
    }

    /// Returns the records that moved a torn tail aside, by the number of the record.
    pub(super) fn recovered(&self) -> BTreeMap<u64, (&RunRecovered, LineDigest)> {
        let recovered = self.records.iter().filter_map(|signed| match &signed.record().event {
            Event::RunRecovered(data) => Some((signed.record().seq, (data, signed.record().prev))),
            _ => None,
        });
        recovered.collect()
    }
}

fn signer_fault(signed: &SignedRecord, trusted: &Trusted) -> Option<(&'static str, String)> {
    let record = signed.record();
    let Some(person) = trusted.roster().person(&record.actor) else {
        return Some((codes::JOURNAL_ACTOR, format!("{} does not stand in the roster", record.actor)));
    };
    let Some(grant) = person.key_at(signed.key(), record.time) else {
        let message = format!("key {} does not stand under {}, valid at {}", signed.key(), record.actor, record.time);
        return Some((codes::JOURNAL_KEY, message));
    };
    if !signed.is_signed_by(&grant.key) {
        return Some((codes::JOURNAL_SIGNATURE, format!("the signature of {} does not hold", record.actor)));
    }
    let held = person.holds(&record.role, record.time);
    (!held).then(|| (codes::JOURNAL_ROLE, format!("{} did not hold {} at {}", record.actor, record.role, record.time)))
}
