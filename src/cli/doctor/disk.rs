//! Where the home lies, and what its disk promises.

use super::{Line, Mark};
use crate::store::{Home, Kind, medium};
use std::path::Path;

/// Below this much free space a run may come to stand: a photograph or two, and the space that a journal reserves.
const LITTLE: u64 = 64 << 20;

pub(super) fn look(home: &Home) -> Vec<Line> {
    let root = home.root();
    if !root.is_dir() {
        return vec![Line::new(Mark::Look, "home", format!("{} does not exist yet", root.display()))];
    }
    vec![Line::new(Mark::Well, "home", root.display().to_string()), disk(root)]
}

fn disk(root: &Path) -> Line {
    let medium = match medium(root) {
        Ok(medium) => medium,
        Err(error) => return Line::new(Mark::Look, "disk", format!("cannot be asked: {error}")),
    };
    let (name, free) = (medium.kind.name(), medium.free >> 20);
    let told = match (medium.read_only, medium.free < LITTLE) {
        (true, _) => format!("{name}, read-only: nothing can be recorded here"),
        (false, true) => format!("{name}, only {free} MiB free: recording will soon be refused"),
        (false, false) => format!("{name}, {free} MiB free; {}", medium.kind.promise()),
    };
    let mark = match medium.kind {
        _ if medium.read_only || medium.free < LITTLE => Mark::Look,
        Kind::Local(_) => Mark::Well,
        Kind::Layered(_) | Kind::Volatile(_) | Kind::Remote(_) | Kind::Simple(_) | Kind::Unknown(_) => Mark::Note,
    };
    Line::new(mark, "disk", told)
}
