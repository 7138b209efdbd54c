//! Drawing the run screen. Nothing here can change anything.

use super::RunScreen;
use super::dialogs::{Dialog, Purpose, distance, limits, ruling_words};
use crate::kernel::model::input::InputType;
use crate::kernel::model::name::StepId;
use crate::kernel::model::step::{AdvisoryLevel, Step, StepType};
use crate::kernel::run::{Phase, Run, StepState};
use crate::kernel::text::escape;
use crate::tui::form::{cut, wrap};
use crate::tui::paint::{Pane, centred, footer, pane};
use crate::tui::theme::{Look, Role};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

impl RunScreen {
    /// Draws the screen.
    pub fn draw(&self, frame: &mut Frame, look: Look) {
        let area = frame.area();
        let rows = [Constraint::Length(2), Constraint::Min(1), Constraint::Length(1), Constraint::Length(1)];
        let [top, body, told, keys] = Layout::vertical(rows).areas(area);
        frame.render_widget(Paragraph::new(header(&self.run, look, area.width)), top);
        self.draw_body(frame, body, look);
        let (role, text) = &self.notice;
        frame.render_widget(
            Paragraph::new(Span::styled(cut(&format!(" {}", escape(text)), area.width as usize), look.style(*role))),
            told,
        );
        frame.render_widget(Paragraph::new(footer(self.place(), look, area.width)), keys);
        self.draw_on_top(frame, body, look);
    }

    fn draw_body(&self, frame: &mut Frame, body: Rect, look: Look) {
        let shown = self.shown();
        let left = match body.width {
            0..=59 => 0,
            60..=99 => 28,
            _ => 36,
        };
        let right = if body.width >= 116 { 32 } else { 0 };
        let [list, step, context] =
            Layout::horizontal([Constraint::Length(left), Constraint::Min(1), Constraint::Length(right)]).areas(body);
        if left > 0 {
            let (lines, at) = step_list(&self.run, shown.as_ref(), look, left as usize - 2);
            pane(frame, list, look, Pane { title: "Steps", focused: false, lines, follow: at });
        }
        if right > 0 {
            pane(
                frame,
                context,
                look,
                Pane { title: "Context", focused: false, lines: self.context(look), follow: None },
            );
        }
        let (title, lines) = match shown.as_ref().and_then(|id| self.run.authored(id)) {
            Some(authored) => {
                let viewing = if self.looking.is_some() { "  (looking; . goes back)" } else { "" };
                (
                    format!("{}  {}{viewing}", authored.id, authored.title),
                    self.step_lines(authored, look, step.width as usize),
                )
            }
            None => (self.run.plan().procedure.title.clone(), self.end_lines(look)),
        };
        pane(frame, step, look, Pane { title: &title, focused: true, lines, follow: None });
    }

    fn draw_on_top(&self, frame: &mut Frame, body: Rect, look: Look) {
        if let Some(picker) = &self.picker {
            picker.draw(frame, body, look);
        }
        if let Some(at) = self.acts {
            let acts = self.act_list();
            let line = |(index, act): (usize, &super::Act)| {
                let role = if index == at { Role::Selected } else { Role::Text };
                let off = act.off.map(|o| format!("  (off: {o})")).unwrap_or_default();
                Line::from(Span::styled(format!(" {}{off}", act.title), look.style(role)))
            };
            let lines = acts.iter().enumerate().map(line).collect();
            let place = centred(body, 72, acts.len() as u16 + 2);
            frame.render_widget(Clear, place);
            pane(frame, place, look, Pane { title: "Acts", focused: true, lines, follow: Some(at) });
        }
        if let Some(dialog) = &self.dialog {
            self.draw_dialog(frame, body, look, dialog);
        }
    }

    fn draw_dialog(&self, frame: &mut Frame, body: Rect, look: Look, dialog: &Dialog) {
        let width = body.width.min(90);
        let inner = usize::from(width.saturating_sub(4));
        let mut lines: Vec<Line> = Vec::new();
        for text in &dialog.intro {
            let role = if text.starts_with("[!]") { Role::Fail } else { Role::Text };
            lines.extend(
                wrap(&escape(text), inner)
                    .into_iter()
                    .map(|l| Line::from(Span::styled(format!(" {l}"), look.style(role)))),
            );
        }
        // What the policy and the limits say stands above the fields, where it is seen before signing.
        for (role, text) in self.afterthoughts(dialog) {
            let styled = |l: String| Line::from(Span::styled(format!(" {l}"), look.style(role)));
            lines.extend(wrap(&text, inner).into_iter().map(styled));
        }
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        let before = lines.len();
        let (fields, at) = dialog.form.lines(look, inner);
        lines.extend(fields);
        let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(body.height);
        let place = centred(body, width, height);
        frame.render_widget(Clear, place);
        pane(frame, place, look, Pane { title: &dialog.title, focused: true, lines, follow: Some(before + at + 2) });
    }

    /// What the program can say while a form is filled in.
    fn afterthoughts(&self, dialog: &Dialog) -> Vec<(Role, String)> {
        match &dialog.purpose {
            Purpose::Deviation(step) => {
                ruling_words(&self.run, step.as_ref(), &dialog.form).into_iter().map(|w| (Role::Deviation, w)).collect()
            }
            Purpose::Enter(step, input, _, column) => {
                let outer = self.run.authored(step).and_then(|s| s.input(input));
                let input = outer.and_then(|o| column.as_ref().and_then(|c| o.column(c)).or(Some(o)));
                let said = input.and_then(|i| distance(&self.run, i, dialog.form.value("value")?));
                said.map(|w| (if w.contains("inside") { Role::Ok } else { Role::Fail }, w)).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    fn end_lines(&self, look: Look) -> Vec<Line<'static>> {
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

    fn enter_line(&self, look: Look) -> Line<'static> {
        let words = self.next().words();
        Line::from(vec![
            Span::styled(format!("{} Enter  ", look.glyphs.current), look.style(Role::Key)),
            Span::styled(words, look.style(Role::Accent)),
        ])
    }

    fn step_lines(&self, step: &Step, look: Look, width: usize) -> Vec<Line<'static>> {
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
        let hidden = self.run.hides_from(&self.person, &step.id);
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

    fn context(&self, look: Look) -> Vec<Line<'static>> {
        let run = &self.run;
        let mut lines: Vec<(Role, String)> = vec![(Role::Accent, "CREW".into())];
        for binding in run.crew() {
            let open = if run.sessions().contains(&binding.person) { " unlocked" } else { "" };
            lines.push((Role::Text, format!("{} {}{open}", binding.person, binding.role)));
        }
        lines.push((Role::Accent, "INSTRUMENTS".into()));
        lines.extend(
            run.instruments()
                .iter()
                .map(|(tag, i)| (Role::Text, format!("{tag} due {}", &i.cal_due.to_string()[..10]))),
        );
        lines.push((Role::Accent, "DEVIATIONS".into()));
        lines.extend(run.deviations().iter().map(|d| {
            let step = d.facts.step.as_ref().map(ToString::to_string).unwrap_or_default();
            (Role::Deviation, format!("{} {step} {} {}", d.id, d.class().word(), d.ruling.outcome.word()))
        }));
        lines.push((Role::Accent, "EVIDENCE".into()));
        lines.extend(run.evidence().iter().rev().take(8).map(|e| (Role::Text, format!("{} {}", e.step, e.file.name))));
        lines.push((Role::Accent, "NOTES".into()));
        lines.extend(run.notes().iter().rev().take(4).map(|n| (Role::Text, n.text.clone())));
        lines
            .into_iter()
            .map(|(role, text)| Line::from(Span::styled(escape(&text).into_owned(), look.style(role))))
            .collect()
    }
}

/// Two lines: what is run, how far it is, what stands in the way.
#[must_use]
pub fn header(run: &Run, look: Look, width: u16) -> Vec<Line<'static>> {
    let plan = run.plan();
    let id = run.id().as_str();
    let needed: Vec<bool> = run.needed_steps().map(|s| run.is_closed(&s.id)).collect();
    let (done, all) = (needed.iter().filter(|d| **d).count(), needed.len().max(1));
    let mode = if run.mode() == Some(crate::kernel::model::event::Mode::Training) { "  TRAINING" } else { "" };
    let first = format!(
        " {} {}  run …{}  {}{mode}   {done}/{all}  {} dev  {} files",
        plan.manifest.id,
        plan.manifest.revision,
        &id[id.len().saturating_sub(6)..],
        run.phase().word(),
        run.deviations().len(),
        run.evidence().len()
    );
    let bar = 24.min(usize::from(width) / 4);
    let filled = bar * done / all;
    let progress = format!(" {}{} ", look.glyphs.full.repeat(filled), look.glyphs.empty.repeat(bar - filled));
    let recorded = run.last().map(|n| format!("recorded {} at {}", run.seq(), n.time.clock())).unwrap_or_default();
    let banner = plan.banner().map(|b| format!("   {b}")).unwrap_or_default();
    let stands = !matches!(run.phase(), Phase::Running | Phase::Draft | Phase::Closed);
    vec![
        Line::from(Span::styled(
            cut(&first, width as usize),
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
        lines.push(Line::from(Span::styled(cut(&format!("{}{note}", section.title), width), look.style(Role::Accent))));
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

impl super::picker::Picker {
    /// Draws the picker over the body.
    pub fn draw(&self, frame: &mut Frame, body: Rect, look: Look) {
        frame.render_widget(Clear, body);
        let [top, rest] = Layout::vertical([Constraint::Length(2), Constraint::Min(1)]).areas(body);
        let what =
            format!(" step {}  {}", self.step, self.requirement.as_ref().map(ToString::to_string).unwrap_or_default());
        let filter = if self.filtering || !self.filter.is_empty() {
            format!("   filter: {}", escape(&self.filter))
        } else {
            "   / filters".into()
        };
        let lines = vec![
            Line::from(Span::styled(format!("{what}: {}", escape(&self.prompt)), look.style(Role::Accent))),
            Line::from(format!(" {}{filter}", escape(&self.folder.display().to_string()))),
        ];
        frame.render_widget(Paragraph::new(lines), top);
        let [list, preview] = Layout::horizontal([Constraint::Percentage(55), Constraint::Percentage(45)]).areas(rest);
        let shown = self.shown();
        let line = |(index, l): (usize, &&crate::tui::effect::FolderLine)| {
            let size = if l.is_folder { "folder".into() } else { bytes(l.size) };
            let text = format!("{:<28} {size:>9}", cut(&escape(&l.name), 28));
            let role = if index == self.at { Role::Selected } else { Role::Text };
            Line::from(Span::styled(text, look.style(role)))
        };
        let lines = shown.iter().enumerate().map(line).collect();
        pane(frame, list, look, Pane { title: "Files, newest first", focused: true, lines, follow: Some(self.at) });
        let mut facts: Vec<Line> =
            shown.get(self.at).iter().flat_map(|l| &l.facts).map(|f| Line::from(escape(f).into_owned())).collect();
        if let Some((done, total)) = self.progress {
            let share = if total == 0 { 100 } else { done * 100 / total };
            facts.push(Line::default());
            facts.push(Line::from(Span::styled(
                format!("taking in, hashing: {share} % of {} (Esc cancels)", bytes(total)),
                look.style(Role::Alert),
            )));
        }
        pane(frame, preview, look, Pane { title: "Facts", focused: false, lines: facts, follow: None });
    }
}

/// A size in words.
#[must_use]
pub fn bytes(size: u64) -> String {
    match size {
        0..=9_999 => format!("{size} B"),
        10_000..=9_999_999 => format!("{} kB", size / 1000),
        _ => format!("{} MB", size / 1_000_000),
    }
}
