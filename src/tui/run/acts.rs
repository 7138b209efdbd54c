//! The menu of acts; what cannot be done now stays in it, with the reason.

use super::dialog::{Dialog, Purpose};
use super::{Next, RunScreen, forms, work};
use crate::kernel::documents::term::Noun;
use crate::kernel::model::deviation::ProcessDisposition as Way;
use crate::kernel::run::Phase;
use crate::telling::terms::{self, localized};
use crate::tui::ground::effect::Effect;
use crate::tui::ground::keymap::{Action, Place, action};
use crate::tui::ground::theme::Role;
use crate::tui::run::{deviation, people};
use crate::tui::widgets::form::{Edge, Field};
use crossterm::event::KeyEvent;
use std::collections::BTreeSet;

/// A line of the menu of acts: what it says, and why it is off.
pub struct Act {
    /// What it does.
    pub title: String,
    /// Why it cannot be done now.
    pub off: Option<String>,
    run: fn(&mut RunScreen) -> Vec<Effect>,
}

impl RunScreen {
    /// Returns the acts of the menu.
    #[must_use]
    pub fn act_list(&self) -> Vec<Act> {
        let phase = self.run.phase();
        let stands = (phase != Phase::Running).then_some("the run is not running");
        let begun = self.run.active().is_some_and(|s| self.run.step(&s.id).is_some_and(|k| !k.attempts.is_empty()));
        let active = stands.or((!begun).then_some("no step is begun"));
        let ended = matches!(phase, Phase::Aborting | Phase::Aborted | Phase::Closed);
        let over = ended.then_some("the run is aborted or closed");
        let goes_on = (!phase.is_standing()).then_some("the run is not paused");
        let locked = (!self.unlocked).then_some("your session is locked already");
        let given = self.run.turnover().map(|_| "the turnover waits to be accepted");
        let not_given = self.run.turnover().is_none().then_some("nobody hands a role over");
        let unwatched = self.run.running_watches().next().is_none().then_some("nothing is watched now");
        let undeviating = self.run.deviations().is_empty().then_some("there is no deviation yet");
        let fileless = self.files().is_empty().then_some("there is no file");
        let is_due = matches!(self.next(), Next::Input(..) | Next::Result(_) | Next::Perform(_));
        let rowless = self.one_more().is_none().then_some("the step takes no rows");
        let nothing_due = (!is_due).then_some("nothing is due now");
        let localized = |text: &str| localized(&self.run.plan().pack, text);
        let watch = self.run.plan().pack.noun(Noun::Watch);
        let act = |title: &str, off: Option<&str>, run| Act { title: localized(title), off: off.map(localized), run };
        let rows = self.run.plan().procedure.steps().any(|step| step.sample.is_some());
        let row = act("take one more row of the sample", active.or(rowless), |s| s.opens(Self::one_more));
        let every = vec![
            act("the step cannot be done, or failed", active, |s| {
                s.opens(|s| s.shown().map(|id| forms::outcome(&id, false)))
            }),
            act("redo this step (deviation first)", stands, |s| s.leave_step(Way::Redo)),
            act("mark this step not applicable (deviation first)", stands, |s| s.leave_step(Way::NotApplicable)),
            act("skip this step (deviation first)", stands, |s| s.leave_step(Way::Skip)),
            act("leave a remark", None, |s| s.opens(|s| Some(s.note()))),
            act("late entry: it happened earlier", stands.or(nothing_due), RunScreen::late_entry),
            act("change the deviation form", over.or(undeviating), |s| s.opens(RunScreen::amend)),
            act("redact a file (its digests stay)", over.or(fileless), |s| s.opens(|s| Some(forms::redact(s.files())))),
            act("put a captured file back, byte for byte", fileless, |s| s.opens(|s| Some(s.reattach_form()))),
            act("ask another machine, by a file", over.or_else(|| self.nobody_to_ask()), |s| {
                s.opens(|s| Some(s.ask_form()))
            }),
            act("take in another machine's answer", over.or_else(|| self.no_answer_due()), |s| {
                s.opens(|s| Some(s.take_in_form()))
            }),
            act(&format!("{watch}: look and say what you see"), unwatched, |s| s.opens(RunScreen::watch)),
            act("register: instrument", stands, |s| s.opens(|s| Some(s.instrument()))),
            act("register: material or part", stands, |s| {
                s.opens(|s| Some(forms::material(&s.run.plan().pack, forms::day(&s.run, Edge::Last))))
            }),
            act("register: permit", stands, |s| s.opens(|s| Some(forms::permit(&s.run)))),
            act("bind a person to a role", over, |s| s.opens(|s| Some(s.bind_crew()))),
            act("pause", stands, |s| s.opens(|_| Some(pause()))),
            act("go on after a pause or a stop", goes_on, |s| s.opens(|s| Some(s.resume()))),
            act("turnover: hand a role over", over.or(given), |s| {
                s.opens(|s| Some(people::turnover(&s.run, &s.person)))
            }),
            act("turnover: accept role", not_given, |s| s.opens(|s| people::accept_turnover(&s.run))),
            act("lock your session: the passphrase is asked again", locked, RunScreen::lock),
            act("abort: back out to the safe state", over, |s| s.opens(|s| Some(s.abort()))),
        ];
        Some(row).filter(|_| rows).into_iter().chain(every).collect()
    }

    /// One more row than the active step waits for.
    fn one_more(&self) -> Option<Dialog> {
        let step = &self.run.active()?.id;
        match work::lacks_instrument(&self.run, step) {
            true => Some(self.instrument()),
            false => work::more(&self.run, step),
        }
    }

    fn opens(&mut self, form: fn(&Self) -> Option<Dialog>) -> Vec<Effect> {
        if let Some(dialog) = form(self) {
            self.open(dialog);
        }
        Vec::new()
    }

    /// Opens the deviation that leaves the step in this way, whatever way a draft of it says.
    fn leave_step(&mut self, way: Way) -> Vec<Effect> {
        self.open(deviation::deviation(&self.run, self.shown().as_ref(), Some(way)));
        if let Some(dialog) = &mut self.dialog {
            if let Some(field) = dialog.form.field("process") {
                field.set(way.word());
            }
            dialog.refold(&self.run);
            dialog.form.rest();
        }
        Vec::new()
    }

    /// The form of the only watch, or the choice among those that run.
    fn watch(&self) -> Option<Dialog> {
        let mut running: Vec<_> = self.run.running_watches().collect();
        running.sort_by_key(|(_, due)| *due);
        match &running[..] {
            [(watch, _)] => Some(forms::observe(&self.run, watch)),
            _ => Some(forms::which_watch(&self.run, &running)),
        }
    }

    fn amend(&self) -> Option<Dialog> {
        match self.run.deviations() {
            [only] => deviation::amend(&self.run, &only.id),
            all => Some(forms::which_deviation(&self.run, all)),
        }
    }

    /// The files that may be looked at here and whose bytes are still there, the latest first.
    fn files(&self) -> Vec<(String, String)> {
        let open = self.run.evidence().iter().rev().filter(|e| e.redacted.is_none() && !self.hides(&e.step));
        open.map(|e| (e.file.blake3.to_string(), format!("{} {}", e.step, e.file.name))).take(40).collect()
    }

    /// Opens the form of what is due, with the fields that say when it happened and why it is late.
    fn late_entry(&mut self) -> Vec<Effect> {
        let next = self.next();
        let form = match &next {
            Next::Perform(step) => Some(forms::outcome(step, true)),
            _ => self.form_of(&next),
        };
        let Some(form) = form else { return Vec::new() };
        self.open(form);
        if let Some(dialog) = &mut self.dialog
            && forms::unfold_late(&mut dialog.form)
        {
            dialog.form.rest();
        }
        Vec::new()
    }

    fn lock(&mut self) -> Vec<Effect> {
        self.saving = Some(self.person.clone());
        self.notice = (Role::Alert, "locking…".into());
        vec![Effect::Lock(self.person.clone())]
    }

    fn bind_crew(&self) -> Dialog {
        let people = self.run.roster().persons.iter();
        let list = people.flat_map(|p| {
            p.roles.iter().map(move |r| {
                (format!("{}|{}", p.id, r.role), format!("{} as {}", p.id, terms::role(&self.run, &r.role)))
            })
        });
        let fields = vec![Field::choice("binding", "Who, as what", list.collect(), true)];
        Dialog::new("Crew", Vec::new(), fields, Purpose::BindCrew)
    }

    pub(super) fn instrument(&self) -> Dialog {
        let localized = |text: &str| localized(&self.run.plan().pack, text);
        let fields = vec![
            Field::text("instrument", localized("Tag on the instrument"), true),
            Field::text("name", "What it is", true),
            Field::day("cal_due", "Calibration due, such as 2027-01-31", forms::day(&self.run, Edge::Last), true),
            Field::several("quantities", "What it measures", self.quantities()),
        ];
        let intro = vec![localized("A reading here names its instrument.")];
        Dialog::new(localized("Register: instrument"), intro, fields, Purpose::Instrument)
    }

    /// The quantities of the pack, each once.
    fn quantities(&self) -> Vec<(String, String)> {
        let all: BTreeSet<_> = self.run.plan().pack.units.iter().map(|u| &u.quantity).collect();
        all.into_iter().map(|q| (q.to_string(), q.as_str().replace('_', " "))).collect()
    }

    pub(super) fn press_acts(&mut self, key: &KeyEvent) -> Vec<Effect> {
        let acts = self.act_list();
        let Some(at) = self.acts else { return Vec::new() };
        match action(Place::Run, key) {
            Some(Action::Next) => self.acts = Some((at + 1).min(acts.len() - 1)),
            Some(Action::Previous) => self.acts = Some(at.saturating_sub(1)),
            Some(Action::Later) => self.acts = Some((at + PAGE).min(acts.len() - 1)),
            Some(Action::Earlier) => self.acts = Some(at.saturating_sub(PAGE)),
            Some(Action::Confirm) => return self.choose_act(at),
            Some(Action::Back | Action::BackToActive | Action::Acts) => self.acts = None,
            _ => {}
        }
        Vec::new()
    }

    /// Does an act of the menu, or says why it is off.
    pub(super) fn choose_act(&mut self, at: usize) -> Vec<Effect> {
        let acts = self.act_list();
        let Some(act) = acts.into_iter().nth(at) else { return Vec::new() };
        if let Some(reason) = act.off {
            self.notice = (Role::Alert, format!("off: {reason}"));
            return Vec::new();
        }
        self.acts = None;
        (act.run)(self)
    }
}

/// How many acts a page key goes on.
const PAGE: usize = 10;

fn pause() -> Dialog {
    Dialog::new("Pause", Vec::new(), vec![Field::text("reason", "Why", true)], Purpose::Pause)
}
