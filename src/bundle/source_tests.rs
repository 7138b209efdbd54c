use super::*;
use crate::bundle::bag::BagFacts;
use crate::bundle::{BundleError, export, measure, seal_folder, write_receipt};
use crate::disk::Disk;
use crate::kernel::canon::digest::FileDigest;
use crate::kernel::judgement::findings::FindingCode;
use std::path::PathBuf;

/// Writes a new file with its folder.
pub(in crate::bundle) fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write as _;
    path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    File::create_new(path)?.write_all(bytes)
}

/// A sealed bundle in `<folder>/run`.
pub(in crate::bundle) fn sealed(folder: &Path) -> PathBuf {
    let dir = folder.join("run");
    put(&dir.join("data/journal.jsonl"), b"{}\n").unwrap();
    put(&dir.join("data/evidence/aa"), &[7; 700]).unwrap();
    seal(&dir).unwrap();
    write_receipt(&dir, b"{\"payload\":\"\"}", &Disk::new()).unwrap();
    dir
}

fn seal(dir: &Path) -> Result<crate::kernel::canon::digest::SealDigest, BundleError> {
    let closed = "2026-11-21T03:16:02.114Z".parse().unwrap();
    let facts = BagFacts { run: "01JDZ3Q4M5N6P7R8S9T0V1W2X3".parse().unwrap(), closed };
    seal_folder(dir, &measure(dir).unwrap(), &facts, &Disk::new())
}

fn archived(folder: &Path) -> (PathBuf, Vec<u8>) {
    let to = folder.join("x.proof");
    export(&sealed(folder), &to, &Disk::new()).unwrap();
    let bytes = std::fs::read(&to).unwrap();
    (to, bytes)
}

fn codes(source: &Source) -> Vec<(Severity, FindingCode)> {
    source.faults().iter().map(|finding| (finding.severity, finding.code)).collect()
}

/// An archive of members in this order, each with its name as content.
fn ordered(path: &Path, names: &[&str]) -> Vec<(Severity, FindingCode)> {
    let mut writer = ustar::Writer::new(Vec::new());
    for name in names {
        writer.add(name, name.as_bytes()).unwrap();
    }
    std::fs::write(path, writer.finish().unwrap()).unwrap();
    codes(&Source::open(path).unwrap())
}

const SEALED: [&str; 8] = [
    "b3sums.txt",
    "bag-info.txt",
    "bagit.txt",
    "data/evidence/aa",
    "data/journal.jsonl",
    "manifest-sha256.txt",
    "tagmanifest-sha256.txt",
    "receipt.json",
];

#[test]
fn folder_and_archive_show_the_same_members_and_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, _) = archived(folder.path());
    let (one, two) = (Source::open(&folder.path().join("run")).unwrap(), Source::open(&archive).unwrap());
    assert_eq!((one.form(), two.form()), (Form::Folder, Form::Archive));
    assert_eq!(one.members(), two.members());
    assert_eq!(one.members().iter().map(|m| m.name.as_str()).collect::<Vec<_>>(), SEALED);
    assert!(one.faults().is_empty() && two.faults().is_empty());
    for name in SEALED {
        assert_eq!(one.read(name, 9999).unwrap(), two.read(name, 9999).unwrap());
    }
    assert!(matches!(two.read("data/evidence/aa", 699), Err(ReadError::TooLarge { size: 700, .. })));
    assert!(matches!(two.read("data/x", 9), Err(ReadError::Missing(_))));
}

#[test]
fn a_seal_that_was_interrupted_is_completed_and_a_different_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let dir = sealed(folder.path());
    let first = seal(&dir).unwrap();
    for name in ["tagmanifest-sha256.txt", "bagit.txt"] {
        std::fs::remove_file(dir.join(name)).unwrap();
        assert_eq!(seal(&dir).unwrap(), first);
    }
    assert_eq!(first.hex(), FileDigest::of(&std::fs::read(dir.join(TAG_MANIFEST)).unwrap()).hex());
    write_receipt(&dir, b"{\"payload\":\"\"}", &Disk::new()).unwrap();
    assert!(matches!(write_receipt(&dir, b"other", &Disk::new()), Err(BundleError::Conflict(_))));
    std::fs::write(dir.join("data/evidence/bb"), b"late").unwrap();
    assert!(matches!(seal(&dir), Err(BundleError::Conflict(_))));
}

#[test]
fn an_export_never_writes_over_a_file_and_leaves_no_temporary_one() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, bytes) = archived(folder.path());
    assert!(export(&folder.path().join("run"), &archive, &Disk::new()).is_err());
    assert_eq!(std::fs::read(&archive).unwrap(), bytes);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn what_cannot_be_looked_at_is_an_error_and_no_finding() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    assert!(matches!(Source::open(&at("none")), Err(OpenError::Missing(_))));
    std::fs::create_dir(at("empty")).unwrap();
    assert!(matches!(Source::open(&at("empty")), Err(OpenError::NotABundle(_))));
    for bytes in [&b""[..], b"text", &[0; 2048]] {
        std::fs::write(at("file"), bytes).unwrap();
        assert!(matches!(Source::open(&at("file")), Err(OpenError::NotABundle(_))));
    }
    put(&at("run/data/journal.jsonl"), b"{}\n").unwrap();
    assert!(matches!(Source::open(&at("run")), Err(OpenError::Unsealed(_))));
}

#[test]
fn links_and_devices_are_found_and_never_opened() {
    let folder = tempfile::tempdir().unwrap();
    let dir = sealed(folder.path());
    std::os::unix::fs::symlink("/etc/hostname", dir.join("data/evidence/link")).unwrap();
    std::os::unix::fs::symlink("/etc", dir.join("signoffs")).unwrap();
    let kind = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, dir.join("data/fifo"), kind, rustix::fs::Mode::RWXU, 0).unwrap();
    let source = Source::open(&dir).unwrap();
    let (fail, note) = (Severity::Fail, Severity::Note);
    let code = FindingCode::ContainerRegular;
    assert_eq!(codes(&source), [(fail, code), (fail, code), (note, code)]);
    assert!(source.member("data/evidence/link").is_none());
    assert!(measure(&dir).is_err());
}

#[test]
fn a_file_that_became_a_link_after_opening_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let dir = sealed(folder.path());
    let source = Source::open(&dir).unwrap();
    std::fs::rename(dir.join("data/evidence"), dir.join("elsewhere")).unwrap();
    std::os::unix::fs::symlink("../elsewhere", dir.join("data/evidence")).unwrap();
    assert!(matches!(source.read("data/evidence/aa", 9999), Err(ReadError::Io { .. })));
}

#[test]
fn strangers_files_in_a_folder_are_noted_and_unsafe_sealed_names_fail() {
    let folder = tempfile::tempdir().unwrap();
    let dir = sealed(folder.path());
    for name in ["fetch.txt", "README.md", "Bagit.txt", "signoffs/a b", "signoffs/ok.json"] {
        put(&dir.join(name), b"x").unwrap();
    }
    let source = Source::open(&dir).unwrap();
    assert!(source.faults().iter().all(|finding| finding.severity == Severity::Note));
    let mut found: Vec<FindingCode> = source.faults().iter().map(|finding| finding.code).collect();
    found.sort_unstable();
    let expected = [
        FindingCode::ContainerCase,
        FindingCode::ContainerForeign,
        FindingCode::ContainerName,
        FindingCode::ContainerUnknown,
    ];
    assert_eq!(found, expected);
    assert_eq!(source.members().last().unwrap().name, "signoffs/ok.json");
    put(&dir.join("data/nul.txt"), b"x").unwrap();
    put(&dir.join("data/Journal.jsonl"), b"x").unwrap();
    let source = Source::open(&dir).unwrap();
    let fails: Vec<_> = codes(&source).into_iter().filter(|(severity, _)| *severity == Severity::Fail).collect();
    assert_eq!(fails, [(Severity::Fail, FindingCode::ContainerCase), (Severity::Fail, FindingCode::ContainerName)]);
}

#[test]
fn members_of_an_archive_stand_in_one_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    let with = |more: &[&'static str]| [&SEALED[..], more].concat();
    assert_eq!(ordered(&path, &with(&["signoffs/b", "signoffs/a"])), []);
    let order = vec![(Severity::Fail, FindingCode::ContainerOrder)];
    let mut swapped = SEALED;
    swapped.swap(1, 2);
    assert_eq!(ordered(&path, &swapped), order);
    let mut early = SEALED.to_vec();
    early.insert(7, "signoffs/a");
    assert_eq!(ordered(&path, &early), order);
    assert_eq!(ordered(&path, &with(&["data/late"])), order);
    let twice = (Severity::Fail, FindingCode::ContainerDuplicate);
    assert_eq!(ordered(&path, &with(&["receipt.json"])), [twice]);
    assert_eq!(ordered(&path, &with(&["data/journal.jsonl"])), [twice]);
    let note = (Severity::Note, FindingCode::ContainerDuplicate);
    assert_eq!(ordered(&path, &with(&["signoffs/a", "signoffs/a"])), [note]);
    assert_eq!(ordered(&path, &with(&["other/a"])), [(Severity::Note, FindingCode::ContainerUnknown)]);
    assert_eq!(ordered(&path, &with(&["Receipt.json"])), [(Severity::Note, FindingCode::ContainerCase)]);
}

#[test]
fn a_flipped_byte_in_any_sealed_header_or_filling_fails_and_behind_the_receipt_is_noted() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = archived(folder.path());
    let listing = ustar::list(&bytes[..], bytes.len() as u64, 99).unwrap();
    let within = |at: u64| listing.entries.iter().any(|e| (e.offset..e.offset + e.size).contains(&at));
    for at in (0..bytes.len()).filter(|at| !within(*at as u64)) {
        let mut bad = bytes.clone();
        bad[at] ^= 0x20;
        std::fs::write(&path, &bad).unwrap();
        let source = Source::open(&path).unwrap();
        let worst = source.faults().iter().map(|finding| finding.severity).min();
        let lost = source.members().len() < SEALED.len();
        match at as u64 >= listing.end {
            true => assert_eq!(codes(&source), [(Severity::Note, FindingCode::ContainerTrailing)], "{at}"),
            false => assert!(worst == Some(Severity::Fail) || lost, "byte {at}: {:?}", codes(&source)),
        }
    }
}

#[test]
fn a_cut_archive_is_malformed_before_the_receipt_and_noted_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = archived(folder.path());
    for length in (512..bytes.len()).step_by(97) {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let source = Source::open(&path).unwrap();
        let expected = match source.member(RECEIPT) {
            Some(_) => (Severity::Note, FindingCode::ContainerTrailing),
            None => (Severity::Fail, FindingCode::ContainerArchive),
        };
        assert_eq!(codes(&source), [expected], "{length}");
        assert_eq!(source.member(RECEIPT).is_some(), length >= bytes.len() - 1024);
    }
}

#[test]
fn more_appended_files_than_allowed_are_ignored_with_one_note() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..MAX_APPENDED + 5).map(|number| format!("signoffs/{number:06}")).collect();
    let all: Vec<&str> = SEALED.into_iter().chain(names.iter().map(String::as_str)).collect();
    let path = folder.path().join("x");
    assert_eq!(ordered(&path, &all), [(Severity::Note, FindingCode::ContainerFiles)]);
    assert_eq!(Source::open(&path).unwrap().members().len(), SEALED.len() + MAX_APPENDED);
}
