//! A world for one test: a temporary home with people, keys, roster and a small package.

use asrun::authoring::lock;
use asrun::kernel::canon::digest::FileDigest;
use asrun::kernel::model::opening::Program;
use asrun::kernel::model::time::Timestamp;
use asrun::keys::KeyFolder;
use asrun::library;
use asrun::session::{Clock as _, HostClock, Station};
use asrun::site::demo;
use asrun::store::Home;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::Permissions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{LazyLock, Mutex};

/// The persons of the demonstration site in a home of their own.
pub struct World {
    folder: tempfile::TempDir,
    pub home: Home,
    /// Whether its keys are those of every other prepared world.
    is_prepared: bool,
}

/// What a command did.
pub struct Done(pub Output);

/// The demonstration site as `asrun demo` leaves it, made once: deriving its keys anew for every test takes a second.
static PREPARED: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let world = World::of_strangers();
    let mut entries = Vec::new();
    collect(world.home.root(), Path::new(""), &mut entries);
    entries
});

/// A folder or file of the prepared home; a folder has no bytes.
struct Entry {
    path: PathBuf,
    mode: Permissions,
    bytes: Option<Vec<u8>>,
}

impl Entry {
    fn put(&self, root: &Path) {
        let path = root.join(&self.path);
        match &self.bytes {
            None => std::fs::create_dir_all(&path).unwrap(),
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
        }
        std::fs::set_permissions(path, self.mode.clone()).unwrap();
    }
}

/// Reads a folder and what is in it, folders before their files.
fn collect(root: &Path, path: &Path, into: &mut Vec<Entry>) {
    let here = root.join(path);
    let mode = std::fs::metadata(&here).unwrap().permissions();
    let bytes = here.is_file().then(|| std::fs::read(&here).unwrap());
    let is_folder = bytes.is_none();
    into.push(Entry { path: path.to_path_buf(), mode, bytes });
    if is_folder {
        for entry in std::fs::read_dir(here).unwrap() {
            collect(root, &path.join(entry.unwrap().file_name()), into);
        }
    }
}

/// A folder for one world, in memory where the system keeps one with room. What is tested is what was written and in
/// which order, never whether a drive keeps it, and each flush of a drive costs milliseconds. `TMPDIR` overrules.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let has_room = || rustix::fs::statvfs(memory).is_ok_and(|found| found.f_bavail * found.f_frsize > 1 << 30);
    let made = if std::env::var_os("TMPDIR").is_none() && has_room() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    made.unwrap()
}

/// The program that people start, as the record names it.
static PROGRAM: LazyLock<Program> = LazyLock::new(|| Program {
    digest: Some(FileDigest::of(&std::fs::read(env!("CARGO_BIN_EXE_asrun")).unwrap())),
    version: env!("CARGO_PKG_VERSION").into(),
});

/// This machine with the program that people start, so that a run may pass from one to the other.
pub fn station(home: &Home) -> Station {
    Station { program: Some(PROGRAM.clone()), ..Station::host(home.clone()) }
}

impl World {
    pub fn new() -> Self {
        let folder = folder();
        let home = Home::at(folder.path().join("home"));
        PREPARED.iter().for_each(|entry| entry.put(home.root()));
        Self { folder, home, is_prepared: true }
    }

    /// A world with keys of its own, which no other world trusts.
    pub fn of_strangers() -> Self {
        let folder = folder();
        let home = Home::at(folder.path().join("home"));
        demo::prepare(&home, HostClock::new().now().time).unwrap();
        Self { folder, home, is_prepared: false }
    }

    /// The same world once more, byte for byte, in a folder of its own.
    pub fn twin(&self) -> Self {
        self.kept().world()
    }

    /// The bytes of this world as they are now.
    pub fn kept(&self) -> Kept {
        let mut entries = Vec::new();
        collect(self.folder.path(), Path::new(""), &mut entries);
        Kept { entries, is_prepared: self.is_prepared }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file beside the home and returns its path.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The package of a shipped procedure.
    pub fn shipped(&self, id: &str) -> PathBuf {
        let of_it = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(id);
        std::fs::read_dir(self.home.packages()).unwrap().flatten().map(|e| e.path()).find(of_it).unwrap()
    }

    /// Locks and approves the procedure of a folder under `tests/data`.
    pub fn package(&self, name: &str) -> PathBuf {
        // Made once for all who have the same keys: locking and approving take a quarter of a second.
        static MADE: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::new(BTreeMap::new());
        let made = MADE.lock().unwrap().get(name).filter(|_| self.is_prepared).cloned();
        if let Some(bytes) = made {
            return self.file(&format!("{name}.lep"), bytes);
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
        let read = |file: &str| std::fs::read(folder.join(file)).unwrap();
        let path = self.lock(name, [&read("procedure.yaml"), &read("pack.yaml"), &read("policy.yaml")]);
        if self.is_prepared {
            MADE.lock().unwrap().insert(name.to_owned(), std::fs::read(&path).unwrap());
        }
        path
    }

    pub fn lock(&self, name: &str, documents: [&[u8]; 3]) -> PathBuf {
        self.lock_at(name, documents, HostClock::new().now().time)
    }

    /// As [`World::lock`], at another moment.
    pub fn lock_at(&self, name: &str, documents: [&[u8]; 3], now: Timestamp) -> PathBuf {
        let members = library::build(documents, &BTreeMap::new(), &BTreeMap::new(), now).unwrap();
        let bytes = lock::archive(&members).unwrap();
        // The first roster: also a package that could not be approved any more can be made.
        let roster = std::fs::read(self.home.rosters().join("1.yaml")).unwrap();
        let roster = library::read_roster("1.yaml", &roster).unwrap();
        let approver = KeyFolder::new(self.home.keys()).open(&"j.weiss".parse().unwrap(), demo::PASSPHRASE).unwrap();
        let wish = lock::Wish { person: "j.weiss".parse().unwrap(), role: None, comment: Some("read".into()) };
        let approval = lock::prepare(&lock::open(&bytes).unwrap(), &roster, wish, now).unwrap();
        self.file(&format!("{name}.lep"), lock::approve(&bytes, &approval, &roster, &approver).unwrap())
    }

    /// The program in this home, its streams left to whoever starts it.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_asrun"));
        command.args(args).arg("--home").arg(self.home.root()).env_remove("ASRUN_HOME").current_dir(self.folder.path());
        command
    }

    /// Has the authority sign the roster as `edit` leaves it, and installs it.
    pub fn roster(&self, edit: impl Fn(String) -> String) {
        let text = edit(self.asrun(&["roster", "show"], "").exits(0).stdout());
        let (roster, passphrases) = (self.file("roster.yaml", text), self.file("authority.pass", "authority demo\n"));
        let (roster, passphrases) = (roster.to_str().unwrap(), passphrases.to_str().unwrap());
        self.asrun(&["roster", "sign", roster, "--passphrase-file", passphrases], "").exits(0);
        self.asrun(&["roster", "install", roster], "").exits(0);
    }

    /// Revokes every key of a person in a roster of a higher serial.
    pub fn revoke(&self, person: &str) {
        self.roster(|text| of_person(&text, person, "revoked_at: null", "revoked_at: \"2026-01-01T00:00:00.000Z\""));
    }

    /// Runs the program in this home and feeds it `input`.
    pub fn asrun(&self, args: &[&str], input: &str) -> Done {
        let mut command = self.command(args);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A program that ends early closes its input: that is its answer, not a fault of the test.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Done(child.wait_with_output().unwrap())
    }

    /// Drives a package or run with intents, everybody's passphrase at hand.
    pub fn drive(&self, target: &str, intents: &str) -> Done {
        let passphrases = self.home.passphrases();
        self.asrun(&["drive", target, "--passphrase-file", passphrases.to_str().unwrap()], intents)
    }
}

/// The bytes of a world, which may outlive it and become worlds again.
pub struct Kept {
    entries: Vec<Entry>,
    is_prepared: bool,
}

impl Kept {
    pub fn world(&self) -> World {
        let folder = folder();
        self.entries.iter().for_each(|entry| entry.put(folder.path()));
        let home = Home::at(folder.path().join("home"));
        World { folder, home, is_prepared: self.is_prepared }
    }
}

/// Runs a command to its end and watches how much memory it holds at most, in KiB. The figure is the kernel's own
/// high-water mark, read until the process has gone; what it took in its last moment may be missing.
pub fn measured(command: &mut Command) -> (Done, u64) {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let watch = std::thread::spawn(move || {
        let peak = |text: String| {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:").map(str::to_owned))?;
            line.trim().trim_end_matches(" kB").parse::<u64>().ok()
        };
        let mut most = 0;
        while let Some(now) = std::fs::read_to_string(&status).ok().and_then(peak) {
            most = most.max(now);
            std::thread::sleep(std::time::Duration::from_micros(200));
        }
        most
    });
    (Done(child.wait_with_output().unwrap()), watch.join().unwrap())
}

/// Turns one bit in the middle of a file, whatever its permissions.
pub fn flip(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// Changes a text in the entry of one person of a roster.
pub fn of_person(roster: &str, person: &str, from: &str, to: &str) -> String {
    let entry = format!("  - id: {person}\n");
    let begin = roster.find(&entry).unwrap();
    let end = roster[begin + 1..].find("  - id: ").map_or(roster.len(), |at| begin + 1 + at);
    assert!(roster[begin..end].contains(from), "{person} has no {from}");
    format!("{}{}{}", &roster[..begin], roster[begin..end].replace(from, to), &roster[end..])
}

impl Done {
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    pub fn exits(self, status: i32) -> Self {
        let (out, err) = (self.stdout(), self.stderr());
        assert_eq!(self.0.status.code(), Some(status), "\n--- stdout\n{out}\n--- stderr\n{err}");
        self
    }

    /// The answers of a drive, one for each line.
    pub fn answers(&self) -> Vec<Value> {
        self.stdout().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
