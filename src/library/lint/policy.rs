//! Pack and profile: rules that match nothing, codes without a way on, demands that nobody can meet.

use super::{Code, Document, Linter, Remark};
use crate::kernel::documents::pack::{FormDemand, Pack, ReasonCodeEntry};
use crate::kernel::documents::policy::{DeviationRule, Policy};
use crate::kernel::documents::step::{Step, StepType};
use crate::kernel::documents::term::Noun;
use crate::kernel::model::deviation::{Class, Outcome, Trigger};
use crate::kernel::model::input::{Input, InstrumentUse, OptionVerdict};
use crate::kernel::policy::{first_match, superseded};
use std::collections::BTreeSet;

/// Judges procedure, pack and profile together.
pub(super) fn check(linter: &mut Linter) {
    linter.document = Document::Pack;
    terms(linter);
    conversions(linter);
    triggers(linter);
    for (n, entry) in linter.pack.reason_codes.iter().enumerate() {
        let path = format!("reason_codes[{n}]");
        if let Some((trigger, rule)) = no_way(linter, entry) {
            let message =
                format!("{}: rule {} blocks {}, and the code allows nothing else", entry.code, rule.id, trigger.word());
            linter.say(Code::ReasonCodeNoWay, format!("{path}.process"), message);
        }
        let demands = entry.requires.contains(&FormDemand::Supervisor);
        if demands && !linter.policy.review.by.iter().any(|r| r.as_str() == "supervisor") {
            let message = format!("{} wants a supervisor, who does not review under this profile", entry.code);
            linter.say(Code::PolicySupervisor, format!("{path}.requires"), message);
        }
    }
    linter.document = Document::Procedure;
}

/// Finds a trigger of a code for which every rule blocks while the code allows only what a block refuses.
fn no_way<'a>(linter: &Linter<'a>, entry: &ReasonCodeEntry) -> Option<(Trigger, &'a DeviationRule)> {
    if entry.process.is_empty() || !entry.process.iter().all(|p| p.accepts()) {
        return None;
    }
    let kinds: BTreeSet<Option<StepType>> = linter.procedure.steps().map(|s| Some(s.kind)).chain([None]).collect();
    let blocked = |trigger: Trigger| {
        let mut rules = [false, true].into_iter().flat_map(|critical| kinds.iter().map(move |kind| (critical, *kind)));
        let rule = |(critical, kind)| {
            let class =
                entry.default_class.max(trigger.floor()).max(if critical { Class::Major } else { Class::Minor });
            first_match(linter.policy, trigger, critical, class, kind)
        };
        let first = rule((false, None))?;
        rules.all(|c| rule(c).is_some_and(|r| r.outcome == Outcome::Block)).then_some((trigger, first))
    };
    match entry.triggers.is_empty() {
        false => entry.triggers.iter().find_map(|t| blocked(*t)),
        true => Trigger::ALL.iter().map(|t| blocked(*t)).collect::<Option<Vec<_>>>()?.first().copied(),
    }
}

/// Every term replaces a word that is used.
fn terms(linter: &mut Linter) {
    for ours in linter.pack.terms.keys() {
        let noun = Noun::ALL.iter().any(|n| n.key() == ours.as_str());
        if !noun && !linter.procedure.roles.iter().any(|role| role.as_str() == ours.as_str()) {
            linter.say(
                Code::PackTerm,
                format!("terms.{ours}"),
                format!("`{ours}` is neither a noun of asrun nor a role"),
            );
        }
    }
}

/// A unit equals another one of the pack, of the same quantity.
fn conversions(linter: &mut Linter) {
    let units = &linter.pack.units;
    for (u, unit) in units.iter().enumerate() {
        let strange = unit.of.iter().flatten().map(|(part, _)| part).find(|part| !units.iter().any(|x| x.id == **part));
        if let Some(part) = strange {
            linter.say(Code::UnknownUnit, format!("units[{u}].of"), format!("the pack has no unit `{part}`"));
        }
    }
    let lines = units.iter().enumerate().flat_map(|(u, unit)| {
        unit.equals.iter().enumerate().map(move |(n, line)| (format!("units[{u}].equals[{n}].unit"), unit, line))
    });
    for (path, unit, line) in lines {
        match units.iter().find(|other| other.id == line.unit) {
            None => linter.say(Code::UnknownUnit, path, format!("the pack has no unit `{}`", line.unit)),
            Some(other) if other.quantity != unit.quantity => {
                let message = format!("`{}` measures {}, not {}", other.id, other.quantity, unit.quantity);
                linter.say(Code::WrongUnit, path, message);
            }
            Some(_) => {}
        }
    }
}

/// Every departure that this procedure can set off has a code that fits.
fn triggers(linter: &mut Linter) {
    if linter.pack.reason_codes.is_empty() {
        return;
    }
    let mut possible = BTreeSet::from([Trigger::CannotPerform, Trigger::Abort, Trigger::EmergencyDeparture]);
    linter.procedure.steps().for_each(|step| possible.extend(of_step(step)));
    if superseded(linter.policy) != Outcome::Block {
        possible.insert(Trigger::SupersededPackage);
    }
    let fits = |t: &Trigger| linter.pack.reason_codes.iter().any(|c| c.triggers.is_empty() || c.triggers.contains(t));
    let bare: Vec<String> = possible.iter().filter(|t| !fits(t)).map(|t| t.word()).collect();
    if !bare.is_empty() {
        linter.say(Code::TriggerWithoutCode, "reason_codes", format!("no code fits {}", bare.join(", ")));
    }
}

/// What must be written down when a step goes wrong.
fn of_step(step: &Step) -> Vec<Trigger> {
    let limits = step.timing.as_ref().is_some_and(|t| t.max_duration.is_some() || t.deadline.is_some());
    let waits = step.timing.as_ref().is_some_and(|t| t.min_wait.is_some())
        || step.verification.as_ref().is_some_and(|v| v.min_separation.is_some())
        || step.witness.is_some();
    let inputs: Vec<&Input> = step.readings().collect();
    let fails = |i: &&Input| {
        i.equals.is_some() || i.expect.is_some() || i.options.iter().any(|o| o.verdict == Some(OptionVerdict::Fail))
    };
    let limited = |i: &&Input| i.limits.as_ref().is_some_and(|l| l.accept.is_some());
    let needs_instrument = |i: &&Input| i.instrument == InstrumentUse::Required;
    let found = [
        (inputs.iter().any(limited), Trigger::OutOfLimit),
        (step.kind.has_result() || inputs.iter().any(fails), Trigger::CheckFailed),
        (step.component.is_some(), Trigger::WrongComponent),
        (step.repeat.is_some(), Trigger::LoopExhausted),
        (limits, Trigger::TimeLimitMissed),
        (limits || waits, Trigger::TimeUnproven),
        (step.witness.is_some(), Trigger::WitnessNoticeShort),
        (!step.permits.is_empty(), Trigger::PermitExpired),
        (!step.qualifications.is_empty(), Trigger::QualificationGap),
        (step.verification.is_some(), Trigger::VerificationMismatch),
        (inputs.iter().any(needs_instrument), Trigger::InstrumentExpired),
    ];
    found.into_iter().filter(|(is, _)| *is).map(|(_, trigger)| trigger).collect()
}

pub(super) fn pack_alone(pack: &Pack) -> Vec<Remark> {
    let document = Document::Pack;
    let message = "the pack has no reason code: no deviation could be written".to_owned();
    let empty = pack.reason_codes.is_empty();
    empty
        .then(|| Remark { code: Code::PackCodes, document, path: "reason_codes".into(), message })
        .into_iter()
        .collect()
}

pub(super) fn policy_alone(policy: &Policy) -> Vec<Remark> {
    let mut found: Vec<(Code, String, String)> = Vec::new();
    match policy.deviations.iter().position(|r| r.when.matches_all()) {
        None => found.push((Code::PolicyLastRule, "deviations".into(), "some deviations would match no rule".into())),
        Some(at) => {
            if let Some(dead) = policy.deviations.get(at + 1) {
                let message = format!("rule {} matches everything before {}", policy.deviations[at].id, dead.id);
                found.push((Code::PolicyDeadRule, format!("deviations[{}].id", at + 1), message));
            }
        }
    }
    if let Some(layer) = policy.layers.first() {
        found.push((Code::PolicyLayers, "layers".into(), format!("nobody can check the layer `{layer}`")));
    }
    if policy.review.by.is_empty() {
        found.push((Code::PolicyRoles, "review.by".into(), "nobody may review deviations".into()));
    }
    for (n, closure) in policy.closure.iter().enumerate().filter(|(_, c)| c.not.contains(&c.role)) {
        let message = format!("{}: whoever signs as {} does not count", closure.id, closure.role);
        found.push((Code::PolicyContradiction, format!("closure[{n}].not"), message));
    }
    let remark = |(code, path, message)| Remark { code, document: Document::Policy, path, message };
    found.into_iter().map(remark).collect()
}
