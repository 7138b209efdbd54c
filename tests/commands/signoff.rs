//! `asrun signoff` on what is damaged: sealed bytes bar every signature, junk behind them bars none.

use super::judging::{anchor, sealed, sign};
use crate::world::{World, flip};
use asrun::bundle::Source;
use asrun::countersign::{self, SignOffError};
use asrun::kernel::records::sign_off::Decision;
use asrun::keys::KeyFolder;
use asrun::session::{Clock as _, HostClock};
use asrun::site::demo;
use asrun::store::{Disk, Fault, Memory, Occasion, Step};
use asrun::verify::{Anchors, judge};
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn a_bundle_with_one_flipped_byte_is_not_signed_off_nor_is_a_statement_attached() {
    let world = World::new();
    let bundle = sealed(&world);
    let statement = world.path("s.json").display().to_string();
    sign(&world, &bundle, &["--decision", "approve", "--prepare", &statement]).exits(0);
    let evidence = Path::new(&bundle).join("data/evidence");
    flip(&std::fs::read_dir(evidence).unwrap().next().unwrap().unwrap().path());
    let refused = sign(&world, &bundle, &["--decision", "approve"]).exits(1).stderr();
    assert!(refused.contains("does not verify") && refused.contains("evidence.digest_mismatch"), "{refused}");
    std::fs::write(world.path("s.json.sig"), "no matter").unwrap();
    let refused = world.asrun(&["signoff", &bundle, "--attach", &statement], "").exits(1).stderr();
    assert!(refused.contains("does not verify"), "{refused}");
    assert!(!Path::new(&bundle).join("signoffs").exists());
}

#[test]
fn damage_behind_the_receipt_of_an_archive_does_not_bar_an_honest_sign_off() {
    let world = World::new();
    let bundle = sealed(&world);
    let proof = world.path("x.proof").display().to_string();
    world.asrun(&["export", &bundle, "-o", &proof], "").exits(0);
    std::fs::OpenOptions::new().append(true).open(&proof).unwrap().write_all(b"a stranger's tail").unwrap();
    let signed = sign(&world, &proof, &["--decision", "approve"]).exits(0).stderr();
    assert!(signed.contains("were cut off") && signed.contains("x.proof.cut-1"), "{signed}");
    assert!(std::fs::read(world.path("x.proof.cut-1")).unwrap().ends_with(b"a stranger's tail"));
    let verdict = world.asrun(&["verify", &proof, "--trust", &anchor(&world)], "").exits(0).stdout();
    assert!(!verdict.contains("container."), "{verdict}");
}

/// Signs the run off as m.berg on a disk whose n-th rename fails.
fn signed_off_while_renaming_fails(world: &World, bundle: &Path, number: usize) -> Result<(), SignOffError> {
    let seen = AtomicUsize::new(0);
    let disk = Disk::failing(move |step| {
        (step == Step::Rename && seen.fetch_add(1, Ordering::SeqCst) == number).then_some(Fault::NotPersisted)
    });
    let judged = judge(&Source::open(bundle).unwrap(), &Anchors::none(), None).unwrap();
    let wish = countersign::Wish {
        person: "m.berg".parse().unwrap(),
        role: None,
        decision: Decision::Approve,
        meaning: None,
        subject: None,
        comment: None,
        final_class: None,
    };
    let key = || KeyFolder::new(world.home.keys()).open(&"m.berg".parse().unwrap(), demo::PASSPHRASE);
    let now = HostClock::new().now().time;
    countersign::sign_off((bundle, &judged.intact().unwrap()), wish, now, key, &disk).map(drop)
}

#[test]
fn a_sign_off_that_fails_half_way_names_the_file_that_stays_and_never_says_nothing() {
    let world = World::new();
    let bundle = sealed(&world);
    let bundle = Path::new(&bundle);
    // Whether a write that failed is there, only looking tells: nothing is claimed.
    let first = signed_off_while_renaming_fails(&world, bundle, 0).unwrap_err();
    assert!(matches!(first, SignOffError::Append { .. }) && first.left().is_none(), "{first:?}");
    assert!(!first.hint().contains("nothing was"), "{}", first.hint());
    let second = signed_off_while_renaming_fails(&world, bundle, 1).unwrap_err();
    let left = second.left().unwrap();
    assert!(left.files.iter().all(|file| file.is_file()) && left.files.len() == 1, "{left:?}");
    assert!(second.hint().contains(&left.files[0].display().to_string()), "{}", second.hint());
    assert!(!second.hint().contains("nothing was"), "{}", second.hint());
    signed_off_while_renaming_fails(&world, bundle, usize::MAX).unwrap();
    assert!(judge(&Source::open(bundle).unwrap(), &Anchors::none(), None).unwrap().signoffs[0].counted);
    // What was refused before any file was begun says so.
    let again = signed_off_while_renaming_fails(&world, bundle, usize::MAX).unwrap_err();
    assert!(again.left().unwrap().is_nothing() && again.hint().starts_with("nothing was added; "), "{}", again.hint());
}

#[test]
fn a_statement_that_is_attached_stands_in_the_memory_of_the_station() {
    let world = World::new();
    let bundle = sealed(&world);
    let statement = world.path("s.json").display().to_string();
    sign(&world, &bundle, &["--decision", "approve", "--prepare", &statement]).exits(0);
    let key = KeyFolder::new(world.home.keys()).open(&"m.berg".parse().unwrap(), demo::PASSPHRASE).unwrap();
    let signature = countersign::sign(&std::fs::read(&statement).unwrap(), &key);
    world.file("s.json.sig", signature);
    world.asrun(&["signoff", &bundle, "--attach", &statement], "").exits(0);
    let run = Path::new(&bundle).file_name().unwrap().to_str().unwrap().parse().unwrap();
    let memory = Memory::read(&world.home);
    assert_eq!(memory.of(&run).last().map(|seen| seen.occasion), Some(Occasion::SignedOff));
    assert_eq!(memory.fault(), None);
}
