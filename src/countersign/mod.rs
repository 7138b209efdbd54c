//! Signing off a sealed run on another day: the statement, its signature, and the two new files (FORMAT.md §7).
//!
//! Nothing that would not count is ever appended: a statement is judged together with the bundle before it is
//! written. The bundle's sealed bytes are never touched (AR-007).

pub mod answer;
mod error;

pub use error::{Could, SignOffError, Unopened};

use crate::bundle::{self, Appended, Cut};
use crate::disk::Disk;
use crate::kernel::canon::digest::StatementDigest;
use crate::kernel::judgement::closure::{lacks_comment, subject_exists};
use crate::kernel::model::deviation::Class;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::model::opening::ClockTrust;
use crate::kernel::model::subject::{Subject, SubjectKind};
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::sign_off::{Decision, SignOff, SignOffFormat};
use crate::kernel::run::{Approval, Run, statement_counts, who_could};
use crate::kernel::signature::{KeyId, Namespace, SshSignature};
use crate::kernel::{canon, policy};
use crate::keys::Signer;
use crate::store::Left;
use crate::verify::Intact;
use error::failed;
use std::path::Path;

/// What a person wants to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Who.
    pub person: PersonId,
    /// In which role; otherwise the first held role that the profile names for the subject.
    pub role: Option<Role>,
    /// What is decided.
    pub decision: Decision,
    /// What the signature means; otherwise what goes with decision and subject.
    pub meaning: Option<Meaning>,
    /// On what; the run without it.
    pub subject: Option<Subject>,
    /// Why.
    pub comment: Option<String>,
    /// The class of the deviation from now on.
    pub final_class: Option<Class>,
}

/// What a sign-off added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// Names the statement.
    pub digest: StatementDigest,
    /// Whether it was there before.
    pub how: Appended,
    /// What was cut off behind the receipt to make room.
    pub cut: Option<Cut>,
}

/// Signs off a bundle: writes the statement, opens the key, signs, adds both. One function for every face.
///
/// # Errors
/// Whatever would keep it from counting, a key that does not open, or what the system says.
pub fn sign_off<E: Into<Unopened>>(
    (bundle, on): (&Path, &Intact<'_>),
    wish: Wish,
    at: Timestamp,
    key: impl FnOnce() -> Result<Signer, E>,
    disk: &Disk,
) -> Result<Added, SignOffError> {
    let statement = prepare(on, wish, at)?;
    let signer = key().map_err(Into::into)?;
    let signature = sign(&statement, &signer);
    attach((bundle, on), &statement, &signature, disk)
}

/// Reads what a sign-off is about: run, deviation:DEV-0001, DEV-0001 or step:4.3; the run is none.
///
/// # Errors
/// Another word.
pub fn subject(text: &str) -> Result<Option<Subject>, SignOffError> {
    let of = |id: &str, kind| Ok(Some(Subject { id: id.to_owned(), kind }));
    match text.split_once(':') {
        None if text == "run" => Ok(None),
        None if text.starts_with("DEV-") => of(text, SubjectKind::Deviation),
        Some(("deviation", id)) => of(id, SubjectKind::Deviation),
        Some(("step", id)) => of(id, SubjectKind::Step),
        _ => Err(SignOffError::Word(text.to_owned())),
    }
}

/// Writes the statement that the person would sign, with everything before eyes that counts so far.
///
/// # Errors
/// Whatever would keep it from counting.
pub fn prepare(on: &Intact<'_>, wish: Wish, at: Timestamp) -> Result<Vec<u8>, SignOffError> {
    let run = on.run();
    let subject = wish.subject.unwrap_or_else(|| Subject { id: run.id().to_string(), kind: SubjectKind::Run });
    let person = run.roster().person(&wish.person).ok_or_else(|| SignOffError::Person(wish.person.clone()))?;
    let roles = match wish.role {
        Some(role) => vec![role],
        None => roles_for(run, &wish.person, &subject, at),
    };
    let meanings = |role: &Role| match wish.meaning {
        Some(meaning) => vec![meaning],
        None => usual(run, wish.decision, subject.kind, role),
    };
    let ways: Vec<(Role, Meaning)> =
        roles.into_iter().flat_map(|role| meanings(&role).into_iter().map(move |m| (role.clone(), m))).collect();
    let counts = |(role, meaning): &&(Role, Meaning)| {
        let (person, appended) = (&wish.person, Some(on.counted()));
        Approval { person, role, meaning: *meaning, subject: &subject, appended }.counts(run).is_ok()
    };
    let way = ways.iter().filter(|_| wish.decision == Decision::Approve).find(counts).or(ways.first()).cloned();
    let (role, meaning) = way.ok_or_else(|| SignOffError::Role {
        person: wish.person.clone(),
        role: "a role that the profile names here".into(),
        at,
    })?;
    let statement = SignOff {
        comment: wish.comment.filter(|comment| !comment.trim().is_empty()),
        decision: wish.decision,
        final_class: wish.final_class,
        format: SignOffFormat::V1,
        head: run.head(),
        meaning,
        name: person.name.clone(),
        person: wish.person,
        role,
        run: run.id().clone(),
        seal: on.seal(),
        sees: on.counted().iter().map(|c| c.digest).collect(),
        subject,
        time: at,
        time_confidence: ClockTrust::Own,
    };
    check(on, &statement)?;
    Ok(canon::encode(&statement)?)
}

/// What goes with a decision: for approving the run everything that its closure asks of the role.
fn usual(run: &Run, decision: Decision, subject: SubjectKind, role: &Role) -> Vec<Meaning> {
    match (decision, subject) {
        (Decision::Reject, _) => vec![Meaning::Rejected],
        (_, SubjectKind::Deviation) => vec![Meaning::DispositionApproved],
        (Decision::Approve, SubjectKind::Run) => {
            let closure = run.plan().policy.closure.iter().filter(|closure| closure.role == *role);
            let asked: Vec<Meaning> = closure.map(|closure| closure.meaning.meaning()).collect();
            if asked.is_empty() { vec![Meaning::Approved] } else { asked }
        }
        (Decision::Approve, SubjectKind::Step) => vec![Meaning::Approved],
        (Decision::Return | Decision::Acknowledge, SubjectKind::Run | SubjectKind::Step) => vec![Meaning::Reviewed],
    }
}

/// The roles that the person holds, those first which the profile names for the subject.
fn roles_for(run: &Run, person: &PersonId, subject: &Subject, at: Timestamp) -> Vec<Role> {
    let plan = run.plan();
    let deviation = run.deviations().iter().find(|deviation| deviation.id.as_str() == subject.id);
    let step = plan.procedure.steps().find(|step| step.id.as_str() == subject.id);
    let reviewers = || plan.policy.review.by.iter();
    let named: Vec<&Role> = match subject.kind {
        SubjectKind::Run => plan.policy.closure.iter().map(|closure| &closure.role).chain(reviewers()).collect(),
        SubjectKind::Deviation => deviation.map(|d| policy::review_roles(plan, &d.statement)).unwrap_or_default(),
        SubjectKind::Step => reviewers().chain(step.iter().flat_map(|s| &s.signoff).map(|s| &s.role)).collect(),
    };
    let Some(person) = run.roster().person(person) else { return Vec::new() };
    let all = named.into_iter().chain(person.roles.iter().map(|grant| &grant.role));
    all.filter(|role| person.holds(role, at)).cloned().collect()
}

/// Judges a statement as the verifier will.
fn check(on: &Intact<'_>, statement: &SignOff) -> Result<(), SignOffError> {
    let run = on.run();
    if statement.run != *run.id() || statement.seal != on.seal() || statement.head != run.head() {
        return Err(SignOffError::Binding);
    }
    let person = run.roster().person(&statement.person).filter(|person| person.name == statement.name);
    let person = person.ok_or_else(|| SignOffError::Person(statement.person.clone()))?;
    if !person.holds(&statement.role, statement.time) {
        let (person, role, at) = (statement.person.clone(), statement.role.to_string(), statement.time);
        return Err(SignOffError::Role { person, role, at });
    }
    if !statement.is_coherent() {
        return Err(SignOffError::Incoherent);
    }
    if !subject_exists(run, &statement.subject) {
        return Err(SignOffError::Subject(statement.subject.id.clone()));
    }
    if lacks_comment(run, statement) {
        return Err(SignOffError::Comment);
    }
    statement_counts(run, statement, on.counted()).map_err(|reason| {
        let SignOff { person, role, meaning, subject, .. } = statement;
        let approval = Approval { person, role, meaning: *meaning, subject, appended: Some(on.counted()) };
        let could = Could(who_could(run, &approval, statement.time));
        SignOffError::NotCounted { about: reason.about(subject), reason, could }
    })
}

/// Signs a prepared statement.
#[must_use]
pub fn sign(statement: &[u8], signer: &Signer) -> Vec<u8> {
    signer.sign_ssh(Namespace::Signoff, statement).into_bytes()
}

/// Returns who signed a statement, and with which key; the signature holds.
///
/// # Errors
/// A statement or signature that is refused.
pub fn signer_of(statement: &[u8], signature: &[u8]) -> Result<(PersonId, KeyId), SignOffError> {
    let read: SignOff = canon::decode(statement).map_err(SignOffError::Statement)?;
    let key = SshSignature::parse(signature)?.check(Namespace::Signoff, statement)?;
    Ok((read.person, key.id()))
}

/// Adds a statement and its signature, when they would count.
///
/// # Errors
/// Whatever would keep it from counting, or what the system says.
pub fn attach(
    (bundle, on): (&Path, &Intact<'_>),
    statement: &[u8],
    signature: &[u8],
    disk: &Disk,
) -> Result<Added, SignOffError> {
    let read: SignOff = canon::decode(statement).map_err(SignOffError::Statement)?;
    check(on, &read)?;
    let key = SshSignature::parse(signature)?.check(Namespace::Signoff, statement)?;
    if !on.run().roster().standing(&read.person, &key.id(), read.time).is_valid() {
        return Err(SignOffError::Key(read.person));
    }
    let digest = StatementDigest::of(statement);
    let name = format!("signoffs/{}.json", digest.hex());
    let cut = bundle::cut_damage(bundle, disk).map_err(failed(Left::default()))?;
    let kept = cut.iter().flat_map(|cut| cut.kept.clone());
    let mut left = Left::files(kept);
    // The signature first: a statement alone would be noted as unsigned.
    let beside = format!("{name}.sig");
    if bundle::append(bundle, &beside, signature, disk).map_err(failed(left.clone()))? == Appended::Added {
        left = left.and(Left::files([bundle.join(beside)]));
    }
    let how = bundle::append(bundle, &name, statement, disk).map_err(failed(left))?;
    Ok(Added { digest, how, cut })
}
