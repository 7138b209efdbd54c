//! Reading a run as far as its records hold, with everything that its health rests on; nothing is changed.

use super::follow::Followed;
use super::weigh::{Facts, Fault, File};
use super::{Health, State};
use crate::kernel::canon;
use crate::kernel::canon::base64;
use crate::kernel::canon::digest::{EvidenceDigest, FileDigest, LineDigest, PrefixDigest, SealDigest};
use crate::kernel::fold::Fold;
use crate::kernel::model::evidence::EvidenceItem;
use crate::kernel::model::name::RunId;
use crate::kernel::records::event::{Event, RunOpened};
use crate::kernel::records::receipt::{Envelope, Statement};
use crate::kernel::records::record::SignedRecord;
use crate::kernel::run::Run;
use crate::kernel::text::chain;
use crate::session::{Material, Station, restore};
use crate::store::{
    Checkpoint, Home, Memory, Occasion, RunPaths, Sight, Sighting, StoreError, acknowledged, read_whole, remember,
    stream,
};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

/// The most bytes of a receipt.
const MAX_RECEIPT: u64 = 16 << 20;

/// How closely evidence is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Not at all: what the records are, whatever became of the files that they name.
    Records,
    /// Whether each file is there with its size; for lists.
    Names,
    /// Its bytes too; for whoever names one run.
    Bytes,
}

/// A run as far as its records hold.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The answer.
    pub health: Health,
    /// The run after the last record that holds; none without its package and roster.
    pub run: Option<Run>,
    /// Package and roster, as they lie there.
    pub material: Option<Material>,
    /// How many records hold.
    pub held: u64,
    /// The digest of the last of them.
    pub last: Option<LineDigest>,
    /// How many of them were not asked again, since a checkpoint knew their bytes.
    pub recalled: u64,
    /// These records, where they were asked for: they cost many times their bytes.
    pub records: Vec<SignedRecord>,
    /// The digest of a last line that is complete but for its line feed.
    pub complete: Option<LineDigest>,
    /// The seal that the receipt claims.
    pub seal: Option<SealDigest>,
}

/// Looks at a run of a home, with what the station remembers of it.
#[must_use]
pub fn look(home: &Home, id: &RunId, memory: &Memory, depth: Depth) -> Reading {
    read(&home.run(id), id, memory.of(id), Asked { kept: true, keeps: false, depth, trusts: None })
}

/// Looks at the records of a run that is taken up: those whose very bytes this program checked before are folded and
/// linked, and no more is asked of them now.
pub(in crate::session) fn look_again(station: &Station, id: &RunId, memory: &Memory) -> Reading {
    let asked = Asked { kept: true, keeps: false, depth: Depth::Records, trusts: Some(station) };
    read(&station.home.run(id), id, memory.of(id), asked)
}

/// Looks at a run of this station whose two folders may have been parted.
pub(in crate::session) fn look_paths(paths: &RunPaths, id: &RunId, seen: &[Sighting], depth: Depth) -> Reading {
    read(paths, id, seen, Asked { kept: true, keeps: false, depth, trusts: None })
}

/// Looks at a folder that somebody named: as one of the home where it is one, else as one that nobody here remembers
/// and that may have come without its head file.
#[must_use]
pub fn look_in(home: &Home, dir: &Path, depth: Depth) -> Reading {
    of_folder(Some(home), dir, depth, false)
}

/// As [`look_in`], and keeps the records that hold, for those who show them.
#[must_use]
pub fn look_keeping(home: &Home, dir: &Path, depth: Depth) -> Reading {
    of_folder(Some(home), dir, depth, true)
}

/// Looks at a run folder that lies anywhere, as nobody here remembers it, and keeps its records.
pub(in crate::session) fn look_at(dir: &Path, depth: Depth) -> Reading {
    of_folder(None, dir, depth, true)
}

fn of_folder(home: Option<&Home>, dir: &Path, depth: Depth, keeps: bool) -> Reading {
    let named: Option<RunId> = dir.file_name().and_then(|name| name.to_str()?.parse().ok());
    let ours = home.zip(named).filter(|(home, id)| home.run(id).dir == dir);
    if let Some((home, id)) = ours {
        return read(&home.run(&id), &id, Memory::read(home).of(&id), Asked { kept: true, keeps, depth, trusts: None });
    }
    let paths = RunPaths::of_folder(dir);
    match restore::first(&paths.journal()) {
        Some(first) => read(&paths, &first.record().run, &[], Asked { kept: false, keeps, depth, trusts: None }),
        None => Reading::without(Health {
            state: if paths.journal().is_file() { State::Altered } else { State::Gone },
            records: 0,
            record: Some(1),
            of_at_least: None,
            why: "there is no first record that could be read".into(),
        }),
    }
}

/// What is asked of a reading.
#[derive(Clone, Copy)]
struct Asked<'a> {
    /// Whether this station must have a head file of it.
    kept: bool,
    /// Whether the records are kept.
    keeps: bool,
    depth: Depth,
    /// The station whose program's checkpoint counts.
    trusts: Option<&'a Station>,
}

impl Reading {
    fn without(health: Health) -> Self {
        let records = Vec::new();
        Self {
            health,
            run: None,
            material: None,
            held: 0,
            last: None,
            recalled: 0,
            records,
            complete: None,
            seal: None,
        }
    }
}

fn read(paths: &RunPaths, id: &RunId, seen: &[Sighting], asked: Asked<'_>) -> Reading {
    // The head first: a writer may be at work, and the head never leads the journal.
    let mut facts = Facts { seen: seen.to_vec(), ..Facts::default() };
    let receipt = receipt(paths, &mut facts);
    if receipt.is_none() && (asked.kept || paths.local.is_dir()) {
        match acknowledged(paths) {
            Ok(head) => facts.acknowledged = head.head.map(|digest| (head.records, digest)),
            Err(error) => facts.head_lost = Some(error.to_string()),
        }
    }
    facts.rescued = asked.kept && paths.rescued().is_file();
    facts.gone = !paths.journal().is_file();
    facts.seal = receipt;
    let material = material(paths, &mut facts);
    let draft = |material: &Material| Run::draft(material.plan.clone(), material.roster.clone(), id.clone());
    let fold = match material.as_ref().filter(|_| facts.swapped.is_none()) {
        Some(material) => Fold::over(draft(material)),
        None => Fold::links(id.clone(), 0, None),
    };
    let known = asked.trusts.zip(material.as_ref()).and_then(|(station, own)| known_bytes(paths, id, own, station));
    let followed = Followed::read(paths, fold, asked.keeps, known.as_ref()).unwrap_or_else(|error| {
        facts.unreadable = Some(error.to_string());
        let run = material.as_ref().filter(|_| facts.swapped.is_none()).map(draft);
        Followed { run, ..Followed::default() }
    });
    let Followed { run, digests, records, lines, fault, rest, complete } = followed;
    if let Some(run) = run.as_ref().filter(|_| asked.depth != Depth::Records) {
        let named: Vec<&EvidenceItem> = run.evidence().iter().filter(|e| e.redacted.is_none()).collect();
        facts.evidence = named.into_par_iter().find_map_first(|item| lost(paths, item, asked.depth));
    }
    let (held, last) = (digests.len() as u64, digests.last().copied());
    facts.fault = fault.map(|(record, unfit)| Fault { record, why: unfit.to_string() });
    facts.digests = digests;
    facts.digests.extend(complete);
    facts.lines = lines + u64::from(complete.is_some());
    facts.rest = rest;
    facts.recovering = paths.recovered().join(format!("{}.bin", lines + 1)).is_file();
    let recalled = known.map_or(0, |known| known.records);
    Reading { recalled, health: facts.health(), run, material, held, last, records, complete, seal: receipt }
}

/// Returns the checkpoint of a run, where it is of this program, package and roster, and the journal begins with the very
/// bytes that were checked.
fn known_bytes(paths: &RunPaths, id: &RunId, material: &Material, station: &Station) -> Option<Checkpoint> {
    let known = Checkpoint::read(paths)?;
    let same = known.run == *id
        && known.package == material.plan.digest
        && known.roster == FileDigest::of(&material.roster_bytes)
        && known.program == station.program();
    let mut hash = blake3::Hasher::new();
    let read = std::io::copy(&mut stream(paths).ok().filter(|_| same)?.take(known.length), &mut hash).ok()?;
    (read == known.length && known.bytes == PrefixDigest(*hash.finalize().as_bytes())).then_some(known)
}

/// Reads package and roster, and says where they are not those that the run was opened with.
fn material(paths: &RunPaths, facts: &mut Facts) -> Option<Material> {
    match Material::of_run(paths) {
        Ok(material) => {
            facts.swapped = restore::first(&paths.journal()).and_then(|first| other_material(&material, &first));
            Some(material)
        }
        Err(error) if !facts.gone => {
            let package = crate::session::material::package_of(paths).is_err();
            let file = if package { File::Package } else { File::Roster };
            facts.swapped = Some((file, chain(&error)));
            None
        }
        Err(_) => None,
    }
}

/// Reads what the receipt says of the journal. Whether it is rightly signed is for the verifier.
fn receipt(paths: &RunPaths, facts: &mut Facts) -> Option<SealDigest> {
    let path = paths.receipt();
    path.symlink_metadata().ok()?;
    let read = read_whole(&path, "the receipt", MAX_RECEIPT).map_err(|e| e.to_string()).and_then(|bytes| {
        let envelope: Envelope = canon::decode(&bytes).map_err(|e| e.to_string())?;
        let payload = base64::decode(&envelope.payload).ok_or("its payload is not base64")?;
        canon::decode::<Statement>(&payload).map_err(|e| e.to_string())
    });
    match read {
        Ok(statement) => {
            let journal = statement.predicate.journal;
            facts.acknowledged = Some((journal.records, journal.head));
            facts.sealed = true;
            statement.subject.first().and_then(|subject| SealDigest::from_hex(&subject.digest.sha256))
        }
        Err(why) => {
            facts.receipt = Some(why);
            None
        }
    }
}

/// Tells which file is another than the one that the first record names.
fn other_material(material: &Material, first: &SignedRecord) -> Option<(File, String)> {
    let Event::RunOpened(RunOpened { package, roster, .. }) = &first.record().event else { return None };
    let (plan, file) = (material.plan.digest, FileDigest::of(&material.roster_bytes));
    if plan != *package {
        return Some((File::Package, format!("the run was opened with {package}, {plan} lies here")));
    }
    (file != *roster).then(|| (File::Roster, format!("the run was opened with {roster}, {file} lies here")))
}

/// Says what is wrong with the file of a record.
fn lost(paths: &RunPaths, item: &EvidenceItem, depth: Depth) -> Option<Fault> {
    let path = paths.evidence().join(item.file.blake3.hex());
    let fault = |why: &str| Some(Fault { record: item.record, why: format!("its file `{}` {why}", item.file.name) });
    match path.symlink_metadata() {
        Ok(facts) if !facts.is_file() => fault("is no regular file"),
        Ok(facts) if facts.len() != item.file.size => fault("has another size"),
        Ok(_) if depth == Depth::Names => None,
        Ok(_) => match digest(&path) {
            Ok(found) if found == item.file.blake3 => None,
            Ok(_) => fault("has other bytes"),
            Err(_) => fault("cannot be read"),
        },
        Err(_) => fault("is missing"),
    }
}

fn digest(path: &Path) -> std::io::Result<EvidenceDigest> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(std::fs::File::open(path)?)?;
    Ok(EvidenceDigest(*hasher.finalize().as_bytes()))
}

/// Holds a bundle that is not here yet against what the station remembers of its run.
///
/// # Errors
/// What it is, where the station has seen another history of it, or more.
pub fn against(memory: &Memory, run: &RunId, digests: Vec<LineDigest>, seal: Option<SealDigest>) -> Result<(), Health> {
    let (lines, seen) = (digests.len() as u64, memory.of(run).to_vec());
    let health = Facts { lines, digests, seen, seal, sealed: seal.is_some(), ..Facts::default() }.health();
    if health.is_well() { Ok(()) } else { Err(health) }
}

/// Notes how far a bundle goes, so that another history of it is told later.
///
/// # Errors
/// What the system says.
pub fn note(station: &Station, run: &Run, seal: Option<SealDigest>, occasion: Occasion) -> Result<(), StoreError> {
    keep(station, &Sight::of(run, seal), occasion)
}

fn keep(station: &Station, sight: &Sight, occasion: Occasion) -> Result<(), StoreError> {
    remember(&station.home, &station.disk, sight, occasion, station.clock.now().time)
}

/// What a station makes of a bundle that was judged: whether it goes into its memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noted {
    /// It is noted.
    Yes,
    /// It is no run of this home, nor under an authority that this station knows.
    Stranger,
    /// It is a run of this home and not what was recorded here; in words.
    Unwell(String),
}

/// Notes that a bundle was verified, where it is a run of this home and nothing is known against it.
///
/// # Errors
/// What the system says.
pub fn note_verified(station: &Station, bundle: &Path, sight: &Sight) -> Result<Noted, StoreError> {
    if station.home.run(&sight.run).dir != bundle {
        return Ok(Noted::Stranger);
    }
    let health = look_in(&station.home, bundle, Depth::Names).health;
    if !health.is_well() {
        return Ok(Noted::Unwell(health.words()));
    }
    keep(station, sight, Occasion::Verified).map(|()| Noted::Yes)
}

/// Notes that a bundle was signed off: a run of this home, or one under this station's authority, which is asked where it
/// is needed. What a stranger calls a run of this site is no memory of it.
///
/// # Errors
/// What the system says.
pub fn note_signed_off(
    station: &Station,
    bundle: &Path,
    run: &Run,
    seal: Option<SealDigest>,
    anchored: impl FnOnce() -> bool,
) -> Result<Noted, StoreError> {
    match station.home.run(run.id()).dir == bundle || anchored() {
        true => note(station, run, seal, Occasion::SignedOff).map(|()| Noted::Yes),
        false => Ok(Noted::Stranger),
    }
}

/// The runs of a home that a list must name: those whose folders lie there, and those that are remembered.
pub(in crate::session) fn known(home: &Home, memory: &Memory) -> BTreeSet<RunId> {
    let entries = std::fs::read_dir(home.runs()).into_iter().flatten().flatten();
    let named = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        name.strip_suffix(".local").unwrap_or(&name).parse().ok()
    });
    named.chain(memory.here().cloned()).collect()
}
