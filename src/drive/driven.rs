//! One driven session: a line in, what it did out.

use super::language::{Cell, DriveIntent, cells, parsed, read, statement_inside, take_text, wrong_form};
use super::trouble::{Trouble, not_taken, start_trouble, trouble, unsealed};
use super::{Driver, brief};
use crate::kernel::model::name::{PersonId, StepId};
use crate::kernel::model::opening::LockReason;
use crate::kernel::model::time::Span;
use crate::kernel::records::intent::Intent;
use crate::session::{Accepted, Act, Attachment, Bytes, Material, Opening, Session, Tidied};
use crate::store::Progress;
use serde_json::{Map, Value, json};

/// What an act wrote, and what the answer holds beside it.
type Answered = (Accepted, Vec<(&'static str, Value)>);

pub(super) struct Driven<'a> {
    pub(super) driver: &'a Driver,
    pub(super) material: Option<Material>,
    pub(super) session: Option<Session>,
    /// Whether the next answer holds every step and deviation, and not only what changed.
    pub(super) whole: bool,
    /// What the first answer tells of the folder of a run that was taken up.
    pub(super) told: Vec<String>,
}

impl Driven<'_> {
    pub(super) fn answer(&mut self, line: &[u8]) -> (Value, bool) {
        let (mut answer, well) = self.answer_act(line);
        if let Some(answer) = answer.as_object_mut().filter(|_| !self.told.is_empty()) {
            answer.insert("amiss".into(), json!(std::mem::take(&mut self.told)));
        }
        (answer, well)
    }

    fn answer_act(&mut self, line: &[u8]) -> (Value, bool) {
        let (expected, outcome) = match read(line) {
            Ok(mut members) => match take_text(&mut members, "expect") {
                Ok(expected) => (expected, self.act(members)),
                Err(trouble) => (None, Err(trouble)),
            },
            Err(trouble) => (None, Err(trouble)),
        };
        match outcome {
            Ok((accepted, extra)) => {
                let changed = (!std::mem::take(&mut self.whole)).then_some(&accepted);
                let state = self.session.as_ref().map(|session| brief(session.run(), changed));
                let mut answer = json!({ "ok": true, "records": accepted.records, "state": state });
                if let Some(answer) = answer.as_object_mut() {
                    answer.extend(extra.into_iter().map(|(name, value)| (name.to_owned(), value)));
                }
                (answer, expected.is_none())
            }
            Err(t) => {
                // What was recorded all the same may have changed any step.
                self.whole = true;
                let well = expected.is_some_and(|code| t.codes == [code]);
                (t.answer(), well)
            }
        }
    }

    fn act(&mut self, mut members: Map<String, Value>) -> Result<Answered, Trouble> {
        // Whoever asks where the run stands does nothing, and needs no key for it.
        if members.get("intent").and_then(Value::as_str) == Some("state") {
            take_text(&mut members, "as")?;
            parsed::<DriveIntent>(members)?;
            self.whole = true;
            return Ok((Accepted::default(), Vec::new()));
        }
        let person: PersonId = match take_text(&mut members, "as")? {
            Some(text) => {
                text.parse().map_err(|e| Trouble::new("intent.form", e, "name a person of the roster in `as`"))?
            }
            None => {
                return Err(Trouble::new(
                    "intent.form",
                    "the member `as` is missing",
                    "say who acts: \"as\": \"a.ortiz\"",
                ));
            }
        };
        let word = members.get("intent").and_then(Value::as_str).unwrap_or_default().to_owned();
        if word == "open" {
            return self.open(&person, parsed(members)?).map(|a| (a, Vec::new()));
        }
        let mut accepted = self.unlocked(&person)?;
        let (done, extra) = self.carry_out(&person, &word, members).map_err(|t| t.after(&accepted.records))?;
        accepted.and(done);
        Ok((accepted, extra))
    }

    fn carry_out(&mut self, person: &PersonId, word: &str, members: Map<String, Value>) -> Result<Answered, Trouble> {
        let done = match word {
            "enter" | "correct" | "attach" | "wait" | "call" | "request" | "answer" | "lock_session" => {
                self.several(person, parsed(members)?)?
            }
            "close" | "seal" | "reattach" => return self.keep(person, parsed(members)?),
            "sign" => {
                let members = self.naming_the_run(members);
                self.submit(person, &parsed::<Intent>(members)?)?
            }
            "deviate" | "amend_deviation" => self.submit(person, &statement_inside(members)?)?,
            _ => self.submit(person, &parsed::<Intent>(members)?)?,
        };
        Ok((done, Vec::new()))
    }

    /// The run under way needs no name in a script that is written before the run exists.
    fn naming_the_run(&self, mut members: Map<String, Value>) -> Map<String, Value> {
        let run = self.session.as_ref().map(|s| json!(s.run().id()));
        let subject = members.get_mut("subject").and_then(Value::as_object_mut);
        if let (Some(run), Some(subject)) = (run, subject)
            && subject.get("kind").and_then(Value::as_str) == Some("run")
        {
            subject.entry("id").or_insert(run);
        }
        members
    }

    fn passphrase(&self, person: &PersonId) -> Result<String, Trouble> {
        let hint = "add a line `<person id> <passphrase>` to the passphrase file";
        let missing = || Trouble::new("intent.passphrase", format!("no passphrase of {person} is given"), hint);
        self.driver.passphrases.get(person).cloned().ok_or_else(missing)
    }

    fn session(&mut self) -> Result<&mut Session, Trouble> {
        let missing = || Trouble::new("gate.run_open", "the run is not open", "open it first");
        self.session.as_mut().ok_or_else(missing)
    }

    fn open(&mut self, person: &PersonId, intent: DriveIntent) -> Result<Accepted, Trouble> {
        let DriveIntent::Open { mode, fields, crew } = intent else { return Err(wrong_form("open")) };
        let passphrase = self.passphrase(person)?;
        let Some(material) = self.material.take() else {
            return Err(Trouble::new("gate.run_open", "the run is open already", "go on with it"));
        };
        let opening = Opening { mode, fields, crew };
        match Session::start(self.driver.station.clone(), material.clone(), person, &passphrase, opening) {
            Ok((session, accepted)) => {
                self.session = Some(session);
                Ok(accepted)
            }
            Err(error) => {
                self.material = Some(material);
                Err(start_trouble(&error))
            }
        }
    }

    /// Unlocks the acting person on first mention.
    fn unlocked(&mut self, person: &PersonId) -> Result<Accepted, Trouble> {
        let passphrase = self.passphrase(person)?;
        let session = self.session()?;
        match session.is_unlocked(person) {
            true => Ok(Accepted::default()),
            false => session.unlock(person, &passphrase).map_err(|e| trouble(&e)),
        }
    }

    fn submit(&mut self, person: &PersonId, intent: &Intent) -> Result<Accepted, Trouble> {
        let passphrase = self.passphrase(person)?;
        self.session()?.submit(person, intent, Some(&passphrase)).map_err(|e| trouble(&e))
    }

    fn several(&mut self, person: &PersonId, intent: DriveIntent) -> Result<Accepted, Trouble> {
        let passphrase = self.passphrase(person)?;
        match intent {
            DriveIntent::Enter { step, values, instrument, late, source } => {
                self.each(person, cells(values), |(input, row, column, raw)| Intent::Enter {
                    late: late.clone(),
                    column,
                    input,
                    instrument: instrument.clone(),
                    raw,
                    row,
                    source,
                    step: step.clone(),
                })
            }
            DriveIntent::Correct { step, values, reason } => {
                self.each(person, cells(values), |(input, row, column, raw)| Intent::Correct {
                    column,
                    input,
                    raw,
                    reason: reason.clone(),
                    row,
                    step: step.clone(),
                })
            }
            DriveIntent::Attach { step, requirement, path, caption, sensitivity } => {
                let path = self.driver.folder.join(path);
                let to = Attachment { step, requirement, caption, sensitivity };
                let file = Act::Attach(to, Bytes::File(path, Progress::default()));
                self.session()?.submit(person, file, None).map_err(|e| trouble(&e))
            }
            DriveIntent::Wait { step, at_most } => self.wait(&step, at_most),
            DriveIntent::Call { step, bundle } => {
                let child = (self.driver.judges.standing)(&self.driver.folder.join(bundle));
                let child = child.map_err(|why| not_taken(&why))?;
                let call = Act::Call(step, Box::new(child));
                self.session()?.submit(person, call, Some(&passphrase)).map_err(|e| trouble(&e))
            }
            DriveIntent::Request { asked, to, path } => {
                let request = Act::Request { asked, to, file: self.driver.folder.join(path) };
                self.session()?.submit(person, request, Some(&passphrase)).map_err(|e| trouble(&e))
            }
            DriveIntent::Answer { path } => {
                let answer = Act::Answer(self.driver.folder.join(path));
                self.session()?.submit(person, answer, Some(&passphrase)).map_err(|e| trouble(&e))
            }
            DriveIntent::LockSession {} => {
                self.session()?.submit(person, Act::Lock(LockReason::Locked), None).map_err(|e| trouble(&e))
            }
            DriveIntent::Open { .. }
            | DriveIntent::State {}
            | DriveIntent::Seal { .. }
            | DriveIntent::Close { .. }
            | DriveIntent::Reattach { .. } => Err(wrong_form("the intent")),
        }
    }

    /// Sleeps until the least time at a step has passed; nothing is recorded for the waiting itself.
    fn wait(&mut self, step: &StepId, at_most: Span) -> Result<Accepted, Trouble> {
        let session = self.session()?;
        let waited = session.run().authored(step).and_then(|s| session.run().waited(s, &session.now()));
        let left = waited.map_or(0, |waited| waited.left());
        if left > at_most.millis() {
            let message = format!("{left} ms are left, more than {at_most}");
            return Err(Trouble::later("intent.wait", message, "wait longer, or look at the timing of the step"));
        }
        std::thread::sleep(std::time::Duration::from_millis(u64::try_from(left).unwrap_or(0)));
        Ok(Accepted::default())
    }

    fn each(
        &mut self,
        person: &PersonId,
        cells: Vec<Cell>,
        intent: impl Fn(Cell) -> Intent,
    ) -> Result<Accepted, Trouble> {
        let mut accepted = Accepted::default();
        for cell in cells {
            let done = self.submit(person, &intent(cell)).map_err(|t| t.after(&accepted.records))?;
            accepted.and(done);
        }
        Ok(accepted)
    }

    /// What closes, seals and keeps the run folder fit for it; the answer tells what was moved or put back.
    fn keep(&mut self, person: &PersonId, intent: DriveIntent) -> Result<Answered, Trouble> {
        let passphrase = self.passphrase(person)?;
        let judges = self.driver.judges;
        let said = |tidied: &[Tidied]| tidied.iter().map(ToString::to_string).collect::<Vec<_>>();
        if let DriveIntent::Close { thorough: true } | DriveIntent::Seal { thorough: true } = intent {
            self.session()?.seal_thoroughly();
        }
        match intent {
            DriveIntent::Close { .. } => {
                let closed = self.session()?.close(person, Some(&passphrase), &judges).map_err(|e| unsealed(&e))?;
                let tidied = json!(said(&closed.tidied));
                Ok((closed.accepted, vec![("tidied", tidied)]))
            }
            DriveIntent::Seal { .. } => {
                let sealed = self.session()?.seal(&judges).map_err(|e| unsealed(&e))?;
                Ok((
                    Accepted::default(),
                    vec![("bundle", json!(sealed.bundle)), ("tidied", json!(said(&sealed.tidied)))],
                ))
            }
            DriveIntent::Reattach { path } => {
                let path = self.driver.folder.join(path);
                let back = self.session()?.reattach(&path, &Progress::default()).map_err(|e| trouble(&e))?;
                Ok((Accepted::default(), vec![("reattached", json!(back.to_string()))]))
            }
            _ => Err(wrong_form("the intent")),
        }
    }
}
