//! The application: which screen is on, what a message changes, which effects follow. Pure.

use crate::kernel::documents::package::Plan;
use crate::kernel::model::time::Timestamp;
use crate::kernel::text::counted;
use crate::tui::ground::effect::{Effect, Outcome};
use crate::tui::ground::keymap::{Action, Place, action};
use crate::tui::ground::theme::{Look, Role};
use crate::tui::run::drafts::Drafts;
use crate::tui::run::picker::{Focus, Picker};
use crate::tui::run::{RunScreen, people};
use crate::tui::screens::help::{Help, Helped};
use crate::tui::screens::library::LibraryScreen;
use crate::tui::screens::replay::ReplayScreen;
use crate::tui::screens::verdict::VerdictScreen;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::Frame;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What is on the screen.
pub enum Screen {
    /// Packages and runs.
    Library(Box<LibraryScreen>),
    /// A run at work.
    Run(Box<RunScreen>),
    /// A verdict.
    Verdict(Box<VerdictScreen>),
    /// A recording; it has nothing that could submit.
    Replay(Box<ReplayScreen>),
}

/// Everything that can happen to the application.
pub enum Message {
    /// From the terminal.
    Input(Event),
    /// From an effect.
    Outcome(Outcome),
    /// Nothing came in for a while; the time is this.
    Tick(Timestamp),
    /// A signal asks the program to end.
    End,
}

/// The application.
pub struct App {
    /// The screens; the last one is shown.
    pub screens: Vec<Screen>,
    /// How things look.
    pub look: Look,
    /// The help on top: what works here, narrowed by typing, done by Enter.
    pub help: Option<Help>,
    /// Where the evidence picker starts.
    pub folder: PathBuf,
    /// What the end page says after the program has left.
    pub farewell: Option<String>,
}

impl App {
    /// Starts with the library.
    #[must_use]
    pub fn new(look: Look, folder: PathBuf) -> Self {
        Self { screens: vec![Screen::Library(Box::default())], look, help: None, folder, farewell: None }
    }

    /// Takes a message, changes the state, and says what is to be done outside.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::End => self.leaving(Effect::Quit),
            Message::Tick(now) => {
                self.run().into_iter().for_each(|run| run.now = Some(now));
                self.drafts()
            }
            Message::Input(Event::Key(key)) if key.kind != KeyEventKind::Release => self.press(&key),
            Message::Input(Event::Paste(text)) => {
                match self.screens.last_mut() {
                    Some(Screen::Run(run)) => run.paste(&text),
                    Some(Screen::Library(library)) => library.paste(&text),
                    Some(Screen::Verdict(verdict)) => verdict.form.iter_mut().for_each(|form| form.paste(&text)),
                    Some(Screen::Replay(_)) | None => {}
                }
                Vec::new()
            }
            Message::Input(_) => Vec::new(),
            Message::Outcome(outcome) => self.came_back(outcome),
        }
    }

    fn press(&mut self, key: &KeyEvent) -> Vec<Effect> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if control && matches!(action(Place::Everywhere, key), Some(Action::Quit)) {
            return self.leaving(Effect::Quit);
        }
        if self.help.is_some() {
            return self.press_help(key);
        }
        let typing = self.is_typing();
        let asks_help = action(self.place(), key) == Some(Action::Help);
        let by_typing = matches!(key.code, KeyCode::Char(_)) && !control;
        if asks_help && !(typing && by_typing) {
            self.help = Some(Help::new(self.place(), self.plan()));
            return Vec::new();
        }
        self.press_screen(key)
    }

    /// Writes drafts down, locks the sessions, and then goes where it is told.
    fn leaving(&mut self, to: Effect) -> Vec<Effect> {
        let mut effects = self.drafts();
        effects.extend([Effect::LeaveRun, to]);
        effects
    }

    /// Writes down what was typed since it was last written.
    fn drafts(&mut self) -> Vec<Effect> {
        let drafts = self.run().and_then(RunScreen::to_write);
        drafts.map(Effect::KeepDrafts).into_iter().collect()
    }

    /// Returns how long nothing needs to happen: drafts are written half a second after the last key, and only a
    /// step that is being worked on has a clock that moves.
    #[must_use]
    pub fn patience(&self) -> Duration {
        match self.screens.last() {
            Some(Screen::Run(run)) if run.is_unwritten() => Duration::from_millis(500),
            Some(Screen::Run(run)) if run.begun().is_some() => Duration::from_secs(1),
            _ => Duration::from_secs(3600),
        }
    }

    fn is_typing(&self) -> bool {
        match self.screens.last() {
            Some(Screen::Run(run)) => {
                run.dialog.is_some() || run.picker.as_ref().is_some_and(|p| p.focus != Focus::List)
            }
            Some(Screen::Library(library)) => library.is_typing(),
            Some(Screen::Verdict(verdict)) => verdict.form.is_some(),
            Some(Screen::Replay(_)) | None => false,
        }
    }

    fn place(&self) -> Place {
        match self.screens.last() {
            Some(Screen::Run(run)) => run.place(),
            Some(Screen::Verdict(verdict)) if verdict.form.is_some() => Place::Form,
            Some(Screen::Verdict(verdict)) if verdict.review.is_some() => Place::Review,
            Some(Screen::Verdict(_)) => Place::Verdict,
            Some(Screen::Replay(_)) => Place::Replay,
            Some(Screen::Library(library)) => library.place(),
            None => Place::Library,
        }
    }

    /// What is worked on, looked at or judged on this screen.
    fn plan(&self) -> Option<Arc<Plan>> {
        match self.screens.last()? {
            Screen::Run(run) => Some(run.run.plan().clone()),
            Screen::Verdict(verdict) => verdict.plan.clone(),
            Screen::Replay(replay) => Some(replay.plan().clone()),
            Screen::Library(_) => None,
        }
    }

    fn press_help(&mut self, key: &KeyEvent) -> Vec<Effect> {
        let Some(help) = &mut self.help else { return Vec::new() };
        match help.press(key) {
            Helped::Going => Vec::new(),
            Helped::Left => {
                self.help = None;
                Vec::new()
            }
            Helped::Chosen(key) => {
                self.help = None;
                self.press(&key)
            }
        }
    }

    fn press_screen(&mut self, key: &KeyEvent) -> Vec<Effect> {
        match self.screens.last_mut() {
            Some(Screen::Library(library)) => library.press(key),
            Some(Screen::Run(run)) => {
                let busy = run.dialog.is_some() || run.picker.is_some() || run.acts.is_some() || run.looking.is_some();
                if !busy && action(Place::Run, key) == Some(Action::Back) {
                    let effects = self.leaving(Effect::ListHome);
                    self.screens.pop();
                    return effects;
                }
                run.press(key)
            }
            Some(Screen::Verdict(verdict)) => match verdict.press(key) {
                Some(effects) => effects,
                None => self.back(),
            },
            Some(Screen::Replay(replay)) => {
                if !replay.press(key) {
                    return self.back();
                }
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    fn back(&mut self) -> Vec<Effect> {
        self.screens.pop();
        vec![Effect::ListHome]
    }

    fn run(&mut self) -> Option<&mut RunScreen> {
        self.screens.iter_mut().rev().find_map(|s| match s {
            Screen::Run(run) => Some(run.as_mut()),
            _ => None,
        })
    }

    fn library(&mut self) -> Option<&mut LibraryScreen> {
        self.screens.iter_mut().find_map(|s| match s {
            Screen::Library(library) => Some(library.as_mut()),
            _ => None,
        })
    }

    fn came_back(&mut self, outcome: Outcome) -> Vec<Effect> {
        match outcome {
            Outcome::Home(packages, runs) => {
                if let Some(library) = self.library() {
                    library.listed(packages, runs);
                }
            }
            Outcome::Keys(troubles) => {
                self.library().into_iter().for_each(|library| library.keys.clone_from(&troubles));
                self.run().into_iter().for_each(|run| run.keys.clone_from(&troubles));
            }
            Outcome::Archives(archived) => {
                if let Some(library) = self.library() {
                    library.archives(archived);
                }
            }
            Outcome::Unwell(facts) => {
                if let Some(library) = self.library() {
                    library.unwell(*facts);
                }
            }
            Outcome::WentOn(words) => {
                if let Some(library) = self.library() {
                    library.went_on(words);
                }
                return vec![Effect::ListHome];
            }
            Outcome::Package(facts) => {
                if let Some(library) = self.library() {
                    library.opening(*facts);
                }
            }
            Outcome::RunOpen(run, person, folder, unlocked) => {
                let mut screen = RunScreen::new(run, person, folder);
                screen.unlocked = unlocked;
                self.screens.truncate(1);
                self.library().into_iter().for_each(LibraryScreen::opened);
                self.screens.push(Screen::Run(Box::new(screen)));
            }
            Outcome::Request(facts) => {
                if let Some(library) = self.library() {
                    library.asked(*facts);
                }
            }
            Outcome::Answered(path) => {
                if let Some(library) = self.library() {
                    library.answered(&path);
                }
            }
            Outcome::Beside(folder) => self.run().into_iter().for_each(|run| run.beside.clone_from(&folder)),
            Outcome::Judged(path, report, plan) => {
                self.screens.retain(|s| !matches!(s, Screen::Verdict(_)));
                self.screens.push(Screen::Verdict(Box::new(VerdictScreen::new(path, *report, plan))));
            }
            Outcome::Recording(recording) => self.screens.push(Screen::Replay(Box::new(ReplayScreen::new(*recording)))),
            Outcome::Review(recording) => {
                if let Some(Screen::Verdict(verdict)) = self.screens.last_mut() {
                    verdict.reviewing(&recording);
                }
            }
            Outcome::Told(text) => self.tell(Role::Text, text),
            other => return self.came_back_to_run(other),
        }
        Vec::new()
    }

    fn tell(&mut self, role: Role, text: String) {
        match self.screens.last_mut() {
            Some(Screen::Run(run)) => run.notice = (role, text),
            Some(Screen::Library(library)) => library.notice = (role, text),
            Some(Screen::Verdict(verdict)) => verdict.notice = (role, text),
            Some(Screen::Replay(replay)) => replay.notice = text,
            None => {}
        }
    }

    fn came_back_to_run(&mut self, outcome: Outcome) -> Vec<Effect> {
        if let Outcome::Refused(None, told) = &outcome
            && !matches!(self.screens.last(), Some(Screen::Run(_)))
        {
            self.tell(Role::Fail, told.line());
            match self.screens.last_mut() {
                Some(Screen::Verdict(verdict)) => verdict.refused(),
                Some(Screen::Library(library)) => library.refused(),
                _ => {}
            }
            return Vec::new();
        }
        let Some(screen) = self.run() else { return Vec::new() };
        match outcome {
            Outcome::Recorded(run, what) => {
                screen.recorded(run, &what);
            }
            Outcome::Moved(run, what) => {
                screen.moved(run, &what);
                screen.picker.take_if(Picker::taken_in);
            }
            Outcome::Checked(checked) => screen.checked = checked,
            Outcome::PassphraseNeeded(person, intent) => {
                screen.saving = None;
                screen.notice = (Role::Text, "this is a signature: read what is signed".into());
                screen.open(people::passphrase(&screen.run, &person, *intent));
            }
            Outcome::WrongPassphrase(what) => {
                screen.notice = (Role::Fail, format!("Type the passphrase again, Esc goes back: {what}"));
                screen.refused(None, true);
            }
            Outcome::Drafts(drafts) => {
                let count = counted(drafts.len(), "draft", "drafts");
                let text = format!("{count} restored (not recorded); open the form again to go on with it");
                screen.notice = (Role::Alert, text);
                screen.restore(drafts);
            }
            Outcome::Refused(run, told) => {
                screen.notice = (Role::Fail, format!("Refused: {}", told.line()));
                screen.refused(run, false);
                if let Some(picker) = &mut screen.picker {
                    picker.progress = None;
                }
            }
            Outcome::Sealed(run, bundle, seal) => {
                screen.saving = None;
                screen.run = run;
                let text = crate::tui::farewell(&bundle, &seal);
                self.farewell = Some(text);
                return vec![Effect::KeepDrafts(Drafts::default()), Effect::LeaveRun, Effect::Verify(bundle)];
            }
            Outcome::Folder(folder, lines) => {
                if let Some(picker) = &mut screen.picker {
                    picker.folder.clone_from(&folder);
                    picker.lines = lines;
                    picker.at = 0;
                }
                screen.folder = folder;
            }
            Outcome::Progress(done, total) => {
                if let Some(picker) = &mut screen.picker {
                    picker.progress = Some((done, total));
                }
            }
            _ => {}
        }
        Vec::new()
    }

    /// Draws what is on top.
    pub fn draw(&self, frame: &mut Frame) {
        match self.screens.last() {
            Some(Screen::Library(library)) => library.draw(frame, self.look),
            Some(Screen::Run(run)) => run.draw(frame, self.look),
            Some(Screen::Verdict(verdict)) => verdict.draw(frame, self.look),
            Some(Screen::Replay(replay)) => replay.draw(frame, self.look),
            None => {}
        }
        if let Some(help) = &self.help {
            help.draw(frame, self.look);
        }
    }
}
