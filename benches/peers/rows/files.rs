//! P5 and P8: many files. W1 as a sealed bundle with one signed record for each file, against what the peers keep of the
//! same files; the peers sign nothing, but in-toto, which signs once.

use crate::acts;
use crate::gauge::{Cost, cost};
use crate::pair::{Pairs, Spread};
use crate::peers::{self, Peer};
use crate::scale::Scale;
use crate::site::{Site, WELL};
use crate::table::{Goal, Row};
use crate::workload;
use std::path::{Path, PathBuf};

/// Goals by the tool's name: with one record a file, then with a few records for all of them.
const GOALS: &[(&str, &str, f64)] = &[
    ("P5", "bagit.py", 3.0),
    ("P5", "hashdeep", 1.0),
    ("P8", "restic", 3.0),
    ("P8", "borg", 2.3),
    ("P8", "in-toto-verify", 3.0),
];

pub(super) fn rows(scale: &Scale, folder: &Path) {
    let folder = folder.join("files");
    let files = workload::files(&folder.join("W1"), scale.files);
    let site = Site::new(&folder.join("site"));
    let bundle = sealed(&site, &files);
    for peer in peers::all(&folder.join("W1"), &folder.join("peers")) {
        match peer {
            Ok(peer) => {
                let made = Spread::of(vec![peer.made.wall * 1e3 / scale.files as f64]);
                Row::figure("", format!("the record behind {}, for each file", peer.name), made, "ms", Goal::None)
                    .print();
                beside(scale, &site, &bundle, &peer).print();
            }
            Err(name) => Row::missing("P5", format!("verify W1 against {name}"), "not installed").print(),
        }
    }
    let costs: Vec<Cost> = (0..scale.pairs).map(|_| site.verify(&bundle)).collect();
    let wanted = if scale.is_full { Goal::Most(0.4) } else { Goal::None };
    let wall = Spread::of(costs.iter().map(|cost| cost.wall).collect());
    Row::figure("P8", "verify W1, a record a file", wall, "s", wanted).print();
    let peak = Spread::of(costs.iter().map(|cost| cost.peak as f64 / f64::from(1 << 20)).collect());
    Row::figure("P10", "memory of verify, W1", peak, "MiB", Goal::Most(64.0)).print();
    Row::missing("P5", "verify W1, at most 100 records", "no act of this bench takes several files").print();
}

/// Captures the files one act each, and seals.
fn sealed(site: &Site, files: &[PathBuf]) -> PathBuf {
    let attached: String = files.iter().map(|file| acts::attach(file)).collect();
    let acts = acts::begun() + &attached + &acts::ended();
    let package = site.package(1);
    let cost = cost(&site.drive(&package.display().to_string(), "files.jsonl", &acts), WELL);
    let each = Spread::of(vec![cost.wall * 1e3 / files.len() as f64]);
    Row::figure("", "capture and seal W1, one act a file, for each file", each, "ms", Goal::None).print();
    site.runs().pop().expect("the sealed run")
}

fn beside(scale: &Scale, site: &Site, bundle: &Path, peer: &Peer) -> Row {
    let pairs = Pairs::run(scale.pairs, || site.verify(bundle), || peer.check());
    let named = GOALS.iter().find(|(_, tool, _)| peer.name.starts_with(tool));
    let (goal, wanted) = named.map_or(("", Goal::None), |(goal, _, least)| (*goal, Goal::Faster(*least)));
    Row::pairs(goal, format!("verify W1, a record a file, against {}", peer.name), &pairs, wanted)
}
