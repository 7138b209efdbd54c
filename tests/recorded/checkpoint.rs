//! A checkpoint saves time and decides nothing: with it, without it, with a stale, a damaged or a strange one a run is the
//! same, and a forged one is told beside the work.

use super::reread::{fill, wait_for};
use super::{ana, note, open};
use crate::world::World;
use asrun::kernel::canon;
use asrun::kernel::canon::digest::{LineDigest, PrefixDigest};
use asrun::kernel::model::name::RunId;
use asrun::kernel::run::Run;
use asrun::session::{Session, StartError, Station, SubmitError};
use asrun::store::{AppendError, Checkpoint, Disk, RunPaths};
use serde_json::Value;

/// A run of more than 1,000 records that nobody writes just now, and what was kept of it.
fn long(world: &World) -> (RunId, RunPaths) {
    let mut session = open(world, Disk::new()).unwrap();
    // After each look every record was looked at: none is at work when the session ends.
    for upto in (100..=1_100).step_by(100) {
        fill(&mut session, upto);
        assert_eq!(wait_for(&session, |checked| checked.upto >= upto).upto, upto);
    }
    session.end().unwrap();
    let (id, paths) = (session.run().id().clone(), session.paths().clone());
    drop(session);
    assert!(Checkpoint::read(&paths).is_some(), "nothing was kept");
    (id, paths)
}

fn resumed(world: &World, id: &RunId) -> Result<Session, StartError> {
    Session::resume(Station::host(world.home.clone()), id)
}

/// Everything that a run is.
fn told(run: &Run) -> String {
    format!("{} {} {:?}", run.seq(), run.head(), run.state_file().unwrap())
}

fn put(paths: &RunPaths, checkpoint: &Checkpoint) {
    std::fs::write(paths.checked(), canon::encode(checkpoint).unwrap()).unwrap();
}

/// Makes a checkpoint another one.
type Other = fn(&mut Checkpoint);

#[test]
fn a_run_is_the_same_with_and_without_its_checkpoint_and_with_any_other() {
    let world = World::new();
    let (id, paths) = long(&world);
    let known = Checkpoint::read(&paths).unwrap();
    let first = told(resumed(&world, &id).unwrap().run());
    std::fs::remove_file(paths.checked()).unwrap();
    assert_eq!(told(resumed(&world, &id).unwrap().run()), first, "without");
    let again = Checkpoint::read(&paths).expect("whoever takes the run up keeps one too");
    assert!(again.records > known.records && again.length == paths.journal().metadata().unwrap().len());
    assert_eq!(told(resumed(&world, &id).unwrap().run()), first, "by the one of a resumption");
    let others: [(&str, Other); 6] = [
        ("of another program", |c| c.program.version = "0".into()),
        ("of more bytes than there are", |c| c.length = 1 << 40),
        ("of fewer bytes than it says", |c| c.length -= 1),
        ("of other bytes", |c| c.bytes = PrefixDigest([7; 32])),
        ("of another record", |c| c.head = LineDigest([7; 32])),
        ("of another number", |c| c.records += 1),
    ];
    for (name, other) in others {
        let mut checkpoint = known.clone();
        other(&mut checkpoint);
        put(&paths, &checkpoint);
        assert_eq!(told(resumed(&world, &id).unwrap().run()), first, "{name}");
    }
    for garbage in [&b""[..], b"{}", b"\xff\x00"] {
        std::fs::write(paths.checked(), garbage).unwrap();
        assert_eq!(told(resumed(&world, &id).unwrap().run()), first, "{garbage:?}");
    }
}

#[test]
fn a_record_that_was_changed_behind_a_checkpoint_is_refused_all_the_same() {
    let world = World::new();
    let (id, paths) = long(&world);
    let whole = std::fs::read(paths.journal()).unwrap();
    for byte in ["remark", "sig\":\"", "seq\":5"] {
        let mut other = whole.clone();
        let at = memchr::memmem::find(&other[whole.len() / 2..], byte.as_bytes()).unwrap_or(0) + whole.len() / 2;
        other[at + byte.len() - 1] ^= 1;
        std::fs::write(paths.journal(), other).unwrap();
        let by_it = resumed(&world, &id).err().map(|error| format!("{error:?}"));
        let kept = std::fs::read(paths.checked()).unwrap();
        std::fs::remove_file(paths.checked()).unwrap();
        let without = resumed(&world, &id).err().map(|error| format!("{error:?}"));
        assert!(by_it.is_some() && by_it == without, "{by_it:?}\n{without:?}");
        std::fs::write(paths.checked(), kept).unwrap();
    }
    std::fs::write(paths.journal(), whole).unwrap();
    resumed(&world, &id).unwrap();
}

/// Writes another text into a record and links everything behind it anew; the signatures are the old ones.
fn forged(text: &str) -> (String, LineDigest) {
    let (mut out, mut head) = (String::new(), None);
    for line in text.lines() {
        let mut line: Value = serde_json::from_str(line).unwrap();
        if let Some(head) = head {
            line["record"]["prev"] = Value::String(format!("{head}"));
        }
        if line["record"]["seq"] == 500 {
            line["record"]["data"]["text"] = Value::String("a remark that nobody signed".into());
        }
        let line = line.to_string();
        head = Some(LineDigest::of(line.as_bytes()));
        out = out + &line + "\n";
    }
    (out, head.unwrap())
}

#[test]
fn a_forged_checkpoint_over_a_forged_journal_is_told_beside_the_work_and_then_the_run_is_refused() {
    let world = World::new();
    let (id, paths) = long(&world);
    let known = Checkpoint::read(&paths).unwrap();
    let (text, head) = forged(&std::fs::read_to_string(paths.journal()).unwrap());
    let records = text.lines().count() as u64;
    std::fs::write(paths.journal(), &text).unwrap();
    std::fs::write(paths.head(), format!("{{\"digest\":\"{head}\",\"seq\":{records}}}")).unwrap();
    std::fs::remove_file(world.home.root().join("memory.jsonl")).unwrap();
    let bytes = PrefixDigest(*blake3::hash(text.as_bytes()).as_bytes());
    put(&paths, &Checkpoint { bytes, head, length: text.len() as u64, records, ..known });
    let mut session = resumed(&world, &id).unwrap();
    session.unlock(&ana(), "demo").unwrap();
    let checked = wait_for(&session, |checked| checked.broken.is_some());
    assert_eq!(checked.broken.map(|broken| broken.seq), Some(500));
    let refused = session.submit(&ana(), note("one more"), None);
    assert!(matches!(refused, Err(SubmitError::Append(AppendError::Broken { seq: 500, .. }))), "{refused:?}");
    drop(session);
    assert_eq!(Checkpoint::read(&paths), None);
    let Err(StartError::Unwell { health, .. }) = resumed(&world, &id) else { panic!("it was taken up") };
    assert_eq!(health.record, Some(500));
}
