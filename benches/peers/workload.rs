//! W1 to W4. The design names W1, 10,000 files of 16 KiB, and W2, one file of 4 GiB. Here W3 is a journal of many small
//! records, notes without any file, of 10^4 to 10^6 records, and W4 is a home of 1,000 sealed runs of one step.
//! A short run makes all of them smaller. Bytes are incompressible and the same on every machine.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

const FILE: usize = 16 << 10;

/// Lays out so many files of 16 KiB, of which no two are the same.
pub(crate) fn files(folder: &Path, count: usize) -> Vec<PathBuf> {
    fs::create_dir_all(folder).expect("a folder");
    let seed = folder.as_os_str().as_encoded_bytes();
    let file = |n: usize| {
        let path = folder.join(format!("{n:06}.bin"));
        fs::write(&path, noise(&[seed, &n.to_le_bytes()].concat(), FILE)).expect("a file");
        path
    };
    (0..count).map(file).collect()
}

/// Lays out one file of so many bytes.
pub(crate) fn big(path: &Path, bytes: u64) {
    let mut file = fs::File::create(path).expect("a file");
    let piece = 1 << 20;
    for n in 0..bytes / piece {
        file.write_all(&noise(&n.to_le_bytes(), piece as usize)).expect("a piece");
    }
    file.sync_all().expect("a sync");
}

fn noise(seed: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(seed).finalize_xof().fill(&mut bytes);
    bytes
}
