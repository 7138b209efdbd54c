//! Requests out and answers in, as files: what the performer does for the run screen and the library.

use super::effect::{AnswerAct, Outcome, RequestFacts};
use super::terms::act;
use super::words::chain;
use crate::desk::answer;
use crate::kernel::canon;
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::model::request::Asked;
use crate::kernel::run::Intent;
use crate::kernel::run::request::{Answer, MAX_ANSWER};
use crate::session::{Session, Station, SubmitError, read_answer};
use crate::store::read_whole;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Records a request and writes its file, which is never put over another one.
pub(super) fn ask(session: &mut Session, person: &PersonId, asked: Asked, to: Role, path: &Path) -> Outcome {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    // A folder that is not there is found before the record is written: a record cannot be taken back.
    if !path.parent().is_some_and(Path::is_dir) {
        let what = format!("there is no folder for `{}`", path.display());
        return refused(session, &SubmitError::Input(what), "nothing was recorded; choose another path");
    }
    let before = session.run().requests().len();
    match session.request(person, asked, to, &path, None) {
        Ok(_) => {
            let id = session.run().requests().last().map(|r| r.id.to_string()).unwrap_or_default();
            let what = format!("{id} is out; carry this file to the other machine: {}", path.display());
            Outcome::Recorded(Arc::new(session.run().clone()), what)
        }
        Err(error) if session.run().requests().len() > before => {
            refused(session, &error, "the request is recorded, but its file is not written; ask once more")
        }
        Err(error) => refused(session, &error, "nothing was asked"),
    }
}

/// Takes an answer into the run; one that does not hold changes nothing of it.
pub(super) fn take_in(session: &mut Session, person: &PersonId, path: &Path) -> Outcome {
    let intent = match read_answer(path) {
        Ok(intent) => intent,
        Err(error) => return refused(session, &error, "nothing was changed"),
    };
    match session.submit(person, &intent, None) {
        Ok(_) => Outcome::Recorded(Arc::new(session.run().clone()), taken(session, &intent)),
        Err(error) => refused(session, &error, "the run was not changed"),
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

fn refused(session: &Session, error: &SubmitError, safe: &str) -> Outcome {
    let (what, hint) = match error {
        SubmitError::Refused { refusal, record: Some(_) } => {
            (refusal.message(), format!("{}; {safe}, and the refusal stands in the journal", refusal.hint()))
        }
        SubmitError::Refused { refusal, record: None } => (refusal.message(), format!("{}; {safe}", refusal.hint())),
        SubmitError::Withheld { withheld, .. } => (withheld.to_string(), format!("{}; {safe}", withheld.hint())),
        other => (chain(other), safe.to_owned()),
    };
    Outcome::Refused(Some(Arc::new(session.run().clone())), what, hint)
}

/// Reads a request, and who could answer it here.
pub(super) fn read(station: &Station, path: &Path) -> Outcome {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let bytes = read_whole(&path, "the request", MAX_ANSWER as u64).map_err(|e| chain(&e));
    let request = bytes.and_then(|bytes| answer::read(&bytes).map_err(|e| chain(&e)));
    match request {
        Ok(request) => Outcome::Request(Box::new(RequestFacts { people: people(station), path, request })),
        Err(why) => Outcome::Refused(None, why, "nothing was signed".into()),
    }
}

/// Everybody whose key lies in this home.
fn people(station: &Station) -> Vec<PersonId> {
    let keys = station.keys().list().unwrap_or_default().into_iter().flatten();
    keys.filter_map(|key| key.path().file_name()?.to_str()?.parse().ok()).collect()
}

/// Signs an answer and writes it beside the request, the signature beside both.
pub(super) fn answer(station: &Station, act: AnswerAct) -> Outcome {
    match answered(station, act) {
        Ok(path) => Outcome::Answered(path),
        Err(why) => Outcome::Refused(None, why, "nothing was answered".into()),
    }
}

fn answered(station: &Station, act: AnswerAct) -> Result<PathBuf, String> {
    let file = act.beside.with_extension("answer.json");
    let signature = PathBuf::from(format!("{}.sig", file.display()));
    if let Some(there) = [&file, &signature].into_iter().find(|f| f.exists()) {
        return Err(format!("`{}` is there already; move it away first", there.display()));
    }
    let text = answer::prepare(&act.request, &act.person, act.reply, station.clock.now().time);
    let text = text.map_err(|e| chain(&e))?;
    let signer = station.signer(&act.person, &act.passphrase, None).map_err(|e| chain(&e))?;
    let put = |path: &Path, bytes: &[u8]| {
        station.disk.write_new(path, bytes).map_err(|e| format!("cannot write `{}`: {e}", path.display()))
    };
    // The signature alone answers nothing: where the second file fails, nobody takes the first for an answer.
    put(&signature, answer::sign(&text, &signer).as_bytes())?;
    put(&file, &text)?;
    Ok(file)
}
