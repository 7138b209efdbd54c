//! Answering a request from another machine, over the library: its path, what is asked, the decision, the signature.

use crate::countersign::answer::{Reply, choices, shown};
use crate::kernel::records::request::AskedKind;
use crate::kernel::run::request::Request;
use crate::kernel::text::escape;
use crate::tui::ground::effect::{AnswerAct, Effect, RequestFacts};
use crate::tui::ground::keymap::{Action, Place, action};
use crate::tui::ground::theme::{Look, Role};
use crate::tui::widgets::form::{Field, Form, Pressed, draw_form, wrap};
use crate::tui::widgets::paint::{Pane, boxed};
use crate::tui::words::spread;
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Clear;
use std::path::PathBuf;

/// How many lines a key scrolls.
const SCROLL: usize = 5;

/// A request on its way to an answer.
pub struct AnswerDesk {
    path: Form,
    asked: Option<AskedFor>,
    /// Whether something is being done outside; keys wait for it.
    sent: bool,
}

/// A request that was read, with its answer.
struct AskedFor {
    facts: RequestFacts,
    form: Form,
    /// Whether the decision is being filled in; else the request is read.
    deciding: bool,
    scroll: usize,
}

impl AnswerDesk {
    /// Begins with the path of the request.
    #[must_use]
    pub fn new() -> Self {
        let path = Field::text("path", "Where the request lies", true);
        Self { path: Form::new(vec![path]), asked: None, sent: false }
    }

    /// Returns where its keys go.
    #[must_use]
    pub fn place(&self) -> Place {
        if self.asked.as_ref().is_some_and(|a| !a.deciding) { Place::Request } else { Place::Form }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        match &mut self.asked {
            Some(asked) if asked.deciding => asked.form.paste(text),
            Some(_) => {}
            None => self.path.paste(text),
        }
    }

    /// The request was read.
    pub fn read(&mut self, facts: RequestFacts) {
        let form = Form::new(fields(&facts));
        self.asked = Some(AskedFor { facts, form, deciding: false, scroll: 0 });
        self.sent = false;
    }

    /// What was asked for outside failed: the form is there again, without its passphrase.
    pub fn refused(&mut self) {
        self.sent = false;
        self.asked.iter_mut().for_each(|asked| asked.form.rest());
    }

    /// Takes a key; tells what follows, and whether the desk is left.
    pub fn press(&mut self, key: &KeyEvent) -> (Vec<Effect>, bool) {
        if self.sent {
            return (Vec::new(), false);
        }
        let Some(asked) = &mut self.asked else { return self.press_path(key) };
        if asked.deciding {
            return (self.press_decision(key), false);
        }
        match action(Place::Request, key) {
            Some(Action::Back) => self.asked = None,
            Some(Action::Confirm) => asked.deciding = true,
            Some(Action::Next) => asked.scroll += 1,
            Some(Action::Previous) => asked.scroll = asked.scroll.saturating_sub(1),
            Some(Action::Later) => asked.scroll += SCROLL,
            Some(Action::Earlier) => asked.scroll = asked.scroll.saturating_sub(SCROLL),
            _ => {}
        }
        asked_within(self.asked.as_mut());
        (Vec::new(), false)
    }

    fn press_path(&mut self, key: &KeyEvent) -> (Vec<Effect>, bool) {
        match self.path.press(key) {
            Pressed::Left => (Vec::new(), true),
            Pressed::Going => (Vec::new(), false),
            Pressed::Done => {
                self.sent = true;
                let path = self.path.value("path").map(PathBuf::from);
                (path.map(Effect::ReadRequest).into_iter().collect(), false)
            }
        }
    }

    fn press_decision(&mut self, key: &KeyEvent) -> Vec<Effect> {
        let Some(asked) = &mut self.asked else { return Vec::new() };
        match asked.form.press(key) {
            Pressed::Going => Vec::new(),
            Pressed::Left => {
                asked.form.wipe();
                asked.deciding = false;
                Vec::new()
            }
            Pressed::Done => {
                let act = asked.act();
                asked.form.wipe();
                self.sent = act.is_some();
                act.map(|act| Effect::Answer(Box::new(act))).into_iter().collect()
            }
        }
    }

    /// Draws it over the body.
    pub fn draw(&self, frame: &mut Frame, body: Rect, look: Look) {
        match &self.asked {
            None => draw_form(frame, body, look, "Answer a request", &[PATH_WORDS.into()], &self.path),
            Some(asked) if asked.deciding => {
                let title = format!("Answer {}", asked.facts.request.request);
                draw_form(frame, body, look, &title, &asked.signed(), &asked.form);
            }
            Some(asked) => asked.draw(frame, body, look),
        }
    }
}

impl Default for AnswerDesk {
    fn default() -> Self {
        Self::new()
    }
}

const PATH_WORDS: &str = "The answer and its signature are written beside the request.";

/// Keeps the scrolling inside the text; the widest screen has the fewest lines, so none is out of reach on another.
fn asked_within(asked: Option<&mut AskedFor>) {
    if let Some(asked) = asked {
        let longest = asked.lines(20).len();
        asked.scroll = asked.scroll.min(longest.saturating_sub(1));
    }
}

impl AskedFor {
    /// Everything that the request says, nothing left out.
    fn lines(&self, width: usize) -> Vec<Line<'static>> {
        let request = &self.facts.request;
        let mut words = vec![format!("File: {}", self.facts.path.display())];
        words.extend(shown(request));
        words.push(format!("Package: {}", request.package));
        if let Some(deviation) = &request.deviation {
            words.extend([String::new(), "Everything about the deviation:".into()]);
            let value = serde_json::to_value(deviation).unwrap_or_default();
            spread("deviation", &value, &mut words);
        }
        let lines = words.iter().flat_map(|w| w.split('\n')).flat_map(|w| wrap(&escape(w), width));
        lines.map(|l| Line::from(format!(" {l}"))).collect()
    }

    /// What the passphrase is given for.
    fn signed(&self) -> Vec<String> {
        let Request { asked, request, run, title, to, .. } = &self.facts.request;
        vec![
            format!("You answer {request} as {to}: {} {}", asked.kind.word(), asked.id),
            format!("of run {run}, {title}."),
            "Your passphrase signs the answer.".into(),
        ]
    }

    fn act(&self) -> Option<AnswerAct> {
        let read = self.form.fields.iter().filter(|f| f.name == "observe").map(|f| f.value.trim().to_owned());
        let values = self.facts.request.observe.iter().cloned().zip(read).collect();
        // A verifier who enters what he or she read says with it whether it agrees.
        let decision = self.form.value("decision").unwrap_or("agree").to_owned();
        Some(AnswerAct {
            request: self.facts.request.clone(),
            beside: self.facts.path.clone(),
            person: self.form.value("person")?.parse().ok()?,
            passphrase: self.form.value("passphrase")?.to_owned(),
            reply: Reply { decision, comment: self.form.value("comment").map(str::to_owned), values },
        })
    }

    fn draw(&self, frame: &mut Frame, body: Rect, look: Look) {
        let width = usize::from(body.width.saturating_sub(4)).max(8);
        let title = format!("{}: what is asked", self.facts.request.request);
        frame.render_widget(Clear, body);
        let pane = Pane { title: &title, focused: true, lines: self.lines(width), follow: None };
        boxed(frame, body, look, pane, self.scroll, Vec::new());
    }
}

fn fields(facts: &RequestFacts) -> Vec<Field> {
    let request = &facts.request;
    let people: Vec<_> = facts.people.iter().map(|p| (p.to_string(), p.to_string())).collect();
    let only = people.first().filter(|_| people.len() == 1).map(|(id, _)| id.clone()).unwrap_or_default();
    let mut fields = vec![Field::choice("person", "You are", people, true).with(only)];
    fields.extend(request.observe.iter().map(|input| Field::text("observe", format!("What you read: {input}"), true)));
    if request.observe.is_empty() {
        let words = choices(request.asked.kind).iter().map(|word| ((*word).to_owned(), word.replace('_', "-")));
        fields.push(Field::choice("decision", "Decision", words.collect(), true));
    }
    if request.asked.kind != AskedKind::Verification {
        let demanded = request.asked.kind == AskedKind::Review;
        fields.push(Field::text("comment", "Comment", demanded));
    }
    fields.push(Field::secret("Your passphrase"));
    fields
}

/// What the library says once an answer is written.
#[must_use]
pub fn written(answer: &std::path::Path) -> (Role, String) {
    (Role::Ok, format!("signed; carry both files back, the answer and the .sig beside it: {}", answer.display()))
}
