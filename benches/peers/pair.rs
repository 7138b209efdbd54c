//! Alternating pairs: ours and theirs one after the other, in turn first and second, so that whatever else the machine
//! does meets both. Only ratios of such pairs are quoted.

use crate::gauge::Cost;

/// Median, least and most of a few figures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Spread {
    pub(crate) fn of(mut figures: Vec<f64>) -> Self {
        assert!(!figures.is_empty(), "nothing was measured");
        figures.sort_by(f64::total_cmp);
        Self { median: figures[figures.len() / 2], min: figures[0], max: figures[figures.len() - 1] }
    }
}

/// What both sides took, pair by pair.
pub(crate) struct Pairs(Vec<(Cost, Cost)>);

impl Pairs {
    /// Runs both sides this often, after one round that only warms what is read.
    pub(crate) fn run(count: usize, mut ours: impl FnMut() -> Cost, mut theirs: impl FnMut() -> Cost) -> Self {
        ours();
        theirs();
        Self::cold(count, ours, theirs)
    }

    /// The same without a first round, for what writes.
    pub(crate) fn cold(count: usize, mut ours: impl FnMut() -> Cost, mut theirs: impl FnMut() -> Cost) -> Self {
        let pair = |n: usize| match n % 2 {
            0 => (ours(), theirs()),
            _ => {
                let theirs = theirs();
                (ours(), theirs)
            }
        };
        Self((0..count).map(pair).collect())
    }

    /// Ours in parts of theirs: 1.5 means that we take half again as long.
    pub(crate) fn times(&self) -> Spread {
        Spread::of(self.0.iter().map(|(ours, theirs)| ours.wall / theirs.wall).collect())
    }

    /// How many times faster ours is.
    pub(crate) fn faster(&self) -> Spread {
        Spread::of(self.0.iter().map(|(ours, theirs)| theirs.wall / ours.wall).collect())
    }

    pub(crate) fn ours(&self) -> Cost {
        middle(self.0.iter().map(|pair| pair.0))
    }

    pub(crate) fn theirs(&self) -> Cost {
        middle(self.0.iter().map(|pair| pair.1))
    }
}

/// Median times, and the largest memory.
pub(crate) fn middle(costs: impl Iterator<Item = Cost> + Clone) -> Cost {
    Cost {
        wall: Spread::of(costs.clone().map(|cost| cost.wall).collect()).median,
        cpu: Spread::of(costs.clone().map(|cost| cost.cpu).collect()).median,
        peak: costs.map(|cost| cost.peak).max().unwrap_or(0),
    }
}
