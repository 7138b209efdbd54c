//! A driven session that stays open: a line in, the answer out, and how long that took.

use crate::acts;
use crate::site::Site;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::Instant;

pub(crate) struct Live<'a> {
    site: &'a Site,
    child: Child,
    acts: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl<'a> Live<'a> {
    /// Opens a run of the package and begins its first step.
    pub(crate) fn start(site: &'a Site, package: &Path) -> Self {
        let mut command = site.asrun(&["drive"]);
        site.people(command.arg(package)).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("asrun starts");
        let acts = child.stdin.take().expect("its input");
        let answers = BufReader::new(child.stdout.take().expect("its output"));
        let mut live = Self { site, child, acts, answers };
        for line in acts::begun().lines() {
            live.act(&format!("{line}\n"));
        }
        live
    }

    /// Does one act; returns the seconds until its answer was there.
    pub(crate) fn act(&mut self, line: &str) -> f64 {
        let (start, mut answer) = (Instant::now(), String::new());
        self.acts.write_all(line.as_bytes()).expect("the session reads");
        self.answers.read_line(&mut answer).expect("the session answers");
        let taken = start.elapsed().as_secs_f64();
        assert!(answer.contains("\"ok\":true"), "{line}{answer}");
        taken
    }

    /// Bytes of the record that a note makes, with its line feed.
    pub(crate) fn record_length(&mut self) -> usize {
        self.act(&acts::note(0));
        let run = self.site.runs().pop().expect("the open run");
        let journal = std::fs::read(run.join("data/journal.jsonl")).expect("its journal");
        journal.trim_ascii_end().rsplit(|byte| *byte == b'\n').next().map_or(0, <[u8]>::len) + 1
    }
}

impl Drop for Live<'_> {
    fn drop(&mut self) {
        // The run stays open, as after a pulled plug: nothing more is asked of it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
