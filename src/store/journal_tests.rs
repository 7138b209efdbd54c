use super::*;
use crate::store::durable::{Fault, Step};
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
fn complete(before: &[Vec<u8>], rest: &[u8]) -> bool {
    rest == line(before.len() as u64 + 1)
}

fn open(paths: &RunPaths) -> Result<(Journal, Vec<Vec<u8>>, Tail), JournalError> {
    Journal::open(paths, &Disk::new(), complete)
}

fn with_records(folder: &Path, count: u64) -> RunPaths {
    let paths = run(folder);
    let mut journal = Journal::create(&paths, &Disk::new()).unwrap();
    for seq in 1..=count {
        append(&mut journal, seq).unwrap();
    }
    paths
}

#[test]
fn what_was_committed_is_there_when_the_journal_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 3);
    let (mut journal, lines, tail) = open(&paths).unwrap();
    assert_eq!((lines, tail), (vec![line(1), line(2), line(3)], Tail::Clean));
    assert_eq!(append(&mut journal, 4).unwrap().seq(), 4);
    assert_eq!(read_lines_of(&paths), 4);
}

fn read_lines_of(paths: &RunPaths) -> usize {
    crate::store::read_lines(paths).unwrap().whole.len()
}

#[test]
fn a_journal_is_never_begun_twice() {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 1);
    Journal::create(&paths, &Disk::new()).unwrap_err();
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
fn third_record_with(step: Step, nth: usize, fault: Fault) -> (AppendError, bool, usize) {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 2);
    let armed = Arc::new(AtomicUsize::new(usize::MAX));
    let trigger = Arc::clone(&armed);
    let disk = Disk::failing(move |at| (at == step && trigger.fetch_sub(1, Ordering::SeqCst) == 0).then_some(fault));
    let (mut journal, ..) = Journal::open(&paths, &disk, complete).unwrap();
    armed.store(nth, Ordering::SeqCst);
    let error = append(&mut journal, 3).unwrap_err();
    let poisoned = journal.is_poisoned();
    assert_eq!(poisoned, matches!(append(&mut journal, 3), Err(AppendError::Poisoned { last: 2 })));
    drop(journal);
    let (mut journal, lines, _) = open(&paths).unwrap();
    append(&mut journal, lines.len() as u64 + 1).unwrap();
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
    let (mut journal, ..) = Journal::open(&paths, &disk, complete).unwrap();
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
    // The first sync of this disk is that of opening, the second that of the record.
    let (mut journal, ..) = Journal::open(&paths, &failing(Step::Sync, 1, Fault::NotPersisted), complete).unwrap();
    assert!(matches!(append(&mut journal, 3), Err(AppendError::MayHaveHappened { .. })));
    std::fs::write(paths.journal(), before).unwrap();
    let (journal, lines, tail) = open(&paths).unwrap();
    assert_eq!((lines.len(), tail, journal.last().unwrap().seq()), (2, Tail::Clean, 2));
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
        let (_, lines, tail) = open(&paths).unwrap();
        if cut == whole {
            assert_eq!((lines.len(), tail), (3, Tail::Restored { seq: 3 }));
            continue;
        }
        let sha256 = crate::kernel::canon::digest::FileDigest::of(&torn);
        let expected = Tail::Torn { seq: 3, offset, length: cut as u64, sha256 };
        assert_eq!((lines.len(), &tail), (2, &expected), "cut at {cut}");
        assert_eq!(std::fs::read(paths.recovered().join("3.bin")).unwrap(), torn);
        // Until the recovery was recorded it is reported again.
        let (mut journal, _, again) = open(&paths).unwrap();
        assert_eq!(again, expected);
        append(&mut journal, 3).unwrap();
        assert_eq!(open(&paths).unwrap().2, Tail::Clean);
    }
}

#[test]
fn a_second_tear_before_the_recovery_was_recorded_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 2);
    let clean = std::fs::read(paths.journal()).unwrap();
    for torn in [&b"first"[..], b"second"] {
        std::fs::write(paths.journal(), [&clean, torn].concat()).unwrap();
        assert!(matches!(open(&paths).unwrap().2, Tail::Torn { seq: 3, .. }));
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
            let _ = Journal::open(&paths, &disk, complete);
            let (_, lines, tail) = open(&paths).unwrap();
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
    assert_eq!(open(&paths).unwrap().2, Tail::Restored { seq: 3 });
}

#[test]
fn another_acknowledged_line_or_a_missing_head_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 2);
    let mut bytes = std::fs::read(paths.journal()).unwrap();
    let at = bytes.len() - 5;
    bytes[at] ^= 1;
    std::fs::write(paths.journal(), &bytes).unwrap();
    assert!(matches!(open(&paths), Err(JournalError::Rewritten { seq: 2, .. })));
    std::fs::remove_file(paths.head()).unwrap();
    assert!(matches!(open(&paths), Err(JournalError::NoHead { found: 2 })));
    std::fs::write(paths.head(), b"{\"seq\":2}").unwrap();
    assert!(matches!(open(&paths), Err(JournalError::BadHead(_))));
}

#[test]
fn a_head_that_a_power_failure_emptied_is_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 2);
    std::fs::write(paths.head(), b"").unwrap();
    assert_eq!(open(&paths).unwrap().1.len(), 2);
    assert!(std::fs::metadata(paths.head()).unwrap().len() > 0);
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

#[test]
fn a_journal_that_somebody_else_lengthened_closes_the_writer() {
    let folder = tempfile::tempdir().unwrap();
    let paths = with_records(folder.path(), 1);
    let (mut journal, ..) = open(&paths).unwrap();
    std::fs::write(paths.journal(), b"other\n").unwrap();
    assert!(matches!(append(&mut journal, 2), Err(AppendError::MayHaveHappened { last: 1, .. })));
    assert!(journal.is_poisoned());
}
