//! Writing deviations down, changing and reviewing them.

use super::super::gates::Asking;
use super::super::{Exit, Intent, Phase, Run, StepState, Waited};
use super::said;
use crate::kernel::documents::policy::Form;
use crate::kernel::documents::step::{Step, StepType};
use crate::kernel::model::deviation::{
    Class, Deviation, Facts, Outcome, ProcessDisposition, ReviewDecision, Ruling, Statement, Trigger,
};
use crate::kernel::model::evidence::{EvidenceItem, EvidenceKind};
use crate::kernel::model::gate::GateCode;
use crate::kernel::model::input::EntryVerdict;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{DeviationId, PersonId, StepId};
use crate::kernel::model::time::Now;
use crate::kernel::policy;
use crate::kernel::records::event::{DeviationAmended, DeviationRaised, DeviationReviewed, Event};

/// Returns what the system fills into a deviation form: trigger, requirement and what was found.
///
/// The trigger is never the operator's choice: what is pending comes first; leaving a step out or
/// marking it not applicable is always its own trigger, whatever else is pending.
#[must_use]
pub fn facts_of(
    run: &Run,
    step: Option<&StepId>,
    about: Option<&str>,
    process: ProcessDisposition,
    now: &Now,
) -> Facts {
    let pending = run.pending.iter().find(|p| p.step.as_ref() == step);
    let authored = step.and_then(|id| run.authored(id));
    let attempt =
        step.and_then(|id| run.steps.get(id)).filter(|s| !s.attempts.is_empty()).map(super::super::StepRun::attempt);
    let mut facts = Facts {
        trigger: Trigger::OperatorReported,
        step: step.cloned(),
        attempt,
        about: about.map(|a| a.chars().take(200).collect()),
        requirement: authored.map(|s| run.plan.text(&s.instruction)).unwrap_or_default(),
        as_found: String::new(),
        detected_at: now.time,
        event_at: None,
        record: None,
        critical: authored.is_some_and(|s| s.critical),
    };
    if let Some(pending) = pending {
        facts.trigger = pending.trigger;
        facts.about.clone_from(&pending.about);
        facts.requirement.clone_from(&pending.requirement);
        facts.as_found.clone_from(&pending.as_found);
        facts.detected_at = pending.at;
        facts.event_at = pending.event_at;
        facts.record = Some(pending.record);
    } else if let Some(trigger) = run.quiet_trigger(&mut facts, process, now) {
        facts.trigger = trigger;
    }
    match process {
        _ if facts.trigger == Trigger::DeferredNotReturned => {}
        ProcessDisposition::Skip => facts.trigger = Trigger::Skipped,
        ProcessDisposition::NotApplicable => facts.trigger = Trigger::ManualNa,
        _ => {}
    }
    facts
}

/// Returns the facts of a filled form: a file that it names stands in for the one that is missing.
#[must_use]
pub fn facts_for(run: &Run, step: Option<&StepId>, about: Option<&str>, statement: &Statement, now: &Now) -> Facts {
    let mut facts = facts_of(run, step, about, statement.process, now);
    if facts.trigger == Trigger::EvidenceMissing && !statement.evidence.is_empty() {
        facts.trigger = Trigger::EvidenceSubstituted;
    }
    facts
}

impl Run {
    /// Returns what can be written down although nothing demands it: a reading inside a loop, a missing
    /// file, an absent verifier, a hold to be passed, a wait that no clock proves.
    fn quiet_trigger(&self, facts: &mut Facts, process: ProcessDisposition, now: &Now) -> Option<Trigger> {
        let id = facts.step.clone()?;
        let step = self.authored(&id)?;
        if let Some(before) = &self.steps[&id].return_before {
            facts.requirement = format!("returned to before step {before}");
            facts.as_found = "still postponed".into();
            return Some(Trigger::DeferredNotReturned);
        }
        if self.is_before_its_turn(&id) && process == ProcessDisposition::Continue {
            facts.requirement = format!("after {}", self.bypassed(step).join(", "));
            facts.as_found = "taken before its turn".into();
            return Some(Trigger::OutOfOrder);
        }
        let attempt = self.steps[&id].current()?;
        if let Some(waited) = self.unproven_wait(step, facts.about.as_deref(), process, now) {
            facts.about = Some(waited.least.word().to_owned());
            facts.requirement = self.least_words(step).unwrap_or_default();
            facts.as_found = waited.whole.words();
            return Some(Trigger::TimeUnproven);
        }
        let last = attempt.entries.iter().rev().find(|e| !e.superseded && e.verdict == EntryVerdict::Out);
        if let (Some(entry), true) = (last, !self.steps[&id].state.is_terminal()) {
            facts.about = Some(entry.input.to_string());
            facts.requirement = self.requirement_of(step, &entry.input, entry.column.as_ref());
            facts.as_found.clone_from(&entry.value);
            facts.record = Some(entry.record);
            return Some(Trigger::OutOfLimit);
        }
        let about = facts.about.as_deref()?;
        if let Some(requirement) = step.evidence.iter().find(|r| r.id.as_str() == about) {
            facts.requirement = self.plan.text(&requirement.prompt);
            return Some(Trigger::EvidenceMissing);
        }
        match about {
            "verifier" if step.verification.is_some() => Some(Trigger::VerifierUnavailable),
            "hold" if step.kind == StepType::Hold => Some(Trigger::HoldBypassed),
            _ => None,
        }
    }

    /// Going on at a step whose least time no clock proves is written down as just that.
    fn unproven_wait(&self, step: &Step, about: Option<&str>, way: ProcessDisposition, now: &Now) -> Option<Waited> {
        let waited = self.waited(step, now).filter(|_| way == ProcessDisposition::Continue)?;
        let meant = about == Some(waited.least.word());
        (meant && self.waits_unproven(step, now)).then_some(waited)
    }

    /// Tells whether a step is open and others must come first.
    fn is_before_its_turn(&self, id: &StepId) -> bool {
        let dormant = self.plan.procedure.section_of(id).is_none_or(|s| self.plan.procedure.is_dormant(&s.id));
        self.phase == Phase::Running
            && !dormant
            && self.steps[id].state == StepState::Open
            && !self.frontier().iter().any(|s| s.id == *id)
    }

    /// Returns the steps that are passed by when a step is taken before its turn.
    fn bypassed(&self, step: &Step) -> Vec<String> {
        let before = self.needed_steps().take_while(|s| s.id != step.id).filter(|s| !self.is_closed(&s.id));
        let mut ids: Vec<_> = before.map(|s| s.id.to_string()).collect();
        let required = policy::unmet(step, &|id| self.is_closed(id)).into_iter().map(ToString::to_string);
        ids.extend(required);
        ids.dedup();
        ids
    }

    /// Returns what the policy makes of a departure: repeats of the same code in this run count.
    #[must_use]
    pub fn ruling(&self, facts: &Facts, statement: &Statement) -> Option<Ruling> {
        policy::ruling(&self.plan, facts, statement, self.earlier_with(&statement.code, self.deviations.len()))
    }

    pub(super) fn deviate(
        &self,
        ask: &mut Asking,
        about: Option<&str>,
        statement: &Statement,
        step: Option<&StepId>,
    ) -> Option<Event> {
        ask.open();
        if let Some(id) = step {
            ask.step(id)?;
            let begun = self.steps[id].state != StepState::Open || self.frontier().iter().any(|s| s.id == *id);
            let ahead = statement.process == ProcessDisposition::Continue && self.is_before_its_turn(id);
            ask.ask(GateCode::StepReady, begun || ahead, &[("step", id)]);
        }
        ask.any_role();
        let facts = facts_for(self, step, about, statement, ask.now);
        let ruling = self.judge_form(ask, &facts, statement, self.deviations.len());
        let number = self.deviations.len() + 1;
        ask.ask(GateCode::KnownDeviation, number <= 9999, &[("number", &number)]);
        let gates = ask.passed()?;
        Some(
            DeviationRaised {
                deviation: DeviationId::numbered(number),
                facts,
                gates,
                meaning: Meaning::DeviationRaised,
                ruling: ruling?,
                statement: statement.clone(),
            }
            .into(),
        )
    }

    /// Returns what a form still lacks, `before` being how many deviations of the run come before it.
    #[must_use]
    pub fn form_gaps(&self, facts: &Facts, statement: &Statement, before: usize) -> Vec<String> {
        let behind =
            |e: &&EvidenceItem| statement.evidence.contains(&e.file.blake3) || Some(&e.step) == facts.step.as_ref();
        let shows = |kind: EvidenceKind| self.evidence.iter().filter(behind).any(|e| kind.takes(&e.file.media_type));
        policy::form_gaps(&self.plan, facts, statement, self.earlier_with(&statement.code, before), &shows)
    }

    /// Returns what the rule that rules a departure asks of its form.
    #[must_use]
    pub fn form(&self, facts: &Facts, statement: &Statement) -> Form {
        policy::form(&self.plan, facts, statement, self.earlier_with(&statement.code, self.deviations.len()))
    }

    /// Asks what code, form, step and policy say of a deviation.
    ///
    /// `before` is how many deviations of the run came before it.
    fn judge_form(&self, ask: &mut Asking, facts: &Facts, statement: &Statement, before: usize) -> Option<Ruling> {
        let entry = self.plan.pack.code(&statement.code);
        let fits = entry.is_some_and(|e| e.triggers.is_empty() || e.triggers.contains(&facts.trigger));
        ask.ask(GateCode::ReasonCode, fits, &[("code", &statement.code), ("trigger", &facts.trigger.word())]);
        let possible = policy::is_possible(&self.plan, facts, statement);
        ask.ask(GateCode::Disposition, possible, &[("process", &statement.process.word())]);
        let mut gaps = self.form_gaps(facts, statement, before);
        let stored = |digest: &crate::kernel::canon::digest::EvidenceDigest| {
            self.evidence.iter().any(|e| e.file.blake3 == *digest)
        };
        if !statement.evidence.iter().all(stored) {
            gaps.push("evidence: attach the file first".into());
        }
        let too_long = serde_json::to_string(statement).map_or(true, |t| t.len() > 64_000);
        if too_long {
            gaps.push("the form is longer than 64000 bytes".into());
        }
        ask.ask(GateCode::Form, gaps.is_empty(), &[("missing", &gaps.join("; "))]);
        let ruling = policy::ruling(&self.plan, facts, statement, self.earlier_with(&statement.code, before));
        let outcome = ruling.as_ref().map_or(Outcome::Block, |r| r.outcome);
        let accepted = outcome != Outcome::Block || !statement.process.accepts();
        let rule = ruling.as_ref().map(|r| r.rule.clone());
        let shown = rule.as_ref().map(ToString::to_string).unwrap_or_default();
        ask.ask_ruled(
            GateCode::PolicyAccepts,
            accepted,
            &[("rule", &shown), ("outcome", &outcome.word()), ("process", &statement.process.word())],
            rule,
        );
        ruling
    }

    pub(super) fn amend(
        &self,
        ask: &mut Asking,
        id: &DeviationId,
        reason: &str,
        statement: &Statement,
    ) -> Option<Event> {
        ask.open();
        ask.any_role();
        let known = self.deviation(id);
        ask.ask(GateCode::KnownDeviation, known.is_some(), &[("deviation", id)]);
        ask.ask(GateCode::Comment, said(reason), &[("reason", &said(reason))]);
        let deviation = known?;
        let same = deviation.statement.process == statement.process
            && deviation.statement.alternative == statement.alternative
            && deviation.statement.return_before == statement.return_before;
        let taken = !self.still_to_take(deviation);
        ask.ask(GateCode::WayOut, same || !taken, &[("deviation", id), ("taken", &taken)]);
        let before = self.deviations.iter().position(|d| d.id == *id).unwrap_or_default();
        let ruling = self.judge_form(ask, &deviation.facts, statement, before);
        let gates = ask.passed()?;
        Some(
            DeviationAmended {
                deviation: id.clone(),
                gates,
                meaning: Meaning::DeviationRaised,
                reason: reason.to_owned(),
                ruling: ruling?,
                statement: statement.clone(),
            }
            .into(),
        )
    }

    /// Tells whether the way on that a deviation prescribes has not been gone yet.
    pub(in crate::kernel::run) fn still_to_take(&self, deviation: &Deviation) -> bool {
        let exit = deviation.facts.step.as_ref().and_then(|s| self.steps[s].exit.as_ref());
        match exit {
            Some(Exit::Alternative(id, section)) => {
                *id == deviation.id
                    && self
                        .plan
                        .procedure
                        .section(section)
                        .is_none_or(|s| s.steps.iter().all(|x| self.steps[&x.id].attempts.is_empty()))
            }
            Some(
                Exit::Redo(id)
                | Exit::NotApplicable(id)
                | Exit::Skip(id)
                | Exit::Defer(id, _)
                | Exit::BackOut(id)
                | Exit::Fail(id),
            ) => *id == deviation.id,
            None => false,
        }
    }

    /// Tells whether a person may not judge a deviation: who raised it or had a hand in its step.
    #[must_use]
    pub fn is_party(&self, person: &PersonId, deviation: &Deviation) -> bool {
        let step = deviation.facts.step.as_ref().and_then(|id| self.steps.get(id));
        let worked = step.is_some_and(|s| s.attempts.iter().any(|a| a.actors.contains(person)));
        (deviation.raised_by == *person || worked) && !self.plan.policy.review.self_approval
    }

    pub(super) fn review(&self, ask: &mut Asking, intent: &Intent) -> Option<Event> {
        let Intent::ReviewDeviation { comment, decision, deviation: id, final_class } = intent else { return None };
        ask.open();
        let known = self.deviation(id);
        let again = known.is_some_and(|d| d.reviews.iter().any(|r| r.person == ask.who.person));
        ask.ask(GateCode::KnownDeviation, known.is_some() && !again, &[("deviation", id), ("reviewed", &again)]);
        let deviation = known?;
        ask.one_role(GateCode::ReviewRole, &policy::review_roles(&self.plan, &deviation.statement));
        let party = self.is_party(&ask.who.person, deviation);
        ask.ask(GateCode::OtherPerson, !party, &[("person", &ask.who.person), ("raised_by", &deviation.raised_by)]);
        let lowers = final_class.is_some_and(|c: Class| c < deviation.class());
        let demanded = policy::comment_required(&self.plan) || lowers || *decision != ReviewDecision::Accept;
        let given = comment.as_deref().is_some_and(said);
        ask.ask(GateCode::Comment, given || (!demanded && comment.is_none()), &[("demanded", &demanded)]);
        ask.ask(
            GateCode::Disposition,
            final_class.is_none() || *decision == ReviewDecision::Accept,
            &[("decision", &"class")],
        );
        let gates = ask.passed()?;
        let meaning = match decision {
            ReviewDecision::Accept => Meaning::DispositionApproved,
            ReviewDecision::Reject => Meaning::Rejected,
            ReviewDecision::Return => Meaning::Reviewed,
        };
        Some(
            DeviationReviewed {
                comment: comment.clone(),
                decision: *decision,
                deviation: id.clone(),
                final_class: *final_class,
                gates,
                judges: deviation.records.clone(),
                meaning,
            }
            .into(),
        )
    }
}
