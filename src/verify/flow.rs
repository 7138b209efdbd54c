//! The stages in their order. A stage whose ground was not proved does not run.

use super::account::{Account, Told};
use super::bag::{Bag, STATE};
use super::evidence::Measured;
use super::journal::Chain;
use super::proves::StageDone;
use super::receipt::Claim;
use super::report::{Checked, Report, TrustAnswer, Weighing};
use super::seen::Seen;
use super::signoffs::{Bound, Shelved};
use super::trust::{Anchors, Trusted};
use super::what_if::Proved;
use super::{
    VerifyError, codes, container, evidence, journal, package, policy, receipt, replay, signoffs, trust, what_if,
};
use crate::bundle::bag::BagFacts;
use crate::bundle::{JOURNAL, Source};
use crate::kernel::canon::digest::SealDigest;
use crate::kernel::model::event::Mode;
use crate::kernel::model::policy::Policy;
use crate::kernel::model::record::SignedRecord;
use crate::kernel::model::time::Timestamp;
use crate::kernel::run::Run;
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
    /// The records, when the journal is whole.
    pub records: Vec<SignedRecord>,
    /// Every readable sign-off, counted or not.
    pub signoffs: Vec<Shelved>,
    /// The digest of the tag manifest that the receipt seals.
    pub seal: Option<SealDigest>,
}

impl Judged {
    /// Returns the sign-offs that are signed by whom they name, over this seal.
    #[must_use]
    pub fn counted(&self) -> Vec<crate::kernel::run::Counted> {
        let counted = self.signoffs.iter().filter(|s| s.counted);
        counted.map(|s| crate::kernel::run::Counted { digest: s.digest, statement: s.statement.clone() }).collect()
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
pub fn check_under(
    source: &Source,
    anchors: &Anchors,
    as_of: Option<Timestamp>,
    profile: &Policy,
) -> Result<Report, VerifyError> {
    Ok(look(source, anchors, as_of, Some(profile))?.report)
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
    let bag = Bag::read(source, doubt)?;
    let mut flow = Flow { source, anchors, as_of, profile, findings, bag };
    flow.add(seen);
    let seen = flow.bag.check(claim.as_ref().map(|claim| claim.seal));
    flow.add(seen);
    flow.go_on(claim)
}

struct Flow<'a> {
    source: &'a Source,
    anchors: &'a Anchors,
    as_of: Option<Timestamp>,
    /// The profile to grade under in place of the sealed one.
    profile: Option<&'a Policy>,
    findings: Vec<Finding>,
    bag: Bag,
}

/// What the files prove each for itself.
struct Parts {
    claim: Option<Claim>,
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

    fn account(&self, run: Option<&Run>) -> Option<Account> {
        let (Some(run), Some(chain), Some(trusted), Some(package)) = (run, &self.chain, &self.trusted, &self.package)
        else {
            return None;
        };
        let approvals = package::approvers(package, trusted.roster());
        Some(Account::of(&Told { run, records: &chain.records, trusted, approvals }))
    }
}

impl Flow<'_> {
    fn add(&mut self, seen: Seen) {
        self.findings.extend(seen.into_findings());
    }

    fn go_on(mut self, claim: Option<Claim>) -> Result<Judged, VerifyError> {
        let (seen, package) = package::open(self.source, &self.bag)?;
        self.add(seen);
        let chain = self.journal()?;
        let trusted = self.trust(chain.as_ref())?;
        let mut parts = Parts { claim, package, chain, trusted };
        let signed = self.signers(&mut parts);
        let run = self.replay(&parts, signed)?;
        let (mut checked, mut requires, mut shelved) = (Checked::default(), Vec::new(), Vec::new());
        let mut counted = Vec::new();
        if let (Some(claim), Some(trusted)) = (&parts.claim, &parts.trusted) {
            let seen = claim.check_signature(trusted.roster(), run.as_ref());
            checked.signatures += u64::from(!seen.failed());
            self.add(seen);
        }
        if let (Some(run), Some(claim), Some(trusted)) = (&run, &parts.claim, &mut parts.trusted) {
            let seen = trusted.check_receipt(claim.key(), run);
            self.add(seen);
        }
        if let (Some(run), Some(trusted)) = (&run, &parts.trusted) {
            let measured = self.derived(run, &parts)?;
            checked = Checked { evidence_files: measured.files, evidence_bytes: measured.bytes, ..checked };
            checked.records = run.seq();
            counted = self.signoffs(run, trusted, parts.claim.as_ref().map(|claim| claim.seal), &mut shelved)?;
            checked.signatures += run.seq() + counted.len() as u64 + 1;
            checked.signatures += parts.package.as_ref().map_or(0, |p| p.approvals.len() as u64);
            let (findings, needs) = policy::check(run, &counted);
            self.findings.extend(findings);
            requires = needs;
        }
        self.settle();
        self.complete(run.is_some() && parts.claim.is_some())?;
        let (bag, findings) = (self.bag, self.findings);
        let mut weighing = Weighing {
            account: parts.account(run.as_ref()),
            as_of: self.as_of,
            checked,
            findings,
            journal_head: parts.chain.as_ref().and_then(|c| c.records.last()).map(SignedRecord::digest),
            live: run.as_ref().and_then(Run::mode) == Some(Mode::Live),
            package: parts.package.as_ref().map(|p| p.plan.digest),
            policy_profile: parts.package.as_ref().map(|p| p.plan.profile()),
            replayed: run.is_some(),
            requires,
            run: parts.chain.as_ref().and_then(|c| c.records.first()).map(|s| s.record().run.clone()),
            seal: bag.seal(),
            stages: parts.stages(run.is_some()),
            trust: parts.trusted.as_ref().map_or(TrustAnswer::NotChecked, |t| t.answer),
            what_if: None,
        };
        if let Some(profile) = self.profile {
            let proved = Proved { run: run.as_ref(), package: parts.package.as_ref(), counted: &counted };
            weighing = what_if::regrade(weighing, profile, &proved);
        }
        let records = parts.chain.map(|chain| chain.records).unwrap_or_default();
        Ok(Judged { report: weighing.report(), run, records, signoffs: shelved, seal: bag.seal() })
    }

    fn journal(&mut self) -> Result<Option<Chain>, VerifyError> {
        let mut seen = Seen::new(Stage::Journal);
        let bytes = self.bag.bytes(self.source, JOURNAL, &mut seen)?;
        self.add(seen);
        let Some((seen, chain)) = bytes.map(|bytes| journal::read(&bytes)) else { return Ok(None) };
        self.add(seen);
        if let Some(chain) = &chain {
            let seen = evidence::check_recovered(self.source, &self.bag, chain)?;
            self.add(seen);
        }
        Ok(chain)
    }

    fn trust(&mut self, chain: Option<&Chain>) -> Result<Option<Trusted>, VerifyError> {
        let (mut seen, rosters) = trust::read(self.source, &self.bag)?;
        let in_doubt =
            self.bag.payload.keys().any(|path| path.starts_with("data/rosters/") && self.bag.doubt.about(path));
        let in_doubt = in_doubt
            || self.findings.iter().any(|f| f.place.starts_with("data/rosters") && f.severity == Severity::Fail);
        let opened = chain.map(|chain| chain.opened.roster);
        let trusted = trust::pick(rosters, opened, in_doubt, &mut seen);
        let trusted = trusted.map(|carried| Trusted::weigh(carried, self.anchors, &mut seen));
        self.add(seen);
        Ok(trusted)
    }

    /// Tells whether every record was signed by whom it names, under the package that is here.
    fn signers(&mut self, parts: &mut Parts) -> bool {
        let (Some(chain), Some(trusted)) = (&parts.chain, &mut parts.trusted) else { return false };
        let signers = chain.check_signers(trusted);
        let mut good = !signers.failed();
        self.add(signers);
        if good {
            let seen = trusted.check_records(&chain.records);
            self.findings.extend(seen.into_findings());
        }
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

    fn replay(&mut self, parts: &Parts, signed: bool) -> Result<Option<Run>, VerifyError> {
        let (true, Some(package), Some(chain), Some(trusted)) = (signed, &parts.package, &parts.chain, &parts.trusted)
        else {
            return Ok(None);
        };
        let (seen, run) = replay::run(Arc::new(package.plan.clone()), Arc::clone(trusted.roster()), chain);
        self.add(seen);
        let Some(run) = run else { return Ok(None) };
        if let (Some((_, opened)), Some(closed)) = (run.opened(), run.closed()) {
            let seen = trusted.check_dates(*opened, closed.at, self.as_of);
            self.add(seen);
            let seen = self.bag.check_info(&BagFacts { run: run.id().clone(), closed: closed.at });
            self.add(seen);
        }
        Ok(Some(run))
    }

    fn derived(&mut self, run: &Run, parts: &Parts) -> Result<Measured, VerifyError> {
        let seen = replay::check_derived(self.source, &self.bag, run)?;
        self.add(seen);
        // The claim is about the stored file; that this one is the fold is asked apart.
        let state = self.bag.payload.get(STATE).filter(|_| !self.bag.doubt.about(STATE)).map(|file| file.sha256);
        if let (Some(claim), Some(state)) = (&parts.claim, state) {
            self.add(claim.check_predicate(run, state));
        }
        let (seen, measured) = evidence::check(run, &self.bag);
        self.add(seen);
        Ok(measured)
    }

    fn signoffs(
        &mut self,
        run: &Run,
        trusted: &Trusted,
        claimed: Option<SealDigest>,
        shelved: &mut Vec<Shelved>,
    ) -> Result<Vec<crate::kernel::run::Counted>, VerifyError> {
        let seals = self.bag.seal().into_iter().chain(claimed).collect();
        let bound = Bound { run, trusted, seals, head: run.head(), as_of: self.as_of };
        let signed = signoffs::check(self.source, &bound)?;
        self.add(signed.seen);
        *shelved = signed.all;
        Ok(signed.counted)
    }

    /// One damaged byte, one finding: what follows from a fault that is reported already is dropped.
    fn settle(&mut self) {
        let fails = |f: &Finding, code: &str| f.severity == Severity::Fail && f.code == code;
        let has = |code: &str| self.findings.iter().any(|f| fails(f, code));
        // A receipt whose signature does not hold claims nothing, neither seal nor predicate.
        let receipt = has(codes::RECEIPT_SIGNATURE) || has(codes::RECEIPT_SIGNER);
        let at_evidence: Vec<String> =
            self.findings.iter().filter(|f| f.stage == Stage::Evidence).map(|f| f.place.clone()).collect();
        self.findings.retain(|f| match f.code {
            codes::SEAL_MISMATCH => !receipt,
            codes::RECEIPT_PREDICATE => !receipt,
            // Where a record names the file, the record says more than the list of digests.
            codes::BAG_MISMATCH | codes::BAG_MISSING | codes::BAG_UNLISTED => !at_evidence.contains(&f.place),
            _ => true,
        });
    }

    /// A stage that could not run must have its reason among the findings.
    fn complete(&self, whole: bool) -> Result<(), VerifyError> {
        match whole || self.findings.iter().any(|f| f.severity == Severity::Fail) {
            true => Ok(()),
            false => Err(VerifyError::Incomplete("the record")),
        }
    }
}
