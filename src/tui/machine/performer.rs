//! Doing what the screens ask for: the only place of this face where something happens.

mod evidence;

use crate::bundle::Source;
use crate::kernel::model::evidence::Captured;
use crate::kernel::model::name::{PersonId, StepId};
use crate::kernel::model::opening::LockReason;
use crate::kernel::records::intent::Intent;
use crate::kernel::run::Run;
use crate::session::{
    Accepted, Act, Attachment, Checked, Material, SealError, Session, StartError, Station, SubmitError,
};
use crate::store::Progress;
use crate::telling::act::done;
use crate::telling::trouble::Trouble;
use crate::tui::acts::{draft_file, exchange, home};
use crate::tui::ground::effect::{Effect, Outcome, Recording, SignOffAct};
use crate::tui::machine::event_loop::Incoming;
use crate::tui::run::drafts::Drafts;
use crate::tui::words::chain;
use crate::verify::{self, JUDGES};
use std::collections::VecDeque;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

/// What the performer is asked for.
pub enum Order {
    /// Do this.
    Do(Effect),
    /// A worker took a file in; the session must record it.
    Stored(PersonId, Box<(Attachment, Captured)>),
    /// A worker could not take a file in.
    NotStored(PathBuf, String),
    /// Somebody is at the keyboard.
    Touched,
    /// Leave the run and end.
    End,
}

/// Holds the session and starts the workers. It works on a thread of its own: opening a key and waiting for the
/// disk take their time, and the screen must not wait for either.
pub struct Performer {
    station: Station,
    session: Option<Session>,
    capture: Option<Progress>,
    /// Files that wait for the one that is being taken in.
    queue: VecDeque<(PersonId, Attachment, PathBuf)>,
    back: Sender<Incoming>,
    orders: Sender<Order>,
    samples: PathBuf,
    /// How far the journal was read again, as the screen was told.
    checked: Checked,
    /// What kept the clock from recording, as it was told last.
    untold: Option<String>,
}

impl Performer {
    /// Starts a performer that answers on `back`; ends when it is ordered to.
    #[must_use]
    pub fn start(station: Station, back: Sender<Incoming>, samples: PathBuf) -> (Sender<Order>, JoinHandle<()>) {
        let (orders, inbox) = mpsc::channel();
        let to = orders.clone();
        let thread = std::thread::spawn(move || {
            let queue = VecDeque::new();
            let (checked, untold) = (Checked::default(), None);
            Self { station, session: None, capture: None, queue, back, orders: to, samples, checked, untold }
                .serve(&inbox);
        });
        (orders, thread)
    }

    fn serve(&mut self, inbox: &Receiver<Order>) {
        loop {
            // A file on its way tells how far it is; the clock of an open run may record that a time ran out.
            let patience = match (&self.capture, &self.session) {
                (Some(_), _) => Duration::from_millis(100),
                (None, Some(_)) => Duration::from_secs(1),
                (None, None) => Duration::from_secs(3600),
            };
            match inbox.recv_timeout(patience) {
                Ok(Order::Do(effect)) => self.perform(effect),
                Ok(Order::Stored(person, stored)) => {
                    self.capture = None;
                    self.attach(&person, *stored);
                    self.take_in_next();
                }
                Ok(Order::NotStored(path, why)) => {
                    self.capture = None;
                    self.not_attached(&path, why);
                }
                Ok(Order::Touched) => self.session.iter_mut().for_each(Session::touch),
                Err(RecvTimeoutError::Timeout) => match &self.capture {
                    Some(progress) => self.send(Outcome::Progress(progress.done(), progress.total())),
                    None => self.idle(),
                },
                Ok(Order::End) | Err(RecvTimeoutError::Disconnected) => return self.leave(),
            }
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Quit => {}
            Effect::ListHome => home::listed(&self.station).into_iter().for_each(|told| self.send(told)),
            Effect::WayOn(act) => self.send(home::go_on(&self.station, &act)),
            Effect::ReadPackage(path) => match home::package(&self.station, path) {
                Ok(outcome) => self.send(outcome),
                Err(error) => self.failed(&error, &error.hint()),
            },
            Effect::Open(path, opening, person, passphrase) => {
                let now = self.station.clock.now().time;
                let started = Material::of_package(&self.station.home, &path, now)
                    .and_then(|m| Session::start(self.station.clone(), m, &person, &passphrase, opening));
                match started {
                    Ok((session, _)) => self.opened(session, person),
                    Err(error) => self.not_started(&error),
                }
            }
            Effect::Resume(id) => match Session::resume(self.station.clone(), &id) {
                Ok(session) => {
                    let person = session.run().crew().first().map(|b| b.person.clone());
                    match person {
                        Some(person) => self.opened(session, person),
                        None => self.send(Outcome::Refused(None, Trouble::told("the run has no crew", ""))),
                    }
                }
                Err(error) => self.send(home::not_taken_up(&self.station, &error)),
            },
            Effect::LeaveRun => self.leave(),
            Effect::Unlock(person, passphrase, then) => self.unlock(&person, &passphrase, then),
            Effect::Lock(person) => self.lock(&person),
            Effect::Submit(person, intent, passphrase) => self.submit(&person, *intent, passphrase.as_deref()),
            Effect::Call(person, step, path) => self.call(&person, step, &path),
            Effect::Ask(person, asked, to, path) => self.in_session(|s| exchange::ask(s, &person, asked, to, &path)),
            Effect::TakeIn(person, path) => self.in_session(|s| exchange::take_in(s, &person, &path)),
            Effect::KeepDrafts(drafts) => self.keep_drafts(&drafts),
            Effect::Capture(person, to, paths) => {
                self.queue.extend(paths.into_iter().map(|(path, caption)| {
                    let to = Attachment { caption, ..to.clone() };
                    (person.clone(), to, path)
                }));
                self.take_in_next();
            }
            // The file on its way then fails, and says which files were left out with it.
            Effect::CancelCapture => self.capture.iter().for_each(Progress::cancel),
            Effect::Reattach(path) => self.reattach(&path),
            Effect::Seal(person, passphrase) => self.seal(&person, &passphrase),
            Effect::Verify(path) => self.verify(path, None),
            Effect::Replay(path) => self.replay(&path, Outcome::Recording),
            Effect::Review(path) => self.replay(&path, Outcome::Review),
            Effect::Export(path) => self.send(home::export(&self.station, &path)),
            Effect::SignOff(act) => self.sign_off(*act),
            Effect::ReadRequest(path) => self.send(exchange::read(&self.station, &path)),
            Effect::Answer(act) => self.send(exchange::answer(&self.station, *act)),
            Effect::ListFolder(folder, hidden) => {
                let lines = crate::tui::acts::folder::lines(&folder, hidden);
                self.send(Outcome::Folder(folder, lines));
            }
        }
    }

    /// Records what ran out by the clock, and locks sessions that were left alone for as long as the profile allows.
    fn idle(&mut self) {
        let Some(session) = &mut self.session else { return };
        let (_, said) = session.withdraw_all();
        said.iter().for_each(|error| self.refused(error));
        let Some(session) = &mut self.session else { return };
        let now = session.now();
        let checked = session.checked();
        let done = session.tick().and_then(|due| Ok((due, session.lock_idle(&now)?)));
        if checked != self.checked {
            self.checked = checked.clone();
            self.send(Outcome::Checked(checked));
        }
        match done {
            Ok((due, locked)) => {
                self.untold = None;
                self.told(&due, "a time ran out");
                self.told(&locked, "nobody was there; everybody is signed out");
            }
            // Once a second would drown everything else.
            Err(error) if self.untold.as_ref() != Some(&error.to_string()) => {
                self.untold = Some(error.to_string());
                self.refused(&error);
            }
            Err(_) => {}
        }
    }

    /// Tells of records that nobody asked for, if there are any.
    fn told(&self, accepted: &Accepted, what: &str) {
        let Some(session) = self.session.as_ref().filter(|_| !accepted.records.is_empty()) else { return };
        self.back_recorded(Arc::new(session.run().clone()), what);
    }

    /// Tells of a record that nobody asked for.
    fn back_recorded(&self, run: Arc<Run>, what: &str) {
        self.send(Outcome::Moved(run, what.to_owned()));
    }

    fn lock(&mut self, person: &PersonId) {
        let Some(session) = &mut self.session else { return };
        match session.submit(person, Act::Lock(LockReason::Locked), None) {
            Ok(_) => {
                let run = Arc::new(session.run().clone());
                self.send(Outcome::Recorded(run, format!("session of {person} locked").into()));
            }
            Err(error) => self.refused(&error),
        }
    }

    fn call(&mut self, person: &PersonId, step: StepId, path: &Path) {
        let Some(session) = &mut self.session else { return };
        let child = match (JUDGES.standing)(path) {
            Ok(child) => child,
            Err(why) => {
                let text = format!("the bundle was rejected: {why}");
                return self.send(Outcome::Refused(None, Trouble::told(text, "`asrun verify` says more about it")));
            }
        };
        let of = step.clone();
        match session.submit(person, Act::Call(step, Box::new(child)), None) {
            Ok(_) => {
                let run = Arc::new(session.run().clone());
                self.send(Outcome::Recorded(run, format!("step {of}: called procedure recorded").into()));
            }
            Err(error) => self.refused(&error),
        }
    }

    fn in_session(&mut self, act: impl FnOnce(&mut Session) -> Outcome) {
        if let Some(outcome) = self.session.as_mut().map(act) {
            self.send(outcome);
        }
    }

    fn keep_drafts(&self, drafts: &Drafts) {
        let Some(session) = &self.session else { return };
        if let Err(error) = draft_file::keep(&self.station.disk, session.paths(), drafts) {
            self.send(Outcome::Told(format!("what is typed could not be kept for after a crash: {error}")));
        }
    }

    fn bring_drafts(&self) {
        let drafts = self.session.as_ref().map(|s| draft_file::read(s.paths())).unwrap_or_default();
        if !drafts.is_empty() {
            self.send(Outcome::Drafts(drafts));
        }
    }

    fn send(&self, outcome: Outcome) {
        // Nobody listens once the program is leaving.
        let _ = self.back.send(Incoming::Outcome(outcome));
    }

    fn failed(&self, error: &dyn Error, hint: &str) {
        let run = self.session.as_ref().map(|s| Arc::new(s.run().clone()));
        self.send(Outcome::Refused(run, Trouble::of(error, hint)));
    }

    /// A run was not opened: who may not sign is told so, with what to do.
    fn not_started(&self, error: &StartError) {
        match error {
            StartError::Submit(inner) if matches!(**inner, SubmitError::Withheld { .. }) => self.refused(inner),
            _ => self.failed(error, &error.hint()),
        }
    }

    fn opened(&mut self, session: Session, person: PersonId) {
        let folder = self.samples.join(session.run().plan().manifest.id.as_str());
        let folder = if folder.is_dir() { folder } else { std::env::current_dir().unwrap_or_default() };
        let run = Arc::new(session.run().clone());
        self.session = Some(session);
        self.checked = Checked::default();
        let unlocked = self.session.as_ref().is_some_and(|s| s.is_unlocked(&person));
        self.send(Outcome::RunOpen(run, person, folder, unlocked));
        self.send(Outcome::Beside(self.station.home.runs()));
        self.send(home::keys(&self.station));
        self.bring_drafts();
        if let Some(why) = self.session.as_ref().and_then(Session::forgotten) {
            self.send(Outcome::Told(format!("this station could not note the run in its memory: {why}")));
        }
        let told = self.session.as_ref().map(Session::told).unwrap_or_default();
        if let Some(first) = told.first() {
            let more = if told.len() > 1 { format!("; and {} more", told.len() - 1) } else { String::new() };
            self.send(Outcome::Told(format!("{first}{more}")));
        }
    }

    fn leave(&mut self) {
        if let Some(mut session) = self.session.take()
            && let Err(error) = session.end()
        {
            self.send(Outcome::Told(format!("the sessions could not be locked: {}", chain(&error))));
        }
    }

    fn unlock(&mut self, person: &PersonId, passphrase: &str, then: Option<Box<Intent>>) {
        let Some(session) = &mut self.session else { return };
        if let Err(error) = session.unlock(person, passphrase) {
            return self.refused(&error);
        }
        match then {
            Some(intent) => self.submit(person, *intent, Some(passphrase)),
            None => {
                let run = Arc::new(session.run().clone());
                self.send(Outcome::Recorded(run, format!("session of {person} unlocked").into()));
            }
        }
    }

    fn submit(&mut self, person: &PersonId, intent: Intent, passphrase: Option<&str>) {
        let Some(session) = &mut self.session else { return };
        if passphrase.is_none() && session.is_unlocked(person) && session.needs_passphrase(person, &intent) {
            return self.send(Outcome::PassphraseNeeded(person.clone(), Box::new(intent)));
        }
        match session.submit(person, &intent, passphrase) {
            Ok(_) => {
                let run = Arc::new(session.run().clone());
                let what = done(&run, &intent);
                self.send(Outcome::Recorded(run, what));
            }
            Err(error) => self.refused(&error),
        }
    }

    fn refused(&self, error: &SubmitError) {
        let run = self.session.as_ref().map(|s| Arc::new(s.run().clone()));
        let told = match error {
            SubmitError::Refused { refusal, .. } => Trouble::told(refusal.message(), refusal.hint()),
            SubmitError::Withheld { withheld, .. } => {
                self.send(home::keys(&self.station));
                Trouble::told(withheld.to_string(), withheld.hint())
            }
            SubmitError::Key { .. } => return self.send(Outcome::WrongPassphrase(chain(error))),
            other => Trouble::of(other, other.hint()),
        };
        self.send(Outcome::Refused(run, told));
    }

    fn seal(&mut self, person: &PersonId, passphrase: &str) {
        let Some(session) = &mut self.session else { return };
        match session.finish(person, passphrase, &JUDGES) {
            Ok(sealed) => {
                let run = Arc::new(session.run().clone());
                let told = sealed.tidied.iter().map(|tidied| format!("\n{tidied}")).collect::<String>();
                self.send(Outcome::Sealed(run, sealed.bundle, format!("{}{told}", sealed.seal)));
            }
            Err(SealError::Submit(error)) => self.refused(&error),
            Err(error @ SealError::Unfit(_)) => {
                let hint = "Put right what is named and seal again; the list of acts puts a captured file back";
                self.failed(&error, hint);
            }
            Err(error) => self.failed(&error, &error.hint()),
        }
    }

    /// Judges a bundle, and tells then what else there is to say.
    fn verify(&self, path: PathBuf, then: Option<String>) {
        let (back, station) = (self.back.clone(), self.station.clone());
        let anchors = home::anchors(&self.station, |why| self.send(Outcome::Told(why)));
        std::thread::spawn(move || {
            let judged = Source::open(&path)
                .map_err(|e| chain(&e))
                .and_then(|s| verify::judge(&s, &anchors, None).map_err(|e| chain(&e)));
            let mut told = Vec::new();
            let outcome = match judged {
                Ok(judged) => {
                    told.extend(home::verified(&station, &path, &judged));
                    let plan = judged.run.map(|run| run.plan().clone());
                    Outcome::Judged(path, Box::new(judged.report), plan)
                }
                Err(why) => {
                    Outcome::Refused(None, Trouble::told(why, "the bundle could not be read, so there is no verdict"))
                }
            };
            told.extend(then);
            let told = (!told.is_empty()).then(|| Outcome::Told(told.join("; ")));
            let _ = [outcome].into_iter().chain(told).map(Incoming::Outcome).try_for_each(|outcome| back.send(outcome));
        });
    }

    fn replay(&self, path: &Path, told: fn(Box<Recording>) -> Outcome) {
        match crate::tui::ground::recording::recording(path, &self.station.home) {
            Ok(recording) => self.send(told(Box::new(recording))),
            Err(why) => self.send(Outcome::Refused(None, Trouble::told(why, "it cannot be replayed"))),
        }
    }

    fn sign_off(&self, act: SignOffAct) {
        match crate::tui::acts::sign_off::sign_off(&self.station, &act) {
            Ok((added, unnoted)) => {
                let told: Vec<String> = added.cut.map(|cut| cut.to_string()).into_iter().chain(unnoted).collect();
                self.verify(act.bundle, (!told.is_empty()).then(|| told.join("; ")));
            }
            Err(refused) => self.send(refused),
        }
    }
}
