//! P12: how long the program takes to be there at all.

use crate::gauge::cost;
use crate::pair::Pairs;
use crate::pair::Spread;
use crate::scale::Scale;
use crate::site::{WELL, program};
use crate::table::{Goal, Row};
use std::path::Path;
use std::process::Command;

/// Starts are short: more of them are asked than of anything else.
const STARTS: usize = 21;

pub(super) fn rows(_: &Scale, _: &Path) {
    let help = || cost(Command::new(program()).args(["verify", "--help"]), WELL);
    let pairs = Pairs::run(STARTS, help, || cost(&Command::new("true"), WELL));
    Row::pairs("", "start: verify --help, against true", &pairs, Goal::None).print();
    let times = Spread::of((0..STARTS).map(|_| help().wall * 1e3).collect());
    Row::figure("P12", "start: verify --help", times, "ms", Goal::Most(10.0)).print();
    Row::missing("P11", "frames of the terminal", "not part of this bench").print();
}
