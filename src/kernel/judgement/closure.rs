//! What a run still needs: one function for the seal summary, the receipt and the verifier.
//!
//! Sign-offs come in as an overlay; the run itself is never changed by them (FORMAT.md §7).

use crate::kernel::canon::digest::StatementDigest;
use crate::kernel::documents::policy::{ClosureMeaning, Demand};
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::{Finding, Severity, Stage};
use crate::kernel::model::deviation::{Deviation, Outcome, ReviewDecision};
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::model::opening::Mode;
use crate::kernel::model::subject::{Subject, SubjectKind};
use crate::kernel::model::time::Timestamp;
use crate::kernel::policy;
use crate::kernel::records::receipt::Requirement;
use crate::kernel::records::sign_off::{Decision, SignOff};
use crate::kernel::run::{
    Counted, Doubted, Effect, NotCounted, Run, StepState, closers, doubtful_evidence, statement_counts,
};
use crate::kernel::text::counted;
use std::collections::BTreeSet;

/// What the policy says of a run with its sign-offs.
#[derive(Clone, Debug, Default)]
pub struct Assessment {
    /// What was seen.
    pub findings: Vec<Finding>,
    /// What is still needed, for the receipt and for `missing_for_final`.
    pub requires: Vec<Requirement>,
}

/// How many earlier sign-offs of a person are looked at to see whether a new one says the same.
const LATEST: usize = 50;

fn order(counted: &Counted) -> (&PersonId, Timestamp, StatementDigest) {
    (&counted.statement.person, counted.statement.time, counted.digest)
}

/// Codes of the pending findings of the policy stage: those that `hard_stops` of a profile can turn into FAIL.
pub const PENDING: [FindingCode; 9] = [
    FindingCode::RunTraining,
    FindingCode::ClockSank,
    FindingCode::PolicyPause,
    FindingCode::PolicyDeviationOpen,
    FindingCode::PolicySignoffMissing,
    FindingCode::EvidenceRedacted,
    FindingCode::EvidenceReused,
    FindingCode::EvidenceDoubtful,
    FindingCode::SignoffOtherSeal,
];

const JOURNAL: &str = "data/journal.jsonl";

/// Assesses a run against its policy profile.
#[must_use]
pub fn assess(run: &Run, signoffs: &[Counted]) -> Assessment {
    let mut assessment = Assessment::default();
    assessment.mode(run);
    assessment.steps(run);
    for deviation in run.deviations() {
        assessment.deviation(run, signoffs, deviation);
    }
    assessment.closure(run, signoffs);
    assessment.evidence(run, signoffs);
    assessment.step_rejections(run, signoffs);
    assessment.in_vain(run, signoffs);
    harden(run, &mut assessment.findings);
    assessment
}

/// Turns pending findings of the policy stage into FAIL where the profile says so.
pub fn harden(run: &Run, findings: &mut [Finding]) {
    let stops: Vec<_> = run.plan().policy.hard_stops.iter().map(|code| code.as_str().to_owned()).collect();
    for finding in findings {
        if finding.severity == Severity::Pending && stops.iter().any(|stop| stop == finding.code.code()) {
            finding.severity = Severity::Fail;
        }
    }
}

impl Assessment {
    fn add(&mut self, severity: Severity, code: FindingCode, subject: &str, message: String) {
        debug_assert!(severity != Severity::Pending || PENDING.contains(&code), "{code} cannot be a hard stop");
        self.findings.push(Finding::new(Stage::Policy, severity, code, subject, JOURNAL, message));
    }

    fn mode(&mut self, run: &Run) {
        if run.mode() == Some(Mode::Training) {
            self.add(
                Severity::Pending,
                FindingCode::RunTraining,
                run.id().as_str(),
                "a training run is never FINAL".into(),
            );
        }
        if run.was_aborted() {
            self.add(
                Severity::Fail,
                FindingCode::PolicyAborted,
                run.id().as_str(),
                "aborted, made safe: a good record of unmet work".into(),
            );
        }
        if run.longest_pause_ms() > run.plan().policy.clock.max_pause.millis() {
            self.add(
                Severity::Pending,
                FindingCode::PolicyPause,
                run.id().as_str(),
                "a pause was longer than the profile allows".into(),
            );
        }
        if run.has_unproven_pause() {
            let message = "a pause cannot be measured: the machine was started again, or the clock was set";
            self.add(Severity::Note, FindingCode::ClockPause, run.id().as_str(), message.into());
        }
        let sank = run.clock_sank_ms();
        if sank > 0 {
            let within = sank <= run.plan().policy.clock.max_step.millis();
            let severity = if within { Severity::Note } else { Severity::Pending };
            let message = format!("the wall clock stood {sank} ms lower after a start of the machine");
            self.add(severity, FindingCode::ClockSank, run.id().as_str(), message);
        }
        for mended in run.mended() {
            let head = mended.head.map(|fault| format!("the head file {fault}"));
            let rescued =
                mended.rescued.map(|r| format!("records {} to {} were rescued and put back", r.first, r.last));
            let found: Vec<String> = head.into_iter().chain(rescued).collect();
            let message = format!("{}; that nothing acknowledged is missing is a person's word", found.join("; "));
            self.add(Severity::Note, FindingCode::JournalMended, run.id().as_str(), message);
        }
        if !run.clock_steps().is_empty() {
            let message = format!(
                "the wall clock stepped {} against the monotonic one",
                counted(run.clock_steps().len(), "time", "times")
            );
            self.add(Severity::Note, FindingCode::ClockStepped, run.id().as_str(), message);
        }
    }

    /// An aborted run already fails; its open steps say nothing new.
    fn steps(&mut self, run: &Run) {
        if run.was_aborted() {
            return;
        }
        for step in run.needed_steps() {
            let state = run.step(&step.id).map(|s| s.state).unwrap_or_default();
            if !run.is_closed(&step.id) {
                self.add(
                    Severity::Fail,
                    FindingCode::PolicyStepOpen,
                    step.id.as_str(),
                    format!("step {} is not closed ({})", step.id, state.word()),
                );
            }
        }
    }

    fn deviation(&mut self, run: &Run, signoffs: &[Counted], deviation: &Deviation) {
        let plan = run.plan();
        let subject = Subject { id: deviation.id.to_string(), kind: SubjectKind::Deviation };
        let roles = policy::review_roles(plan, &deviation.statement);
        let effect =
            Effect::on(signoffs, &subject, &|s| roles.contains(&&s.role) && !run.is_party(&s.person, deviation));
        let in_run_rejection = deviation.reviews.iter().any(|r| r.decision == ReviewDecision::Reject);
        if in_run_rejection || effect.rejected {
            self.add(
                Severity::Fail,
                FindingCode::PolicyDeviationRejected,
                &subject.id,
                format!("{} was rejected", deviation.id),
            );
            return;
        }
        let class = effect.final_class.unwrap_or_else(|| deviation.class());
        let needed = match deviation.ruling.outcome {
            Outcome::Allow => 0,
            _ => plan.policy.review.count(class).max(1),
        };
        let in_run = deviation.reviews.iter().filter(|r| r.decision == ReviewDecision::Accept).map(|r| &r.person);
        let persons: BTreeSet<&PersonId> = in_run.chain(&effect.approved).collect();
        let returned = deviation.reviews.iter().any(|r| r.decision == ReviewDecision::Return) && persons.is_empty();
        let missing = needed.saturating_sub(u32::try_from(persons.len()).unwrap_or(u32::MAX));
        if missing > 0 || effect.returned || returned {
            let by: Vec<Role> = roles.into_iter().cloned().collect();
            let names = by.iter().map(Role::as_str).collect::<Vec<_>>().join(" or ");
            let message =
                format!("{} ({}) waits for acceptance by {} of {names}", deviation.id, class.word(), missing.max(1));
            self.add(Severity::Pending, FindingCode::PolicyDeviationOpen, &subject.id, message);
            self.requires.push(Requirement::Review { by, count: missing.max(1), id: subject.id });
        }
    }

    fn closure(&mut self, run: &Run, signoffs: &[Counted]) {
        let subject = Subject { id: run.id().to_string(), kind: SubjectKind::Run };
        let roles: BTreeSet<&Role> = run.plan().policy.closure.iter().map(|c| &c.role).collect();
        let effect = Effect::on(signoffs, &subject, &|s| roles.contains(&s.role));
        let rejected = run
            .signatures()
            .iter()
            .any(|s| s.meaning == Meaning::Rejected && s.subject == subject && roles.contains(&s.role));
        if effect.rejected || rejected {
            self.add(Severity::Fail, FindingCode::PolicyRunRejected, run.id().as_str(), "the run was rejected".into());
            return;
        }
        for closure in &run.plan().policy.closure {
            let persons = closers(run, signoffs, closure);
            let missing = closure.count.get().saturating_sub(u32::try_from(persons.len()).unwrap_or(u32::MAX));
            if missing > 0 || effect.returned {
                let asked = match closure.meaning {
                    ClosureMeaning::Reviewed => "review",
                    ClosureMeaning::Approved => "approval",
                };
                let role = run.plan().pack.role(&closure.role).within();
                let persons = if missing > 1 { format!(" ({missing} different persons)") } else { String::new() };
                let message = format!("{}: waits for {asked} by {role}{persons}", closure.id);
                self.add(Severity::Pending, FindingCode::PolicySignoffMissing, closure.id.as_str(), message);
                self.requires.push(Requirement::Signoff {
                    count: missing.max(1),
                    id: closure.id.to_string(),
                    meaning: closure.meaning.meaning(),
                    not: closure.not.clone(),
                    role: closure.role.clone(),
                });
            }
        }
    }

    /// Redacted, reused and doubtful files are accepted step by step, by a reviewer who had no hand in them.
    fn evidence(&mut self, run: &Run, signoffs: &[Counted]) {
        let by = &run.plan().policy.review.by;
        let free = |person: &PersonId| !run.hands().contains(person);
        for (step, (doubted, message)) in doubtful_evidence(run) {
            let code = match doubted {
                Doubted::Redacted => FindingCode::EvidenceRedacted,
                Doubted::Reused => FindingCode::EvidenceReused,
                Doubted::Unfit => FindingCode::EvidenceDoubtful,
            };
            let subject = Subject { id: step.to_string(), kind: SubjectKind::Step };
            let effect = Effect::on(signoffs, &subject, &|s| by.contains(&s.role) && free(&s.person));
            let in_run = run.signatures().iter().any(|s| {
                let accepts = s.subject == subject && s.meaning == Meaning::Approved && !s.stale;
                accepts && by.contains(&s.role) && free(&s.person)
            });
            if !in_run && (effect.approved.is_empty() || effect.returned) {
                self.add(Severity::Pending, code, step.as_str(), message);
                self.requires.push(Requirement::Evidence { by: by.clone(), id: step.to_string() });
            }
        }
    }

    /// Whoever approved in vain is told why: the others would wait for a signature that is there already.
    fn in_vain(&mut self, run: &Run, signoffs: &[Counted]) {
        let mut sorted = signoffs.to_vec();
        sorted.sort_by(|a, b| order(a).cmp(&order(b)));
        for own in sorted.chunk_by(|a, b| a.statement.person == b.statement.person) {
            for (n, counted) in own.iter().enumerate() {
                // What a person said long before is not looked through again: a folder may hold thousands.
                let standing = &own[n.saturating_sub(LATEST)..n];
                if let Err(reason) = statement_counts(run, &counted.statement, standing) {
                    self.does_not_count(counted, &reason);
                }
            }
        }
    }

    fn does_not_count(&mut self, counted: &Counted, reason: &NotCounted) {
        let SignOff { person, subject, .. } = &*counted.statement;
        let message = format!("{}: this approval does not count: {reason}", reason.about(subject));
        let place = format!("signoffs/{}.json", counted.digest.hex());
        let (stage, severity) = (Stage::Signoff, Severity::Note);
        self.findings.push(Finding::new(stage, severity, FindingCode::SignoffNotCounted, person, place, message));
    }

    fn step_rejections(&mut self, run: &Run, signoffs: &[Counted]) {
        for step in run.needed_steps() {
            let subject = Subject { id: step.id.to_string(), kind: SubjectKind::Step };
            let named = |role: &Role| {
                run.plan().policy.review.by.contains(role) || step.signoff.iter().any(|s| s.role == *role)
            };
            let effect = Effect::on(signoffs, &subject, &|s| named(&s.role));
            let state = run.step(&step.id).map(|s| s.state).unwrap_or_default();
            if effect.rejected && state != StepState::NotApplicable {
                self.add(
                    Severity::Fail,
                    FindingCode::PolicyStepRejected,
                    step.id.as_str(),
                    format!("step {} was rejected", step.id),
                );
            }
        }
    }
}

/// Returns what the receipt lists as still open: the assessment's items and the anchor, which no bundle holds.
#[must_use]
pub fn requires(run: &Run) -> Vec<Requirement> {
    let mut list = assess(run, &[]).requires;
    list.push(Requirement::Anchor { id: "T1".into() });
    list
}

/// Tells whether the run has what a statement is about.
#[must_use]
pub fn subject_exists(run: &Run, subject: &Subject) -> bool {
    match subject.kind {
        SubjectKind::Run => subject.id == run.id().as_str(),
        SubjectKind::Deviation => run.deviations().iter().any(|d| d.id.as_str() == subject.id),
        SubjectKind::Step => run.plan().procedure.steps().any(|step| step.id.as_str() == subject.id),
    }
}

/// Lowering a class always says why; settling a deviation does where the profile asks for it.
#[must_use]
pub fn lacks_comment(run: &Run, statement: &SignOff) -> bool {
    let settles = statement.subject.kind == SubjectKind::Deviation
        && statement.decision == Decision::Approve
        && statement.meaning != Meaning::Rejected;
    let deviation = run.deviations().iter().find(|d| d.id.as_str() == statement.subject.id);
    let lowers = deviation.zip(statement.final_class).is_some_and(|(d, class)| class < d.class());
    let required = lowers || run.plan().policy.review.comment == Demand::Required;
    settles && required && statement.comment.as_ref().is_none_or(|comment| comment.trim().is_empty())
}
