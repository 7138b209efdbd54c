//! The verdict: grade, three answers, findings, what is missing, and the sign-off.

use crate::kernel::documents::package::Plan;
use crate::kernel::judgement::verdict::Verdict;
use crate::kernel::records::sign_off::Decision;
use crate::kernel::text::{counted, escape};
use crate::telling::finding;
use crate::tui::ground::effect::{Effect, Recording, SignOffAct};
use crate::tui::ground::keymap::{Action, Place, action};
use crate::tui::ground::theme::{Look, Role};
use crate::tui::screens::review::{Review, Reviewing};
use crate::tui::widgets::form::{Field, Form, Pressed, cut, wrap};
use crate::tui::widgets::paint::{Pane, centred, footer, pane};
use crate::verify::Report;
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};
use std::path::PathBuf;
use std::sync::Arc;

/// The state of the verdict screen.
pub struct VerdictScreen {
    path: PathBuf,
    report: Report,
    /// What was executed, where it could be read.
    pub plan: Option<Arc<Plan>>,
    at: usize,
    /// The sign-off form on top.
    pub form: Option<Form>,
    /// The review that comes before the sign-off.
    pub review: Option<Review>,
    /// The sign-off that is on its way; it comes back when it is refused.
    sent: Option<Form>,
    /// What happened last.
    pub notice: (Role, String),
}

/// What a reviewer has to open, by number.
fn exceptions(left: usize) -> String {
    counted(left, "exception", "exceptions")
}

impl VerdictScreen {
    /// Shows a report.
    #[must_use]
    pub fn new(path: PathBuf, report: Report, plan: Option<Arc<Plan>>) -> Self {
        Self {
            path,
            report,
            plan,
            at: 0,
            form: None,
            review: None,
            sent: None,
            notice: (Role::Text, "verified offline".into()),
        }
    }

    /// Takes a key; none when the screen is left.
    pub fn press(&mut self, key: &KeyEvent) -> Option<Vec<Effect>> {
        if let Some(mut form) = self.form.take() {
            return Some(match form.press(key) {
                Pressed::Left => Vec::new(),
                Pressed::Going => {
                    self.form = Some(form);
                    Vec::new()
                }
                Pressed::Done => self.sign_off(&form).into_iter().collect(),
            });
        }
        if let Some(review) = &mut self.review {
            match review.press(key) {
                Reviewing::Going => {
                    self.notice = match review.unopened() {
                        0 => (Role::Ok, "every exception was opened; s signs off".into()),
                        left => (Role::Text, format!("{} still to open; F8 opens the next one", exceptions(left))),
                    };
                }
                Reviewing::Left => self.review = None,
                Reviewing::Signs => self.begin_sign_off(),
            }
            return Some(Vec::new());
        }
        match action(Place::Verdict, key) {
            Some(Action::Back) => return None,
            Some(Action::Next) => self.at = (self.at + 1).min(self.lines(Look::plain(), 80).len().saturating_sub(1)),
            Some(Action::Previous) => self.at = self.at.saturating_sub(1),
            Some(Action::SignOff) => return Some(vec![Effect::Review(self.path.clone())]),
            Some(Action::Replay) => return Some(vec![Effect::Replay(self.path.clone())]),
            Some(Action::Export) => return Some(vec![Effect::Export(self.path.clone())]),
            _ => {}
        }
        Some(Vec::new())
    }

    /// The run was read: what did not go as written is opened before anybody signs.
    pub fn reviewing(&mut self, recording: &Recording) {
        self.review = Some(Review::of(recording));
        self.begin_sign_off();
    }

    /// Nothing was added: the form comes back without its passphrase.
    pub fn refused(&mut self) {
        self.form = self.sent.take().or_else(|| self.form.take());
        self.form.iter_mut().for_each(Form::rest);
    }

    fn begin_sign_off(&mut self) {
        match self.review.as_ref().map_or(0, Review::unopened) {
            0 => {
                self.form = Some(self.sign_off_form());
                self.review.take_if(|r| r.is_empty());
            }
            left => {
                let text = format!("Sign-off is off: {} still to open; F8 opens the next one", exceptions(left));
                self.notice = (Role::Alert, text);
            }
        }
    }

    fn sign_off_form(&self) -> Form {
        let mut subjects = vec![("run".to_owned(), "the run as a whole".to_owned())];
        for missing in &self.report.missing_for_final {
            if missing.id.starts_with("DEV-") {
                subjects.push((format!("deviation:{}", missing.id), missing.message.clone()));
            }
        }
        let label = |decision: Decision| match decision {
            Decision::Reject => "reject: nothing lifts that",
            other => other.word(),
        };
        let decisions = Decision::ALL.map(|decision| (decision.word().to_owned(), label(decision).to_owned()));
        Form::new(vec![
            Field::choice("subject", "What", subjects, true),
            Field::choice("decision", "Decision", decisions.to_vec(), true),
            Field::text("comment", "Comment", true),
            Field::text("person", "Who signs (person id)", true),
            Field::secret("Passphrase"),
        ])
    }

    fn sign_off(&mut self, form: &Form) -> Option<Effect> {
        let Some(person) = form.value("person").and_then(|p| p.parse().ok()) else {
            self.form = Some(form.clone());
            self.notice = (Role::Alert, "a person id looks like m.berg".into());
            return None;
        };
        let mut sent = form.clone();
        sent.wipe();
        self.sent = Some(sent);
        self.notice = (Role::Alert, "signing…".into());
        Some(Effect::SignOff(Box::new(SignOffAct {
            bundle: self.path.clone(),
            person,
            passphrase: form.value("passphrase")?.to_owned(),
            subject: form.value("subject")?.to_owned(),
            decision: Decision::ALL.into_iter().find(|d| form.value("decision") == Some(d.word()))?,
            comment: form.value("comment").map(str::to_owned),
        })))
    }

    /// Draws the screen.
    pub fn draw(&self, frame: &mut Frame, look: Look) {
        let area = frame.area();
        let rows = [Constraint::Length(3), Constraint::Min(1), Constraint::Length(1), Constraint::Length(1)];
        let [top, body, told, keys] = Layout::vertical(rows).areas(area);
        frame.render_widget(Paragraph::new(self.head(look, area.width)), top);
        let lines = self.lines(look, usize::from(body.width.saturating_sub(4)));
        if let Some(review) = &self.review {
            review.draw(frame, body, look);
        } else {
            pane(
                frame,
                body,
                look,
                Pane { title: "Why", focused: true, lines, follow: Some(self.at + usize::from(body.height) / 2) },
            );
        }
        let text = cut(&format!(" {}", escape(&self.notice.1)), area.width as usize);
        frame.render_widget(Paragraph::new(Span::styled(text, look.style(self.notice.0))), told);
        let place = match (&self.form, &self.review) {
            (Some(_), _) => Place::Form,
            (None, Some(_)) => Place::Review,
            (None, None) => Place::Verdict,
        };
        frame.render_widget(Paragraph::new(footer(place, self.plan.as_ref().map(|p| &p.pack), look, area.width)), keys);
        if let Some(form) = &self.form {
            let width = body.width.min(80);
            let run = self.report.run.as_ref().map(ToString::to_string).unwrap_or_default();
            let mut lines = vec![
                Line::from(format!(" over the seal of run {run}; the sealed bytes stay as they are")),
                Line::default(),
            ];
            let (fields, at) = form.lines(look, usize::from(width) - 4);
            lines.extend(fields);
            let place = centred(body, width, u16::try_from(lines.len() + 2).unwrap_or(u16::MAX));
            frame.render_widget(Clear, place);
            pane(frame, place, look, Pane { title: "Sign-off", focused: true, lines, follow: Some(at + 4) });
        }
    }

    fn head(&self, look: Look, width: u16) -> Vec<Line<'static>> {
        let report = &self.report;
        let role = match report.verdict {
            Verdict::Final => Role::Ok,
            Verdict::Provisional => Role::Alert,
            Verdict::Fail => Role::Fail,
        };
        let word = |value: serde_json::Value| value.as_str().unwrap_or_default().replace('_', " ");
        let answer = |value: Result<serde_json::Value, serde_json::Error>| value.map(word).unwrap_or_default();
        let answers = format!(
            " integrity {}   policy {}   trust {}",
            answer(serde_json::to_value(report.integrity)),
            answer(serde_json::to_value(report.policy)),
            answer(serde_json::to_value(report.trust))
        );
        let checked = format!(
            " {}, {}, {} checked   {}",
            counted(report.checked.records, "record", "records"),
            counted(report.checked.signatures, "signature", "signatures"),
            counted(report.checked.evidence_files, "file", "files"),
            escape(&self.path.display().to_string())
        );
        vec![
            Line::from(vec![
                Span::styled(format!(" {} ", report.verdict), look.style(role).patch(look.style(Role::Selected))),
                Span::styled(answers, look.style(Role::Text)),
            ]),
            Line::from(Span::styled(cut(&checked, width as usize), look.style(Role::Text))),
            Line::default(),
        ]
    }

    /// The roles that may bring what is missing, as the field calls them.
    fn roles(&self, ids: &[String]) -> String {
        let named = |id: &String| {
            let role = self.plan.as_ref().zip(id.parse().ok());
            role.map_or_else(|| id.clone(), |(plan, role)| plan.pack.role(&role).within())
        };
        ids.iter().map(named).collect::<Vec<_>>().join(" or ")
    }

    fn lines(&self, look: Look, width: usize) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        let mut say = |role: Role, text: String| {
            lines.extend(
                wrap(&escape(&text), width.max(10)).into_iter().map(|l| Line::from(Span::styled(l, look.style(role)))),
            );
        };
        if self.report.findings.is_empty() {
            say(Role::Ok, "no findings".into());
        }
        for found in &self.report.findings {
            let (tone, word) = finding::weight(found);
            say(Role::of(tone), format!("{word}  {}  {}", found.code, finding::seen(found)));
            finding::about(found).into_iter().for_each(|about| say(Role::Text, format!("      at {about}")));
        }
        if !self.report.missing_for_final.is_empty() {
            say(Role::Accent, "Required for FINAL".into());
            for missing in &self.report.missing_for_final {
                say(
                    Role::Text,
                    format!("  {}", finding::required(&missing.id, &missing.message, &self.roles(&missing.by))),
                );
            }
        }
        say(Role::Accent, "Check it without this program".into());
        say(
            Role::Text,
            "  bagit.py --validate   sha256sum -c manifest-sha256.txt   b3sum -c b3sums.txt   ssh-keygen -Y verify"
                .into(),
        );
        say(Role::Accent, "Not claimed".into());
        for text in &self.report.not_claimed {
            say(Role::Text, format!("  {text}"));
        }
        lines
    }
}
