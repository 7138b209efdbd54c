//! Answering a request of a run at another machine: the answer, to be signed here or with `ssh-keygen` (FORMAT.md §4).

use crate::kernel::canon::{self, NotCanonical, Refused};
use crate::kernel::model::deviation::ReviewDecision;
use crate::kernel::model::name::{DeviationId, PersonId, StepId, Variable};
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::intent::Intent;
use crate::kernel::records::request::AskedKind;
use crate::kernel::run::request::{Answer, AnswerFormat, MAX_ANSWER, Request};
use crate::kernel::signature::Namespace;
use crate::kernel::work::poll::{Poll, PollAnswer};
use crate::kernel::work::witness::{Attend, Attendance};
use crate::keys::Signer;
use crate::store::{Deed, Disk, Left};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// Why no answer was made.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The file is no request.
    #[error("the request is refused: {0}")]
    Request(Refused),
    /// The file is longer than any request.
    #[error("the request is longer than {MAX_ANSWER} bytes")]
    Length,
    /// The decision does not go with what is asked.
    #[error("{asked} is not answered by `{decision}`; say {wanted}")]
    Decision {
        /// What is asked.
        asked: &'static str,
        /// What was said.
        decision: String,
        /// What can be said.
        wanted: &'static str,
    },
    /// The request names no step or deviation.
    #[error("the request names nothing that can be answered")]
    Subject,
    /// The answer has no canonical form.
    #[error("the answer has no canonical form")]
    Form(#[from] NotCanonical),
    /// A file of that name would be written over.
    #[error("`{}` is there already", .0.display())]
    Exists(PathBuf),
    /// A file could not be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// What was written and could not be taken away again.
        left: Left,
        /// What the system said.
        source: io::Error,
    },
}

impl AnswerError {
    /// Returns what the attempt left behind.
    #[must_use]
    pub fn left(&self) -> Left {
        match self {
            Self::Write { left, .. } => left.clone(),
            Self::Request(_)
            | Self::Length
            | Self::Decision { .. }
            | Self::Subject
            | Self::Form(_)
            | Self::Exists(_) => Left::default(),
        }
    }

    /// Returns what to do, after what was left behind.
    #[must_use]
    pub fn hint(&self) -> String {
        let way_on = match self {
            Self::Request(_) | Self::Length => return "ask for the request file once more".into(),
            Self::Decision { .. } | Self::Subject | Self::Form(_) => "answer otherwise",
            Self::Exists(_) => "choose another file; one that is there is not written over",
            Self::Write { left, .. } if left.is_nothing() => "choose another folder",
            Self::Write { .. } => "one file alone answers nothing; take it away and answer again",
        };
        let deed = if matches!(self, Self::Write { .. }) { Deed::Written } else { Deed::Signed };
        format!("{}; {way_on}", self.left().after(deed))
    }
}

/// Who answers, and what.
#[derive(Clone, Debug)]
pub struct Answering<'a> {
    /// The request.
    pub request: &'a Request,
    /// Who answers.
    pub person: &'a PersonId,
    /// What is answered.
    pub reply: Reply,
    /// When.
    pub time: Timestamp,
}

/// Signs an answer and writes it with its signature beside it, both or none.
///
/// The signer is open before anything is written, and the signature is written first: alone it answers nothing, so that
/// where the second file fails nobody takes the first for an answer.
///
/// # Errors
/// A decision that does not go with the request, a file that is there already, a failing disk.
pub fn give(answering: Answering, signer: &Signer, disk: &Disk, file: &Path) -> Result<(), AnswerError> {
    let signature = signature_beside(file);
    if let Some(there) = [file, &signature].into_iter().find(|f| f.symlink_metadata().is_ok()) {
        return Err(AnswerError::Exists(there.to_owned()));
    }
    let Answering { request, person, reply, time } = answering;
    let text = prepare(request, person, reply, time)?;
    for (path, bytes) in [(signature.as_path(), sign(&text, signer).as_bytes()), (file, &text)] {
        if let Err(source) = disk.write_new(path, bytes) {
            // What somebody else put there in the meantime is not ours to take away.
            let ours = source.kind() != io::ErrorKind::AlreadyExists;
            let before = Some(signature.as_path()).filter(|before| *before != path);
            let left = taken_away(ours.then_some(path).into_iter().chain(before), disk);
            return Err(AnswerError::Write { path: path.to_owned(), left, source });
        }
    }
    Ok(())
}

/// Takes files away again, those too of which a failed write does not tell whether they are there; returns what stays.
/// Behind one that stays nothing is taken away: an answer keeps its signature.
fn taken_away<'a>(written: impl Iterator<Item = &'a Path>, disk: &Disk) -> Left {
    let mut stays = false;
    let staying = written.filter(|path| {
        stays = stays || (disk.remove(path).is_err() && path.symlink_metadata().is_ok());
        stays
    });
    Left::files(staying.map(Path::to_owned))
}

/// Returns where the signature of an answer file lies.
#[must_use]
pub fn signature_beside(file: &Path) -> PathBuf {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".sig");
    PathBuf::from(beside)
}

/// What a person answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// release; accept, reject, return; agree, disagree; attended, declined; go, no_go.
    pub decision: String,
    /// Why.
    pub comment: Option<String>,
    /// What the verifier read.
    pub values: BTreeMap<Variable, String>,
}

/// Reads a request file.
///
/// # Errors
/// A file that is too long or no request.
pub fn read(bytes: &[u8]) -> Result<Request, AnswerError> {
    match bytes.len() > MAX_ANSWER {
        true => Err(AnswerError::Length),
        false => canon::decode(bytes).map_err(AnswerError::Request),
    }
}

/// Returns the words that answer a kind of request.
#[must_use]
pub fn decisions(kind: AskedKind) -> &'static str {
    match kind {
        AskedKind::Hold => "release",
        AskedKind::Review => "accept, reject or return",
        AskedKind::Verification => "agree or disagree",
        AskedKind::Witness => "attended or declined",
        AskedKind::Poll => "go or no_go",
    }
}

/// Returns the words that answer a kind of request, one by one.
#[must_use]
pub fn choices(kind: AskedKind) -> &'static [&'static str] {
    match kind {
        AskedKind::Hold => &["release"],
        AskedKind::Review => &["accept", "reject", "return"],
        AskedKind::Verification => &["agree", "disagree"],
        AskedKind::Witness => &["attended", "declined"],
        AskedKind::Poll => &["go", "no_go"],
    }
}

/// Returns what a request asks, in lines that are not escaped yet.
#[must_use]
pub fn shown(request: &Request) -> Vec<String> {
    let mut lines = vec![
        format!("{} of run {}: {}", request.request, request.run, request.title),
        format!("asks the {} for: {} {}", request.to, request.asked.kind.word(), request.asked.id),
    ];
    lines.extend(request.words.iter().flat_map(|text| text.split('\n')).map(|line| format!("  {line}")));
    if let Some(deviation) = &request.deviation {
        lines.push(format!("  {} {}", deviation.id, deviation.facts.trigger.word()));
        lines.push(format!("  required: {}", deviation.facts.requirement));
        lines.push(format!("  as found: {}", deviation.facts.as_found));
        lines.push(format!("  {}", deviation.statement.description));
        lines.push(format!("  way on: {}", deviation.statement.process.word()));
    }
    lines.extend(request.observe.iter().map(|input| format!("  read for yourself: {input}")));
    lines
}

/// Returns the answer, byte for byte as it is signed.
///
/// # Errors
/// A decision that does not go with the request.
pub fn prepare(request: &Request, person: &PersonId, reply: Reply, time: Timestamp) -> Result<Vec<u8>, AnswerError> {
    let answer = Answer {
        format: AnswerFormat::V1,
        intent: intent(request, reply)?,
        person: person.clone(),
        record: request.record,
        request: request.request.clone(),
        run: request.run.clone(),
        time,
    };
    Ok(canon::encode(&answer)?)
}

fn intent(request: &Request, reply: Reply) -> Result<Intent, AnswerError> {
    let Reply { decision, comment, values } = reply;
    let step = || request.asked.id.parse::<StepId>().map_err(|_| AnswerError::Subject);
    Ok(match (request.asked.kind, decision.as_str()) {
        (AskedKind::Hold, "release") => Intent::ReleaseHold { comment, step: step()? },
        (AskedKind::Review, word @ ("accept" | "reject" | "return")) => {
            let decision = match word {
                "accept" => ReviewDecision::Accept,
                "reject" => ReviewDecision::Reject,
                _ => ReviewDecision::Return,
            };
            let deviation: DeviationId = request.asked.id.parse().map_err(|_| AnswerError::Subject)?;
            Intent::ReviewDeviation { comment, decision, deviation, final_class: None }
        }
        (AskedKind::Verification, word @ ("agree" | "disagree")) => {
            let agree = values.is_empty().then_some(word == "agree");
            Intent::Verify { agree, step: step()?, values }
        }
        (AskedKind::Witness, word @ ("attended" | "declined")) => {
            let outcome = if word == "attended" { Attendance::Attended } else { Attendance::Declined };
            Attend { comment, outcome, step: step()? }.into()
        }
        (AskedKind::Poll, word @ ("go" | "no_go")) => {
            let answer = if word == "go" { PollAnswer::Go } else { PollAnswer::NoGo };
            Poll { answer, comment, role: request.to.clone(), step: step()? }.into()
        }
        (kind, _) => return Err(AnswerError::Decision { asked: kind.word(), decision, wanted: decisions(kind) }),
    })
}

/// Signs an answer.
#[must_use]
pub fn sign(answer: &[u8], signer: &Signer) -> String {
    signer.sign_ssh(Namespace::Answer, answer)
}
