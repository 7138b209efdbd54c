//! The run screen: one active step, everything else to look at.
//!
//! `press` is pure: a key in, effects out. The run it draws is always a durable one.

mod acts;
pub mod dialog;
mod draw;
pub mod forms;
mod handed_in;
mod next;
mod phases;
pub mod picker;

pub use acts::Act;
pub use draw::{header, step_list, step_mark};
pub use next::{Asked, Next, next};

use super::effect::Effect;
use super::form::{Field, Pressed};
use super::keymap::{Action, Place, action};
use super::theme::Role;
use crate::kernel::model::event::StepOutcome;
use crate::kernel::model::name::{PersonId, StepId};
use crate::kernel::run::{Intent, Run};
use dialog::{Dialog, Purpose};
use picker::Picker;
use ratatui::crossterm::event::KeyEvent;
use std::path::PathBuf;
use std::sync::Arc;

/// The state of the run screen.
#[derive(Clone, Debug)]
pub struct RunScreen {
    /// The run as far as it is durable.
    pub run: Arc<Run>,
    /// Who works at the screen.
    pub person: PersonId,
    /// The step that is looked at, when it is not the active one.
    pub looking: Option<StepId>,
    /// The form on top.
    pub dialog: Option<Dialog>,
    /// The evidence picker on top.
    pub picker: Option<Picker>,
    /// The menu of acts on top, with the chosen line.
    pub acts: Option<usize>,
    /// What happened last.
    pub notice: (Role, String),
    /// Whether this program holds an open session; a run that was taken up again begins without one.
    pub unlocked: bool,
    /// Whether an act is on its way to the disk.
    pub saving: bool,
    /// Where the picker starts.
    pub folder: PathBuf,
    /// A form that was left, kept until its act is recorded.
    pub kept: Option<Dialog>,
}

impl RunScreen {
    /// The screen of a run that a person works on.
    #[must_use]
    pub fn new(run: Arc<Run>, person: PersonId, folder: PathBuf) -> Self {
        let notice = match run.seq() {
            0 => (Role::Text, String::new()),
            seq => (Role::Ok, format!("the journal is whole up to record {seq}")),
        };
        Self {
            run,
            person,
            looking: None,
            dialog: None,
            picker: None,
            acts: None,
            notice,
            unlocked: false,
            saving: false,
            folder,
            kept: None,
        }
    }

    /// Returns the step that is shown.
    #[must_use]
    pub fn shown(&self) -> Option<StepId> {
        self.looking.clone().or_else(|| self.run.active().map(|s| s.id.clone()))
    }

    /// Returns the next thing to do here.
    #[must_use]
    pub fn next(&self) -> Next {
        if self.unlocked || self.run.closed().is_some() { next(&self.run, &self.person) } else { Next::Unlock }
    }

    /// Returns where keys go.
    #[must_use]
    pub fn place(&self) -> Place {
        match (&self.dialog, &self.picker) {
            (Some(_), _) => Place::Form,
            (None, Some(_)) => Place::Evidence,
            _ => Place::Run,
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        if let Some(dialog) = &mut self.dialog {
            dialog.form.paste(text);
        }
    }

    /// Takes a key.
    pub fn press(&mut self, key: &KeyEvent) -> Vec<Effect> {
        if action(Place::Run, key) == Some(Action::StopWork) {
            self.dialog = Some(self.stop_work());
            return Vec::new();
        }
        if self.dialog.is_some() {
            return self.press_dialog(key);
        }
        if let Some(picker) = &mut self.picker {
            let (effects, left) = picker.press(key, &self.person);
            if left {
                self.picker = None;
            }
            return effects;
        }
        if self.acts.is_some() {
            self.press_acts(key);
            return Vec::new();
        }
        self.act(action(Place::Run, key))
    }

    fn act(&mut self, action: Option<Action>) -> Vec<Effect> {
        match action {
            Some(Action::Confirm) => return self.confirm(),
            Some(Action::Next) => self.look(1),
            Some(Action::Previous) => self.look(-1),
            Some(Action::BackToActive | Action::Back) => self.looking = None,
            Some(Action::Deviation) => self.dialog = Some(self.deviation()),
            Some(Action::Evidence) => return self.open_picker(None),
            Some(Action::Note) => {
                let fields = vec![Field::text("text", "Remark", true)];
                self.dialog = Some(Dialog::new("Note", Vec::new(), fields, Purpose::Note(self.shown())));
            }
            Some(Action::Correct) => match self.shown().and_then(|id| forms::correction(&self.run, &id)) {
                Some(dialog) => self.dialog = Some(dialog),
                None => self.notice = (Role::Alert, "there is no value to correct at this step".into()),
            },
            Some(Action::SecondPerson) => self.hand_over(),
            Some(Action::Acts) => self.acts = Some(0),
            Some(Action::Seal) => self.dialog = Some(self.seal_summary()),
            _ => {}
        }
        Vec::new()
    }

    fn look(&mut self, by: isize) {
        let steps: Vec<&StepId> = self.run.plan().procedure.steps().map(|s| &s.id).collect();
        let Some(at) = self.shown().and_then(|id| steps.iter().position(|s| **s == id)) else { return };
        let to = at.saturating_add_signed(by).min(steps.len().saturating_sub(1));
        let active = self.run.active().map(|s| s.id.clone());
        self.looking = Some(steps[to].clone()).filter(|id| Some(id) != active.as_ref());
    }

    fn submit(&mut self, intent: Intent) -> Vec<Effect> {
        self.submit_as(self.person.clone(), intent)
    }

    fn submit_as(&mut self, person: PersonId, intent: Intent) -> Vec<Effect> {
        self.saving = true;
        self.notice = (Role::Alert, "saving…".into());
        vec![Effect::Submit(person, Box::new(intent), None)]
    }

    /// Does the next thing that the run asks for; looking elsewhere, it first comes back.
    fn confirm(&mut self) -> Vec<Effect> {
        if self.saving {
            return Vec::new();
        }
        if self.looking.is_some() {
            self.looking = None;
            self.notice = (Role::Text, "back at the active step; Enter does what it asks for".into());
            return Vec::new();
        }
        let run = self.run.clone();
        let authored = |id: &StepId| run.authored(id);
        match self.next() {
            Next::Unlock => self.dialog = Some(self.unlock(self.person.clone(), None)),
            Next::Resume => self.dialog = Some(self.resume()),
            Next::Begin(step) => return self.submit(Intent::Begin { step }),
            Next::Advisory(step, index) => return self.submit(Intent::Acknowledge { advisory: Some(index), step }),
            Next::Brief(step) => return self.submit(Intent::Acknowledge { advisory: None, step }),
            Next::Component(step, tag) => {
                let name = run.plan().pack.component(&tag).unwrap_or_default().to_owned();
                let intro = vec![
                    format!("The package names {tag}  {name}"),
                    "Read the label on the thing itself, then type or scan it.".into(),
                ];
                self.dialog = Some(Dialog::new(
                    "Component",
                    intro,
                    vec![Field::text("tag", "Tag on the component", true)],
                    Purpose::Component(step),
                ));
            }
            Next::Input(step, input, row, column) => {
                let needs = authored(&step)
                    .and_then(|s| s.input(&input))
                    .is_some_and(|i| i.instrument == crate::kernel::model::input::InstrumentUse::Required);
                self.dialog = match needs && run.instruments().is_empty() {
                    true => Some(self.instrument()),
                    false => {
                        authored(&step).and_then(|s| forms::value(&run, s, (&input, row.as_ref(), column.as_ref())))
                    }
                };
            }
            Next::Result(step) => self.dialog = authored(&step).map(forms::check),
            Next::Decision(step) => self.dialog = authored(&step).map(|s| forms::decision(&run, s)),
            Next::Evidence(_, requirement) => return self.open_picker(Some(requirement)),
            Next::Perform(step) => return self.submit(Intent::Perform { outcome: StepOutcome::Done, step }),
            Next::Another(step, role, asked) => self.dialog = Some(forms::person(&run, &step, &role, asked)),
            Next::Deviation(step, _) => {
                let kept = self.kept.take().filter(|d| d.purpose == Purpose::Deviation(step.clone()));
                self.dialog = Some(kept.unwrap_or_else(|| forms::deviation(&run, step.as_ref(), None)));
            }
            Next::Take(step, "redo") => return self.submit(Intent::Redo { step }),
            Next::Take(step, "skip") => return self.submit(Intent::Skip { step }),
            Next::Take(step, _) => return self.submit(Intent::NotApplicable { step }),
            Next::Abort => self.dialog = Some(self.abort()),
            Next::SafeState => self.dialog = Some(self.safe_state()),
            Next::Seal => self.dialog = Some(self.seal_summary()),
            Next::Nothing => self.notice = (Role::Text, "nothing is left to do here".into()),
        }
        Vec::new()
    }

    fn open_picker(&mut self, requirement: Option<crate::kernel::model::name::RequirementId>) -> Vec<Effect> {
        let Some(step) = self.shown() else { return Vec::new() };
        let wanted = requirement.or_else(|| self.run.authored(&step)?.evidence.first().map(|e| e.id.clone()));
        let prompt = wanted
            .as_ref()
            .and_then(|w| self.run.authored(&step)?.evidence.iter().find(|e| e.id == *w).map(|e| e.prompt.clone()));
        let picker = Picker::new(self.folder.clone(), step, wanted, prompt.unwrap_or_else(|| "an extra file".into()));
        let effects = vec![picker.list()];
        self.picker = Some(picker);
        effects
    }

    fn deviation(&self) -> Dialog {
        let pending = self.run.pending().first().map(|p| p.step.clone());
        let step = pending.unwrap_or_else(|| self.shown());
        forms::deviation(&self.run, step.as_ref(), None)
    }

    fn hand_over(&mut self) {
        self.dialog = Some(match self.next() {
            Next::Another(step, role, asked) => forms::person(&self.run, &step, &role, asked),
            _ => {
                let others: std::collections::BTreeMap<String, String> = self
                    .run
                    .crew()
                    .iter()
                    .filter(|b| b.person != self.person)
                    .map(|b| (b.person.to_string(), format!("{} as {}", b.person, b.role)))
                    .collect();
                let fields = vec![Field::choice("person", "Who", others.into_iter().collect(), true)];
                Dialog::new(
                    "Second person",
                    vec!["To review deviations or to sign the run.".into()],
                    fields,
                    Purpose::AnyPerson,
                )
            }
        });
    }

    fn press_dialog(&mut self, key: &KeyEvent) -> Vec<Effect> {
        let Some(mut dialog) = self.dialog.take() else { return Vec::new() };
        match dialog.form.press(key) {
            Pressed::Going => {
                self.dialog = Some(dialog);
                Vec::new()
            }
            Pressed::Left => {
                // What was typed into a deviation is kept: leaving it never loses text.
                if matches!(dialog.purpose, Purpose::Deviation(_)) {
                    self.notice = (Role::Text, "the form is kept; Enter or F4 opens it again".into());
                    self.kept = Some(dialog);
                }
                Vec::new()
            }
            Pressed::Done => self.handed_in(dialog),
        }
    }
}
