//! Stage 10: what was signed later. Counts only what a person of the roster signed over this very seal; all
//! else is noted, whatever it claims, so that a stranger can neither lift nor sink a bundle (FORMAT.md §7).

use super::VerifyError;
use super::seen::Seen;
use super::trust::Trusted;
use crate::bundle::{ReadError, Source};
use crate::kernel::canon;
use crate::kernel::canon::digest::{LineDigest, SealDigest, StatementDigest};
use crate::kernel::documents::roster::Person;
use crate::kernel::judgement::closure::{lacks_comment, subject_exists};
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::{Finding, Severity, Stage};
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::sign_off::{Decision, MAX_SIGN_OFF, SignOff};
use crate::kernel::run::{Counted, Run};
use crate::kernel::signature::{Namespace, PublicKey, SshSignature};
use crate::kernel::text::counted;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The folder of sign-offs.
pub(super) const FOLDER: &str = "signoffs/";

/// What sign-offs bind to.
pub(super) struct Bound<'a> {
    pub(super) run: &'a Run,
    pub(super) trusted: &'a Trusted,
    /// The seal; where receipt and tag manifest contradict each other, both.
    pub(super) seals: Vec<SealDigest>,
    pub(super) head: LineDigest,
    pub(super) as_of: Option<Timestamp>,
}

/// A sign-off as it lies in the bundle, whether or not it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelved {
    /// Path in the bundle.
    pub path: String,
    /// Names the statement.
    pub digest: StatementDigest,
    /// The statement.
    pub statement: Arc<SignOff>,
    /// Whether it counts.
    pub counted: bool,
}

/// What the sign-offs come to.
pub(super) struct Signed {
    pub(super) seen: Seen,
    pub(super) all: Vec<Shelved>,
    pub(super) counted: Vec<Counted>,
    /// What others claim of this run, for the profile to weigh.
    pub(super) others: Vec<Finding>,
}

type Ignored = (FindingCode, String);

/// Looks at every file under `signoffs/`.
pub(super) fn check(source: &Source, bound: &Bound) -> Result<Signed, VerifyError> {
    let mut signed =
        Signed { seen: Seen::new(Stage::Signoff), all: Vec::new(), counted: Vec::new(), others: Vec::new() };
    let names: Vec<&str> = source.members().iter().map(|m| m.name.as_str()).filter(|n| n.starts_with(FOLDER)).collect();
    let mut delivered = BTreeSet::new();
    for name in &names {
        if name.strip_suffix(".sig").is_some_and(|of| source.member(of).is_some()) {
            continue;
        }
        match read(source, name)? {
            Err((code, message)) => signed.seen.note(code, "", name, message),
            Ok((digest, statement)) => {
                delivered.insert(digest);
                let signature = signature(source, name)?;
                signed.take(bound, name, (digest, statement), signature);
            }
        }
    }
    signed.missing_seen(&delivered);
    Ok(signed)
}

fn read(source: &Source, name: &str) -> Result<Result<(StatementDigest, SignOff), Ignored>, VerifyError> {
    let bytes = match source.read(name, MAX_SIGN_OFF as u64) {
        Ok(bytes) => bytes,
        Err(ReadError::TooLarge { size, .. }) => {
            return Ok(Err((
                FindingCode::SignoffMalformed,
                format!("{}, more than {MAX_SIGN_OFF}", counted(size, "byte", "bytes")),
            )));
        }
        Err(error) => return Err(error.into()),
    };
    let digest = StatementDigest::of(&bytes);
    if *name != format!("{FOLDER}{}.json", digest.hex()) {
        return Ok(Err((FindingCode::SignoffName, "the name is not the digest of a statement; ignored".into())));
    }
    let statement = canon::decode::<SignOff>(&bytes);
    Ok(statement.map(|s| (digest, s)).map_err(|fault| (FindingCode::SignoffMalformed, format!("{fault}; ignored"))))
}

fn signature(source: &Source, name: &str) -> Result<Result<Vec<u8>, Ignored>, VerifyError> {
    match source.read(&format!("{name}.sig"), MAX_SIGN_OFF as u64) {
        Ok(bytes) => Ok(Ok(bytes)),
        Err(ReadError::Missing(_)) => Ok(Err((FindingCode::SignoffUnsigned, "there is no signature; ignored".into()))),
        Err(ReadError::TooLarge { .. }) => {
            Ok(Err((FindingCode::SignoffSignature, "larger than any signature; ignored".into())))
        }
        Err(error) => Err(error.into()),
    }
}

impl Signed {
    fn take(
        &mut self,
        bound: &Bound,
        name: &str,
        (digest, statement): (StatementDigest, SignOff),
        signature: Result<Vec<u8>, Ignored>,
    ) {
        let judged = signature.and_then(|signature| {
            let person = bound.person(&statement, &signature)?;
            bound.same_seal(&statement)?;
            bound.counts(&statement, &person)
        });
        let (counted, statement) = (judged.is_ok(), Arc::new(statement));
        match judged {
            Ok(()) => self.counted.push(Counted { digest, statement: statement.clone() }),
            Err((code @ FindingCode::SignoffOtherSeal, message)) => {
                let stage = Stage::Policy;
                self.others.push(Finding::new(stage, Severity::Pending, code, &statement.person, name, message));
            }
            Err((code, message)) => self.seen.note(code, &statement.person, name, message),
        }
        if counted && bound.as_of.is_some_and(|as_of| statement.time > as_of) {
            let message = format!("{} signed off at {}", statement.person, statement.time);
            self.seen.pending(FindingCode::TrustFuture, &statement.person, name, message);
        }
        self.all.push(Shelved { path: name.to_owned(), digest, statement, counted });
    }

    /// A decision that rests on an undelivered one is not yet worth more than that one.
    fn missing_seen(&mut self, delivered: &BTreeSet<StatementDigest>) {
        for counted in &self.counted {
            for seen in counted.statement.sees.iter().filter(|seen| !delivered.contains(seen)) {
                let name = format!("{FOLDER}{}.json", counted.digest.hex());
                let message = format!("it saw sign-off {seen}, which is not here");
                self.seen.pending(FindingCode::SignoffMissingSeen, &counted.statement.person, &name, message);
            }
        }
    }
}

impl Bound<'_> {
    /// Finds the person under whose key the signature holds: exactly the one named, the key valid then.
    fn person(&self, statement: &SignOff, signature: &[u8]) -> Result<Person, Ignored> {
        let bytes =
            canon::encode(statement).map_err(|fault| (FindingCode::SignoffMalformed, format!("{fault}; ignored")))?;
        let checked = SshSignature::parse(signature).and_then(|s| s.check(Namespace::Signoff, &bytes));
        let key = checked.map_err(|fault| (FindingCode::SignoffSignature, format!("{fault}; ignored")))?;
        if self.trusted.is_revoked(&key.id()) {
            return Err((FindingCode::SignoffRevoked, format!("key {} was revoked; not counted", key.id())));
        }
        let rosters = self.trusted.for_signoffs();
        let person = rosters.iter().filter_map(|roster| roster.person(&statement.person));
        let standing: Vec<&Person> = person.filter(|p| holds_key(p, &key, statement.time)).collect();
        let in_role = standing.iter().find(|p| p.holds(&statement.role, statement.time));
        in_role.or(standing.first()).map(|p| (*p).clone()).ok_or_else(|| {
            let message = format!("key {} does not stand under {}, valid then; ignored", key.id(), statement.person);
            (FindingCode::SignoffSigner, message)
        })
    }

    /// A validly signed statement over this run but another seal: a claim that a second record exists. The proof of
    /// it is the other receipt (see `forks`): one line of a witness must not sink what a site sealed.
    fn same_seal(&self, statement: &SignOff) -> Result<(), Ignored> {
        let other =
            statement.run == *self.run.id() && (!self.seals.contains(&statement.seal) || statement.head != self.head);
        match other {
            true => {
                let message =
                    format!("{} signed off this run under another seal, {}", statement.person, statement.seal);
                Err((FindingCode::SignoffOtherSeal, message))
            }
            false => Ok(()),
        }
    }

    /// Says why a validly signed statement over this seal does not count.
    fn counts(&self, statement: &SignOff, person: &Person) -> Result<(), Ignored> {
        let ignored = |code, message: String| Err((code, message));
        let subject = &statement.subject;
        if statement.run != *self.run.id() {
            return ignored(FindingCode::SignoffOtherRun, format!("it is of run {}; ignored", statement.run));
        }
        if !statement.is_coherent() {
            return ignored(
                FindingCode::SignoffIncoherent,
                "decision, meaning and class do not go together; ignored".into(),
            );
        }
        if !subject_exists(self.run, subject) {
            return ignored(FindingCode::SignoffSubject, format!("this run has no {}; ignored", subject.id));
        }
        if statement.name != person.name {
            return ignored(FindingCode::SignoffPrintedName, format!("the roster has {}; ignored", person.name));
        }
        if !person.holds(&statement.role, statement.time) {
            let message = format!("{} did not hold {} then; ignored", statement.person, statement.role);
            return ignored(FindingCode::SignoffRole, message);
        }
        // A rejection counts whatever its clock said: nobody hides one behind a wrong date.
        let early = self.run.closed().is_some_and(|closed| statement.time < closed.at);
        if early && statement.decision != Decision::Reject {
            return ignored(
                FindingCode::SignoffEarly,
                "it claims to be older than the seal that it names; not counted".into(),
            );
        }
        match lacks_comment(self.run, statement) {
            true => ignored(FindingCode::SignoffComment, "the comment that it needs is missing; not counted".into()),
            false => Ok(()),
        }
    }
}

fn holds_key(person: &Person, key: &PublicKey, at: Timestamp) -> bool {
    person.key_at(&key.id(), at).is_some()
}
