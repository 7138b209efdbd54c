//! Asking somebody at another machine, and taking the answer in: two forms, and a line while a request is out.

use crate::kernel::documents::step::Step;
use crate::kernel::documents::term::Noun;
use crate::kernel::model::deviation::{Deviation, Outcome, ReviewDecision};
use crate::kernel::model::name::{RequestId, Role};
use crate::kernel::records::request::{Asked, AskedKind};
use crate::kernel::run::request::Requested;
use crate::kernel::run::{Outstanding, Run, StepState};
use crate::kernel::text::escape;
use crate::kernel::work::{Waits, witness};
use crate::telling::terms;
use crate::tui::ground::effect::Effect;
use crate::tui::ground::theme::{Look, Role as Tone};
use crate::tui::run::RunScreen;
use crate::tui::run::dialog::{Dialog, Purpose};
use crate::tui::widgets::form::{Field, Form, Kind, cut};
use ratatui::text::{Line, Span};
use std::path::PathBuf;

/// Something that waits for another person, who need not come to this screen.
pub(in crate::tui) struct Wait {
    asked: Asked,
    title: String,
    /// Who can answer it.
    roles: Vec<Role>,
}

impl Wait {
    fn key(&self) -> String {
        format!("{}:{}", self.asked.kind.word(), self.asked.id)
    }
}

/// Everything that waits for somebody else now, in the order of the procedure, and then the deviations.
pub(in crate::tui) fn waits(run: &Run) -> Vec<Wait> {
    let mut list: Vec<Wait> = Vec::new();
    for step in run.plan().procedure.steps().filter(|s| is_begun(run, s)) {
        for (kind, role) in of_step(run, step) {
            let asked = Asked { id: step.id.to_string(), kind };
            match list.iter_mut().find(|w| w.asked == asked) {
                Some(wait) => wait.roles.push(role),
                None => list.push(Wait { asked, title: step.title.clone(), roles: vec![role] }),
            }
        }
    }
    list.extend(run.deviations().iter().filter(|d| is_unreviewed(d)).map(|d| Wait {
        asked: Asked { id: d.id.to_string(), kind: AskedKind::Review },
        title: d.statement.description.clone(),
        roles: run.plan().policy.review.by.to_vec(),
    }));
    list
}

fn is_begun(run: &Run, step: &Step) -> bool {
    let known = run.step(&step.id).filter(|s| matches!(s.state, StepState::Active | StepState::Performed));
    known.is_some_and(|s| s.current().is_some())
}

/// What the step waits for first, as far as another person can give it: an answer judges the step as it stands, and
/// what the performer still has to do would make it void.
fn of_step(run: &Run, step: &Step) -> Vec<(AskedKind, Role)> {
    let another = |outstanding| match outstanding {
        Outstanding::Release(role, _) => Some((AskedKind::Hold, role)),
        Outstanding::Verification(role) | Outstanding::ConcurrentVerification(role) => {
            Some((AskedKind::Verification, role))
        }
        Outstanding::Work(Waits::Witness(witness::Waits::Attendance(role, _))) => Some((AskedKind::Witness, role)),
        Outstanding::Work(Waits::GoNoGo(poll)) => Some((AskedKind::Poll, poll.role)),
        _ => None,
    };
    // Time may pass while the file is on its way; whether enough has passed is asked when the answer comes.
    let waits = |o: &Outstanding| matches!(o, Outstanding::Wait(_) | Outstanding::WaitAgain(_));
    run.outstanding(&step.id).into_iter().filter(|o| !waits(o)).map_while(another).collect()
}

fn is_unreviewed(deviation: &Deviation) -> bool {
    let accepted = deviation.reviews.iter().filter(|r| r.decision == ReviewDecision::Accept).count();
    let rejected = deviation.reviews.iter().any(|r| r.decision == ReviewDecision::Reject);
    deviation.ruling.outcome == Outcome::Review && !rejected && accepted < deviation.ruling.reviews.max(1) as usize
}

/// The requests that nobody answered and whose matter still waits.
fn out<'a>(run: &'a Run, waits: &[Wait]) -> Vec<&'a Requested> {
    let open = run.requests().iter().filter(|r| !r.answered);
    open.filter(|r| waits.iter().any(|w| w.asked == r.asked)).collect()
}

/// Offers the roles that can answer what is chosen; where it is one alone, it is taken.
pub(in crate::tui) fn refold_ask(run: &Run, form: &mut Form) {
    let chosen = form.value("what").map(str::to_owned);
    let wait = waits(run).into_iter().find(|w| Some(w.key()) == chosen);
    let options: Vec<_> = wait.iter().flat_map(|w| &w.roles).map(|r| (r.to_string(), role_words(run, r))).collect();
    let only = options.first().filter(|_| options.len() == 1).map(|(id, _)| id.clone());
    if let Some(field) = form.field("to") {
        field.kind = Kind::Choice(options);
        let value = only.unwrap_or_else(|| field.value.clone());
        field.set(&value);
    }
}

/// What is asked for, in the field's words: "hold 3".
fn asked_words(run: &Run, asked: &Asked) -> String {
    match asked.kind {
        AskedKind::Review => format!("{} {}", terms::noun(run, Noun::Review), asked.id),
        kind => format!("{} {}", terms::localized(&run.plan().pack, kind.word()), asked.id),
    }
}

/// A role with the persons of the crew who have it: the answer of nobody else is taken.
fn role_words(run: &Run, role: &Role) -> String {
    let holders: Vec<String> = run.crew().iter().filter(|b| b.role == *role).map(|b| b.person.to_string()).collect();
    let role = run.plan().pack.role(role);
    match &holders[..] {
        [] => format!("{role}: nobody of the crew yet; bind a person before the answer comes"),
        all => format!("{role}: {}", all.join(", ")),
    }
}

impl RunScreen {
    /// Why nobody can be asked by a file now.
    pub(in crate::tui) fn nobody_to_ask(&self) -> Option<&'static str> {
        let nothing = waits(&self.run).is_empty().then_some("nothing waits for anybody");
        nothing.or((!self.unlocked).then_some("unlock your session first"))
    }

    /// Why no answer can be taken in now.
    pub(in crate::tui) fn no_answer_due(&self) -> Option<&'static str> {
        let none = self.run.requests().iter().all(|r| r.answered).then_some("no request is out");
        none.or((!self.unlocked).then_some("unlock your session first"))
    }

    /// The form that asks somebody at another machine.
    pub(in crate::tui) fn ask_form(&self) -> Dialog {
        let waits = waits(&self.run);
        let asked_already = |w: &Wait| {
            let before = self.run.requests().iter().rev().find(|r| !r.answered && r.asked == w.asked);
            before.map(|r| format!("  (asked already: {})", r.id)).unwrap_or_default()
        };
        let options: Vec<_> = waits
            .iter()
            .map(|w| (w.key(), format!("{}: {}{}", asked_words(&self.run, &w.asked), w.title, asked_already(w))))
            .collect();
        let only = options.first().filter(|_| options.len() == 1).map(|(key, _)| key.clone()).unwrap_or_default();
        let next = RequestId::numbered(self.run.requests().len() + 1);
        let file = self.beside.join(format!("{}-{next}.json", self.run.id()));
        let fields = vec![
            Field::choice("what", "What is asked for", options, true).with(only),
            Field::choice("to", "Of whom", Vec::new(), true),
            Field::text("path", "Where the request file is written", true).with(file.display().to_string()),
        ];
        let intro = vec!["The file is carried to the other machine by any medium; work goes on where it can.".into()];
        let mut dialog = Dialog::new("Ask another machine", intro, fields, Purpose::Ask);
        // The focus rests where something is left to choose, which the roles decide.
        dialog.refold(&self.run);
        dialog.form.rest();
        dialog
    }

    /// The form that takes an answer in.
    pub(in crate::tui) fn take_in_form(&self) -> Dialog {
        let open = self.run.requests().iter().rev().filter(|r| !r.answered);
        let intro = open
            .map(|r| {
                format!("{} is out: {}, to {}", r.id, asked_words(&self.run, &r.asked), terms::role(&self.run, &r.to))
            })
            .chain(["The signature lies beside the answer, with .sig behind the name.".into()]);
        let fields = vec![Field::text("path", "Where the answer lies", true)];
        Dialog::new("Take in an answer", intro.collect(), fields, Purpose::TakeIn)
    }

    /// The form that puts a captured file back.
    pub(in crate::tui) fn reattach_form(&self) -> Dialog {
        let intro = vec![
            "A copy of a file that was captured and is damaged or gone, under any name.".into(),
            "Its bytes must be exactly those that were recorded; nothing new is recorded.".into(),
        ];
        let fields = vec![Field::text("path", "Where the copy lies", true)];
        Dialog::new("Put a captured file back", intro, fields, Purpose::Reattach)
    }

    pub(in crate::tui) fn reattaches(&mut self, dialog: Dialog) -> Vec<Effect> {
        let Some(path) = dialog.form.value("path").map(PathBuf::from) else {
            return self.again(dialog, "say where the copy lies");
        };
        self.send(dialog, self.person.clone(), "reading the copy…");
        vec![Effect::Reattach(path)]
    }

    pub(in crate::tui) fn asks(&mut self, dialog: Dialog) -> Vec<Effect> {
        let form = &dialog.form;
        let wait = waits(&self.run).into_iter().find(|w| form.value("what") == Some(&w.key()));
        let to = form.value("to").and_then(|r| r.parse::<Role>().ok());
        let (Some(wait), Some(to), Some(path)) = (wait, to, form.value("path").map(PathBuf::from)) else {
            return self.again(dialog, "choose what is asked for, and of whom");
        };
        self.send(dialog, self.person.clone(), "writing the request…");
        vec![Effect::Ask(self.person.clone(), wait.asked, to, path)]
    }

    pub(in crate::tui) fn takes_in(&mut self, dialog: Dialog) -> Vec<Effect> {
        let Some(path) = dialog.form.value("path").map(PathBuf::from) else {
            return self.again(dialog, "say where the answer lies");
        };
        self.send(dialog, self.person.clone(), "reading the answer…");
        vec![Effect::TakeIn(self.person.clone(), path)]
    }

    /// One line while a request is out.
    pub(in crate::tui) fn request_line(&self, look: Look, width: usize) -> Option<Line<'static>> {
        let open = out(&self.run, &waits(&self.run));
        let last = open.last()?;
        let more = if open.len() > 1 { format!("  (and {} more)", open.len() - 1) } else { String::new() };
        let (asked, to) = (asked_words(&self.run, &last.asked), terms::role(&self.run, &last.to));
        let text = format!(" {} is out: {asked}, asked of {to} at {}{more}", last.id, last.time.clock());
        Some(Line::from(Span::styled(cut(&escape(&text), width), look.style(Tone::Alert))))
    }
}
