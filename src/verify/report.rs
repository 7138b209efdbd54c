//! The report: three answers, one grade, findings in a fixed order, and what nobody claims (FORMAT.md §9).

use super::account::Account;
use super::proves::{Shown, StageDone, proves};
use super::what_if::WhatIf;
use crate::kernel::canon::digest::{LineDigest, PackageDigest, SealDigest};
use crate::kernel::canon::{self, NotCanonical};
use crate::kernel::documents::approval::Approver;
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::{Finding, Flood, Severity, Stage, Verdict};
use crate::kernel::model::name::RunId;
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::receipt::Requirement;
use crate::kernel::text::escape;
use serde::Serialize;
use std::borrow::Cow;

/// The longest text in a finding, in characters.
const MAX_TEXT: usize = 600;

/// Whether bytes, signatures and records agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Integrity {
    /// They agree.
    Intact,
    /// They do not.
    Broken,
    /// Nobody looked.
    NotChecked,
}

/// Whether the policy profile is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyAnswer {
    /// It is met.
    Met,
    /// Something is open.
    Pending,
    /// It is violated.
    Violated,
    /// The run could not be replayed.
    NotChecked,
}

/// Whether those who signed are known from outside the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustAnswer {
    /// Under a given anchor.
    Anchored,
    /// On the bundle's own word.
    SelfAsserted,
    /// An anchor was given, and it is another.
    NotUnderAnchor,
    /// No roster could be read.
    NotChecked,
}

/// What no verdict of this program claims; always printed.
pub const NOT_CLAIMED: [&str; 11] = [
    "that nothing was rolled back or rewritten before sealing: anybody who can write the station's files can drop a tail",
    "that no run was opened elsewhere or abandoned",
    "anything about events and denials that the program did not record",
    "the program's own digest, which it reports itself",
    "signing times, which are self-stated, and the age of evidence",
    "that two ids are two humans, and who held the passphrases",
    "that no key was revoked later",
    "that no other seal, rejection or contradiction exists that was not delivered here",
    "that the policy is adequate and this was the right package",
    "that readings are true",
    "that the bundle stays available",
];

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Bytes of evidence.
    pub evidence_bytes: u64,
    /// Distinct files of evidence.
    pub evidence_files: u64,
    /// Records that were replayed.
    pub records: u64,
    /// Signatures that hold: of records, receipt, roster, package and sign-offs.
    pub signatures: u64,
}

/// One thing that stands between this bundle and FINAL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// Which roles can supply it; empty where no role can.
    pub by: Vec<String>,
    /// The finding's code.
    pub code: String,
    /// A closure rule, deviation or step.
    pub id: String,
    /// What is missing, in one sentence.
    pub message: String,
}

/// Which verifier said so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verifier {
    /// Its version.
    pub version: &'static str,
}

/// What was found. The same bytes, anchors and `as_of` give the same report, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What the record tells of the run; none where it could not be replayed.
    pub account: Option<Account>,
    /// At which moment it was asked; nothing is compared with now.
    pub as_of: Option<Timestamp>,
    /// How much was looked at.
    pub checked: Checked,
    /// Everything that was seen, by stage, record, subject, place and code; floods as their first with a count.
    pub findings: Vec<Finding>,
    /// Bytes, signatures, contradictions.
    pub integrity: Integrity,
    /// The digest of the last line, when the journal is whole.
    pub journal_head: Option<LineDigest>,
    /// The way to FINAL; empty for FAIL, which nothing lifts.
    pub missing_for_final: Vec<Missing>,
    /// What is never claimed.
    pub not_claimed: Vec<&'static str>,
    /// The package that was executed.
    pub package: Option<PackageDigest>,
    /// Who approved the package, in order; which approvals do not count is said with the reason.
    pub package_approvals: Vec<Approver>,
    /// The profile.
    pub policy: PolicyAnswer,
    /// Profile and version, such as `safety-2`.
    pub policy_profile: Option<String>,
    /// What was proved, beside what is not claimed.
    pub proves: Vec<String>,
    /// The run.
    pub run: Option<RunId>,
    /// The digest of the tag manifest: the seal.
    pub seal: Option<SealDigest>,
    /// Which stages of the check ran to their end.
    pub stages: Vec<StageDone>,
    /// Who vouches for whom.
    pub trust: TrustAnswer,
    /// The grade.
    pub verdict: Verdict,
    /// Which verifier.
    pub verifier: Verifier,
    /// How it fares under another profile, when that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_if: Option<WhatIf>,
}

/// What the stages yield before it is weighed.
#[derive(Clone, Debug)]
pub(super) struct Weighing {
    pub(super) account: Option<Account>,
    pub(super) as_of: Option<Timestamp>,
    pub(super) checked: Checked,
    pub(super) findings: Vec<Finding>,
    pub(super) journal_head: Option<LineDigest>,
    pub(super) live: bool,
    pub(super) package: Option<PackageDigest>,
    pub(super) package_approvals: Vec<Approver>,
    pub(super) policy_profile: Option<String>,
    pub(super) replayed: bool,
    pub(super) requires: Vec<Requirement>,
    pub(super) run: Option<RunId>,
    pub(super) seal: Option<SealDigest>,
    pub(super) stages: Vec<StageDone>,
    pub(super) trust: TrustAnswer,
    pub(super) what_if: Option<WhatIf>,
}

impl Weighing {
    pub(super) fn report(mut self) -> Report {
        self.findings = told(self.findings);
        self.package_approvals.iter_mut().for_each(show_approver);
        let (integrity, policy, trust) = (self.integrity(), self.policy(), self.trust);
        let verdict = self.verdict(integrity, policy);
        let missing_for_final = if verdict == Verdict::Fail { Vec::new() } else { self.missing() };
        let profile = self.policy_profile.as_deref();
        let (checked, replayed) = (&self.checked, self.replayed);
        let proves = proves(&Shown { integrity, policy, trust, replayed, checked, profile });
        Report {
            account: self.account,
            as_of: self.as_of,
            checked: self.checked,
            integrity,
            journal_head: self.journal_head,
            missing_for_final,
            not_claimed: NOT_CLAIMED.to_vec(),
            package: self.package,
            package_approvals: self.package_approvals,
            policy,
            policy_profile: self.policy_profile,
            proves,
            run: self.run,
            seal: self.seal,
            stages: self.stages,
            trust,
            verdict,
            verifier: Verifier { version: env!("CARGO_PKG_VERSION") },
            what_if: self.what_if,
            findings: self.findings,
        }
    }

    fn any(&self, severity: Severity, of: impl Fn(&Finding) -> bool) -> bool {
        self.findings.iter().any(|finding| finding.severity == severity && of(finding))
    }

    fn integrity(&self) -> Integrity {
        let broken = |f: &Finding| f.stage != Stage::Policy && f.code != FindingCode::TrustNotUnderAnchor;
        match self.any(Severity::Fail, broken) {
            true => Integrity::Broken,
            false => Integrity::Intact,
        }
    }

    fn policy(&self) -> PolicyAnswer {
        let policy = |f: &Finding| matches!(f.stage, Stage::Policy | Stage::Signoff);
        match self.replayed {
            false => PolicyAnswer::NotChecked,
            true if self.any(Severity::Fail, |f| f.stage == Stage::Policy) => PolicyAnswer::Violated,
            true if self.any(Severity::Pending, policy) => PolicyAnswer::Pending,
            true => PolicyAnswer::Met,
        }
    }

    /// Every condition of FINAL is asked for itself: what is not known to be good is not good.
    fn verdict(&self, integrity: Integrity, policy: PolicyAnswer) -> Verdict {
        let whole = integrity == Integrity::Intact && policy == PolicyAnswer::Met && self.live;
        match self.any(Severity::Fail, |_| true) {
            true => Verdict::Fail,
            false if whole && self.trust == TrustAnswer::Anchored && !self.any(Severity::Pending, |_| true) => {
                Verdict::Final
            }
            false => Verdict::Provisional,
        }
    }

    fn missing(&self) -> Vec<Missing> {
        let pending = self.findings.iter().filter(|finding| finding.severity == Severity::Pending);
        let missing = |finding: &Finding| Missing {
            by: self.roles(&finding.subject),
            code: finding.code.code().to_owned(),
            id: finding.subject.clone(),
            message: finding.message.clone(),
        };
        pending.map(missing).collect()
    }

    fn roles(&self, subject: &str) -> Vec<String> {
        let roles = self.requires.iter().find_map(|requirement| match requirement {
            Requirement::Signoff { id, role, .. } if id == subject => Some(vec![role.to_string()]),
            Requirement::Review { by, id, .. } | Requirement::Evidence { by, id } if id == subject => {
                Some(by.iter().map(ToString::to_string).collect())
            }
            _ => None,
        });
        roles.unwrap_or_default()
    }
}

/// Puts findings into words and order; floods become their first with a count.
pub(super) fn told(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.iter_mut().for_each(show);
    findings.sort_by(|a, b| order(a).cmp(&order(b)));
    findings.dedup();
    let mut findings = Flood::of(findings).into_findings();
    findings.sort_by(|a, b| order(a).cmp(&order(b)));
    findings
}

/// By stage, then by the first record, then by what it is about: numbers in names as numbers, 4.2 before 4.10.
fn order(finding: &Finding) -> impl Ord {
    let record = finding.records.first();
    let texts = [&finding.subject, &finding.place].map(|text| natural(text));
    (finding.stage, record, texts, finding.code, finding.message.clone())
}

/// Cuts a text into stretches of digits, compared as numbers, and what stands between them.
fn natural(text: &str) -> Vec<(usize, String)> {
    let digits = |c: char| c.is_ascii_digit();
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| digits(c) != digits(first)).unwrap_or(rest.len());
        let (part, behind) = rest.split_at(end);
        let plain = if digits(first) { part.trim_start_matches('0') } else { part };
        // Of two numbers without leading zeros the longer one is larger; other text comes first.
        parts.push((if digits(first) { plain.len() + 1 } else { 0 }, plain.to_owned()));
        rest = behind;
    }
    parts
}

/// Names and texts in findings come from the bundle.
fn show(finding: &mut Finding) {
    for text in [&mut finding.subject, &mut finding.place, &mut finding.message] {
        *text = cut(escape(text));
    }
}

/// A text that nobody reads to its end is cut.
fn cut(text: Cow<'_, str>) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

fn show_approver(approver: &mut Approver) {
    approver.name = escape(&approver.name).into_owned();
    for text in approver.comment.iter_mut().chain(&mut approver.ignored) {
        *text = escape(text).into_owned();
    }
}

impl Report {
    /// Adds what only several bundles together can tell; it never makes the grade better.
    pub(super) fn add(&mut self, mut finding: Finding) {
        show(&mut finding);
        match finding.severity {
            Severity::Fail => {
                (self.integrity, self.verdict) = (Integrity::Broken, Verdict::Fail);
                self.missing_for_final.clear();
                self.proves.clear();
            }
            Severity::Pending if self.verdict != Verdict::Fail => {
                self.verdict = Verdict::Provisional;
                let (code, id, message) =
                    (finding.code.code().to_owned(), finding.subject.clone(), finding.message.clone());
                self.missing_for_final.push(Missing { by: Vec::new(), code, id, message });
            }
            Severity::Pending | Severity::Note => {}
        }
        self.findings.push(finding);
        self.findings.sort_by(|a, b| order(a).cmp(&order(b)));
    }

    /// Returns the report as canonical JSON, for `--json`.
    ///
    /// # Errors
    /// Never for a report of this program: all its texts are escaped.
    pub fn to_json(&self) -> Result<Vec<u8>, NotCanonical> {
        canon::encode(self)
    }
}
