//! The walk along the lines of a journal: one fault for each record, the first that applies.

use super::journal::Chain;
use super::replay::Replay;
use super::seen::{Seen, place};
use super::trust::Trusted;
use crate::bundle::JOURNAL;
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::fold::{Line, Unsigned};
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::{Finding, Severity, Stage};
use crate::kernel::model::name::{PersonId, RunId};
use crate::kernel::records::event::{Event, RunRecovered};
use crate::kernel::records::record::{MAX_LINE, Record, SignedRecord};
use crate::kernel::run::Run;
use crate::kernel::signature::KeyId;
use std::collections::{BTreeMap, BTreeSet};

/// After so many lines that are no records, and more of them than records, nothing behind them makes sense.
const GARBAGE: u64 = 1_000;

type Fault = (FindingCode, String);

/// What is asked of a walk.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// Whose signatures hold; without it they are not asked.
    pub(super) trusted: Option<&'a Trusted>,
    /// Whether the journal must have its end.
    pub(super) sealed: bool,
    /// Whether the records are kept, for those who show them.
    pub(super) keeps: bool,
}

/// Who signed the records.
#[derive(Debug, Default)]
pub(super) struct Signatories {
    /// Each with the key.
    pub(super) keys: BTreeSet<(PersonId, KeyId)>,
    /// Those who may not act so by the anchor's own roster.
    pub(super) strangers: BTreeSet<PersonId>,
}

impl Signatories {
    fn take(&mut self, signed: &SignedRecord, trusted: Option<&Trusted>) {
        let actor = &signed.record().actor;
        if !self.keys.iter().any(|(person, key)| person == actor && key == signed.key()) {
            self.keys.insert((actor.clone(), *signed.key()));
        }
        if trusted.is_some_and(|trusted| trusted.is_stranger(signed)) {
            self.strangers.insert(actor.clone());
        }
    }
}

/// What the walk along the lines yields.
pub(super) struct Walked {
    pub(super) seen: Seen,
    /// The journal as a whole, when nothing is wrong with it.
    pub(super) chain: Option<Chain>,
    pub(super) signers: Signatories,
    /// What the replay saw, and the run when every record was admitted; worth something only with the chain.
    pub(super) replayed: Option<(Seen, Option<Run>)>,
    /// The digests of the records before the first broken one.
    pub(super) digests: Vec<LineDigest>,
    /// These records, where they are kept.
    pub(super) records: Vec<SignedRecord>,
}

/// Where the walk stands.
pub(super) struct Walk<'a> {
    asked: Asked<'a>,
    seen: Seen,
    /// Lines that were followed, those that were read, and how many of these are no records.
    lines: u64,
    read: u64,
    garbage: u64,
    /// The first record that is broken.
    first: Option<u64>,
    /// The run that the records are of.
    of: Option<RunId>,
    /// What the next record must link to; nobody can say so behind a broken one.
    head: Option<LineDigest>,
    /// The number of the record before.
    seq: u64,
    /// Whether the first record opens the run.
    opened: bool,
    first_kind: &'static str,
    last: Option<SignedRecord>,
    recovered: BTreeMap<u64, (RunRecovered, LineDigest)>,
    signers: Signatories,
    replay: Option<Replay>,
    digests: Vec<LineDigest>,
    records: Vec<SignedRecord>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(asked: Asked<'a>, replay: Option<Replay>) -> Self {
        Self {
            asked,
            replay,
            seen: Seen::new(Stage::Journal),
            lines: 0,
            read: 0,
            garbage: 0,
            first: None,
            of: None,
            head: None,
            seq: 0,
            opened: false,
            first_kind: "nothing",
            last: None,
            recovered: BTreeMap::new(),
            signers: Signatories::default(),
            digests: Vec::new(),
            records: Vec::new(),
        }
    }

    /// Tells whether reading on makes no sense.
    pub(super) fn is_stopped(&self) -> bool {
        self.garbage >= GARBAGE && self.garbage * 2 > self.read
    }

    /// Follows the lines of a window, and tells whether reading on makes sense.
    pub(super) fn take(&mut self, lines: Vec<Line>) -> bool {
        self.read += lines.len() as u64;
        self.garbage += lines.iter().filter(|line| line.read.is_err()).count() as u64;
        if self.of.is_none() {
            // Which run this is says the first record that stands for itself.
            let whole = |line: &&Line| line.read.is_ok() && line.unsigned.is_none();
            let standing = lines.iter().find(whole).and_then(|line| line.read.as_ref().ok());
            let any = || lines.iter().find_map(|line| line.read.as_ref().ok());
            self.of = standing.or_else(any).map(|signed| signed.record().run.clone());
        }
        for line in lines {
            self.lines += 1;
            match line.read {
                Ok(signed) => {
                    let own = line.unsigned.map(|unsigned| unsigned_fault(&signed, &unsigned));
                    self.record(signed, own);
                }
                Err(refused) => {
                    self.first_kind_is("nothing");
                    self.broken(Some((FindingCode::JournalLine, refused.to_string())));
                    (self.seq, self.head, self.last) = (self.seq + 1, None, None);
                }
            }
        }
        !self.is_stopped()
    }

    fn first_kind_is(&mut self, kind: &'static str) {
        if self.lines == 1 {
            self.first_kind = kind;
        }
    }

    fn record(&mut self, signed: SignedRecord, own: Option<Fault>) {
        let record = signed.record();
        self.first_kind_is(record.event.kind());
        if let (1, Event::RunOpened(opened)) = (self.lines, &record.event) {
            self.opened = true;
            self.head = Some(LineDigest(opened.package.0));
        }
        let fault = self.fault(&signed, own);
        // Whatever stood in place of a broken record, nobody can say what the next one must link to.
        self.head = fault.is_none().then(|| signed.digest());
        self.seq = record.seq;
        self.broken(fault);
        if self.first.is_none() {
            self.keep(&signed);
        }
        self.last = Some(signed);
    }

    fn fault(&mut self, signed: &SignedRecord, own: Option<Fault>) -> Option<Fault> {
        let record = signed.record();
        if self.of.as_ref() != Some(&record.run) {
            return Some((FindingCode::JournalForeign, format!("a record of run {}", record.run)));
        }
        if record.seq != self.seq + 1 {
            return Some((FindingCode::JournalSequence, format!("number {} follows number {}", record.seq, self.seq)));
        }
        match self.head {
            // A record that stands for itself was signed over another one in the place before it.
            Some(head) if record.prev != head && own.is_none() && self.asks() && self.lines > 1 => {
                self.exchanged(self.lines - 1);
                None
            }
            Some(head) if record.prev != head => {
                Some((FindingCode::JournalLink, "`prev` is not the digest of the line before".to_owned()))
            }
            _ => own,
        }
    }

    /// Takes from a whole record what later stages ask for, and replays it.
    fn keep(&mut self, signed: &SignedRecord) {
        self.digests.push(signed.digest());
        self.records.extend(self.asked.keeps.then(|| signed.clone()));
        self.signers.take(signed, self.asked.trusted);
        if let Event::RunRecovered(data) = &signed.record().event {
            self.recovered.insert(signed.record().seq, (data.clone(), signed.record().prev));
        }
        if let Some(replay) = &mut self.replay {
            replay.take(signed);
        }
    }

    /// Tells whether signatures could be asked.
    fn asks(&self) -> bool {
        self.asked.trusted.is_some()
    }

    fn broken(&mut self, fault: Option<Fault>) {
        let Some((code, message)) = fault else { return };
        let message = message + &self.until(self.lines);
        self.seen.fail_record(code, self.lines, message);
    }

    fn exchanged(&mut self, at: u64) {
        let next = at + 1;
        let message = format!("record {next} was signed over another record {at}: this one was put in its place");
        let message = message + &self.until(at);
        let finding = Finding::new(Stage::Journal, Severity::Fail, FindingCode::JournalLink, at, place(at), message);
        self.seen.push(finding.of_record(at).of_record(next));
        let whole = usize::try_from(at - 1).unwrap_or(usize::MAX);
        self.digests.truncate(whole);
        self.records.truncate(whole);
    }

    /// Says with the first fault how much is whole before it.
    fn until(&mut self, at: u64) -> String {
        if self.first.is_some() {
            return String::new();
        }
        self.first = Some(at);
        let whole = if self.asks() { "whole" } else { "in order, their signatures not asked" };
        match at {
            1 => "; no record before it".into(),
            2 => format!("; record 1 is {whole}"),
            _ => format!("; records 1 to {} are {whole}", at - 1),
        }
    }

    /// Judges how the journal ends: what follows its last line feed, and whether the file is over there.
    pub(super) fn ends(mut self, rest: &[u8], over: bool) -> Walked {
        let stopped = self.is_stopped() || !over;
        if self.is_stopped() {
            let words = format!("; reading stopped after line {}: hardly any of them is a record", self.read);
            self.seen.add_to_first(FindingCode::JournalLine, &words);
        } else if !over {
            self.lines += 1;
            let longer = format!("longer than {MAX_LINE} bytes; reading stopped here");
            self.broken(Some((FindingCode::JournalLine, longer)));
        } else if !rest.is_empty() || self.lines == 0 {
            self.seen.fail(FindingCode::JournalTorn, "", JOURNAL, "the journal does not end with a whole line");
        } else if self.first.is_none() {
            self.first_and_last();
        }
        let proved = !self.seen.failed() && !stopped && self.asks();
        let (run, last) = (self.of.filter(|_| proved && self.opened), self.last);
        let chain = run.zip(last).map(|(run, last)| Chain { run, last, recovered: self.recovered });
        let replayed = self.replay.map(Replay::done);
        let (seen, signers, digests, records) = (self.seen, self.signers, self.digests, self.records);
        Walked { seen, chain, signers, replayed, digests, records }
    }

    fn first_and_last(&mut self) {
        if !self.opened {
            let message = format!("the first record is {}", self.first_kind);
            return self.seen.fail_record(FindingCode::JournalNotOpened, 1, message);
        }
        let last = self.last.as_ref().map_or("nothing", |signed| signed.record().event.kind());
        if self.asked.sealed && last != "run.closed" {
            self.seen.fail_record(FindingCode::JournalNotClosed, self.lines, format!("the last record is {last}"));
        }
    }
}

/// Says what is wrong with the signature of a record.
fn unsigned_fault(signed: &SignedRecord, unsigned: &Unsigned) -> Fault {
    let Record { actor, role, time, .. } = signed.record();
    match unsigned {
        Unsigned::Stranger => (FindingCode::JournalActor, format!("{actor} is not in the roster")),
        Unsigned::Key(standing) => {
            (FindingCode::JournalKey, format!("key {} of {actor}, asked for {time}: {standing}", signed.key()))
        }
        Unsigned::Signature => (FindingCode::JournalSignature, format!("the signature of {actor} is invalid")),
        Unsigned::Role => (FindingCode::JournalRole, format!("{actor} did not hold {role} at {time}")),
    }
}
