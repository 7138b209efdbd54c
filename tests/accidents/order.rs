//! The order of writing: bytes before names, names before words, evidence before its record, the record before its head.

use super::trace::{LIFE, Node, Op};
use rayon::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Names whose bytes may lag: after a power cut they are old or empty, and nobody relies on them (FORMAT.md §4). What was
/// checked and what was taken in are caches: whatever stands in them is held against the files that they speak of.
pub fn may_lag(path: &Path) -> bool {
    let local = path.components().any(|part| part.as_os_str().to_string_lossy().ends_with(".local"));
    local
        && (path.ends_with("head.json")
            || path.ends_with("lock")
            || path.ends_with("taken.jsonl")
            || path.ends_with("checked.json")
            || path.parent().is_some_and(|p| p.ends_with("drafts")))
}

/// The disk as far as the rules need it.
#[derive(Default)]
struct Held {
    names: BTreeMap<PathBuf, Option<Node>>,
    bytes: BTreeMap<Node, Vec<u8>>,
    /// Files with bytes that are not flushed.
    dirty: BTreeSet<Node>,
    /// Names that are not flushed with their folder.
    loose: BTreeSet<PathBuf>,
    /// Records of captured files that were looked at.
    captured: usize,
    faults: Vec<String>,
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

impl Held {
    fn name_of(&self, node: Node) -> PathBuf {
        self.names.iter().find(|(_, found)| **found == Some(node)).map(|(name, _)| name.clone()).unwrap_or_default()
    }

    fn must(&mut self, holds: bool, at: usize, rule: impl FnOnce() -> String) {
        if !holds {
            self.faults.push(format!("step {at}: {}", rule()));
        }
    }

    /// Whether a file, or everything in a folder, is safe: its bytes and its name.
    fn safe(&self, path: &Path, its_own_name: bool) -> bool {
        let within = self.names.iter().filter(|(name, _)| name.starts_with(path));
        within.filter(|(name, _)| !may_lag(name)).all(|(name, node)| {
            let named = (!its_own_name && name == path) || !self.loose.contains(name);
            named && node.is_none_or(|node| !self.dirty.contains(&node))
        })
    }

    fn take(&mut self, at: usize, op: &Op) {
        match op {
            Op::Folder(path) => {
                self.names.insert(path.clone(), None);
                self.loose.insert(path.clone());
            }
            Op::File(path, node) => {
                self.names.insert(path.clone(), Some(*node));
                self.bytes.insert(*node, Vec::new());
                self.loose.insert(path.clone());
            }
            Op::Written { node, at: place, bytes } => self.written(at, *node, *place, bytes),
            Op::Cut(node, length) => {
                self.bytes.get_mut(node).unwrap().resize(usize::try_from(*length).unwrap(), 0);
                self.dirty.insert(*node);
            }
            Op::Synced(node) => {
                self.dirty.remove(node);
            }
            Op::Renamed { from, to } => self.renamed(at, from, to),
            Op::Removed(path) => self.names.retain(|name, _| !name.starts_with(path)),
            Op::SyncedFolder(folder) => self.loose.retain(|name| parent(name) != folder),
            Op::Said(words) => self.said(at, words),
        }
        let names = &self.names;
        self.loose.retain(|name| names.contains_key(name));
    }

    fn written(&mut self, at: usize, node: Node, place: u64, bytes: &[u8]) {
        let name = self.name_of(node);
        if name.ends_with("journal.jsonl") {
            self.evidence_is_safe(at, &name, bytes);
        }
        if name.ends_with("head.json") {
            let head: Value = serde_json::from_slice(bytes).unwrap();
            self.record_is_safe(at, head["seq"].as_u64().unwrap(), "the head");
        }
        // The header of a member in an archive makes the member count: it comes last, over flushed bytes.
        if name.extension().is_some_and(|e| e == "proof") && bytes.len() == 512 {
            let clean = !self.dirty.contains(&node);
            self.must(clean, at, || "a member's header before its bytes are safe".into());
        }
        let place = usize::try_from(place).unwrap();
        let held = self.bytes.get_mut(&node).unwrap();
        held.resize(held.len().max(place + bytes.len()), 0);
        held[place..place + bytes.len()].copy_from_slice(bytes);
        self.dirty.insert(node);
    }

    fn evidence_is_safe(&mut self, at: usize, journal: &Path, line: &[u8]) {
        let Ok(line) = serde_json::from_slice::<Value>(line) else { return };
        let record = &line["record"];
        if record["kind"] != "evidence.captured" {
            return;
        }
        self.captured += 1;
        let digest = record["data"]["file"]["blake3"].as_str().unwrap();
        let file = parent(journal).join("evidence").join(digest.rsplit(':').next().unwrap());
        let safe = self.names.contains_key(&file) && self.safe(&file, true);
        self.must(safe, at, || format!("a record before its evidence {} is safe", file.display()));
    }

    fn record_is_safe(&mut self, at: usize, seq: u64, who: &str) {
        let journal = self.names.iter().find(|(name, _)| name.ends_with("data/journal.jsonl"));
        let lines = journal.and_then(|(_, node)| {
            let node = (*node)?;
            let whole = self.bytes[&node].iter().filter(|byte| **byte == b'\n').count() as u64;
            Some((whole, !self.dirty.contains(&node)))
        });
        let safe = seq == 0 || lines.is_some_and(|(whole, clean)| clean && whole >= seq);
        self.must(safe, at, || format!("{who} before record {seq} is safe"));
    }

    fn renamed(&mut self, at: usize, from: &Path, to: &Path) {
        if !may_lag(to) {
            let safe = self.safe(from, false);
            self.must(safe, at, || format!("{} gets its name before its bytes are safe", to.display()));
        }
        if to.ends_with("receipt.json") {
            let run = parent(to).to_owned();
            let rest: Vec<PathBuf> = self.names.keys().filter(|n| n.starts_with(&run) && *n != from).cloned().collect();
            let safe = rest.iter().all(|name| *name == run || self.safe(name, true));
            self.must(safe, at, || "the receipt before what it seals is safe".into());
        }
        if to.to_string_lossy().contains("/signoffs/") && to.extension().is_some_and(|e| e == "json") {
            let signature = PathBuf::from(format!("{}.sig", to.display()));
            let safe = self.names.contains_key(&signature) && self.safe(&signature, true);
            self.must(safe, at, || "a statement before its signature is safe".into());
        }
        let moved: Vec<_> = self.names.keys().filter(|name| name.starts_with(from)).cloned().collect();
        for name in moved {
            let node = self.names.remove(&name).unwrap();
            let loose = self.loose.remove(&name);
            let now = if name == from { to.to_owned() } else { to.join(name.strip_prefix(from).unwrap()) };
            if loose || name == from {
                self.loose.insert(now.clone());
            }
            self.names.insert(now, node);
        }
    }

    /// When something is said to be so, nothing of it may still be on its way.
    fn said(&mut self, at: usize, words: &Value) {
        let good = words["ok"] == true || words.get("done").is_some();
        if !good {
            return;
        }
        if let Some(seq) = words["records"].as_array().and_then(|records| records.last()?.as_u64()) {
            self.record_is_safe(at, seq, "the answer");
        }
        let names: Vec<PathBuf> = self.names.keys().cloned().collect();
        for name in names.iter().filter(|name| !may_lag(name)) {
            let node = self.names[name];
            let safe = !self.loose.contains(name) && node.is_none_or(|node| !self.dirty.contains(&node));
            self.must(safe, at, || format!("{words} is said before {} is safe", name.display()));
        }
    }
}

/// What is wrong with a life, or with one that lacks the step `without`.
fn faults(ops: &[Op], without: Option<usize>) -> Vec<String> {
    let mut held = Held::default();
    let done = ops.iter().enumerate().filter(|(at, _)| Some(*at) != without);
    done.for_each(|(at, op)| held.take(at, op));
    assert!(held.captured > 0, "no evidence was captured: the rule was not asked");
    held.faults
}

#[test]
fn bytes_are_safe_before_names_evidence_before_records_and_everything_before_it_is_said() {
    let ops = &LIFE.1;
    let said = ops.iter().filter(|op| matches!(op, Op::Said(_))).count();
    println!("{} effects, {said} times something was said", ops.len() - said);
    assert_eq!(faults(ops, None), [] as [&str; 0]);
}

#[test]
fn a_sync_that_is_left_out_is_noticed() {
    let ops = &LIFE.1;
    let syncs: Vec<usize> =
        (0..ops.len()).filter(|at| matches!(ops[*at], Op::Synced(_) | Op::SyncedFolder(_))).collect();
    let unnoticed: Vec<&Op> =
        syncs.par_iter().filter(|at| faults(ops, Some(**at)).is_empty()).map(|at| &ops[*at]).collect();
    println!("{} syncs, {} of them are not needed by a rule", syncs.len(), unnoticed.len());
    // Flushed twice: what lies there already is flushed again by whoever comes later and cannot know.
    for op in &unnoticed {
        println!("  {op:?}");
    }
    assert!(unnoticed.len() * 2 < syncs.len(), "{unnoticed:#?}");
}
