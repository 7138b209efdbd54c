//! Bare loops: the least that the system and the libraries let anybody do. Measured in the same run as what they are a
//! floor of, by this very program.

use ed25519_dalek::{Signature, VerifyingKey};
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// Seconds of each append of so many bytes to one file, each synced before the next.
pub(crate) fn appends(folder: &Path, count: usize, length: usize) -> Vec<f64> {
    let path = folder.join("floor.jsonl");
    let mut file = OpenOptions::new().create(true).append(true).open(&path).expect("a file to append to");
    let times = (0..count).map(|_| timed(|| append(&mut file, length))).collect();
    fs::remove_file(path).expect("the floor is removed");
    times
}

fn append(file: &mut File, length: usize) {
    file.write_all(&vec![b'x'; length]).expect("an append");
    file.sync_data().expect("a sync");
}

/// Seconds of each capture of a file: written, synced, renamed, its folder synced, then a record appended and synced.
pub(crate) fn captures(folder: &Path, files: &[Vec<u8>], length: usize) -> Vec<f64> {
    let home = folder.join("floor");
    fs::create_dir_all(&home).expect("a folder");
    let mut journal = OpenOptions::new().create(true).append(true).open(home.join("j")).expect("a journal");
    let directory = File::open(&home).expect("the folder itself");
    let times = files.iter().enumerate().map(|(n, bytes)| {
        timed(|| {
            let (draft, last) = (home.join("draft"), home.join(n.to_string()));
            let mut file = File::create(&draft).expect("a draft");
            file.write_all(bytes).expect("its bytes");
            file.sync_all().expect("a sync");
            fs::rename(&draft, &last).expect("a name");
            directory.sync_all().expect("a sync of the folder");
            append(&mut journal, length);
        })
    });
    let times = times.collect();
    fs::remove_dir_all(home).expect("the floor is removed");
    times
}

fn timed(act: impl FnOnce()) -> f64 {
    let start = Instant::now();
    act();
    start.elapsed().as_secs_f64()
}

/// Signed messages of a journal, with the key of the person who signed them.
pub(crate) struct Signed {
    key: VerifyingKey,
    messages: Vec<(Vec<u8>, Signature)>,
}

impl Signed {
    /// Reads at most this many records of a journal; everything that is no signature check happens here.
    pub(crate) fn read(journal: &Path, public: &Path, most: usize) -> Self {
        let key = ssh_key::PublicKey::from_openssh(&fs::read_to_string(public).expect("a public key"));
        let key = key.expect("an OpenSSH key").key_data().ed25519().expect("an Ed25519 key").0;
        let text = std::io::BufRead::lines(std::io::BufReader::new(File::open(journal).expect("a journal")));
        let messages = text.take(most).map(|line| message(&line.expect("a line"))).collect();
        Self { key: VerifyingKey::from_bytes(&key).expect("a point"), messages }
    }

    /// Checks so many signatures strictly on so many threads, the same ones again and again; returns the time.
    pub(crate) fn check(&self, count: usize, threads: usize) -> Duration {
        let start = Instant::now();
        std::thread::scope(|scope| {
            for thread in 0..threads {
                scope.spawn(move || {
                    for (message, signature) in
                        self.messages.iter().cycle().skip(thread).step_by(threads).take(count / threads)
                    {
                        self.key.verify_strict(message, signature).expect("a good signature");
                    }
                });
            }
        });
        start.elapsed()
    }
}

/// What a line signs, in DSSE's encoding (FORMAT.md §4), and the signature.
fn message(line: &str) -> (Vec<u8>, Signature) {
    let (record, signature) = line.rsplit_once(",\"sig\":\"").expect("a signature");
    let (_, record) = record.split_once("\"record\":").expect("a record");
    let mut message = Vec::new();
    let kind = "application/vnd.asrun.record.v1+json";
    let _ = write!(message, "DSSEv1 {} {kind} {} {record}", kind.len(), record.len());
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, signature.trim_end_matches("\"}"));
    (message, Signature::from_slice(&bytes.expect("base64")).expect("64 bytes"))
}
