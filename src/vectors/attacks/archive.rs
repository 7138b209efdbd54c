//! Tricks with the archive itself.

use crate::bundle::ustar::Writer;
use crate::vectors::made::Made as _;

/// Tricks with the archive itself.
pub(in crate::vectors) fn on_archive(attack: &str, mut bytes: Vec<u8>) -> Vec<u8> {
    let header = |bytes: &[u8], name: &str| {
        bytes.chunks(512).position(|block| block.starts_with(name.as_bytes()) && block[257..262] == *b"ustar").made()
            * 512
    };
    let journal = header(&bytes, "data/journal.jsonl");
    let receipt = header(&bytes, "receipt.json");
    let appended = header(&bytes, "signoffs/");
    match attack {
        "whole" => {}
        "too-many-appended" => {
            let end = bytes.len() - 1024;
            let late: Vec<u8> = (0..10_001).flat_map(|n| member(&format!("timestamps/{n:05}.tsr"), b"")).collect();
            bytes.splice(end..end, late);
        }
        "mtime" => set(&mut bytes, journal, 136, b"00000000001\0"),
        "mode" => set(&mut bytes, journal, 100, b"0000755\0"),
        "owner" => set(&mut bytes, journal, 265, b"root"),
        "link" => set(&mut bytes, journal, 156, b"2"),
        "extension" => set(&mut bytes, journal, 156, b"x"),
        "gnu" => set(&mut bytes, journal, 257, b"ustar  \0"),
        "traversal" => {
            let at = header(&bytes, "manifest-sha256.txt");
            insert(&mut bytes, at, "data/z/aa/aa/etc/passwd", b"x");
            set(&mut bytes, at, 0, b"data/z/../../etc/passwd");
        }
        "absolute" => {
            insert(&mut bytes, appended, "signoffs/etc", b"x");
            set(&mut bytes, appended, 0, b"/signoff/etc");
        }
        "case-clash" => {
            let at = header(&bytes, "data/evidence");
            insert(&mut bytes, at, "data/Journal.jsonl", b"x");
        }
        "second-journal" => insert(&mut bytes, receipt, "data/journal.jsonl", b"x"),
        "second-receipt" => insert(&mut bytes, appended, "receipt.json", b"{}"),
        "data-behind-the-receipt" => insert(&mut bytes, appended, "data/late.txt", b"x"),
        "signoff-before-the-receipt" => insert(&mut bytes, receipt, "signoffs/x", b"x"),
        "stranger-in-front" => insert(&mut bytes, 0, "aaa.txt", b"x"),
        "truncated-in-the-journal" => bytes.truncate(journal + 700),
        "truncated-behind-the-receipt" => bytes.truncate(appended + 700),
        "trailing-bytes" => bytes.extend([1; 512]),
        "padding" => bytes[journal - 1] ^= 1,
        "end-mark-cut" => bytes.truncate(bytes.len() - 512),
        "two-archives" => bytes.extend(bytes.clone()),
        _ => unreachable!("no attack {attack}"),
    }
    bytes
}

/// Writes into a header and mends its checksum.
fn set(bytes: &mut [u8], header: usize, at: usize, value: &[u8]) {
    let block = &mut bytes[header..header + 512];
    block[at..at + value.len()].copy_from_slice(value);
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

fn insert(bytes: &mut Vec<u8>, at: usize, name: &str, content: &[u8]) {
    bytes.splice(at..at, member(name, content));
}

/// A member with its header, without an end mark.
fn member(name: &str, content: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    writer.add(name, content).made();
    let mut whole = writer.finish().made();
    whole.truncate(whole.len() - 1024);
    whole
}
