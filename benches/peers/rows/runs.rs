//! W4: a home with many sealed runs. Listing them, warm and for the first time, and verifying the folder as one.

use crate::acts;
use crate::gauge::{Cost, cost};
use crate::pair::{Pairs, Spread};
use crate::scale::Scale;
use crate::site::{READ, Site, WELL};
use crate::table::{Goal, Row};
use std::path::Path;

pub(super) fn rows(scale: &Scale, folder: &Path) {
    let site = Site::new(&folder.join("runs"));
    let package = site.package(1).display().to_string();
    for _ in 0..scale.runs {
        cost(&site.drive(&package, "run.jsonl", &acts::worked(1)), WELL);
    }
    let each = |cost: Cost| cost.wall * 1e3 / scale.runs as f64;
    let list = || each(cost(&site.asrun(&["runs"]), WELL));
    let cold = || {
        // A cache and nothing else: where there is none, every listing is the first.
        let _ = std::fs::remove_dir_all(site.home.join("cache"));
        list()
    };
    let what = |how: &str| format!("runs: {} sealed runs {how}, for each", scale.runs);
    let first = Spread::of((0..scale.pairs).map(|_| cold()).collect());
    Row::figure("", what("without a cache"), first, "ms", Goal::None).print();
    let warm = Spread::of((0..scale.pairs).map(|_| list()).collect());
    Row::figure("", what("warm"), warm, "ms", Goal::Most(0.2)).print();
    let folder = site.home.join("runs");
    let (first, together) = (site.runs().swap_remove(0), || cost(site.asrun(&["verify"]).arg(&folder), READ));
    let alone = || {
        let cost = cost(site.asrun(&["verify"]).arg(&first), READ);
        Cost { wall: cost.wall * scale.runs as f64, ..cost }
    };
    let what = format!("verify a folder of {}, against as many processes", scale.runs);
    Row::pairs("", what, &Pairs::run(scale.pairs, together, alone), Goal::None).print();
}
