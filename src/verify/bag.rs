//! Stage 2: the BagIt files against the data, and each file against its digest (FORMAT.md §6).

use super::VerifyError;
use super::container::Doubt;
use super::journal::Survey;
use super::seen::Seen;
use crate::bundle::bag::{self, BagFacts, Payload, Tags};
use crate::bundle::{self, JOURNAL, ReadError, Source, TAG_FILES, TAG_MANIFEST};
use crate::kernel::canon::digest::{FileDigest, SealDigest};
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::{Finding, Severity, Stage};
use crate::kernel::media::{Inspector, Look};
use crate::kernel::text::counted;
use crate::library;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io::{self, Read};

/// The sealed files that every bundle has.
pub(super) const PACKAGE: &str = "data/package.lep";
pub(super) const INVENTORY: &str = "data/manifest.json";
pub(super) const STATE: &str = "data/state.json";
/// The folders under `data/`.
pub(super) const EVIDENCE: &str = "data/evidence/";
pub(super) const RECOVERED: &str = "data/recovered/";
const ROSTERS: &str = "data/rosters/";
/// The largest derived file that is read.
const MAX_DERIVED: u64 = 256 << 20;
/// The longest signature of a roster.
const MAX_SIGNATURE: u64 = 64 << 10;
/// How much longer than the files that are here a list of digests may be.
const SPARE: u64 = 1 << 20;

/// The sealed files, each read once for both digests.
#[derive(Debug)]
pub(super) struct Bag {
    pub(super) payload: BTreeMap<String, Payload>,
    /// What the bytes of the evidence are, by path.
    pub(super) looks: BTreeMap<String, Look>,
    /// Files that nobody needs to read to know that they are wrong, with the reason.
    unread: BTreeMap<String, Unread>,
    tags: BTreeMap<&'static str, Vec<u8>>,
    pub(super) doubt: Doubt,
    /// What the container alone says: these files could not be looked at.
    pub(super) untouched: Doubt,
    /// What the lists say of evidence; a record that names the file says more.
    pub(super) of_evidence: Vec<Finding>,
    /// What the receipt's seal says; counts once the receipt's signature holds.
    pub(super) of_seal: Option<Finding>,
}

/// A file that was not read, since its size says enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// Larger than such a file can be.
    TooLarge { size: u64, limit: u64 },
    /// Longer or shorter than the record says that names it.
    OtherSize { size: u64, named: u64 },
    /// No record and no rule of the format names it.
    Unnamed,
}

impl Bag {
    /// Reads the tag files and all digests. Sizes are compared first: what cannot be right is not read.
    pub(super) fn read(source: &Source, doubt: Doubt, journal: Option<&Survey>) -> Result<Self, VerifyError> {
        let sizes = journal.map(|survey| survey.sizes.clone()).unwrap_or_default();
        let data = source.members().iter().filter(|member| member.name.starts_with("data/"));
        let (mut read, mut unread) = (Vec::new(), BTreeMap::new());
        for member in data.clone().filter(|member| member.name != JOURNAL) {
            match unreadable(&member.name, member.size, &sizes) {
                None => read.push(member.name.as_str()),
                Some(why) => drop(unread.insert(member.name.clone(), why)),
            }
        }
        let measured = read.par_iter().map(|name| measure(source, name));
        let measured: Vec<(Payload, Option<Look>)> = measured.collect::<Result<_, VerifyError>>()?;
        let looks = measured.iter().filter_map(|(file, look)| Some((file.path.clone(), look.clone()?))).collect();
        let mut payload: BTreeMap<_, _> = measured.into_iter().map(|(file, _)| (file.path.clone(), file)).collect();
        payload.extend(journal.and_then(|survey| survey.payload.clone()).map(|file| (JOURNAL.to_owned(), file)));
        let listed: u64 = data.map(|member| member.name.len() as u64 + 67).sum();
        let mut bag = Self {
            payload,
            looks,
            unread,
            tags: BTreeMap::new(),
            untouched: doubt.clone(),
            doubt,
            of_evidence: Vec::new(),
            of_seal: None,
        };
        if source.member(JOURNAL).is_some() && !bag.payload.contains_key(JOURNAL) {
            // It is no journal, or larger than one can be: the journal stage says so.
            bag.doubt.add(JOURNAL);
        }
        for name in TAG_FILES.into_iter().chain([TAG_MANIFEST]) {
            let limit = if name.starts_with("b3sums") || name.starts_with("manifest") { 2 * listed } else { 0 } + SPARE;
            match source.read(name, limit) {
                Ok(bytes) => drop(bag.tags.insert(name, bytes)),
                Err(ReadError::Missing(_)) => {}
                Err(ReadError::TooLarge { size, limit, .. }) => {
                    bag.unread.insert(name.to_owned(), Unread::TooLarge { size, limit });
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(bag)
    }

    /// The names under `data/`, read or not.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.payload.keys().chain(self.unread.keys()).filter(|name| name.starts_with("data/"))
    }

    /// Why a file was not read.
    pub(super) fn unread(&self, name: &str) -> Option<Unread> {
        self.unread.get(name).copied()
    }

    /// Returns the digest of the tag manifest, when there is one.
    pub(super) fn seal(&self) -> Option<SealDigest> {
        self.tags.get(TAG_MANIFEST).map(|bytes| SealDigest::of(bytes))
    }

    /// Returns the bytes of a sealed file that is there and not in doubt.
    pub(super) fn bytes(&self, source: &Source, name: &str) -> Result<Option<Vec<u8>>, VerifyError> {
        let Some(measured) = self.payload.get(name).filter(|_| !self.doubt.about(name)) else { return Ok(None) };
        let bytes = source.read(name, measured.size)?;
        match FileDigest::of(&bytes) == measured.sha256 {
            true => Ok(Some(bytes)),
            false => Err(VerifyError::Changed(name.to_owned())),
        }
    }

    /// Tells whether a file is there, not in doubt, and has other bytes than these; nothing is read again for it.
    pub(super) fn holds_other(&self, name: &str, bytes: Option<&[u8]>) -> bool {
        let same =
            |file: &Payload| bytes.is_some_and(|b| file.size == b.len() as u64 && file.sha256 == FileDigest::of(b));
        self.payload.get(name).filter(|_| !self.doubt.about(name)).is_some_and(|file| !same(file))
    }

    /// Compares all files with the lists, from the seal down. A list that is itself in doubt accuses nobody.
    pub(super) fn check(&mut self, claimed: Option<SealDigest>) -> Seen {
        let mut seen = Seen::new(Stage::Bag);
        self.too_large(&mut seen);
        self.missing(&mut seen);
        let sealed = claimed.is_none() || claimed == self.seal();
        if !sealed && !self.doubt.about(TAG_MANIFEST) && self.tags.contains_key(TAG_MANIFEST) {
            let message = "not the tag manifest that the receipt seals";
            let finding =
                Finding::new(Stage::Bag, Severity::Fail, FindingCode::SealMismatch, "", TAG_MANIFEST, message);
            self.of_seal = Some(finding);
            self.doubt.add(TAG_MANIFEST);
        }
        self.tag_files(&mut seen);
        self.payload_files(&mut seen);
        self.fixed_texts(&mut seen);
        seen
    }

    /// Before the seal there are no lists: what is missing, too long or strange is told all the same.
    pub(super) fn rehearse(&mut self) -> Seen {
        let mut seen = Seen::new(Stage::Bag);
        self.too_large(&mut seen);
        let missing: Vec<&str> =
            [JOURNAL, PACKAGE].into_iter().filter(|name| !self.payload.contains_key(*name)).collect();
        for name in missing {
            self.accuse(&mut seen, FindingCode::BagMissing, name, "it is missing");
        }
        let unexpected: Vec<String> = self.names().filter(|path| !is_named(path)).cloned().collect();
        for path in unexpected {
            self.accuse(&mut seen, FindingCode::BagUnexpected, &path, "under data/, but not named by the format");
        }
        seen
    }

    /// A file that is longer than such a file can be. What a record says of sizes is for the evidence to find.
    fn too_large(&mut self, seen: &mut Seen) {
        for (name, why) in self.unread.clone() {
            if let Unread::TooLarge { size, limit } = why {
                self.accuse(
                    seen,
                    FindingCode::ContainerTooLarge,
                    &name,
                    &format!("{}, more than {limit}", counted(size, "byte", "bytes")),
                );
            }
        }
    }

    fn missing(&mut self, seen: &mut Seen) {
        let data = [JOURNAL, PACKAGE, INVENTORY, STATE].into_iter().filter(|name| !self.payload.contains_key(*name));
        let tags = TAG_FILES.into_iter().chain([TAG_MANIFEST]).filter(|name| !self.tags.contains_key(name));
        for name in data.chain(tags).collect::<Vec<_>>() {
            self.accuse(seen, FindingCode::BagMissing, name, "a sealed file is missing");
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
            self.accuse(seen, FindingCode::BagMismatch, name, "not the bytes that tagmanifest-sha256.txt lists");
        }
        let whole = bag::tagmanifest_sha256(
            self.tags.iter().filter(|(n, _)| **n != TAG_MANIFEST).map(|(n, b)| (*n, b.as_slice())),
        );
        if altered.is_empty() && self.tags.len() == 5 && whole != stored {
            self.accuse(seen, FindingCode::BagMalformed, TAG_MANIFEST, "not exactly the four lines of the tag files");
        }
    }

    fn payload_files(&mut self, seen: &mut Seen) {
        let [_, _, _, manifest] = TAG_FILES;
        let Some(bytes) = self.tags.get(manifest).filter(|_| !self.doubt.about(manifest)) else { return };
        let Some(listed) = parse(bytes) else {
            self.accuse(
                seen,
                FindingCode::BagMalformed,
                manifest,
                "not lines of digest and path, sorted, each path once",
            );
            return;
        };
        for (path, digest) in &listed {
            match self.payload.get(path) {
                None => match self.unread.get(path) {
                    None => {
                        self.accuse(
                            seen,
                            FindingCode::BagMissing,
                            path,
                            "listed in manifest-sha256.txt, but not there",
                        );
                    }
                    Some(Unread::OtherSize { size, named }) => {
                        let message =
                            format!("{}, where its record names {named}; not read", counted(*size, "byte", "bytes"));
                        self.accuse(seen, FindingCode::BagMismatch, path, &message);
                    }
                    // Accused already, or for the evidence stage to find.
                    Some(Unread::TooLarge { .. } | Unread::Unnamed) => {}
                },
                Some(file) if file.sha256 != *digest => {
                    self.accuse(seen, FindingCode::BagMismatch, path, "not the bytes that manifest-sha256.txt lists");
                }
                Some(_) => {}
            }
        }
        let unlisted: Vec<String> = self.names().filter(|path| !listed.contains_key(*path)).cloned().collect();
        for path in unlisted {
            self.accuse(seen, FindingCode::BagUnlisted, &path, "under data/, but not listed in manifest-sha256.txt");
        }
        let unexpected: Vec<String> = self.names().filter(|path| !is_named(path)).cloned().collect();
        for path in unexpected {
            self.accuse(seen, FindingCode::BagUnexpected, &path, "under data/, but not named by the format");
        }
        // Nothing is computed over files of which some were not read.
        self.unread.keys().for_each(|name| self.doubt.add(name));
    }

    /// The texts that follow from the data alone, when no data file is in doubt.
    fn fixed_texts(&mut self, seen: &mut Seen) {
        let [b3sums, _, bagit, _] = TAG_FILES;
        if self.tags.get(bagit).is_some_and(|bytes| bytes != bag::bagit_txt().as_bytes()) {
            self.accuse(seen, FindingCode::BagMalformed, bagit, "other bytes than the format says");
        }
        let payload: Vec<Payload> = self.payload.values().cloned().collect();
        let wrong = self.tags.get(b3sums).is_some_and(|bytes| bytes != bag::b3sums_txt(&payload).as_bytes());
        if wrong && !self.doubt.about_data() {
            self.accuse(seen, FindingCode::BagMismatch, b3sums, "not the BLAKE3 digests of the files under data/");
        }
    }

    /// Recomputes what the closed run adds: `bag-info.txt`.
    pub(super) fn check_info(&mut self, facts: &BagFacts) -> Seen {
        let mut seen = Seen::new(Stage::Bag);
        let [_, info, ..] = TAG_FILES;
        let payload: Vec<Payload> = self.payload.values().cloned().collect();
        let [_, (_, text), ..] = Tags::new(&payload, facts).files;
        if !self.doubt.about_data() && self.tags.get(info).is_some_and(|bytes| bytes != text.as_bytes()) {
            self.accuse(&mut seen, FindingCode::BagMismatch, info, "not what the data yields");
        }
        seen
    }

    /// Reports a file once.
    fn accuse(&mut self, seen: &mut Seen, code: FindingCode, name: &str, message: &str) {
        if self.doubt.about(name) {
            return;
        }
        self.doubt.add(name);
        match name.starts_with(EVIDENCE) && code != FindingCode::ContainerTooLarge {
            true => self.of_evidence.push(Finding::new(Stage::Bag, Severity::Fail, code, "", name, message)),
            false => seen.fail(code, "", name, message),
        }
    }
}

/// Why nobody needs to read a file under `data/` to know that it is wrong.
fn unreadable(name: &str, size: u64, sizes: &BTreeMap<String, u64>) -> Option<Unread> {
    let limit = match name {
        PACKAGE => library::MAX_PACKAGE,
        INVENTORY | STATE => MAX_DERIVED,
        _ if name.starts_with(EVIDENCE) || name.starts_with(RECOVERED) => {
            return match sizes.get(name) {
                Some(named) => (*named != size).then_some(Unread::OtherSize { size, named: *named }),
                None => Some(Unread::Unnamed),
            };
        }
        _ if name.starts_with(ROSTERS) && name.ends_with(".sig") => MAX_SIGNATURE,
        _ if name.starts_with(ROSTERS) => library::MAX_DOCUMENT as u64,
        _ => return Some(Unread::Unnamed),
    };
    (size > limit).then_some(Unread::TooLarge { size, limit })
}

fn is_named(path: &str) -> bool {
    let folder = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| !rest.contains('/'));
    [JOURNAL, PACKAGE, INVENTORY, STATE].contains(&path) || [ROSTERS, EVIDENCE, RECOVERED].into_iter().any(folder)
}

/// Reads `manifest-sha256.txt`; none unless it is in its one spelling.
fn parse(bytes: &[u8]) -> Option<BTreeMap<String, FileDigest>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let line = |line: &str| Some((line.get(66..)?.to_owned(), FileDigest::from_hex(line.get(..64)?)?));
    let listed: BTreeMap<_, _> = text.lines().map(line).collect::<Option<_>>()?;
    let again: String = listed.iter().map(|(path, digest)| format!("{}  {path}\n", digest.hex())).collect();
    (again == text && listed.keys().all(|path| path.starts_with("data/"))).then_some(listed)
}

/// Reads a file once: both digests, and of evidence what its bytes are.
fn measure(source: &Source, name: &str) -> Result<(Payload, Option<Look>), VerifyError> {
    let failed = |source| ReadError::Io { name: name.to_owned(), source };
    if !name.starts_with(EVIDENCE) {
        return Ok((bundle::measured(name, source.stream(name)?).map_err(failed)?, None));
    }
    // Only of a run that is being sealed the source knows anything: what was taken in, and nobody touched since.
    if let Some(known) = source.known(name) {
        return Ok((Payload { path: name.to_owned(), ..known.payload.clone() }, Some(known.look.clone())));
    }
    let mut seen = Looked { stream: source.stream(name)?, inspector: Inspector::default() };
    let payload = bundle::measured(name, &mut seen).map_err(failed)?;
    Ok((payload, Some(seen.inspector.finish())))
}

/// A stream whose bytes are looked at on their way to the digests.
struct Looked<R> {
    stream: R,
    inspector: Inspector,
}

impl<R: Read> Read for Looked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.inspector.push(&buffer[..count]);
        Ok(count)
    }
}
