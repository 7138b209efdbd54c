//! The table: one row for each thing that was measured, with the goal and whether it is met.

use crate::gauge::Cost;
use crate::pair::{Pairs, Spread};

/// What a figure has to be.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    /// Ours in parts of theirs, at most.
    Times(f64),
    /// How many times faster ours is, at least.
    Faster(f64),
    /// At most this much, in the unit of the figure.
    Most(f64),
    /// Nothing was promised; the figure stands for itself.
    None,
}

pub(crate) struct Row {
    goal: &'static str,
    what: String,
    ours: String,
    theirs: String,
    figure: String,
    cpu: String,
    memory: String,
    wanted: String,
    answer: &'static str,
}

impl Row {
    /// A row of pairs: the ratio is that of each pair.
    pub(crate) fn pairs(goal: &'static str, what: impl Into<String>, pairs: &Pairs, wanted: Goal) -> Self {
        let (ours, theirs) = (pairs.ours(), pairs.theirs());
        let ratio = if matches!(wanted, Goal::Faster(_)) { pairs.faster() } else { pairs.times() };
        let mark = if matches!(wanted, Goal::Faster(_)) { "x faster" } else { "x" };
        Self {
            goal,
            what: what.into(),
            ours: time(ours.wall),
            theirs: time(theirs.wall),
            figure: format!("{} ({}-{}){mark}", short(ratio.median), short(ratio.min), short(ratio.max)),
            cpu: processors(ours, theirs),
            memory: memory(ours, theirs),
            wanted: said(wanted, mark),
            answer: answer(wanted, ratio.median),
        }
    }

    /// A row of one figure with its spread, in a unit.
    pub(crate) fn figure(
        goal: &'static str,
        what: impl Into<String>,
        figure: Spread,
        unit: &'static str,
        wanted: Goal,
    ) -> Self {
        let value = format!("{} ({}-{}) {unit}", short(figure.median), short(figure.min), short(figure.max));
        let (wanted, answer) = (said(wanted, &format!(" {unit}")), answer(wanted, figure.median));
        Self { figure: value, wanted, answer, ..Self::empty(goal, what.into()) }
    }

    /// A row that says why there is no figure.
    pub(crate) fn missing(goal: &'static str, what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { figure: why.into(), answer: "not measured", ..Self::empty(goal, what.into()) }
    }

    fn empty(goal: &'static str, what: String) -> Self {
        let none = String::new;
        let [ours, theirs, figure, cpu] = [none(), none(), none(), none()];
        Self { goal, what, ours, theirs, figure, cpu, memory: none(), wanted: none(), answer: "" }
    }

    /// Prints the row as soon as it is known: a full run takes its time.
    pub(crate) fn print(&self) {
        let Self { goal, what, ours, theirs, figure, cpu, memory, wanted, answer } = self;
        let measured = format!("{ours:>9} {theirs:>9}  {figure:<25} {cpu:<7} {memory:<12}");
        let line = format!("{goal:<4} {what:<78} {measured} {wanted:<16} {answer}");
        println!("{}", line.trim_end());
    }
}

pub(crate) fn head() {
    let names = ["ours", "theirs", "median (min-max)", "cpu", "MiB o/t", "wanted"];
    let [ours, theirs, figure, cpu, memory, wanted] = names;
    println!("{:<83} {ours:>9} {theirs:>9}  {figure:<25} {cpu:<7} {memory:<12} {wanted:<16} answer", "");
}

fn said(wanted: Goal, mark: &str) -> String {
    match wanted {
        Goal::Times(most) | Goal::Most(most) => format!("<= {most}{mark}"),
        Goal::Faster(least) => format!(">= {least}{mark}"),
        Goal::None => String::new(),
    }
}

fn answer(wanted: Goal, figure: f64) -> &'static str {
    let is_met = match wanted {
        Goal::Times(most) | Goal::Most(most) => figure <= most,
        Goal::Faster(least) => figure >= least,
        Goal::None => return "",
    };
    if is_met { "met" } else { "NOT MET" }
}

/// Our processor time in parts of theirs; a bare loop in this program has none of its own.
fn processors(ours: Cost, theirs: Cost) -> String {
    if theirs.cpu > 0.0 { format!("{}x", short(ours.cpu / theirs.cpu)) } else { String::new() }
}

fn memory(ours: Cost, theirs: Cost) -> String {
    let mib = |cost: Cost| if cost.peak == 0 { "-".to_owned() } else { (cost.peak >> 20).to_string() };
    format!("{} / {}", mib(ours), mib(theirs))
}

/// Seconds as a person reads them.
pub(crate) fn time(seconds: f64) -> String {
    match seconds {
        s if s < 0.001 => format!("{:.0} us", s * 1e6),
        s if s < 1.0 => format!("{:.1} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}

/// Three figures that count.
fn short(figure: f64) -> String {
    match figure {
        f if f >= 100.0 => format!("{f:.0}"),
        f if f >= 10.0 => format!("{f:.1}"),
        f => format!("{f:.2}"),
    }
}
