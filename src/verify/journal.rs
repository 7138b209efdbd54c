//! Stage 6: the journal: form, sequence, links, then signatures and roles (FORMAT.md §4).
//!
//! It is read twice, in windows: a survey measures it and takes from it what must be known before anything else is
//! read, and believes none of it; the walk judges each line and hands the records on. What is wrong is named where it
//! is: each line is asked whether it stands for itself before its neighbours are blamed.

use super::VerifyError;
use super::container::Doubt;
use super::replay::Replay;
use super::seen::Seen;
use super::walk::{Asked, Walk, Walked};
use crate::bundle::bag::Payload;
use crate::bundle::{Hasher, JOURNAL, ReadError, Source, Windows};
use crate::kernel::canon::digest::{FileDigest, LineDigest};
use crate::kernel::fold::{self, Line, Window};
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::Stage;
use crate::kernel::model::name::RunId;
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::event::{Event, RunOpened, RunRecovered};
use crate::kernel::records::record::SignedRecord;
use crate::kernel::text::counted;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io;

/// The longest journal that is read; a writer holds what it acknowledged in memory, and writes none that is longer.
const MAX_JOURNAL: u64 = 1 << 30;
/// After so many lines without a record, nobody looks further for the run that they are of.
const GARBAGE: u64 = 1_000;

/// What a journal says beforehand; nothing of it is believed.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// What the first line says of roster and package.
    pub(super) opened: Option<RunOpened>,
    /// When the first line says that it was.
    pub(super) opened_at: Option<Timestamp>,
    /// The run that the records name.
    pub(super) run: Option<RunId>,
    /// How long each file is that a record names, by its path: what is longer or shorter need not be read.
    pub(super) sizes: BTreeMap<String, u64>,
    /// What the file measures; none when it was not read to its end.
    pub(super) payload: Option<Payload>,
    lines: u64,
}

/// Records in canonical form, numbered, linked and signed, from `run.opened` to the last one.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) run: RunId,
    pub(super) last: SignedRecord,
    /// The records that moved a torn tail aside, with the line before each.
    pub(super) recovered: BTreeMap<u64, (RunRecovered, LineDigest)>,
}

/// Surveys the journal, when there is one that can be asked for.
pub(super) fn survey(source: &Source, doubt: &Doubt) -> Result<(Seen, Option<Survey>), VerifyError> {
    let mut seen = Seen::new(Stage::Journal);
    let Some(member) = source.member(JOURNAL).filter(|_| !doubt.about(JOURNAL)) else { return Ok((seen, None)) };
    if member.size > MAX_JOURNAL {
        let message = format!("{}, more than {MAX_JOURNAL}", counted(member.size, "byte", "bytes"));
        seen.fail(FindingCode::ContainerTooLarge, "", JOURNAL, message);
        return Ok((seen, None));
    }
    let mut survey = Survey::default();
    survey.take_all(source).map_err(|source| ReadError::Io { name: JOURNAL.to_owned(), source })?;
    Ok((seen, Some(survey)))
}

impl Survey {
    fn take_all(&mut self, source: &Source) -> io::Result<()> {
        let stream = source.stream(JOURNAL).map_err(io::Error::other)?;
        let (mut hasher, mut windows) = (Hasher::default(), Windows::new(stream));
        while let Some(window) = windows.read()? {
            rayon::join(|| hasher.update(window.bytes()), || self.take(&window.lines()));
        }
        if windows.is_over() {
            hasher.update(windows.rest());
            self.payload = Some(hasher.payload(JOURNAL));
        }
        Ok(())
    }

    fn take(&mut self, lines: &[&[u8]]) {
        for line in lines {
            if self.run.is_none() && self.lines < GARBAGE {
                self.first(line);
            }
            self.lines += 1;
            if let Some((path, size)) = named_size(line) {
                self.sizes.insert(path, size);
            }
        }
    }

    /// Asks one of the first lines which run it is of; the very first may say how it was opened.
    fn first(&mut self, line: &[u8]) {
        let Ok(signed) = SignedRecord::parse(line) else { return };
        let record = signed.record();
        self.run = Some(record.run.clone());
        if let (0, Event::RunOpened(opened)) = (self.lines, &record.event) {
            (self.opened, self.opened_at) = (Some(opened.clone()), Some(record.time));
        }
    }
}

/// Returns the file that a line names, and its size. Only lines that look so are read at all: most name none.
fn named_size(line: &[u8]) -> Option<(String, u64)> {
    let kinds: [&[u8]; 2] = [br#""kind":"evidence.captured""#, br#""kind":"run.recovered""#];
    kinds.iter().find(|kind| memchr::memmem::find(line, kind).is_some())?;
    let signed = SignedRecord::parse(line).ok()?;
    match &signed.record().event {
        Event::RunRecovered(data) => Some((format!("data/recovered/{}.bin", signed.record().seq), data.length)),
        Event::EvidenceCaptured(data) => Some((format!("data/evidence/{}", data.file.blake3.hex()), data.file.size)),
        _ => None,
    }
}

/// Walks along the journal: one window is parsed and its signatures asked while the one before it is followed and
/// replayed.
///
/// # Errors
/// When the file cannot be read, or is not the one any more that was surveyed.
pub(super) fn walk(
    source: &Source,
    survey: &Survey,
    asked: Asked<'_>,
    replay: Option<Replay>,
) -> Result<Walked, VerifyError> {
    let failed = |source| ReadError::Io { name: JOURNAL.to_owned(), source };
    let (roster, mut windows) =
        (asked.trusted.map(|trusted| &**trusted.roster()), Windows::new(source.stream(JOURNAL)?));
    let (mut walk, mut hash) = (Walk::new(asked, replay), Sha256::new());
    let next = || {
        let window = windows.read().map_err(failed)?;
        hash.update(window.as_ref().map_or(&[][..], Window::bytes));
        Ok::<_, ReadError>(window)
    };
    fold::pass(next, |line| Line::read(line, roster), |lines| walk.take(lines))?;
    hash.update(windows.rest());
    let same = survey.payload.as_ref().is_none_or(|file| file.sha256 == FileDigest(hash.finalize().into()));
    if !walk.is_stopped() && !same {
        return Err(VerifyError::Changed(JOURNAL.to_owned()));
    }
    Ok(walk.ends(windows.rest(), windows.is_over()))
}
