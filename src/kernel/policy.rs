//! The rules of the policy profile, each as one function that recorder and verifier both call.

use crate::kernel::documents::pack::FormDemand;
use crate::kernel::documents::package::Plan;
use crate::kernel::documents::policy::{Demand, DeviationRule, Form, Policy};
use crate::kernel::documents::step::{Step, StepType};
use crate::kernel::model::deviation::{
    Class, Facts, Impact, ItemDisposition, Outcome, ProcessDisposition, Ruling, Statement, Trigger,
};
use crate::kernel::model::evidence::EvidenceKind;
use crate::kernel::model::name::{Role, SectionId, StepId};

/// Returns the class of a deviation: the gravest of code, trigger, answers and proposal; one more when its code
/// keeps coming back. `earlier` is how many deviations of this run had the same code before.
#[must_use]
pub fn classify(plan: &Plan, facts: &Facts, statement: &Statement, earlier: usize) -> Class {
    let entry = plan.pack.code(&statement.code);
    let answers = match statement.safety_impact.max(statement.data_integrity_impact) {
        Impact::None => Class::Minor,
        Impact::Possible => Class::Major,
        Impact::Yes => Class::Critical,
    };
    let critical_step = if facts.critical { Class::Major } else { Class::Minor };
    let class = [
        facts.trigger.floor(),
        critical_step,
        answers,
        entry.map_or(Class::Minor, |e| e.default_class),
        statement.proposed.unwrap_or(Class::Minor),
    ]
    .into_iter()
    .max()
    .unwrap_or(Class::Minor);
    // The code occurs for the nth time with this one: what keeps coming back is graver than one of it.
    match plan.policy.repeats {
        Some(limit) if earlier + 1 >= limit as usize => class.raised(),
        _ => class,
    }
}

/// Returns the first rule that matches; the last one of a locked profile matches all.
#[must_use]
pub fn rule<'a>(plan: &'a Plan, facts: &Facts, class: Class, kind: Option<StepType>) -> Option<&'a DeviationRule> {
    first_match(&plan.policy, facts.trigger, facts.critical, class, kind)
}

/// Returns the first rule of a profile that matches a departure of this kind.
#[must_use]
pub fn first_match(
    policy: &Policy,
    trigger: Trigger,
    critical: bool,
    class: Class,
    kind: Option<StepType>,
) -> Option<&DeviationRule> {
    policy.deviations.iter().find(|rule| {
        let when = &rule.when;
        when.trigger.as_ref().is_none_or(|t| t.contains(&trigger))
            && when.critical.is_none_or(|c| c == critical)
            && when.class.as_ref().is_none_or(|c| c.contains(&class))
            && when.step.as_ref().is_none_or(|s| kind.is_some_and(|k| s.contains(&k)))
    })
}

/// Returns what a profile makes of opening a superseded package: only a rule that names the trigger lets it pass.
#[must_use]
pub fn superseded(policy: &Policy) -> Outcome {
    let trigger = Trigger::SupersededPackage;
    let rule = first_match(policy, trigger, false, trigger.floor(), None);
    rule.filter(|rule| rule.when.trigger.is_some()).map_or(Outcome::Block, |rule| rule.outcome)
}

/// Returns what the policy makes of a departure: shown before signing, recorded, and recomputed when judged.
#[must_use]
pub fn ruling(plan: &Plan, facts: &Facts, statement: &Statement, earlier: usize) -> Option<Ruling> {
    let class = classify(plan, facts, statement, earlier);
    let kind = facts.step.as_ref().and_then(|id| plan.procedure.step(id)).map(|s| s.kind);
    let rule = rule(plan, facts, class, kind)?;
    let reviews = match rule.outcome {
        crate::kernel::model::deviation::Outcome::Allow => 0,
        _ => plan.policy.review.count(class).max(1),
    };
    Some(Ruling { profile: plan.profile(), rule: rule.id.clone(), outcome: rule.outcome, class, reviews })
}

/// Returns what the rule that rules a departure asks of its form.
#[must_use]
pub fn form(plan: &Plan, facts: &Facts, statement: &Statement, earlier: usize) -> Form {
    let class = classify(plan, facts, statement, earlier);
    let kind = facts.step.as_ref().and_then(|id| plan.procedure.step(id)).map(|s| s.kind);
    rule(plan, facts, class, kind).map(|rule| rule.form).unwrap_or_default()
}

/// Returns what is still missing in a form, each in words; empty when it is complete. `shows` tells whether a file
/// of a kind stands behind it.
#[must_use]
pub fn form_gaps(
    plan: &Plan,
    facts: &Facts,
    statement: &Statement,
    earlier: usize,
    shows: &dyn Fn(EvidenceKind) -> bool,
) -> Vec<String> {
    let mut gaps = Vec::new();
    let asked = form(plan, facts, statement, earlier);
    let least = asked.description_min.max(10) as usize;
    let length = statement.description.trim().chars().count();
    if length < least {
        gaps.push(format!("description: {length} of at least {least} characters"));
    }
    if statement.immediate_action.text.trim().is_empty() {
        gaps.push("immediate_action: say what was done at once".into());
    }
    let explained = statement.justification.as_deref().is_some_and(|t| !t.trim().is_empty());
    if needs_justification(statement) && !explained {
        gaps.push("justification: say why it is right to go on like this".into());
    }
    for demand in plan.pack.code(&statement.code).map_or(&[][..], |e| &e.requires) {
        match demand {
            FormDemand::Photo if !shows(EvidenceKind::Photo) => gaps.push("evidence: this code demands a photo".into()),
            FormDemand::AffectedItem if statement.affected.items.is_empty() => {
                gaps.push("affected: name the item".into());
            }
            FormDemand::Description | FormDemand::Photo | FormDemand::AffectedItem | FormDemand::Supervisor => {}
        }
    }
    gaps.extend(profile_gaps(asked, statement, shows));
    gaps
}

/// What the profile asks of the form besides.
fn profile_gaps(asked: Form, statement: &Statement, shows: &dyn Fn(EvidenceKind) -> bool) -> Vec<String> {
    let mut gaps = Vec::new();
    if let Some(kind) = asked.evidence.filter(|kind| !shows(*kind)) {
        gaps.push(format!("evidence: the profile demands a file here ({})", kind.word()));
    }
    let compensated = statement.compensating_action.as_deref().is_some_and(|t| !t.trim().is_empty());
    if asked.compensation && !compensated {
        gaps.push("compensating_action: say what makes up for the departure".into());
    }
    let affected = &statement.affected;
    let named = !affected.items.is_empty() || !affected.prior_steps.is_empty() || !affected.other_runs.is_empty();
    if asked.affected && !named {
        gaps.push("affected: name the item, earlier step or other run".into());
    }
    gaps
}

fn needs_justification(statement: &Statement) -> bool {
    matches!(statement.process, ProcessDisposition::Continue | ProcessDisposition::Skip)
        || matches!(statement.item, Some(ItemDisposition::UseAsIs | ItemDisposition::Repair))
}

/// Returns the roles that may review a deviation, a supervisor alone where its code demands one.
#[must_use]
pub fn review_roles<'a>(plan: &'a Plan, statement: &Statement) -> Vec<&'a Role> {
    let demands_supervisor =
        plan.pack.code(&statement.code).is_some_and(|e| e.requires.contains(&FormDemand::Supervisor));
    let all = plan.policy.review.by.iter();
    match demands_supervisor {
        true => all.filter(|r| r.as_str() == "supervisor").collect(),
        false => all.collect(),
    }
}

/// Tells whether a reviewer must say why.
#[must_use]
pub fn comment_required(plan: &Plan) -> bool {
    plan.policy.review.comment == Demand::Required
}

/// Returns the role whose members may mark a step not applicable.
#[must_use]
pub fn not_applicable_role(step: &Step) -> &Role {
    step.not_applicable.authority.as_ref().unwrap_or(&step.performed_by)
}

/// Tells whether a disposition can be taken at a step at all, whatever the policy says.
#[must_use]
pub fn is_possible(plan: &Plan, facts: &Facts, statement: &Statement) -> bool {
    let step = facts.step.as_ref().and_then(|id| plan.procedure.step(id));
    let code_allows = plan.pack.code(&statement.code).is_none_or(|e| {
        (e.process.is_empty() || e.process.contains(&statement.process))
            && statement.item.is_none_or(|i| e.item.is_empty() || e.item.contains(&i))
    });
    let step_allows = match statement.process {
        ProcessDisposition::Redo => step.is_some_and(|s| s.redo.allowed),
        ProcessDisposition::Alternative => way_round(plan, facts, statement).is_some(),
        ProcessDisposition::NotApplicable => step.is_some_and(|s| s.not_applicable.allowed),
        ProcessDisposition::Skip => step.is_some(),
        ProcessDisposition::Defer => step.is_some_and(|s| can_return(plan, s, statement.return_before.as_ref())),
        ProcessDisposition::Continue => {
            !matches!(facts.trigger, Trigger::WrongComponent | Trigger::DeferredNotReturned)
        }
        ProcessDisposition::Stop | ProcessDisposition::BackOut => true,
    };
    let only_alternative = statement.alternative.is_none() || statement.process == ProcessDisposition::Alternative;
    let only_deferred = statement.return_before.is_none() || statement.process == ProcessDisposition::Defer;
    code_allows && step_allows && only_alternative && only_deferred
}

/// Returns the section that a deviation leads to: the step's prepared way round, or the response of a watch.
#[must_use]
pub fn way_round<'a>(plan: &'a Plan, facts: &Facts, statement: &Statement) -> Option<&'a SectionId> {
    if let Some(step) = facts.step.as_ref() {
        return plan.procedure.step(step)?.way_round(statement.alternative.as_ref());
    }
    let watch = plan.procedure.watches.iter().find(|w| Some(w.id.as_str()) == facts.about.as_deref())?;
    watch.on_breach.as_ref().filter(|_| statement.alternative.is_none()).map(|r| &r.goto)
}

/// Tells whether a step stands before the one that it must be returned to before.
fn can_return(plan: &Plan, step: &Step, before: Option<&StepId>) -> bool {
    let place = |id: &StepId| plan.procedure.steps().position(|s| s.id == *id);
    before.and_then(place).is_some_and(|later| place(&step.id).is_some_and(|here| here < later))
}

/// Returns the steps of the plan whose `requires` are not in `closed`.
pub fn unmet<'a>(step: &'a Step, closed: &dyn Fn(&StepId) -> bool) -> Vec<&'a StepId> {
    step.requires.iter().filter(|id| !closed(id)).collect()
}
