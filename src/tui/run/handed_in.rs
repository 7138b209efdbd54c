//! What handing in a form does.

use super::dialog::{Dialog, Purpose};
use super::forms;
use super::{Asked, RunScreen};
use crate::kernel::model::event::{StepOutcome, Subject, SubjectKind};
use crate::kernel::model::name::PersonId;
use crate::kernel::model::time::Timestamp;
use crate::kernel::run::Intent;
use crate::tui::effect::Effect;
use crate::tui::theme::Role;

impl RunScreen {
    pub(super) fn handed_in(&mut self, dialog: Dialog) -> Vec<Effect> {
        let form = &dialog.form;
        let text = |name: &str| form.value(name).map(str::to_owned);
        let intent = match &dialog.purpose {
            Purpose::Unlock(person, then) => {
                self.saving = true;
                return vec![Effect::Unlock(person.clone(), text("passphrase").unwrap_or_default(), then.clone())];
            }
            Purpose::Sign(person, intent) => {
                self.saving = true;
                return vec![Effect::Submit(person.clone(), intent.clone(), text("passphrase"))];
            }
            Purpose::Seal(person) => {
                let Some(passphrase) = text("passphrase") else { return Vec::new() };
                self.saving = true;
                self.notice = (Role::Alert, "sealing…".into());
                return vec![Effect::Seal(person.clone(), passphrase)];
            }
            Purpose::Person(step, role, asked) => {
                let Some(person) = parse_person(form.value("person")) else {
                    return self.again(dialog, "choose who acts");
                };
                let _ = role;
                self.dialog = Some(self.second(step.clone(), person, *asked));
                return Vec::new();
            }
            Purpose::AnyPerson => {
                let Some(person) = parse_person(form.value("person")) else {
                    return self.again(dialog, "choose who acts");
                };
                self.dialog = Some(forms::review(&self.run, &person));
                return Vec::new();
            }
            Purpose::Verify(step, person) => {
                let Some(authored) = self.run.authored(step) else { return Vec::new() };
                let intent = forms::verify_intent(authored, form);
                return self.by_another(person.clone(), intent);
            }
            Purpose::Release(step, person) => {
                return self
                    .by_another(person.clone(), Intent::ReleaseHold { comment: text("comment"), step: step.clone() });
            }
            Purpose::Review(person) => {
                let Some(intent) = forms::review_intent(&self.run, form) else {
                    return self.again(dialog, "choose what is reviewed");
                };
                return self.by_another(person.clone(), intent);
            }
            Purpose::Component(step) => match form.value("tag").and_then(|t| t.parse().ok()) {
                Some(tag) => Some(Intent::ConfirmComponent { step: step.clone(), tag }),
                None => return self.again(dialog, "a tag has no spaces"),
            },
            Purpose::Enter(step, input, row, column) => text("value").map(|raw| Intent::Enter {
                column: column.clone(),
                input: input.clone(),
                instrument: form.value("instrument").and_then(|i| i.parse().ok()),
                raw,
                row: row.clone(),
                step: step.clone(),
            }),
            Purpose::Check(step) => forms::check_intent(step, form),
            Purpose::Decide(step) => form
                .value("option")
                .and_then(|o| o.parse().ok())
                .map(|option| Intent::Decide { option, step: step.clone() }),
            Purpose::Deviation(step) => match forms::statement(form) {
                Some(statement) => {
                    let intent = Intent::Deviate { about: None, statement, step: step.clone() };
                    self.kept = Some(dialog);
                    return self.submit(intent);
                }
                None => return self.again(dialog, "choose a reason code and how the work goes on"),
            },
            Purpose::Correct(step) => forms::correct_intent(step, form),
            Purpose::Note(step) => text("text").map(|text| Intent::Note { step: step.clone(), text }),
            Purpose::Pause => text("reason").map(|reason| Intent::Pause { code: None, reason }),
            Purpose::Resume => Some(Intent::Resume { comment: text("comment") }),
            Purpose::StopWork => Some(Intent::StopWork { reason: text("reason").unwrap_or_default() }),
            Purpose::Abort => {
                let emergency = form.value("emergency") == Some("yes");
                Some(Intent::Abort { emergency, reason: text("reason").unwrap_or_default() })
            }
            Purpose::SafeState => Some(Intent::ConfirmSafeState { comment: text("comment") }),
            Purpose::Instrument => {
                match instrument(form.value("instrument"), form.value("name"), form.value("cal_due")) {
                    Some(intent) => Some(intent),
                    None => return self.again(dialog, "write the date as 2027-01-31; a tag has no spaces"),
                }
            }
            Purpose::BindCrew => form.value("binding").and_then(|b| b.split_once('|')).and_then(|(person, role)| {
                Some(Intent::BindCrew { person: person.parse().ok()?, role: role.parse().ok()? })
            }),
            Purpose::Perform(step) => {
                let outcome =
                    if form.value("outcome") == Some("cannot") { StepOutcome::Cannot } else { StepOutcome::Failed };
                Some(Intent::Perform { outcome, step: step.clone() })
            }
        };
        intent.map(|i| self.submit(i)).unwrap_or_default()
    }

    fn again(&mut self, dialog: Dialog, why: &str) -> Vec<Effect> {
        self.dialog = Some(dialog);
        self.notice = (Role::Alert, why.to_owned());
        Vec::new()
    }

    /// What the second person fills in once he or she is at the screen.
    fn second(&self, step: crate::kernel::model::name::StepId, person: PersonId, asked: Asked) -> Dialog {
        use crate::tui::form::Field;
        let comment = || vec![Field::text("comment", "Comment", false)];
        match (asked, self.run.authored(&step)) {
            (Asked::Verify, Some(authored)) => forms::observation(&self.run, authored, &person),
            (Asked::Sign(meaning), _) => {
                let subject = Subject { id: step.to_string(), kind: SubjectKind::Step };
                forms::passphrase(&self.run, &person, Intent::Sign { comment: None, meaning, subject })
            }
            (_, authored) => {
                let text = authored.map(|a| self.run.plan().text(&a.instruction)).unwrap_or_default();
                Dialog::new(
                    format!("{person} releases hold {step}"),
                    vec![text],
                    comment(),
                    Purpose::Release(step, person),
                )
            }
        }
    }

    /// Another person's act begins with that person's passphrase.
    fn by_another(&mut self, person: PersonId, intent: Intent) -> Vec<Effect> {
        self.dialog = Some(match self.run.sessions().contains(&person) {
            true => forms::passphrase(&self.run, &person, intent),
            false => self.unlock(person, Some(intent)),
        });
        Vec::new()
    }
}

fn parse_person(text: Option<&str>) -> Option<PersonId> {
    text?.parse().ok()
}

fn instrument(tag: Option<&str>, name: Option<&str>, due: Option<&str>) -> Option<Intent> {
    let due = due?;
    let text = if due.len() == 10 { format!("{due}T00:00:00.000Z") } else { due.to_owned() };
    let cal_due: Timestamp = text.parse().ok()?;
    Some(Intent::RegisterInstrument { cal_due, instrument: tag?.parse().ok()?, name: name?.to_owned(), range: None })
}
