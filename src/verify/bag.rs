//! Stage 2: the BagIt files against the data, and each file against its digest (FORMAT.md §6).

use super::VerifyError;
use super::codes;
use super::container::Doubt;
use super::seen::Seen;
use crate::bundle::bag::{self, BagFacts, Payload, Tags};
use crate::bundle::{JOURNAL, ReadError, Source, TAG_FILES, TAG_MANIFEST};
use crate::kernel::canon::digest::{EvidenceDigest, FileDigest, SealDigest};
use crate::kernel::verdict::Stage;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Read};

/// The sealed files that every bundle has.
pub(super) const PACKAGE: &str = "data/package.lep";
pub(super) const INVENTORY: &str = "data/manifest.json";
pub(super) const STATE: &str = "data/state.json";
/// The largest sealed file that is held in memory.
const MAX_READ: u64 = 1 << 30;

/// The sealed files, each read once for both digests.
#[derive(Debug)]
pub(super) struct Bag {
    pub(super) payload: BTreeMap<String, Payload>,
    tags: BTreeMap<&'static str, Vec<u8>>,
    pub(super) doubt: Doubt,
    /// What the container alone says: these files could not be looked at.
    pub(super) unread: Doubt,
}

impl Bag {
    /// Reads all digests and the tag files.
    pub(super) fn read(source: &Source, doubt: Doubt) -> Result<Self, VerifyError> {
        let data: Vec<&str> =
            source.members().iter().map(|m| m.name.as_str()).filter(|n| n.starts_with("data/")).collect();
        let payload = data.par_iter().map(|name| Ok((String::from(*name), measure(source, name)?)));
        let payload: BTreeMap<_, _> = payload.collect::<Result<_, VerifyError>>()?;
        let mut tags = BTreeMap::new();
        for name in TAG_FILES.into_iter().chain([TAG_MANIFEST]) {
            match source.read(name, MAX_READ) {
                Ok(bytes) => drop(tags.insert(name, bytes)),
                Err(ReadError::Missing(_) | ReadError::TooLarge { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Self { payload, tags, unread: doubt.clone(), doubt })
    }

    /// Returns the digest of the tag manifest, when there is one.
    pub(super) fn seal(&self) -> Option<SealDigest> {
        self.tags.get(TAG_MANIFEST).map(|bytes| SealDigest::of(bytes))
    }

    /// Returns the bytes of a sealed file that is there and not in doubt.
    pub(super) fn bytes(&self, source: &Source, name: &str, seen: &mut Seen) -> Result<Option<Vec<u8>>, VerifyError> {
        let Some(measured) = self.payload.get(name).filter(|_| !self.doubt.about(name)) else { return Ok(None) };
        if measured.size > MAX_READ {
            seen.fail(codes::CONTAINER_TOO_LARGE, "", name, format!("{} bytes, more than {MAX_READ}", measured.size));
            return Ok(None);
        }
        let bytes = source.read(name, MAX_READ)?;
        match FileDigest::of(&bytes) == measured.sha256 {
            true => Ok(Some(bytes)),
            false => Err(VerifyError::Changed(name.to_owned())),
        }
    }

    /// Compares all files with the lists, from the seal down. A list that is itself in doubt accuses nobody.
    pub(super) fn check(&mut self, claimed: Option<SealDigest>) -> Seen {
        let mut seen = Seen::new(Stage::Bag);
        self.missing(&mut seen);
        let sealed = claimed.is_none() || claimed == self.seal();
        if !sealed && !self.doubt.about(TAG_MANIFEST) && self.tags.contains_key(TAG_MANIFEST) {
            seen.fail(codes::SEAL_MISMATCH, "", TAG_MANIFEST, "not the tag manifest that the receipt seals");
            self.doubt.add(TAG_MANIFEST);
        }
        self.tag_files(&mut seen);
        self.payload_files(&mut seen);
        self.fixed_texts(&mut seen);
        seen
    }

    fn missing(&mut self, seen: &mut Seen) {
        let data = [JOURNAL, PACKAGE, INVENTORY, STATE].into_iter().filter(|name| !self.payload.contains_key(*name));
        let tags = TAG_FILES.into_iter().chain([TAG_MANIFEST]).filter(|name| !self.tags.contains_key(name));
        for name in data.chain(tags).collect::<Vec<_>>() {
            self.accuse(seen, codes::BAG_MISSING, name, "a sealed file is missing");
        }
    }

    fn tag_files(&mut self, seen: &mut Seen) {
        let Some(stored) = self.tags.get(TAG_MANIFEST).filter(|_| !self.doubt.about(TAG_MANIFEST)) else { return };
        let stored = String::from_utf8_lossy(stored).into_owned();
        let mut altered = Vec::new();
        for (name, bytes) in self.tags.iter().filter(|(name, _)| **name != TAG_MANIFEST) {
            let line = format!("{}  {name}", FileDigest::of(bytes).hex());
            if !stored.lines().any(|stored| stored == line) {
                altered.push(*name);
            }
        }
        for name in &altered {
            self.accuse(seen, codes::BAG_MISMATCH, name, "not the bytes that tagmanifest-sha256.txt lists");
        }
        let whole = bag::tagmanifest_sha256(
            self.tags.iter().filter(|(n, _)| **n != TAG_MANIFEST).map(|(n, b)| (*n, b.as_slice())),
        );
        if altered.is_empty() && self.tags.len() == 5 && whole != stored {
            self.accuse(seen, codes::BAG_MALFORMED, TAG_MANIFEST, "not exactly the four lines of the tag files");
        }
    }

    fn payload_files(&mut self, seen: &mut Seen) {
        let [_, _, _, manifest] = TAG_FILES;
        let Some(bytes) = self.tags.get(manifest).filter(|_| !self.doubt.about(manifest)) else { return };
        let Some(listed) = parse(bytes) else {
            self.accuse(seen, codes::BAG_MALFORMED, manifest, "not lines of digest and path, sorted, each path once");
            return;
        };
        for (path, digest) in &listed {
            match self.payload.get(path) {
                None => self.accuse(seen, codes::BAG_MISSING, path, "listed in manifest-sha256.txt, but not there"),
                Some(file) if file.sha256 != *digest => {
                    self.accuse(seen, codes::BAG_MISMATCH, path, "not the bytes that manifest-sha256.txt lists");
                }
                Some(_) => {}
            }
        }
        let unlisted: Vec<String> = self.payload.keys().filter(|path| !listed.contains_key(*path)).cloned().collect();
        for path in unlisted {
            self.accuse(seen, codes::BAG_UNLISTED, &path, "under data/, but not listed in manifest-sha256.txt");
        }
        let unexpected: Vec<String> = self.payload.keys().filter(|path| !is_named(path)).cloned().collect();
        for path in unexpected {
            self.accuse(seen, codes::BAG_UNEXPECTED, &path, "under data/, but not named by the format");
        }
    }

    /// The texts that follow from the data alone, when no data file is in doubt.
    fn fixed_texts(&mut self, seen: &mut Seen) {
        let [b3sums, _, bagit, _] = TAG_FILES;
        if self.tags.get(bagit).is_some_and(|bytes| bytes != bag::bagit_txt().as_bytes()) {
            self.accuse(seen, codes::BAG_MALFORMED, bagit, "other bytes than the format says");
        }
        let payload: Vec<Payload> = self.payload.values().cloned().collect();
        let wrong = self.tags.get(b3sums).is_some_and(|bytes| bytes != bag::b3sums_txt(&payload).as_bytes());
        if wrong && !self.doubt.about_data() {
            self.accuse(seen, codes::BAG_MISMATCH, b3sums, "not the BLAKE3 digests of the files under data/");
        }
    }

    /// Recomputes what the closed run adds: `bag-info.txt`.
    pub(super) fn check_info(&mut self, facts: &BagFacts) -> Seen {
        let mut seen = Seen::new(Stage::Bag);
        let [_, info, ..] = TAG_FILES;
        let payload: Vec<Payload> = self.payload.values().cloned().collect();
        let [_, (_, text), ..] = Tags::new(&payload, facts).files;
        if !self.doubt.about_data() && self.tags.get(info).is_some_and(|bytes| bytes != text.as_bytes()) {
            self.accuse(&mut seen, codes::BAG_MISMATCH, info, "not what the data yields");
        }
        seen
    }

    /// Reports a file once.
    fn accuse(&mut self, seen: &mut Seen, code: &'static str, name: &str, message: &str) {
        if !self.doubt.about(name) {
            seen.fail(code, "", name, message);
            self.doubt.add(name);
        }
    }
}

fn is_named(path: &str) -> bool {
    let folder = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| !rest.contains('/'));
    [JOURNAL, PACKAGE, INVENTORY, STATE].contains(&path)
        || ["data/rosters/", "data/evidence/", "data/recovered/"].into_iter().any(folder)
}

/// Reads `manifest-sha256.txt`; none unless it is in its one spelling.
fn parse(bytes: &[u8]) -> Option<BTreeMap<String, FileDigest>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let line = |line: &str| Some((line.get(66..)?.to_owned(), FileDigest::from_hex(line.get(..64)?)?));
    let listed: BTreeMap<_, _> = text.lines().map(line).collect::<Option<_>>()?;
    let again: String = listed.iter().map(|(path, digest)| format!("{}  {path}\n", digest.hex())).collect();
    (again == text && listed.keys().all(|path| path.starts_with("data/"))).then_some(listed)
}

fn measure(source: &Source, name: &str) -> Result<Payload, VerifyError> {
    let mut stream = source.stream(name)?;
    let failed = |source| ReadError::Io { name: name.to_owned(), source };
    let (mut sha, mut blake, mut size) = (Sha256::new(), blake3::Hasher::new(), 0);
    let mut block = vec![0; 1 << 18];
    loop {
        match stream.read(&mut block) {
            Ok(0) => break,
            Ok(count) => {
                sha.update(&block[..count]);
                blake.update(&block[..count]);
                size += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error).into()),
        }
    }
    let (sha256, blake3) = (FileDigest(sha.finalize().into()), EvidenceDigest(*blake.finalize().as_bytes()));
    Ok(Payload { path: name.to_owned(), sha256, blake3, size })
}
