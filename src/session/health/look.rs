//! Reading a run as far as its records hold, with everything that its health rests on; nothing is changed.

use super::weigh::{Facts, Fault, File};
use super::{Health, State};
use crate::kernel::canon;
use crate::kernel::canon::base64;
use crate::kernel::canon::digest::{EvidenceDigest, LineDigest, SealDigest};
use crate::kernel::model::evidence::EvidenceItem;
use crate::kernel::model::name::RunId;
use crate::kernel::records::event::{Event, RunOpened};
use crate::kernel::records::receipt::{Envelope, Statement};
use crate::kernel::records::record::SignedRecord;
use crate::kernel::run::Run;
use crate::kernel::text::chain;
use crate::session::Material;
use crate::session::Station;
use crate::session::resume::check;
use crate::store::{
    Home, Lines, Memory, Occasion, RunPaths, Sight, Sighting, StoreError, acknowledged, read_lines, read_whole,
    remember,
};
use std::collections::BTreeSet;
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
    /// The records that hold.
    pub records: Vec<SignedRecord>,
    /// The digest of a last line that is complete but for its line feed.
    pub complete: Option<LineDigest>,
    /// The seal that the receipt claims.
    pub seal: Option<SealDigest>,
}

/// Looks at a run of a home, with what the station remembers of it.
#[must_use]
pub fn look(home: &Home, id: &RunId, memory: &Memory, depth: Depth) -> Reading {
    read(&home.run(id), id, memory.of(id), (true, depth))
}

/// Looks at a run of this station whose two folders may have been parted.
pub(in crate::session) fn look_paths(paths: &RunPaths, id: &RunId, seen: &[Sighting], depth: Depth) -> Reading {
    read(paths, id, seen, (true, depth))
}

/// Looks at a run folder that lies anywhere: nobody here remembers it, and it may have come without its head file.
#[must_use]
pub fn look_at(dir: &Path, depth: Depth) -> Reading {
    let paths = RunPaths::of_folder(dir);
    let first = read_lines(&paths).ok().and_then(|lines| SignedRecord::parse(lines.whole.first()?).ok());
    match first {
        Some(first) => read(&paths, &first.record().run, &[], (false, depth)),
        None => Reading::without(Health {
            state: if paths.journal().is_file() { State::Altered } else { State::Gone },
            records: 0,
            record: Some(1),
            of_at_least: None,
            why: "there is no first record that could be read".into(),
        }),
    }
}

/// Looks at a folder that somebody named: as one of the home where it is one.
#[must_use]
pub fn look_in(home: &Home, dir: &Path, depth: Depth) -> Reading {
    let named = dir.file_name().and_then(|name| name.to_str()?.parse().ok());
    match named.filter(|id| home.run(id).dir == dir) {
        Some(id) => look(home, &id, &Memory::read(home), depth),
        None => look_at(dir, depth),
    }
}

impl Reading {
    fn without(health: Health) -> Self {
        Self { health, run: None, material: None, records: Vec::new(), complete: None, seal: None }
    }
}

fn read(paths: &RunPaths, id: &RunId, seen: &[Sighting], (kept, depth): (bool, Depth)) -> Reading {
    // The head first: a writer may be at work, and the head never leads the journal.
    let mut facts = Facts { seen: seen.to_vec(), ..Facts::default() };
    let receipt = receipt(paths, &mut facts);
    if receipt.is_none() && (kept || paths.local.is_dir()) {
        match acknowledged(paths) {
            Ok(head) => facts.acknowledged = head.head.map(|digest| (head.records, digest)),
            Err(error) => facts.head_lost = Some(error.to_string()),
        }
    }
    facts.rescued = kept && paths.rescued().is_file();
    facts.gone = !paths.journal().is_file();
    let lines = read_lines(paths).unwrap_or_else(|error| {
        facts.unreadable = Some(error.to_string());
        Lines::default()
    });
    let mut reading = Reading::without(Health {
        state: State::Whole,
        records: 0,
        record: None,
        of_at_least: None,
        why: String::new(),
    });
    reading.seal = receipt;
    facts.seal = receipt;
    match Material::of_run(paths) {
        Ok(material) => {
            facts.swapped = lines.whole.first().and_then(|line| other_material(&material, line));
            reading.material = Some(material);
        }
        Err(error) if !facts.gone => {
            let package = crate::session::material::package_of(paths).is_err();
            let file = if package { File::Package } else { File::Roster };
            facts.swapped = Some((file, chain(&error)));
        }
        Err(_) => {}
    }
    if facts.swapped.is_none()
        && let Some(material) = &reading.material
    {
        let run = fold(
            Run::draft(material.plan.clone(), material.roster.clone(), id.clone()),
            &lines,
            &mut reading.records,
            &mut facts,
        );
        if facts.fault.is_none() && !lines.rest.is_empty() {
            let next = check(&run, lines.next(), &lines.rest);
            reading.complete = next.is_ok().then(|| LineDigest::of(&lines.rest));
        }
        if depth != Depth::Records {
            facts.evidence = run.evidence().iter().filter(|e| e.redacted.is_none()).find_map(|e| lost(paths, e, depth));
        }
        reading.run = Some(run);
    } else {
        links(&lines, id, &mut reading.records, &mut facts);
    }
    facts.digests = reading.records.iter().map(SignedRecord::digest).chain(reading.complete).collect();
    facts.lines = lines.whole.len() as u64 + u64::from(reading.complete.is_some());
    facts.rest = if reading.complete.is_some() { 0 } else { lines.rest.len() };
    facts.recovering = paths.recovered().join(format!("{}.bin", lines.next())).is_file();
    reading.health = facts.health();
    reading
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
fn other_material(material: &Material, first: &[u8]) -> Option<(File, String)> {
    let first = SignedRecord::parse(first).ok()?;
    let Event::RunOpened(RunOpened { package, roster, .. }) = &first.record().event else { return None };
    let (plan, file) = (material.plan.digest, canon::digest::FileDigest::of(&material.roster_bytes));
    if plan != *package {
        return Some((File::Package, format!("the run was opened with {package}, {plan} lies here")));
    }
    (file != *roster).then(|| (File::Roster, format!("the run was opened with {roster}, {file} lies here")))
}

/// Folds the lines up to the first that is refused.
fn fold(mut run: Run, lines: &Lines, records: &mut Vec<SignedRecord>, facts: &mut Facts) -> Run {
    for (seq, line) in (1u64..).zip(&lines.whole) {
        match check(&run, seq, line) {
            Ok(signed) => {
                run.after(&signed);
                records.push(signed);
            }
            Err(why) => {
                facts.fault = Some(Fault { record: seq, why });
                break;
            }
        }
    }
    run
}

/// Follows form, number and link of the lines, where package or roster cannot tell more.
fn links(lines: &Lines, id: &RunId, records: &mut Vec<SignedRecord>, facts: &mut Facts) {
    let mut head = None;
    for (seq, line) in (1u64..).zip(&lines.whole) {
        let linked = SignedRecord::parse(line).map_err(|e| e.to_string()).and_then(|signed| {
            let record = signed.record();
            let links = record.seq == seq && record.run == *id && head.is_none_or(|head| record.prev == head);
            if links { Ok(signed) } else { Err("it does not link to the record before it".to_owned()) }
        });
        match linked {
            Ok(signed) => {
                head = Some(signed.digest());
                records.push(signed);
            }
            Err(why) => {
                facts.fault = Some(Fault { record: seq, why });
                break;
            }
        }
    }
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
    let sight = Sight { run: run.id().clone(), records: run.seq(), head: run.head(), seal };
    remember(&station.home, &station.disk, &sight, occasion, station.clock.now().time)
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
pub fn note_verified(
    station: &Station,
    bundle: &Path,
    run: &Run,
    seal: Option<SealDigest>,
) -> Result<Noted, StoreError> {
    if station.home.run(run.id()).dir != bundle {
        return Ok(Noted::Stranger);
    }
    let health = look_in(&station.home, bundle, Depth::Names).health;
    if !health.is_well() {
        return Ok(Noted::Unwell(health.words()));
    }
    note(station, run, seal, Occasion::Verified).map(|()| Noted::Yes)
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
