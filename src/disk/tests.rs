use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Fails the `nth` write point (from 0) in the given way.
fn nth(nth: usize, fault: Fault) -> Disk {
    let count = AtomicUsize::new(0);
    Disk::failing(move |_| (count.fetch_add(1, Ordering::SeqCst) == nth).then_some(fault))
}

#[test]
fn a_new_file_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    Disk::new().write_new(&path, b"one").unwrap();
    let error = Disk::new().write_new(&path, b"two").unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(std::fs::read(&path).unwrap(), b"one");
}

#[test]
fn a_replaced_file_holds_the_old_bytes_or_the_new_ones_whatever_fails() {
    for fault in [Fault::NotPersisted, Fault::Persisted] {
        for step in 0..6 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a");
            std::fs::write(&path, b"old").unwrap();
            nth(step, fault).replace(&path, b"new").unwrap_err();
            let now = std::fs::read(&path).unwrap();
            assert!(now == b"old" || now == b"new", "{step}");
            // A file that was made although that failed is swept later.
            let left = usize::from(fault == Fault::Persisted && step == 0);
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1 + left, "leftovers at {step}");
        }
    }
}

#[test]
fn a_fifo_and_a_link_are_not_regular_files() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    rustix::fs::mknodat(CWD, &fifo, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", folder.path().join("link")).unwrap();
    assert!(open_regular(File::options().read(true), &fifo).is_err());
    assert!(open_regular(File::options().read(true), &folder.path().join("link")).is_err());
}

#[test]
fn leftovers_are_swept_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".asrun-x.tmp"), b"").unwrap();
    std::fs::write(folder.path().join("kept"), b"").unwrap();
    Disk::new().sweep(folder.path()).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_interrupted_call_is_made_again_and_a_short_write_is_completed() {
    for fault in [Fault::Refused(Errno::INTR.raw_os_error()), Fault::Short] {
        for step in 0..7 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a");
            nth(step, fault).replace(&path, b"new bytes").unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), b"new bytes", "{fault:?} at {step}");
        }
    }
}

#[test]
fn a_watcher_is_told_of_everything_that_was_done_and_of_nothing_that_was_not() {
    let told = Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = told.clone();
    let disk = Disk::watched(move |effect| log.lock().unwrap().push(format!("{effect:?}")));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    disk.write_new(&path, b"one").unwrap();
    disk.write_new(&path, b"two").unwrap_err();
    let words = told.lock().unwrap().iter().map(|e| e.split(['(', ' ']).next().unwrap().to_owned()).collect::<Vec<_>>();
    let once = ["File", "Written", "Synced", "Renamed", "SyncedFolder"];
    assert_eq!(words, [&once[..], &["File", "Written", "Synced", "Removed"]].concat());
}
