use super::*;
use crate::disk::{Fault, Step};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A run folder with nothing in it.
fn run(folder: &Path) -> RunPaths {
    let paths = RunPaths { dir: folder.join("r"), local: folder.join("r.local") };
    paths.create(&Disk::new()).unwrap();
    paths
}

fn line(seq: u64) -> Vec<u8> {
    format!("{{\"record\":{seq},\"text\":\"something that happened\"}}").into_bytes()
}

fn append(journal: &mut Journal, seq: u64) -> Result<Committed, AppendError> {
    let line = line(seq);
    journal.append(seq, LineDigest::of(&line), &line)
}

/// Whole lines as this test writes them count as complete.
fn complete(found: &Lines) -> bool {
    found.rest == line(found.next())
}

fn open(paths: &RunPaths) -> Result<Opened, JournalError> {
    open_on(paths, &Disk::new())
}

fn open_on(paths: &RunPaths, disk: &Disk) -> Result<Opened, JournalError> {
    Journal::open(paths, disk, lock(paths), complete)
}

fn lock(paths: &RunPaths) -> Lock {
    let now = "2026-11-21T08:00:00.000Z".parse().unwrap();
    Lock::take(paths, &Disk::new(), "a test", now).unwrap()
}

fn with_records(folder: &Path, count: u64) -> RunPaths {
    let paths = run(folder);
    let mut journal = Journal::create(&paths, &Disk::new(), lock(&paths)).unwrap();
    for seq in 1..=count {
        append(&mut journal, seq).unwrap();
    }
    paths
}

#[test]
fn what_was_committed_is_there_when_the_journal_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 3);
    let (mut journal, tail) = open(&paths).unwrap();
    assert_eq!((lines_of(&journal), tail), (vec![line(1), line(2), line(3)], Tail::Clean));
    assert_eq!(journal.last_line(), Some(&line(3)[..]));
    assert_eq!(append(&mut journal, 4).unwrap().seq(), 4);
    assert_eq!(read_lines_of(&paths), 4);
}

/// What a journal holds that was opened and closed again.
fn opened(paths: &RunPaths) -> (Vec<Vec<u8>>, Tail) {
    let (journal, tail) = open(paths).unwrap();
    (lines_of(&journal), tail)
}

fn lines_of(journal: &Journal) -> Vec<Vec<u8>> {
    journal.bytes().split_inclusive(|byte| *byte == b'\n').map(|line| line[..line.len() - 1].to_vec()).collect()
}

fn read_lines_of(paths: &RunPaths) -> u64 {
    crate::store::read_lines(paths).unwrap().count()
}

#[test]
fn a_journal_is_never_begun_twice() {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 1);
    Journal::create(&paths, &Disk::new(), lock(&paths)).unwrap_err();
    assert_eq!(read_lines_of(&paths), 1);
}

#[test]
fn numbers_digests_and_lines_are_checked_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 1);
    let (mut journal, ..) = open(&paths).unwrap();
    assert!(matches!(append(&mut journal, 3), Err(AppendError::Order { last: 1, given: 3 })));
    let wrong = LineDigest::of(b"other");
    assert!(matches!(journal.append(2, wrong, b"x"), Err(AppendError::NotALine("another digest"))));
    for bad in [&b""[..], b"a\nb", &vec![b'a'; MAX_LINE + 1]] {
        assert!(matches!(journal.append(2, LineDigest::of(bad), bad), Err(AppendError::NotALine(_))));
    }
    append(&mut journal, 2).unwrap();
}

/// A disk on which the `nth` step of this kind fails.
fn failing(step: Step, nth: usize, fault: Fault) -> Disk {
    let count = Arc::new(AtomicUsize::new(0));
    Disk::failing(move |at| (at == step && count.fetch_add(1, Ordering::SeqCst) == nth).then_some(fault))
}

/// Opens a journal of two records, appends the third with the `nth` such step failing, and opens again.
fn third_record_with(step: Step, nth: usize, fault: Fault) -> (AppendError, bool, u64) {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 2);
    let armed = Arc::new(AtomicUsize::new(usize::MAX));
    let trigger = Arc::clone(&armed);
    let disk = Disk::failing(move |at| (at == step && trigger.fetch_sub(1, Ordering::SeqCst) == 0).then_some(fault));
    let (mut journal, ..) = open_on(&paths, &disk).unwrap();
    armed.store(nth, Ordering::SeqCst);
    let error = append(&mut journal, 3).unwrap_err();
    let poisoned = journal.is_poisoned();
    assert_eq!(poisoned, matches!(append(&mut journal, 3), Err(AppendError::Poisoned { last: 2 })));
    drop(journal);
    let (mut journal, _) = open(&paths).unwrap();
    let next = lines_of(&journal).len() as u64 + 1;
    append(&mut journal, next).unwrap();
    (error, poisoned, read_lines_of(&paths))
}

#[test]
fn a_failed_write_that_was_cut_off_did_not_happen() {
    for fault in [Fault::NotPersisted, Fault::Persisted] {
        let (error, poisoned, _) = third_record_with(Step::Write, 0, fault);
        assert!(matches!(error, AppendError::DidNotHappen { .. }), "{error:?}");
        assert!(!poisoned);
    }
}

#[test]
fn a_full_disk_is_noticed_before_the_write() {
    let (error, poisoned, _) = third_record_with(Step::Reserve, 0, Fault::NotPersisted);
    assert!(matches!(error, AppendError::DidNotHappen { .. }) && !poisoned);
}

#[test]
fn a_failed_sync_or_head_may_have_happened_and_closes_the_writer() {
    for (step, nth) in [(Step::Sync, 0), (Step::Write, 1)] {
        for fault in [Fault::NotPersisted, Fault::Persisted] {
            let (error, poisoned, lines) = third_record_with(step, nth, fault);
            assert!(matches!(error, AppendError::MayHaveHappened { last: 2, .. }), "{step:?} {error:?}");
            assert!(poisoned);
            // The third was there after all, so the next one was the fourth.
            assert_eq!(lines, 4);
        }
    }
}

#[test]
fn a_failed_write_that_cannot_be_cut_off_closes_the_writer() {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 2);
    let disk = Disk::failing(|step| matches!(step, Step::Truncate).then_some(Fault::NotPersisted));
    let (mut journal, ..) = open_on(&paths, &disk).unwrap();
    let full = failing(Step::Write, 0, Fault::NotPersisted);
    journal.disk = Disk::failing(move |step| disk.would_fail(step).or(full.would_fail(step)));
    assert!(matches!(append(&mut journal, 3), Err(AppendError::MayHaveHappened { last: 2, .. })));
    assert!(matches!(append(&mut journal, 3), Err(AppendError::Poisoned { last: 2 })));
}

#[test]
fn an_unsynced_record_that_the_disk_lost_is_simply_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 2);
    let before = std::fs::read(paths.journal()).unwrap();
    // The first syncs of this disk are those of opening, for journal and head, the third that of the record.
    let (mut journal, ..) = open_on(&paths, &failing(Step::Sync, 2, Fault::NotPersisted)).unwrap();
    assert!(matches!(append(&mut journal, 3), Err(AppendError::MayHaveHappened { .. })));
    drop(journal);
    std::fs::write(paths.journal(), before).unwrap();
    let (journal, tail) = open(&paths).unwrap();
    assert_eq!((lines_of(&journal).len(), tail, journal.last().unwrap().seq()), (2, Tail::Clean, 2));
}

#[test]
fn a_torn_tail_cut_at_every_byte_is_moved_aside_or_restored() {
    let whole = line(3).len();
    for cut in 1..=whole {
        let folder = tempfile::tempdir().unwrap();
        let paths = with_records(folder.path(), 2);
        let mut bytes = std::fs::read(paths.journal()).unwrap();
        let offset = bytes.len() as u64;
        let torn = line(3)[..cut].to_vec();
        bytes.extend_from_slice(&torn);
        std::fs::write(paths.journal(), &bytes).unwrap();
        let (lines, tail) = opened(&paths);
        if cut == whole {
            assert_eq!((lines.len(), tail), (3, Tail::Restored { seq: 3 }));
            continue;
        }
        let sha256 = crate::kernel::canon::digest::FileDigest::of(&torn);
        let expected = Tail::Torn { seq: 3, offset, length: cut as u64, sha256 };
        assert_eq!((lines.len(), &tail), (2, &expected), "cut at {cut}");
        assert_eq!(std::fs::read(paths.recovered().join("3.bin")).unwrap(), torn);
        // Until the recovery was recorded it is reported again.
        let (mut journal, again) = open(&paths).unwrap();
        assert_eq!(again, expected);
        append(&mut journal, 3).unwrap();
        drop(journal);
        assert_eq!(open(&paths).unwrap().1, Tail::Clean);
    }
}

#[test]
fn a_second_tear_before_the_recovery_was_recorded_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 2);
    let clean = std::fs::read(paths.journal()).unwrap();
    for torn in [&b"first"[..], b"second"] {
        std::fs::write(paths.journal(), [&clean, torn].concat()).unwrap();
        assert!(matches!(open(&paths).unwrap().1, Tail::Torn { seq: 3, .. }));
    }
    assert_eq!(std::fs::read(paths.recovered().join("3.bin")).unwrap(), b"firstsecond");
}

#[test]
fn moving_a_torn_tail_aside_survives_a_fault_at_every_write_point() {
    for fault in [Fault::NotPersisted, Fault::Persisted] {
        for nth in 0..12 {
            let folder = tempfile::tempdir().unwrap();
            let paths = with_records(folder.path(), 2);
            let clean = std::fs::read(paths.journal()).unwrap();
            std::fs::write(paths.journal(), [&clean[..], b"torn"].concat()).unwrap();
            let count = AtomicUsize::new(0);
            let disk = Disk::failing(move |_| (count.fetch_add(1, Ordering::SeqCst) == nth).then_some(fault));
            let _ = open_on(&paths, &disk);
            let (lines, tail) = opened(&paths);
            assert_eq!(lines.len(), 2);
            assert!(matches!(tail, Tail::Torn { seq: 3, length: 4, .. }), "{nth} {fault:?} {tail:?}");
            assert_eq!(std::fs::read(paths.journal()).unwrap(), clean);
        }
    }
}

#[test]
fn an_acknowledged_tail_that_was_cut_off_is_a_rollback_and_nothing_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 3);
    let bytes = std::fs::read(paths.journal()).unwrap();
    let third = line(3).len() + 1;
    for keep in [bytes.len() - third, bytes.len() - third + 5, bytes.len() - 2] {
        std::fs::write(paths.journal(), &bytes[..keep]).unwrap();
        assert!(matches!(open(&paths), Err(JournalError::Rollback { acknowledged: 3, found: 2 })), "{keep}");
        assert_eq!(std::fs::read(paths.journal()).unwrap(), &bytes[..keep]);
    }
    std::fs::write(paths.journal(), &bytes[..bytes.len() - 1]).unwrap();
    assert_eq!(open(&paths).unwrap().1, Tail::Restored { seq: 3 });
}

#[test]
fn another_acknowledged_line_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 2);
    let mut bytes = std::fs::read(paths.journal()).unwrap();
    let at = bytes.len() - 5;
    bytes[at] ^= 1;
    std::fs::write(paths.journal(), &bytes).unwrap();
    assert!(matches!(open(&paths), Err(JournalError::Rewritten { seq: 2, .. })));
}

#[test]
fn a_lost_head_is_refused_by_its_kind_until_a_record_follows_it() {
    let heads: [(Option<&[u8]>, HeadFault); 4] = [
        (None, HeadFault::Missing),
        (Some(b""), HeadFault::Empty),
        (Some(&[0; 128]), HeadFault::Zeroed),
        (Some(b"{\"seq\":2}"), HeadFault::Damaged),
    ];
    for (bytes, fault) in heads {
        let folder = tempfile::tempdir().unwrap();
        let paths = with_records(folder.path(), 2);
        match bytes {
            None => std::fs::remove_file(paths.head()).unwrap(),
            Some(bytes) => std::fs::write(paths.head(), bytes).unwrap(),
        }
        let refused = |paths: &RunPaths| match open(paths) {
            Err(JournalError::Head { fault }) => fault,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(&paths), fault);
        let (opened, found) = Journal::open_without_head(&paths, &Disk::new(), lock(&paths), complete).unwrap();
        assert_eq!(found, Some(fault));
        drop(opened);
        // Nobody has answered for it yet.
        assert_eq!(refused(&paths), HeadFault::Empty);
        let ((mut journal, ..), _) = Journal::open_without_head(&paths, &Disk::new(), lock(&paths), complete).unwrap();
        append(&mut journal, 3).unwrap();
        drop(journal);
        assert_eq!(read_lines_of(&paths), 3);
    }
}

#[test]
fn an_endless_line_and_a_giant_file_are_refused_in_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 1);
    let file = File::options().append(true).open(paths.journal()).unwrap();
    file.set_len(MAX_LINE as u64 * 3).unwrap();
    assert!(matches!(open(&paths), Err(JournalError::LineTooLong { seq: 2, .. })));
    file.set_len(10_000_000_000).unwrap();
    assert!(matches!(open(&paths), Err(JournalError::TooLarge(10_000_000_000))));
}

/// What somebody does to the files of a run while it is written.
type Interference = fn(&RunPaths);

fn replaced(path: &Path) {
    let copy = path.with_extension("copy");
    std::fs::copy(path, &copy).unwrap();
    std::fs::rename(copy, path).unwrap();
}

fn moved_away(folder: &Path) {
    std::fs::rename(folder, folder.with_extension("away")).unwrap();
}

/// Each with whether the records themselves were taken away.
const INTERFERENCES: &[(&str, bool, Interference)] = &[
    ("the journal is unlinked", true, |p| std::fs::remove_file(p.journal()).unwrap()),
    ("the journal is replaced by its copy", true, |p| replaced(&p.journal())),
    ("the journal is renamed", true, |p| moved_away(&p.journal())),
    ("the journal is cut", true, |p| File::options().write(true).open(p.journal()).unwrap().set_len(7).unwrap()),
    ("the journal is written over", true, |p| std::fs::write(p.journal(), b"other\n").unwrap()),
    ("another writer appends", true, |p| {
        use std::io::Write as _;
        File::options().append(true).open(p.journal()).unwrap().write_all(b"more\n").unwrap();
    }),
    ("a link takes its place", true, |p| {
        moved_away(&p.journal());
        std::os::unix::fs::symlink(p.journal().with_extension("away"), p.journal()).unwrap();
    }),
    ("the run folder is renamed", true, |p| moved_away(&p.dir)),
    ("the data folder is renamed", true, |p| moved_away(&p.data())),
    ("the run folder is removed", true, |p| std::fs::remove_dir_all(&p.dir).unwrap()),
    ("both folders are removed", true, |p| {
        std::fs::remove_dir_all(&p.dir).unwrap();
        std::fs::remove_dir_all(&p.local).unwrap();
    }),
    ("the head is replaced", false, |p| replaced(&p.head())),
    ("the head is unlinked", false, |p| std::fs::remove_file(p.head()).unwrap()),
    ("the local folder is renamed", false, |p| moved_away(&p.local)),
    ("the lock file is replaced", false, |p| replaced(&p.lock())),
    ("the lock file is unlinked", false, |p| std::fs::remove_file(p.lock()).unwrap()),
];

#[test]
fn the_first_append_after_any_interference_is_not_acknowledged_and_nothing_acknowledged_is_lost() {
    for (what, taken, interfere) in INTERFERENCES {
        let folder = tempfile::tempdir().unwrap();
        let paths = with_records(folder.path(), 3);
        let before = std::fs::read(paths.journal()).unwrap();
        let (mut journal, ..) = open(&paths).unwrap();
        interfere(&paths);
        let kept = match append(&mut journal, 4) {
            Err(AppendError::Displaced { last: 3, rescue, written: false, .. }) => rescue,
            other => panic!("{what}: {other:?}"),
        };
        match (kept, taken) {
            (Rescue::Kept(path), true) => assert_eq!(std::fs::read(path).unwrap(), before, "{what}"),
            (Rescue::NotNeeded, false) => assert_eq!(std::fs::read(paths.journal()).unwrap(), before, "{what}"),
            other => panic!("{what}: {other:?}"),
        }
        // It stays so, and a seal would be told.
        assert!(matches!(append(&mut journal, 4), Err(AppendError::Displaced { .. })), "{what}");
        assert!(journal.look().is_err() && journal.is_poisoned(), "{what}");
    }
}

#[test]
fn whatever_is_left_of_the_journal_the_rescued_records_are_put_back() {
    for (what, _, interfere) in INTERFERENCES.iter().filter(|(_, taken, _)| *taken) {
        let folder = tempfile::tempdir().unwrap();
        let paths = with_records(folder.path(), 3);
        let before = std::fs::read(paths.journal()).unwrap();
        let (mut journal, ..) = open(&paths).unwrap();
        interfere(&paths);
        append(&mut journal, 4).unwrap_err();
        drop(journal);
        // A folder that is gone comes back without the journal, as from a backup.
        paths.create(&Disk::new()).unwrap();
        let rescued = crate::store::read_rescued(&paths).unwrap().unwrap();
        for nth in 0..4 {
            // A fault on the way, and once more.
            let _ = crate::store::put_back(&paths, &failing(Step::Sync, nth, Fault::NotPersisted), &rescued);
        }
        crate::store::put_back(&paths, &Disk::new(), &rescued).unwrap();
        assert!(std::fs::read(paths.journal()).unwrap().starts_with(&before), "{what}");
        crate::store::end_rescue(&paths, &Disk::new()).unwrap();
        assert!(crate::store::read_rescued(&paths).unwrap().is_none(), "{what}");
    }
}

#[test]
fn a_rescue_that_fails_is_tried_again_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 2);
    let full = Arc::new(AtomicUsize::new(0));
    let gate = full.clone();
    let fails = move |step| (step == Step::Create && gate.load(Ordering::SeqCst) == 1).then_some(Fault::NotPersisted);
    let (mut journal, ..) = open_on(&paths, &Disk::failing(fails)).unwrap();
    replaced(&paths.journal());
    full.store(1, Ordering::SeqCst);
    assert!(matches!(append(&mut journal, 3), Err(AppendError::Displaced { rescue: Rescue::Failed(_), .. })));
    full.store(0, Ordering::SeqCst);
    assert!(matches!(append(&mut journal, 3), Err(AppendError::Displaced { rescue: Rescue::Kept(_), .. })));
}

#[test]
fn a_journal_that_became_read_only_still_takes_what_the_open_writer_writes() {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 1);
    let (mut journal, ..) = open(&paths).unwrap();
    let mut mode = std::fs::metadata(paths.journal()).unwrap().permissions();
    mode.set_readonly(true);
    std::fs::set_permissions(paths.journal(), mode).unwrap();
    append(&mut journal, 2).unwrap();
    assert_eq!(read_lines_of(&paths), 2);
}
