//! Requests out and answers in, as files: what the performer does for the run screen and the library.

use crate::countersign::answer::{self, Answering};
use crate::kernel::canon;
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::records::intent::Intent;
use crate::kernel::records::request::Asked;
use crate::kernel::run::request::{Answer, MAX_ANSWER};
use crate::session::{Act, Session, Station, SubmitError, read_answer};
use crate::store::read_whole;
use crate::telling::act::act;
use crate::telling::trouble::Trouble;
use crate::tui::ground::effect::{AnswerAct, Outcome, RequestFacts};
use crate::tui::words::chain;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// Records a request and writes its file, which is never put over another one.
pub(in crate::tui) fn ask(session: &mut Session, person: &PersonId, asked: Asked, to: Role, path: &Path) -> Outcome {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match session.submit(person, Act::Request { asked, to, file: path.clone() }, None) {
        Ok(_) => {
            let id = session.run().requests().last().map(|r| r.id.to_string()).unwrap_or_default();
            let what = format!("{id} is out; carry this file to the other machine: {}", path.display());
            Outcome::Recorded(Arc::new(session.run().clone()), what.into())
        }
        Err(error) => refused(session, &error),
    }
}

/// Takes an answer into the run; one that does not hold changes nothing of it.
pub(in crate::tui) fn take_in(session: &mut Session, person: &PersonId, path: &Path) -> Outcome {
    let intent = match read_answer(path) {
        Ok(intent) => intent,
        Err(error) => return refused(session, &error),
    };
    match session.submit(person, &intent, None) {
        Ok(_) => Outcome::Recorded(Arc::new(session.run().clone()), taken(session, &intent).into()),
        Err(error) => refused(session, &error),
    }
}

/// What an answer that was taken in says, in words.
fn taken(session: &Session, intent: &Intent) -> String {
    let Intent::ImportAnswer { answer, .. } = intent else { return String::new() };
    let Ok(answer) = canon::decode::<Answer>(answer.as_bytes()) else { return "the answer".into() };
    let members = serde_json::to_value(&answer.intent).unwrap_or_default();
    let word = ["decision", "outcome", "answer", "agree"].iter().find_map(|name| match &members[*name] {
        Value::String(word) => Some(format!(": {}", word.replace('_', " "))),
        Value::Bool(agrees) => Some(format!(": {}", if *agrees { "agrees" } else { "does not agree" })),
        _ => None,
    });
    let (act, word) = (act(&session.run().plan().pack, &answer.intent), word.unwrap_or_default());
    format!("the answer of {} to {}, {act}{word}", answer.person, answer.request)
}

/// What was refused, with what is recorded all the same.
fn refused(session: &Session, error: &SubmitError) -> Outcome {
    let run = Some(Arc::new(session.run().clone()));
    match error {
        SubmitError::Refused { refusal, .. } => {
            Outcome::Refused(run, Trouble::told(refusal.message(), format!("{}; {}", refusal.hint(), error.left())))
        }
        SubmitError::Withheld { withheld, .. } => {
            Outcome::Refused(run, Trouble::told(withheld.to_string(), format!("{}; {}", withheld.hint(), error.left())))
        }
        other => Outcome::Refused(run, Trouble::of(other, other.hint())),
    }
}

/// Reads a request, and who could answer it here.
pub(in crate::tui) fn read(station: &Station, path: &Path) -> Outcome {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let bytes = read_whole(&path, "the request", MAX_ANSWER as u64).map_err(|e| chain(&e));
    let request = bytes.and_then(|bytes| answer::read(&bytes).map_err(|e| chain(&e)));
    match request {
        Ok(request) => Outcome::Request(Box::new(RequestFacts { people: people(station), path, request })),
        Err(why) => {
            Outcome::Refused(None, Trouble::told(why, "choose the request file that came from the other machine"))
        }
    }
}

/// Everybody whose key lies in this home.
pub(in crate::tui) fn people(station: &Station) -> Vec<PersonId> {
    let keys = station.keys().list().unwrap_or_default().into_iter().flatten();
    keys.filter_map(|key| key.path().file_name()?.to_str()?.parse().ok()).collect()
}

/// Signs an answer and writes it beside the request, the signature beside both.
pub(in crate::tui) fn answer(station: &Station, act: AnswerAct) -> Outcome {
    let file = act.beside.with_extension("answer.json");
    let time = station.clock.now().time;
    let answering = Answering { request: &act.request, person: &act.person, reply: act.reply, time };
    let signer = match station.signer(&act.person, &act.passphrase, None) {
        Ok(signer) => signer,
        Err(error) => return Outcome::Refused(None, Trouble::of(&error, error.hint())),
    };
    match answer::give(answering, &signer, &station.disk, &file) {
        Ok(()) => Outcome::Answered(file),
        Err(error) => Outcome::Refused(None, Trouble::of(&error, error.hint())),
    }
}
