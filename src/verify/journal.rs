//! Stage 6: the journal: form, sequence, links, then signatures and roles (FORMAT.md §4).
//!
//! Lines are read in windows, so that a journal which is garbage costs one window and not its own size. What is
//! wrong is named where it is: each line is asked whether it stands for itself before its neighbours are blamed.

use super::VerifyError;
use super::codes;
use super::container::Doubt;
use super::seen::Seen;
use super::trust::Trusted;
use crate::bundle::bag::Payload;
use crate::bundle::{Hasher, JOURNAL, ReadError, Source};
use crate::kernel::canon::Refused;
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::model::event::{Event, RunOpened, RunRecovered};
use crate::kernel::model::name::RunId;
use crate::kernel::model::record::{MAX_LINE, SignedRecord};
use crate::kernel::verdict::{Finding, Severity, Stage};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io::{self, Read};

/// The longest journal that is read.
const MAX_JOURNAL: u64 = 1 << 30;
/// How much is read at once.
const WINDOW: usize = 1 << 20;
/// After so many lines that are no records, and more of them than records, nothing behind them makes sense.
const GARBAGE: usize = 1_000;

/// The lines of a journal, each a record or the reason why it is none; whether they belong together is asked later.
#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: Vec<Result<SignedRecord, Refused>>,
    garbage: usize,
    /// The file ends inside a line.
    torn: bool,
    /// Reading stopped before the end of the file.
    stopped: bool,
    /// What the whole file measures; none when it was not read to its end.
    pub(super) payload: Option<Payload>,
}

/// Records in canonical form, numbered, linked and signed, from `run.opened` to the last one.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) records: Vec<SignedRecord>,
    pub(super) opened: RunOpened,
}

/// Reads the journal, when there is one that can be asked for.
pub(super) fn read(source: &Source, doubt: &Doubt) -> Result<(Seen, Option<Lines>), VerifyError> {
    let mut seen = Seen::new(Stage::Journal);
    let Some(member) = source.member(JOURNAL).filter(|_| !doubt.about(JOURNAL)) else { return Ok((seen, None)) };
    if member.size > MAX_JOURNAL {
        let message = format!("{} bytes, more than {MAX_JOURNAL}", member.size);
        seen.fail(codes::CONTAINER_TOO_LARGE, "", JOURNAL, message);
        return Ok((seen, None));
    }
    let mut lines = Lines::default();
    let failed = |source| ReadError::Io { name: JOURNAL.to_owned(), source };
    lines.take_all(source.stream(JOURNAL)?).map_err(failed)?;
    Ok((seen, Some(lines)))
}

impl Lines {
    fn take_all(&mut self, mut stream: impl Read) -> io::Result<()> {
        let (mut hasher, mut window) = (Hasher::default(), Vec::new());
        loop {
            let carried = window.len();
            window.resize(carried + WINDOW, 0);
            let count = fill(&mut stream, &mut window[carried..])?;
            window.truncate(carried + count);
            let whole = window.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
            rayon::join(|| hasher.update(&window[carried..]), || self.take(&window[..whole]));
            window.drain(..whole);
            if window.len() > MAX_LINE {
                // No record is as long as that; where it ends does not matter any more.
                self.lines.push(SignedRecord::parse(&window));
                self.stopped = true;
            }
            self.stopped |= self.is_garbage();
            if self.stopped {
                return Ok(());
            }
            if count == 0 {
                self.torn = !window.is_empty() || self.lines.is_empty();
                self.payload = Some(hasher.payload(JOURNAL));
                return Ok(());
            }
        }
    }

    fn take(&mut self, whole: &[u8]) {
        let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
        for part in lines.chunks(GARBAGE) {
            let parsed = part.par_iter().map(|line| SignedRecord::parse(line.strip_suffix(b"\n").unwrap_or(line)));
            self.lines.par_extend(parsed);
            let new = self.lines.len() - part.len();
            self.garbage += self.lines[new..].iter().filter(|line| line.is_err()).count();
            if self.is_garbage() {
                return;
            }
        }
    }

    fn is_garbage(&self) -> bool {
        self.garbage >= GARBAGE && self.garbage * 2 > self.lines.len()
    }

    fn records(&self) -> impl Iterator<Item = &SignedRecord> {
        self.lines.iter().filter_map(|line| line.as_ref().ok())
    }

    /// What the first line says of roster and package; not yet believed.
    pub(super) fn opened(&self) -> Option<&RunOpened> {
        match &self.lines.first()?.as_ref().ok()?.record().event {
            Event::RunOpened(opened) => Some(opened),
            _ => None,
        }
    }

    /// The run that the records name; not yet believed.
    pub(super) fn run(&self) -> Option<&RunId> {
        self.records().next().map(|signed| &signed.record().run)
    }

    /// How long each file is that a record names, by its path: what is longer or shorter need not be read.
    pub(super) fn sizes(&self) -> BTreeMap<String, u64> {
        let size = |signed: &SignedRecord| match &signed.record().event {
            Event::RunRecovered(data) => Some((format!("data/recovered/{}.bin", signed.record().seq), data.length)),
            Event::EvidenceCaptured(data) => {
                Some((format!("data/evidence/{}", data.file.blake3.hex()), data.file.size))
            }
            _ => None,
        };
        self.records().filter_map(size).collect()
    }

    /// Follows form, numbers, links and signatures: one fault for each record, the first that applies.
    pub(super) fn walk(self, trusted: Option<&Trusted>, closed: bool) -> Walked {
        let mut walk = Walk { seen: Seen::new(Stage::Journal), first: None, signed: trusted.is_some() };
        let own: Vec<_> = self.lines.par_iter().map(|line| own_fault(line, trusted)).collect();
        walk.lines(&self, &own);
        if self.torn {
            walk.seen.fail(codes::JOURNAL_TORN, "", JOURNAL, "the journal does not end with a whole line");
        }
        if walk.first.is_none() && !self.torn && !self.stopped {
            walk.ends(&self, closed);
        }
        let opened = self.opened().cloned().filter(|_| !walk.seen.failed() && !self.stopped && trusted.is_some());
        let whole = walk.first.map_or(self.lines.len(), |first| usize::try_from(first - 1).unwrap_or(0));
        let records = self.lines.into_iter().take(whole).map_while(Result::ok).collect();
        Walked { seen: walk.seen, records, opened }
    }
}

/// What the walk along the lines yields.
#[derive(Debug)]
pub(super) struct Walked {
    pub(super) seen: Seen,
    /// The records before the first broken one.
    pub(super) records: Vec<SignedRecord>,
    /// The first record, when all of them are whole.
    pub(super) opened: Option<RunOpened>,
}

/// Reads until the buffer is full or the stream ends.
fn fill(stream: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match stream.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

type Fault = (&'static str, String);

/// The walk along the lines.
struct Walk {
    seen: Seen,
    /// The first record that is broken.
    first: Option<u64>,
    /// Whether signatures could be asked.
    signed: bool,
}

impl Walk {
    fn lines(&mut self, read: &Lines, own: &[Option<Fault>]) {
        // Which run this is says the first record that stands for itself.
        let standing = read.lines.iter().zip(own).find_map(|(line, own)| line.as_ref().ok().filter(|_| own.is_none()));
        let Some(of) = standing.or_else(|| read.records().next()).map(|signed| signed.record().run.clone()) else {
            return (1..).zip(own).for_each(|(at, fault)| self.broken(read, at, fault.clone()));
        };
        let mut head = read.opened().map(|opened| LineDigest(opened.package.0));
        let mut seq = 0;
        for (at, (line, own)) in (1..).zip(read.lines.iter().zip(own)) {
            let Ok(signed) = line else {
                self.broken(read, at, own.clone());
                (seq, head) = (seq + 1, None);
                continue;
            };
            let record = signed.record();
            let fault = if record.run != of {
                Some((codes::JOURNAL_FOREIGN, format!("a record of run {}", record.run)))
            } else if record.seq != seq + 1 {
                Some((codes::JOURNAL_SEQUENCE, format!("number {} follows number {seq}", record.seq)))
            } else if head.is_some_and(|head| record.prev != head) {
                // A record that stands for itself was signed over another one in the place before it.
                match own {
                    None if self.signed && at > 1 => {
                        self.exchanged(at - 1);
                        None
                    }
                    _ => Some((codes::JOURNAL_LINK, "`prev` is not the digest of the line before".to_owned())),
                }
            } else {
                own.clone()
            };
            // Whatever stood in place of a broken record, nobody can say what the next one must link to.
            head = fault.is_none().then(|| signed.digest());
            seq = record.seq;
            self.broken(read, at, fault);
        }
    }

    fn broken(&mut self, read: &Lines, at: u64, fault: Option<Fault>) {
        let Some((code, mut message)) = fault else { return };
        if code == codes::JOURNAL_LINE && read.stopped && self.first.is_none() {
            message += &format!("; reading stopped after line {}: hardly any of them is a record", read.lines.len());
        }
        message += &self.until(at);
        self.seen.fail_record(code, at, message);
    }

    fn exchanged(&mut self, at: u64) {
        let next = at + 1;
        let message = format!("record {next} was signed over another record {at}: this one was put in its place");
        let message = message + &self.until(at);
        let place = super::seen::place(at);
        let finding = Finding::new(Stage::Journal, Severity::Fail, codes::JOURNAL_LINK, at, place, message);
        self.seen.push(finding.of_record(at).of_record(next));
    }

    /// Says with the first fault how much is whole before it.
    fn until(&mut self, at: u64) -> String {
        if self.first.is_some() {
            return String::new();
        }
        self.first = Some(at);
        let whole = if self.signed { "whole" } else { "in order, their signatures not asked" };
        match at {
            1 => "; no record before it".into(),
            2 => format!("; record 1 is {whole}"),
            _ => format!("; records 1 to {} are {whole}", at - 1),
        }
    }

    fn ends(&mut self, read: &Lines, closed: bool) {
        let kind = |line: Option<&Result<SignedRecord, Refused>>| {
            line.and_then(|line| line.as_ref().ok()).map_or("nothing", |signed| signed.record().event.kind())
        };
        if read.opened().is_none() {
            let message = format!("the first record is {}", kind(read.lines.first()));
            return self.seen.fail_record(codes::JOURNAL_NOT_OPENED, 1, message);
        }
        let last = kind(read.lines.last());
        if closed && last != "run.closed" {
            let at = read.lines.len() as u64;
            self.seen.fail_record(codes::JOURNAL_NOT_CLOSED, at, format!("the last record is {last}"));
        }
    }
}

/// What is wrong with a line in itself.
fn own_fault(line: &Result<SignedRecord, Refused>, trusted: Option<&Trusted>) -> Option<Fault> {
    match line {
        Err(refused) => Some((codes::JOURNAL_LINE, refused.to_string())),
        Ok(signed) => trusted.and_then(|trusted| signer_fault(signed, trusted)),
    }
}

impl Chain {
    /// Returns the records that moved a torn tail aside, by the number of the record.
    pub(super) fn recovered(&self) -> BTreeMap<u64, (&RunRecovered, LineDigest)> {
        let recovered = self.records.iter().filter_map(|signed| match &signed.record().event {
            Event::RunRecovered(data) => Some((signed.record().seq, (data, signed.record().prev))),
            _ => None,
        });
        recovered.collect()
    }
}

fn signer_fault(signed: &SignedRecord, trusted: &Trusted) -> Option<Fault> {
    let record = signed.record();
    let Some(person) = trusted.roster().person(&record.actor) else {
        return Some((codes::JOURNAL_ACTOR, format!("{} does not stand in the roster", record.actor)));
    };
    let standing = trusted.roster().standing(&record.actor, signed.key(), record.time);
    let Some(grant) = person.key_at(signed.key(), record.time).filter(|_| standing.is_valid()) else {
        let message = format!("key {} of {}, asked for {}: {standing}", signed.key(), record.actor, record.time);
        return Some((codes::JOURNAL_KEY, message));
    };
    if !signed.is_signed_by(&grant.key) {
        return Some((codes::JOURNAL_SIGNATURE, format!("the signature of {} is invalid", record.actor)));
    }
    let held = person.holds(&record.role, record.time);
    (!held).then(|| (codes::JOURNAL_ROLE, format!("{} did not hold {} at {}", record.actor, record.role, record.time)))
}
