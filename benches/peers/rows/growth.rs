//! How work grows with size: processor time of the real program at each power of ten, less what it takes at size one.
//! Ten times the size may cost twelve times the work. The curves go into a picture where `ASRUN_PICTURES` names a folder.

mod curves;

use crate::picture;
use crate::scale::Scale;
use crate::site::Site;
use crate::table::time;
use curves::{Curve, curves};
use std::path::Path;

/// The most that ten times the size may cost.
const MOST: f64 = 12.0;
/// Less work than this, in seconds, drowns in what else a machine does: no ratio is drawn from it.
const LEAST: f64 = 0.02;

/// What one curve showed: its name, what it counts, and work by size.
pub(crate) struct Grown {
    pub(crate) name: &'static str,
    pub(crate) of: &'static str,
    pub(crate) points: Vec<(usize, f64)>,
}

impl Grown {
    /// Work for ten times the size in parts of the work before, where there is enough of it to say.
    fn ratios(&self) -> impl Iterator<Item = (usize, f64)> {
        let steps = self.points.windows(2).filter(|pair| pair[0].1 >= LEAST);
        steps.map(|pair| (pair[1].0, pair[1].1 / pair[0].1))
    }
}

pub(super) fn rows(scale: &Scale, folder: &Path) {
    println!("\nwork by size, and the ratio for each tenfold (wanted <= {MOST})");
    let grown: Vec<Grown> = curves(scale).iter().map(|curve| grow(curve, &folder.join("growth"))).collect();
    picture::keep("growth", &picture::curves(&grown));
}

fn grow(curve: &Curve, folder: &Path) -> Grown {
    let site = Site::new(folder);
    let at_size_one = curve.least(&site, 1);
    let mut grown = Grown { name: curve.name, of: curve.of, points: Vec::new() };
    for size in &curve.sizes {
        grown.points.push((*size, (curve.least(&site, *size) - at_size_one).max(0.0001)));
    }
    std::fs::remove_dir_all(folder).expect("the site is removed");
    let points: Vec<_> = grown.points.iter().map(|(size, work)| format!("{size}: {}", time(*work))).collect();
    let ratios: Vec<_> = grown.ratios().map(|(_, ratio)| format!("{ratio:.1}")).collect();
    let answer = match grown.ratios().map(|(_, ratio)| ratio).fold(0.0, f64::max) {
        0.0 => "too little work to say",
        worst if worst <= MOST => "met",
        _ => "NOT MET",
    };
    println!("{:<10} {:<24} {}  x {}  {answer}", curve.of, curve.name, points.join(", "), ratios.join(", "));
    grown
}
