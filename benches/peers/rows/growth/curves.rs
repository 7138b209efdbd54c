//! The curves: what is laid out at each size, and the command whose work is taken.

use crate::acts;
use crate::gauge::cost;
use crate::scale::Scale;
use crate::site::{READ, Site, WELL};
use crate::workload;
use std::process::Command;

pub(crate) struct Curve {
    pub(crate) name: &'static str,
    /// What the size counts.
    pub(crate) of: &'static str,
    pub(crate) sizes: Vec<usize>,
    /// Lays a thing of this size out and returns the command.
    lay: fn(&Site, usize) -> Command,
}

impl Curve {
    /// The least processor time of a few, in seconds: whatever else the machine does only adds to it.
    pub(crate) fn least(&self, site: &Site, size: usize) -> f64 {
        let command = (self.lay)(site, size);
        let times = if size > 20_000 { 1 } else { 3 };
        let work = (0..times).map(|_| cost(&command, &[WELL, READ].concat()).cpu);
        work.fold(f64::MAX, f64::min)
    }
}

/// Powers of ten from the first to the last.
fn tens(first: u32, last: u32) -> Vec<usize> {
    (first..=last).map(|power| 10_usize.pow(power)).collect()
}

pub(crate) fn curves(scale: &Scale) -> Vec<Curve> {
    let to = |short, full| if scale.is_full { full } else { short };
    let records = || tens(2, to(4, 6));
    let files = || tens(1, to(3, 5));
    let steps = || tens(1, to(3, 4));
    let curve = |of, name, sizes, lay| Curve { name, of, sizes, lay };
    vec![
        curve("records", "append", records(), |site, size| drive(site, 1, &noted(size))),
        curve("records", "take up again", records(), |site, size| {
            done(drive(site, 1, &noted(size)));
            let run = site.runs().pop().expect("the run").file_name().expect("a name").to_string_lossy().into_owned();
            site.drive(&run, "again.jsonl", &acts::note(0))
        }),
        curve("records", "verify", records(), |site, size| verify(site, 1, &(noted(size) + &acts::ended()))),
        curve("files", "capture", files(), |site, size| drive(site, 1, &attached(site, size))),
        curve("files", "verify", files(), |site, size| verify(site, 1, &(attached(site, size) + &acts::ended()))),
        curve("steps", "check", steps(), |site, size| {
            let source = site.procedure(size);
            site.asrun(&["check", &source, "--pack", "pack.yaml", "--policy", "policy.yaml"])
        }),
        curve("steps", "work", steps(), |site, size| drive(site, size, &acts::worked(size))),
        curve("steps", "verify", steps(), |site, size| verify(site, size, &acts::worked(size))),
    ]
}

fn noted(records: usize) -> String {
    acts::begun() + &acts::notes(records)
}

fn attached(site: &Site, files: usize) -> String {
    let files = workload::files(&site.folder.join("files"), files);
    acts::begun() + &files.iter().map(|file| acts::attach(file)).collect::<String>()
}

fn drive(site: &Site, steps: usize, acts: &str) -> Command {
    let package = site.package(steps).display().to_string();
    site.drive(&package, "acts.jsonl", acts)
}

fn verify(site: &Site, steps: usize, acts: &str) -> Command {
    done(drive(site, steps, acts));
    let run = site.runs().pop().expect("the sealed run");
    let mut command = site.asrun(&["verify"]);
    command.arg(run);
    command
}

fn done(command: Command) {
    cost(&command, WELL);
}
