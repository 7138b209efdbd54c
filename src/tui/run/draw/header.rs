//! The head of the screen and the list of steps, which the replay draws as well.

use crate::kernel::documents::step::{Step, StepType};
use crate::kernel::documents::term::Noun;
use crate::kernel::model::name::StepId;
use crate::kernel::run::{Phase, Run, StepState};
use crate::kernel::text::escape;
use crate::telling::terms;
use crate::tui::ground::theme::{Look, Role};
use crate::tui::widgets::form::cut;
use ratatui::text::{Line, Span};

/// Two lines: what is run, how far it is, what stands in the way.
#[must_use]
pub fn header(run: &Run, look: Look, width: u16) -> Vec<Line<'static>> {
    let plan = run.plan();
    let id = run.id().as_str();
    let needed: Vec<bool> = run.needed_steps().map(|s| run.is_closed(&s.id)).collect();
    let (done, all) = (needed.iter().filter(|d| **d).count(), needed.len().max(1));
    let mode = if run.mode() == Some(crate::kernel::model::opening::Mode::Training) { "  TRAINING" } else { "" };
    let some = |what: String, count: usize| if count > 0 { format!("  {what} {count}") } else { String::new() };
    let deviations = some(terms::noun(run, Noun::Deviation), run.deviations().len());
    let files = some("files".into(), run.evidence().len());
    let first = format!(
        " {} {}  run …{}  {}{mode}   {done}/{all}{deviations}{files}",
        plan.manifest.id,
        plan.manifest.revision,
        &id[id.len().saturating_sub(6)..],
        run.phase().word(),
    );
    let bar = 24.min(usize::from(width) / 4);
    let filled = bar * done / all;
    let progress = format!(" {}{} ", look.glyphs.full.repeat(filled), look.glyphs.empty.repeat(bar - filled));
    let recorded = run.last().map(|n| format!("saved {}", n.time.clock())).unwrap_or_default();
    let banner = plan.banner().map(|b| format!("   {b}")).unwrap_or_default();
    let stands = !matches!(run.phase(), Phase::Running | Phase::Draft | Phase::Closed);
    vec![
        Line::from(Span::styled(
            cut(&escape(&first), width as usize),
            look.style(if stands { Role::Hold } else { Role::Accent }),
        )),
        Line::from(vec![
            Span::styled(progress, look.style(Role::Ok)),
            Span::styled(recorded, look.style(Role::Text)),
            Span::styled(escape(&banner).into_owned(), look.style(Role::Alert)),
        ]),
    ]
}

/// The list of steps with their marks; tells on which line the shown one stands.
#[must_use]
pub fn step_list(run: &Run, shown: Option<&StepId>, look: Look, width: usize) -> (Vec<Line<'static>>, Option<usize>) {
    let mut lines = Vec::new();
    let mut at = None;
    let active = run.active().map(|s| s.id.clone());
    for section in &run.plan().procedure.sections {
        let untouched = section.steps.iter().all(|s| run.step(&s.id).is_none_or(|k| k.attempts.is_empty()));
        let dormant = run.plan().procedure.is_dormant(&section.id) && untouched;
        let note = if dormant { " (only if needed)" } else { "" };
        lines.push(Line::from(Span::styled(
            cut(&format!("{}{note}", escape(&section.title)), width),
            look.style(Role::Accent),
        )));
        for step in &section.steps {
            let here = shown == Some(&step.id);
            if here {
                at = Some(lines.len());
            }
            let (mark, role) = step_mark(run, step, active.as_ref(), look);
            let text = cut(&format!(" {mark} {} {}", step.id, escape(&step.title)), width);
            let style = if here { look.style(role).patch(look.style(Role::Selected)) } else { look.style(role) };
            lines.push(Line::from(Span::styled(text, style)));
        }
    }
    (lines, at)
}

/// The mark of a step and what it means.
#[must_use]
pub fn step_mark(run: &Run, step: &Step, active: Option<&StepId>, look: Look) -> (&'static str, Role) {
    let glyphs = look.glyphs;
    let deviates = run.deviations().iter().any(|d| d.facts.step.as_ref() == Some(&step.id));
    match run.step(&step.id).map(|s| s.state).unwrap_or_default() {
        _ if run.pending_at(&step.id).next().is_some() => (glyphs.deviation, Role::Deviation),
        StepState::Complete if deviates => (glyphs.deviation, Role::Deviation),
        StepState::Complete => (glyphs.done, Role::Ok),
        StepState::Failed => (glyphs.failed, Role::Fail),
        StepState::NotApplicable => (glyphs.not_applicable, Role::Text),
        StepState::Skipped => (glyphs.skipped, Role::Deviation),
        StepState::Performed => (glyphs.awaiting, Role::Alert),
        _ if step.kind == StepType::Hold => (glyphs.hold, Role::Alert),
        _ if active == Some(&step.id) => (glyphs.current, Role::Accent),
        _ => (glyphs.open, Role::Text),
    }
}
