//! The peers: what a user could take instead, each with the command that does the same work.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Tools that are looked for; the Python ones also in the environment that `benches/install-peers` makes.
const TOOLS: &[&str] = &[
    "bagit.py",
    "hashdeep",
    "restic",
    "borg",
    "git",
    "in-toto-run",
    "in-toto-verify",
    "openssl",
    "b3sum",
    "ssh-keygen",
    "minisign",
];

/// Returns the path of a tool, if it is installed.
pub(crate) fn find(tool: &str) -> Option<PathBuf> {
    let own = std::env::var_os("ASRUN_PEERS").map_or_else(|| root().join("target/peers"), PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(own.join("bin")).chain(std::env::split_paths(&path));
    folders.map(|folder| folder.join(tool)).find(|path| path.is_file())
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A tool in a folder, with these words.
pub(crate) fn tool(name: &str, folder: &Path, words: &[&str]) -> Option<Command> {
    let mut command = Command::new(find(name)?);
    command.args(words).current_dir(folder);
    Some(command)
}

/// Several commands of a shell in a folder.
pub(crate) fn shell(folder: &Path, script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-ec", script]).current_dir(folder);
    command
}

/// Does what only prepares a peer.
pub(crate) fn prepare(mut command: Command) {
    let done = command.stdin(Stdio::null()).output().expect("a peer starts");
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// One line for each tool: the version that is measured, or that it is not installed.
pub(crate) fn list() {
    for name in TOOLS {
        println!("{name:<16} {}", find(name).map_or_else(|| "not installed".to_owned(), |path| version(name, &path)));
    }
}

fn version(name: &str, path: &Path) -> String {
    let word = match name {
        "hashdeep" => "-V",
        "restic" | "openssl" => "version",
        "minisign" => "-v",
        // It has no word for it; that of its package says it all the same.
        "ssh-keygen" => return said(Path::new("ssh"), "-V"),
        _ => "--version",
    };
    said(path, word)
}

fn said(program: &Path, word: &str) -> String {
    let Ok(done) = Command::new(program).arg(word).output() else { return "does not start".to_owned() };
    let text = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
    text.lines().next().unwrap_or_default().to_owned()
}
