//! Stage 3: the receipt, a DSSE envelope around an in-toto statement over the seal (FORMAT.md §6).

use super::VerifyError;
use super::container::Doubt;
use super::seen::Seen;
use super::standing::Claimed;
use crate::bundle::{RECEIPT, ReadError, Source};
use crate::kernel::canon::digest::{FileDigest, LineDigest, SealDigest};
use crate::kernel::canon::{self, base64};
use crate::kernel::documents::roster::{Person, Roster};
use crate::kernel::judgement::derived::{PREDICATE_TYPE, STATEMENT_TYPE, TAG_MANIFEST, predicate};
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::Stage;
use crate::kernel::model::name::RunId;
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::receipt::{Envelope, EnvelopeSignature, Predicate, Statement};
use crate::kernel::run::Run;
use crate::kernel::signature::{KeyId, RECEIPT_TYPE, pae};

pub(super) const MAX_RECEIPT: u64 = 16 << 20;

/// A receipt that is written as the format says; what it claims is not yet believed.
#[derive(Debug)]
pub(super) struct Claim {
    payload: Vec<u8>,
    signature: EnvelopeSignature,
    predicate: Predicate,
    pub(super) seal: SealDigest,
}

/// Reads the receipt.
pub(super) fn read(source: &Source, doubt: &Doubt) -> Result<(Seen, Option<Claim>), VerifyError> {
    let mut seen = Seen::new(Stage::Receipt);
    if doubt.about(RECEIPT) {
        return Ok((seen, None));
    }
    let claim = match source.read(RECEIPT, MAX_RECEIPT) {
        Ok(bytes) => parse(&bytes),
        Err(ReadError::Missing(_)) => {
            seen.fail(FindingCode::ReceiptMissing, "", RECEIPT, "there is no receipt");
            return Ok((seen, None));
        }
        Err(ReadError::TooLarge { .. }) => Err("larger than any receipt".to_owned()),
        Err(error) => return Err(error.into()),
    };
    let claim = claim.map_err(|message| seen.fail(FindingCode::ReceiptMalformed, "", RECEIPT, message)).ok();
    Ok((seen, claim))
}

/// Reads the bytes of a receipt; nothing of it is believed yet.
pub(super) fn parse(bytes: &[u8]) -> Result<Claim, String> {
    let envelope: Envelope = canon::decode(bytes).map_err(|e| e.to_string())?;
    let [signature] =
        <[EnvelopeSignature; 1]>::try_from(envelope.signatures).map_err(|_| "not exactly one signature")?;
    let payload = base64::decode(&envelope.payload).ok_or("the payload is not padded base64")?;
    let statement: Statement = canon::decode(&payload).map_err(|e| e.to_string())?;
    let typed = envelope.payload_type == RECEIPT_TYPE
        && statement.statement_type == STATEMENT_TYPE
        && statement.predicate_type == PREDICATE_TYPE;
    let seal = match statement.subject.as_slice() {
        [subject] if subject.name == TAG_MANIFEST => SealDigest::from_hex(&subject.digest.sha256),
        _ => None,
    };
    match (typed, seal) {
        (true, Some(seal)) => Ok(Claim { payload, signature, predicate: statement.predicate, seal }),
        (false, _) => Err("not a receipt by its types".into()),
        (_, None) => Err("the subject is not the tag manifest with its digest".into()),
    }
}

impl Claim {
    /// What is claimed, for whoever believes it.
    pub(super) fn claimed(self) -> Claimed {
        let Predicate { package, run, .. } = self.predicate;
        Claimed { key: self.signature.keyid, package, run, seal: self.seal }
    }

    /// Returns the id of the key that signed.
    pub(super) fn key(&self) -> &KeyId {
        &self.signature.keyid
    }

    /// Returns the run that it speaks of.
    pub(super) fn run(&self) -> &RunId {
        &self.predicate.run
    }

    /// Returns the digest of the last record that it speaks of.
    pub(super) fn head(&self) -> LineDigest {
        self.predicate.journal.head
    }

    /// Returns when the record that it speaks of was closed.
    pub(super) fn closed(&self) -> Timestamp {
        self.predicate.closed
    }

    /// Returns the person of a roster who closed the record and signed it, with a key that was valid then.
    pub(super) fn signer<'r>(&self, roster: &'r Roster) -> Option<&'r Person> {
        let (id, at) = (&self.signature.keyid, self.predicate.closed);
        let person = roster.person(&self.predicate.closed_by)?;
        let grant = person.key_at(id, at)?;
        grant.key.verify(&pae(RECEIPT_TYPE, &self.payload), &self.signature.sig).then_some(person)
    }

    /// Checks the signature: by a key of the person who closed the run, at that time.
    pub(super) fn check_signature(&self, roster: &Roster, run: Option<&Run>) -> Seen {
        let mut seen = Seen::new(Stage::Receipt);
        let id = &self.signature.keyid;
        let grant = roster.owner(id).and_then(|owner| Some((owner, owner.keys.iter().find(|g| g.key.id() == *id)?)));
        let Some((owner, grant)) = grant else {
            seen.fail(FindingCode::ReceiptSigner, id, RECEIPT, "the signing key stands under nobody in the roster");
            return seen;
        };
        if !grant.key.verify(&pae(RECEIPT_TYPE, &self.payload), &self.signature.sig) {
            seen.fail(FindingCode::ReceiptSignature, &owner.id, RECEIPT, "the signature is invalid");
            return seen;
        }
        if let Some(closed) = run.and_then(Run::closed)
            && (owner.id != closed.by || !roster.standing(&owner.id, id, closed.at).is_valid())
        {
            let standing = roster.standing(&closed.by, id, closed.at);
            let message = format!("signed by {}, but {} closed the run; the key is {standing}", owner.id, closed.by);
            seen.fail(FindingCode::ReceiptSigner, &owner.id, RECEIPT, message);
        }
        seen
    }

    /// Recomputes every field of the predicate.
    pub(super) fn check_predicate(&self, run: &Run, state: FileDigest) -> Seen {
        let mut seen = Seen::new(Stage::Receipt);
        let fields = |p: Option<&Predicate>| p.and_then(|p| serde_json::to_value(p).ok()).unwrap_or_default();
        let (claimed, real) = (fields(Some(&self.predicate)), fields(predicate(run, state).as_ref()));
        for (name, value) in claimed.as_object().into_iter().flatten() {
            if real.get(name) != Some(value) {
                let message = format!("the receipt's `{name}` is not what the data yields");
                seen.fail(FindingCode::ReceiptPredicate, name, RECEIPT, message);
            }
        }
        seen
    }
}
