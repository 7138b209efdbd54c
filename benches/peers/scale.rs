//! How large the workloads are: short for a look, full for figures that may be quoted.

use std::fmt;

/// Sizes of W1 to W4, and how often each pair runs.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    pub(crate) is_full: bool,
    pub(crate) pairs: usize,
    /// W1: files of 16 KiB.
    pub(crate) files: usize,
    /// W2: bytes of the one big file.
    pub(crate) big: u64,
    /// W3: records of a journal that holds nothing but notes; each is a workload of its own.
    pub(crate) records: &'static [usize],
    /// W4: sealed runs in one home.
    pub(crate) runs: usize,
    /// Appends of one round, whose latencies become one p50 and one p99.
    pub(crate) appends: usize,
}

const MIB: u64 = 1 << 20;

const SHORT: Scale =
    Scale { is_full: false, pairs: 5, files: 500, big: 128 * MIB, records: &[10_000], runs: 50, appends: 100 };

const FULL: Scale = Scale {
    is_full: true,
    pairs: 5,
    files: 10_000,
    big: 4_096 * MIB,
    records: &[10_000, 100_000, 1_000_000],
    runs: 1_000,
    appends: 1_000,
};

impl Scale {
    /// Reads `--full` and `--pairs N`; what is left are the chapters that are asked for.
    pub(crate) fn read(words: impl Iterator<Item = String>) -> (Self, Vec<String>) {
        let (mut scale, mut chapters, mut words) = (SHORT, Vec::new(), words.peekable());
        let mut pairs = None;
        while let Some(word) = words.next() {
            match word.as_str() {
                // Cargo says it to every bench.
                "--bench" => {}
                "--full" => scale = FULL,
                "--pairs" => pairs = words.next().and_then(|n| n.parse().ok()),
                _ => chapters.push(word),
            }
        }
        scale.pairs = pairs.unwrap_or(scale.pairs);
        (scale, chapters)
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, threads) = (if self.is_full { "full" } else { "short" }, threads());
        let Self { pairs, files, big, records, runs, .. } = self;
        let big = big / MIB;
        write!(f, "{kind}: {pairs} pairs, {threads} threads; W1 {files} files of 16 KiB, W2 one of {big} MiB, ")?;
        write!(f, "W3 {records:?} records, W4 {runs} sealed runs")
    }
}

/// Threads that the machine runs at once.
pub(crate) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
