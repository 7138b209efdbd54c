//! The menu of acts; what cannot be done now stays in it, with the reason.

use super::RunScreen;
use super::dialog::{Dialog, Purpose};
use super::forms;
use crate::kernel::model::name::StepId;
use crate::kernel::run::Phase;
use crate::tui::form::Field;
use crate::tui::keymap::{Action, Place, action};
use crate::tui::theme::Role;
use ratatui::crossterm::event::KeyEvent;

/// A line of the menu of acts: what it says, and why it is off.
pub struct Act {
    /// What it does.
    pub title: &'static str,
    /// Why it cannot be done now.
    pub off: Option<&'static str>,
    pub(super) open: fn(&RunScreen) -> Option<Dialog>,
}

impl RunScreen {
    /// The menu of acts; what cannot be done now stays in it, with the reason.
    #[must_use]
    pub fn act_list(&self) -> Vec<Act> {
        let running = self.run.phase() == Phase::Running;
        let stands = (!running).then_some("the run is not running");
        let begun = self.run.active().is_some_and(|s| self.run.step(&s.id).is_some_and(|k| !k.attempts.is_empty()));
        let active = stands.or((!begun).then_some("no step is begun"));
        let over = matches!(self.run.phase(), Phase::Aborting | Phase::Aborted | Phase::Closed)
            .then_some("the run is aborted or closed");
        use crate::kernel::model::deviation::ProcessDisposition as Way;
        vec![
            Act {
                title: "the step cannot be done, or failed",
                off: active,
                open: |s| s.shown().map(|id| s.outcome(&id)),
            },
            Act { title: "redo this step (deviation first)", off: stands, open: |s| Some(s.leave(Way::Redo)) },
            Act {
                title: "mark this step not applicable (deviation first)",
                off: stands,
                open: |s| Some(s.leave(Way::NotApplicable)),
            },
            Act { title: "skip this step (deviation first)", off: stands, open: |s| Some(s.leave(Way::Skip)) },
            Act { title: "register an instrument", off: stands, open: |s| Some(s.instrument()) },
            Act { title: "bind a person to a role", off: over, open: |s| Some(s.bind_crew()) },
            Act {
                title: "pause",
                off: stands,
                open: |_| {
                    Some(Dialog::new("Pause", Vec::new(), vec![Field::text("reason", "Why", true)], Purpose::Pause))
                },
            },
            Act { title: "abort: back out to the safe state", off: over, open: |s| Some(s.abort()) },
        ]
    }

    fn leave(&self, way: crate::kernel::model::deviation::ProcessDisposition) -> Dialog {
        forms::deviation(&self.run, self.shown().as_ref(), Some(way))
    }

    fn outcome(&self, step: &StepId) -> Dialog {
        let ways = vec![
            ("cannot".to_owned(), "it cannot be done".to_owned()),
            ("failed".to_owned(), "it was done and failed".to_owned()),
        ];
        Dialog::new(
            format!("Step {step}"),
            Vec::new(),
            vec![Field::choice("outcome", "Outcome", ways, true)],
            Purpose::Perform(step.clone()),
        )
    }

    fn bind_crew(&self) -> Dialog {
        let people = self.run.roster().persons.iter();
        let list = people.flat_map(|p| {
            p.roles.iter().map(move |r| (format!("{}|{}", p.id, r.role), format!("{} as {}", p.id, r.role)))
        });
        Dialog::new(
            "Crew",
            Vec::new(),
            vec![Field::choice("binding", "Who, as what", list.collect(), true)],
            Purpose::BindCrew,
        )
    }

    pub(super) fn press_acts(&mut self, key: &KeyEvent) {
        let acts = self.act_list();
        let Some(at) = self.acts else { return };
        match action(Place::Run, key) {
            Some(Action::Next) => self.acts = Some((at + 1).min(acts.len() - 1)),
            Some(Action::Previous) => self.acts = Some(at.saturating_sub(1)),
            Some(Action::Confirm) => match acts[at].off {
                Some(reason) => self.notice = (Role::Alert, format!("off: {reason}")),
                None => {
                    self.dialog = (acts[at].open)(self);
                    self.acts = None;
                }
            },
            _ => self.acts = None,
        }
    }

    pub(super) fn instrument(&self) -> Dialog {
        let fields = vec![
            Field::text("instrument", "Tag on the instrument", true),
            Field::text("name", "What it is", true),
            Field::text("cal_due", "Calibration due, such as 2027-01-31", true),
        ];
        Dialog::new(
            "Register an instrument",
            vec!["A reading here names its instrument.".into()],
            fields,
            Purpose::Instrument,
        )
    }
}
