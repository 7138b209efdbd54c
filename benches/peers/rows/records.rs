//! P7, P9, P10 and P12: many records. W3 at each of its sizes: made, taken up again, sealed, verified against the bare
//! loop over its own signatures on the same threads.

use crate::acts;
use crate::floors::Signed;
use crate::gauge::{Cost, cost};
use crate::pair::{Pairs, Spread, middle};
use crate::scale::{Scale, threads};
use crate::site::{READ, Site, WELL};
use crate::table::{Goal, Row};
use crate::tools::{find, prepare, shell};
use std::path::{Path, PathBuf};

/// Signatures that the floor checks again and again.
const DISTINCT: usize = 10_000;
/// Processes of a peer that checks one signature each.
const PROCESSES: usize = 100;

pub(super) fn rows(scale: &Scale, folder: &Path) {
    for size in scale.records {
        let site = Site::new(&folder.join(format!("records-{size}")));
        Journal { site: &site, size: *size, pairs: scale.pairs }.rows();
        std::fs::remove_dir_all(&site.folder).expect("the site is removed");
    }
}

struct Journal<'a> {
    site: &'a Site,
    size: usize,
    pairs: usize,
}

impl Journal<'_> {
    fn rows(&self) {
        let run = self.made();
        self.resumed(&run);
        self.drive(&run, &acts::ended());
        self.verified(&run);
        self.quick(&run);
        if self.size == DISTINCT {
            self.against_processes(&run);
        }
    }

    fn named(&self, what: &str) -> String {
        format!("{what}, W3 of 10^{}", self.size.ilog10())
    }

    fn million(&self, goal: Goal) -> Goal {
        if self.size == 1_000_000 { goal } else { Goal::None }
    }

    /// Writes the journal and leaves the run open.
    fn made(&self) -> PathBuf {
        let package = self.site.package(1).display().to_string();
        let acts = acts::begun() + &acts::notes(self.size);
        let cost = cost(&self.site.drive(&package, "notes.jsonl", &acts), WELL);
        let each = Spread::of(vec![cost.wall * 1e6 / self.size as f64]);
        Row::figure("", self.named("append, for each record"), each, "us", Goal::None).print();
        self.site.runs().pop().expect("the open run")
    }

    fn drive(&self, run: &Path, acts: &str) -> Cost {
        let name = run.file_name().expect("a name").to_string_lossy().into_owned();
        cost(&self.site.drive(&name, "more.jsonl", acts), WELL)
    }

    /// Taking the run up again, with one note: once with all of it to be proved, once from where the last look left off.
    fn resumed(&self, run: &Path) {
        let checkpoint = run.with_extension("local").join("checked.json");
        let bare = || {
            // A cache and nothing else: where there is none, everything is proved each time.
            let _ = std::fs::remove_file(&checkpoint);
            self.drive(run, &acts::note(0))
        };
        let costs: Vec<Cost> = (0..self.pairs).map(|_| bare()).collect();
        self.taken_up("without a checkpoint", &costs);
        let costs: Vec<Cost> = (0..self.pairs).map(|_| self.drive(run, &acts::note(0))).collect();
        self.taken_up("from what is there", &costs);
    }

    fn taken_up(&self, how: &str, costs: &[Cost]) {
        let figure = Spread::of(costs.iter().map(|cost| cost.wall).collect());
        let what = format!("take up again {how}, {} MiB", middle(costs.iter().copied()).peak >> 20);
        Row::figure("P12", self.named(&what), figure, "s", self.million(Goal::Most(3.0))).print();
    }

    fn verified(&self, run: &Path) {
        let public = self.site.home.join("keys/a.ortiz.pub");
        let signed = Signed::read(&run.join("data/journal.jsonl"), &public, DISTINCT);
        let bare = || Cost { wall: signed.check(self.size, threads()).as_secs_f64(), ..Cost::default() };
        let pairs = Pairs::run(self.pairs, || self.site.verify(run), bare);
        let what = self.named(&format!("verify, {} threads, against bare verify_strict", threads()));
        Row::pairs("P7", what, &pairs, Goal::Times(1.15)).print();
        let peak = f64::from(u32::try_from(pairs.ours().peak >> 20).unwrap_or(u32::MAX));
        Row::figure("P10", self.named("memory of verify"), Spread::of(vec![peak]), "MiB", Goal::Most(64.0)).print();
    }

    fn quick(&self, run: &Path) {
        let what = self.named("verify --quick, links only");
        if !self.site.done(&mut self.site.asrun(&["verify", "--help"])).contains("--quick") {
            return Row::missing("P7", what, "there is no such option").print();
        }
        let verify = || cost(self.site.asrun(&["verify", "--quick"]).arg(run), READ).wall;
        let figure = Spread::of((0..self.pairs).map(|_| verify()).collect());
        Row::figure("P7", what, figure, "s", self.million(Goal::Most(2.0))).print();
    }

    /// One of our signatures, with all that is asked about its record, against one process of a peer.
    fn against_processes(&self, run: &Path) {
        let ours = || {
            let cost = self.site.verify(run);
            Cost { wall: cost.wall / self.size as f64, ..cost }
        };
        for (name, check) in [("ssh-keygen", SSH_CHECK), ("minisign", MINISIGN_CHECK)] {
            let what = format!("one signature, against one process of {name}");
            let Some(path) = find(name) else { return Row::missing("P9", what, "not installed").print() };
            let fill = |text: &str| text.replace("TOOL", &path.display().to_string());
            prepare(shell(&self.site.folder, &fill(if name == "minisign" { MINISIGN_MAKE } else { SSH_MAKE })));
            let check = format!("for n in $(seq {PROCESSES}); do {}; done", fill(check));
            let theirs = || {
                let cost = cost(&shell(&self.site.folder, &check), WELL);
                Cost { wall: cost.wall / PROCESSES as f64, ..cost }
            };
            let wanted = if name == "ssh-keygen" { Goal::Faster(100.0) } else { Goal::None };
            Row::pairs("P9", what, &Pairs::run(self.pairs, ours, theirs), wanted).print();
        }
    }
}

const SSH_MAKE: &str = "rm -f peer* ; TOOL -q -t ed25519 -N '' -f peer; echo hello > message
    echo \"me $(cut -d' ' -f1,2 peer.pub)\" > signers; TOOL -q -Y sign -f peer -n file message";
const SSH_CHECK: &str = "TOOL -q -Y verify -f signers -I me -n file -s message.sig < message";
const MINISIGN_MAKE: &str =
    "rm -f mini*; echo hello > message; TOOL -G -W -p mini.pub -s mini.key; TOOL -S -s mini.key -m message";
const MINISIGN_CHECK: &str = "TOOL -V -q -p mini.pub -m message";
