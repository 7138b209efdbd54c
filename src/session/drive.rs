//! The same session without a screen: one JSON intent a line in, one JSON answer a line out (FORMAT.md §10).

use super::call::Judge;
use super::capture::Attachment;
use super::{Accepted, Material, Opening, Session, StartError, Station, SubmitError};
use crate::kernel::canon;
use crate::kernel::model::deviation::Statement;
use crate::kernel::model::event::{Binding, LockReason, Mode};
use crate::kernel::model::evidence::Sensitivity;
use crate::kernel::model::late::Late;
use crate::kernel::model::name::{DeviationId, OptionId, PersonId, RequirementId, Role, RunId, StepId, Tag, Variable};
use crate::kernel::model::record::MAX_LINE;
use crate::kernel::model::request::Asked;
use crate::kernel::model::time::Span;
use crate::kernel::run::{Intent, Run};
use crate::store::Progress;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Write};
use std::path::PathBuf;

/// The intents whose form in the drive language differs from the kernel's: files are paths, values come several at once.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(tag = "intent", rename_all = "snake_case", deny_unknown_fields)]
pub enum DriveIntent {
    /// Open the run.
    Open {
        /// Live or training.
        #[serde(default = "live")]
        mode: Mode,
        /// The run header.
        #[serde(default)]
        fields: BTreeMap<Variable, String>,
        /// Persons and roles beside the opener.
        #[serde(default)]
        crew: Vec<Binding>,
    },
    /// Enter values; one record each.
    Enter {
        /// The step.
        step: StepId,
        /// Input to text, or table input to rows of cells.
        values: BTreeMap<Variable, Entered>,
        /// With which instrument.
        #[serde(default)]
        instrument: Option<Tag>,
        /// When it happened, where it is entered later.
        #[serde(default)]
        late: Option<Late>,
    },
    /// Correct values; one record each.
    Correct {
        /// The step.
        step: StepId,
        /// Input to text, or table input to rows of cells.
        values: BTreeMap<Variable, Entered>,
        /// Why.
        reason: String,
    },
    /// Attach a file.
    Attach {
        /// The step.
        step: StepId,
        /// The requirement; none for an extra file.
        #[serde(default)]
        requirement: Option<RequirementId>,
        /// The file, relative to the script's folder.
        path: PathBuf,
        /// What it shows.
        #[serde(default)]
        caption: Option<String>,
        /// Who should see it.
        #[serde(default)]
        sensitivity: Sensitivity,
    },
    /// Let time pass until a step may be performed, verified or gone on with.
    Wait {
        /// The step.
        step: StepId,
        /// How long at most.
        #[serde(default = "ten_seconds")]
        at_most: Span,
    },
    /// Name the bundle of a called procedure.
    Call {
        /// The step.
        step: StepId,
        /// The bundle, relative to the script's folder.
        bundle: PathBuf,
    },
    /// Ask somebody at another machine: the request is written into a file.
    Request {
        /// For what.
        asked: Asked,
        /// Which role is asked.
        to: Role,
        /// The file, relative to the script's folder.
        path: PathBuf,
    },
    /// Take in an answer from another machine; its signature lies beside it, with `.sig` behind the name.
    Answer {
        /// The file, relative to the script's folder.
        path: PathBuf,
    },
    /// Lock the session.
    LockSession {},
    /// Close the record.
    Close {},
    /// Seal the closed run.
    Seal {},
}

fn ten_seconds() -> Span {
    Span::from_millis(10_000)
}

fn live() -> Mode {
    Mode::Live
}

/// A value, or the cells of a table: row to column to value.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Entered {
    /// As keyed.
    Value(String),
    /// A reading as found and as left.
    Rows(BTreeMap<OptionId, String>),
    /// Cells as keyed.
    Table(BTreeMap<OptionId, BTreeMap<Variable, String>>),
}

/// Where the driven run comes from.
pub enum Start {
    /// A package; the first intent opens the run.
    Package(Box<Material>),
    /// A run of this home that is taken up again.
    Run(RunId),
}

/// What a driver brings along.
pub struct Driver {
    /// The machine.
    pub station: Station,
    /// What opens each person's key.
    pub passphrases: BTreeMap<PersonId, String>,
    /// Relative evidence paths start here.
    pub folder: PathBuf,
    /// What grades the bundle of a called procedure.
    pub judge: Judge,
}

/// What an act wrote, and what the answer holds beside it.
type Answered = (Accepted, Option<(&'static str, Value)>);

/// A line that was not carried out.
#[derive(Debug)]
struct Trouble {
    codes: Vec<String>,
    message: String,
    hint: String,
}

impl Trouble {
    fn new(code: &str, message: impl ToString, hint: &str) -> Self {
        Self { codes: vec![code.to_owned()], message: message.to_string(), hint: hint.to_owned() }
    }
}

/// Reads intents and answers each; returns whether every answer was as wanted.
///
/// # Errors
/// When a run cannot be taken up, or the pipes fail.
pub fn drive(
    driver: &Driver,
    start: Start,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> Result<bool, DriveError> {
    let mut driven = match start {
        Start::Package(material) => Driven { driver, material: Some(*material), session: None },
        Start::Run(id) => {
            Driven { driver, material: None, session: Some(Session::resume(driver.station.clone(), &id)?) }
        }
    };
    let mut all_well = true;
    let mut line = Vec::new();
    while next_line(input, &mut line)? {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let (answer, well) = driven.answer(&line);
        all_well &= well;
        serde_json::to_writer(&mut *output, &answer).map_err(io::Error::from)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
    if let Some(session) = &mut driven.session {
        session.end().map_err(Box::new)?;
    }
    Ok(all_well)
}

/// Why a drive could not begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// The run cannot be taken up.
    #[error("the run cannot be driven")]
    Start(#[from] StartError),
    /// A pipe failed.
    #[error("reading intents or writing answers failed")]
    Pipe(#[from] io::Error),
    /// The sessions could not be locked at the end.
    #[error("the sessions could not be locked at the end")]
    End(#[from] Box<SubmitError>),
}

/// Reads one line, never more than a journal line may hold; the rest of a longer one is passed over.
fn next_line(mut input: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let read = (&mut input).take(MAX_LINE as u64 + 1).read_until(b'\n', line)?;
    if line.len() > MAX_LINE && line.last() != Some(&b'\n') {
        pass_over(input)?;
    }
    Ok(read > 0)
}

fn pass_over(input: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let available = input.fill_buf()?;
        let (used, done) = match available.iter().position(|b| *b == b'\n') {
            Some(end) => (end + 1, true),
            None => (available.len(), available.is_empty()),
        };
        input.consume(used);
        if done {
            return Ok(());
        }
    }
}

struct Driven<'a> {
    driver: &'a Driver,
    material: Option<Material>,
    session: Option<Session>,
}

impl Driven<'_> {
    fn answer(&mut self, line: &[u8]) -> (Value, bool) {
        let (expected, outcome) = match read(line) {
            Ok(mut members) => match take_text(&mut members, "expect") {
                Ok(expected) => (expected, self.act(members)),
                Err(trouble) => (None, Err(trouble)),
            },
            Err(trouble) => (None, Err(trouble)),
        };
        match outcome {
            Ok((accepted, extra)) => {
                let mut answer = json!({ "ok": true, "records": accepted.records, "state": self.session.as_ref().map(|s| brief(s.run())) });
                if let (Some(answer), Some((name, value))) = (answer.as_object_mut(), extra) {
                    answer.insert(name.to_owned(), value);
                }
                (answer, expected.is_none())
            }
            Err(t) => {
                let well = expected.is_some_and(|code| t.codes == [code]);
                (json!({ "ok": false, "codes": t.codes, "message": t.message, "hint": t.hint }), well)
            }
        }
    }

    fn act(&mut self, mut members: Map<String, Value>) -> Result<Answered, Trouble> {
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
            return self.open(&person, parsed(members)?).map(|a| (a, None));
        }
        let mut accepted = self.unlocked(&person)?;
        let done = match word.as_str() {
            "enter" | "correct" | "attach" | "wait" | "call" | "request" | "answer" | "lock_session" | "close" => {
                self.several(&person, parsed(members)?)?
            }
            "seal" => return self.seal(accepted, parsed(members)?),
            "sign" => {
                let members = self.naming_the_run(members);
                self.submit(&person, &parsed::<Intent>(members)?)?
            }
            "deviate" | "amend_deviation" => self.submit(&person, &statement_inside(members)?)?,
            _ => self.submit(&person, &parsed::<Intent>(members)?)?,
        };
        accepted.records.extend(done.records);
        Ok((accepted, None))
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
        let session = self.session()?;
        match intent {
            Intent::Redact { blake3, reason } => session.redact(person, *blake3, reason),
            _ => session.submit(person, intent, Some(&passphrase)),
        }
        .map_err(|e| trouble(&e))
    }

    fn several(&mut self, person: &PersonId, intent: DriveIntent) -> Result<Accepted, Trouble> {
        let passphrase = self.passphrase(person)?;
        match intent {
            DriveIntent::Enter { step, values, instrument, late } => {
                self.each(person, cells(values), |(input, row, column, raw)| Intent::Enter {
                    late: late.clone(),
                    column,
                    input,
                    instrument: instrument.clone(),
                    raw,
                    row,
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
                self.session()?.attach(person, to, &path, &Progress::default()).map_err(|e| trouble(&e))
            }
            DriveIntent::Wait { step, at_most } => self.wait(&step, at_most),
            DriveIntent::Call { step, bundle } => {
                let (bundle, judge) = (self.driver.folder.join(bundle), self.driver.judge);
                self.session()?.call(person, step, &bundle, judge, Some(&passphrase)).map_err(|e| trouble(&e))
            }
            DriveIntent::Request { asked, to, path } => {
                let path = self.driver.folder.join(path);
                self.session()?.request(person, asked, to, &path, Some(&passphrase)).map_err(|e| trouble(&e))
            }
            DriveIntent::Answer { path } => {
                let path = self.driver.folder.join(path);
                self.session()?.import_answer(person, &path, Some(&passphrase)).map_err(|e| trouble(&e))
            }
            DriveIntent::LockSession {} => self.session()?.lock(person, LockReason::Locked).map_err(|e| trouble(&e)),
            DriveIntent::Close {} => self.session()?.close(person, Some(&passphrase)).map_err(|e| trouble(&e)),
            DriveIntent::Open { .. } | DriveIntent::Seal {} => Err(wrong_form("the intent")),
        }
    }

    /// Sleeps until the least time at a step has passed; nothing is recorded for the waiting itself.
    fn wait(&mut self, step: &StepId, at_most: Span) -> Result<Accepted, Trouble> {
        let session = self.session()?;
        let ready = session.run().authored(step).and_then(|s| session.run().ready_at(s));
        let left = ready.map_or(0, |at| at.since(session.now().time)).max(0);
        if left > at_most.millis() {
            let message = format!("{left} ms are left, more than {at_most}");
            return Err(Trouble::new("intent.wait", message, "wait longer, or look at the timing of the step"));
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
            accepted.records.extend(self.submit(person, &intent(cell))?.records);
        }
        Ok(accepted)
    }

    fn seal(&mut self, accepted: Accepted, intent: DriveIntent) -> Result<Answered, Trouble> {
        let DriveIntent::Seal {} = intent else { return Err(wrong_form("seal")) };
        let hint = "close the record first; `asrun seal RUN` completes an interrupted seal";
        let sealed = self.session()?.seal().map_err(|e| Trouble::new("seal.failed", chain(&e), hint))?;
        Ok((accepted, Some(("bundle", json!(sealed.bundle)))))
    }
}

type Cell = (Variable, Option<OptionId>, Option<Variable>, String);

fn cells(values: BTreeMap<Variable, Entered>) -> Vec<Cell> {
    let spread = |(input, entered): (Variable, Entered)| match entered {
        Entered::Value(raw) => vec![(input, None, None, raw)],
        Entered::Rows(rows) => rows.into_iter().map(|(row, raw)| (input.clone(), Some(row), None, raw)).collect(),
        Entered::Table(rows) => rows
            .into_iter()
            .flat_map(|(row, columns)| columns.into_iter().map(move |(column, raw)| (row.clone(), column, raw)))
            .map(|(row, column, raw)| (input.clone(), Some(row), Some(column), raw))
            .collect(),
    };
    values.into_iter().flat_map(spread).collect()
}

fn read(line: &[u8]) -> Result<Map<String, Value>, Trouble> {
    let hint = "write one JSON object a line, at most 1 MiB";
    if line.len() > MAX_LINE {
        return Err(Trouble::new("intent.form", "the line is longer than 1 MiB", hint));
    }
    match canon::parse(line) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Trouble::new("intent.form", "the line is no JSON object", hint)),
        Err(refused) => Err(Trouble::new("intent.form", format!("the line is refused: {refused}"), hint)),
    }
}

fn take_text(members: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Trouble> {
    match members.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Trouble::new("intent.form", format!("`{name}` is no text"), "put it in quotes")),
    }
}

fn parsed<T: serde::de::DeserializeOwned>(members: Map<String, Value>) -> Result<T, Trouble> {
    serde_json::from_value(Value::Object(members))
        .map_err(|e| Trouble::new("intent.form", e, "the schemas lie in packs/schema/intents"))
}

fn wrong_form(what: &str) -> Trouble {
    Trouble::new("intent.form", format!("{what} has the wrong form"), "the schemas lie in packs/schema/intents")
}

/// In the drive language the fields of a deviation form stand flat beside the intent.
fn statement_inside(mut members: Map<String, Value>) -> Result<Intent, Trouble> {
    let word = take_text(&mut members, "intent")?.unwrap_or_default();
    let mut name = |key: &str| take_text(&mut members, key);
    if word == "amend_deviation" {
        let deviation = name("deviation")?.ok_or_else(|| wrong_form("amend_deviation"))?;
        let deviation: DeviationId = deviation.parse().map_err(|e| Trouble::new("intent.form", e, "write DEV-0001"))?;
        let reason = name("reason")?.unwrap_or_default();
        let statement: Statement = parsed(members)?;
        return Ok(Intent::AmendDeviation { deviation, reason, statement });
    }
    let step = name("step")?.map(|s| s.parse::<StepId>()).transpose();
    let step = step.map_err(|e| Trouble::new("intent.form", e, "name a step"))?;
    let about = name("about")?;
    let statement: Statement = parsed(members)?;
    Ok(Intent::Deviate { about, statement, step })
}

fn trouble(error: &SubmitError) -> Trouble {
    match error {
        SubmitError::Refused { refusal, .. } => Trouble {
            codes: refusal.codes().iter().map(|c| c.code().to_owned()).collect(),
            message: refusal.message(),
            hint: refusal.hint().to_owned(),
        },
        SubmitError::Key { .. } => {
            Trouble::new("intent.passphrase", chain(error), "check the passphrase and the key file")
        }
        SubmitError::Capture(_) => {
            Trouble::new("evidence.refused", chain(error), "nothing was recorded; attach another file")
        }
        SubmitError::Append(_) => {
            Trouble::new("journal.failed", chain(error), "free space or mend the disk, then take the run up again")
        }
        _ => Trouble::new("intent.failed", chain(error), "nothing was recorded"),
    }
}

fn start_trouble(error: &StartError) -> Trouble {
    match error {
        StartError::Submit(inner) => trouble(inner),
        _ => Trouble::new("run.refused", chain(error), "nothing was recorded"),
    }
}

/// Returns an error with its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

/// Returns where the run stands, with nothing in it that anybody observed: a blind verifier may read it.
#[must_use]
pub fn brief(run: &Run) -> Value {
    let steps: BTreeMap<&str, &str> =
        run.plan().procedure.steps().filter_map(|s| Some((s.id.as_str(), run.step(&s.id)?.state.word()))).collect();
    let ready: Vec<&str> = run.frontier().iter().map(|s| s.id.as_str()).collect();
    let active = run.active();
    let deviations: BTreeMap<&str, &str> =
        run.deviations().iter().map(|d| (d.id.as_str(), d.ruling.outcome.word())).collect();
    json!({
        "run": run.id(),
        "seq": run.seq(),
        "phase": run.phase(),
        "ready": ready,
        "active": active.map(|s| &s.id),
        "outstanding": active.map(|s| run.outstanding_words(&s.id)),
        "pending": run.pending().iter().map(|p| p.trigger).collect::<Vec<_>>(),
        "deviations": deviations,
        "steps": steps,
    })
}
