//! What handing in a form does.

use super::dialog::{Dialog, Purpose, Which};
use super::{Asked, RunScreen, forms};
use crate::kernel::model::entry::{EntrySource, NoteKind};
use crate::kernel::model::name::{PersonId, StepId};
use crate::kernel::model::outcome::StepOutcome;
use crate::kernel::model::subject::{Subject, SubjectKind};
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::intent::Intent;
use crate::tui::ground::effect::Effect;
use crate::tui::ground::theme::Role;
use crate::tui::run::{deviation, people};
use crate::tui::widgets::form::Form;
use std::path::PathBuf;

impl RunScreen {
    pub(super) fn handed_in(&mut self, dialog: Dialog) -> Vec<Effect> {
        let passphrase = dialog.form.value("passphrase").map(str::to_owned);
        match dialog.purpose.clone() {
            Purpose::Unlock(person, then) => {
                self.send(dialog, person.clone(), "unlocking…");
                vec![Effect::Unlock(person, passphrase.unwrap_or_default(), then)]
            }
            Purpose::Sign(person, intent) => {
                self.send(dialog, person.clone(), "signing…");
                vec![Effect::Submit(person, intent, passphrase)]
            }
            Purpose::Seal(person) => {
                let Some(passphrase) = passphrase else { return Vec::new() };
                self.send(dialog, person.clone(), "sealing…");
                vec![Effect::Seal(person, passphrase)]
            }
            Purpose::Person(..) | Purpose::AnyPerson => self.comes(dialog),
            Purpose::Verify(step, person) => match self.run.authored(&step) {
                Some(authored) => {
                    let intent = people::verify_intent(authored, &dialog.form);
                    self.by_another(dialog, person, intent)
                }
                None => Vec::new(),
            },
            Purpose::Release(step, person) => {
                let comment = dialog.form.value("comment").map(str::to_owned);
                self.by_another(dialog, person, Intent::ReleaseHold { comment, step })
            }
            Purpose::Review(person) => match people::review_intent(&self.run, &dialog.form) {
                Some(intent) => self.by_another(dialog, person, intent),
                None => self.again(dialog, "choose what is reviewed and how it is decided"),
            },
            Purpose::Ask => self.asks(dialog),
            Purpose::TakeIn => self.takes_in(dialog),
            Purpose::Reattach => self.reattaches(dialog),
            Purpose::Which(which) => self.chosen(which, dialog),
            Purpose::Plain(plain) => match plain.act(&dialog.form) {
                Ok((Some(person), intent)) if person != self.person => self.by_another(dialog, person, intent),
                Ok((_, intent)) => self.by_performer(dialog, intent),
                Err(why) => self.again(dialog, why),
            },
            Purpose::Call(step) => {
                let Some(path) = dialog.form.value("bundle").map(PathBuf::from) else { return Vec::new() };
                self.send(dialog, self.person.clone(), "reading the bundle…");
                vec![Effect::Call(self.person.clone(), step, path)]
            }
            _ => match performers_act(&dialog, self.now.or(self.run.last().map(|n| n.time))) {
                Ok(intent) => self.by_performer(dialog, intent),
                Err(why) => self.again(dialog, why),
            },
        }
    }

    fn by_performer(&mut self, dialog: Dialog, intent: Intent) -> Vec<Effect> {
        self.send(dialog, self.person.clone(), "saving…");
        vec![Effect::Submit(self.person.clone(), Box::new(intent), None)]
    }

    pub(super) fn again(&mut self, dialog: Dialog, why: &str) -> Vec<Effect> {
        self.dialog = Some(dialog);
        self.notice = (Role::Alert, why.to_owned());
        Vec::new()
    }

    /// Somebody was chosen: what he or she fills in, or signs at once.
    fn comes(&mut self, dialog: Dialog) -> Vec<Effect> {
        let Some(person) = dialog.form.value("person").and_then(|p| p.parse::<PersonId>().ok()) else {
            return self.again(dialog, "choose who acts");
        };
        let next = match &dialog.purpose {
            Purpose::Person(step, _, Asked::Sign(meaning)) => {
                let subject = Subject { id: step.to_string(), kind: SubjectKind::Step };
                let intent = Intent::Sign { comment: None, meaning: meaning.meaning(), subject };
                return self.by_another(dialog, person, intent);
            }
            Purpose::Person(step, _, asked) => self.second(step, &person, *asked),
            _ => people::review(&self.run, &person),
        };
        self.lead(dialog, next);
        Vec::new()
    }

    /// One of several was chosen: its form.
    fn chosen(&mut self, which: Which, dialog: Dialog) -> Vec<Effect> {
        let chosen = dialog.form.value("which").map(str::to_owned).unwrap_or_default();
        let form = match which {
            Which::Watch => {
                let watch = self.run.running_watches().find(|(w, _)| w.id.as_str() == chosen);
                watch.map(|(watch, _)| forms::observe(&self.run, watch))
            }
            Which::Deviation => chosen.parse().ok().and_then(|id| deviation::amend(&self.run, &id)),
        };
        match form {
            Some(form) => self.lead(dialog, form),
            None => return self.again(dialog, "it is not there any more"),
        }
        Vec::new()
    }

    /// What the second person fills in once he or she is at the screen.
    fn second(&self, step: &StepId, person: &PersonId, asked: Asked) -> Dialog {
        match (asked, self.run.authored(step)) {
            (Asked::Verify, Some(authored)) => people::observation(&self.run, authored, person),
            _ => people::release(&self.run, step, person),
        }
    }

    /// Another person's act begins with that person's passphrase, and with what it signs.
    fn by_another(&mut self, dialog: Dialog, person: PersonId, intent: Intent) -> Vec<Effect> {
        let signing = match self.run.sessions().contains(&person) {
            true => people::passphrase(&self.run, &person, intent),
            false => people::unlock(&self.run, &person, Some(intent), self.now),
        };
        self.lead(dialog, signing);
        Vec::new()
    }
}

/// The act of whoever works at the screen, or what is wrong with the form.
fn performers_act(dialog: &Dialog, now: Option<Timestamp>) -> Result<Intent, &'static str> {
    let form = &dialog.form;
    let late = forms::late(form, now.unwrap_or(Timestamp::from_millis(0)))?;
    let text = |name: &str| form.value(name).map(str::to_owned);
    let choose = "choose one of the options";
    Ok(match dialog.purpose.clone() {
        Purpose::Component(step) => {
            let tag = form.value("tag").and_then(|t| t.parse().ok()).ok_or("tags cannot contain spaces")?;
            Intent::ConfirmComponent { step, tag }
        }
        Purpose::Enter(step, input, row, column) => Intent::Enter {
            late,
            column,
            input,
            instrument: form.value("instrument").and_then(|i| i.parse().ok()),
            raw: text("value").ok_or("enter a value")?,
            row,
            source: EntrySource::Keyed,
            step,
        },
        Purpose::Check(step) => forms::check_intent(&step, form, late).ok_or(choose)?,
        Purpose::Decide(step) => {
            Intent::Decide { option: form.value("option").and_then(|o| o.parse().ok()).ok_or(choose)?, step }
        }
        Purpose::Deviation(step) => {
            let about = deviation::about(form).map(str::to_owned);
            Intent::Deviate { about, statement: deviation::statement(form)?, step }
        }
        Purpose::Amend(deviation, _) => {
            let reason = text("reason").ok_or("say why it is changed")?;
            Intent::AmendDeviation { deviation, reason, statement: deviation::statement(form)? }
        }
        Purpose::Correct(step) => forms::correct_intent(&step, form).ok_or("choose the value and say why")?,
        Purpose::Note(step) => {
            let concluded = form.value("kind") == Some("interpretation");
            let kind = if concluded { NoteKind::Interpretation } else { NoteKind::Observation };
            Intent::Note { kind, step, text: text("text").ok_or("say something")? }
        }
        Purpose::Pause => Intent::Pause { code: None, reason: text("reason").ok_or("say why")? },
        Purpose::Resume => Intent::Resume { comment: text("comment") },
        Purpose::StopWork => Intent::StopWork { reason: text("reason").unwrap_or_default() },
        Purpose::Abort => {
            let emergency = form.value("emergency") == Some("yes");
            Intent::Abort { emergency, reason: text("reason").unwrap_or_default() }
        }
        Purpose::SafeState => Intent::ConfirmSafeState { comment: text("comment") },
        Purpose::Instrument => instrument(form).ok_or("write the date as 2027-01-31; tags cannot contain spaces")?,
        Purpose::BindCrew => binding(form).ok_or(choose)?,
        Purpose::Perform(step) => {
            let outcome = match form.value("outcome").ok_or(choose)? {
                "done" => StepOutcome::Done,
                "cannot" => StepOutcome::Cannot,
                _ => StepOutcome::Failed,
            };
            Intent::Perform { late, outcome, step }
        }
        _ => return Err("this form is handed in by somebody else"),
    })
}

fn binding(form: &Form) -> Option<Intent> {
    let (person, role) = form.value("binding")?.split_once('|')?;
    Some(Intent::BindCrew { person: person.parse().ok()?, role: role.parse().ok()? })
}

fn instrument(form: &Form) -> Option<Intent> {
    let cal_due = form.moment("cal_due")?;
    let (instrument, name) = (form.value("instrument")?.parse().ok()?, form.value("name")?.to_owned());
    let quantities = form.value("quantities").unwrap_or_default().lines().filter_map(|q| q.parse().ok()).collect();
    Some(Intent::RegisterInstrument { cal_due, instrument, name, quantities, range: None })
}
