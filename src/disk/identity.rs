//! What the system tells of a file, so that one that nobody touched is known again without reading it.
//!
//! Device, inode, size and both times, to the nanosecond. Whoever writes to a file, cuts it, renames it or changes its
//! times changes the last of them, which no program can set. Honest limit: two changes within one tick of the clock of the
//! file system, some milliseconds, look like one; and a disk that lost a byte tells nothing of it.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;

/// The facts of one file at one moment.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Identity(String);

impl Identity {
    /// Takes them from what the system says of a descriptor.
    #[must_use]
    pub fn of(facts: &Metadata) -> Self {
        let (changed, written) = ((facts.ctime(), facts.ctime_nsec()), (facts.mtime(), facts.mtime_nsec()));
        let (dev, ino, size) = (facts.dev(), facts.ino(), facts.len());
        Self(format!("{dev}:{ino}:{size}:{}.{:09}:{}.{:09}", written.0, written.1, changed.0, changed.1))
    }
}

impl std::fmt::Display for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::Write as _;
    use std::path::Path;
    use std::time::Duration;

    fn of(path: &Path) -> Identity {
        Identity::of(&path.metadata().unwrap())
    }

    #[test]
    fn a_file_is_another_one_once_it_is_written_replaced_renamed_or_dated_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        std::fs::write(&path, "four").unwrap();
        let before = of(&path);
        std::fs::read(&path).unwrap();
        assert_eq!(of(&path), before);
        let touches: [fn(&Path); 4] = [
            |path| File::options().write(true).open(path).unwrap().write_all(b"more").unwrap(),
            |path| {
                std::fs::write(path.with_extension("g"), "more").unwrap();
                std::fs::rename(path.with_extension("g"), path).unwrap();
            },
            |path| {
                std::fs::rename(path, path.with_extension("h")).unwrap();
                std::fs::rename(path.with_extension("h"), path).unwrap();
            },
            |path| {
                let file = File::options().write(true).open(path).unwrap();
                let written = file.metadata().unwrap().modified().unwrap();
                (&file).write_all(b"less").unwrap();
                file.set_modified(written).unwrap();
            },
        ];
        for (number, touch) in touches.into_iter().enumerate() {
            let before = of(&path);
            std::thread::sleep(Duration::from_millis(50));
            touch(&path);
            assert_ne!(of(&path), before, "{number}");
        }
    }
}
