//! The stages in their order. A stage whose ground was not proved does not run.

use super::account::{Account, Told};
use super::bag::{Bag, STATE};
use super::evidence::Measured;
use super::forks::{Bench, Say};
use super::ground::Ground;
use super::journal::{Chain, Survey};
use super::proves::StageDone;
use super::receipt::Claim;
use super::report::{Checked, Report, TrustAnswer, Weighing, told};
use super::seen::Seen;
use super::signoffs::{Bound, Shelved, Signed};
use super::standing::Claimed;
use super::trust::{Anchors, Trusted};
use super::walk::{Asked, Signatories};
use super::what_if::Proved;
use super::{
    VerifyError, container, evidence, forks, journal, package, policy, receipt, replay, signoffs, trust, what_if,
};
use crate::bundle::bag::{BagFacts, Payload};
use crate::bundle::{JOURNAL, RECEIPT, Source};
use crate::kernel::canon::digest::{LineDigest, SealDigest};
use crate::kernel::documents::approval::Approver;
use crate::kernel::documents::policy::Policy;
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::{Finding, Severity, Stage};
use crate::kernel::model::name::RunId;
use crate::kernel::model::opening::Mode;
use crate::kernel::model::previous_run::PreviousRun;
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::record::SignedRecord;
use crate::kernel::run::{Counted, Run};
use crate::library::OpenedPackage;

/// A report with what it was made from, for those who show or sign the bundle.
#[derive(Debug)]
pub struct Judged {
    /// The report.
    pub report: Report,
    /// The run, when every record was admitted.
    pub run: Option<Run>,
    /// The run that was opened before it on its station, where it was proved to name one.
    pub(super) previous: Option<PreviousRun>,
    /// The digests of the records, up to the first one that is broken.
    pub lines: Vec<LineDigest>,
    /// These records, where [`judge_keeping`] was asked.
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
    look(source, anchors, as_of, (Some(profile), false))
}

/// Verifies a bundle and keeps what was proved.
///
/// # Errors
/// As [`check`].
pub fn judge(source: &Source, anchors: &Anchors, as_of: Option<Timestamp>) -> Result<Judged, VerifyError> {
    look(source, anchors, as_of, (None, false))
}

/// Verifies a bundle and keeps its records too, for those who show them: they cost many times their bytes.
///
/// # Errors
/// As [`check`].
pub fn judge_keeping(source: &Source, anchors: &Anchors, as_of: Option<Timestamp>) -> Result<Judged, VerifyError> {
    look(source, anchors, as_of, (None, true))
}

fn look(
    source: &Source,
    anchors: &Anchors,
    as_of: Option<Timestamp>,
    (profile, keeps): (Option<&Policy>, bool),
) -> Result<Judged, VerifyError> {
    let (findings, doubt) = container::look(source);
    let (seen, claim) = receipt::read(source, &doubt)?;
    // The journal comes before the other files: it says how long each of them is.
    let (of_journal, survey) = journal::survey(source, &doubt)?;
    let bag = Bag::read(source, doubt, survey.as_ref())?;
    let mut flow = Flow { source, anchors, as_of, profile, sealed: true, keeps, findings, bag };
    flow.add(seen);
    flow.add(of_journal);
    let seen = flow.bag.check(claim.as_ref().map(|claim| claim.seal));
    flow.add(seen);
    flow.go_on(claim, survey)
}

/// Judges the files of a run that is not sealed, as they would be sealed. Files that no record names are not asked
/// after here: sealing lists them in the last record and moves them beside the run.
pub(super) fn rehearse(source: &Source) -> Result<Rehearsed, VerifyError> {
    let (findings, doubt) = container::look(source);
    let (of_journal, survey) = journal::survey(source, &doubt)?;
    let bag = Bag::read(source, doubt, survey.as_ref())?;
    let (anchors, sealed, keeps) = (&Anchors::none(), false, false);
    let mut flow = Flow { source, anchors, as_of: None, profile: None, sealed, keeps, findings, bag };
    flow.add(of_journal);
    let seen = flow.bag.rehearse();
    flow.add(seen);
    let strange = std::mem::take(&mut flow.bag.of_evidence);
    flow.findings.extend(strange);
    let (run, parts) = flow.record(None, survey)?;
    if let Some(run) = &run {
        flow.derived(run, None);
    }
    drop(parts);
    flow.complete(run.is_some())?;
    let grave = |f: &Finding| f.severity == Severity::Fail && f.code != FindingCode::EvidenceUnnamed;
    let findings = told(flow.findings.into_iter().filter(grave).collect());
    Ok(Rehearsed { findings, run, payload: flow.bag.payload.into_values().collect() })
}

/// Who approved the package, where the roster that tells so and the moment of opening are known.
fn approvers(parts: &Parts) -> Vec<Approver> {
    let opened = parts.opened_at.filter(|_| parts.chain.is_some());
    match (&parts.package, &parts.trusted, opened) {
        (Some(package), Some(trusted), Some(opened)) => package.approvers(trusted.roster(), opened),
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
    /// Whether the records are kept.
    keeps: bool,
    findings: Vec<Finding>,
    bag: Bag,
}

/// What the files prove each for itself.
struct Parts {
    claim: Option<Claim>,
    /// The run that the records name.
    named: Option<RunId>,
    /// When its first record says that it was opened.
    opened_at: Option<Timestamp>,
    /// The digests of the records before the first broken one, and the records, where they are kept.
    lines: Vec<LineDigest>,
    records: Vec<SignedRecord>,
    signers: Signatories,
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
        let (Some(run), Some(trusted)) = (run, &self.trusted) else { return None };
        let approvals = approvers(self).iter().map(ToString::to_string).collect();
        Some(Account::of(&Told { run, signers: &self.signers.keys, trusted, approvals, signoffs }))
    }
}

impl Flow<'_> {
    fn add(&mut self, seen: Seen) {
        self.findings.extend(seen.into_findings());
    }

    /// Package, rosters, journal and replay: what a run is before anybody seals it.
    fn record(&mut self, claim: Option<Claim>, survey: Option<Survey>) -> Result<(Option<Run>, Parts), VerifyError> {
        let (seen, package) = package::open(self.source, &self.bag)?;
        self.add(seen);
        let named = survey.as_ref().and_then(|survey| survey.run.clone());
        let opened_at = survey.as_ref().and_then(|survey| survey.opened_at);
        let trusted = self.trust(survey.as_ref())?;
        let (lines, records, signers, chain) = (Vec::new(), Vec::new(), Signatories::default(), None);
        let mut parts = Parts { claim, named, opened_at, lines, records, signers, package, chain, trusted };
        let run = match survey {
            Some(survey) => self.journal(&survey, &mut parts)?,
            None => None,
        };
        Ok((run, parts))
    }

    fn go_on(mut self, claim: Option<Claim>, survey: Option<Survey>) -> Result<Judged, VerifyError> {
        let (run, mut parts) = self.record(claim, survey)?;
        let (mut checked, mut requires, mut shelved) = (Checked::default(), Vec::new(), Vec::new());
        let mut counted = Vec::new();
        // A receipt whose signature is invalid claims nothing, neither seal nor predicate.
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
            journal_head: parts.chain.as_ref().map(|chain| chain.last.digest()),
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
        let (lines, records) = (parts.lines, parts.records);
        let seal = parts.claim.as_ref().map(|claim| claim.seal);
        let receipt = seal.and_then(|_| self.source.read(RECEIPT, receipt::MAX_RECEIPT).ok());
        let seals = bag.seal().into_iter().chain(seal).collect();
        let say = run.as_ref().map(Say::of);
        let bench = parts.trusted.map(|trusted| Bench { trusted, seals, say });
        let previous = run.as_ref().and_then(Run::opened).and_then(|(opened, _)| opened.previous_run.clone());
        let claimed = parts.claim.filter(|_| claims).map(Claim::claimed);
        let (report, signoffs, seal) = (weighing.report(), shelved, bag.seal());
        Ok(Judged { report, run, previous, lines, records, signoffs, seal, receipt, claimed, bench })
    }

    /// Walks the journal, also one that the bag accuses: where it is broken is said in any case. Only of a journal
    /// that nothing is said against the replay counts.
    fn journal(&mut self, survey: &Survey, parts: &mut Parts) -> Result<Option<Run>, VerifyError> {
        let ground = Ground::of(survey, parts.package.as_ref(), parts.trusted.as_ref());
        let asked = Asked { trusted: parts.trusted.as_ref(), sealed: self.sealed, keeps: self.keeps };
        let walked = journal::walk(self.source, survey, asked, ground.replay)?;
        self.add(walked.seen);
        (parts.lines, parts.records, parts.signers) = (walked.digests, walked.records, walked.signers);
        let Some(chain) = walked.chain.filter(|_| !self.bag.doubt.about(JOURNAL)) else { return Ok(None) };
        let seen = evidence::check_recovered(self.source, &self.bag, &chain)?;
        self.add(seen);
        parts.chain = Some(chain);
        self.grounds(parts, ground.opened, ground.approvals);
        let Some((seen, run)) = walked.replayed else { return Ok(None) };
        self.add(seen);
        Ok(run.inspect(|run| self.dates(run, parts)))
    }

    /// Says who signed, and what the first record rests on.
    fn grounds(&mut self, parts: &mut Parts, opened: Seen, approvals: Option<Seen>) {
        let Some(trusted) = &mut parts.trusted else { return };
        self.findings.extend(trusted.check_records(&parts.signers).into_findings());
        self.findings.extend(opened.into_findings());
        let (Some(approvals), Some(package), Some(at)) = (approvals, &parts.package, parts.opened_at) else { return };
        self.findings.extend(approvals.into_findings());
        self.findings.extend(trusted.check_approvals(package, at).into_findings());
    }

    fn dates(&mut self, run: &Run, parts: &Parts) {
        if let (Some(closed), Some(trusted)) = (run.closed(), &parts.trusted) {
            let seen = trusted.check_dates(closed.at, self.as_of);
            self.add(seen);
            let seen = self.bag.check_info(&BagFacts { run: run.id().clone(), closed: closed.at });
            self.add(seen);
        }
    }

    fn trust(&mut self, survey: Option<&Survey>) -> Result<Option<Trusted>, VerifyError> {
        let (mut seen, rosters) = trust::read(self.source, &self.bag)?;
        let in_doubt = self.bag.names().any(|path| path.starts_with("data/rosters/") && self.bag.doubt.about(path));
        // What a journal says that is itself in doubt accuses no roster.
        let in_doubt = in_doubt
            || self.bag.doubt.about(JOURNAL)
            || self.findings.iter().any(|f| f.place.starts_with("data/rosters") && f.severity == Severity::Fail);
        let opened = survey.and_then(|survey| survey.opened.as_ref()).map(|opened| opened.roster);
        let trusted = trust::pick(rosters, opened, in_doubt, &mut seen);
        let trusted = trusted.map(|carried| Trusted::weigh(carried, self.anchors, &mut seen));
        self.add(seen);
        Ok(trusted)
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
