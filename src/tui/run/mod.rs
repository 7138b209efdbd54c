//! The run screen: one active step, everything else to look at.
//!
//! `press` is pure: a key in, effects out. The run it draws is always a durable one.

mod acts;
pub mod deviation;
pub mod dialog;
pub mod drafts;
mod draw;
pub mod forms;
mod handed_in;
mod next;
pub mod people;
pub mod picker;
mod stack;
mod stop_forms;
mod work;

pub use acts::Act;
pub use draw::{header, step_list, step_mark};
pub use next::{Asked, Next, next};

use crate::kernel::model::input::InstrumentUse;
use crate::kernel::model::name::{PersonId, StepId};
use crate::kernel::model::outcome::StepOutcome;
use crate::kernel::model::time::{Moment, Now, Timestamp};
use crate::kernel::records::intent::Intent;
use crate::kernel::run::{Phase, Run};
use crate::kernel::text::counted;
use crate::session::Checked;
use crate::tui::ground::effect::{Effect, KeyTrouble};
use crate::tui::ground::keymap::{Action, Place, action};
use crate::tui::ground::theme::{Look, Role};
use crate::tui::widgets::form::Field;
use crossterm::event::KeyEvent;
use dialog::{Dialog, Purpose};
use drafts::Drafts;
use picker::Picker;
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
    /// Keys of the home that sign nothing, or not for long.
    pub keys: Vec<KeyTrouble>,
    /// How far the journal was read again beside the work.
    pub checked: Checked,
    /// Whether this program holds an open session; a run that was taken up again begins without one.
    pub unlocked: bool,
    /// Whose act is on its way to the disk.
    pub saving: Option<PersonId>,
    /// Where the picker starts.
    pub folder: PathBuf,
    /// Where request files are written unless another place is named.
    pub beside: PathBuf,
    /// What was typed and is not recorded.
    pub drafts: Drafts,
    /// What of it lies on the disk.
    written: Drafts,
    /// What time it is, as far as the screen was told.
    pub now: Option<Timestamp>,
    /// How many lines of the step are scrolled away.
    pub scroll: usize,
    /// The forms that led to the one on top, or whose act is on its way.
    behind: Vec<Dialog>,
    /// What stop work covers.
    aside: Vec<Dialog>,
}

impl RunScreen {
    /// The screen of a run that a person works on.
    #[must_use]
    pub fn new(run: Arc<Run>, person: PersonId, folder: PathBuf) -> Self {
        let notice = match run.seq() {
            0 => (Role::Text, String::new()),
            seq => (Role::Ok, format!("journal verified through record {seq}")),
        };
        Self {
            run,
            person,
            looking: None,
            dialog: None,
            picker: None,
            acts: None,
            notice,
            keys: Vec::new(),
            checked: Checked::default(),
            unlocked: false,
            saving: None,
            beside: folder.clone(),
            folder,
            drafts: Drafts::default(),
            written: Drafts::default(),
            now: None,
            scroll: 0,
            behind: Vec::new(),
            aside: Vec::new(),
        }
    }

    /// Returns the step that is shown.
    #[must_use]
    pub fn shown(&self) -> Option<StepId> {
        self.looking.clone().or_else(|| self.run.active().map(|s| s.id.clone()))
    }

    /// Returns since when the active step is worked on.
    #[must_use]
    pub fn begun(&self) -> Option<Timestamp> {
        let step = self.run.active().filter(|_| self.run.phase() == Phase::Running)?;
        self.run.step(&step.id)?.current()?.started.as_ref().map(Moment::time)
    }

    /// Returns the next thing to do here.
    #[must_use]
    pub fn next(&self) -> Next {
        if self.unlocked || self.run.closed().is_some() {
            next(&self.run, &self.person, &self.clocks())
        } else {
            Next::Unlock
        }
    }

    /// The clocks of the last tick; of the last record, before the first tick.
    pub(in crate::tui::run) fn clocks(&self) -> Now {
        let recorded = self.run.last().cloned().unwrap_or_else(Now::unknown);
        recorded.at(self.now.map_or(recorded.time, |now| now.max(recorded.time)))
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
            dialog.refold(&self.run);
        }
    }

    /// Takes a key.
    pub fn press(&mut self, key: &KeyEvent) -> Vec<Effect> {
        if action(Place::Run, key) == Some(Action::StopWork) {
            self.call_stop();
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
            return self.press_acts(key);
        }
        self.act(action(Place::Run, key))
    }

    pub(super) fn act(&mut self, action: Option<Action>) -> Vec<Effect> {
        match action {
            Some(Action::Confirm) => return self.confirm(),
            Some(Action::Next) => self.look(1),
            Some(Action::Previous) => self.look(-1),
            Some(Action::Later) => self.scroll_by(SCROLL),
            Some(Action::Earlier) => self.scroll = self.scroll.saturating_sub(SCROLL),
            Some(Action::BackToActive | Action::Back) => self.looking = None,
            Some(Action::Deviation) => self.open(self.deviation()),
            Some(Action::Evidence) => return self.open_picker(None),
            Some(Action::Note) => self.open(self.note()),
            Some(Action::Correct) => match self.shown().and_then(|id| forms::correction(&self.run, &id)) {
                Some(dialog) => self.open(dialog),
                None => self.notice = (Role::Alert, "there is no value to correct at this step".into()),
            },
            Some(Action::SecondPerson) => self.hand_over(),
            Some(Action::Acts) => self.acts = Some(0),
            Some(Action::Seal) => self.open(self.seal_summary()),
            _ => {}
        }
        Vec::new()
    }

    /// Scrolls the step down, no further than it has lines.
    pub(super) fn scroll_by(&mut self, lines: usize) {
        let shown =
            self.shown().and_then(|id| self.run.authored(&id).map(|s| self.step_lines(s, Look::plain(), 60).len()));
        self.scroll = (self.scroll + lines).min(shown.unwrap_or(0).saturating_sub(1));
    }

    fn look(&mut self, by: isize) {
        let steps: Vec<&StepId> = self.run.plan().procedure.steps().map(|s| &s.id).collect();
        let Some(at) = self.shown().and_then(|id| steps.iter().position(|s| **s == id)) else { return };
        let to = at.saturating_add_signed(by).min(steps.len().saturating_sub(1));
        let active = self.run.active().map(|s| s.id.clone());
        self.looking = Some(steps[to].clone()).filter(|id| Some(id) != active.as_ref());
        self.scroll = 0;
    }

    /// Does an act that needs no form.
    fn submit(&mut self, intent: Intent) -> Vec<Effect> {
        self.saving = Some(self.person.clone());
        self.notice = (Role::Alert, "saving…".into());
        vec![Effect::Submit(self.person.clone(), Box::new(intent), None)]
    }

    /// Does the next thing that the run asks for; looking elsewhere, it first comes back.
    fn confirm(&mut self) -> Vec<Effect> {
        if self.saving.is_some() {
            return Vec::new();
        }
        if self.looking.is_some() {
            self.looking = None;
            self.notice = (Role::Text, "back at the active step; Enter does what it asks for".into());
            return Vec::new();
        }
        let next = self.next();
        match self.form_of(&next) {
            Some(dialog) => self.open(dialog),
            None => return self.at_once(next),
        }
        Vec::new()
    }

    /// What is done without a form.
    fn at_once(&mut self, next: Next) -> Vec<Effect> {
        let intent = match next {
            Next::Begin(step) => Intent::Begin { step },
            Next::Advisory(step, index) => Intent::Acknowledge { advisory: Some(index), step },
            Next::Brief(step) => Intent::Acknowledge { advisory: None, step },
            Next::Work(step, waits) => match work::at_once(&step, &waits) {
                Some(intent) => intent,
                None => return Vec::new(),
            },
            Next::Perform(step) => Intent::Perform { late: None, outcome: StepOutcome::Done, step },
            Next::Take(step, "redo") => Intent::Redo { step },
            Next::Take(step, "skip") => Intent::Skip { step },
            Next::Take(step, "defer") => Intent::Defer { step },
            Next::Take(step, _) => Intent::NotApplicable { step },
            Next::Evidence(_, requirement) => return self.open_picker(Some(requirement)),
            Next::Wait(_, until) => {
                let left = self.now.map(|now| format!(", in {}", elapsed(until.since(now)))).unwrap_or_default();
                self.notice = (Role::Alert, format!("too early: the step may go on at {}{left}", until.clock()));
                return Vec::new();
            }
            _ => {
                self.notice = (Role::Text, "nothing is left to do here".into());
                return Vec::new();
            }
        };
        self.submit(intent)
    }

    /// The form that the next thing to do opens; none where it needs none.
    fn form_of(&self, next: &Next) -> Option<Dialog> {
        let run = &self.run;
        match next {
            Next::Unlock => Some(people::unlock(run, &self.person, None, self.now)),
            Next::AcknowledgeChange => forms::acknowledge_change(run),
            Next::Resume => Some(self.resume()),
            Next::TakeOver(_) => people::accept_turnover(run),
            Next::Component(step, tag) => Some(forms::component(run, step, tag)),
            Next::Input(step, input, row, column) => {
                let authored = run.authored(step)?;
                let outer = authored.input(input);
                let cell = column.as_ref().and_then(|column| outer?.column(column));
                let needs = cell.or(outer).is_some_and(|i| i.instrument == InstrumentUse::Required);
                match needs && run.instruments().is_empty() {
                    true => Some(self.instrument()),
                    false => forms::value(run, authored, (input, row.as_ref(), column.as_ref())),
                }
            }
            Next::BriefOf(step, person) => run.authored(step).map(|s| forms::brief(run, s, person)),
            Next::Work(step, _) if work::lacks_instrument(run, step) => Some(self.instrument()),
            Next::Work(step, waits) => work::form(run, step, waits, &self.person),
            Next::Reconfirm(step) => Some(forms::reconfirm(step)),
            Next::Result(step) => run.authored(step).map(forms::check),
            Next::Decision(step) => run.authored(step).map(|s| forms::decision(run, s)),
            Next::Another(step, role, asked) => Some(people::person(run, step, role, *asked)),
            Next::Deviation(step, _) => Some(deviation::deviation(run, step.as_ref(), None)),
            Next::WaitAgain(step, _) => Some(deviation::deviation(run, Some(step), None)),
            Next::Abort => Some(self.abort()),
            Next::SafeState => Some(self.safe_state()),
            Next::Seal => Some(self.seal_summary()),
            _ => None,
        }
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
        deviation::deviation(&self.run, step.as_ref(), None)
    }

    pub(super) fn note(&self) -> Dialog {
        let kinds = [("observation", "seen: an observation"), ("interpretation", "concluded: an interpretation")];
        let kinds = kinds.map(|(id, label)| (id.to_owned(), label.to_owned())).to_vec();
        // The remark comes last: it has the focus, and Enter behind it hands the form in.
        let fields = vec![
            Field::choice("kind", "What it is", kinds, true).with("observation"),
            Field::text("text", "Remark", true),
        ];
        Dialog::new("Note", Vec::new(), fields, Purpose::Note(self.shown()))
    }

    fn hand_over(&mut self) {
        let dialog = match self.next() {
            Next::Another(step, role, asked) => people::person(&self.run, &step, &role, asked),
            _ => people::anybody_else(&self.run, &self.person),
        };
        self.open(dialog);
    }
}

/// How many lines a key scrolls.
const SCROLL: usize = 5;

/// A length of time in words.
#[must_use]
pub fn elapsed(millis: i64) -> String {
    let seconds = millis.max(0) / 1000;
    match seconds {
        0..=59 => format!("{seconds} s"),
        60..=3599 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        3600..=172_799 => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
        _ => counted(seconds / 86_400, "day", "days"),
    }
}
