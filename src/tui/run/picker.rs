//! The evidence picker: a folder, newest first, with facts before anything is attached.

use crate::kernel::model::evidence::Sensitivity;
use crate::kernel::model::name::{PersonId, RequirementId, StepId};
use crate::session::Attachment;
use crate::tui::ground::effect::{Effect, FolderLine};
use crate::tui::ground::keymap::{Action, Place, action};
use crate::tui::widgets::form::Field;
use crossterm::event::{KeyCode, KeyEvent};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Where keys of the picker go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    /// To the list.
    #[default]
    List,
    /// To what narrows it.
    Filter,
    /// To the caption of what is attached.
    Caption,
}

/// The state of the picker.
#[derive(Clone, Debug)]
pub struct Picker {
    /// The folder that is shown.
    pub folder: PathBuf,
    /// Its lines.
    pub lines: Vec<FolderLine>,
    /// The chosen line.
    pub at: usize,
    /// Whether hidden files are shown.
    pub hidden: bool,
    /// What is typed to narrow the list.
    pub filter: String,
    /// Where keys go.
    pub focus: Focus,
    /// For which step.
    pub step: StepId,
    /// For which requirement.
    pub requirement: Option<RequirementId>,
    /// What the requirement asks for.
    pub prompt: String,
    /// What a person writes about the files; nothing until somebody does.
    pub caption: Field,
    /// The files that are marked, with their sizes; they may lie in several folders.
    pub marked: BTreeMap<PathBuf, u64>,
    /// Bytes taken in so far, of how many.
    pub progress: Option<(u64, u64)>,
    /// How many files are still to be recorded.
    pub left: usize,
}

impl Picker {
    /// A picker that starts in a folder.
    #[must_use]
    pub fn new(folder: PathBuf, step: StepId, requirement: Option<RequirementId>, prompt: String) -> Self {
        Self {
            folder,
            lines: Vec::new(),
            at: 0,
            hidden: false,
            filter: String::new(),
            focus: Focus::List,
            step,
            requirement,
            caption: Field::text("caption", "Caption", false),
            prompt,
            marked: BTreeMap::new(),
            progress: None,
            left: 0,
        }
    }

    /// Asks for the lines of the folder.
    #[must_use]
    pub fn list(&self) -> Effect {
        Effect::ListFolder(self.folder.clone(), self.hidden)
    }

    /// Returns the lines that the filter lets through.
    #[must_use]
    pub fn shown(&self) -> Vec<&FolderLine> {
        let filter = self.filter.to_lowercase();
        self.lines.iter().filter(|l| l.name.to_lowercase().contains(&filter)).collect()
    }

    /// Counts a file that is recorded; tells whether it was the last one.
    pub fn taken_in(&mut self) -> bool {
        let waiting = self.left > 0;
        self.left = self.left.saturating_sub(1);
        waiting && self.left == 0
    }

    /// Takes a key; tells whether the picker is left.
    pub fn press(&mut self, key: &KeyEvent, person: &PersonId) -> (Vec<Effect>, bool) {
        if self.progress.is_some() {
            let cancel = action(Place::Evidence, key) == Some(Action::Back);
            return (if cancel { vec![Effect::CancelCapture] } else { Vec::new() }, false);
        }
        match self.focus {
            Focus::List => return self.press_list(key, person),
            Focus::Filter => self.press_filter(key),
            Focus::Caption => match key.code {
                KeyCode::Esc | KeyCode::Enter | KeyCode::Tab => self.focus = Focus::List,
                _ => drop(self.caption.press(key)),
            },
        }
        (Vec::new(), false)
    }

    fn press_list(&mut self, key: &KeyEvent, person: &PersonId) -> (Vec<Effect>, bool) {
        match action(Place::Evidence, key) {
            Some(Action::Back) => return (Vec::new(), true),
            Some(Action::Next) => self.at = (self.at + 1).min(self.shown().len().saturating_sub(1)),
            Some(Action::Previous) => self.at = self.at.saturating_sub(1),
            Some(Action::Parent) => return (self.go(self.folder.parent().map(PathBuf::from)), false),
            Some(Action::Mark) => self.mark(),
            Some(Action::Caption) => self.focus = Focus::Caption,
            Some(Action::Filter) => self.focus = Focus::Filter,
            Some(Action::Hidden) => {
                self.hidden = !self.hidden;
                return (vec![self.list()], false);
            }
            Some(Action::Confirm) => return (self.confirm(person), false),
            _ => {}
        }
        (Vec::new(), false)
    }

    fn press_filter(&mut self, key: &KeyEvent) {
        match key.code {
            KeyCode::Esc | KeyCode::Enter => self.focus = Focus::List,
            KeyCode::Backspace => drop(self.filter.pop()),
            KeyCode::Char(c) => self.filter.push(c),
            _ => {}
        }
        self.at = 0;
    }

    fn mark(&mut self) {
        let Some(line) = self.shown().get(self.at).filter(|l| !l.is_folder).map(|l| (*l).clone()) else { return };
        if self.marked.remove(&line.path).is_none() {
            self.marked.insert(line.path, line.size);
        }
        self.at = (self.at + 1).min(self.shown().len().saturating_sub(1));
    }

    fn go(&mut self, to: Option<PathBuf>) -> Vec<Effect> {
        let Some(to) = to else { return Vec::new() };
        self.folder = to;
        self.at = 0;
        self.filter.clear();
        vec![self.list()]
    }

    /// Opens the folder, or attaches what is marked, or the file of the line where nothing is.
    fn confirm(&mut self, person: &PersonId) -> Vec<Effect> {
        let line = self.shown().get(self.at).map(|l| (*l).clone());
        if let Some(line) = line.filter(|l| l.is_folder || self.marked.is_empty()) {
            if line.is_folder {
                return self.go(Some(line.path));
            }
            self.marked.insert(line.path, line.size);
        }
        let files = std::mem::take(&mut self.marked);
        if files.is_empty() {
            return Vec::new();
        }
        self.left = files.len();
        self.progress = Some((0, files.values().sum()));
        let caption = Some(self.caption.value.trim().to_owned()).filter(|c| !c.is_empty());
        let (step, requirement) = (self.step.clone(), self.requirement.clone());
        let to = Attachment { step, requirement, caption: None, sensitivity: Sensitivity::Normal };
        vec![Effect::Capture(person.clone(), to, files.into_keys().map(|path| (path, caption.clone())).collect())]
    }
}
