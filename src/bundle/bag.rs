//! The BagIt texts, as pure functions; recorder and verifier call the same ones (FORMAT.md §6).

use crate::kernel::canon::digest::{EvidenceDigest, FileDigest, SealDigest};
use crate::kernel::model::name::RunId;
use crate::kernel::model::time::Timestamp;
use std::fmt::Write as _;

/// One file under `data/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Payload {
    /// Name in the bundle, `data/…`.
    pub path: String,
    /// For `manifest-sha256.txt`.
    pub sha256: FileDigest,
    /// For `b3sums.txt`.
    pub blake3: EvidenceDigest,
    /// Bytes.
    pub size: u64,
}

/// What `bag-info.txt` says beyond the payload; all of it stands in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BagFacts {
    /// Which run.
    pub run: RunId,
    /// Time of its `run.closed`.
    pub closed: Timestamp,
}

/// The four files that the tag manifest covers, and the tag manifest itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tags {
    /// Names and texts in the bytewise order of [`super::TAG_FILES`].
    pub files: [(&'static str, String); 4],
    /// Text of `tagmanifest-sha256.txt`.
    pub manifest: String,
}

impl Tags {
    /// Computes all texts.
    #[must_use]
    pub fn new(payload: &[Payload], facts: &BagFacts) -> Self {
        let [b3sums, info, bagit, manifest] = super::TAG_FILES;
        let files = [
            (b3sums, b3sums_txt(payload)),
            (info, bag_info(payload, facts)),
            (bagit, bagit_txt()),
            (manifest, manifest_sha256(payload)),
        ];
        let manifest = tagmanifest_sha256(files.iter().map(|(name, text)| (*name, text.as_bytes())));
        Self { files, manifest }
    }

    /// The seal: SHA-256 of the tag manifest.
    #[must_use]
    pub fn seal(&self) -> SealDigest {
        SealDigest::of(self.manifest.as_bytes())
    }
}

/// `bagit.txt`.
#[must_use]
pub fn bagit_txt() -> String {
    "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".into()
}

/// `bag-info.txt`.
#[must_use]
pub fn bag_info(payload: &[Payload], facts: &BagFacts) -> String {
    let bytes: u64 = payload.iter().map(|file| file.size).sum();
    let day = facts.closed.to_string()[..10].to_owned();
    let (run, count) = (&facts.run, payload.len());
    format!("Bagging-Date: {day}\nExternal-Identifier: {run}\nPayload-Oxum: {bytes}.{count}\n")
}

/// `manifest-sha256.txt`, as `sha256sum -c` reads it.
#[must_use]
pub fn manifest_sha256(payload: &[Payload]) -> String {
    lines(payload, |file| file.sha256.hex())
}

/// `b3sums.txt`, as `b3sum -c` reads it.
#[must_use]
pub fn b3sums_txt(payload: &[Payload]) -> String {
    lines(payload, |file| file.blake3.hex())
}

/// `tagmanifest-sha256.txt` over the given tag files.
#[must_use]
pub fn tagmanifest_sha256<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut sorted: Vec<_> = files.collect();
    sorted.sort_unstable();
    sorted.iter().fold(String::new(), |mut text, (name, bytes)| {
        let _ = writeln!(text, "{}  {name}", FileDigest::of(bytes).hex());
        text
    })
}

fn lines(payload: &[Payload], digest: impl Fn(&Payload) -> String) -> String {
    let mut sorted: Vec<&Payload> = payload.iter().collect();
    sorted.sort_unstable_by(|a, b| a.path.as_bytes().cmp(b.path.as_bytes()));
    sorted.iter().fold(String::new(), |mut text, file| {
        let _ = writeln!(text, "{}  {}", digest(file), file.path);
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(path: &str, bytes: &[u8]) -> Payload {
        let (sha256, blake3) = (FileDigest::of(bytes), EvidenceDigest::of(bytes));
        Payload { path: path.into(), sha256, blake3, size: bytes.len() as u64 }
    }

    #[test]
    fn the_texts_are_what_other_tools_expect() {
        let payload = [payload("data/z", b"zz"), payload("data/A", b"a")];
        let closed = "2026-11-21T03:16:02.114Z".parse().unwrap();
        let facts = BagFacts { run: "01JDZ3Q4M5N6P7R8S9T0V1W2X3".parse().unwrap(), closed };
        let tags = Tags::new(&payload, &facts);
        assert_eq!(
            tags.files[1].1,
            "Bagging-Date: 2026-11-21\nExternal-Identifier: 01JDZ3Q4M5N6P7R8S9T0V1W2X3\nPayload-Oxum: 3.2\n"
        );
        let a = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
        assert!(tags.files[3].1.starts_with(&format!("{a}  data/A\n")));
        let names: Vec<&str> = tags.manifest.lines().map(|line| &line[66..]).collect();
        assert_eq!(names, super::super::TAG_FILES);
        assert_eq!(tags.seal(), SealDigest::of(tags.manifest.as_bytes()));
    }
}
