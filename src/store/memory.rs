//! What this station has seen of runs, kept outside their folders: `memory.jsonl`, one canonical line for each sight,
//! only ever longer, each linked to the line before (FORMAT.md §10, Memory).
//!
//! It tells a rewind, a deleted run, a restored backup of a run and a second history. Honest limit: it is not signed,
//! and anybody who can write the home can cut it too.

use super::error::StoreError;
use super::layout::Home;
use crate::disk::{Disk, open_regular};
use crate::kernel::canon;
use crate::kernel::canon::digest::{LineDigest, SealDigest};
use crate::kernel::model::name::RunId;
use crate::kernel::model::time::Timestamp;
use crate::kernel::run::Run;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// The most bytes of a memory that are read.
const MAX_MEMORY: u64 = 256 << 20;

/// How much of its end is read before a line is added; a line has at most a few hundred bytes.
const TAIL: u64 = 64 << 10;

/// On which occasion a run was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// It was opened here.
    Opened,
    /// A program took it up again.
    TakenUp,
    /// Its records grew by another hundred.
    Grown,
    /// Its program ended in order.
    Left,
    /// It was sealed here.
    Sealed,
    /// Its bundle was imported.
    Imported,
    /// Its bundle was exported.
    Exported,
    /// Its bundle was signed off.
    SignedOff,
    /// Its bundle was verified in this home.
    Verified,
    /// Another bundle of it was shown here, and not taken.
    Refused,
    /// It was moved to the archive.
    Archived,
}

impl Occasion {
    /// Tells whether the run lay in this home then.
    fn is_here(self) -> bool {
        match self {
            Self::Opened | Self::TakenUp | Self::Grown | Self::Left | Self::Sealed | Self::Imported => true,
            Self::Exported | Self::SignedOff | Self::Verified | Self::Refused | Self::Archived => false,
        }
    }
}

/// How far a run went when it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The run.
    pub run: RunId,
    /// How many records.
    pub records: u64,
    /// The digest of the last of them.
    pub head: LineDigest,
    /// The seal, where it was sealed.
    pub seal: Option<SealDigest>,
}

impl Sight {
    /// How far a run goes as it is, with its seal where it has one.
    #[must_use]
    pub fn of(run: &Run, seal: Option<SealDigest>) -> Self {
        Self { run: run.id().clone(), records: run.seq(), head: run.head(), seal }
    }
}

/// One line of the memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sighting {
    /// When, by this station's clock.
    pub at: Timestamp,
    /// The digest of the run's last record.
    pub head: LineDigest,
    /// On which occasion.
    pub occasion: Occasion,
    /// The digest of the line before; none in the first.
    pub prev: Option<LineDigest>,
    /// How many records.
    pub records: u64,
    /// The run.
    pub run: RunId,
    /// The seal, where it was sealed.
    pub seal: Option<SealDigest>,
}

/// All that is remembered.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    runs: BTreeMap<RunId, Vec<Sighting>>,
    last_opened: Option<RunId>,
    lines: u64,
    fault: Option<String>,
}

impl Memory {
    /// Reads the memory of a home, changing nothing; a home without one remembers nothing.
    ///
    /// What cannot be read stands in [`Memory::fault`]: a memory that was touched is no reason to refuse a run.
    #[must_use]
    pub fn read(home: &Home) -> Self {
        let mut memory = Self::default();
        match bytes_of(&path(home)) {
            Ok(bytes) => memory.take(&bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => memory.fault = Some(format!("it cannot be read: {error}")),
        }
        memory
    }

    fn take(&mut self, bytes: &[u8]) {
        let mut before = None;
        // What follows the last line feed was never promised.
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        for line in bytes[..whole].split_inclusive(|byte| *byte == b'\n') {
            let line = &line[..line.len() - 1];
            self.lines += 1;
            match canon::decode::<Sighting>(line) {
                Ok(sighting) => {
                    if sighting.prev != before {
                        self.doubt("does not link to the line before: lines were taken out or changed");
                    }
                    if sighting.occasion == Occasion::Opened {
                        self.last_opened = Some(sighting.run.clone());
                    }
                    self.runs.entry(sighting.run.clone()).or_default().push(sighting);
                }
                Err(refused) => self.doubt(&format!("is not read: {refused}")),
            }
            before = Some(LineDigest::of(line));
        }
    }

    fn doubt(&mut self, why: &str) {
        let line = self.lines;
        self.fault.get_or_insert_with(|| format!("line {line} {why}"));
    }

    /// Everything that is remembered of a run, in order.
    #[must_use]
    pub fn of(&self, run: &RunId) -> &[Sighting] {
        self.runs.get(run).map_or(&[], Vec::as_slice)
    }

    /// The runs that lay in this home when they were last seen here, and were not archived since.
    pub fn here(&self) -> impl Iterator<Item = &RunId> {
        let here = |seen: &&Vec<Sighting>| {
            let last = seen.iter().rev().map(|s| s.occasion).find(|o| o.is_here() || *o == Occasion::Archived);
            last.is_some_and(Occasion::is_here)
        };
        self.runs.iter().filter(move |(_, seen)| here(seen)).map(|(run, _)| run)
    }

    /// The run that was opened last on this station.
    #[must_use]
    pub fn last_opened(&self) -> Option<&RunId> {
        self.last_opened.as_ref()
    }

    /// How many lines there are.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// What is wrong with the memory itself.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }
}

/// Adds a sight, durably, unless a recent one of this run says the same.
///
/// # Errors
/// What the system says.
pub fn remember(home: &Home, disk: &Disk, sight: &Sight, occasion: Occasion, at: Timestamp) -> Result<(), StoreError> {
    let path = path(home);
    let failed = StoreError::at(&path);
    disk.create_folder(home.root()).and_then(|()| add(&path, disk, sight, (occasion, at))).map_err(failed)
}

fn path(home: &Home) -> PathBuf {
    home.root().join("memory.jsonl")
}

fn add(path: &Path, disk: &Disk, sight: &Sight, (occasion, at): (Occasion, Timestamp)) -> io::Result<()> {
    let file = disk.open_or_create(path, File::options().read(true).append(true))?;
    // Two programs may see something at once; each line links to the one before.
    fs4::FileExt::lock(&file)?;
    let length = file.metadata()?.len();
    let (before, lines) = last_lines(&file, length)?;
    let whole = before + lines.iter().map(|line| line.len() as u64 + 1).sum::<u64>();
    let of_it = |line: &Vec<u8>| canon::decode::<Sighting>(line).ok().filter(|s| s.run == sight.run);
    let said = |last: Sighting| {
        (last.records, last.head, last.seal, last.occasion) == (sight.records, sight.head, sight.seal, occasion)
    };
    if lines.iter().rev().find_map(of_it).is_some_and(said) {
        return Ok(());
    }
    if whole < length {
        disk.truncate(&file, whole)?;
    }
    let Sight { run, records, head, seal } = sight.clone();
    let prev = lines.last().map(|line| LineDigest::of(line));
    let line = Sighting { at, head, occasion, prev, records, run, seal };
    let mut text = canon::encode(&line).map_err(io::Error::other)?;
    text.push(b'\n');
    disk.write(&file, &text)?;
    disk.sync(&file)?;
    if whole == 0 {
        disk.sync_folder(path.parent().unwrap_or(Path::new(".")))?;
    }
    Ok(())
}

/// Reads the last whole lines, and where the first of them begins: a memory may be long, and a line is short.
fn last_lines(file: &File, length: u64) -> io::Result<(u64, Vec<Vec<u8>>)> {
    use std::os::unix::fs::FileExt as _;
    let from = length.saturating_sub(TAIL);
    let mut bytes = vec![0; usize::try_from(length - from).unwrap_or_default()];
    file.read_exact_at(&mut bytes, from)?;
    // A window that does not begin with the file begins inside a line.
    let skipped = if from == 0 { 0 } else { bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1) };
    let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(skipped, |end| end + 1);
    let lines = bytes[skipped..whole].split_inclusive(|b| *b == b'\n').map(|line| line[..line.len() - 1].to_vec());
    Ok((from + skipped as u64, lines.collect()))
}

fn bytes_of(path: &Path) -> io::Result<Vec<u8>> {
    let file = open_regular(File::options().read(true), path)?;
    if file.metadata()?.len() > MAX_MEMORY {
        return Err(io::Error::other(format!("it is larger than {MAX_MEMORY} bytes")));
    }
    let mut bytes = Vec::new();
    file.take(MAX_MEMORY).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(run: &str, records: u64) -> Sight {
        let head = LineDigest::of(format!("{run} {records}").as_bytes());
        Sight { run: run.parse().unwrap(), records, head, seal: None }
    }

    const A: &str = "01JDZ3Q4M5N6P7R8S9T0V1W2X3";
    const B: &str = "01JDZ3Q4M5N6P7R8S9T0V1W2X4";

    fn home() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().join("home"));
        (folder, home)
    }

    fn see(home: &Home, sight: &Sight, occasion: Occasion) {
        remember(home, &Disk::new(), sight, occasion, Timestamp::from_millis(1_700_000_000_000)).unwrap();
    }

    #[test]
    fn what_was_seen_is_remembered_in_order_and_said_once() {
        let (_folder, home) = home();
        assert!(Memory::read(&home).here().next().is_none());
        see(&home, &sight(A, 1), Occasion::Opened);
        see(&home, &sight(B, 1), Occasion::Opened);
        see(&home, &sight(A, 7), Occasion::Left);
        see(&home, &sight(A, 7), Occasion::Left);
        let memory = Memory::read(&home);
        assert_eq!((memory.lines(), memory.fault()), (3, None));
        assert_eq!(memory.of(&A.parse().unwrap()).iter().map(|s| s.records).collect::<Vec<_>>(), [1, 7]);
        assert_eq!(memory.last_opened().unwrap().as_str(), B);
        assert_eq!(memory.here().count(), 2);
        see(&home, &sight(A, 7), Occasion::Archived);
        assert_eq!(Memory::read(&home).here().map(RunId::as_str).collect::<Vec<_>>(), [B]);
    }

    #[test]
    fn a_line_taken_out_is_told_and_a_torn_one_is_written_over() {
        let (_folder, home) = home();
        for records in 1..4 {
            see(&home, &sight(A, records), Occasion::Grown);
        }
        let file = path(&home);
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("{text}{{\"at\":")).unwrap();
        assert_eq!(Memory::read(&home).fault(), None);
        see(&home, &sight(A, 4), Occasion::Grown);
        assert_eq!((Memory::read(&home).lines(), Memory::read(&home).fault()), (4, None));
        let lines: Vec<&str> = text.lines().collect();
        std::fs::write(&file, format!("{}\n{}\n", lines[0], lines[2])).unwrap();
        let memory = Memory::read(&home);
        assert!(memory.fault().unwrap().starts_with("line 2 does not link"), "{:?}", memory.fault());
        assert_eq!(memory.of(&A.parse().unwrap()).len(), 2);
    }

    #[test]
    fn a_long_memory_is_added_to_by_its_end() {
        let (_folder, home) = home();
        for records in 1..400 {
            see(&home, &sight(if records % 2 == 0 { A } else { B }, records), Occasion::Grown);
        }
        assert!(std::fs::metadata(path(&home)).unwrap().len() > TAIL);
        let memory = Memory::read(&home);
        assert_eq!((memory.lines(), memory.fault()), (399, None));
    }

    #[test]
    fn a_fault_of_the_disk_loses_nothing_that_was_remembered() {
        for step in 0..4 {
            let (_folder, home) = home();
            see(&home, &sight(A, 1), Occasion::Opened);
            let count = std::sync::atomic::AtomicUsize::new(0);
            let disk = Disk::failing(move |_| {
                let at = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                (at == step).then_some(super::super::Fault::NotPersisted)
            });
            let at = Timestamp::from_millis(1_700_000_000_000);
            let _ = remember(&home, &disk, &sight(A, 2), Occasion::Grown, at);
            see(&home, &sight(A, 3), Occasion::Grown);
            let memory = Memory::read(&home);
            assert_eq!(memory.fault(), None, "{step}");
            assert_eq!(memory.of(&A.parse().unwrap()).last().unwrap().records, 3);
        }
    }
}
