//! The forms over the run: which one is on top, which led to it, whose eyes they are for. Nothing typed is lost.

use crate::kernel::model::name::{PersonId, StepId};
use crate::kernel::run::Run;
use crate::telling::told::{Told, Tone};
use crate::tui::ground::effect::Effect;
use crate::tui::ground::theme::Role;
use crate::tui::run::dialog::{Dialog, Purpose};
use crate::tui::run::drafts::Drafts;
use crate::tui::run::{Next, RunScreen};
use crate::tui::widgets::form::Pressed;
use crossterm::event::KeyEvent;
use std::sync::Arc;

/// Whose eyes are on the screen.
enum Viewer<'a> {
    Known(&'a PersonId),
    /// Somebody comes to the screen, and it is not said yet who.
    Coming,
}

impl Purpose {
    /// Returns the person whom a form brings to the screen; none for forms of whoever works there.
    fn guest(&self) -> Option<Viewer<'_>> {
        match self {
            Self::Person(..) | Self::AnyPerson => Some(Viewer::Coming),
            Self::Unlock(person, _)
            | Self::Sign(person, _)
            | Self::Seal(person)
            | Self::Verify(_, person)
            | Self::Release(_, person)
            | Self::Review(person) => Some(Viewer::Known(person)),
            _ => None,
        }
    }
}

impl RunScreen {
    /// Puts a form on top, with what was typed into it before.
    pub fn open(&mut self, mut dialog: Dialog) {
        if self.drafts.fill(&mut dialog) {
            self.notice = (Role::Text, "Draft restored (not recorded)".into());
        }
        dialog.refold(&self.run);
        dialog.form.rest();
        if let Some(under) = self.dialog.replace(dialog) {
            self.drafts.keep(&under);
        }
    }

    /// Puts a form on top that follows from another one; going back leads there.
    pub(super) fn lead(&mut self, mut from: Dialog, to: Dialog) {
        from.form.wipe();
        self.behind.push(from);
        self.open(to);
    }

    /// The act of a form is on its way; the form waits for the answer.
    pub(super) fn send(&mut self, mut dialog: Dialog, person: PersonId, word: &str) {
        dialog.form.wipe();
        self.drafts.keep(&dialog);
        self.behind.push(dialog);
        self.saving = Some(person);
        self.notice = (Role::Alert, word.to_owned());
    }

    /// Calls stop work over whatever is open; that stays as it is underneath.
    pub(super) fn call_stop(&mut self) {
        if self.dialog.as_ref().is_some_and(|d| d.purpose == Purpose::StopWork) {
            return;
        }
        self.acts = None;
        self.aside.append(&mut self.behind);
        self.aside.extend(self.dialog.take());
        let stop = self.stop_work();
        self.open(stop);
    }

    pub(super) fn press_dialog(&mut self, key: &KeyEvent) -> Vec<Effect> {
        let Some(mut dialog) = self.dialog.take() else { return Vec::new() };
        match dialog.form.press(key) {
            Pressed::Going => {
                dialog.refold(&self.run);
                self.dialog = Some(dialog);
                Vec::new()
            }
            Pressed::Left => {
                self.leave_form(&dialog);
                Vec::new()
            }
            Pressed::Done => self.handed_in(dialog),
        }
    }

    /// Leaves a form: back to the one that led to it, or to what stop work covered.
    fn leave_form(&mut self, dialog: &Dialog) {
        let before = self.drafts.len();
        self.drafts.keep(dialog);
        if self.drafts.len() > before {
            self.notice = (Role::Text, "what was typed is kept; it is there when the form opens again".into());
        }
        if self.behind.is_empty() && dialog.purpose == Purpose::StopWork {
            self.behind.append(&mut self.aside);
        }
        self.dialog = self.behind.pop();
    }

    /// The act that was on its way is recorded: its forms are done.
    pub fn recorded(&mut self, run: Arc<Run>, what: &Told) {
        let role = if what.tone == Tone::Plain { Role::Ok } else { Role::of(what.tone) };
        let stood =
            self.run.standing_since().zip(run.last().map(|n| n.time)).filter(|_| run.standing_since().is_none());
        self.notice = match stood {
            Some((since, now)) => {
                (Role::Ok, format!("Record {}: {what} after {}", run.seq(), crate::tui::run::elapsed(now.since(since))))
            }
            None => (role, format!("Record {}: {what}", run.seq())),
        };
        if let Some(given) = self.run.turnover()
            && given.from == self.person
            && run.turnover().is_none()
            && run.roles_of(&given.to).any(|role| *role == given.role)
        {
            self.person = given.to.clone();
        }
        self.unlocked = run.sessions().contains(&self.person);
        self.run = run;
        self.looking = None;
        self.scroll = 0;
        if self.saving.take().is_some() {
            let done = std::mem::take(&mut self.behind);
            for dialog in &done {
                self.drafts.forget(&dialog.purpose);
            }
            self.next_cell(&done);
            for dialog in std::mem::take(&mut self.aside) {
                self.drafts.keep(&dialog);
            }
        }
    }

    /// After a cell of a table its next one opens by itself.
    fn next_cell(&mut self, done: &[Dialog]) {
        let Some(Purpose::Enter(step, input, Some(_), _)) = done.first().map(|d| &d.purpose) else { return };
        let next = self.next();
        if let Next::Input(at, of, Some(_), _) = &next
            && (at, of) == (step, input)
            && self.dialog.is_none()
            && let Some(dialog) = self.form_of(&next)
        {
            self.open(dialog);
        }
    }

    /// Something was recorded that no form asked for; what is open stays open.
    pub fn moved(&mut self, run: Arc<Run>, what: &str) {
        self.notice = (Role::Alert, format!("Record {}: {what}", run.seq()));
        self.unlocked = run.sessions().contains(&self.person);
        self.run = run;
        if let Some(mut dialog) = self.dialog.take() {
            dialog.refold(&self.run);
            self.dialog = Some(dialog);
        }
    }

    /// The act was refused: the form comes back as it was, the signing one only after a wrong passphrase.
    pub fn refused(&mut self, run: Option<Arc<Run>>, again: bool) {
        self.run = run.unwrap_or_else(|| self.run.clone());
        if self.saving.take().is_none() {
            return;
        }
        let signing = |d: &Dialog| matches!(d.purpose, Purpose::Sign(..) | Purpose::Unlock(_, Some(_)));
        while !again && self.behind.last().is_some_and(signing) {
            self.behind.pop();
        }
        if let Some(mut dialog) = self.behind.pop()
            && self.dialog.is_none()
        {
            dialog.refold(&self.run);
            self.dialog = Some(dialog);
        }
    }

    /// Returns everything that was typed and is not recorded, as it may lie on the disk.
    #[must_use]
    pub fn unrecorded(&self) -> Drafts {
        let mut all = self.drafts.clone();
        self.behind.iter().chain(&self.aside).chain(&self.dialog).for_each(|dialog| all.keep(dialog));
        all.durable()
    }

    /// Takes what was typed in an earlier program.
    pub fn restore(&mut self, drafts: Drafts) {
        self.written.clone_from(&drafts);
        self.drafts = drafts;
    }

    /// Tells whether something was typed since it was last written down.
    #[must_use]
    pub fn is_unwritten(&self) -> bool {
        self.unrecorded() != self.written
    }

    /// Returns what is to be written down, when it has changed.
    pub fn to_write(&mut self) -> Option<Drafts> {
        let now = self.unrecorded();
        (now != self.written).then(|| {
            self.written.clone_from(&now);
            now
        })
    }

    /// Tells whether what was observed at a step must not be on the screen, for whoever is before it now.
    pub(super) fn hides(&self, id: &StepId) -> bool {
        let forms = self.dialog.iter().chain(self.behind.iter().rev()).chain(self.aside.iter().rev());
        let waiting = self.saving.as_ref().map(Viewer::Known);
        match forms.filter_map(|d| d.purpose.guest()).next().or(waiting).unwrap_or(Viewer::Known(&self.person)) {
            Viewer::Known(person) => self.run.hides_from(person, id),
            Viewer::Coming => self.run.crew().iter().any(|b| self.run.hides_from(&b.person, id)),
        }
    }
}
