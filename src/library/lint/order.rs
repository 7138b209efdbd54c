//! Steps that can never be begun, loops over the wrong steps, back-outs that are none.

use super::{Code, Linter};
use crate::kernel::documents::procedure::{Order, Section, SectionKind};
use crate::kernel::documents::step::Step;
use crate::kernel::model::name::StepId;

pub(super) fn check(linter: &mut Linter) {
    for (s, section) in linter.procedure.sections.iter().enumerate() {
        let named = linter.procedure.back_out.as_ref();
        let nowhere = named.is_some_and(|id| linter.procedure.section(id).is_none());
        if section.kind == SectionKind::BackOut && !linter.procedure.is_dormant(&section.id) && !nowhere {
            let message = format!("section `{}` is part of the ordinary work", section.id);
            linter.say(Code::BackOutUnused, format!("sections[{s}].kind"), message);
        }
        for (i, step) in section.steps.iter().enumerate() {
            let path = format!("sections[{s}].steps[{i}]");
            requires(linter, &path, section, i, step);
            loop_body(linter, &path, &section.steps[..i], step);
        }
    }
}

/// What a step requires can be closed before it is its turn.
fn requires(linter: &mut Linter, path: &str, section: &Section, i: usize, step: &Step) {
    for (n, id) in step.requires.iter().enumerate() {
        if let Some(why) = never_closed(linter, section, i, id) {
            linter.say(Code::UnreachableStep, format!("{path}.requires[{n}]"), format!("step `{id}` {why}"));
        }
    }
}

fn never_closed(linter: &Linter, section: &Section, i: usize, id: &StepId) -> Option<&'static str> {
    let procedure = linter.procedure;
    let other = procedure.section_of(id)?;
    if other.id == section.id {
        let at = section.steps.iter().position(|s| s.id == *id)?;
        let later = at == i || (at > i && section.order == Order::Sequential);
        let mutual = at > i && section.steps[at].requires.contains(&section.steps[i].id);
        return (later || mutual).then_some("comes later");
    }
    if procedure.is_dormant(&section.id) {
        return None;
    }
    if procedure.is_dormant(&other.id) {
        return Some("is only entered on purpose");
    }
    let place = |wanted: &Section| procedure.sections.iter().position(|s| s.id == wanted.id);
    (place(other) > place(section)).then_some("comes later")
}

fn loop_body(linter: &mut Linter, path: &str, before: &[Step], step: &Step) {
    let Some(repeat) = &step.repeat else { return };
    let known = |id: &&StepId| linter.procedure.step(id).is_some();
    let misplaced = repeat.body.iter().filter(known).any(|id| !before.iter().any(|s| s.id == *id));
    if misplaced || repeat.max == 0 {
        let message = "the loop does not repeat earlier steps of its section at least once";
        linter.say(Code::LoopForm, format!("{path}.loop"), message);
    }
}
