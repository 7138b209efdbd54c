//! The lines that a driven session reads.

use std::fmt::Write as _;
use std::path::Path;

const OPEN: &str = "{\"intent\":\"open\",\"as\":\"a.ortiz\"}\n";
const END: &str = "{\"intent\":\"close\",\"as\":\"a.ortiz\"}\n{\"intent\":\"seal\",\"as\":\"a.ortiz\"}\n";

pub(crate) fn note(number: usize) -> String {
    format!("{{\"intent\":\"note\",\"as\":\"a.ortiz\",\"text\":\"what was seen, number {number}\"}}\n")
}

pub(crate) fn attach(path: &Path) -> String {
    format!("{{\"intent\":\"attach\",\"as\":\"a.ortiz\",\"step\":\"1\",\"path\":\"{}\"}}\n", path.display())
}

fn step(act: &str, step: usize) -> String {
    format!("{{\"intent\":\"{act}\",\"as\":\"a.ortiz\",\"step\":\"{step}\"}}\n")
}

/// Opens a run and begins its first step, which stays under way.
pub(crate) fn begun() -> String {
    OPEN.to_owned() + &step("begin", 1)
}

/// Performs the first step, closes and seals.
pub(crate) fn ended() -> String {
    step("perform", 1) + END
}

/// A run of one step with this many notes in it.
pub(crate) fn notes(count: usize) -> String {
    (0..count).fold(String::new(), |mut text, n| {
        let _ = write!(text, "{}", note(n));
        text
    })
}

/// A run of this many steps, each begun and performed, then closed and sealed.
pub(crate) fn worked(steps: usize) -> String {
    let acts: String = (1..=steps).map(|n| step("begin", n) + &step("perform", n)).collect();
    OPEN.to_owned() + &acts + END
}
