//! Other receipts of the same run: two seals of one run are a contradiction, whoever brings the second one (FORMAT.md
//! §7). A stranger's receipt, and one that says nothing else, are noted and ignored.

use super::VerifyError;
use super::flow::Judged;
use super::receipt::{Claim, MAX_RECEIPT, parse};
use super::seen::Seen;
use super::signoffs::Bound;
use super::trust::Trusted;
use crate::bundle::{ReadError, Source};
use crate::kernel::canon::digest::{FileDigest, LineDigest, SealDigest};
use crate::kernel::documents::roster::Person;
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::{Finding, Severity, Stage};
use crate::kernel::model::name::{PersonId, Role, RunId};
use crate::kernel::run::Run;
use std::collections::BTreeSet;
use std::path::Path;

/// The folder of contradictions.
const FOLDER: &str = "forks/";
/// What the name of another receipt ends with.
const ENDING: &str = ".receipt.json";

/// Tells whether an appended file is looked at here.
pub(super) fn is_ours(name: &str) -> bool {
    name.starts_with(FOLDER) && name.ends_with(ENDING)
}

/// Returns the name under which another receipt of the run is appended.
#[must_use]
pub fn name_of(receipt: &[u8]) -> String {
    format!("{FOLDER}{}{ENDING}", FileDigest::of(receipt).hex())
}

/// Why another receipt says nothing here.
type Ignored = (FindingCode, String);

/// Two receipts of one run, one of which is another one's.
struct Contradiction {
    severity: Severity,
    code: FindingCode,
    signer: Person,
    claim: Claim,
}

/// What other receipts are held against: of a run no more than that needs.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) trusted: Trusted,
    pub(super) seals: Vec<SealDigest>,
    /// None where no run was proved.
    pub(super) say: Option<Say>,
}

/// A run, and who has a say in it.
#[derive(Debug)]
pub(super) struct Say {
    run: RunId,
    head: LineDigest,
    /// Who worked in it or closed it.
    persons: BTreeSet<PersonId>,
    /// Who may review or close it.
    roles: BTreeSet<Role>,
}

impl Say {
    pub(super) fn of(run: &Run) -> Self {
        let policy = &run.plan().policy;
        let roles = policy.closure.iter().map(|demand| &demand.role).chain(&policy.review.by).cloned().collect();
        let bound = run.crew().iter().map(|binding| &binding.person).chain(run.hands());
        let persons = bound.chain(run.closed().map(|closed| &closed.by)).cloned().collect();
        Self { run: run.id().clone(), head: run.head(), persons, roles }
    }

    /// Whoever worked in the run, closed it, or may review or close it, sinks it; anybody else of the roster holds it up.
    fn has(&self, person: &Person, claim: &Claim) -> bool {
        self.persons.contains(&person.id) || self.roles.iter().any(|role| person.holds(role, claim.closed()))
    }
}

/// Looks at every receipt under `forks/`.
pub(super) fn check(source: &Source, bound: &Bound) -> Result<Seen, VerifyError> {
    let (mut seen, say) = (Seen::new(Stage::Layers), Say::of(bound.run));
    for member in source.members().iter().filter(|member| is_ours(&member.name)) {
        let name = member.name.as_str();
        let judged = match source.read(name, MAX_RECEIPT) {
            Ok(bytes) if name != name_of(&bytes) => {
                Err((FindingCode::ForkName, "the name is not the digest of a receipt; ignored".into()))
            }
            Ok(bytes) => judge(&bytes, &say, bound.trusted, &bound.seals),
            Err(ReadError::TooLarge { .. }) => {
                Err((FindingCode::ForkMalformed, "larger than any receipt; ignored".into()))
            }
            Err(error) => return Err(error.into()),
        };
        match judged {
            Ok(found) => seen.push(found.finding(name, None)),
            Err((code, message)) => seen.note(code, "", name, message),
        }
    }
    Ok(seen)
}

/// Holds another receipt against a run: by whom it is signed, and whether it says something else.
fn judge(receipt: &[u8], say: &Say, trusted: &Trusted, seals: &[SealDigest]) -> Result<Contradiction, Ignored> {
    let claim = parse(receipt).map_err(|fault| (FindingCode::ForkMalformed, format!("{fault}; ignored")))?;
    let same = seals.contains(&claim.seal) && claim.head() == say.head;
    if *claim.run() != say.run || same {
        let what = if same { "it is the receipt of this very seal" } else { "it is of another run" };
        return Err((FindingCode::ForkUnbound, format!("{what}; ignored")));
    }
    let rosters = trusted.for_signoffs();
    let signer = rosters.iter().find_map(|roster| claim.signer(roster));
    let signer = signer.filter(|_| !trusted.is_revoked(claim.key())).cloned();
    let Some(signer) = signer else {
        let message = format!("key {} does not stand under who closed it, valid then; ignored", claim.key());
        return Err((FindingCode::ForkSigner, message));
    };
    let (severity, code) = match say.has(&signer, &claim) {
        true => (Severity::Fail, FindingCode::SealForked),
        false => (Severity::Pending, FindingCode::NoteContradicts),
    };
    Ok(Contradiction { severity, code, signer, claim })
}

impl Contradiction {
    fn finding(&self, place: &str, diverges: Option<u64>) -> Finding {
        let (signer, claim) = (&self.signer.id, &self.claim);
        let from = diverges.map(|record| format!("; the two differ from record {record} on")).unwrap_or_default();
        let message = format!("{signer} sealed this run under {} too, head {}{from}", claim.seal, claim.head());
        let finding = Finding::new(Stage::Layers, self.severity, self.code, signer, place, message);
        match diverges {
            Some(record) => finding.of_record(record),
            None => finding,
        }
    }
}

impl Judged {
    /// Lets go of everything that is not needed to hold this bundle against others: run, records and sign-offs.
    #[must_use]
    pub fn for_comparison(self) -> Self {
        Self { run: None, records: Vec::new(), signoffs: Vec::new(), claimed: None, ..self }
    }
}

/// Holds judged bundles against each other: where two are of one run under different seals, both say so, with the first
/// record in which they differ.
pub fn compare(judged: &mut [(&Path, Judged)]) {
    let mut found = Vec::new();
    for (here, (_, one)) in judged.iter().enumerate() {
        let Some(bench) = &one.bench else { continue };
        let Some(say) = &bench.say else { continue };
        for (there, (path, other)) in judged.iter().enumerate() {
            let Some(receipt) = other.receipt.as_ref().filter(|_| here != there) else { continue };
            if let Ok(contradiction) = judge(receipt, say, &bench.trusted, &bench.seals) {
                let place = path.display().to_string();
                found.push((here, contradiction.finding(&place, diverges(&one.lines, &other.lines))));
            }
        }
    }
    for (index, finding) in found {
        judged[index].1.report.add(finding);
    }
}

/// Returns the first record in which two journals of one run differ, by the digests of their lines; none where one of
/// them cannot be read.
#[must_use]
pub fn diverges(one: &[LineDigest], other: &[LineDigest]) -> Option<u64> {
    if one.is_empty() || other.is_empty() {
        return None;
    }
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    (same < one.len().max(other.len())).then_some(same as u64 + 1)
}
