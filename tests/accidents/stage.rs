//! The stage on which accidents happen: a run that is driven inside this process, on a disk that can be told to fail.

use crate::commands::drive::{CLEAN, END};
use crate::world::World;
use asrun::disk::{Disk, Fault, Step};
use asrun::drive::{Driver, Start, drive};
use asrun::kernel::model::name::RunId;
use asrun::session::{Material, Station};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A number below `limit` that a failing test can repeat from its seed.
pub fn below(seed: u64, what: &str, limit: u64) -> u64 {
    let digest = asrun::kernel::canon::digest::sha256(format!("{seed} {what}").as_bytes());
    u64::from_le_bytes(digest[..8].try_into().unwrap()) % limit.max(1)
}

/// A number that the environment raises for a long run.
pub fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// The lines of the small run, all of them.
pub fn lines() -> Vec<String> {
    format!("{CLEAN}{END}").lines().map(str::to_owned).collect()
}

/// A world whose small package is approved and whose photo lies ready.
pub fn prepared() -> (World, PathBuf) {
    let world = World::new();
    // What nobody needs here would only be copied a thousand times.
    std::fs::remove_dir_all(world.home.root().join("samples")).unwrap();
    std::fs::remove_dir_all(world.home.packages()).unwrap();
    std::fs::create_dir(world.home.packages()).unwrap();
    world.file("gauge.txt", "needle at 0.05\n");
    let package = world.package("small");
    (world, package)
}

/// Drives lines on a disk; returns the answers, and why the drive ended early, if it did.
pub fn driven(world: &World, disk: &Disk, start: &str, lines: &[String]) -> (Vec<Value>, Option<String>) {
    let mut said = Vec::new();
    let ended = drive_into(world, disk, start, lines, &mut said).err();
    let answers = String::from_utf8(said).unwrap();
    (answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), ended)
}

/// As [`driven`]; what is said goes into `said` at the moment it is said. `start` is a run or the path of a package.
pub fn drive_into(
    world: &World,
    disk: &Disk,
    start: &str,
    lines: &[String],
    said: &mut dyn Write,
) -> Result<(), String> {
    // The program that people start: a run passes from it to this one and back.
    let station = Station { disk: disk.clone(), ..crate::world::station(&world.home) };
    drive_at(world, station, start, lines, said)
}

/// As [`drive_into`], at a station that stands.
pub fn drive_at(
    world: &World,
    station: Station,
    start: &str,
    lines: &[String],
    said: &mut dyn Write,
) -> Result<(), String> {
    let now = station.clock.now().time;
    let start = match start.parse::<RunId>() {
        Ok(run) => Start::Run(run),
        Err(_) => {
            let material = Material::of_package(&world.home, Path::new(start), now);
            Start::Package(Box::new(material.map_err(|error| format!("{error:?}"))?))
        }
    };
    let people = std::fs::read_to_string(world.home.passphrases()).unwrap();
    let people = people.lines().map(|line| line.split_once(' ').unwrap());
    let passphrases = people.map(|(id, passphrase)| (id.parse().unwrap(), passphrase.to_owned())).collect();
    let driver = Driver { station, passphrases, folder: world.path("."), judges: asrun::verify::JUDGES };
    let text = lines.join("\n");
    drive(&driver, start, &mut text.as_bytes(), said).map(|_| ()).map_err(|error| format!("{error:?}"))
}

/// The run of this world that has a record.
pub fn the_run(world: &World) -> Option<RunId> {
    let entries = std::fs::read_dir(world.home.runs()).ok()?.flatten();
    let mut ids = entries.filter_map(|e| e.file_name().to_str()?.parse::<RunId>().ok());
    ids.find(|id| !journal(world, id).is_empty())
}

/// The whole lines of a journal.
pub fn journal(world: &World, run: &RunId) -> Vec<Value> {
    let text = std::fs::read(world.home.run(run).journal()).unwrap_or_default();
    let whole = text.split_inclusive(|b| *b == b'\n').filter(|l| l.ends_with(b"\n"));
    whole.map(|l| serde_json::from_slice(l).unwrap()).collect()
}

/// The last record that an answer called recorded.
pub fn acknowledged(answers: &[Value]) -> u64 {
    let said = answers.iter().filter(|answer| answer["ok"] == true);
    said.filter_map(|answer| answer["records"].as_array()?.last()?.as_u64()).max().unwrap_or(0)
}

/// What goes wrong at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accident {
    /// The program is killed before the step: nothing more of it reaches the disk, not even its tidying up.
    Killed,
    /// The program is killed in the middle of the step: half of a write is there.
    KilledHalfway,
    /// This one step fails.
    Fails(Fault),
}

/// EIO, ENOSPC, EMFILE and EINTR.
pub const EIO: Fault = Fault::Refused(5);
pub const ENOSPC: Fault = Fault::Refused(28);
pub const EMFILE: Fault = Fault::Refused(24);
pub const EINTR: Fault = Fault::Refused(4);

/// A disk on which step `n`, from 0, has an accident; the counter says how many steps there were.
pub fn disk(n: usize, accident: Accident) -> (Disk, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = count.clone();
    let fails = move |step: Step| {
        let at = counter.fetch_add(1, Ordering::SeqCst);
        match accident {
            Accident::Killed => (at >= n).then_some(EIO),
            Accident::KilledHalfway if at == n && step == Step::Write => Some(Fault::Torn),
            Accident::KilledHalfway => (at >= n).then_some(EIO),
            Accident::Fails(fault) => (at == n).then_some(fault),
        }
    };
    (Disk::failing(fails), count)
}

/// Every fourth step is killed, and of the other accidents every build takes a part, so that each of them meets every
/// scene. `ASRUN_FAULTS_EVERY=1` takes all.
pub fn accidents(steps: usize) -> Vec<(usize, Accident)> {
    let every = number("ASRUN_FAULTS_EVERY", 28);
    let faults = [EIO, ENOSPC, EMFILE, EINTR, Fault::Short, Fault::Persisted].map(Accident::Fails);
    let kinds = [&[Accident::KilledHalfway], &faults[..]].concat();
    let killed = (0..steps).step_by(every.div_ceil(7)).map(|n| (n, Accident::Killed));
    let each = (0..steps).flat_map(|n| kinds.iter().enumerate().map(move |(kind, accident)| (n, kind, *accident)));
    let taken = each.filter(|(n, kind, _)| (n + kind) % every == 0).map(|(n, _, accident)| (n, accident));
    killed.chain(taken).collect()
}

/// How many steps an act takes on a disk that is well.
pub fn steps(act: impl FnOnce(&Disk)) -> usize {
    let (disk, count) = disk(usize::MAX, Accident::Killed);
    act(&disk);
    count.load(Ordering::SeqCst)
}
