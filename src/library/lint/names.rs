//! Ids that stand twice, and names of things that do not exist.

use super::{Code, Linter};
use crate::kernel::model::input::Input;
use crate::kernel::model::name::{Role, StepId};
use std::collections::BTreeSet;

pub(super) fn check(linter: &mut Linter) {
    if linter.procedure.steps().next().is_none() {
        linter.say(Code::Empty, "sections", "the procedure has no step");
    }
    twice(linter);
    roles(linter);
    steps(linter);
    sections(linter);
    texts(linter);
}

/// Sections, steps and values have three spaces of names; requirements one for each step.
fn twice(linter: &mut Linter) {
    let procedure = linter.procedure;
    let mut all: Vec<(String, String)> = Vec::new();
    for (s, section) in procedure.sections.iter().enumerate() {
        all.push((format!("sections[{s}].id"), format!("section {}", section.id)));
    }
    for (p, parameter) in procedure.parameters.iter().enumerate() {
        all.push((format!("parameters[{p}].id"), format!("value {}", parameter.id)));
    }
    for (_, path, step) in linter.steps() {
        all.push((format!("{path}.id"), format!("step {}", step.id)));
        for (n, input) in step.inputs.iter().enumerate() {
            all.push((format!("{path}.inputs[{n}].id"), format!("value {}", input.id)));
            parts(&mut all, &format!("{path}.inputs[{n}]"), &format!("{} at step {}", input.id, step.id), input);
        }
        if let Some((member, made)) = step.made() {
            all.push((format!("{path}.{member}.id"), format!("value {}", made.id)));
            parts(&mut all, &format!("{path}.{member}"), &format!("{} at step {}", made.id, step.id), made);
        }
        for (n, requirement) in step.evidence.iter().enumerate() {
            all.push((format!("{path}.evidence[{n}].id"), format!("evidence {} {}", step.id, requirement.id)));
        }
    }
    for (p, permit) in procedure.permits.iter().enumerate() {
        all.push((format!("permits[{p}].id"), format!("permit {}", permit.id)));
    }
    for (w, watch) in procedure.watches.iter().enumerate() {
        all.push((format!("watches[{w}].id"), format!("watch {}", watch.id)));
        all.extend(watch.input.iter().map(|i| (format!("watches[{w}].input.id"), format!("value {}", i.id))));
    }
    for (path, _, group) in linter.groups() {
        all.push((format!("{path}.id"), format!("group {}", group.id)));
    }
    let mut seen = BTreeSet::new();
    for (path, name) in all {
        if !seen.insert(name.clone()) {
            linter.say(Code::DuplicateId, path, format!("`{name}` is used twice"));
        }
    }
}

/// Options, rows and columns of one input, and the options of its columns.
fn parts(all: &mut Vec<(String, String)>, path: &str, of: &str, input: &Input) {
    let named = |part: &str, n: usize, id: &str| (format!("{path}.{part}s[{n}].id"), format!("{part} {id} of {of}"));
    all.extend(input.options.iter().enumerate().map(|(n, o)| named("option", n, o.id.as_str())));
    all.extend(input.rows.iter().enumerate().map(|(n, r)| named("row", n, r.id.as_str())));
    all.extend(input.columns.iter().enumerate().map(|(n, c)| named("column", n, c.id.as_str())));
    for (n, column) in input.columns.iter().enumerate() {
        parts(all, &format!("{path}.columns[{n}]"), &format!("{} of {of}", column.id), column);
    }
}

fn roles(linter: &mut Linter) {
    let mut named: Vec<(String, &Role)> = Vec::new();
    for (_, path, step) in linter.steps() {
        named.push((format!("{path}.performed_by"), &step.performed_by));
        named.extend(step.verification.iter().map(|v| (format!("{path}.verification.by"), &v.by)));
        named.extend(step.not_applicable.authority.iter().map(|r| (format!("{path}.not_applicable.authority"), r)));
        named.extend(step.witness.iter().map(|w| (format!("{path}.witness.by"), &w.by)));
        named.extend(step.poll.iter().enumerate().map(|(n, asked)| (format!("{path}.poll[{n}]"), &asked.role)));
        for (n, signature) in step.signoff.iter().enumerate() {
            named.push((format!("{path}.signoff[{n}].role"), &signature.role));
        }
    }
    for (path, role) in named {
        if !linter.procedure.roles.contains(role) {
            linter.say(Code::UnknownRole, path, format!("the procedure has no role `{role}`"));
        }
    }
}

fn steps(linter: &mut Linter) {
    let mut named = Vec::new();
    for (_, path, step) in linter.steps() {
        let required = step.requires.iter().enumerate().map(|(n, id)| (format!("{path}.requires[{n}]"), id));
        let body = step.repeat.iter().flat_map(|r| &r.body).enumerate();
        let body = body.map(|(n, id)| (format!("{path}.loop.body[{n}]"), id));
        let deadline = step.timing.iter().filter_map(|t| t.deadline.as_ref());
        let deadline = deadline.map(|d| (format!("{path}.timing.deadline.after"), &d.after));
        named.extend(required.chain(body).chain(deadline));
        for (n, id) in step.permits.iter().enumerate() {
            if !linter.procedure.permits.iter().any(|p| p.id == *id) {
                linter.say(Code::UnknownPermit, format!("{path}.permits[{n}]"), format!("there is no permit `{id}`"));
            }
        }
        if let Some(component) = step.component.as_ref().filter(|c| linter.pack.component(&c.tag).is_none()) {
            linter.say(
                Code::UnknownTag,
                format!("{path}.component.tag"),
                format!("the pack has no tag `{}`", component.tag),
            );
        }
    }
    around_steps(linter, named);
}

/// Watches begin and end with steps; groups are made of them.
fn around_steps<'a>(linter: &mut Linter<'a>, mut named: Vec<(String, &'a StepId)>) {
    for (w, watch) in linter.procedure.watches.iter().enumerate() {
        named.extend(watch.from.iter().map(|id| (format!("watches[{w}].from"), id)));
        named.extend(watch.until.iter().map(|id| (format!("watches[{w}].until"), id)));
    }
    for (path, _, group) in linter.groups() {
        named.extend(group.steps.iter().enumerate().map(|(n, id)| (format!("{path}.steps[{n}]"), id)));
    }
    for (path, id) in named {
        if linter.procedure.step(id).is_none() {
            linter.say(Code::UnknownStep, path, format!("there is no step `{id}`"));
        }
    }
}

/// Sections that are entered on purpose exist and serve one purpose only.
fn sections(linter: &mut Linter) {
    let mut used = BTreeSet::new();
    let mut all: Vec<_> = linter.procedure.back_out.iter().map(|id| ("back_out".to_owned(), id)).collect();
    for (_, path, step) in linter.steps() {
        for (n, alternative) in step.alternatives.iter().enumerate() {
            all.push((format!("{path}.alternatives[{n}].section"), &alternative.section));
        }
        // A response that is also the step's own alternative serves one purpose.
        let own = step.alternatives.iter().map(|a| &a.section).collect::<Vec<_>>();
        let response = step.on_fail.iter().filter(|r| !own.contains(&&r.goto));
        all.extend(response.map(|r| (format!("{path}.on_fail.goto"), &r.goto)));
    }
    for (w, watch) in linter.procedure.watches.iter().enumerate() {
        all.extend(watch.on_breach.iter().map(|r| (format!("watches[{w}].on_breach.goto"), &r.goto)));
    }
    for (path, id) in all {
        if linter.procedure.section(id).is_none() {
            linter.say(Code::UnknownSection, path, format!("there is no section `{id}`"));
        } else if !used.insert(id) {
            linter.say(Code::AlternativeShared, path, format!("section `{id}` serves two purposes"));
        }
    }
}

/// `{name}` in a text is filled in from the parameters, in `equals` also from inputs up to this step.
fn texts(linter: &mut Linter) {
    for (number, path, step) in linter.steps() {
        let mut texts = vec![(format!("{path}.instruction"), &step.instruction)];
        texts
            .extend(step.advisories.iter().enumerate().map(|(n, a)| (format!("{path}.advisories[{n}].text"), &a.text)));
        texts
            .extend(step.evidence.iter().enumerate().map(|(n, e)| (format!("{path}.evidence[{n}].prompt"), &e.prompt)));
        let named = |text: &str| {
            placeholders(text).into_iter().find(|p| !linter.procedure.parameters.iter().any(|x| x.id.as_str() == p))
        };
        let mut unknown: Vec<_> = texts.into_iter().filter_map(|(at, text)| Some((at, named(text)?))).collect();
        let inputs = step.inputs.iter().enumerate().map(|(n, input)| (format!("{path}.inputs[{n}]"), input));
        let made = step.made().map(|(member, made)| (format!("{path}.{member}"), made));
        for (place, input) in inputs.chain(made) {
            let columns = input.columns.iter().enumerate().map(|(c, x)| (format!("{place}.columns[{c}]"), x));
            for (at, input) in columns.chain([(place.clone(), input)]) {
                let missing = placeholders(input.equals.as_deref().unwrap_or_default()).into_iter().find(|p| {
                    p.parse().ok().and_then(|name| linter.known(&name)).is_none_or(|known| !known.before(number + 1))
                });
                unknown.extend(missing.map(|name| (format!("{at}.equals"), name)));
            }
        }
        for (at, name) in unknown {
            linter.say(Code::UnknownPlaceholder, at, format!("nothing fills `{{{name}}}`"));
        }
    }
}

/// Names in braces, as far as they could be names at all.
pub(super) fn placeholders(text: &str) -> Vec<String> {
    let parts = text.split('{').skip(1).filter_map(|part| part.split_once('}'));
    parts
        .map(|(name, _)| name.to_owned())
        .filter(|n| n.parse::<crate::kernel::model::name::Variable>().is_ok())
        .collect()
}
