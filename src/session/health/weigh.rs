//! From what was found to one answer: the gravest first, the earliest record of it.

use super::{Health, State};
use crate::kernel::canon::digest::{LineDigest, SealDigest};
use crate::kernel::text::counted;
use crate::store::Sighting;

/// A record that is not to be relied on.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) record: u64,
    pub(super) why: String,
}

/// A file that a run is opened with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum File {
    Package,
    Roster,
}

/// What was found, each thing for itself.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Acknowledged records wait beside the run to be put back.
    pub(super) rescued: bool,
    /// The journal is not there.
    pub(super) gone: bool,
    /// Why the journal cannot be cut into lines.
    pub(super) unreadable: Option<String>,
    /// Lines of the journal, with a complete last one.
    pub(super) lines: u64,
    /// Digests of the records that hold.
    pub(super) digests: Vec<LineDigest>,
    /// Bytes behind them that are no record.
    pub(super) rest: usize,
    /// Bytes of a torn write were moved aside, and no record says so yet.
    pub(super) recovering: bool,
    /// The first line that is refused.
    pub(super) fault: Option<Fault>,
    /// The first file that is not what its record says.
    pub(super) evidence: Option<Fault>,
    /// What head file or receipt say was acknowledged.
    pub(super) acknowledged: Option<(u64, LineDigest)>,
    /// Why the head file says nothing.
    pub(super) head_lost: Option<String>,
    /// The seal that the receipt claims.
    pub(super) seal: Option<SealDigest>,
    /// There is a receipt that can be read.
    pub(super) sealed: bool,
    /// Why the receipt cannot be read.
    pub(super) receipt: Option<String>,
    /// Which file is another one.
    pub(super) swapped: Option<(File, String)>,
    /// What the station has seen of this run.
    pub(super) seen: Vec<Sighting>,
}

impl Facts {
    /// Records that hold.
    fn good(&self) -> u64 {
        self.digests.len() as u64
    }

    /// How many records were acknowledged at least, by anything that tells.
    fn least(&self) -> Option<u64> {
        let seen = self.seen.iter().map(|s| s.records);
        self.acknowledged.map(|(records, _)| records).into_iter().chain(seen).max()
    }

    fn answer(&self, state: State, record: Option<u64>, why: String) -> Health {
        let of_at_least = self.least().filter(|least| *least > self.good());
        Health { state, records: self.good(), record, of_at_least, why }
    }

    pub(super) fn health(&self) -> Health {
        let found = [
            self.is_rescued(),
            self.is_gone(),
            self.is_swapped(),
            self.is_altered(),
            self.is_cut(),
            self.is_forked(),
            self.is_another_head(),
            self.is_rewound(),
            self.has_lost_its_head(),
            self.evidence.clone().map(|f| self.fault(&f)),
        ];
        found.into_iter().flatten().next().unwrap_or_else(|| self.stands())
    }

    fn is_rescued(&self) -> Option<Health> {
        let why = "the journal was taken away under its writer; every acknowledged record waits beside the run";
        self.rescued.then(|| self.answer(State::Rescued, None, why.into()))
    }

    fn is_gone(&self) -> Option<Health> {
        self.gone.then(|| {
            let head = self.seen.last().map(|s| format!("the last one seen has digest {}", s.head));
            let least = self.least();
            let why = if least.is_some() { head.unwrap_or_default() } else { "the journal is not here".into() };
            Health { of_at_least: least, ..self.answer(State::Gone, Some(1), why) }
        })
    }

    fn is_swapped(&self) -> Option<Health> {
        let (file, why) = self.swapped.as_ref()?;
        let state = match file {
            File::Package => State::SwappedPackage,
            File::Roster => State::SwappedRoster,
        };
        Some(self.answer(state, None, why.clone()))
    }

    fn fault(&self, fault: &Fault) -> Health {
        self.answer(State::Altered, Some(fault.record), format!("record {}: {}", fault.record, fault.why))
    }

    fn is_altered(&self) -> Option<Health> {
        if let Some(fault) = &self.fault {
            return Some(self.fault(fault));
        }
        if let Some(why) = &self.unreadable {
            return Some(self.answer(State::Altered, Some(1), why.clone()));
        }
        if let Some(why) = &self.receipt {
            return Some(self.answer(State::Altered, None, format!("the receipt is not read: {why}")));
        }
        let (records, _) = self.acknowledged.filter(|(records, _)| self.sealed && self.lines > *records)?;
        Some(self.answer(State::Altered, Some(records + 1), "a record stands behind the sealed end".into()))
    }

    fn is_cut(&self) -> Option<Health> {
        let (records, _) = self.acknowledged?;
        (records > self.lines).then(|| self.answer(State::Cut, Some(self.lines + 1), String::new()))
    }

    /// The digest of a record that holds.
    fn digest(&self, record: u64) -> Option<LineDigest> {
        self.digests.get(usize::try_from(record.checked_sub(1)?).ok()?).copied()
    }

    fn is_forked(&self) -> Option<Health> {
        self.is_another_history().or_else(|| self.is_another_seal())
    }

    /// One history, sealed twice: the records are the same, what was sealed with them is not.
    fn is_another_seal(&self) -> Option<Health> {
        let here = self.seal?;
        let other = self.seen.iter().find_map(|seen| seen.seal.filter(|seal| *seal != here))?;
        let why = format!("its seal is {here}, but this station has seen it under {other}");
        Some(self.answer(State::Forked, Some(self.good().max(1)), why))
    }

    fn is_another_history(&self) -> Option<Health> {
        let other = |s: &&Sighting| self.digest(s.records).is_some_and(|here| here != s.head);
        let first = self.seen.iter().filter(other).min_by_key(|s| s.records)?;
        let same = self.seen.iter().filter(|s| self.digest(s.records) == Some(s.head)).map(|s| s.records);
        let from = same.filter(|records| *records < first.records).max().map_or(1, |records| records + 1);
        let here = self.digest(first.records).map(|d| d.to_string()).unwrap_or_default();
        let why = format!("record {} is {here}, but this station has seen {} there", first.records, first.head);
        Some(self.answer(State::Forked, Some(from), why))
    }

    fn is_another_head(&self) -> Option<Health> {
        let (records, head) = self.acknowledged?;
        let here = self.digest(records).filter(|here| *here != head)?;
        let why = format!("record {records} is {here}, but {head} was acknowledged");
        Some(self.answer(State::Altered, Some(records), why))
    }

    fn is_rewound(&self) -> Option<Health> {
        let newest = self.seen.iter().max_by_key(|s| s.records).filter(|s| s.records > self.lines)?;
        let here = self.digest(self.lines).map_or("none".to_owned(), |d| d.to_string());
        let why = format!(
            "{}, the last one {here}, but this station has seen {}, the last one {}",
            counted(self.lines, "record", "records"),
            newest.records,
            newest.head
        );
        Some(self.answer(State::Rewound, Some(self.lines + 1), why))
    }

    fn has_lost_its_head(&self) -> Option<Health> {
        self.head_lost.clone().map(|why| self.answer(State::HeadLost, None, why))
    }

    fn stands(&self) -> Health {
        match (self.rest, self.recovering && !self.sealed) {
            (0, false) => self.answer(State::Whole, None, String::new()),
            (0, true) => self.answer(State::Torn, None, "bytes that were never acknowledged lie beside them".into()),
            (rest, _) => self.answer(
                State::Torn,
                None,
                format!("{} acknowledged", counted(rest, "byte behind them was never", "bytes behind them were never")),
            ),
        }
    }
}
