use super::*;
use crate::disk::{Fault, Step};
use std::sync::atomic::AtomicUsize;

fn store(folder: &Path, disk: &Disk) -> EvidenceStore {
    let paths = RunPaths { dir: folder.join("r"), local: folder.join("r.local") };
    paths.create(&Disk::new()).unwrap();
    EvidenceStore::new(&paths, disk)
}

fn put(store: &EvidenceStore, path: &Path) -> Result<Stored, CaptureError> {
    store.put(path, &Progress::default())
}

#[test]
fn a_file_is_stored_under_its_digest_with_both_digests_and_its_facts() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), &Disk::new());
    let path = folder.path().join("gauge.txt");
    std::fs::write(&path, "0,35 bar").unwrap();
    let stored = put(&store, &path).unwrap();
    assert_eq!(stored.blake3, EvidenceDigest::of(b"0,35 bar"));
    assert_eq!(stored.sha256, FileDigest::of(b"0,35 bar"));
    assert_eq!((stored.size, stored.look.media_type.as_str(), stored.name.as_str()), (8, "text/plain", "gauge.txt"));
    assert!(stored.mtime.is_some() && !stored.already_there);
    assert_eq!(std::fs::read(store.path(&stored.blake3)).unwrap(), b"0,35 bar");
    assert!(std::fs::read_dir(folder.path().join("r.local/drafts")).unwrap().next().is_none());
    assert!(put(&store, &path).unwrap().already_there);
}

#[test]
fn a_large_file_gets_the_same_digests_from_two_threads() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), &Disk::new());
    let bytes: Vec<u8> = (0..9_500_001_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let path = folder.path().join("film.bin");
    std::fs::write(&path, &bytes).unwrap();
    let progress = Progress::default();
    let stored = store.put(&path, &progress).unwrap();
    assert_eq!((stored.blake3, stored.sha256), (EvidenceDigest::of(&bytes), FileDigest::of(&bytes)));
    assert_eq!((progress.done(), progress.total()), (9_500_001, 9_500_001));
}

#[test]
fn folders_fifos_and_empty_files_are_refused_and_links_to_files_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), &Disk::new());
    let at = |name: &str| folder.path().join(name);
    let kind = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, at("fifo"), kind, rustix::fs::Mode::RWXU, 0).unwrap();
    std::os::unix::fs::symlink(at("fifo"), at("to-fifo")).unwrap();
    std::fs::write(at("empty"), b"").unwrap();
    std::fs::write(at("file"), b"x").unwrap();
    std::os::unix::fs::symlink(at("file"), at("to-file")).unwrap();
    for name in ["fifo", "to-fifo", "r"] {
        assert!(matches!(put(&store, &at(name)), Err(CaptureError::NotRegular(_))), "{name}");
    }
    assert!(matches!(put(&store, &at("empty")), Err(CaptureError::Empty { .. })));
    assert!(matches!(put(&store, &at("missing")), Err(CaptureError::Unreadable { .. })));
    assert_eq!(put(&store, &at("to-file")).unwrap().size, 1);
}

/// A source that ends elsewhere than its size said.
fn sized(bytes: &[u8], size: u64) -> Origin<'_, &[u8]> {
    Origin { reader: bytes, size, path: Path::new("x") }
}

#[test]
fn a_file_that_grows_or_shrinks_while_it_is_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), &Disk::new());
    for size in [2, 4] {
        let result = store.store(sized(b"abc", size), None, &Progress::default(), || Ok(()));
        assert!(matches!(result, Err(CaptureError::Changed { .. })));
    }
    assert!(store.list().unwrap().is_empty());
}

#[test]
fn a_private_key_and_a_cancelled_file_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), &Disk::new());
    let key = format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n", "b3BlbnNzaC1rZXktdjEA".repeat(3));
    let refused = store.put_bytes("id_ed25519", key.as_bytes());
    assert!(matches!(refused, Err(CaptureError::Secret { what: "a private key", .. })));
    let path = folder.path().join("film");
    std::fs::write(&path, b"x").unwrap();
    let progress = Progress::default();
    progress.cancel();
    assert!(matches!(store.put(&path, &progress), Err(CaptureError::Cancelled)));
    assert!(store.list().unwrap().is_empty());
    assert!(std::fs::read_dir(folder.path().join("r.local/drafts")).unwrap().next().is_none());
}

#[test]
fn whichever_write_point_fails_the_next_capture_succeeds_and_nothing_half_written_bears_a_digest() {
    for fault in [Fault::NotPersisted, Fault::Persisted] {
        for nth in 0..6 {
            let folder = tempfile::tempdir().unwrap();
            let count = AtomicUsize::new(0);
            let disk = Disk::failing(move |_| (count.fetch_add(1, Ordering::SeqCst) == nth).then_some(fault));
            let store = store(folder.path(), &disk);
            assert!(matches!(store.put_bytes("n", b"bytes"), Err(CaptureError::Store { .. })), "{nth}");
            for digest in store.list().unwrap() {
                assert_eq!(std::fs::read(store.path(&digest)).unwrap(), b"bytes");
            }
            store.put_bytes("n", b"bytes").unwrap();
        }
    }
}

#[test]
fn a_damaged_object_is_noticed_when_the_same_file_comes_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), &Disk::failing(|step| (step == Step::Reserve).then_some(Fault::NotPersisted)));
    let stored = store.put_bytes("n", b"bytes").unwrap();
    std::fs::remove_file(store.path(&stored.blake3)).unwrap();
    std::fs::write(store.path(&stored.blake3), b"other").unwrap();
    assert!(matches!(store.put_bytes("n", b"bytes"), Err(CaptureError::Damaged(_))));
}

#[test]
fn evidence_that_no_record_names_is_moved_away_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), &Disk::new());
    let named = BTreeSet::from([store.put_bytes("a", b"named").unwrap().blake3]);
    for _ in 0..2 {
        let orphan = store.put_bytes("b", b"orphan").unwrap().blake3;
        assert_eq!(store.move_orphans(&named).unwrap(), BTreeSet::from([orphan]));
        assert_eq!(store.list().unwrap(), named);
        assert_eq!(std::fs::read(folder.path().join("r.local/orphans").join(orphan.hex())).unwrap(), b"orphan");
    }
}
