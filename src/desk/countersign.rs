//! Sign-offs over a sealed bundle: made, signed and laid beside it, on another day or machine (FORMAT.md §7).

use crate::bundle::{self, Appended, BundleError};
use crate::kernel::canon::digest::{SealDigest, StatementDigest};
use crate::kernel::canon::{self, NotCanonical, Refused};
use crate::kernel::closure::{lacks_comment, subject_exists};
use crate::kernel::model::deviation::Class;
use crate::kernel::model::event::{ClockTrust, Subject, SubjectKind};
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::model::record::Meaning;
use crate::kernel::model::sign_off::{Decision, MAX_SIGN_OFF, SignOff, SignOffFormat};
use crate::kernel::model::time::Timestamp;
use crate::kernel::policy;
use crate::kernel::run::Run;
use crate::kernel::signature::{Namespace, SshSignature};
use crate::keys::Signer;
use crate::store::Disk;
use std::path::Path;

/// Why a sign-off was not made or not attached.
#[derive(Debug, thiserror::Error)]
pub enum CountersignError {
    /// The person does not stand in the bundle's roster.
    #[error("{0} does not stand in the roster of this bundle")]
    UnknownPerson(PersonId),
    /// The person holds no role that counts here.
    #[error("{person} holds no role that the policy names for {subject}")]
    NoRole {
        /// Who.
        person: PersonId,
        /// What is decided upon.
        subject: String,
    },
    /// The person does not hold the role.
    #[error("{person} does not hold {role} at {at}")]
    NotHeld {
        /// Who.
        person: PersonId,
        /// As what.
        role: Role,
        /// When.
        at: Timestamp,
    },
    /// The printed name is another one than the roster's.
    #[error("the statement prints `{0}`, which is not the name in the roster")]
    Name(String),
    /// A comment is needed.
    #[error("a comment is needed here")]
    Comment,
    /// There is no such deviation or step.
    #[error("there is no {0} in this bundle")]
    NoSubject(String),
    /// Meaning, decision and class do not go together.
    #[error("this meaning or class does not go with the decision")]
    Incoherent,
    /// The key is not the person's.
    #[error("the key is not one of {0} in the roster of this bundle")]
    WrongKey(PersonId),
    /// The statement is too large.
    #[error("the statement is larger than {MAX_SIGN_OFF} bytes")]
    TooLarge,
    /// The statement is malformed.
    #[error("the statement is refused: {0}")]
    Refused(Refused),
    /// The statement belongs to another run or seal.
    #[error("the statement is for another run or another seal")]
    OtherBundle,
    /// The signature does not hold over the statement.
    #[error("the signature does not hold over this statement")]
    Signature,
    /// A text has no canonical form.
    #[error("the statement has no canonical form")]
    Form(#[from] NotCanonical),
    /// The bundle could not be written.
    #[error("the sign-off could not be added")]
    Bundle(#[from] BundleError),
}

/// What a person decides.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Who.
    pub person: PersonId,
    /// In which role; the first that counts when absent.
    pub role: Option<Role>,
    /// What is decided.
    pub decision: Decision,
    /// What the signature means; what goes with the decision when absent.
    pub meaning: Option<Meaning>,
    /// What is decided upon.
    pub subject: Subject,
    /// Why.
    pub comment: Option<String>,
    /// The class from now on.
    pub final_class: Option<Class>,
    /// Sign-offs that the person had before eyes.
    pub sees: Vec<StatementDigest>,
    /// When.
    pub time: Timestamp,
}

/// Reads `run`, `deviation:DEV-0001`, `DEV-0001` or `step:4.3`.
#[must_use]
pub fn subject(run: &Run, text: &str) -> Option<Subject> {
    let (kind, id) = match text.split_once(':') {
        Some(("deviation", id)) => (SubjectKind::Deviation, id),
        Some(("step", id)) => (SubjectKind::Step, id),
        Some(_) => return None,
        None if text == "run" || text == run.id().as_str() => (SubjectKind::Run, run.id().as_str()),
        None if text.starts_with("DEV-") => (SubjectKind::Deviation, text),
        None => (SubjectKind::Step, text),
    };
    Some(Subject { id: id.to_owned(), kind })
}

/// Writes the statement that a person signs over a seal.
///
/// # Errors
/// A person, role or subject that the bundle does not know, or an incoherent decision.
pub fn prepare(run: &Run, seal: SealDigest, wanted: Wanted) -> Result<Vec<u8>, CountersignError> {
    let person =
        run.roster().person(&wanted.person).ok_or_else(|| CountersignError::UnknownPerson(wanted.person.clone()))?;
    let named = roles(run, &wanted.subject)?;
    let held = named.iter().find(|r| person.holds(r, wanted.time));
    let no_role = || CountersignError::NoRole { person: wanted.person.clone(), subject: wanted.subject.id.clone() };
    let role = wanted.role.clone().or_else(|| held.cloned()).ok_or_else(no_role)?;
    let meaning = wanted.meaning.unwrap_or_else(|| usual_meaning(run, &wanted, &role));
    let statement = SignOff {
        comment: wanted.comment,
        decision: wanted.decision,
        final_class: wanted.final_class,
        format: SignOffFormat::V1,
        head: run.head(),
        meaning,
        name: person.name.clone(),
        person: wanted.person,
        role,
        run: run.id().clone(),
        seal,
        sees: wanted.sees,
        subject: wanted.subject,
        time: wanted.time,
        time_confidence: ClockTrust::Own,
    };
    check(run, seal, &statement)?;
    let bytes = canon::encode(&statement)?;
    if bytes.len() > MAX_SIGN_OFF { Err(CountersignError::TooLarge) } else { Ok(bytes) }
}

/// Judges a statement as the verifier will: nothing that would not count is ever added.
fn check(run: &Run, seal: SealDigest, statement: &SignOff) -> Result<(), CountersignError> {
    if statement.run != *run.id() || statement.seal != seal || statement.head != run.head() {
        return Err(CountersignError::OtherBundle);
    }
    let unknown = || CountersignError::UnknownPerson(statement.person.clone());
    let person = run.roster().person(&statement.person).ok_or_else(unknown)?;
    if person.name != statement.name {
        return Err(CountersignError::Name(statement.name.clone()));
    }
    if !person.holds(&statement.role, statement.time) {
        let (person, role, at) = (person.id.clone(), statement.role.clone(), statement.time);
        return Err(CountersignError::NotHeld { person, role, at });
    }
    match statement {
        _ if !statement.is_coherent() => Err(CountersignError::Incoherent),
        _ if !subject_exists(run, &statement.subject) => Err(CountersignError::NoSubject(statement.subject.id.clone())),
        _ if lacks_comment(run, statement) => Err(CountersignError::Comment),
        _ => Ok(()),
    }
}

/// The meaning that goes with a decision: for the run what its closure asks for, for a deviation its disposition.
fn usual_meaning(run: &Run, wanted: &Wanted, role: &Role) -> Meaning {
    match (wanted.decision, wanted.subject.kind) {
        (Decision::Reject, _) => Meaning::Rejected,
        (_, SubjectKind::Deviation) => Meaning::DispositionApproved,
        (Decision::Approve, SubjectKind::Run) => {
            run.plan().policy.closure.iter().find(|c| c.role == *role).map_or(Meaning::Approved, |c| c.meaning)
        }
        (Decision::Approve, SubjectKind::Step) => Meaning::Approved,
        _ => Meaning::Reviewed,
    }
}

/// Returns the roles that the policy names for a subject.
fn roles(run: &Run, subject: &Subject) -> Result<Vec<Role>, CountersignError> {
    let missing = || CountersignError::NoSubject(subject.id.clone());
    let plan = run.plan();
    let review = || plan.policy.review.by.clone();
    Ok(match subject.kind {
        SubjectKind::Run if subject.id == run.id().as_str() => {
            plan.policy.closure.iter().map(|c| c.role.clone()).chain(review()).collect()
        }
        SubjectKind::Run => return Err(missing()),
        SubjectKind::Deviation => {
            let deviation = run.deviations().iter().find(|d| d.id.as_str() == subject.id).ok_or_else(missing)?;
            policy::review_roles(plan, &deviation.statement).into_iter().cloned().collect()
        }
        SubjectKind::Step => {
            let step = plan.procedure.steps().find(|s| s.id.as_str() == subject.id).ok_or_else(missing)?;
            review().into_iter().chain(step.signoff.iter().map(|s| s.role.clone())).collect()
        }
    })
}

/// Signs a statement.
#[must_use]
pub fn sign(statement: &[u8], signer: &Signer) -> String {
    signer.sign_ssh(Namespace::Signoff, statement)
}

/// Lays a signed statement beside the bundle, after checking that it binds to it; no sealed byte is touched.
///
/// # Errors
/// A statement for another bundle, a signature that does not hold, or a failing disk.
pub fn attach(
    bundle: &Path,
    run: &Run,
    seal: SealDigest,
    statement: &[u8],
    signature: &[u8],
) -> Result<StatementDigest, CountersignError> {
    if statement.len() > MAX_SIGN_OFF || signature.len() > MAX_SIGN_OFF {
        return Err(CountersignError::TooLarge);
    }
    let read: SignOff = canon::decode(statement).map_err(CountersignError::Refused)?;
    check(run, seal, &read)?;
    let signer = SshSignature::parse(signature)
        .and_then(|s| s.check(Namespace::Signoff, statement))
        .map_err(|_| CountersignError::Signature)?;
    let person =
        run.roster().person(&read.person).ok_or_else(|| CountersignError::UnknownPerson(read.person.clone()))?;
    if person.key_at(&signer.id(), read.time).is_none_or(|grant| grant.revoked_at.is_some()) {
        return Err(CountersignError::WrongKey(read.person));
    }
    let digest = StatementDigest::of(statement);
    let disk = Disk::new();
    let put = |path: &Path, bytes: &[u8]| {
        if let Some(folder) = path.parent() {
            disk.create_folder(folder)?;
        }
        disk.write_new(path, bytes)
    };
    // The signature first: a statement alone would be noted as unsigned.
    let names = [
        (format!("signoffs/{}.json.sig", digest.hex()), signature),
        (format!("signoffs/{}.json", digest.hex()), statement),
    ];
    for (name, bytes) in names {
        let _: Appended = bundle::append(bundle, &name, bytes, &put)?;
    }
    Ok(digest)
}
