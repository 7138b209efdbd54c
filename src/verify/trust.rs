//! Stage 5: rosters, and whether they stand under an anchor that came by another route (FORMAT.md §8).
//!
//! Nothing inside a bundle lifts its trust (AR-008): without an anchor it stays self-asserted.

use super::VerifyError;
use super::bag::Bag;
use super::report::TrustAnswer;
use super::seen::Seen;
use super::walk::Signatories;
use crate::bundle::Source;
use crate::kernel::canon::digest::FileDigest;
use crate::kernel::documents::roster::Roster;
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::Stage;
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::record::SignedRecord;
use crate::kernel::run::Run;
use crate::kernel::signature::{KeyId, Namespace, PublicKey, SshSignature};
use crate::library::{self, OpenedPackage};
use std::sync::Arc;

const FOLDER: &str = "data/rosters/";

/// Why a file is no trust anchor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnchorFault {
    /// Neither a public key nor a roster.
    #[error("`{name}` is neither an OpenSSH public key nor a roster: {reason}")]
    Neither {
        /// The file.
        name: String,
        /// Why.
        reason: String,
    },
    /// No anchor at all: saying nothing would pass for trust.
    #[error("no trust anchor was found there")]
    Nothing,
}

/// What the verifier trusts beforehand. Empty means: nobody said.
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    authorities: Vec<PublicKey>,
    rosters: Vec<(FileDigest, Arc<Roster>)>,
}

impl Anchors {
    /// Nobody said whom to trust.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads anchors from the given files: an authority's public key or a roster each.
    ///
    /// # Errors
    /// A file that is neither, or no file at all.
    pub fn read(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, AnchorFault> {
        let mut anchors = Self::default();
        for (name, bytes) in files {
            let text = String::from_utf8_lossy(&bytes);
            match text.starts_with("ssh-") {
                true => {
                    let key = PublicKey::from_openssh(&text);
                    let (key, _) = key.map_err(|e| AnchorFault::Neither { name, reason: e.to_string() })?;
                    anchors.authorities.push(key);
                }
                false => {
                    let roster = library::read_roster(&name, &bytes);
                    let roster = roster.map_err(|e| AnchorFault::Neither { name, reason: e.to_string() })?;
                    anchors.rosters.push((FileDigest::of(&bytes), Arc::new(roster)));
                }
            }
        }
        match anchors.is_empty() {
            true => Err(AnchorFault::Nothing),
            false => Ok(anchors),
        }
    }

    fn is_empty(&self) -> bool {
        self.authorities.is_empty() && self.rosters.is_empty()
    }

    /// The newest roster of the same site that is newer than the carried one.
    fn newer(&self, carried: &Roster) -> Option<&Arc<Roster>> {
        let same = self.rosters.iter().map(|(_, roster)| roster).filter(|r| r.site == carried.site);
        same.filter(|r| r.serial > carried.serial).max_by_key(|r| r.serial)
    }
}

/// A roster in the bundle, signed by whoever calls himself its authority.
#[derive(Clone, Debug)]
pub(super) struct Carried {
    pub(super) path: String,
    pub(super) digest: FileDigest,
    roster: Arc<Roster>,
    authority: PublicKey,
}

/// Reads every roster that the bundle carries.
pub(super) fn read(source: &Source, bag: &Bag) -> Result<(Seen, Vec<Carried>), VerifyError> {
    let mut seen = Seen::new(Stage::Trust);
    let mut rosters = Vec::new();
    let paths: Vec<&String> = bag.payload.keys().filter(|path| path.starts_with(FOLDER)).collect();
    for path in &paths {
        if let Some(document) = path.strip_suffix(".sig") {
            if !bag.payload.contains_key(document) && !bag.doubt.about(path) && !bag.doubt.about(document) {
                seen.fail(FindingCode::RosterUnnamed, "", path, "a signature without its roster");
            }
        } else if let Some(carried) = read_one(source, bag, path, &mut seen)? {
            rosters.push(carried);
        }
    }
    Ok((seen, rosters))
}

fn read_one(source: &Source, bag: &Bag, path: &str, seen: &mut Seen) -> Result<Option<Carried>, VerifyError> {
    let Some(bytes) = bag.bytes(source, path)? else { return Ok(None) };
    let roster = match library::read_roster(path, &bytes) {
        Ok(roster) => roster,
        Err(fault) => {
            seen.fail(FindingCode::RosterMalformed, "", path, fault);
            return Ok(None);
        }
    };
    if path != format!("{FOLDER}{}.yaml", roster.serial) {
        seen.fail(FindingCode::RosterName, "", path, format!("the roster's serial is {}", roster.serial));
        return Ok(None);
    }
    let name = format!("{path}.sig");
    if bag.doubt.about(&name) {
        return Ok(None);
    }
    let signature = bag.bytes(source, &name)?;
    let signature = signature.ok_or("it is missing".to_owned());
    let signed = signature.and_then(|text| SshSignature::parse(&text).map_err(|e| e.to_string()));
    let authority = signed.and_then(|signed| signed.check(Namespace::Roster, &bytes).map_err(|e| e.to_string()));
    match authority {
        Ok(authority) => {
            let digest = FileDigest::of(&bytes);
            Ok(Some(Carried { path: path.to_owned(), digest, roster: Arc::new(roster), authority }))
        }
        Err(reason) => {
            seen.fail(
                FindingCode::RosterSignature,
                "",
                &name,
                format!("the authority's signature is invalid: {reason}"),
            );
            Ok(None)
        }
    }
}

/// The roster that the run was opened with, and how far it is believed.
#[derive(Clone, Debug)]
pub(super) struct Trusted {
    pub(super) carried: Carried,
    pub(super) answer: TrustAnswer,
    later: Option<Arc<Roster>>,
    persons_apply: bool,
}

/// Picks the roster that `run.opened` names; without a journal, the only one there is.
pub(super) fn pick(
    rosters: Vec<Carried>,
    opened: Option<FileDigest>,
    in_doubt: bool,
    seen: &mut Seen,
) -> Option<Carried> {
    let Some(opened) = opened else { return <[Carried; 1]>::try_from(rosters).ok().map(|[only]| only) };
    let (named, others): (Vec<_>, Vec<_>) = rosters.into_iter().partition(|carried| carried.digest == opened);
    let named = named.into_iter().next();
    if named.is_none() && !in_doubt && !seen.failed() {
        let message = match others.is_empty() {
            true => "there is no roster".to_owned(),
            false => format!("the run was opened with roster {opened}"),
        };
        seen.fail(FindingCode::RosterMissing, "", FOLDER.trim_end_matches('/'), message);
        return None;
    }
    if named.is_some() {
        for other in others {
            seen.fail(FindingCode::RosterUnnamed, "", &other.path, "no record names this roster");
        }
    }
    named
}

impl Trusted {
    /// Weighs a roster against the anchors.
    pub(super) fn weigh(carried: Carried, anchors: &Anchors, seen: &mut Seen) -> Self {
        let later = anchors.newer(&carried.roster).cloned();
        let authority = anchors.authorities.contains(&carried.authority);
        let same = anchors.rosters.iter().any(|(digest, _)| *digest == carried.digest);
        let answer = match anchors.is_empty() {
            true => TrustAnswer::SelfAsserted,
            false if authority || same || later.is_some() => TrustAnswer::Anchored,
            false => TrustAnswer::NotUnderAnchor,
        };
        match answer {
            TrustAnswer::SelfAsserted => {
                let message = "no trust anchor was given; who signed rests on the bundle's own word";
                seen.pending(FindingCode::TrustSelfAsserted, "", &carried.path, message);
            }
            TrustAnswer::NotUnderAnchor => {
                let message = format!("signed by {}, which is not the given anchor", carried.authority.id());
                seen.fail(FindingCode::TrustNotUnderAnchor, "", &carried.path, message);
            }
            TrustAnswer::Anchored | TrustAnswer::NotChecked => {}
        }
        // Under a trusted authority a later roster only revokes; alone it says itself who is who.
        let persons_apply = later.is_some() && !authority && !same;
        Self { carried, answer, later, persons_apply }
    }

    pub(super) fn roster(&self) -> &Arc<Roster> {
        &self.carried.roster
    }

    pub(super) fn later(&self) -> Option<&Roster> {
        self.later.as_deref()
    }

    /// Tells whether a key was revoked, at any time: signing times are self-stated.
    pub(super) fn is_revoked(&self, key: &KeyId) -> bool {
        let revoked = |roster: &Roster| {
            let grants = roster.persons.iter().flat_map(|person| &person.keys);
            grants.into_iter().any(|grant| grant.key.id() == *key && grant.revoked_at.is_some())
        };
        revoked(&self.carried.roster) || self.later().is_some_and(revoked)
    }

    /// Rosters that can tell who signed off: the carried one, or the anchor's where its persons apply.
    pub(super) fn for_signoffs(&self) -> Vec<&Roster> {
        match (self.later(), self.persons_apply) {
            (Some(later), true) => vec![later],
            (Some(later), false) => vec![&self.carried.roster, later],
            (None, _) => vec![&self.carried.roster],
        }
    }

    /// Tells whether the anchor's own roster, where its persons apply, does not let somebody act so.
    pub(super) fn is_stranger(&self, signed: &SignedRecord) -> bool {
        self.later.as_ref().filter(|_| self.persons_apply).is_some_and(|later| !stands_in(later, signed))
    }

    /// Checks the signers of records against revocations and, where they apply, the anchor's persons.
    pub(super) fn check_records(&mut self, signers: &Signatories) -> Seen {
        let mut seen = Seen::new(Stage::Trust);
        let path = self.carried.path.clone();
        for (person, key) in signers.keys.iter().filter(|(_, key)| self.is_revoked(key)) {
            let message = format!("key {key} was revoked, and nothing external shows that its records are older");
            seen.pending(FindingCode::TrustKeyRevoked, person, &path, message);
        }
        if let Some(later) = self.later.clone().filter(|_| self.persons_apply) {
            for person in &signers.strangers {
                let message = format!("the anchor's roster {} does not let {person} act so", later.serial);
                seen.fail(FindingCode::TrustNotUnderAnchor, person, &path, message);
            }
            if !signers.strangers.is_empty() {
                self.answer = TrustAnswer::NotUnderAnchor;
            }
        }
        seen
    }

    /// Checks a package's approvals once more where the anchor's roster says who is who.
    pub(super) fn check_approvals(&mut self, package: &OpenedPackage, at: Timestamp) -> Seen {
        let mut seen = Seen::new(Stage::Trust);
        let later = self.later.clone().filter(|_| self.persons_apply);
        if let Some(Err(fault)) = later.as_ref().map(|later| package.check_approvals(&unrevoked(later), at)) {
            seen.fail(
                FindingCode::TrustNotUnderAnchor,
                "",
                &self.carried.path,
                format!("by the anchor's roster {fault}"),
            );
            self.answer = TrustAnswer::NotUnderAnchor;
        }
        seen
    }

    /// Checks the key of the receipt, which need not be one that signed records.
    pub(super) fn check_receipt(&mut self, key: &KeyId, run: &Run) -> Seen {
        let mut seen = Seen::new(Stage::Trust);
        let Some(closed) = run.closed() else { return seen };
        if self.is_revoked(key) {
            let message = format!("key {key} was revoked, and nothing external shows that its records are older");
            seen.pending(FindingCode::TrustKeyRevoked, &closed.by, &self.carried.path, message);
        }
        let later = self.later.clone().filter(|_| self.persons_apply);
        let known = |roster: &Roster| roster.person(&closed.by).is_some_and(|p| p.key_at(key, closed.at).is_some());
        if later.is_some_and(|later| !known(&later)) {
            let message = format!("the anchor's roster does not know key {key} of {}", closed.by);
            seen.fail(FindingCode::TrustNotUnderAnchor, &closed.by, &self.carried.path, message);
            self.answer = TrustAnswer::NotUnderAnchor;
        }
        seen
    }

    /// Compares the dates of roster and record with `--as-of`. That the roster was in force at the opening is a gate's
    /// question, which replay asks again.
    pub(super) fn check_dates(&self, closed: Timestamp, as_of: Option<Timestamp>) -> Seen {
        let mut seen = Seen::new(Stage::Trust);
        let (roster, path) = (self.roster(), &self.carried.path);
        if as_of.is_some_and(|as_of| closed > as_of) {
            seen.pending(FindingCode::TrustFuture, "", path, format!("the run was closed at {closed}"));
        }
        if as_of.is_some_and(|as_of| roster.expires <= as_of) {
            seen.note(FindingCode::TrustRosterExpired, "", path, format!("the roster expired at {}", roster.expires));
        }
        seen
    }
}

/// The roster without its revocations: what they put in doubt is pending and no forgery, for approvals as for records.
fn unrevoked(roster: &Roster) -> Roster {
    let mut roster = roster.clone();
    roster.persons.iter_mut().flat_map(|person| &mut person.keys).for_each(|grant| grant.revoked_at = None);
    roster
}

fn stands_in(roster: &Roster, signed: &SignedRecord) -> bool {
    let record = signed.record();
    let person = roster.person(&record.actor);
    person.is_some_and(|p| p.key_at(signed.key(), record.time).is_some() && p.holds(&record.role, record.time))
}
