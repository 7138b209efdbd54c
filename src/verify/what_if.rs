//! What if another profile had been sealed: the record of a bundle graded under a profile that it was not run under.
//!
//! Integrity and trust are those of the sealed bytes. What a profile asks for while the work goes on cannot be
//! asked afterwards; it is listed as not graded, and the grade is never FINAL.

use super::policy;
use super::report::Weighing;
use super::seen::Seen;
use crate::bundle::JOURNAL;
use crate::kernel::documents::policy::Policy;
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::{Finding, Severity, Stage, Verdict};
use crate::kernel::model::deviation::{Class, Deviation, Outcome, ProcessDisposition, Ruling, Trigger};
use crate::kernel::model::evidence::EvidenceItem;
use crate::kernel::model::name::{RuleId, StepId};
use crate::kernel::run::{Counted, Run, StepState};
use crate::library::OpenedPackage;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is asked during a run alone, and so cannot be graded under another profile.
const NOT_GRADED: [&str; 4] = [
    "when passphrases were asked and sessions locked (identity)",
    "how large a step of the clock is recorded (clock.max_step)",
    "remarks on alerts, codes for pauses, confirmation after a standstill",
    "who would have been asked: reviews given under the sealed profile count as far as their roles do",
];

/// What a profile makes of a deviation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ruled {
    /// Class that follows.
    pub class: Class,
    /// What follows.
    pub outcome: Outcome,
    /// How many persons must accept it.
    pub reviews: u32,
    /// The rule that matched.
    pub rule: RuleId,
}

/// One deviation under both profiles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Regraded {
    /// Its number.
    pub id: String,
    /// How the work went on.
    pub process: ProcessDisposition,
    /// Whether the other profile refuses that.
    pub refused: bool,
    /// Under the sealed profile.
    pub sealed: Ruled,
    /// At which step.
    pub step: Option<StepId>,
    /// What set it off.
    pub trigger: Trigger,
    /// Under the other one.
    pub under: Ruled,
}

/// How a bundle fares under another profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WhatIf {
    /// Every deviation, in order.
    pub deviations: Vec<Regraded>,
    /// What was not graded.
    pub not_graded: Vec<&'static str>,
    /// The other profile.
    pub profile: String,
    /// The verdict under the sealed profile.
    pub sealed_verdict: Verdict,
}

impl From<&Ruling> for Ruled {
    fn from(ruling: &Ruling) -> Self {
        Self { class: ruling.class, outcome: ruling.outcome, reviews: ruling.reviews, rule: ruling.rule.clone() }
    }
}

/// What was proved of the bundle.
pub(super) struct Proved<'a> {
    pub(super) run: Option<&'a Run>,
    pub(super) package: Option<&'a OpenedPackage>,
    pub(super) counted: &'a [Counted],
}

/// Puts the other profile's findings in the place of the sealed one's.
pub(super) fn regrade(sealed: Weighing, profile: &Policy, proved: &Proved) -> Weighing {
    let name = format!("{}-{}", profile.id, profile.version);
    let sealed_verdict = sealed.clone().report().verdict;
    let mut weighing = sealed;
    // What others claim of the run is weighed by the other profile too.
    let claimed = weighing.findings.iter().filter(|f| f.code == FindingCode::SignoffOtherSeal);
    let others = claimed.map(|f| Finding { severity: Severity::Pending, ..f.clone() }).collect();
    weighing.findings.retain(|f| f.stage != Stage::Policy);
    let mut seen = Seen::new(Stage::Policy);
    let message = format!("graded under {name}, which is not the sealed profile: never FINAL");
    seen.pending(FindingCode::WhatIfProfile, &name, "", message);
    let mut deviations = Vec::new();
    if let Some(run) = proved.run {
        let other = run.under(profile);
        let (findings, requires) = policy::check(&other, proved.counted, others);
        weighing.findings.extend(findings);
        weighing.requires = requires;
        deviations = run.deviations().iter().zip(other.deviations()).map(|(a, b)| regraded(a, b)).collect();
        refused(&mut seen, &other, &deviations, &name);
        forms(&mut seen, &other);
        reused(&mut seen, &other, &name);
        required(&mut seen, &other, &name);
    }
    if let (Some(package), Some(run)) = (proved.package, proved.run) {
        approvals(&mut seen, package, run, profile);
    }
    weighing.findings.extend(seen.into_findings());
    weighing.what_if = Some(WhatIf { deviations, not_graded: NOT_GRADED.to_vec(), profile: name, sealed_verdict });
    weighing
}

fn regraded(sealed: &Deviation, under: &Deviation) -> Regraded {
    let process = sealed.statement.process;
    Regraded {
        id: sealed.id.to_string(),
        process,
        refused: under.ruling.outcome == Outcome::Block && process.accepts(),
        sealed: (&sealed.ruling).into(),
        step: sealed.facts.step.clone(),
        trigger: sealed.facts.trigger,
        under: (&under.ruling).into(),
    }
}

/// A block refuses what accepts a departure as it is; the run would not have gone on like this.
fn refused(seen: &mut Seen, other: &Run, deviations: &[Regraded], name: &str) {
    for d in deviations.iter().filter(|d| d.refused) {
        let place = other.deviations().iter().find(|x| x.id.to_string() == d.id).and_then(|x| x.facts.step.as_ref());
        let at = place.map(|step| format!(" at step {step}")).unwrap_or_default();
        let message = format!(
            "rule {}, profile {name}, blocks {}{at}: {} is refused",
            d.under.rule,
            d.trigger.word(),
            d.process.word()
        );
        seen.fail(FindingCode::WhatIfRefused, &d.id, JOURNAL, message);
    }
}

fn forms(seen: &mut Seen, other: &Run) {
    for (before, deviation) in other.deviations().iter().enumerate() {
        let gaps = other.form_gaps(&deviation.facts, &deviation.statement, before);
        if !gaps.is_empty() {
            let message = format!("the form of {} is not complete: {}", deviation.id, gaps.join("; "));
            seen.pending(FindingCode::WhatIfForm, &deviation.id, JOURNAL, message);
        }
    }
}

/// A profile that blocks reuse would have refused the second file.
fn reused(seen: &mut Seen, other: &Run, name: &str) {
    if other.plan().policy.evidence.reuse != Outcome::Block {
        return;
    }
    let mut first = BTreeMap::new();
    for item in other.evidence() {
        let place = (&item.step, &item.requirement);
        if *first.entry(item.file.blake3).or_insert(place) != place {
            let message = format!("{name} refuses one file for two requirements, the second at step {}", item.step);
            seen.fail(FindingCode::WhatIfRefused, &item.step, JOURNAL, message);
        }
    }
}

/// A profile that demands files would not have let a step be performed without them, unless that was written down.
fn required(seen: &mut Seen, other: &Run, name: &str) {
    for step in other.plan().procedure.steps() {
        let done = other.step(&step.id).filter(|run| run.state == StepState::Complete);
        let Some((number, attempt)) = done.and_then(|run| Some((run.attempt(), run.current()?))) else { continue };
        for demand in other.plan().policy.require.iter().filter(|demand| demand.steps.is(step)) {
            let kind = demand.evidence;
            let fits = |e: &&EvidenceItem| e.step == step.id && e.attempt == number && kind.takes(&e.file.media_type);
            let found: BTreeSet<_> = other.evidence().iter().filter(fits).map(|e| e.file.blake3).collect();
            let accepted = attempt.accepted.iter().any(|(trigger, _)| is_about_files(*trigger));
            if found.len() < demand.count.get() as usize && !accepted {
                let (id, has, count) = (&step.id, found.len(), demand.count);
                let message = format!("{name} demands {count} of `{}` at step {id}, it has {has}", kind.word());
                seen.fail(FindingCode::WhatIfRefused, id, JOURNAL, message);
            }
        }
    }
}

fn is_about_files(trigger: Trigger) -> bool {
    matches!(trigger, Trigger::EvidenceMissing | Trigger::EvidenceSubstituted)
}

fn approvals(seen: &mut Seen, package: &OpenedPackage, run: &Run, profile: &Policy) {
    let mut asked = package.clone();
    asked.plan.manifest.approvals_required.clone_from(&profile.approvals);
    let opened = run.opened().map(|(_, at)| at);
    if let Some(Err(fault)) = opened.map(|at| asked.check_approvals(run.roster(), at)) {
        seen.fail(FindingCode::WhatIfApprovals, "", "data/package.lep", fault);
    }
}
