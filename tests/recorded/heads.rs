//! A lost head: one clear reason, and a way on that a person signs.

use super::{ana, fix, lines, note, open};
use crate::world::World;
use asrun::session::{Session, Station};
use asrun::store::{Disk, RunPaths};

type Loss = fn(&RunPaths);

#[test]
fn every_lost_head_is_told_by_its_kind_and_answered_for_under_a_key() {
    let cases: [(&str, Loss); 5] = [
        ("is missing", |p| std::fs::remove_file(p.head()).unwrap()),
        // A run folder that was moved to another machine.
        ("is missing", |p| std::fs::remove_dir_all(&p.local).unwrap()),
        ("is empty", |p| std::fs::write(p.head(), "").unwrap()),
        ("zero bytes", |p| std::fs::write(p.head(), [0; 128]).unwrap()),
        ("is damaged", |p| {
            let text = std::fs::read(p.head()).unwrap();
            std::fs::write(p.head(), &text[..50]).unwrap();
        }),
    ];
    for (reason, lose) in cases {
        let world = World::new();
        let mut session = open(&world, Disk::new()).unwrap();
        session.submit(&ana(), note("one"), None).unwrap();
        session.end().unwrap();
        let (id, seq) = (session.run().id().clone(), session.run().seq());
        drop(session);
        lose(&world.home.run(&id));
        let told = world.drive(id.as_str(), "").exits(1).stderr();
        assert!(told.contains(reason) && told.contains("doctor --fix"), "{told}");
        let told = fix(&world, id.as_str(), 0);
        assert!(told.contains(reason) && told.contains(&format!("record {} says so", seq + 1)), "{told}");
        let mended = lines(&world, id.as_str()).into_iter().find(|line| line.contains("\"run.mended\"")).unwrap();
        assert!(mended.contains("compared with the paper") && mended.contains("\"actor\":\"a.ortiz\""), "{mended}");
        Session::resume(Station::host(world.home.clone()), &id).unwrap();
        assert!(fix(&world, id.as_str(), 0).contains("nothing to mend"));
    }
}

#[test]
fn a_wrong_passphrase_mends_nothing() {
    let world = World::new();
    let session = open(&world, Disk::new()).unwrap();
    let id = session.run().id().clone();
    drop(session);
    std::fs::remove_file(world.home.run(&id).head()).unwrap();
    let before = lines(&world, id.as_str());
    let refused = Session::mend(Station::host(world.home.clone()), &id, &ana(), "wrong", "because");
    assert!(refused.unwrap_err().left().is_nothing());
    assert_eq!(lines(&world, id.as_str()), before);
    assert!(!world.home.run(&id).head().exists());
}

#[test]
fn a_closed_record_needs_no_answer_for_its_head_and_is_sealed() {
    let world = World::new();
    world.file("gauge.txt", "needle at 0.05\n");
    let script = format!("{}{}", crate::commands::drive::CLEAN, crate::commands::drive::END.lines().next().unwrap());
    let done = world.drive(world.package("small").to_str().unwrap(), &script).exits(0);
    let run = done.answers()[0]["state"]["run"].as_str().unwrap().to_owned();
    let paths = world.home.run(&run.parse().unwrap());
    std::fs::write(paths.head(), [0; 128]).unwrap();
    let before = lines(&world, &run);
    assert!(fix(&world, &run, 0).contains("takes no other"));
    assert_eq!(lines(&world, &run), before);
    let passphrases = world.home.passphrases();
    world.asrun(&["seal", &run, "--passphrase-file", passphrases.to_str().unwrap()], "").exits(0);
}
