//! `asrun request` and `asrun answer`: a question of a run goes out as a file, a signed answer comes back.

use super::output::{CliError, Exit};
use super::passphrase::Passphrases;
use crate::countersign::answer::{self, AnswerError, Answering, Reply};
use crate::kernel::model::name::{PersonId, Role, RunId, Variable};
use crate::kernel::records::request::{Asked, AskedKind};
use crate::kernel::run::request::MAX_ANSWER;
use crate::kernel::text::escape;
use crate::session::{Act, Session, Station};
use crate::store::{Disk, Home, read_whole};
use std::path::{Path, PathBuf};

/// Options of `asrun request`.
#[derive(Debug, clap::Args)]
pub(super) struct Request {
    /// The run
    run: RunId,
    /// What is asked for: hold:STEP, review:DEV-0001, verification:STEP, witness:STEP or poll:STEP
    #[arg(long = "for", value_name = "WHAT", value_parser = asked)]
    asked: Asked,
    /// Which role is asked
    #[arg(long)]
    to: Role,
    /// Who asks
    #[arg(long = "as", value_name = "PERSON")]
    person: PersonId,
    /// The request file
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    passphrases: Passphrases,
}

/// Options of `asrun answer`.
#[derive(Debug, clap::Args)]
pub(super) struct Answer {
    /// The request file
    request: PathBuf,
    /// Who answers
    #[arg(long = "as", value_name = "PERSON")]
    person: PersonId,
    /// release; accept, reject, return; agree, disagree; attended, declined; go, no_go. Without it the request is shown
    #[arg(long)]
    decision: Option<String>,
    /// What a verifier read for himself
    #[arg(long = "value", value_name = "INPUT=VALUE", value_parser = value)]
    values: Vec<(Variable, String)>,
    /// Why
    #[arg(long)]
    comment: Option<String>,
    /// The answer file; its signature is written beside it, with .sig behind the name
    #[arg(short, long, value_name = "FILE", default_value = "answer.json")]
    output: PathBuf,
    /// Only write the answer, to be signed with `ssh-keygen -Y sign -n answer@asrun`
    #[arg(long)]
    prepare: bool,
    #[command(flatten)]
    passphrases: Passphrases,
}

fn asked(text: &str) -> Result<Asked, String> {
    let (kind, id) =
        text.split_once(':').ok_or("write hold:8, review:DEV-0001, verification:5, witness:16 or poll:2")?;
    let kind: AskedKind =
        serde_json::from_value(serde_json::Value::String(kind.to_owned())).map_err(|error| error.to_string())?;
    Ok(Asked { id: id.to_owned(), kind })
}

fn value(text: &str) -> Result<(Variable, String), String> {
    let (name, value) = text.split_once('=').ok_or("write INPUT=VALUE")?;
    Ok((name.parse().map_err(|error| format!("{error}"))?, value.to_owned()))
}

/// Records the request and writes its file.
pub(super) fn send(args: &Request, home: &Home) -> Result<Exit, CliError> {
    let (mut session, passphrase) = opened(&args.run, &args.person, &args.passphrases, home)?;
    let request = Act::Request { asked: args.asked.clone(), to: args.to.clone(), file: args.output.clone() };
    let sent = session.submit(&args.person, request, Some(&passphrase));
    session.end()?;
    sent?;
    say!("{}", args.output.display());
    talk!("carry it to the other machine: asrun answer {} --as PERSON --decision …", args.output.display());
    Ok(Exit::Success)
}

fn opened(
    run: &RunId,
    person: &PersonId,
    passphrases: &Passphrases,
    home: &Home,
) -> Result<(Session, String), CliError> {
    let mut session = Session::resume(Station::host(home.clone()), run)?;
    let passphrase = passphrases.of(person)?;
    session.unlock(person, &passphrase)?;
    Ok((session, passphrase))
}

/// Takes an answer into a run.
pub(super) fn import(
    file: &Path,
    run: &RunId,
    person: &PersonId,
    passphrases: &Passphrases,
    home: &Home,
) -> Result<Exit, CliError> {
    let (mut session, passphrase) = opened(run, person, passphrases, home)?;
    let taken = session.submit(person, Act::Answer(file.to_owned()), Some(&passphrase));
    // Also after a refusal the sessions are locked in order: an end without that reads as an interruption.
    session.end()?;
    taken?;
    talk!("the answer is recorded");
    Ok(Exit::Success)
}

/// Shows a request, or answers it.
pub(super) fn answer(args: &Answer, home: &Home) -> Result<Exit, CliError> {
    let bytes = read_whole(&args.request, "the request", MAX_ANSWER as u64)?;
    let request = answer::read(&bytes)?;
    let Some(decision) = args.decision.clone() else {
        show(&request);
        return Ok(Exit::Success);
    };
    let station = Station::host(home.clone());
    let values = args.values.iter().cloned().collect();
    let reply = Reply { decision, comment: args.comment.clone(), values };
    let (person, time) = (&args.person, station.clock.now().time);
    if args.prepare {
        write(&args.output, &answer::prepare(&request, person, reply, time)?)?;
        say!("{}", args.output.display());
        talk!("sign it: ssh-keygen -Y sign -n answer@asrun -f KEY {}", args.output.display());
        return Ok(Exit::Success);
    }
    let signer = station.signer(person, &args.passphrases.of(person)?, None)?;
    let answering = Answering { request: &request, person, reply, time };
    answer::give(answering, &signer, &station.disk, &args.output)?;
    say!("{}", args.output.display());
    talk!("carry both files back: asrun import {} --run {} --as PERSON", args.output.display(), request.run);
    Ok(Exit::Success)
}

fn show(request: &crate::kernel::run::request::Request) {
    answer::shown(request).iter().for_each(|line| say!("{}", escape(line)));
    say!("answer with --decision {}", answer::decisions(request.asked.kind));
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let written = Disk::new().write_new(path, bytes);
    written.map_err(|error| {
        CliError::of(Exit::CouldNotLook, &error, "choose another file; one that is there is not written over")
    })
}

impl From<AnswerError> for CliError {
    fn from(error: AnswerError) -> Self {
        Self::of(Exit::Fail, &error, &error.hint())
    }
}
