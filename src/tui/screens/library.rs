//! The library: packages that may be run, runs that were begun, sealed or not.

use crate::kernel::documents::roster::Person;
use crate::kernel::text::{counted, escape};
use crate::session::archive::Archived;
use crate::session::runs::RunSummary;
use crate::tui::ground::effect::{Effect, KeyTrouble, PackageFacts, PackageLine, RequestFacts, UnwellFacts};
use crate::tui::ground::keymap::{Action, Place, action};
use crate::tui::ground::theme::{Look, Role};
use crate::tui::screens::answer::{AnswerDesk, written};
use crate::tui::screens::opening::{OpeningForm, open};
use crate::tui::screens::way_on::WayOnForm;
use crate::tui::widgets::form::{Field, Form, Pressed, cut, wrap};
use crate::tui::widgets::paint::{Pane, footer, pane};
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use std::path::{Path, PathBuf};

/// The state of the library.
#[derive(Default)]
pub struct LibraryScreen {
    packages: Vec<PackageLine>,
    runs: Vec<RunSummary>,
    at: usize,
    opening: Option<OpeningForm>,
    /// The form whose run is being opened; it comes back when that is refused.
    sent: Option<OpeningForm>,
    archived: Vec<Archived>,
    /// Whether a run is to be put aside.
    aside: Option<WayOnForm>,
    /// The request that is being answered.
    answer: Option<AnswerDesk>,
    /// Keys of the home that sign nothing, or not for long.
    pub keys: Vec<KeyTrouble>,
    /// What happened last.
    pub notice: (Role, String),
}

impl LibraryScreen {
    /// Tells whether keys go to a form.
    #[must_use]
    pub fn is_typing(&self) -> bool {
        self.place() == Place::Form
    }

    /// Returns where keys go.
    #[must_use]
    pub fn place(&self) -> Place {
        match &self.answer {
            _ if self.opening.is_some() || self.aside.is_some() => Place::Form,
            Some(desk) => desk.place(),
            None => Place::Library,
        }
    }

    /// A request was read.
    pub fn asked(&mut self, facts: RequestFacts) {
        self.notice = (Role::Text, String::new());
        self.answer.iter_mut().for_each(|desk| desk.read(facts.clone()));
    }

    /// An answer was written.
    pub fn answered(&mut self, path: &Path) {
        self.answer = None;
        self.notice = written(path);
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        self.opening.iter_mut().for_each(|opening| opening.form.paste(text));
        self.aside.iter_mut().for_each(|form| form.paste(text));
        self.answer.iter_mut().for_each(|desk| desk.paste(text));
    }

    /// No run was opened: the form comes back without its passphrase.
    pub fn refused(&mut self) {
        self.answer.iter_mut().for_each(AnswerDesk::refused);
        self.aside.iter_mut().for_each(WayOnForm::refused);
        self.opening = self.sent.take().or_else(|| self.opening.take());
        self.opening.iter_mut().for_each(|opening| opening.form.rest());
    }

    /// The run is open.
    pub fn opened(&mut self) {
        self.sent = None;
        self.notice = Default::default();
    }

    /// Takes new lists.
    pub fn listed(&mut self, packages: Vec<PackageLine>, runs: Vec<RunSummary>) {
        self.packages = packages;
        self.runs = runs;
        self.at = self.at.min(self.count().saturating_sub(1));
    }

    /// Takes the list of archived runs.
    pub fn archives(&mut self, archived: Vec<Archived>) {
        self.archived = archived;
        self.at = self.at.min(self.count().saturating_sub(1));
    }

    /// A run is not taken up as it is: asks what shall be done.
    pub fn unwell(&mut self, facts: UnwellFacts) {
        self.notice = (Role::Fail, facts.words.clone());
        self.aside = Some(WayOnForm::new(facts));
    }

    /// A run was put right or aside.
    pub fn went_on(&mut self, words: String) {
        self.aside = None;
        self.notice = (Role::Ok, words);
    }

    fn count(&self) -> usize {
        self.packages.len() + self.runs.len() + self.archived.len()
    }

    fn archive(&self) -> Option<&Archived> {
        self.archived.get(self.at.checked_sub(self.packages.len() + self.runs.len())?)
    }

    /// The folder of the run in focus, archived or not.
    fn folder(&self) -> Option<PathBuf> {
        self.run().map(|run| run.dir.clone()).or_else(|| self.archive().map(Archived::run))
    }

    fn run(&self) -> Option<&RunSummary> {
        self.runs.get(self.at.checked_sub(self.packages.len())?)
    }

    /// Opens the form for a package.
    pub fn opening(&mut self, facts: PackageFacts) {
        let procedure = &facts.plan.procedure;
        let mut fields: Vec<Field> = procedure
            .run_fields
            .iter()
            .map(|f| Field::text("field", f.text.clone().unwrap_or_else(|| f.id.to_string()), f.required))
            .collect();
        let names = procedure.run_fields.iter().map(|f| f.id.clone()).collect();
        let mode = vec![
            ("live".to_owned(), "live: real work".to_owned()),
            ("training".to_owned(), "training: never FINAL".to_owned()),
        ];
        fields.push(Field::choice("mode", "Mode", mode, true).with("live"));
        for role in procedure.roles.iter().filter(|r| r.as_str() != "performer") {
            let holders = able(&facts).filter(|p| p.roles.iter().any(|g| g.role == *role));
            let mut options = vec![(String::new(), "nobody yet".to_owned())];
            options.extend(holders.map(|p| (format!("{}|{role}", p.id), format!("{}  {}", p.id, p.name))));
            let first = options.get(1).map(|(id, _)| id.clone()).unwrap_or_default();
            fields.push(Field::choice("crew", facts.plan.pack.role(role).to_string(), options, false).with(first));
        }
        let performers = able(&facts).filter(|p| p.roles.iter().any(|g| g.role.as_str() == "performer"));
        let performers: Vec<_> = performers.map(|p| (p.id.to_string(), format!("{}  {}", p.id, p.name))).collect();
        let performer = procedure.roles.iter().find(|r| r.as_str() == "performer");
        let you = performer.map_or_else(|| "Performer".into(), |r| facts.plan.pack.role(r).to_string()) + ": you";
        let first = performers.first().map(|(id, _)| id.clone()).unwrap_or_default();
        fields.push(Field::choice("person", you, performers, true).with(first));
        fields.push(Field::secret("Your passphrase"));
        self.opening = Some(OpeningForm { facts, form: Form::new(fields), fields: names });
    }

    /// Takes a key.
    pub fn press(&mut self, key: &KeyEvent) -> Vec<Effect> {
        if let Some(mut opening) = self.opening.take() {
            return match opening.form.press(key) {
                Pressed::Left => Vec::new(),
                Pressed::Going => {
                    self.opening = Some(opening);
                    Vec::new()
                }
                Pressed::Done => {
                    self.notice = (Role::Text, "opening…".into());
                    let effect = open(&opening);
                    opening.form.wipe();
                    self.sent = Some(opening);
                    effect.into_iter().collect()
                }
            };
        }
        if let Some(form) = &mut self.aside {
            let (effect, left) = form.press(key);
            if left {
                self.aside = None;
            }
            return effect.into_iter().collect();
        }
        if self.answer.is_some() {
            return self.press_answer(key);
        }
        match action(Place::Library, key) {
            Some(Action::Answer) => self.answer = Some(AnswerDesk::new()),
            Some(Action::Next) => self.at = (self.at + 1).min(self.count().saturating_sub(1)),
            Some(Action::Previous) => self.at = self.at.saturating_sub(1),
            Some(Action::Confirm) => return self.confirm(),
            Some(Action::Back) => self.notice = (Role::Text, "Ctrl+Q leaves".into()),
            Some(Action::Replay) => return self.folder().map(Effect::Replay).into_iter().collect(),
            Some(Action::Verify) => return self.sealed().map(Effect::Verify).into_iter().collect(),
            Some(Action::Export) => return self.sealed().map(Effect::Export).into_iter().collect(),
            _ => {}
        }
        Vec::new()
    }

    fn press_answer(&mut self, key: &KeyEvent) -> Vec<Effect> {
        let Some(desk) = &mut self.answer else { return Vec::new() };
        let (effects, left) = desk.press(key);
        if left {
            self.answer = None;
        }
        match effects.first() {
            Some(Effect::ReadRequest(_)) => self.notice = (Role::Text, "reading the request…".into()),
            Some(_) => self.notice = (Role::Text, "signing…".into()),
            None => {}
        }
        effects
    }

    fn sealed(&mut self) -> Option<PathBuf> {
        match self.run().filter(|r| r.sealed).map(|r| r.dir.clone()) {
            Some(dir) => Some(dir),
            None => {
                self.notice = (Role::Alert, "only a sealed run can be verified or exported".into());
                None
            }
        }
    }

    fn confirm(&mut self) -> Vec<Effect> {
        if let Some(package) = self.packages.get(self.at) {
            return vec![Effect::ReadPackage(package.path.clone())];
        }
        if let Some(archived) = self.archive() {
            return vec![Effect::Replay(archived.run())];
        }
        let effect = self.run().map(|run| match run.sealed {
            true => Effect::Verify(run.dir.clone()),
            false => Effect::Resume(run.id.clone()),
        });
        effect.into_iter().collect()
    }

    /// Draws the library.
    pub fn draw(&self, frame: &mut Frame, look: Look) {
        let area = frame.area();
        // What was refused, and where an answer was written, is read whole, not cut at the edge.
        let told_lines = wrap(&escape(&self.notice.1), usize::from(area.width.saturating_sub(1)).max(8));
        let height = u16::try_from(told_lines.len()).unwrap_or(1).clamp(1, 3);
        let rows = [
            Constraint::Length(1),
            Constraint::Min(1),
            Constraint::Length(5),
            Constraint::Length(height),
            Constraint::Length(1),
        ];
        let [top, body, facts, told, keys] = Layout::vertical(rows).areas(area);
        let title = format!(
            " asrun   {}, {}",
            counted(self.packages.len(), "package", "packages"),
            counted(self.runs.len(), "run", "runs")
        );
        frame.render_widget(Paragraph::new(Span::styled(title, look.style(Role::Accent))), top);
        let (lines, follow) = self.lines(look, usize::from(body.width.saturating_sub(2)));
        pane(frame, body, look, Pane { title: "Packages and runs", focused: true, lines, follow: Some(follow) });
        // A form is about what it names, not about the line that is chosen under it.
        let asks = self.opening.is_some() || self.answer.is_some() || self.aside.is_some();
        let whole = body.union(facts);
        if !asks {
            let lines = self.facts(usize::from(facts.width.saturating_sub(2)));
            pane(frame, facts, look, Pane { title: "Facts", focused: false, lines, follow: None });
        }
        let style = look.style(self.notice.0);
        let told_lines = told_lines.into_iter().map(|l| Line::from(Span::styled(format!(" {l}"), style)));
        frame.render_widget(Paragraph::new(told_lines.collect::<Vec<_>>()), told);
        frame.render_widget(Paragraph::new(footer(self.place(), None, look, area.width)), keys);
        if let Some(opening) = &self.opening {
            opening.draw(frame, whole, look);
        }
        if let Some(form) = &self.aside {
            form.draw(frame, whole, look);
        }
        if let Some(desk) = &self.answer {
            desk.draw(frame, whole, look);
        }
    }

    fn lines(&self, look: Look, width: usize) -> (Vec<Line<'static>>, usize) {
        let mut lines = Vec::new();
        let mut follow = 0;
        let mut add = |index: Option<usize>, role: Role, text: String, at: usize| {
            let role = if index == Some(at) { Role::Selected } else { role };
            if index == Some(at) {
                follow = lines.len();
            }
            lines.push(Line::from(Span::styled(cut(&escape(&text), width), look.style(role))));
        };
        self.keys.iter().for_each(|trouble| add(None, Role::Alert, format!("! {}", trouble.text), self.at));
        add(None, Role::Accent, "Packages: Enter opens a new run".into(), self.at);
        for (index, package) in self.packages.iter().enumerate() {
            add(Some(index), Role::Text, format!("  {}", package.title), self.at);
        }
        add(None, Role::Accent, "Runs (times in UTC): Enter opens; ! deviations".into(), self.at);
        for (index, run) in self.runs.iter().enumerate() {
            let standing = standing(run);
            let opened = run.opened.map(crate::kernel::model::time::Timestamp::minute).unwrap_or_default();
            let by = run.opened_by.as_ref().map(ToString::to_string).unwrap_or_default();
            let id = run.id.as_str();
            let departed = if run.deviations > 0 { format!("  !{}", run.deviations) } else { String::new() };
            let text = format!(
                "  …{}  {:<18} {opened}  {:<8} {standing:<11} {}/{}{departed}",
                &id[id.len() - 6..],
                cut(&run.procedure, 18),
                cut(&by, 8),
                run.steps.0,
                run.steps.1,
            );
            let role = if !run.health.is_well() { Role::Fail } else { Role::Text };
            add(Some(self.packages.len() + index), role, text, self.at);
        }
        if !self.archived.is_empty() {
            add(None, Role::Accent, "Archived: Enter replays what holds".into(), self.at);
        }
        for (index, archived) in self.archived.iter().enumerate() {
            let id = archived.manifest.run.as_str();
            let text = format!("  …{}  {}", &id[id.len() - 6..], archived.words());
            let role = if archived.fault.is_some() { Role::Fail } else { Role::Text };
            add(Some(self.packages.len() + self.runs.len() + index), role, text, self.at);
        }
        (lines, follow)
    }

    fn facts(&self, width: usize) -> Vec<Line<'static>> {
        let lines = match (self.packages.get(self.at), self.run()) {
            (Some(package), _) => {
                let named = [package.title.clone(), package.path.display().to_string()];
                named.into_iter().chain(package.facts.clone()).collect()
            }
            (_, Some(run)) => vec![
                format!(
                    "{}  {}, {}",
                    run.title,
                    counted(run.records, "record", "records"),
                    counted(run.files, "file", "files")
                ),
                run.dir.display().to_string(),
                if run.health.is_well() { String::new() } else { run.health.words() },
            ],
            _ if self.archive().is_some() => {
                self.archive().iter().flat_map(|archived| archive_facts(archived)).collect()
            }
            _ => vec!["nothing here yet: `asrun demo` prepares a site, `asrun import` brings a package".into()],
        };
        lines
            .into_iter()
            .flat_map(|l| crate::tui::widgets::form::wrap(&escape(&l), width.max(8)))
            .map(Line::from)
            .collect()
    }
}

/// Where a run stands; what is not what was recorded says that first.
fn standing(run: &RunSummary) -> &'static str {
    match (run.health.is_well(), run.sealed) {
        (false, _) => run.health.state.words(),
        (true, true) => "sealed",
        (true, false) => run.phase.word(),
    }
}

/// Persons with a key that was not revoked: nobody else is offered.
fn able(facts: &PackageFacts) -> impl Iterator<Item = &Person> {
    facts.roster.persons.iter().filter(|p| p.keys.iter().any(|grant| grant.revoked_at.is_none()))
}

fn archive_facts(archived: &Archived) -> Vec<String> {
    vec![archived.manifest.run.to_string(), archived.words(), archived.dir.display().to_string()]
}

/// A digest's first half in groups of four, to be read aloud.
#[must_use]
pub fn grouped(hex: &str) -> String {
    hex.as_bytes().chunks(4).take(8).map(|c| String::from_utf8_lossy(c).into_owned()).collect::<Vec<_>>().join(" ")
}
