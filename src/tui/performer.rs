//! Doing what the screens ask for: the only place of this face where something happens.

use super::effect::{Effect, FolderLine, Outcome, PackageFacts, Recording, SignOffAct};
use crate::bundle::{self, Source};
use crate::kernel::model::evidence::Origin;
use crate::kernel::model::name::PersonId;
use crate::kernel::model::record::SignedRecord;
use crate::kernel::run::{Intent, Run};
use crate::session::{Attachment, Material, Session, Station, SubmitError, captured, installed_roster, open_package};
use crate::store::{Progress, RunPaths};
use crate::verify::{self, Anchors};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::UNIX_EPOCH;

/// What comes back on the channel beside outcomes.
pub enum Arrived {
    /// For the application.
    Outcome(Outcome),
    /// A worker took a file in; the session must record it.
    Stored(PersonId, Box<Intent>),
}

/// Holds the session and starts the workers.
pub struct Performer {
    station: Station,
    session: Option<Session>,
    capture: Option<Progress>,
    person: Option<PersonId>,
    back: Sender<Arrived>,
    samples: PathBuf,
}

impl Performer {
    /// A performer that answers on `back`.
    #[must_use]
    pub fn new(station: Station, back: Sender<Arrived>, samples: PathBuf) -> Self {
        Self { station, session: None, capture: None, person: None, back, samples }
    }

    /// Does one effect; the answers come over the channel.
    pub fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Quit => {}
            Effect::ListHome => self.list_home(),
            Effect::ReadPackage(path) => self.read_package(path),
            Effect::Open(path, opening, person, passphrase) => {
                let now = self.station.clock.now().time;
                let started = Material::of_package(&self.station.home, &path, now)
                    .and_then(|m| Session::start(self.station.clone(), m, &person, &passphrase, opening));
                match started {
                    Ok((session, _)) => self.opened(session, person),
                    Err(error) => self.failed(&error, "nothing was written"),
                }
            }
            Effect::Resume(id) => match Session::resume(self.station.clone(), &id) {
                Ok(session) => {
                    let person = session.run().crew().first().map(|b| b.person.clone());
                    match person {
                        Some(person) => self.opened(session, person),
                        None => self.send(Outcome::Refused(None, "the run has no crew".into(), String::new())),
                    }
                }
                Err(error) => self.failed(&error, "the run is as it was"),
            },
            Effect::LeaveRun => self.leave(),
            Effect::Unlock(person, passphrase, then) => self.unlock(&person, &passphrase, then),
            Effect::Submit(person, intent, passphrase) => self.submit(&person, *intent, passphrase.as_deref()),
            Effect::Capture(person, to, path) => self.capture(person, to, path),
            Effect::CancelCapture => {
                if let Some(progress) = self.capture.take() {
                    progress.cancel();
                }
            }
            Effect::Seal(person, passphrase) => self.seal(&person, &passphrase),
            Effect::Verify(path) => self.verify(path),
            Effect::Replay(path) => self.replay(path),
            Effect::Export(path) => self.export(&path),
            Effect::SignOff(act) => self.sign_off(*act),
            Effect::ListFolder(folder, hidden) => self.list_folder(folder, hidden),
            Effect::KeepDraft(..) => {}
        }
    }

    /// Records what a worker took in.
    pub fn stored(&mut self, person: &PersonId, intent: Intent) {
        self.capture = None;
        self.submit(person, intent, None);
    }

    /// Locks sessions that were left alone for as long as the profile allows.
    pub fn idle(&mut self) {
        let Some(session) = &mut self.session else { return };
        let now = session.now();
        if session.lock_idle(&now).is_ok_and(|a| !a.records.is_empty()) {
            let run = Arc::new(session.run().clone());
            self.send(Outcome::Recorded(run, "nobody was there; the sessions are locked".into()));
        }
    }

    /// Somebody is at the keyboard.
    pub fn touched(&mut self) {
        if let Some(session) = &mut self.session {
            session.touch();
        }
    }

    fn send(&self, outcome: Outcome) {
        // Nobody listens once the program is leaving.
        let _ = self.back.send(Arrived::Outcome(outcome));
    }

    fn failed(&self, error: &dyn Error, hint: &str) {
        let run = self.session.as_ref().map(|s| Arc::new(s.run().clone()));
        self.send(Outcome::Refused(run, chain(error), hint.to_owned()));
    }

    fn list_home(&self) {
        let entries = std::fs::read_dir(self.station.home.packages()).into_iter().flatten().flatten().map(|e| e.path());
        let mut packages: Vec<_> =
            entries.filter(|p| p.extension().is_some_and(|e| e == "lep")).map(|p| (p.clone(), title(&p))).collect();
        packages.sort();
        self.send(Outcome::Home(packages, crate::session::runs::list(&self.station.home)));
    }

    fn read_package(&self, path: PathBuf) {
        let now = self.station.clock.now().time;
        let read = Material::of_package(&self.station.home, &path, now);
        match read.and_then(|m| Ok((m, installed_roster(&self.station.home)?))) {
            Ok((material, (roster, ..))) => {
                self.send(Outcome::Package(Box::new(PackageFacts {
                    path,
                    plan: material.plan,
                    roster: Arc::new(roster),
                })));
            }
            Err(error) => self.failed(&error, "nothing was written"),
        }
    }

    fn opened(&mut self, session: Session, person: PersonId) {
        let folder = self.samples.join(session.run().plan().manifest.id.as_str());
        let folder = if folder.is_dir() { folder } else { std::env::current_dir().unwrap_or_default() };
        let run = Arc::new(session.run().clone());
        self.person = Some(person.clone());
        self.session = Some(session);
        let unlocked = self.session.as_ref().is_some_and(|s| s.is_unlocked(&person));
        self.send(Outcome::RunOpen(run, person, folder, unlocked));
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
                self.send(Outcome::Recorded(run, format!("{person} is unlocked")));
            }
        }
    }

    fn submit(&mut self, person: &PersonId, intent: Intent, passphrase: Option<&str>) {
        let Some(session) = &mut self.session else { return };
        if passphrase.is_none() && session.is_unlocked(person) && session.needs_passphrase(person, &intent) {
            return self.send(Outcome::PassphraseNeeded(person.clone(), Box::new(intent)));
        }
        let what = intent.word().replace('_', " ");
        match session.submit(person, &intent, passphrase) {
            Ok(_) => {
                let run = Arc::new(session.run().clone());
                self.send(Outcome::Recorded(run, what));
            }
            Err(error) => self.refused(&error),
        }
    }

    fn refused(&self, error: &SubmitError) {
        let run = self.session.as_ref().map(|s| Arc::new(s.run().clone()));
        let (what, hint) = match error {
            SubmitError::Refused { refusal, .. } => (refusal.message(), refusal.hint().to_owned()),
            SubmitError::Append(_) => {
                (chain(error), "free space or mend the disk, leave, and take the run up again".into())
            }
            other => (chain(other), "nothing was recorded".into()),
        };
        self.send(Outcome::Refused(run, what, hint));
    }

    /// Hashing and copying happen beside the screen; the record is written when the bytes are safe.
    fn capture(&mut self, person: PersonId, to: Attachment, path: PathBuf) {
        let Some(session) = &self.session else { return };
        let (store, back, progress) = (session.store(), self.back.clone(), Progress::default());
        self.capture = Some(progress.clone());
        std::thread::spawn(move || {
            let arrived = match store.put(&path, &progress) {
                Ok(stored) => Arrived::Stored(person, Box::new(to.intent(captured(stored, Origin::File)))),
                Err(error) => Arrived::Outcome(Outcome::Refused(
                    None,
                    chain(&error),
                    "nothing was recorded; choose another file".into(),
                )),
            };
            let _ = back.send(arrived);
        });
    }

    /// Returns how far the file that is being taken in has come.
    #[must_use]
    pub fn progress(&self) -> Option<(u64, u64)> {
        self.capture.as_ref().map(|p| (p.done(), p.total()))
    }

    fn seal(&mut self, person: &PersonId, passphrase: &str) {
        let Some(session) = &mut self.session else { return };
        if session.run().closed().is_none()
            && let Err(error) = session.close(person, Some(passphrase))
        {
            return self.refused(&error);
        }
        match session.seal() {
            Ok(sealed) => {
                let run = Arc::new(session.run().clone());
                self.send(Outcome::Sealed(run, sealed.bundle, sealed.seal.to_string()));
            }
            Err(error) => self.failed(&error, "everything recorded is safe; try again"),
        }
    }

    fn anchors(&self) -> Anchors {
        let read = std::fs::read(self.station.home.trust().join("authority.pub"));
        read.ok()
            .and_then(|bytes| Anchors::read([("authority.pub".to_owned(), bytes)]).ok())
            .unwrap_or_else(Anchors::none)
    }

    fn verify(&self, path: PathBuf) {
        let (back, anchors) = (self.back.clone(), self.anchors());
        std::thread::spawn(move || {
            let judged = Source::open(&path)
                .map_err(|e| chain(&e))
                .and_then(|s| verify::check(&s, &anchors, None).map_err(|e| chain(&e)));
            let outcome = match judged {
                Ok(report) => Outcome::Judged(path, Box::new(report)),
                Err(why) => Outcome::Refused(None, why, "nobody could look; no verdict follows".into()),
            };
            let _ = back.send(Arrived::Outcome(outcome));
        });
    }

    fn replay(&self, path: PathBuf) {
        match recording(&path) {
            Ok(recording) => self.send(Outcome::Recording(Box::new(recording))),
            Err(why) => self.send(Outcome::Refused(None, why, "it cannot be replayed".into())),
        }
    }

    fn export(&self, path: &Path) {
        let to = path.with_extension("proof");
        match bundle::export(path, &to) {
            Ok(_) => self.send(Outcome::Told(format!("written and read back: {}", to.display()))),
            Err(error) => self.failed(&error, "the bundle is as it was"),
        }
    }

    fn sign_off(&self, act: SignOffAct) {
        match super::sign_off::sign_off(&self.station, &act) {
            Ok(()) => self.verify(act.bundle),
            Err(why) => self.send(Outcome::Refused(None, why, "nothing was added".into())),
        }
    }

    fn list_folder(&self, folder: PathBuf, hidden: bool) {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        let mut lines: Vec<(u128, FolderLine)> =
            entries.filter_map(|e| folder_line(&e.path(), hidden)).take(2000).collect();
        lines.sort_by(|(a, x), (b, y)| (!x.is_folder, b, &x.name).cmp(&(!y.is_folder, a, &y.name)));
        self.send(Outcome::Folder(folder, lines.into_iter().map(|(_, l)| l).collect()));
    }
}

fn folder_line(path: &Path, hidden: bool) -> Option<(u128, FolderLine)> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    if name.starts_with('.') && !hidden {
        return None;
    }
    let facts = std::fs::metadata(path).ok()?;
    let changed = facts.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok()).map_or(0, |d| d.as_millis());
    let is_folder = facts.is_dir();
    let shown = if facts.is_file() { preview(path) } else { Vec::new() };
    Some((changed, FolderLine { path: path.to_owned(), name, is_folder, size: facts.len(), facts: shown }))
}

/// Facts of a file, which are also what stands in for a picture.
fn preview(path: &Path) -> Vec<String> {
    match crate::store::facts(path) {
        Ok(facts) => {
            let mut lines = vec![format!("{}  {} bytes", facts.media_type, facts.size)];
            lines.extend(facts.pixels.map(|(w, h)| format!("{w} x {h} pixels")));
            lines.extend(facts.mtime.map(|t| format!("changed {t}")));
            lines.push(String::new());
            lines.extend(facts.secret.map(|s| format!("REFUSED at capture: {s}")));
            lines.extend(facts.preview);
            lines
        }
        Err(error) => vec![chain(&error)],
    }
}

fn title(path: &Path) -> String {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let opened = std::fs::read(path).ok().and_then(|bytes| open_package(&bytes).ok());
    match opened {
        Some(package) => format!("{name:<28} {}", package.plan.procedure.title),
        None => format!("{name:<28} cannot be opened"),
    }
}

/// Reads a run folder or a sealed bundle for replay; every record is checked by the kernel.
///
/// # Errors
/// Why nothing of it can be read.
pub fn recording(path: &Path) -> Result<Recording, String> {
    if path.is_dir() && !path.join("receipt.json").is_file() {
        let paths = RunPaths { dir: path.to_owned(), local: path.with_extension("local") };
        let lines = crate::store::read_lines(&paths).map_err(|e| chain(&e))?;
        let material = Material::of_run(&paths).map_err(|e| chain(&e))?;
        return folded(path, &material, lines.whole);
    }
    let source = Source::open(path).map_err(|e| chain(&e))?;
    let judged = verify::judge(&source, &Anchors::none(), None).map_err(|e| chain(&e))?;
    let Some(run) = judged.run else { return Err("the journal is damaged; the verdict says where".into()) };
    let draft = Run::draft(run.plan().clone(), run.roster().clone(), run.id().clone());
    Ok(Recording { path: path.to_owned(), draft, records: judged.records, broken: None })
}

fn folded(path: &Path, material: &Material, lines: Vec<Vec<u8>>) -> Result<Recording, String> {
    let first = lines.first().ok_or("the journal is empty")?;
    let first = SignedRecord::parse(first).map_err(|e| e.to_string())?;
    let draft = Run::draft(material.plan.clone(), material.roster.clone(), first.record().run.clone());
    let mut run = draft.clone();
    let (mut records, mut broken) = (Vec::new(), None);
    for (number, line) in (1..).zip(lines) {
        let checked = SignedRecord::parse(&line)
            .map_err(|e| e.to_string())
            .and_then(|r| run.admits(&r).map(|()| r).map_err(|e| e.to_string()));
        match checked {
            Ok(record) => {
                run.after(&record);
                records.push(record);
            }
            Err(why) => {
                broken = Some(format!("record {number}: {why}"));
                break;
            }
        }
    }
    Ok(Recording { path: path.to_owned(), draft, records, broken })
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
