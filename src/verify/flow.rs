//! The stages in their order. A stage whose ground was not proved does not run.

use super::account::{Account, Told};
use super::bag::{Bag, STATE};
use super::evidence::Measured;
use super::forks::Bench;
use super::journal::{Chain, Lines};
use super::proves::StageDone;
use super::receipt::Claim;
use super::report::{Checked, Report, TrustAnswer, Weighing, told};
use super::seen::Seen;
use super::signoffs::{Bound, Shelved, Signed};
use super::standing::Claimed;
use super::trust::{Anchors, Trusted};
use super::what_if::Proved;
use super::{
    VerifyError, codes, container, evidence, forks, journal, package, policy, receipt, replay, signoffs, trust, what_if,
};
use crate::bundle::bag::{BagFacts, Payload};
use crate::bundle::{JOURNAL, RECEIPT, Source};
use crate::kernel::canon::digest::SealDigest;
use crate::kernel::model::approval::Approver;
use crate::kernel::model::event::Mode;
use crate::kernel::model::name::RunId;
use crate::kernel::model::policy::Policy;
use crate::kernel::model::record::SignedRecord;
use crate::kernel::model::time::Timestamp;
use crate::kernel::run::{Counted, Run};
use crate::kernel::verdict::{Finding, Severity, Stage};
use crate::library::OpenedPackage;
use std::sync::Arc;

/// A report with what it was made from, for those who show or sign the bundle.
#[derive(Debug)]
pub struct Judged {
    /// The report.
    pub report: Report,
    /// The run, when every record was admitted.
    pub run: Option<Run>,
    /// The records, up to the first one that is broken.
    pub records: Vec<SignedRecord>,
    /// Every readable sign-off, counted or not.
    pub signoffs: Vec<Shelved>,
    /// The digest of the tag manifest that the receipt seals.
    pub seal: Option<SealDigest>,
    /// The bytes of the receipt, where it is written as the format says.
    pub receipt: Option<Vec<u8>>,
    /// What the receipt says, when its signature holds.
    pub(super) claimed: Option<Claimed>,
    /// Whom it trusts and what it is bound to, for holding other receipts against it.
    pub(super) bench: Option<Bench>,
}

/// What the rehearsal of a seal yields.
pub(super) struct Rehearsed {
    /// What would break the bundle.
    pub(super) findings: Vec<Finding>,
    /// The run, when every record was admitted.
    pub(super) run: Option<Run>,
    /// What was measured.
    pub(super) payload: Vec<Payload>,
}

impl Judged {
    /// Returns the sign-offs that are signed by whom they name, over this seal.
    #[must_use]
    pub fn counted(&self) -> Vec<Counted> {
        let counted = self.signoffs.iter().filter(|s| s.counted);
        counted.map(|s| Counted { digest: s.digest, statement: s.statement.clone() }).collect()
    }
}

/// Verifies a bundle.
///
/// # Errors
/// When somebody could not look to the end; then there is no verdict.
pub fn check(source: &Source, anchors: &Anchors, as_of: Option<Timestamp>) -> Result<Report, VerifyError> {
    Ok(judge(source, anchors, as_of)?.report)
}

/// Verifies a bundle and grades its record under a profile that it was not run under; never FINAL.
///
/// # Errors
/// As [`check`].
pub fn judge_under(
    source: &Source,
    anchors: &Anchors,
    as_of: Option<Timestamp>,
    profile: &Policy,
) -> Result<Judged, VerifyError> {
    look(source, anchors, as_of, Some(profile))
}

/// Verifies a bundle and keeps what was proved.
///
/// # Errors
/// As [`check`].
pub fn judge(source: &Source, anchors: &Anchors, as_of: Option<Timestamp>) -> Result<Judged, VerifyError> {
    look(source, anchors, as_of, None)
}

fn look(
    source: &Source,
    anchors: &Anchors,
    as_of: Option<Timestamp>,
    profile: Option<&Policy>,
) -> Result<Judged, VerifyError> {
    let (findings, doubt) = container::look(source);
    let (seen, claim) = receipt::read(source, &doubt)?;
    // The journal comes before the other files: it says how long each of them is.
    let (of_journal, lines) = journal::read(source, &doubt)?;
    let bag = Bag::read(source, doubt, lines.as_ref())?;
    let mut flow = Flow { source, anchors, as_of, profile, sealed: true, findings, bag };
    flow.add(seen);
    flow.add(of_journal);
    let seen = flow.bag.check(claim.as_ref().map(|claim| claim.seal));
    flow.add(seen);
    flow.go_on(claim, lines)
}

/// Judges the files of a run that is not sealed, as they would be sealed. Files that no record names are not asked
/// after here: sealing lists them in the last record and moves them beside the run.
pub(super) fn rehearse(source: &Source) -> Result<Rehearsed, VerifyError> {
    let (findings, doubt) = container::look(source);
    let (of_journal, lines) = journal::read(source, &doubt)?;
    let bag = Bag::read(source, doubt, lines.as_ref())?;
    let (anchors, sealed) = (&Anchors::none(), false);
    let mut flow = Flow { source, anchors, as_of: None, profile: None, sealed, findings, bag };
    flow.add(of_journal);
    let seen = flow.bag.rehearse();
    flow.add(seen);
    let strange = std::mem::take(&mut flow.bag.of_evidence);
    flow.findings.extend(strange);
    let (run, parts) = flow.record(None, lines)?;
    if let Some(run) = &run {
        flow.derived(run, None);
    }
    drop(parts);
    flow.complete(run.is_some())?;
    let grave = |f: &Finding| f.severity == Severity::Fail && f.code != codes::EVIDENCE_UNNAMED;
    let findings = told(flow.findings.into_iter().filter(grave).collect());
    Ok(Rehearsed { findings, run, payload: flow.bag.payload.into_values().collect() })
}

/// Who approved the package, where the roster that tells so and the moment of opening are known.
fn approvers(parts: &Parts) -> Vec<Approver> {
    let first = parts.chain.as_ref().and_then(|chain| chain.records.first());
    match (&parts.package, &parts.trusted, first) {
        (Some(package), Some(trusted), Some(first)) => package.approvers(trusted.roster(), first.record().time),
        _ => Vec::new(),
    }
}

struct Flow<'a> {
    source: &'a Source,
    anchors: &'a Anchors,
    as_of: Option<Timestamp>,
    /// The profile to grade under in place of the sealed one.
    profile: Option<&'a Policy>,
    /// Whether the journal must have its end.
    sealed: bool,
    findings: Vec<Finding>,
    bag: Bag,
}

/// What the files prove each for itself.
struct Parts {
    claim: Option<Claim>,
    /// The run that the records name.
    named: Option<RunId>,
    /// The records before the first broken one, where the journal as a whole is not believed.
    whole: Vec<SignedRecord>,
    package: Option<OpenedPackage>,
    chain: Option<Chain>,
    trusted: Option<Trusted>,
}

impl Parts {
    /// Which stages ran to their end on what the ones before them proved.
    fn stages(&self, replayed: bool) -> Vec<StageDone> {
        let done = |stage: Stage| match stage {
            Stage::Container | Stage::Bag => true,
            Stage::Receipt => self.claim.is_some(),
            Stage::Package => self.package.is_some(),
            Stage::Trust => self.trusted.is_some(),
            Stage::Journal => self.chain.is_some(),
            Stage::Replay | Stage::Evidence | Stage::Policy | Stage::Signoff => replayed,
            Stage::Layers => false,
        };
        Stage::ALL.iter().map(|stage| StageDone { done: done(*stage), stage: *stage }).collect()
    }

    fn account(&self, run: Option<&Run>, signoffs: &[Counted]) -> Option<Account> {
        let (Some(run), Some(chain), Some(trusted)) = (run, &self.chain, &self.trusted) else { return None };
        let approvals = approvers(self).iter().map(ToString::to_string).collect();
        Some(Account::of(&Told { run, records: &chain.records, trusted, approvals, signoffs }))
    }
}

impl Flow<'_> {
    fn add(&mut self, seen: Seen) {
        self.findings.extend(seen.into_findings());
    }

    /// Package, rosters, journal and replay: what a run is before anybody seals it.
    fn record(&mut self, claim: Option<Claim>, lines: Option<Lines>) -> Result<(Option<Run>, Parts), VerifyError> {
        let (seen, package) = package::open(self.source, &self.bag)?;
        self.add(seen);
        let named = lines.as_ref().and_then(Lines::run).cloned();
        let trusted = self.trust(lines.as_ref())?;
        let (chain, whole) = self.journal(lines, trusted.as_ref())?;
        let mut parts = Parts { claim, named, whole, package, chain, trusted };
        let signed = self.signers(&mut parts);
        Ok((self.replay(&parts, signed), parts))
    }

    fn go_on(mut self, claim: Option<Claim>, lines: Option<Lines>) -> Result<Judged, VerifyError> {
        let (run, mut parts) = self.record(claim, lines)?;
        let (mut checked, mut requires, mut shelved) = (Checked::default(), Vec::new(), Vec::new());
        let mut counted = Vec::new();
        // A receipt whose signature does not hold claims nothing, neither seal nor predicate.
        let mut claims = true;
        if let (Some(claim), Some(trusted)) = (&parts.claim, &parts.trusted) {
            let seen = claim.check_signature(trusted.roster(), run.as_ref());
            claims = !seen.failed();
            checked.signatures += u64::from(claims);
            self.add(seen);
        }
        if claims {
            self.findings.extend(self.bag.of_seal.take());
        }
        if let (Some(run), Some(claim), Some(trusted)) = (&run, &parts.claim, &mut parts.trusted) {
            let seen = trusted.check_receipt(claim.key(), run);
            self.add(seen);
        }
        if let (Some(run), Some(trusted)) = (&run, &parts.trusted) {
            let measured = self.derived(run, parts.claim.as_ref().filter(|_| claims));
            checked = Checked { evidence_files: measured.files, evidence_bytes: measured.bytes, ..checked };
            checked.records = run.seq();
            if let Some(chain) = &parts.chain {
                self.add(evidence::orphans(chain));
            }
            let signed = self.signoffs(run, trusted, parts.claim.as_ref().map(|claim| claim.seal))?;
            (counted, shelved) = (signed.counted, signed.all);
            checked.signatures += run.seq() + counted.len() as u64 + 1;
            checked.signatures += parts.package.as_ref().map_or(0, |p| p.approvals.len() as u64);
            let (findings, needs) = policy::check(run, &counted, signed.others);
            self.findings.extend(findings);
            requires = needs;
        }
        let of_evidence = std::mem::take(&mut self.bag.of_evidence);
        self.findings.extend(of_evidence);
        self.complete(run.is_some() && parts.claim.is_some())?;
        let (bag, findings) = (self.bag, self.findings);
        let mut weighing = Weighing {
            account: parts.account(run.as_ref(), &counted),
            as_of: self.as_of,
            checked,
            findings,
            journal_head: parts.chain.as_ref().and_then(|c| c.records.last()).map(SignedRecord::digest),
            live: run.as_ref().and_then(Run::mode) == Some(Mode::Live),
            package: parts.package.as_ref().map(|p| p.plan.digest),
            package_approvals: approvers(&parts),
            policy_profile: parts.package.as_ref().map(|p| p.plan.profile()),
            replayed: run.is_some(),
            requires,
            run: parts.named.clone(),
            seal: bag.seal(),
            stages: parts.stages(run.is_some()),
            trust: parts.trusted.as_ref().map_or(TrustAnswer::NotChecked, |t| t.answer),
            what_if: None,
        };
        if let Some(profile) = self.profile {
            let proved = Proved { run: run.as_ref(), package: parts.package.as_ref(), counted: &counted };
            weighing = what_if::regrade(weighing, profile, &proved);
        }
        let records = parts.chain.map_or(parts.whole, |chain| chain.records);
        let seal = parts.claim.as_ref().map(|claim| claim.seal);
        let receipt = seal.and_then(|_| self.source.read(RECEIPT, receipt::MAX_RECEIPT).ok());
        let seals = bag.seal().into_iter().chain(seal).collect();
        let bench = parts.trusted.map(|trusted| Bench { trusted, seals, as_of: self.as_of });
        let claimed = parts.claim.filter(|_| claims).map(Claim::claimed);
        let (report, signoffs, seal) = (weighing.report(), shelved, bag.seal());
        Ok(Judged { report, run, records, signoffs, seal, receipt, claimed, bench })
    }

    /// Walks the journal, also one that the bag accuses: where it is broken is said in any case. Only a journal
    /// that nothing is said against goes further; of another one the records before the first fault are kept.
    fn journal(
        &mut self,
        lines: Option<Lines>,
        trusted: Option<&Trusted>,
    ) -> Result<(Option<Chain>, Vec<SignedRecord>), VerifyError> {
        let Some(walked) = lines.map(|lines| lines.walk(trusted, self.sealed)) else { return Ok((None, Vec::new())) };
        self.add(walked.seen);
        let opened = walked.opened.filter(|_| !self.bag.doubt.about(JOURNAL));
        let Some(opened) = opened else { return Ok((None, walked.records)) };
        let chain = Chain { records: walked.records, opened };
        let seen = evidence::check_recovered(self.source, &self.bag, &chain)?;
        self.add(seen);
        Ok((Some(chain), Vec::new()))
    }

    fn trust(&mut self, lines: Option<&Lines>) -> Result<Option<Trusted>, VerifyError> {
        let (mut seen, rosters) = trust::read(self.source, &self.bag)?;
        let in_doubt = self.bag.names().any(|path| path.starts_with("data/rosters/") && self.bag.doubt.about(path));
        // What a journal says that is itself in doubt accuses no roster.
        let in_doubt = in_doubt
            || self.bag.doubt.about(JOURNAL)
            || self.findings.iter().any(|f| f.place.starts_with("data/rosters") && f.severity == Severity::Fail);
        let opened = lines.and_then(Lines::opened).map(|opened| opened.roster);
        let trusted = trust::pick(rosters, opened, in_doubt, &mut seen);
        let trusted = trusted.map(|carried| Trusted::weigh(carried, self.anchors, &mut seen));
        self.add(seen);
        Ok(trusted)
    }

    /// Tells whether every record was signed by whom it names, under the package that is here.
    fn signers(&mut self, parts: &mut Parts) -> bool {
        let (Some(chain), Some(trusted)) = (&parts.chain, &mut parts.trusted) else { return false };
        let seen = trusted.check_records(&chain.records);
        self.findings.extend(seen.into_findings());
        let mut good = true;
        if let Some(package) = &parts.package {
            let opened = package::check_opened(&package.plan, &chain.opened);
            good &= !opened.failed();
            self.add(opened);
        }
        if let (true, Some(package), Some(first)) = (good, &parts.package, chain.records.first()) {
            let approvals = package::check_approvals(package, trusted, first.record().time);
            good &= !approvals.failed();
            self.add(approvals);
            let anchored = trusted.check_approvals(package, first.record().time);
            self.add(anchored);
        }
        good
    }

    fn replay(&mut self, parts: &Parts, signed: bool) -> Option<Run> {
        let (true, Some(package), Some(chain), Some(trusted)) = (signed, &parts.package, &parts.chain, &parts.trusted)
        else {
            return None;
        };
        let (seen, run) = replay::run(Arc::new(package.plan.clone()), Arc::clone(trusted.roster()), chain);
        self.add(seen);
        let run = run?;
        if let (Some((_, opened)), Some(closed)) = (run.opened(), run.closed()) {
            let seen = trusted.check_dates(opened, closed.at, self.as_of);
            self.add(seen);
            let seen = self.bag.check_info(&BagFacts { run: run.id().clone(), closed: closed.at });
            self.add(seen);
        }
        Some(run)
    }

    fn derived(&mut self, run: &Run, claim: Option<&Claim>) -> Measured {
        // Before the seal there is nothing derived yet, or the rest of a seal that did not end: it is written anew.
        if self.sealed {
            let seen = replay::check_derived(&self.bag, run);
            self.add(seen);
        }
        // The claim is about the stored file; that this one is the fold is asked apart.
        let state = self.bag.payload.get(STATE).filter(|_| !self.bag.doubt.about(STATE)).map(|file| file.sha256);
        if let (Some(claim), Some(state)) = (claim, state) {
            self.add(claim.check_predicate(run, state));
        }
        let (seen, measured) = evidence::check(run, &self.bag);
        self.add(seen);
        // Where a record names the file, the record says more than the list of digests.
        self.bag.of_evidence.retain(|finding| !measured.told.contains(&finding.place));
        measured
    }

    fn signoffs(&mut self, run: &Run, trusted: &Trusted, claimed: Option<SealDigest>) -> Result<Signed, VerifyError> {
        let seals = self.bag.seal().into_iter().chain(claimed).collect();
        let bound = Bound { run, trusted, seals, head: run.head(), as_of: self.as_of };
        let mut signed = signoffs::check(self.source, &bound)?;
        self.add(std::mem::replace(&mut signed.seen, Seen::new(Stage::Signoff)));
        let seen = forks::check(self.source, &bound)?;
        self.add(seen);
        Ok(signed)
    }

    /// A stage that could not run must have its reason among the findings.
    fn complete(&self, whole: bool) -> Result<(), VerifyError> {
        match whole || self.findings.iter().any(|f| f.severity == Severity::Fail) {
            true => Ok(()),
            false => Err(VerifyError::Incomplete("the record")),
        }
    }
}
