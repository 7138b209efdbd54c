//! A fault at every write of every act: what the error says of the record is what stands in the file.

use super::{ana, note, open};
use crate::world::World;
use asrun::kernel::records::intent::Intent;
use asrun::session::{Attachment, Bytes, Left, Session, StartError, SubmitError};
use asrun::store::{Disk, Fault, Progress, Step};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Fails the write point that this counts down to; never while it stands at `usize::MAX`.
fn counting(left: &Arc<AtomicUsize>, fault: Fault) -> Disk {
    let left = left.clone();
    Disk::failing(move |step| {
        let now = left.load(Ordering::SeqCst);
        if now == usize::MAX || step == Step::Reserve {
            return None;
        }
        left.store(now.wrapping_sub(1), Ordering::SeqCst);
        (now == 0).then_some(fault)
    })
}

/// What the error says must be what the named file holds: `before` records stood there.
fn is_true(left: &Left, before: u64, journal: &Path, what: &str) {
    let text = std::fs::read(journal).unwrap_or_default();
    let there = text.iter().filter(|byte| **byte == b'\n').count() as u64;
    let said = before + left.records.len() as u64;
    assert_eq!(left.records, (before + 1..=said).collect::<Vec<_>>(), "{what}: {left}");
    match left.unsure {
        None => assert_eq!(there, said, "{what}: said: {left}"),
        Some(unsure) => {
            assert_eq!(unsure, said + 1, "{what}: {left}");
            assert!(there == said || there == said + 1, "{what}: said: {left}, {there} are there");
        }
    }
    let nothing = left.to_string() == "nothing was recorded";
    assert_eq!(nothing, left.is_nothing(), "{what}: {left}");
    assert!(!nothing || there == before, "{what}: {left}");
}

type Act = fn(&World, &mut Session) -> Result<(), SubmitError>;

fn begin(session: &mut Session) -> Result<(), SubmitError> {
    session.submit(&ana(), &Intent::Begin { step: "1".parse().unwrap() }, None).map(drop)
}

fn attach(world: &World, session: &mut Session) -> Result<(), SubmitError> {
    let to = Attachment {
        step: "1".parse().unwrap(),
        requirement: Some("photo".parse().unwrap()),
        caption: None,
        sensitivity: Default::default(),
    };
    let file = Bytes::File(world.path("gauge.txt"), Progress::default());
    session.submit(&ana(), asrun::session::Act::Attach(to, file), None).map(drop)
}

/// Each act with what must have been done before it.
const ACTS: &[(&str, Act, Act)] = &[
    ("note", |_, _| Ok(()), |_, s| s.submit(&ana(), note("one"), None).map(drop)),
    (
        "a denial",
        |_, _| Ok(()),
        |_, s| {
            let error = s.submit(&ana(), &Intent::Redo { step: "2".parse().unwrap() }, None).unwrap_err();
            // A refusal that is recorded went well.
            if matches!(error, SubmitError::Refused { .. }) { Ok(()) } else { Err(error) }
        },
    ),
    ("begin", |_, _| Ok(()), |_, s| begin(s)),
    ("attach", |_, s| begin(s), attach),
    (
        "redact",
        |w, s| begin(s).and_then(|()| attach(w, s)),
        |_, s| {
            let blake3 = s.run().evidence()[0].file.blake3;
            s.submit(&ana(), &Intent::Redact { blake3, reason: "a face".into() }, None).map(drop)
        },
    ),
    ("unlock", |_, _| Ok(()), |_, s| s.unlock(&"l.chen".parse().unwrap(), "demo").map(drop)),
    ("end", |_, s| s.unlock(&"l.chen".parse().unwrap(), "demo").map(drop), |_, s| s.end().map(drop)),
];

#[test]
fn what_an_error_says_of_the_record_is_what_stands_there_whatever_fails() {
    for (what, before, act) in ACTS {
        for fault in [Fault::NotPersisted, Fault::Persisted] {
            // Making the file of notes, and writing to it.
            let mut notes = 0;
            for nth in 0..24 {
                let world = World::new();
                world.file("gauge.txt", "needle at 0.05\n");
                let left = Arc::new(AtomicUsize::new(usize::MAX));
                let mut session = open(&world, counting(&left, fault)).unwrap();
                before(&world, &mut session).unwrap();
                let (seq, journal) = (session.run().seq(), session.paths().journal());
                left.store(nth, Ordering::SeqCst);
                let done = act(&world, &mut session);
                let reached = left.load(Ordering::SeqCst) > nth;
                left.store(usize::MAX, Ordering::SeqCst);
                match done {
                    Err(error) => {
                        is_true(&error.left(), seq, &journal, &format!("{what} at {nth}, {fault:?}: {error:?}"));
                    }
                    // The memory of the station is written when everybody has left; its loss undoes no record.
                    Ok(()) if reached && *what == "end" => {
                        let lines = std::fs::read_to_string(&journal).unwrap().lines().count() as u64;
                        assert_eq!(lines, session.run().seq(), "{what} at {nth}, {fault:?}");
                    }
                    // What is noted of a file for the seal is a cache: the record and the file are whole without it.
                    Ok(()) if reached && *what == "attach" && notes < 2 => {
                        notes += 1;
                        let lines = std::fs::read_to_string(&journal).unwrap().lines().count() as u64;
                        assert_eq!(
                            (lines, session.amiss()),
                            (session.run().seq(), vec![]),
                            "{what} at {nth}, {fault:?}"
                        );
                    }
                    Ok(()) if reached => panic!("{what} at {nth}, {fault:?}: a fault, and nothing was said"),
                    // Every write of this act was tried.
                    Ok(()) => break,
                }
            }
        }
    }
}

#[test]
fn an_opening_that_fails_says_what_it_left() {
    for fault in [Fault::NotPersisted, Fault::Persisted] {
        for nth in 0..80 {
            let world = World::new();
            let left = Arc::new(AtomicUsize::new(nth));
            let opened = open(&world, counting(&left, fault));
            let reached = left.load(Ordering::SeqCst) > nth;
            let Err(error) = opened else {
                if reached {
                    // The memory of the station is not the record: its loss does not undo an opened run.
                    continue;
                }
                break;
            };
            let StartError::Begun { folder, .. } = &error else { panic!("{nth}: {error:?}") };
            is_true(
                &error.left(),
                0,
                &folder.join("data/journal.jsonl"),
                &format!("open at {nth}, {fault:?}: {error:?}"),
            );
            assert!(!error.hint().contains("nothing was"), "{}", error.hint());
        }
    }
}
