//! What was worked out before, kept in `cache/` of a home and only ever a cache: deleted at any moment, without loss of
//! anything but time (FORMAT.md §10).
//!
//! A value is found under what it was made from and no otherwise: the program, the facts that the system tells of each
//! file that was read (device, inode, size, both times), and whatever else was asked. Every fault is a miss: a file that is
//! not there, damaged, of another program or made from something else. A value that was put there while one of its files
//! was just written is a miss too, since two changes within one tick of the clock look the same.

use super::layout::Home;
use crate::disk::{Disk, Identity, open_regular};
use crate::kernel::canon;
use crate::kernel::canon::digest::FileDigest;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::fs::{File, Metadata};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The most bytes of a value.
const MAX: u64 = 1 << 20;
/// How much later than its files a value must have been put, in nanoseconds: two ticks of the coarsest clock of a file
/// system that a home lies on.
const SETTLED: i128 = 50_000_000;

/// What a value is made from.
#[derive(Clone, Debug)]
pub struct Key {
    text: String,
    /// When the youngest of the files was changed.
    youngest: i128,
}

impl Key {
    /// Begins with the program: its version and the facts of its own file.
    #[must_use]
    pub fn of_program() -> Self {
        let mut key = Self { text: String::new(), youngest: i128::MIN };
        key.says(env!("CARGO_PKG_VERSION"));
        if let Ok(program) = std::env::current_exe() {
            key.file(&program);
        }
        key
    }

    /// Adds a text.
    pub fn says(&mut self, text: &str) {
        let _ = writeln!(self.text, "{} {text}", text.len());
    }

    /// Adds the facts of a file, or that it is not there.
    pub fn file(&mut self, path: &Path) {
        let facts = path.symlink_metadata();
        let facts = facts.map_or_else(|error| format!("{:?}", error.kind()), |facts| self.facts(&facts));
        self.says(&format!("{} {facts}", path.display()));
    }

    /// Adds the facts of a folder and of every file in it.
    pub fn folder(&mut self, path: &Path) {
        self.file(path);
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        paths.iter().for_each(|path| self.file(path));
    }

    fn facts(&mut self, of: &Metadata) -> String {
        self.youngest = self.youngest.max(nanos(of.ctime(), of.ctime_nsec())).max(nanos(of.mtime(), of.mtime_nsec()));
        format!("{} {}", of.mode(), Identity::of(of))
    }

    fn digest(&self) -> FileDigest {
        FileDigest::of(self.text.as_bytes())
    }
}

fn nanos(seconds: i64, nanos: i64) -> i128 {
    i128::from(seconds) * 1_000_000_000 + i128::from(nanos)
}

/// A value as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept<T> {
    /// Digest of the value, against damage.
    digest: FileDigest,
    key: FileDigest,
    value: T,
}

/// The cache of a home.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
    disk: Disk,
}

impl Cache {
    /// The cache of a home; its folder is made with the first value.
    #[must_use]
    pub fn of(home: &Home, disk: &Disk) -> Self {
        Self { folder: home.cache(), disk: disk.clone() }
    }

    /// Returns what was made from this before.
    #[must_use]
    pub fn get<T: Serialize + DeserializeOwned>(&self, name: &str, of: &Key) -> Option<T> {
        let file = open_regular(File::options().read(true), &self.path(name)).ok()?;
        let facts = file.metadata().ok()?;
        let settled = nanos(facts.mtime(), facts.mtime_nsec()) > of.youngest.saturating_add(SETTLED);
        let mut bytes = Vec::new();
        file.take(MAX).read_to_end(&mut bytes).ok()?;
        let kept: Kept<T> = canon::decode(&bytes).ok()?;
        let whole = digest(&kept.value)? == kept.digest && kept.key == of.digest();
        (settled && whole).then_some(kept.value)
    }

    /// Keeps a value; that it cannot be kept costs nothing but time.
    pub fn put<T: Serialize>(&self, name: &str, of: &Key, value: &T) {
        let Some(digest) = digest(value) else { return };
        let Ok(bytes) = canon::encode(&Kept { digest, key: of.digest(), value }) else { return };
        if bytes.len() as u64 <= MAX {
            let made = self.disk.create_folder(&self.folder);
            let _ = made.and_then(|()| self.disk.jot(&self.path(name), &bytes));
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.json"))
    }
}

fn digest(value: &impl Serialize) -> Option<FileDigest> {
    canon::encode(value).ok().map(|bytes| FileDigest::of(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    /// Puts a value's time this much after the youngest of its files, whatever the machine was busy with meanwhile.
    fn put_after(cache: &Cache, name: &str, key: &Key, nanos: i128) {
        let file = File::options().write(true).open(cache.path(name)).unwrap();
        let since_1970 = Duration::from_nanos(u64::try_from(key.youngest + nanos).unwrap());
        file.set_modified(SystemTime::UNIX_EPOCH + since_1970).unwrap();
    }

    #[test]
    fn a_value_is_found_under_what_it_was_made_from_and_no_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::of(&Home::at(folder.path().join("home")), &Disk::new());
        let file = folder.path().join("file");
        std::fs::write(&file, "one").unwrap();
        let key = || {
            let mut key = Key::of_program();
            key.folder(folder.path());
            key.file(&file);
            key
        };
        let made = key();
        assert_eq!(cache.get::<u32>("n", &made), None);
        cache.put("n", &made, &7_u32);
        put_after(&cache, "n", &made, SETTLED);
        assert_eq!(cache.get::<u32>("n", &made), None, "its files were written a moment ago");
        put_after(&cache, "n", &made, SETTLED + 1);
        assert_eq!((cache.get("n", &made), cache.get::<u32>("m", &made)), (Some(7_u32), None));
        let mut other = made.clone();
        other.says("more");
        assert_eq!(cache.get::<u32>("n", &other), None);
        std::fs::write(&file, "two").unwrap();
        assert_eq!(cache.get::<u32>("n", &key()), None);
        let whole = std::fs::read(cache.path("n")).unwrap();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            std::fs::write(cache.path("n"), damaged).unwrap();
            put_after(&cache, "n", &made, SETTLED + 1);
            assert_eq!(cache.get::<u32>("n", &made), None, "{at}");
        }
    }
}
