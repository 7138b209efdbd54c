//! What a whole life does to the disk, written down: every effect and, between them, everything that was said.

use super::commands::{import, newer_roster, signed_off, with_newer_roster};
use super::stage::{drive_into, lines, prepared, the_run};
use crate::world::{Kept, World};
use asrun::bundle;
use asrun::disk::{Disk, Effect};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

/// A file, whatever its name is at the moment.
pub type Node = usize;

/// One thing that was done or said. Paths are relative to the folder of the world.
#[derive(Clone, Debug)]
pub enum Op {
    Folder(PathBuf),
    File(PathBuf, Node),
    Written { node: Node, at: u64, bytes: Vec<u8> },
    Cut(Node, u64),
    Synced(Node),
    Renamed { from: PathBuf, to: PathBuf },
    Removed(PathBuf),
    SyncedFolder(PathBuf),
    Said(Value),
}

#[derive(Default)]
struct Log {
    root: PathBuf,
    ops: Vec<Op>,
    nodes: HashMap<(u64, u64), Node>,
    next: Node,
}

impl Log {
    fn path(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.root).unwrap_or(path).to_owned()
    }

    fn node(&mut self, file: &File, fresh: bool) -> Node {
        let facts = file.metadata().unwrap();
        let key = (facts.dev(), facts.ino());
        if fresh {
            // The number of a file that is gone may be given to another one.
            self.next += 1;
            self.nodes.insert(key, self.next);
        }
        *self.nodes.get(&key).expect("every file that is written was made in this trace")
    }

    fn take(&mut self, effect: Effect<'_>) {
        let op = match effect {
            Effect::Folder(path) => Op::Folder(self.path(path)),
            Effect::File(path, file) => Op::File(self.path(path), self.node(file, true)),
            Effect::Written { file, at, bytes } => {
                Op::Written { node: self.node(file, false), at, bytes: bytes.into() }
            }
            Effect::Cut(file, length) => Op::Cut(self.node(file, false), length),
            Effect::Synced(file) => Op::Synced(self.node(file, false)),
            Effect::Renamed { from, to } => Op::Renamed { from: self.path(from), to: self.path(to) },
            Effect::Removed(path) => Op::Removed(self.path(path)),
            Effect::SyncedFolder(path) => Op::SyncedFolder(self.path(path)),
        };
        self.ops.push(op);
    }
}

/// A disk that writes down what is done to it.
#[derive(Clone)]
pub struct Trace(Arc<Mutex<Log>>);

impl Trace {
    pub fn of(world: &World) -> (Disk, Self) {
        let root = world.home.root().parent().unwrap().to_owned();
        let trace = Self(Arc::new(Mutex::new(Log { root, ..Log::default() })));
        let log = trace.clone();
        (Disk::watched(move |effect| log.log().take(effect)), trace)
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap()
    }

    pub fn says(&self, what: Value) {
        self.log().ops.push(Op::Said(what));
    }

    pub fn ops(&self) -> Vec<Op> {
        self.log().ops.clone()
    }
}

/// Where a drive says its answers: each stands in the trace at the moment at which it left the program.
struct Voice {
    trace: Trace,
    line: Vec<u8>,
}

impl Write for Voice {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        while let Some(end) = self.line.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.line.drain(..=end).collect();
            self.trace.says(serde_json::from_slice(&line).unwrap());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A run from opening to the seal, taken up again in between, then exported, signed off twice, imported; a new roster.
/// Holds the world as it was before, and everything that was done to it.
pub static LIFE: LazyLock<(Kept, Vec<Op>)> = LazyLock::new(life);

fn life() -> (Kept, Vec<Op>) {
    let (world, package) = prepared();
    with_newer_roster(&world);
    let before = world.kept();
    let (disk, trace) = Trace::of(&world);
    let mut voice = Voice { trace: trace.clone(), line: Vec::new() };
    let all = lines();
    let resume = json!({"intent": "resume", "as": "a.ortiz"}).to_string();
    drive_into(&world, &disk, package.to_str().unwrap(), &all[..4], &mut voice).unwrap();
    let run = the_run(&world).unwrap();
    let rest = [&[resume], &all[4..]].concat();
    drive_into(&world, &disk, run.as_str(), &rest, &mut voice).unwrap();
    let folder = world.home.run(&run).dir;
    bundle::export(&folder, &world.path("run.proof"), &disk).unwrap();
    trace.says(json!({"done": "export"}));
    signed_off(&world, &folder, &disk).unwrap();
    trace.says(json!({"done": "sign-off in a folder"}));
    signed_off(&world, &world.path("run.proof"), &disk).unwrap();
    trace.says(json!({"done": "sign-off in a file"}));
    import(&world, &disk).unwrap();
    trace.says(json!({"done": "import"}));
    newer_roster(&world, &disk).unwrap();
    trace.says(json!({"done": "roster"}));
    (before, trace.ops())
}
