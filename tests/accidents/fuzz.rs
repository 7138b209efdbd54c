//! Mutated input for every reader of foreign bytes. Each corpus file of `tests/corpora/<target>` is read every time, and
//! then mutated copies: `ASRUN_FUZZ` says how many (200 without it), `ASRUN_FUZZ_SECONDS` for how many seconds of
//! processor time instead.
//!
//! The mutations follow from their number, so a failure names the seed that shows it again with `ASRUN_FUZZ_FROM`.
//! Coverage cannot guide them on a stable toolchain; the corpora stand in for it: each file reached another branch.

use super::stage::{driven, journal, lines, number, prepared, the_run};
use asrun::bundle::ustar;
use asrun::disk::Disk;
use asrun::kernel::canon;
use asrun::kernel::documents::pack::Pack;
use asrun::kernel::documents::policy::Policy;
use asrun::kernel::documents::procedure::Procedure;
use asrun::kernel::expression::{Expression, Type, Value as Worth};
use asrun::kernel::records::record::SignedRecord;
use asrun::kernel::signature::{Namespace, PublicKey, SshSignature};
use asrun::keys::KeyFile;
use asrun::library::{read_document, read_roster};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Numbers that follow from a seed (splitmix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }
}

/// Bytes that mean something to one reader or another.
const TOKENS: [&[u8]; 24] = [
    b"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"\\u0000",
    b"\\ud800",
    b"null",
    b"-0",
    b"1e309",
    b"99999999999999999999",
    b"\n",
    b"\r\n",
    b"\t",
    b" ",
    b"\0",
    b"\xff",
    b"\xe2\x80\xae",
    b"&a *a",
    b"!!binary",
    b"ssh-ed25519",
    b"<<: ",
];

/// A longest input: no reader is asked to take more here; the bounds themselves are asked elsewhere.
const LONGEST: usize = 1 << 16;

/// A few changes to one input, with pieces of another.
fn mutated(seeds: &[Vec<u8>], seed: u64) -> Vec<u8> {
    let mut chance = Chance(seed);
    let mut bytes = seeds[chance.below(seeds.len())].clone();
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len() + 1);
        let end = (at + chance.below(16)).min(bytes.len());
        match chance.below(8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            1 if at < bytes.len() => bytes[at] = u8::try_from(chance.below(256)).unwrap(),
            2 => drop(bytes.drain(at..end)),
            3 => drop(bytes.splice(at..at, TOKENS[chance.below(TOKENS.len())].iter().copied())),
            4 => drop(bytes.splice(at..end, bytes[at..end].to_vec().repeat(1 + chance.below(4)))),
            5 => bytes.truncate(at),
            6 => {
                let other = &seeds[chance.below(seeds.len())];
                let from = chance.below(other.len() + 1);
                let to = (from + chance.below(64)).min(other.len());
                drop(bytes.splice(at..end, other[from..to].iter().copied()));
            }
            _ => {
                // A number becomes another one: lengths, sizes, dates.
                if let Some(digit) = bytes[at..].iter().position(u8::is_ascii_digit) {
                    bytes[at + digit] = b'0' + u8::try_from(chance.below(10)).unwrap();
                }
            }
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpora").join(target);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 4, "{} is too small", folder.display());
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// The processor time of this thread: what a busy machine leaves to it counts, not how long it took.
fn used() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(spent.tv_sec.unsigned_abs(), spent.tv_nsec as u32)
}

/// Reads the corpus and then mutations of it.
fn fuzz(target: &str, read: impl Fn(&[u8])) {
    let seeds = corpus(target);
    seeds.iter().for_each(|seed| read(seed));
    let from = number("ASRUN_FUZZ_FROM", 0) as u64;
    let (count, seconds) = (number("ASRUN_FUZZ", 200) as u64, number("ASRUN_FUZZ_SECONDS", 0) as u64);
    let begun = used();
    let mut seed = from;
    while if seconds > 0 { used() - begun < Duration::from_secs(seconds) } else { seed < from + count } {
        let bytes = mutated(&seeds, seed);
        let read = std::panic::AssertUnwindSafe(|| read(&bytes));
        assert!(
            std::panic::catch_unwind(read).is_ok(),
            "{target}: ASRUN_FUZZ_FROM={seed} ASRUN_FUZZ=1 shows it: {:?}",
            String::from_utf8_lossy(&bytes)
        );
        seed += 1;
    }
    println!("{target}: {} corpus files, {} mutations", seeds.len(), seed - from);
}

#[test]
fn canonical_json_that_is_taken_is_written_back_to_the_same_bytes() {
    fuzz("json", |bytes| {
        if let Ok(value) = canon::decode::<Value>(bytes) {
            assert_eq!(canon::encode(&value).unwrap(), bytes, "two spellings");
        }
        if let Ok(value) = canon::parse(bytes)
            && let Ok(written) = canon::encode(&value)
        {
            assert_eq!(canon::decode::<Value>(&written).unwrap(), value, "another value");
        }
        if let Ok(signed) = SignedRecord::parse(bytes) {
            assert_eq!(signed.bytes(), bytes);
        }
    });
}

#[test]
fn an_archive_that_is_taken_is_written_back_to_the_same_bytes() {
    fuzz("ustar", |bytes| {
        let listed = ustar::list(bytes, bytes.len() as u64, 100).unwrap();
        let Ok(members) = ustar::read_all(bytes, 100) else { return };
        assert!(listed.fault.is_none());
        let mut writer = ustar::Writer::new(Vec::new());
        // Which names are allowed is asked elsewhere.
        if members.iter().all(|(name, part)| writer.add(name, part).is_ok()) {
            assert_eq!(writer.finish().unwrap(), bytes);
        }
    });
}

#[test]
fn a_signature_file_that_is_taken_has_one_meaning() {
    fuzz("sshsig", |bytes| {
        if let Ok(signature) = SshSignature::parse(bytes) {
            let written = signature.to_armored();
            let again = SshSignature::parse(written.as_bytes()).unwrap();
            assert_eq!(again.to_armored(), written);
            assert_eq!(again.claimed_signer().id(), signature.claimed_signer().id());
            let _ = signature.check(Namespace::Signoff, b"statement");
        }
    });
}

#[test]
fn a_public_key_that_is_taken_is_written_back_to_the_same_line() {
    fuzz("openssh-public", |bytes| {
        let Ok(text) = std::str::from_utf8(bytes) else { return };
        if let Ok((key, comment)) = PublicKey::from_openssh(text) {
            let line = format!("{} {comment}", key.to_openssh());
            assert_eq!(line.trim_end(), text.trim_end());
            assert_eq!(PublicKey::from_blob(&key.blob()).unwrap().id(), key.id());
        }
    });
}

#[test]
fn a_private_key_file_is_read_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("k.key");
    std::fs::write(&path, "").unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    fuzz("openssh-private", |bytes| {
        std::fs::write(&path, bytes).unwrap();
        if let Ok(key) = KeyFile::read(&path) {
            assert_eq!(PublicKey::from_openssh(&key.public().to_openssh()).unwrap().0.id(), key.public().id());
        }
    });
}

/// What was read is written canonically and read again.
fn comes_back<T: DeserializeOwned + Serialize + PartialEq + Debug>(bytes: &[u8]) {
    if let Ok(document) = read_document::<T>("fuzz", bytes)
        && let Ok(written) = canon::encode(&document)
    {
        assert_eq!(canon::decode::<T>(&written).unwrap(), document);
    }
}

#[test]
fn a_document_that_is_taken_comes_back_from_its_canonical_form() {
    fuzz("yaml", |bytes| {
        comes_back::<Procedure>(bytes);
        comes_back::<Pack>(bytes);
        comes_back::<Policy>(bytes);
        let _ = read_roster("fuzz", bytes);
    });
}

#[test]
fn an_expression_that_is_taken_is_total() {
    let worths = [
        Worth::Bool(true),
        Worth::Text("text".into()),
        Worth::Number("0".parse().unwrap()),
        Worth::Number("-7922816251426433759354395033".parse().unwrap()),
        Worth::Number("0.0000000000000000000000000001".parse().unwrap()),
    ];
    fuzz("expression", |bytes| {
        let Ok(text) = std::str::from_utf8(bytes) else { return };
        let Ok(expression) = text.parse::<Expression>() else { return };
        assert_eq!(expression.source(), text);
        for kind in [Type::Bool, Type::Number, Type::Text] {
            let _ = expression.check(&|_| Some(kind));
        }
        for worth in &worths {
            let first = expression.evaluate(&|_| Some(worth.clone()));
            assert_eq!(format!("{first:?}"), format!("{:?}", expression.evaluate(&|_| Some(worth.clone()))));
        }
        let _ = expression.evaluate(&|_| None);
    });
}

#[test]
fn no_line_breaks_a_driven_session() {
    let (world, package) = prepared();
    let mut acts = lines();
    acts.truncate(2);
    let (done, _) = driven(&world, &Disk::new(), package.to_str().unwrap(), &acts);
    assert!(done.iter().all(|answer| answer["ok"] == true), "{done:?}");
    let run = the_run(&world).unwrap();
    let heard = std::cell::RefCell::new(Vec::new());
    fuzz("drive", |bytes| {
        let line = String::from_utf8_lossy(bytes).replace(['\n', '\r'], " ");
        if !line.trim().is_empty() {
            heard.borrow_mut().push(line);
        }
    });
    let twin = world.twin();
    let note = json!({"intent": "note", "as": "a.ortiz", "text": "still there"}).to_string();
    for heard in heard.borrow().chunks(500) {
        let all = [heard, std::slice::from_ref(&note)].concat();
        let (answers, ended) = driven(&twin, &Disk::new(), run.as_str(), &all);
        // A line may have closed or sealed the run: then there is nothing to take up, and that was said.
        let sealed = twin.home.run(&run).receipt().is_file();
        assert!(ended.is_none() || sealed, "{ended:?}");
        assert!(sealed || answers.len() == all.len(), "{} lines, {} answers", all.len(), answers.len());
        let said = super::stage::acknowledged(&answers);
        assert!(journal(&twin, &run).len() as u64 >= said);
    }
}
