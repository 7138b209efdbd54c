//! P1 and P2: one act of a person, until it is on the disk. Each act is a line into a driven session and its answer out;
//! the floor makes the same syncs and nothing else.

use crate::acts;
use crate::floors;
use crate::pair::Spread;
use crate::scale::Scale;
use crate::session::Live;
use crate::site::Site;
use crate::table::{Goal, Row};
use crate::workload;
use std::path::Path;

pub(super) fn rows(scale: &Scale, folder: &Path) {
    let site = Site::new(&folder.join("append"));
    let package = site.package(1);
    let mut live = Live::start(&site, &package);
    let length = live.record_length();
    let notes: Vec<_> = (0..scale.pairs)
        .map(|_| {
            let ours = (0..scale.appends).map(|n| live.act(&acts::note(n))).collect();
            [ours, floors::appends(&site.folder, scale.appends, length)]
        })
        .collect();
    print("P1", "append a record", &notes, [Goal::Times(1.35), Goal::Times(1.6)]);
    let captures: Vec<_> = (0..scale.pairs)
        .map(|round| {
            let files = workload::files(&site.folder.join(format!("captured-{round}")), scale.appends);
            let ours = files.iter().map(|file| live.act(&acts::attach(file))).collect();
            let bytes: Vec<_> = files.iter().map(|file| std::fs::read(file).expect("a file")).collect();
            [ours, floors::captures(&site.folder, &bytes, length)]
        })
        .collect();
    print("P2", "capture a file of 16 KiB", &captures, [Goal::Times(1.3), Goal::None]);
}

/// p50 and p99 of ours in parts of those of the floor, round by round.
fn print(goal: &'static str, what: &str, rounds: &[[Vec<f64>; 2]], goals: [Goal; 2]) {
    for (share, wanted) in [50, 99].into_iter().zip(goals) {
        let pairs = rounds.iter().map(|sides| sides.clone().map(|side| quantile(side, share)));
        let ours = Spread::of(pairs.clone().map(|pair| pair[0] * 1e3).collect());
        let ratio = Spread::of(pairs.map(|[ours, floor]| ours / floor).collect());
        let what = format!("{what}, p{share} {:.3} ms, against the bare writes and syncs", ours.median);
        Row::figure(goal, what, ratio, "x", wanted).print();
    }
}

fn quantile(mut times: Vec<f64>, share: usize) -> f64 {
    times.sort_by(f64::total_cmp);
    times[(times.len() * share / 100).min(times.len() - 1)]
}
