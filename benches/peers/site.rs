//! A site to measure on, made through the public doors: `demo`, `lock`, `approve`, then `drive`.

use crate::gauge::{Cost, cost};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Verdicts that count as a bundle that was read to its end: FINAL and PROVISIONAL.
pub(crate) const READ: &[i32] = &[0, 3];
/// What ends well.
pub(crate) const WELL: &[i32] = &[0];

const PACK: &str = "format: asrun.pack.v1
id: bench
version: \"1\"
reason_codes:
  - {code: BEN-ANY, label: Anything, group: EQP, default_class: minor}
";

const POLICY: &str = "format: asrun.policy.v1
id: bench
version: \"1\"
deviations:
  - {id: R99, when: {}, outcome: review, form: {description_min: 10}}
review: {minor: 1, major: 1, critical: 1, by: [supervisor], comment: required}
closure: []
identity: {passphrase: act, idle_lock: 10min}
clock: {max_step: 2s, max_pause: 12h}
";

/// One home with its people, and the packages that were locked for it.
pub(crate) struct Site {
    pub(crate) folder: PathBuf,
    pub(crate) home: PathBuf,
}

impl Site {
    /// A site in a new folder. Only its people and their keys are wanted of the demonstration.
    pub(crate) fn new(folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("a folder for the site");
        let site = Self { home: folder.join("home"), folder: folder.to_owned() };
        site.done(&mut site.asrun(&["demo", "--site-only"]));
        for left in ["samples", "packages"] {
            fs::remove_dir_all(site.home.join(left)).expect("the demonstration brings samples");
        }
        fs::create_dir(site.home.join("packages")).expect("an empty shelf");
        fs::write(folder.join("pack.yaml"), PACK).expect("a pack");
        fs::write(folder.join("policy.yaml"), POLICY).expect("a profile");
        site
    }

    /// The program, at this home.
    pub(crate) fn asrun(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(args).env("ASRUN_HOME", &self.home).current_dir(&self.folder);
        command
    }

    /// Does what only prepares; returns what it said.
    pub(crate) fn done(&self, command: &mut Command) -> String {
        let done = command.stdin(Stdio::null()).output().expect("asrun starts");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{command:?}: {}\n{said}", String::from_utf8_lossy(&done.stdout));
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    /// Locks and approves a procedure of this many plain steps; returns the package.
    pub(crate) fn package(&self, steps: usize) -> PathBuf {
        let (source, package) = (self.procedure(steps), self.folder.join(format!("steps-{steps}.lep")));
        let words = ["lock", &source, "--pack", "pack.yaml", "--policy", "policy.yaml", "-o"];
        self.done(self.asrun(&words).arg(&package));
        self.done(self.people(self.asrun(&["approve"]).arg(&package).args(["--as", "j.weiss"])));
        package
    }

    /// Writes such a procedure and returns its name.
    pub(crate) fn procedure(&self, steps: usize) -> String {
        let name = format!("steps-{steps}.yaml");
        fs::write(self.folder.join(&name), procedure(steps)).expect("a procedure");
        name
    }

    /// A driven session on a package or run, with the acts in a script.
    pub(crate) fn drive(&self, on: &str, name: &str, acts: &str) -> Command {
        let script = self.folder.join(name);
        fs::write(&script, acts).expect("a script");
        let mut command = self.asrun(&["drive", on, "--script"]);
        self.people(command.arg(script));
        command
    }

    pub(crate) fn people<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.arg("--passphrase-file").arg(self.home.join("passphrases.demo"))
    }

    /// Verifies a bundle or a folder of them against the site's authority.
    pub(crate) fn verify(&self, bundle: &Path) -> Cost {
        cost(self.asrun(&["verify", "--trust", "home/trust/authority.pub"]).arg(bundle), READ)
    }

    /// The folders of runs, the newest last.
    pub(crate) fn runs(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.home.join("runs")).expect("a home has runs");
        let is_run = |path: &PathBuf| path.extension().is_none() && path.is_dir();
        let mut runs: Vec<_> = entries.map(|entry| entry.expect("a run").path()).filter(is_run).collect();
        runs.sort();
        runs
    }
}

/// The program that is measured: the one of this build, or the one that `ASRUN` names.
pub(crate) fn program() -> PathBuf {
    std::env::var_os("ASRUN").map_or_else(|| env!("CARGO_BIN_EXE_asrun").into(), PathBuf::from)
}

fn procedure(steps: usize) -> String {
    let mut text = format!(
        "format: asrun.procedure.v1\nid: bench-{steps}\nrevision: \"1\"\ntitle: A procedure to measure with\n\
         use_level: continuous\ncriticality: routine\nroles: [performer]\nback_out: sec_back\n\
         safe_state: \"Switched off\"\nsections:\n  - id: sec_body\n    title: Work\n    kind: body\n    steps:\n"
    );
    for step in 1..=steps {
        let _ = write!(text, "{}", plain(&step.to_string()));
    }
    text + "  - id: sec_back\n    title: Back out\n    kind: back_out\n    steps:\n" + &plain("b1")
}

fn plain(id: &str) -> String {
    format!(
        "      - id: \"{id}\"\n        type: action\n        title: Step {id}\n        instruction: \"CLOSE valve {id}.\"\n"
    )
}
