//! P3, P4 and P6: one big file. Capturing it against a copy that is synced and against hashing alone; verifying it
//! against who hashes it once.

use crate::acts;
use crate::gauge::{Cost, cost};
use crate::pair::{Pairs, Spread};
use crate::peers;
use crate::scale::Scale;
use crate::site::{Site, WELL};
use crate::table::{Goal, Row};
use crate::tools::{prepare, shell, tool};
use crate::workload;
use std::path::{Path, PathBuf};

/// More than this is not laid into memory.
const IN_MEMORY: u64 = 1 << 30;

pub(super) fn rows(scale: &Scale, folder: &Path) {
    let folder = folder.join("big");
    std::fs::create_dir_all(folder.join("W2")).expect("a folder");
    let file = folder.join("W2/w2.bin");
    workload::big(&file, scale.big);
    let stage = Stage::new(&folder.join("site"), file);
    stage.against_a_copy(scale);
    in_memory(scale);
    stage.verified(scale, &folder);
}

/// A site, and the file that is captured there again and again.
struct Stage {
    site: Site,
    package: String,
    file: PathBuf,
}

impl Stage {
    fn new(folder: &Path, file: PathBuf) -> Self {
        let site = Site::new(folder);
        let package = site.package(1).display().to_string();
        Self { site, package, file }
    }

    /// Captures the file in a new run that is thrown away before the next.
    fn capture(&self) -> Cost {
        for run in self.site.runs() {
            std::fs::remove_dir_all(run).expect("the run before");
        }
        prepare(shell(&self.site.folder, "sync -f ."));
        let acts = acts::begun() + &acts::attach(&self.file);
        cost(&self.site.drive(&self.package, "big.jsonl", &acts), WELL)
    }

    fn against_a_copy(&self, scale: &Scale) {
        let copy = |name: &str| {
            prepare(shell(&self.site.folder, &format!("rm -f {name}; sync -f .")));
            cost(&shell(&self.site.folder, &format!("cp {} {name}; sync {name}", self.file.display())), WELL)
        };
        let pairs = Pairs::cold(scale.pairs, || self.capture(), || copy("copy.bin"));
        Row::pairs("P3", "capture W2, durable, against cp + sync", &pairs, Goal::Times(1.5)).print();
        let peak = f64::from(u32::try_from(pairs.ours().peak >> 20).unwrap_or(u32::MAX));
        Row::figure("P3", "memory of capturing W2", Spread::of(vec![peak]), "MiB", Goal::Most(64.0)).print();
        std::fs::remove_file(self.site.folder.join("copy.bin")).expect("the copy");
    }

    fn hashed(&self) -> Option<Cost> {
        let file = self.file.display().to_string();
        tool("openssl", &self.site.folder, &["dgst", "-sha256", &file]).map(|command| cost(&command, WELL))
    }

    /// Seals the captured file, and verifies it beside those who hash it.
    fn verified(&self, scale: &Scale, folder: &Path) {
        self.capture();
        let run = self.site.runs().pop().expect("the captured run");
        let name = run.file_name().expect("a name").to_string_lossy().into_owned();
        cost(&self.site.drive(&name, "end.jsonl", &acts::ended()), WELL);
        let verify = || self.site.verify(&run);
        if self.hashed().is_some() {
            let pairs = Pairs::run(scale.pairs, verify, || self.hashed().unwrap_or_default());
            Row::pairs("P6", "verify W2 against openssl dgst -sha256", &pairs, Goal::Times(1.15)).print();
            let peak = f64::from(u32::try_from(pairs.ours().peak >> 20).unwrap_or(u32::MAX));
            Row::figure("P10", "memory of verify, W2", Spread::of(vec![peak]), "MiB", Goal::Most(64.0)).print();
        }
        for name in ["bagit.py", "hashdeep", "b3sum"] {
            let what = |name: &str| format!("verify W2 against {name}");
            // A peer's copy of the file is gone before the next one makes its own.
            match peers::one(name, &folder.join("W2"), &folder.join("peers")) {
                Some(peer) => {
                    let pairs = Pairs::run(scale.pairs, verify, || peer.check());
                    Row::pairs("", what(peer.name), &pairs, Goal::None).print();
                    std::fs::remove_dir_all(folder.join("peers")).expect("the peer's copy");
                }
                None => Row::missing("", what(name), "not installed").print(),
            }
        }
    }
}

/// The same capture where no disk is waited for: home and file lie in memory.
fn in_memory(scale: &Scale) {
    let what = "capture W2 in memory, against openssl dgst -sha256";
    let Ok(memory) = tempfile::Builder::new().prefix("peers-").tempdir_in("/dev/shm") else {
        return Row::missing("P4", what, "no file system in memory").print();
    };
    let file = memory.path().join("w2.bin");
    workload::big(&file, scale.big.min(IN_MEMORY));
    let stage = Stage::new(&memory.path().join("site"), file);
    if stage.hashed().is_none() {
        return Row::missing("P4", what, "openssl: not installed").print();
    }
    let pairs = Pairs::run(scale.pairs, || stage.capture(), || stage.hashed().unwrap_or_default());
    Row::pairs("P4", what, &pairs, Goal::Times(1.25)).print();
}
