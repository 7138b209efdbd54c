//! Every finding: its code, its meaning, what it does to the reader's trust, and the way on (FORMAT.md §9).
//! The codes are stable names that other programs may rely on.

use super::invariants;
use serde::Serialize;
use serde::ser::SerializeStruct as _;
use std::cmp::Ordering;
use std::fmt;

macro_rules! findings {
    ($($name:ident = $code:literal, $meaning:literal, $invariant:ident, $effect:ident, $remedy:ident;)*) => {
        /// What can be found: a closed list, in the order of the stages.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum FindingCode {
            $(#[doc = $meaning] $name,)*
        }

        impl FindingCode {
            /// Every code, in the order of the stages.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns the code, such as `journal.link_broken`.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Returns what was seen, with the severity in brackets.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }

            /// Returns which invariant of FORMAT.md §11 does not hold, or made the verifier look.
            #[must_use]
            pub fn invariant(self) -> &'static str {
                match self { $(Self::$name => invariants::$invariant,)* }
            }

            /// Returns what may no longer be relied on.
            #[must_use]
            pub fn effect(self) -> &'static str {
                match self { $(Self::$name => effect::$effect,)* }
            }

            /// Returns what to do.
            #[must_use]
            pub fn remedy(self) -> &'static str {
                match self { $(Self::$name => remedy::$remedy,)* }
            }
        }
    };
}

/// By the code, so that reports keep their order whatever is added to the list.
impl Ord for FindingCode {
    fn cmp(&self, other: &Self) -> Ordering {
        self.code().cmp(other.code())
    }
}

impl PartialOrd for FindingCode {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// As it stands in the findings of a report: the code with what the catalogue says of it.
impl Serialize for FindingCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("FindingCode", 4)?;
        row.serialize_field("code", self.code())?;
        row.serialize_field("effect", self.effect())?;
        row.serialize_field("invariant", self.invariant())?;
        row.serialize_field("remedy", self.remedy())?;
        row.end()
    }
}

/// What a finding means for whoever relies on the bundle.
mod effect {
    pub(super) const UNREADABLE: &str = "What stands behind this place cannot be told; nothing of it is relied on.";
    pub(super) const AMBIGUOUS: &str = "Two readers could see different bytes under one name.";
    pub(super) const IGNORED: &str = "It changes no grade; nothing of it is read.";
    pub(super) const NOT_SEALED: &str = "These are not the bytes that were sealed; rely on none of this file.";
    pub(super) const GONE: &str = "Bytes that were sealed are not here; what they showed cannot be checked.";
    pub(super) const SLIPPED_IN: &str = "Something was put among the sealed files after the seal.";
    pub(super) const UNSIGNED_SEAL: &str = "Nobody vouches for this seal.";
    pub(super) const WRONG_CLAIM: &str = "The receipt says more, less or something else than the record does.";
    pub(super) const WRONG_PACKAGE: &str =
        "What was executed is not what is carried here, or was not allowed to be executed.";
    pub(super) const WHO_UNKNOWN: &str = "Who signed cannot be told from this bundle.";
    pub(super) const TRUST_OPEN: &str =
        "Who signed is as trustworthy as whoever gave you the bundle; at most PROVISIONAL.";
    pub(super) const TRUST_LOST: &str = "The persons of this bundle are not those whom you trust.";
    pub(super) const CHAIN: &str = "Do not rely on this record, nor on any after it.";
    pub(super) const CHAIN_CUT: &str = "Records are missing at the end; what happened then is not told.";
    pub(super) const CHAIN_START: &str =
        "The record does not begin with its opening; under which package it ran is not told.";
    pub(super) const FORGED: &str = "This record was not signed by the person it names, or was changed afterwards; do not rely on it, nor on any after it.";
    pub(super) const NOT_LIVED: &str =
        "The program that records would not have written this; do not rely on it, nor on any record after it.";
    pub(super) const DERIVED: &str = "Summary and record contradict each other; rely on the record alone.";
    pub(super) const EVIDENCE_LOST: &str = "What this file showed cannot be checked.";
    pub(super) const EVIDENCE_OTHER: &str = "This file is not what was captured.";
    pub(super) const EVIDENCE_STRANGE: &str = "Nobody recorded where this file comes from.";
    pub(super) const OPEN: &str = "The run is not FINAL while this is open.";
    pub(super) const UNMET: &str = "The work was not done as its package demands.";
    pub(super) const RETURNED: &str = "Somebody with a say refused it; nothing appended lifts that.";
    pub(super) const WHAT_IF: &str = "It says what another profile would make of the record, no more.";
    pub(super) const TOLD: &str = "It changes no grade.";
    pub(super) const TWO_RECORDS: &str = "Two records of one run exist; which one is true cannot be told from here.";
    pub(super) const UNDELIVERED: &str = "A decision that was known then is not here; it may have been a rejection.";
    pub(super) const NOT_COUNTED: &str = "It counts for nothing, neither for nor against the run.";
}

/// What to do about a finding.
mod remedy {
    pub(super) const FRESH_COPY: &str =
        "Ask for a fresh copy of the bundle; the station that recorded it has the first one.";
    pub(super) const REMOVE: &str = "Remove it, or leave it: it does no harm.";
    pub(super) const CUT_JUNK: &str = "Ask for a fresh copy, or sign off: `asrun signoff` cuts the damage away.";
    pub(super) const RENAME: &str =
        "Ask for a fresh copy that was not unpacked on a system with other rules for names.";
    pub(super) const REGENERATE: &str = "Ask whoever sealed the run; a station seals only what verifies.";
    pub(super) const ASK_SITE: &str =
        "Ask the site's authority who was allowed to do this, and give its roster with --trust.";
    pub(super) const GIVE_TRUST: &str = "Give the authority's key or roster, obtained by another route, with --trust.";
    pub(super) const OTHER_ANCHOR: &str = "Check that the anchor is of the same site; ask its authority.";
    pub(super) const COMPARE: &str = "Compare with the copy of the station that recorded it; keep both.";
    pub(super) const LATER: &str = "Ask for the bundle again, or choose a later --as-of.";
    pub(super) const NEWER_ROSTER: &str = "Ask the authority for the roster that is in force.";
    pub(super) const ASK_PERSON: &str = "Ask the person named, and whoever keeps the station.";
    pub(super) const PUT_BACK: &str =
        "Put the file back from a copy with exactly this digest; before the seal `asrun reattach RUN FILE` does it.";
    pub(super) const SIGN: &str = "The roles named under `missing_for_final` sign it off: `asrun signoff`.";
    pub(super) const NEW_RUN: &str = "Only another run can meet it; this record stays what it is.";
    pub(super) const NOTHING: &str = "Nothing is to be done.";
    pub(super) const ASK_OTHER: &str = "Ask for the other bundle and compare both: `asrun verify A B`.";
    pub(super) const ASK_SIGNOFF: &str = "Ask whoever signed for the missing statement and its signature.";
    pub(super) const SIGN_AGAIN: &str =
        "The person signs once more: `asrun signoff` says beforehand what would not count.";
    pub(super) const OTHER_VERIFIER: &str = "Use a verifier that checks this layer.";
    pub(super) const OTHER_PROFILE: &str = "Grade under the sealed profile: leave --profile out.";
}

findings! {
    ContainerArchive = "container.archive_malformed", "The .proof file breaks the archive format before the receipt (FAIL).", TAMPERING, UNREADABLE, FRESH_COPY;
    ContainerOrder = "container.member_order", "A file stands in the wrong place of the archive (FAIL).", TAMPERING, AMBIGUOUS, FRESH_COPY;
    ContainerDuplicate = "container.duplicate_member", "A second file of the same name (FAIL for sealed names, else a note).", TAMPERING, AMBIGUOUS, FRESH_COPY;
    ContainerCase = "container.case_clash", "Two names differ in case alone (FAIL for sealed names, else a note).", TAMPERING, AMBIGUOUS, RENAME;
    ContainerName = "container.name_unsafe", "A name that is not safe on every system; the file was not opened (FAIL for sealed names, else a note).", TAMPERING, UNREADABLE, RENAME;
    ContainerRegular = "container.not_regular", "A link, device or pipe in place of a file; it was not opened (FAIL for sealed names, else a note).", TAMPERING, UNREADABLE, FRESH_COPY;
    ContainerMembers = "container.too_many_members", "More sealed files than the format allows (FAIL).", BOUNDED, UNREADABLE, FRESH_COPY;
    ContainerTooLarge = "container.too_large", "A sealed file is larger than the format allows (FAIL).", BOUNDED, UNREADABLE, FRESH_COPY;
    ContainerTrailing = "container.trailing_damage", "Damage behind the receipt; reading stopped there (note).", APPENDED, IGNORED, CUT_JUNK;
    ContainerFiles = "container.too_many_files", "More than 10,000 appended files; the rest is ignored (note).", BOUNDED, IGNORED, REMOVE;
    ContainerUnknown = "container.unknown_file", "A file that the format does not name; ignored (note).", APPENDED, IGNORED, REMOVE;
    ContainerForeign = "container.foreign_tag", "A file that other BagIt tools may take for part of the bag; ignored (note).", APPENDED, IGNORED, REMOVE;
    BagMismatch = "bag.mismatch", "A file does not have the bytes that its digest list says (FAIL).", TAMPERING, NOT_SEALED, FRESH_COPY;
    BagMissing = "bag.missing_file", "A sealed file is missing (FAIL).", TAMPERING, GONE, FRESH_COPY;
    BagUnlisted = "bag.unlisted_file", "A file under data/ that the digest list does not hold (FAIL).", TAMPERING, SLIPPED_IN, FRESH_COPY;
    BagUnexpected = "bag.unexpected_file", "A file under data/ that the format does not name (FAIL).", TAMPERING, SLIPPED_IN, FRESH_COPY;
    BagMalformed = "bag.malformed", "A tag file is not written as the format says (FAIL).", TAMPERING, NOT_SEALED, FRESH_COPY;
    ReceiptMissing = "receipt.missing", "There is no receipt (FAIL).", TAMPERING, UNSIGNED_SEAL, FRESH_COPY;
    ReceiptMalformed = "receipt.malformed", "The receipt is not written as the format says (FAIL).", TAMPERING, UNSIGNED_SEAL, FRESH_COPY;
    ReceiptSignature = "receipt.signature", "The receipt's signature is invalid (FAIL).", TAMPERING, UNSIGNED_SEAL, FRESH_COPY;
    ReceiptSigner = "receipt.signer", "The receipt is not signed by the person who closed the run (FAIL).", OUTSIDE, UNSIGNED_SEAL, ASK_PERSON;
    ReceiptPredicate = "receipt.predicate", "The receipt claims something else than the data yields (FAIL).", REPLAYED, WRONG_CLAIM, REGENERATE;
    SealMismatch = "seal.mismatch", "The tag manifest is not the one that the receipt seals (FAIL).", SEALED, NOT_SEALED, FRESH_COPY;
    PackageMalformed = "package.malformed", "The package is not a valid Locked Execution Package (FAIL).", REPRODUCIBLE, WRONG_PACKAGE, FRESH_COPY;
    PackageMismatch = "package.mismatch", "The run was opened with another package than the one carried (FAIL).", REPRODUCIBLE, WRONG_PACKAGE, FRESH_COPY;
    PackageUnapproved = "package.unapproved", "The package lacks approvals that the roster or the profile demands (FAIL).", DEMANDS, WRONG_PACKAGE, ASK_SITE;
    PackageRevokedSince = "package.revoked_since", "The anchor's roster has revoked the package (pending).", DEMANDS, OPEN, ASK_SITE;
    RosterMalformed = "roster.malformed", "A roster is not written as the format says, or contradicts itself (FAIL).", REPRODUCIBLE, WHO_UNKNOWN, FRESH_COPY;
    RosterName = "roster.name", "A roster's file name is not its serial number (FAIL).", TAMPERING, WHO_UNKNOWN, FRESH_COPY;
    RosterSignature = "roster.signature", "A roster's signature is missing or invalid (FAIL).", OUTSIDE, WHO_UNKNOWN, FRESH_COPY;
    RosterUnnamed = "roster.unnamed", "A roster that no record names (FAIL).", TAMPERING, SLIPPED_IN, FRESH_COPY;
    RosterMissing = "roster.missing", "The roster that the run was opened with is not in the bundle (FAIL).", REPRODUCIBLE, WHO_UNKNOWN, FRESH_COPY;
    TrustSelfAsserted = "trust.self_asserted", "No trust anchor was given, so who signed rests on the bundle's own word (pending).", OUTSIDE, TRUST_OPEN, GIVE_TRUST;
    TrustNotUnderAnchor = "trust.not_under_anchor", "A trust anchor was given and the bundle is not under it (FAIL).", OUTSIDE, TRUST_LOST, OTHER_ANCHOR;
    TrustKeyRevoked = "trust.key_revoked", "Records, or approvals that the package needs, are signed with a key that was revoked, and nothing external shows that they are older (pending).", UNKNOWN, OPEN, ASK_SITE;
    TrustFuture = "trust.time_after_as_of", "Something claims a later time than --as-of (pending).", TIME, OPEN, LATER;
    TrustRosterExpired = "trust.roster_expired", "The roster had expired at --as-of (note).", TIME, TOLD, NEWER_ROSTER;
    JournalTorn = "journal.torn_tail", "The journal does not end with a whole line (FAIL).", APPEND_ONLY, CHAIN_CUT, COMPARE;
    JournalLine = "journal.line_malformed", "A line of the journal is not a canonical record (FAIL).", APPEND_ONLY, CHAIN, COMPARE;
    JournalForeign = "journal.foreign_record", "A record belongs to another run (FAIL).", APPEND_ONLY, CHAIN, COMPARE;
    JournalSequence = "journal.sequence", "A record does not follow the one before it by number: removed, repeated or reordered (FAIL).", APPEND_ONLY, CHAIN, COMPARE;
    JournalLink = "journal.link_broken", "A record does not link to the line before it (FAIL).", APPEND_ONLY, CHAIN, COMPARE;
    JournalActor = "journal.actor_unknown", "The actor of a record is not in the roster (FAIL).", GATED, FORGED, ASK_SITE;
    JournalKey = "journal.key_not_valid", "The signing key does not stand under the actor, valid at that time (FAIL).", APPEND_ONLY, FORGED, ASK_SITE;
    JournalSignature = "journal.signature", "The signature of a record is invalid (FAIL).", APPEND_ONLY, FORGED, COMPARE;
    JournalRole = "journal.role", "The actor did not hold the role at that time (FAIL).", GATED, FORGED, ASK_SITE;
    JournalNotOpened = "journal.not_opened", "The first record is not run.opened (FAIL).", APPEND_ONLY, CHAIN_START, COMPARE;
    JournalNotClosed = "journal.not_closed", "The last record is not run.closed (FAIL).", APPEND_ONLY, CHAIN_CUT, COMPARE;
    RecoveredUnnamed = "recovered.unnamed", "A recovered file that no record names (FAIL).", APPEND_ONLY, SLIPPED_IN, FRESH_COPY;
    RecoveredMissing = "recovered.missing", "A recovered file that a record names is missing (FAIL).", APPEND_ONLY, GONE, PUT_BACK;
    RecoveredMismatch = "recovered.mismatch", "A recovered file is not the one that its record names (FAIL).", APPEND_ONLY, NOT_SEALED, PUT_BACK;
    RecoveredRecord = "recovered.hides_record", "A recovered file holds a complete valid record: it was cut off, not torn (FAIL).", APPEND_ONLY, CHAIN, ASK_PERSON;
    RecoveredOffset = "recovered.offset", "A torn tail did not begin where the records before it end (FAIL).", APPEND_ONLY, NOT_LIVED, COMPARE;
    ReplayContradiction = "replay.contradiction", "A record is not what the rules would have recorded there (FAIL).", REPLAYED, NOT_LIVED, COMPARE;
    ReplayClocks = "replay.clocks", "The clocks of a record cannot have followed those of the one before it (FAIL).", TIME, NOT_LIVED, COMPARE;
    ReplayState = "replay.state", "data/state.json is not the fold of the journal (FAIL).", REPLAYED, DERIVED, REGENERATE;
    ReplayManifest = "replay.manifest", "data/manifest.json is not the inventory of the bundle (FAIL).", REPLAYED, DERIVED, REGENERATE;
    EvidenceMissing = "evidence.missing", "A file that a record names is missing (FAIL).", EVIDENCE, EVIDENCE_LOST, PUT_BACK;
    EvidenceDigest = "evidence.digest_mismatch", "An evidence file does not have the bytes that its record names (FAIL).", EVIDENCE, EVIDENCE_OTHER, PUT_BACK;
    EvidenceType = "evidence.type_mismatch", "The bytes of an evidence file are of another type than its record says, or damaged where it says whole (FAIL).", EVIDENCE, EVIDENCE_OTHER, ASK_PERSON;
    EvidenceUnnamed = "evidence.unnamed", "An evidence file that no record names (FAIL).", EVIDENCE, EVIDENCE_STRANGE, FRESH_COPY;
    EvidenceRedactedPresent = "evidence.redacted_present", "An evidence file is there although a record says it was redacted (FAIL).", REDACTED, EVIDENCE_STRANGE, FRESH_COPY;
    EvidenceRedacted = "evidence.redacted", "Required evidence was redacted and nobody has accepted that yet (pending).", REDACTED, OPEN, SIGN;
    EvidenceDoubtful = "evidence.doubtful", "A file is of another kind than was asked for, damaged, or older than the run or its step, and nobody has accepted that yet (pending).", DEMANDS, OPEN, SIGN;
    EvidenceReused = "evidence.reused", "One file serves two requirements and nobody has accepted that yet (pending).", DEMANDS, OPEN, SIGN;
    EvidenceOrphans = "evidence.orphans", "Files were stored that no record names; they were set aside at closing (note).", EVIDENCE, TOLD, ASK_PERSON;
    RunTraining = "run.training", "A training run; never FINAL (pending).", DEMANDS, OPEN, NEW_RUN;
    PolicyAborted = "policy.aborted", "The run was aborted: a good record of unmet work (FAIL).", DEMANDS, UNMET, NEW_RUN;
    PolicyStepOpen = "policy.step_open", "A required step is not closed (FAIL).", DEMANDS, UNMET, NEW_RUN;
    PolicyStepRejected = "policy.step_rejected", "A step was rejected by a role that the profile names (FAIL).", DEMANDS, RETURNED, NEW_RUN;
    PolicyDeviationOpen = "policy.deviation_open", "A deviation waits for acceptance (pending).", DEMANDS, OPEN, SIGN;
    PolicyDeviationRejected = "policy.deviation_rejected", "A deviation was rejected (FAIL).", DEMANDS, RETURNED, NEW_RUN;
    PolicyRunRejected = "policy.run_rejected", "The run was rejected by a role that the profile names (FAIL).", DEMANDS, RETURNED, NEW_RUN;
    PolicySignoffMissing = "policy.signoff_missing", "A closing signature is missing (pending).", DEMANDS, OPEN, SIGN;
    PolicyPause = "policy.pause_too_long", "A pause was longer than the profile allows (pending).", DEMANDS, OPEN, NEW_RUN;
    PolicyLayerMissing = "policy.layer_missing", "The profile asks for an external layer, which this version cannot check (pending).", UNKNOWN, OPEN, OTHER_VERIFIER;
    WhatIfProfile = "what_if.other_profile", "The record is graded under a profile that it was not run under; never FINAL (pending).", DEMANDS, WHAT_IF, OTHER_PROFILE;
    WhatIfRefused = "what_if.refused", "The other profile refuses what was done; the run would not have gone on like this (FAIL).", DEMANDS, WHAT_IF, OTHER_PROFILE;
    WhatIfForm = "what_if.form_incomplete", "The other profile asks more of a deviation's form (pending).", DEMANDS, WHAT_IF, OTHER_PROFILE;
    WhatIfApprovals = "what_if.unapproved", "The package lacks approvals that the other profile demands (FAIL).", DEMANDS, WHAT_IF, OTHER_PROFILE;
    ClockSank = "clock.sank", "The wall clock stood lower after a start of the machine (pending above the profile's `max_step`, else a note).", TIME, OPEN, NEW_RUN;
    ClockPause = "clock.pause_unproven", "A pause cannot be measured: the machine was started again, or the clock was set (note).", TIME, TOLD, NOTHING;
    JournalMended = "journal.mended", "A lost head or rescued records were mended by hand, on a person's word (note).", APPEND_ONLY, TOLD, ASK_PERSON;
    ClockStepped = "clock.stepped", "The wall clock was set during the run (note).", TIME, TOLD, NOTHING;
    SealForked = "seal.forked", "Another receipt of this run is signed by somebody with a say in it: two records of one run exist (FAIL).", ONE_RECORD, TWO_RECORDS, ASK_OTHER;
    NoteContradicts = "note.contradicts", "Another receipt of this run is signed by a person of the roster without a say in it (pending).", ONE_RECORD, TWO_RECORDS, ASK_OTHER;
    ForkName = "fork.name", "The name of another receipt is not its digest; ignored (note).", APPENDED, NOT_COUNTED, REMOVE;
    ForkMalformed = "fork.malformed", "Another receipt is not written as the format says; ignored (note).", APPENDED, NOT_COUNTED, REMOVE;
    ForkSigner = "fork.signer", "Another receipt is not signed with a valid key of the person who closed it; ignored (note).", APPENDED, NOT_COUNTED, REMOVE;
    ForkUnbound = "fork.unbound", "Another receipt is of another run or of this very seal; ignored (note).", APPENDED, NOT_COUNTED, REMOVE;
    RunsFollows = "runs.follows", "The run before it on its station is among the bundles (note).", ONE_RECORD, TOLD, NOTHING;
    RunsGap = "runs.gap", "The run before it on its station is not among the bundles (note).", ONE_RECORD, TOLD, ASK_OTHER;
    RunsArchived = "runs.archived", "The run before it on its station was archived there, and is not among the bundles (note).", ONE_RECORD, TOLD, ASK_OTHER;
    RunsOtherHead = "runs.other_head", "The run before it was known with a record that its bundle does not hold (note).", ONE_RECORD, TWO_RECORDS, ASK_OTHER;
    SignoffOtherSeal = "signoff.other_seal", "A person of the roster signed off this run under another seal, and the other receipt is not here (pending).", ONE_RECORD, TWO_RECORDS, ASK_OTHER;
    SignoffMissingSeen = "signoff.missing_seen", "A counted sign-off saw another one that was not delivered (pending).", APPENDED, UNDELIVERED, ASK_SIGNOFF;
    SignoffName = "signoff.name", "An appended file's name is not the digest of a statement; ignored (note).", APPENDED, NOT_COUNTED, REMOVE;
    SignoffMalformed = "signoff.malformed", "A sign-off is not a canonical statement; ignored (note).", APPENDED, NOT_COUNTED, REMOVE;
    SignoffIncoherent = "signoff.incoherent", "A sign-off contradicts itself or what it is about; ignored (note).", APPENDED, NOT_COUNTED, SIGN_AGAIN;
    SignoffUnsigned = "signoff.unsigned", "A sign-off has no signature file; ignored (note).", APPENDED, NOT_COUNTED, ASK_SIGNOFF;
    SignoffSignature = "signoff.signature", "A sign-off's signature is invalid; ignored (note).", APPENDED, NOT_COUNTED, SIGN_AGAIN;
    SignoffSigner = "signoff.signer", "A sign-off is not signed with a valid key of the person it names; ignored (note).", APPENDED, NOT_COUNTED, SIGN_AGAIN;
    SignoffRole = "signoff.role", "A sign-off's signer did not hold the role at that time; ignored (note).", APPENDED, NOT_COUNTED, SIGN_AGAIN;
    SignoffPrintedName = "signoff.name_differs", "A sign-off prints another name than the roster has; ignored (note).", APPENDED, NOT_COUNTED, SIGN_AGAIN;
    SignoffOtherRun = "signoff.other_run", "A sign-off of another run; ignored (note).", APPENDED, NOT_COUNTED, REMOVE;
    SignoffSubject = "signoff.subject", "A sign-off is about something that this run does not have; ignored (note).", APPENDED, NOT_COUNTED, SIGN_AGAIN;
    SignoffRevoked = "signoff.key_revoked", "A sign-off is signed with a key that was revoked; not counted (note).", APPENDED, NOT_COUNTED, SIGN_AGAIN;
    SignoffEarly = "signoff.before_close", "A sign-off claims an earlier time than the seal it names; not counted (note).", APPENDED, NOT_COUNTED, SIGN_AGAIN;
    SignoffComment = "signoff.comment_missing", "A sign-off lacks the comment that it needs; not counted (note).", DEMANDS, NOT_COUNTED, SIGN_AGAIN;
    SignoffNoEffect = "signoff.no_effect", "A rejection by a role that the profile does not name there; without effect (note).", APPENDED, TOLD, NOTHING;
    SignoffNotCounted = "signoff.not_counted", "An approval that the profile does not count, and why; others may still give it (note).", SECOND_PERSON, NOT_COUNTED, SIGN;
    LayerNotChecked = "layer.not_checked", "An external layer that this version does not check (note).", UNKNOWN, TOLD, OTHER_VERIFIER;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_dotted_and_explained_in_a_sentence() {
        let names: BTreeSet<&str> = FindingCode::ALL.iter().map(|found| found.code()).collect();
        assert_eq!(names.len(), FindingCode::ALL.len());
        for found in FindingCode::ALL {
            let name = found.code();
            assert!(
                [found.effect(), found.remedy()].iter().all(|text| text.ends_with('.') && text.len() > 15),
                "{name}"
            );
            assert!(invariants::invariant(found.invariant()).is_some(), "{name}");
            assert!(name.split_once('.').is_some_and(|(area, rest)| !area.is_empty() && !rest.is_empty()), "{name}");
            assert!(found.meaning().ends_with(").") && found.meaning().len() > 20, "{name}");
        }
    }
}
