//! Acts on a run from outside of its session: request, answer, archive; and a redaction, which takes bytes away.

use super::Scene;
use crate::accidents::stage::{driven, journal, lines, prepared, the_run};
use crate::world::{World, station};
use asrun::countersign::answer;
use asrun::disk::Disk;
use asrun::kernel::model::name::PersonId;
use asrun::kernel::records::request::{Asked, AskedKind};
use asrun::keys::KeyFolder;
use asrun::session::archive::{archive, archived_run};
use asrun::session::{Act, Clock as _, HostClock, Session, Station};
use asrun::site::demo;
use serde_json::json;
use std::path::PathBuf;

/// A run with so many of the lines of the small run behind it.
fn after(count: usize) -> World {
    let (world, package) = prepared();
    let (answers, ended) = driven(&world, &Disk::new(), package.to_str().unwrap(), &lines()[..count]);
    assert!(ended.is_none() && answers.len() == count, "{answers:?} {ended:?}");
    world
}

fn ana() -> PersonId {
    "a.ortiz".parse().unwrap()
}

fn on(world: &World, disk: &Disk) -> Station {
    Station { disk: disk.clone(), ..station(&world.home) }
}

fn requested(world: &World, disk: &Disk) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Debug| format!("{error:?}");
    let mut session = Session::resume(on(world, disk), &the_run(world).unwrap()).map_err(|e| told(&e))?;
    session.unlock(&ana(), demo::PASSPHRASE).map_err(|e| told(&e))?;
    let asked = Asked { id: "3".into(), kind: AskedKind::Hold };
    let to = "supervisor".parse().unwrap();
    let request = Act::Request { asked, to, file: world.path("request.json") };
    let sent = session.submit(&ana(), request, Some(demo::PASSPHRASE));
    session.end().map_err(|e| told(&e))?;
    sent.map(drop).map_err(|e| told(&e))
}

/// Whether the request is out: then it is whole, and the run knows of it.
fn is_out(world: &World) -> bool {
    let Ok(bytes) = std::fs::read(world.path("request.json")) else { return false };
    answer::read(&bytes).unwrap_or_else(|e| panic!("half a request got its name: {e}"));
    let sent = journal(world, &the_run(world).unwrap()).iter().any(|line| line["record"]["kind"] == "request.sent");
    assert!(sent, "a request is out that the run knows nothing of");
    true
}

fn with_request() -> World {
    let world = after(11);
    requested(&world, &Disk::new()).unwrap();
    world
}

/// The name under which an answer lies: where the first is taken, the next, as the program advises.
fn answers(world: &World) -> [PathBuf; 2] {
    ["answer.json", "second.json"].map(|name| world.path(name))
}

fn answered(world: &World, disk: &Disk) -> Result<(), String> {
    let request = answer::read(&std::fs::read(world.path("request.json")).unwrap()).unwrap();
    let person: PersonId = "m.berg".parse().unwrap();
    let signer = KeyFolder::new(world.home.keys()).open(&"m.berg".parse().unwrap(), demo::PASSPHRASE).unwrap();
    let give = |file: &PathBuf| {
        let reply = answer::Reply { decision: "release".into(), comment: Some("seen".into()), ..Default::default() };
        let answering =
            answer::Answering { request: &request, person: &person, reply, time: HostClock::new().now().time };
        answer::give(answering, &signer, disk, file)
    };
    let [first, second] = answers(world);
    match give(&first) {
        Err(answer::AnswerError::Exists(_)) => give(&second).map_err(|e| format!("{e:?}")),
        other => other.map_err(|e| format!("{e:?}")),
    }
}

/// Whether an answer lies there: then the run takes it in.
fn is_answered(world: &World) -> bool {
    let Some(file) = answers(world).into_iter().find(|file| file.exists()) else { return false };
    let twin = world.twin();
    let file = twin.path(file.file_name().unwrap().to_str().unwrap());
    let mut session = Session::resume(station(&twin.home), &the_run(&twin).unwrap()).unwrap();
    session.unlock(&ana(), demo::PASSPHRASE).unwrap();
    let taken = session.submit(&ana(), Act::Answer(file), Some(demo::PASSPHRASE));
    assert!(taken.is_ok(), "an answer without its signature got its name: {taken:?}");
    true
}

/// A run that lost records which the station acknowledged.
fn cut() -> World {
    let world = after(5);
    let path = world.home.run(&the_run(&world).unwrap()).journal();
    let text = std::fs::read_to_string(&path).unwrap();
    let kept: String = text.split_inclusive('\n').take(3).collect();
    std::fs::write(path, kept).unwrap();
    world
}

fn archived(world: &World, disk: &Disk) -> Result<(), String> {
    let id = std::fs::read_to_string(world.path("the-run")).unwrap().parse().unwrap();
    let done = archive(&on(world, disk), &id, &ana(), demo::PASSPHRASE, "the stick was pulled out");
    done.map(drop).map_err(|e| format!("{e:?}"))
}

fn is_archived(world: &World) -> bool {
    let id = std::fs::read_to_string(world.path("the-run")).unwrap().parse().unwrap();
    let Some(found) = archived_run(&world.home, &id) else { return false };
    let away = !world.home.run(&id).dir.exists() && !world.home.run(&id).local.exists();
    if away {
        assert_eq!(found.fault, None, "the manifest is not to be believed");
        let whole = std::fs::read(found.run().join("data/journal.jsonl")).unwrap();
        assert_eq!(whole.iter().filter(|byte| **byte == b'\n').count(), 3, "records of the archived run are gone");
    }
    away
}

fn named() -> World {
    let world = cut();
    world.file("the-run", the_run(&world).unwrap().as_str());
    world
}

fn redacted(world: &World, disk: &Disk) -> Result<(), String> {
    let run = the_run(world).unwrap();
    let captured = journal(world, &run).into_iter().find(|line| line["record"]["kind"] == "evidence.captured").unwrap();
    let blake3 = &captured["record"]["data"]["file"]["blake3"];
    let redact = json!({"intent": "redact", "as": "a.ortiz", "blake3": blake3, "reason": "a face on it"});
    let (answers, ended) = driven(world, disk, run.as_str(), &[redact.to_string()]);
    match ended.is_none() && answers.iter().all(|answer| answer["ok"] == true) {
        true => Ok(()),
        false => Err(format!("{answers:?} {ended:?}")),
    }
}

/// Recorded, and the bytes are gone once the run was taken up again; never the bytes without the record.
fn is_redacted(world: &World) -> bool {
    let run = the_run(world).unwrap();
    let recorded = journal(world, &run).iter().any(|line| line["record"]["kind"] == "evidence.redacted");
    let gone = std::fs::read_dir(world.home.run(&run).evidence()).unwrap().next().is_none();
    assert!(recorded || !gone, "the bytes are gone and nobody knows why");
    if recorded {
        let twin = world.twin();
        driven(
            &twin,
            &Disk::new(),
            run.as_str(),
            &[json!({"intent": "note", "as": "a.ortiz", "text": "again"}).to_string()],
        );
        let left = std::fs::read_dir(twin.home.run(&run).evidence()).unwrap().count();
        assert_eq!(left, 0, "the bytes stay when the run is taken up again");
    }
    recorded
}

pub fn scenes() -> Vec<Scene> {
    vec![
        Scene { name: "request", world: after(11), act: requested, done: is_out, one_of: 2 },
        Scene { name: "answer", world: with_request(), act: answered, done: is_answered, one_of: 1 },
        Scene { name: "archive", world: named(), act: archived, done: is_archived, one_of: 1 },
        Scene { name: "redaction", world: after(4), act: redacted, done: is_redacted, one_of: 2 },
    ]
}
