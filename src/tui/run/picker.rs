//! The evidence picker: a folder, newest first, with facts before anything is attached.

use crate::kernel::model::evidence::Sensitivity;
use crate::kernel::model::name::{PersonId, RequirementId, StepId};
use crate::kernel::text::escape;
use crate::session::Attachment;
use crate::tui::effect::{Effect, FolderLine};
use crate::tui::keymap::{Action, Place, action};
use ratatui::crossterm::event::{KeyCode, KeyEvent};
use std::path::PathBuf;

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
    /// Whether keys go to the filter.
    pub filtering: bool,
    /// For which step.
    pub step: StepId,
    /// For which requirement.
    pub requirement: Option<RequirementId>,
    /// What the file should show.
    pub prompt: String,
    /// Bytes taken in so far, of how many.
    pub progress: Option<(u64, u64)>,
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
            filtering: false,
            step,
            requirement,
            prompt,
            progress: None,
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

    /// Takes a key; tells whether the picker is left.
    pub fn press(&mut self, key: &KeyEvent, person: &PersonId) -> (Vec<Effect>, bool) {
        if self.progress.is_some() {
            let cancel = action(Place::Evidence, key) == Some(Action::Back);
            return (if cancel { vec![Effect::CancelCapture] } else { Vec::new() }, false);
        }
        if self.filtering {
            self.press_filter(key);
            return (Vec::new(), false);
        }
        match action(Place::Evidence, key) {
            Some(Action::Back) => return (Vec::new(), true),
            Some(Action::Next) => self.at = (self.at + 1).min(self.shown().len().saturating_sub(1)),
            Some(Action::Previous) => self.at = self.at.saturating_sub(1),
            Some(Action::Parent) => return (self.go(self.folder.parent().map(PathBuf::from)), false),
            Some(Action::Hidden) => {
                self.hidden = !self.hidden;
                return (vec![self.list()], false);
            }
            Some(Action::Confirm) => return (self.confirm(person), false),
            _ if key.code == KeyCode::Char('/') => self.filtering = true,
            _ => {}
        }
        (Vec::new(), false)
    }

    fn press_filter(&mut self, key: &KeyEvent) {
        match key.code {
            KeyCode::Esc | KeyCode::Enter => self.filtering = false,
            KeyCode::Backspace => {
                self.filter.pop();
            }
            KeyCode::Char(c) => self.filter.push(c),
            _ => {}
        }
        self.at = 0;
    }

    fn go(&mut self, to: Option<PathBuf>) -> Vec<Effect> {
        let Some(to) = to else { return Vec::new() };
        self.folder = to;
        self.at = 0;
        self.filter.clear();
        vec![self.list()]
    }

    fn confirm(&mut self, person: &PersonId) -> Vec<Effect> {
        let Some(line) = self.shown().get(self.at).map(|l| (*l).clone()) else { return Vec::new() };
        if line.is_folder {
            return self.go(Some(line.path));
        }
        self.progress = Some((0, line.size));
        let caption = Some(escape(&self.prompt).into_owned());
        let to = Attachment {
            step: self.step.clone(),
            requirement: self.requirement.clone(),
            caption: None,
            sensitivity: Sensitivity::Normal,
        };
        vec![Effect::Capture(person.clone(), to, vec![(line.path, caption)])]
    }
}
