//! The step: its text, its values, its files.

use crate::kernel::documents::step::{OnInterruption, Step, StepType};
use crate::kernel::documents::term::Noun;
use crate::kernel::model::advisory::AdvisoryLevel;
use crate::kernel::run::{Phase, StepRun, StepState};
use crate::kernel::text::{counted, escape};
use crate::telling::outstanding::outstanding;
use crate::telling::terms::{self, localized};
use crate::telling::work;
use crate::tui::ground::theme::{Look, Role};
use crate::tui::run::{RunScreen, elapsed};
use crate::tui::widgets::form::wrap;
use ratatui::text::{Line, Span};

impl RunScreen {
    pub(super) fn end_lines(&self, look: Look, width: usize) -> Vec<Line<'static>> {
        let words = match self.run.phase() {
            Phase::Draft => "The run is not open yet.".to_owned(),
            Phase::Aborting => format!("Back-out done? Safe state: {}", self.run.plan().procedure.safe_state),
            Phase::Aborted => "Aborted and made safe. Record what is due, then seal.".to_owned(),
            Phase::Closed => "The record is closed.".to_owned(),
            _ => "Every step is closed. Enter checks and seals.".to_owned(),
        };
        let wrapped = wrap(&escape(&words), width.saturating_sub(4).max(8)).into_iter();
        let line = |words| Line::from(Span::styled(words, look.style(Role::Accent)));
        std::iter::once(Line::default()).chain(wrapped.map(line)).collect()
    }

    pub(in crate::tui::run) fn step_lines(&self, step: &Step, look: Look, width: usize) -> Vec<Line<'static>> {
        let inner = width.saturating_sub(4).max(8);
        let pack = &self.run.plan().pack;
        let mut lines = Vec::new();
        let mut say = |role: Role, text: String| {
            lines
                .extend(wrap(&escape(&text), inner).into_iter().map(|l| Line::from(Span::styled(l, look.style(role)))));
        };
        let state = self.run.step(&step.id).map(|s| s.state).unwrap_or_default();
        let attempt = self.run.step(&step.id).map_or(1, StepRun::attempt);
        let critical = if step.critical { "  CRITICAL" } else { "" };
        let again = if attempt > 1 { format!("  attempt {attempt}") } else { String::new() };
        let here = self.run.active().is_some_and(|a| a.id == step.id);
        let worked = self.begun().zip(self.now).filter(|_| here);
        let worked = worked.map(|(since, now)| format!("  for {}", elapsed(now.since(since)))).unwrap_or_default();
        say(Role::Text, format!("{}  {}{worked}{critical}{again}", work::kind(pack, step.kind), state.word()));
        if step.kind == StepType::Hold && state == StepState::Active && !self.is_held(step) {
            let role = self.releasers(step);
            let hold = pack.noun(Noun::Hold).capitals();
            say(Role::Hold, format!(" {hold}  only {role} releases it; work waits until then "));
        }
        if step.on_interruption == OnInterruption::Restart {
            say(Role::Text, "Begins anew when the program ends in the middle of it".into());
        }
        for advisory in &step.advisories {
            let (role, word) = match advisory.level {
                AdvisoryLevel::Warning => (Role::Fail, "WARNING"),
                AdvisoryLevel::Caution => (Role::Alert, "CAUTION"),
                AdvisoryLevel::Note => (Role::Text, "Note"),
            };
            say(role, format!("{word}  {}", self.run.plan().text(&advisory.text)));
        }
        say(Role::Text, String::new());
        say(Role::Text, self.run.plan().text(&step.instruction));
        if let Some(basis) = &step.basis {
            say(Role::Text, format!("Why: {basis}"));
        }
        for reference in &step.references {
            say(Role::Text, format!("Sheet: {}", reference.words()));
        }
        if let Some(component) = &step.component {
            let name = pack.component(&component.tag).unwrap_or_default();
            say(Role::Text, format!("{}  {}  {name}", pack.noun(Noun::Component), component.tag));
        }
        say(Role::Text, String::new());
        lines.extend(self.values(step, look, inner));
        let mut say = |role: Role, text: String| {
            let wrapped = wrap(&escape(&text), inner).into_iter();
            lines.extend(wrapped.map(|l| Line::from(Span::styled(l, look.style(role)))));
        };
        for (role, text) in self.others(step).into_iter().chain(self.attached(step)) {
            say(role, text);
        }
        for deviation in self.run.deviations().iter().filter(|d| d.facts.step.as_ref() == Some(&step.id)) {
            say(
                Role::Deviation,
                format!(
                    "{} {} {}: {} ({}, {}: {})",
                    deviation.id,
                    deviation.class().word(),
                    terms::trigger(&self.run, deviation.facts.trigger),
                    localized(pack, deviation.statement.process.word()),
                    terms::outcome(&self.run, deviation.ruling.outcome),
                    pack.noun(Noun::Review).within(),
                    deviation.reviews.len()
                ),
            );
        }
        if let Some(because) = self.run.step(&step.id).and_then(|s| s.because.clone()) {
            say(Role::Text, format!("because {because}"));
        }
        let left = outstanding(&self.run, &step.id, &self.clocks());
        if !left.is_empty() {
            say(Role::Text, format!("Next: {}", left.join("; ")));
        }
        lines
    }

    fn attached(&self, step: &Step) -> Vec<(Role, String)> {
        let mut lines = Vec::new();
        let now = self.run.step(&step.id).map_or(1, StepRun::attempt);
        for requirement in &step.evidence {
            let files = self
                .run
                .evidence()
                .iter()
                .filter(|e| e.step == step.id && e.requirement.as_ref() == Some(&requirement.id));
            let count = files.clone().filter(|e| e.attempt == now).count();
            let role = if count >= requirement.min as usize || !requirement.required { Role::Ok } else { Role::Alert };
            lines.push((
                role,
                format!(
                    "{}: {count} of {}  {}",
                    self.run.plan().pack.noun(Noun::Evidence),
                    requirement.min,
                    self.run.plan().text(&requirement.prompt)
                ),
            ));
            for file in files.filter(|_| !self.hides(&step.id)) {
                let earlier = if file.attempt == now { String::new() } else { format!("  attempt {}", file.attempt) };
                let (name, size, digest) = (&file.file.name, file.file.size, &file.file.blake3.hex()[..16]);
                lines.push((Role::Text, format!("   {name}  {}  {digest}{earlier}", counted(size, "byte", "bytes"))));
            }
        }
        lines
    }
}
