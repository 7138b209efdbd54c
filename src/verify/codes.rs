//! Every finding code with its meaning in one line: stable names that other programs may rely on.

macro_rules! codes {
    ($($name:ident = $code:literal, $meaning:literal;)*) => {
        $(#[doc = $meaning] pub const $name: &str = $code;)*
        /// Codes and meanings, in the order of the stages.
        pub const ALL: &[(&str, &str)] = &[$(($code, $meaning),)*];
    };
}

codes! {
    CONTAINER_ARCHIVE = "container.archive_malformed", "The .proof file breaks the archive format before the receipt (FAIL).";
    CONTAINER_ORDER = "container.member_order", "A file stands in the wrong place of the archive (FAIL).";
    CONTAINER_DUPLICATE = "container.duplicate_member", "A second file of the same name (FAIL for sealed names, else a note).";
    CONTAINER_CASE = "container.case_clash", "Two names differ in case alone (FAIL for sealed names, else a note).";
    CONTAINER_NAME = "container.name_unsafe", "A name that is not safe on every system; the file was not opened (FAIL for sealed names, else a note).";
    CONTAINER_REGULAR = "container.not_regular", "A link, device or pipe in place of a file; it was not opened (FAIL for sealed names, else a note).";
    CONTAINER_MEMBERS = "container.too_many_members", "More sealed files than the format allows (FAIL).";
    CONTAINER_TOO_LARGE = "container.too_large", "A sealed file is larger than the format allows (FAIL).";
    CONTAINER_TRAILING = "container.trailing_damage", "Damage behind the receipt; reading stopped there (note).";
    CONTAINER_FILES = "container.too_many_files", "More than 10,000 appended files; the rest is ignored (note).";
    CONTAINER_UNKNOWN = "container.unknown_file", "A file that the format does not name; ignored (note).";
    CONTAINER_FOREIGN = "container.foreign_tag", "A file that other BagIt tools may take for part of the bag; ignored (note).";
    BAG_MISMATCH = "bag.mismatch", "A file does not have the bytes that its digest list says (FAIL).";
    BAG_MISSING = "bag.missing_file", "A sealed file is missing (FAIL).";
    BAG_UNLISTED = "bag.unlisted_file", "A file under data/ that the digest list does not hold (FAIL).";
    BAG_UNEXPECTED = "bag.unexpected_file", "A file under data/ that the format does not name (FAIL).";
    BAG_MALFORMED = "bag.malformed", "A tag file is not written as the format says (FAIL).";
    RECEIPT_MISSING = "receipt.missing", "There is no receipt (FAIL).";
    RECEIPT_MALFORMED = "receipt.malformed", "The receipt is not written as the format says (FAIL).";
    RECEIPT_SIGNATURE = "receipt.signature", "The receipt's signature does not hold (FAIL).";
    RECEIPT_SIGNER = "receipt.signer", "The receipt is not signed by the person who closed the run (FAIL).";
    RECEIPT_PREDICATE = "receipt.predicate", "The receipt claims something else than the data yields (FAIL).";
    SEAL_MISMATCH = "seal.mismatch", "The tag manifest is not the one that the receipt seals (FAIL).";
    PACKAGE_MALFORMED = "package.malformed", "The package is not a valid Locked Execution Package (FAIL).";
    PACKAGE_MISMATCH = "package.mismatch", "The run was opened with another package than the one carried (FAIL).";
    PACKAGE_UNAPPROVED = "package.unapproved", "The package lacks approvals that the roster or the profile demands (FAIL).";
    PACKAGE_REVOKED_SINCE = "package.revoked_since", "The anchor's roster has revoked the package (pending).";
    ROSTER_MALFORMED = "roster.malformed", "A roster is not written as the format says, or contradicts itself (FAIL).";
    ROSTER_NAME = "roster.name", "A roster's file name is not its serial number (FAIL).";
    ROSTER_SIGNATURE = "roster.signature", "A roster's signature is missing or does not hold (FAIL).";
    ROSTER_UNNAMED = "roster.unnamed", "A roster that no record names (FAIL).";
    ROSTER_MISSING = "roster.missing", "The roster that the run was opened with is not in the bundle (FAIL).";
    ROSTER_NOT_IN_FORCE = "roster.not_in_force", "The run was opened outside the roster's dates (pending).";
    TRUST_SELF_ASSERTED = "trust.self_asserted", "No trust anchor was given, so who signed rests on the bundle's own word (pending).";
    TRUST_NOT_UNDER_ANCHOR = "trust.not_under_anchor", "A trust anchor was given and the bundle is not under it (FAIL).";
    TRUST_KEY_REVOKED = "trust.key_revoked", "Records are signed with a key that was revoked, and nothing external shows that they are older (pending).";
    TRUST_FUTURE = "trust.time_after_as_of", "Something claims a later time than --as-of (pending).";
    TRUST_ROSTER_EXPIRED = "trust.roster_expired", "The roster had expired at --as-of (note).";
    JOURNAL_TORN = "journal.torn_tail", "The journal does not end with a whole line (FAIL).";
    JOURNAL_LINE = "journal.line_malformed", "A line of the journal is not a canonical record (FAIL).";
    JOURNAL_FOREIGN = "journal.foreign_record", "A record belongs to another run (FAIL).";
    JOURNAL_SEQUENCE = "journal.sequence", "A record does not follow the one before it by number: removed, repeated or reordered (FAIL).";
    JOURNAL_LINK = "journal.link_broken", "A record does not link to the line before it (FAIL).";
    JOURNAL_ACTOR = "journal.actor_unknown", "The actor of a record does not stand in the roster (FAIL).";
    JOURNAL_KEY = "journal.key_not_valid", "The signing key does not stand under the actor, valid at that time (FAIL).";
    JOURNAL_SIGNATURE = "journal.signature", "The signature of a record does not hold (FAIL).";
    JOURNAL_ROLE = "journal.role", "The actor did not hold the role at that time (FAIL).";
    JOURNAL_NOT_OPENED = "journal.not_opened", "The first record is not run.opened (FAIL).";
    JOURNAL_NOT_CLOSED = "journal.not_closed", "The last record is not run.closed (FAIL).";
    RECOVERED_UNNAMED = "recovered.unnamed", "A recovered file that no record names (FAIL).";
    RECOVERED_MISSING = "recovered.missing", "A recovered file that a record names is missing (FAIL).";
    RECOVERED_MISMATCH = "recovered.mismatch", "A recovered file is not the one that its record names (FAIL).";
    RECOVERED_RECORD = "recovered.hides_record", "A recovered file holds a complete valid record: it was cut off, not torn (FAIL).";
    REPLAY_CONTRADICTION = "replay.contradiction", "A record is not what the rules would have recorded there (FAIL).";
    REPLAY_STATE = "replay.state", "data/state.json is not the fold of the journal (FAIL).";
    REPLAY_MANIFEST = "replay.manifest", "data/manifest.json is not the inventory of the bundle (FAIL).";
    EVIDENCE_MISSING = "evidence.missing", "A file that a record names is missing (FAIL).";
    EVIDENCE_DIGEST = "evidence.digest_mismatch", "An evidence file does not have the bytes that its record names (FAIL).";
    EVIDENCE_UNNAMED = "evidence.unnamed", "An evidence file that no record names (FAIL).";
    EVIDENCE_REDACTED_PRESENT = "evidence.redacted_present", "An evidence file is there although a record says it was redacted (FAIL).";
    EVIDENCE_REDACTED = "evidence.redacted", "Required evidence was redacted and nobody has accepted that yet (pending).";
    EVIDENCE_REUSED = "evidence.reused", "One file serves two requirements and nobody has accepted that yet (pending).";
    RUN_TRAINING = "run.training", "A training run; never FINAL (pending).";
    POLICY_ABORTED = "policy.aborted", "The run was aborted: a good record of unmet work (FAIL).";
    POLICY_STEP_OPEN = "policy.step_open", "A required step is not closed (FAIL).";
    POLICY_STEP_REJECTED = "policy.step_rejected", "A step was rejected by a role that the profile names (FAIL).";
    POLICY_DEVIATION_OPEN = "policy.deviation_open", "A deviation waits for acceptance (pending).";
    POLICY_DEVIATION_REJECTED = "policy.deviation_rejected", "A deviation was rejected (FAIL).";
    POLICY_RUN_REJECTED = "policy.run_rejected", "The run was rejected by a role that the profile names (FAIL).";
    POLICY_SIGNOFF_MISSING = "policy.signoff_missing", "A closing signature is missing (pending).";
    POLICY_PAUSE = "policy.pause_too_long", "A pause was longer than the profile allows (pending).";
    POLICY_LAYER_MISSING = "policy.layer_missing", "The profile asks for an external layer, which this version cannot check (pending).";
    WHAT_IF_PROFILE = "what_if.other_profile", "The record is graded under a profile that it was not run under; never FINAL (pending).";
    WHAT_IF_REFUSED = "what_if.refused", "The other profile refuses what was done; the run would not have gone on like this (FAIL).";
    WHAT_IF_FORM = "what_if.form_incomplete", "The other profile asks more of a deviation's form (pending).";
    WHAT_IF_APPROVALS = "what_if.unapproved", "The package lacks approvals that the other profile demands (FAIL).";
    CLOCK_STEPPED = "clock.stepped", "The wall clock was set during the run (note).";
    SEAL_FORKED = "seal.forked", "A person of the roster signed off this run under another seal: two records of one run exist (FAIL).";
    SIGNOFF_MISSING_SEEN = "signoff.missing_seen", "A counted sign-off saw another one that was not delivered (pending).";
    SIGNOFF_NAME = "signoff.name", "An appended file's name is not the digest of a statement; ignored (note).";
    SIGNOFF_MALFORMED = "signoff.malformed", "A sign-off is not a canonical statement; ignored (note).";
    SIGNOFF_INCOHERENT = "signoff.incoherent", "A sign-off contradicts itself or what it is about; ignored (note).";
    SIGNOFF_UNSIGNED = "signoff.unsigned", "A sign-off has no signature file; ignored (note).";
    SIGNOFF_SIGNATURE = "signoff.signature", "A sign-off's signature does not hold; ignored (note).";
    SIGNOFF_SIGNER = "signoff.signer", "A sign-off is not signed with a valid key of the person it names; ignored (note).";
    SIGNOFF_ROLE = "signoff.role", "A sign-off's signer did not hold the role at that time; ignored (note).";
    SIGNOFF_PRINTED_NAME = "signoff.name_differs", "A sign-off prints another name than the roster has; ignored (note).";
    SIGNOFF_OTHER_RUN = "signoff.other_run", "A sign-off of another run; ignored (note).";
    SIGNOFF_SUBJECT = "signoff.subject", "A sign-off is about something that this run does not have; ignored (note).";
    SIGNOFF_REVOKED = "signoff.key_revoked", "A sign-off is signed with a key that was revoked; not counted (note).";
    SIGNOFF_EARLY = "signoff.before_close", "A sign-off claims an earlier time than the seal it names; not counted (note).";
    SIGNOFF_COMMENT = "signoff.comment_missing", "A sign-off lacks the comment that it needs; not counted (note).";
    SIGNOFF_NO_EFFECT = "signoff.no_effect", "A rejection by a role that the profile does not name there; without effect (note).";
    LAYER_NOT_CHECKED = "layer.not_checked", "An external layer that this version does not check (note).";
}

/// Returns the meaning of a code.
#[must_use]
pub fn meaning(code: &str) -> Option<&'static str> {
    ALL.iter().find(|(name, _)| *name == code).map(|(_, meaning)| *meaning)
}
