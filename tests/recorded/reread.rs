//! The open journal is read again every 100 records; a byte that the disk loses stops the writing.

use super::{ana, note, open};
use crate::world::World;
use asrun::session::{Checked, Session, SubmitError};
use asrun::store::{AppendError, Disk};
use std::os::unix::fs::FileExt as _;
use std::time::{Duration, Instant};

/// Writes notes until this many records stand.
pub(super) fn fill(session: &mut Session, upto: u64) {
    while session.run().seq() < upto {
        session.submit(&ana(), note("a remark of some length"), None).unwrap();
    }
}

pub(super) fn wait_for(session: &Session, done: impl Fn(&Checked) -> bool) -> Checked {
    let begun = Instant::now();
    loop {
        let checked = session.checked();
        if done(&checked) || begun.elapsed() > Duration::from_secs(60) {
            return checked;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_whole_journal_is_read_again_and_a_changed_byte_names_its_record() {
    let world = World::new();
    let mut session = open(&world, Disk::new()).unwrap();
    assert_eq!(session.checked(), Checked::default());
    fill(&mut session, 100);
    let checked = wait_for(&session, |c| c.upto >= 100);
    assert!(checked.upto >= 100 && checked.broken.is_none(), "{checked:?}");
    // A byte of record 42 turns over in place: same file, same length.
    let path = session.paths().journal();
    let text = std::fs::read_to_string(&path).unwrap();
    let at: usize = text.split_inclusive('\n').take(41).map(str::len).sum();
    let inside = text[at..].find("remark").unwrap() + at;
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().write_all_at(b"R", inside as u64).unwrap();
    fill(&mut session, checked.upto + 100);
    let checked = wait_for(&session, |c| c.broken.is_some());
    assert_eq!(checked.broken.as_ref().map(|b| b.seq), Some(42), "{checked:?}");
    let seq = session.run().seq();
    let error = session.submit(&ana(), note("one more"), None).unwrap_err();
    assert!(matches!(error, SubmitError::Append(AppendError::Broken { seq: 42, .. })), "{error:?}");
    assert!(error.left().is_nothing());
    assert_eq!(session.run().seq(), seq);
    assert!(world.asrun(&["doctor"], "").exits(1).stdout().contains("record 42"));
}
