//! No flipped byte of the sealed part or the receipt yields anything but FAIL (AR-009).
//!
//! The suite samples; `ASRUN_FLIPS=97` takes every 97th byte, `ASRUN_FLIPS=1` goes over every one.

use super::cage::{anchors, write};
use asrun::bundle::{self, Source};
use asrun::kernel::judgement::verdict::Verdict;
use asrun::vectors::{Anchor, good};
use asrun::verify::check;
use std::path::Path;

/// Positions of one form and which bit of the byte there is turned.
fn positions(length: usize) -> Vec<(usize, u8)> {
    // A step that is prime to everything in a block touches each kind of byte.
    let step = std::env::var("ASRUN_FLIPS").ok().and_then(|text| text.parse().ok()).unwrap_or(197);
    (0..length).step_by(step).enumerate().map(|(n, at)| (at, 1 << (n % 8))).collect()
}

/// Whether a flipped bundle comes out better than FAIL. That nobody could open it is no grade at all.
fn passes(path: &Path) -> Option<Verdict> {
    let report = check(&Source::open(path).ok()?, &anchors(&Anchor::Authority), None).unwrap();
    (report.verdict != Verdict::Fail).then_some(report.verdict)
}

#[test]
fn no_flipped_byte_of_a_folder_passes() {
    let (_, files) = good();
    let folder = tempfile::tempdir().unwrap();
    write(&files, folder.path());
    let mut flips = 0;
    for (name, bytes) in files.iter().filter(|(name, _)| bundle::is_sealed(name)) {
        for (at, mask) in positions(bytes.len()) {
            let mut flipped = bytes.clone();
            flipped[at] ^= mask;
            std::fs::write(folder.path().join(name), &flipped).unwrap();
            assert_eq!(passes(folder.path()), None, "{name} at {at} with {mask:#x}");
            flips += 1;
        }
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    assert!(flips > 100, "{flips}");
    println!("{flips} flips in the folder");
}

#[test]
fn no_flipped_byte_of_an_archive_passes() {
    let (_, files) = good();
    let folder = tempfile::tempdir().unwrap();
    write(&files, &folder.path().join("run"));
    let proof = folder.path().join("x.proof");
    bundle::export(&folder.path().join("run"), &proof, &asrun::store::Disk::new()).unwrap();
    let bytes = std::fs::read(&proof).unwrap();
    // Everything up to the last byte of the receipt's block is sealed; the first appended header follows.
    let end = bytes.chunks(512).position(|block| block.starts_with(b"signoffs/")).unwrap() * 512;
    let mut flips = 0;
    for (at, mask) in positions(end) {
        let mut flipped = bytes.clone();
        flipped[at] ^= mask;
        std::fs::write(&proof, &flipped).unwrap();
        assert_eq!(passes(&proof), None, "byte {at} with {mask:#x}");
        flips += 1;
    }
    assert!(flips > 200, "{flips}");
    println!("{flips} flips in the archive");
}
