//! `asrun signoff` on what is damaged: sealed bytes bar every signature, junk behind them bars none.

use super::judging::{anchor, sealed, sign};
use crate::world::{World, flip};
use std::io::Write as _;
use std::path::Path;

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
