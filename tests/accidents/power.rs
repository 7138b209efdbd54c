//! Cut power: from what was done to the disk follow all states that a disk may be in afterwards. Each is opened again.
//!
//! The model is POSIX at its strictest, with the order of nothing promised but by a flush: of the bytes of a file that
//! were not flushed none, all, any beginning, half of the last write or zeros in its place may be there (a write inside
//! one sector is whole or absent, and so is the length that it gives the file); of the names of a folder that was not flushed any may be missing or not taken away.
//! Where the choices multiply beyond a bound, each is varied alone, from "nothing arrived" and from "all arrived".

use super::commands::{bears_one, copied, there};
use super::every_step::verifies;
use super::order::may_lag;
use super::stage::{acknowledged, driven, journal, number, the_run};
use super::trace::{LIFE, Node, Op};
use crate::world::{Kept, World};
use asrun::disk::Disk;
use asrun::session::installed_roster;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// The most combinations that are tried at one moment; beyond it each choice is varied alone.
const PRODUCT: usize = 64;

/// What stands under a name: a folder, or a file with bytes.
type Tree = BTreeMap<PathBuf, Option<Vec<u8>>>;

#[derive(Clone, Debug)]
enum Bytes {
    Write { at: usize, bytes: Vec<u8> },
    Cut(usize),
}

impl Bytes {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Self::Cut(length) => to.resize(*length, 0),
            Self::Write { at, bytes } => {
                to.resize(to.len().max(at + bytes.len()), 0);
                to[*at..at + bytes.len()].copy_from_slice(bytes);
            }
        }
    }
}

#[derive(Clone, Debug)]
enum Naming {
    Add(PathBuf, Option<Node>),
    Take(PathBuf),
    /// Within one folder: both or neither.
    Move {
        from: PathBuf,
        to: PathBuf,
    },
}

impl Naming {
    fn folder(&self) -> &Path {
        let (Self::Add(path, _) | Self::Take(path) | Self::Move { to: path, .. }) = self;
        path.parent().unwrap_or(Path::new(""))
    }

    fn apply(&self, names: &mut BTreeMap<PathBuf, Option<Node>>) {
        match self {
            Self::Add(path, node) => {
                names.insert(path.clone(), *node);
            }
            Self::Take(path) => names.retain(|name, _| !name.starts_with(path)),
            Self::Move { from, to } => {
                let moved: Vec<_> = names.keys().filter(|name| name.starts_with(from)).cloned().collect();
                for name in moved {
                    let node = names.remove(&name).unwrap();
                    names.insert(to.join(name.strip_prefix(from).unwrap()).components().collect(), node);
                }
            }
        }
    }
}

/// What is safe, and what is on its way.
#[derive(Clone, Default)]
struct Model {
    safe_bytes: BTreeMap<Node, Vec<u8>>,
    loose_bytes: BTreeMap<Node, Vec<Bytes>>,
    safe_names: BTreeMap<PathBuf, Option<Node>>,
    loose_names: Vec<Naming>,
    /// The names as the program sees them.
    seen: BTreeMap<PathBuf, Option<Node>>,
}

impl Model {
    fn take(&mut self, op: &Op) {
        match op {
            Op::Folder(path) => self.name(Naming::Add(path.clone(), None)),
            Op::File(path, node) => {
                self.safe_bytes.insert(*node, Vec::new());
                self.loose_bytes.remove(node);
                self.name(Naming::Add(path.clone(), Some(*node)));
            }
            Op::Written { node, at, bytes } => {
                let at = usize::try_from(*at).unwrap();
                self.loose_bytes.entry(*node).or_default().push(Bytes::Write { at, bytes: bytes.clone() });
            }
            Op::Cut(node, length) => {
                let length = usize::try_from(*length).unwrap();
                self.loose_bytes.entry(*node).or_default().push(Bytes::Cut(length));
            }
            Op::Synced(node) => {
                let safe = self.safe_bytes.get_mut(node).unwrap();
                self.loose_bytes.remove(node).into_iter().flatten().for_each(|change| change.apply(safe));
            }
            Op::Renamed { from, to } if from.parent() == to.parent() => {
                self.name(Naming::Move { from: from.clone(), to: to.clone() });
            }
            // Across two folders each of them may have heard of it or not.
            Op::Renamed { from, to } => {
                let under: Vec<_> = self.seen.iter().filter(|(name, _)| name.starts_with(from)).collect();
                let joined = |name: &Path| to.join(name.strip_prefix(from).unwrap()).components().collect();
                let added: Vec<_> = under.iter().map(|(name, node)| Naming::Add(joined(name), **node)).collect();
                for naming in added {
                    // What lies inside of a folder moves along with it.
                    let inside = matches!(&naming, Naming::Add(path, _) if path != to);
                    self.name(naming.clone());
                    if inside {
                        self.loose_names.pop();
                        naming.apply(&mut self.safe_names);
                    }
                }
                self.name(Naming::Take(from.clone()));
            }
            Op::Removed(path) => self.name(Naming::Take(path.clone())),
            Op::SyncedFolder(folder) => {
                let (safe, loose) =
                    std::mem::take(&mut self.loose_names).into_iter().partition(|n| n.folder() == folder);
                self.loose_names = loose;
                let safe: Vec<Naming> = safe;
                safe.iter().for_each(|naming| naming.apply(&mut self.safe_names));
            }
            Op::Said(_) => {}
        }
    }

    fn name(&mut self, naming: Naming) {
        naming.apply(&mut self.seen);
        self.loose_names.push(naming);
    }

    /// What may have become of a file whose bytes were on their way.
    fn outcomes(&self, node: Node) -> Vec<Vec<u8>> {
        let (safe, loose) = (&self.safe_bytes[&node], &self.loose_bytes[&node]);
        let mut outcomes = vec![safe.clone()];
        let mut so_far = safe.clone();
        for change in loose {
            if let Bytes::Write { at, bytes } = change {
                let one_sector = at / 512 == (at + bytes.len().max(1) - 1) / 512;
                if !one_sector {
                    let mut half = so_far.clone();
                    Bytes::Write { at: *at, bytes: bytes[..bytes.len() / 2].to_vec() }.apply(&mut half);
                    let mut zeros = so_far.clone();
                    zeros.resize(zeros.len().max(at + bytes.len()), 0);
                    outcomes.extend([half, zeros]);
                }
            }
            change.apply(&mut so_far);
            outcomes.push(so_far.clone());
        }
        outcomes.dedup();
        // All of it stands last.
        let all = outcomes.pop().unwrap();
        outcomes.retain(|outcome| *outcome != all);
        outcomes.push(all);
        outcomes
    }

    /// Every state that a power cut at this moment may leave.
    fn states(&self) -> Vec<Tree> {
        let files: Vec<(Node, Vec<Vec<u8>>)> =
            self.loose_bytes.keys().map(|node| (*node, self.outcomes(*node))).filter(|(_, o)| o.len() > 1).collect();
        let counts: Vec<usize> =
            files.iter().map(|(_, outcomes)| outcomes.len()).chain(self.loose_names.iter().map(|_| 2)).collect();
        picks(&counts).iter().map(|pick| self.state(&files, pick)).collect()
    }

    fn state(&self, files: &[(Node, Vec<Vec<u8>>)], pick: &[usize]) -> Tree {
        let (of_files, of_names) = pick.split_at(files.len());
        let mut bytes = self.safe_bytes.clone();
        for ((node, outcomes), pick) in files.iter().zip(of_files) {
            bytes.insert(*node, outcomes[*pick].clone());
        }
        let mut names = self.safe_names.clone();
        for (naming, _) in self.loose_names.iter().zip(of_names).filter(|(_, pick)| **pick == 1) {
            naming.apply(&mut names);
        }
        names.into_iter().map(|(name, node)| (name, node.map(|node| bytes[&node].clone()))).collect()
    }
}

/// One number for each choice, the last being "it arrived".
fn picks(counts: &[usize]) -> Vec<Vec<usize>> {
    if counts.iter().try_fold(1_usize, |product, count| product.checked_mul(*count)).is_some_and(|p| p <= PRODUCT) {
        return counts.iter().fold(vec![vec![]], |picks, count| {
            let longer = |pick: Vec<usize>| (0..*count).map(move |n| [&pick[..], &[n]].concat());
            picks.into_iter().flat_map(longer).collect()
        });
    }
    let none = vec![0; counts.len()];
    let all: Vec<usize> = counts.iter().map(|count| count - 1).collect();
    let mut picks = vec![none.clone(), all.clone()];
    for base in [none, all] {
        for (at, count) in counts.iter().enumerate() {
            picks.extend((0..*count).map(|n| {
                let mut pick = base.clone();
                pick[at] = n;
                pick
            }));
        }
    }
    picks
}

/// What was said before the power went.
#[derive(Clone, Default)]
struct Words {
    answers: Vec<Value>,
    done: Vec<String>,
}

impl Words {
    fn take(&mut self, words: &Value) {
        match words["done"].as_str() {
            Some(done) => self.done.push(done.to_owned()),
            None => self.answers.push(words.clone()),
        }
    }

    fn sealed(&self) -> bool {
        self.answers.iter().any(|answer| answer.get("bundle").is_some())
    }
}

/// A station after the power came back.
fn station(before: &Kept, tree: &Tree) -> World {
    let world = before.world();
    let root = world.path("");
    for (name, bytes) in tree {
        let path = root.join(name);
        // A name whose folder did not arrive did not arrive either.
        let _ = match bytes {
            None => std::fs::create_dir(&path),
            Some(bytes) => std::fs::write(&path, bytes),
        };
    }
    world
}

/// The three questions.
fn asked(world: &World, words: &Words, what: &str) {
    let said = acknowledged(&words.answers);
    let bundle = the_run(world).map(|run| world.home.run(&run).dir);
    let sealed = bundle.as_ref().is_some_and(|bundle| bundle.join("receipt.json").is_file());
    assert!(sealed || !words.sealed(), "{what}: the seal is gone");
    match the_run(world) {
        None => {
            assert_eq!(said, 0, "{what}: the run is gone");
            let package = world.path("small.lep");
            let (answers, ended) = driven(world, &Disk::new(), package.to_str().unwrap(), &super::stage::lines()[..1]);
            assert!(ended.is_none() && answers[0]["ok"] == true, "{what}: {answers:?} {ended:?}");
        }
        Some(_) if sealed => assert!(verifies(&bundle.unwrap()), "{what}: the bundle is spoilt"),
        Some(run) => {
            let there = journal(world, &run).len() as u64;
            assert!(there >= said, "{what}: {said} were said, {there} are there");
            let closed = journal(world, &run).last().is_some_and(|line| line["record"]["kind"] == "run.closed");
            let act =
                if closed { json!({"intent": "seal"}) } else { json!({"intent": "note", "text": "taken up again"}) };
            let mut act = act;
            act["as"] = journal(world, &run)[0]["record"]["actor"].clone();
            let (answers, ended) = driven(world, &Disk::new(), run.as_str(), &[act.to_string()]);
            assert!(ended.is_none() && answers[0]["ok"] == true, "{what}: {answers:?} {ended:?}");
            let kept = journal(world, &run).len() as u64;
            assert!(kept >= said, "{what}: {said} were said, {kept} were kept");
            assert!(!closed || verifies(&world.home.run(&run).dir), "{what}: it was sealed into something else");
        }
    }
    let done = |what: &str| words.done.iter().any(|done| done == what);
    let exported = there(&world.path("run.proof"));
    assert!(exported || !done("export"), "{what}: the export is gone");
    assert!(!done("sign-off in a folder") || bears_one(&bundle_of(world)), "{what}: the sign-off is gone");
    assert!(!done("sign-off in a file") || bears_one(&world.path("run.proof")), "{what}: the sign-off is gone");
    assert!(there(&copied(world)) || !done("import"), "{what}: the import is gone");
    let serial = installed_roster(&world.home).unwrap_or_else(|e| panic!("{what}: {e}")).0.serial;
    assert!(serial == 2 || !done("roster"), "{what}: the roster is gone");
}

fn bundle_of(world: &World) -> PathBuf {
    world.home.run(&the_run(world).unwrap()).dir
}

#[test]
fn whatever_a_power_cut_leaves_holds_all_that_was_said_and_goes_on() {
    let (before, ops) = &*LIFE;
    let mut model = Model::default();
    let mut words = Words::default();
    let mut known = HashSet::new();
    let mut cases = Vec::new();
    for (at, op) in ops.iter().enumerate() {
        model.take(op);
        if let Op::Said(said) = op {
            words.take(said);
        }
        for mut tree in model.states() {
            // The lock and its holder's name die with the machine.
            tree.retain(|name, _| !(may_lag(name) && name.ends_with("lock")));
            let mut hasher = DefaultHasher::new();
            (&tree, acknowledged(&words.answers), &words.done, words.sealed()).hash(&mut hasher);
            if known.insert(hasher.finish()) {
                cases.push((at, tree, words.clone()));
            }
        }
    }
    let every = number("ASRUN_POWER_EVERY", 151);
    let taken: Vec<_> = cases.iter().step_by(every).collect();
    println!("{} effects, {} states, {} of them tried", ops.len(), cases.len(), taken.len());
    taken.par_iter().for_each(|(at, tree, words)| {
        asked(
            &station(before, tree),
            words,
            &format!("after {at}, {}", &format!("{:?}", ops[*at]).chars().take(120).collect::<String>()),
        );
    });
    assert!(cases.len() > 500, "{}", cases.len());
}
