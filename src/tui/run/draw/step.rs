//! The step: its text, its values, its files.

use crate::kernel::model::input::InputType;
use crate::kernel::model::step::{AdvisoryLevel, Step, StepType};
use crate::kernel::run::{Phase, StepState};
use crate::kernel::text::escape;
use crate::tui::form::wrap;
use crate::tui::run::RunScreen;
use crate::tui::run::forms::limits;
use crate::tui::theme::{Look, Role};
use ratatui::text::{Line, Span};

impl RunScreen {
    pub(super) fn end_lines(&self, look: Look) -> Vec<Line<'static>> {
        let words = match self.run.phase() {
            Phase::Draft => "The run is not open yet.".to_owned(),
            Phase::Aborting => format!("Back-out done? Safe state: {}", self.run.plan().procedure.safe_state),
            Phase::Aborted => "Aborted and made safe. Write down what is due, then seal.".to_owned(),
            Phase::Closed => "The record is closed.".to_owned(),
            _ => "Every step is closed. Enter checks the run and seals it.".to_owned(),
        };
        vec![
            Line::default(),
            Line::from(Span::styled(words, look.style(Role::Accent))),
            Line::default(),
            self.enter_line(look),
        ]
    }

    pub(super) fn step_lines(&self, step: &Step, look: Look, width: usize) -> Vec<Line<'static>> {
        let inner = width.saturating_sub(4).max(8);
        let mut lines = Vec::new();
        let mut say = |role: Role, text: String| {
            lines
                .extend(wrap(&escape(&text), inner).into_iter().map(|l| Line::from(Span::styled(l, look.style(role)))));
        };
        let state = self.run.step(&step.id).map(|s| s.state).unwrap_or_default();
        let attempt = self.run.step(&step.id).map_or(1, crate::kernel::run::StepRun::attempt);
        let critical = if step.critical { "  CRITICAL" } else { "" };
        let again = if attempt > 1 { format!("  attempt {attempt}") } else { String::new() };
        say(Role::Text, format!("{}  {}{critical}{again}", step.kind.word(), state.word()));
        if step.kind == StepType::Hold && state == StepState::Active {
            let role = step.release_role().map(ToString::to_string).unwrap_or_default();
            say(Role::Hold, format!(" HOLD  only {role} releases it; work stands still "));
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
        if let Some(component) = &step.component {
            let name = self.run.plan().pack.component(&component.tag).unwrap_or_default();
            say(Role::Text, format!("Component  {}  {name}", component.tag));
        }
        say(Role::Text, String::new());
        for (role, text) in self.entries(step) {
            say(role, text);
        }
        for (role, text) in self.attached(step) {
            say(role, text);
        }
        for deviation in self.run.deviations().iter().filter(|d| d.facts.step.as_ref() == Some(&step.id)) {
            say(
                Role::Deviation,
                format!(
                    "{} {} {}: {} ({}, {} reviews)",
                    deviation.id,
                    deviation.class().word(),
                    deviation.facts.trigger.word(),
                    deviation.statement.process.word(),
                    deviation.ruling.outcome.word(),
                    deviation.reviews.len()
                ),
            );
        }
        if let Some(because) = self.run.step(&step.id).and_then(|s| s.because.clone()) {
            say(Role::Text, format!("because {because}"));
        }
        let left = self.run.outstanding_words(&step.id);
        if !left.is_empty() {
            say(Role::Text, format!("Left: {}", left.join(", ")));
        }
        if self.looking.is_none() {
            lines.push(Line::default());
            lines.push(self.enter_line(look));
        }
        lines
    }

    /// Inputs with their limits, values with their verdicts; corrected ones struck through in words.
    fn entries(&self, step: &Step) -> Vec<(Role, String)> {
        let mut lines = Vec::new();
        let attempt = self.run.step(&step.id).and_then(|s| s.current());
        let hidden = self.hides(&step.id);
        for input in &step.inputs {
            let unit = input.unit.as_ref().map(|u| format!(" {}", self.run.plan().pack.symbol(u))).unwrap_or_default();
            let mine: Vec<_> = attempt.iter().flat_map(|a| &a.entries).filter(|e| e.input == input.id).collect();
            let range = limits(&self.run, input).join("; ");
            if step.kind == StepType::Decision {
                let chosen = attempt.and_then(|a| a.decision.clone()).map(|d| d.to_string()).unwrap_or_default();
                lines.push((Role::Text, format!("{}: {chosen}", input.label())));
                continue;
            }
            let cells = if input.kind == InputType::Table {
                format!(
                    "  {} of {} cells",
                    mine.iter().filter(|e| !e.superseded).count(),
                    input.rows.len() * input.columns.len()
                )
            } else {
                String::new()
            };
            lines.push((Role::Text, format!("{}{unit}{cells}   {range}", input.label())));
            for entry in mine {
                if hidden {
                    lines.push((Role::Text, "   (hidden: read it for yourself)".into()));
                    break;
                }
                let cell =
                    [entry.row.as_ref().map(ToString::to_string), entry.column.as_ref().map(ToString::to_string)];
                let cell = cell.into_iter().flatten().collect::<Vec<_>>().join(" ");
                let old = if entry.superseded { " (replaced)" } else { "" };
                let by = entry.instrument.as_ref().map(|i| format!("  with {i}")).unwrap_or_default();
                let role = if entry.verdict.passes() || entry.superseded { Role::Ok } else { Role::Fail };
                lines.push((
                    role,
                    format!(
                        "   {cell} {}{unit}  {}{old}{by}  {}",
                        entry.value,
                        entry.verdict.word(),
                        entry.time.clock()
                    ),
                ));
            }
        }
        if let Some(check) = attempt.and_then(|a| a.check).filter(|_| !hidden) {
            let fine = check == crate::kernel::model::event::CheckResult::Pass;
            lines.push((
                if fine { Role::Ok } else { Role::Fail },
                format!("Result: {}", if fine { "pass" } else { "FAIL" }),
            ));
        }
        lines
    }

    fn attached(&self, step: &Step) -> Vec<(Role, String)> {
        let mut lines = Vec::new();
        for requirement in &step.evidence {
            let files = self
                .run
                .evidence()
                .iter()
                .filter(|e| e.step == step.id && e.requirement.as_ref() == Some(&requirement.id));
            let count = files.clone().count();
            let role = if count >= requirement.min as usize || !requirement.required { Role::Ok } else { Role::Alert };
            lines.push((
                role,
                format!(
                    "Evidence {}: {count} of {}  {}",
                    requirement.id,
                    requirement.min,
                    self.run.plan().text(&requirement.prompt)
                ),
            ));
            for file in files {
                lines.push((
                    Role::Text,
                    format!("   {}  {} bytes  {}", file.file.name, file.file.size, &file.file.blake3.hex()[..16]),
                ));
            }
        }
        lines
    }
}
